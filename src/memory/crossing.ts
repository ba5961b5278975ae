// What a stretch of a run did to memory, from end to end: of every word that it wrote, the bits in which its values before and after
// differ. XOR is its own inverse, so the same bits lead forward and back, and those of neighbouring stretches join to one.

import { capture } from './journal';
import type { Journal, WordRange } from './journal';

/** Words side by side that were written as one; one value where the same bits differ in all of them. */
interface Run {
  readonly start: number;
  readonly count: number;
  readonly bits: number | Uint32Array;
}

export class Crossing {
  /** Words that differ, ascending, each once; `bits` stands beside it. */
  private readonly words: Uint32Array;
  private readonly bits: Uint32Array;
  /** Words that were written and are as they were, ascending. */
  private readonly same: Uint32Array;
  private readonly runs: readonly Run[];

  private constructor(words: Uint32Array, bits: Uint32Array, same: Uint32Array, runs: readonly Run[]) {
    this.words = words;
    this.bits = bits;
    this.same = same;
    this.runs = runs;
  }

  /** What all of a journal did. Memory must be at its end, and is left there. */
  static of(journal: Journal, store: Uint32Array): Crossing {
    const { words, ranges } = journal.written();
    const after = words.map((word) => store[word]!);
    const rangesAfter = ranges.map(({ first, end }) => capture(store, first, end - first));
    journal.seek(store, 0);
    const bits = after.map((value, i) => value ^ store[words[i]!]!);
    const runs = ranges.map(({ first, end }, i): Run => {
      const before = capture(store, first, end - first);
      return { start: first, count: end - first, bits: differing(before, rangesAfter[i]!) };
    });
    journal.seek(store, journal.length);
    const [other, same] = [words.filter((_, i) => bits[i] !== 0), words.filter((_, i) => bits[i] === 0)];
    return new Crossing(
      other,
      bits.filter((b) => b !== 0),
      same,
      runs,
    );
  }

  /** What several stretches did, one after the other. Words that are as they were at first are left out. */
  static join(parts: readonly Crossing[]): Crossing {
    const count = parts.reduce((sum, p) => sum + p.words.length, 0);
    // One number that holds word and place is sorted many times as fast as pairs are by a comparison.
    const keys = new Float64Array(count);
    const all = new Uint32Array(count);
    let at = 0;
    for (const part of parts)
      for (let i = 0; i < part.words.length; i++, at++) {
        keys[at] = part.words[i]! * count + at;
        all[at] = part.bits[i]!;
      }
    keys.sort();
    const words = new Uint32Array(count);
    const bits = new Uint32Array(count);
    let kept = 0;
    for (let i = 0; i < count;) {
      const word = Math.floor(keys[i]! / count);
      let differ = 0;
      for (; i < count && Math.floor(keys[i]! / count) === word; i++) differ ^= all[keys[i]! % count]!;
      if (differ === 0) continue;
      words[kept] = word;
      bits[kept++] = differ;
    }
    return new Crossing(
      words.slice(0, kept),
      bits.slice(0, kept),
      new Uint32Array(0),
      parts.flatMap((p) => p.runs),
    );
  }

  /** Takes memory from one end of the stretch to the other, whichever it is at. */
  apply(store: Uint32Array): void {
    const { words, bits } = this;
    for (let i = 0; i < words.length; i++) store[words[i]!]! ^= bits[i]!;
    for (const { start, count, bits: all } of this.runs) {
      if (typeof all !== 'number') for (let i = 0; i < count; i++) store[start + i]! ^= all[i]!;
      else if (all !== 0) for (let i = 0; i < count; i++) store[start + i]! ^= all;
    }
  }

  /** Was any of these words written, whether it came out different or not? Not to be asked of what was joined. */
  wrote(ranges: readonly WordRange[]): boolean {
    const holds = (words: Uint32Array, { first, end }: WordRange) => (words[lowest(words, first)] ?? end) < end;
    return ranges.some(
      (range) =>
        holds(this.words, range) ||
        holds(this.same, range) ||
        this.runs.some((r) => r.start < range.end && r.start + r.count > range.first),
    );
  }

  /** Words and runs that it takes to cross. */
  get length(): number {
    return this.words.length + this.runs.length;
  }

  /** Bytes that it keeps. */
  get bytes(): number {
    const runs = this.runs.reduce((sum, { bits }) => sum + (typeof bits === 'number' ? 32 : bits.byteLength), 0);
    return this.words.byteLength + this.bits.byteLength + this.same.byteLength + runs;
  }
}

function differing(before: number | Uint32Array, after: number | Uint32Array): number | Uint32Array {
  if (typeof before === 'number' && typeof after === 'number') return (before ^ after) >>> 0;
  const [some, other] = typeof before === 'number' ? [after as Uint32Array, before] : [before, after];
  return typeof other === 'number' ? some.map((word) => word ^ other) : some.map((word, i) => word ^ other[i]!);
}

/** Index of the first word at or above `least`. */
function lowest(words: Uint32Array, least: number): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
