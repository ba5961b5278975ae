// Moves memory to any operation of a run. The current interval of operations has its whole journal; of the others is known what they
// did to memory, all in all. Inside an interval that was left, its operations are executed again: they work on memory and recorded
// results alone, so they do the same.

import type { AddressRange } from '../memory/reader';
import { toBigInt, toNumber } from '../memory/address';
import { Crossing } from '../memory/crossing';
import type { SimMemory } from '../memory/sim-memory';
import { Crossings } from './crossings';

/** Operations after which an interval is closed: half of them are executed again for a seek in the middle. */
const INTERVAL_OPERATIONS = 16384;
/** Journal entries after which it is closed earlier: 32 MB of raw journal. */
const INTERVAL_ENTRIES = 4_000_000;

interface Interval {
  readonly first: number;
  /** One past the last operation; undefined while the interval is open. */
  end?: number;
}

/** The state after so many marks of an operation. */
export interface Place {
  readonly operation: number;
  readonly steps: number;
}

export class History {
  private readonly mem: SimMemory;
  /** Executes one operation again; journal marks and entries must come out as at first. */
  private readonly execute: (operation: number) => void;
  private readonly intervals: Interval[] = [{ first: 0 }];
  /** Of the intervals that are closed. */
  private readonly crossings = new Crossings();
  private current = 0;
  /** Journal position and mark count at which each operation of the current interval begins; one more for the end. */
  private positions: number[] = [0];
  private marks: number[] = [0];

  constructor(mem: SimMemory, execute: (operation: number) => void) {
    this.mem = mem;
    this.execute = execute;
    mem.journal.on = true;
  }

  /** Notes that the next operation was just executed for the first time. Returns its number of marks. */
  append(): number {
    const { journal } = this.mem;
    const marks = journal.marks - this.marks[this.marks.length - 1]!;
    this.note();
    const interval = this.intervals[this.current]!;
    const operations = this.positions.length - 1;
    if (operations >= INTERVAL_OPERATIONS || journal.length >= INTERVAL_ENTRIES) {
      interval.end = interval.first + operations;
      this.crossings.push(Crossing.of(journal, this.mem.store));
      this.begin(this.intervals.push({ first: interval.end }) - 1);
    }
    return marks;
  }

  /** Moves memory to the state after `steps` marks of `operation`, which has been executed before. */
  seek(operation: number, steps: number): void {
    this.enter(this.intervalOf(operation));
    const local = operation - this.intervals[this.current]!.first;
    this.open(local + 1);
    this.mem.seek(this.position(local, steps));
  }

  /** Bytes of memory that `steps` mark number `steps` of an operation wrote (all of the operation's for 0); memory must be there. */
  touched(operation: number, steps: number): AddressRange[] {
    const local = operation - this.intervals[this.current]!.first;
    const from = steps === 0 ? this.positions[local]! : this.position(local, steps - 1);
    const to = steps === 0 ? this.positions[local + 1]! : this.position(local, steps);
    return this.rangesIn(from, to);
  }

  /** As `touched`, the bytes that are not what they were; undefined where more than `most` were written. */
  differing(operation: number, steps: number, most: number): AddressRange[] | undefined {
    const local = operation - this.intervals[this.current]!.first;
    const from = steps === 0 ? this.positions[local]! : this.position(local, steps - 1);
    const to = steps === 0 ? this.positions[local + 1]! : this.position(local, steps);
    return this.bytesDiffering(from, to, most);
  }

  /** As `touchedBetween`, the bytes that are not the same at the two places. */
  differingBetween(a: Place, b: Place, most: number): AddressRange[] | undefined {
    const { first } = this.intervals[this.current]!;
    if (a.operation < first || b.operation >= first + this.positions.length - 1) return undefined;
    return this.bytesDiffering(this.position(a.operation - first, a.steps), this.position(b.operation - first, b.steps), most);
  }

  /**
   * Bytes of memory that were written on the way between two places, the earlier one first; undefined when the way is longer than
   * what is kept open, or has more than `most` writes. Memory must be at one of the two.
   */
  touchedBetween(a: Place, b: Place, most: number): AddressRange[] | undefined {
    const { first } = this.intervals[this.current]!;
    const known = first + this.positions.length - 1;
    if (a.operation < first || b.operation >= known) return undefined;
    const from = this.position(a.operation - first, a.steps);
    const to = this.position(b.operation - first, b.steps);
    return to - from > most ? undefined : this.rangesIn(from, to);
  }

  /**
   * The last place before (`at`) at which a byte of `[base, end)` was written, as the number of the operation and of the mark that
   * wrote it, from 1; undefined when there is none.
   *
   * @param most writes of the open interval to look through; without it, all that is kept of the run. Moves memory then.
   */
  lastChange(at: Place, range: AddressRange, most?: number): Place | 'further' | undefined {
    const words = this.mem.wordsOf(toNumber(range.base), toNumber(range.base) + Number(range.end - range.base));
    let to = this.position(at.operation - this.intervals[this.current]!.first, at.steps);
    const least = most === undefined ? 0 : Math.max(0, to - most);
    const near = this.mem.journal.lastTouching(words, least, to);
    if (near >= 0) return this.placeOf(near);
    if (most !== undefined) return least > 0 || this.current > 0 ? 'further' : undefined;
    const interval = this.crossings.lastThatWrote(words, this.current);
    if (interval < 0) return undefined;
    const { first, end } = this.intervals[interval]!;
    this.seek(end! - 1, 0);
    this.open(end! - first);
    to = this.mem.journal.length;
    return this.placeOf(this.mem.journal.lastTouching(words, 0, to));
  }

  /** Kinds and numbers of an operation's marks. Leaves memory at that operation. */
  marksOf(operation: number): { kind: number; args: readonly number[] }[] {
    this.seek(operation, 0);
    const local = operation - this.intervals[this.current]!.first;
    const found = [];
    for (let m = this.marks[local]!; m < this.marks[local + 1]!; m++) {
      found.push({ kind: this.mem.journal.kindOf(m), args: this.mem.journal.argsOf(m) });
    }
    return found;
  }

  /** Bytes that journal and checkpoints keep. */
  get bytes(): number {
    return this.crossings.bytes + this.mem.journal.bytes;
  }

  /** Executes the current interval's operations again until the journal holds this many of them. */
  private open(operations: number): void {
    const { mem } = this;
    while (this.positions.length - 1 < operations) {
      mem.seek(mem.journal.length);
      this.execute(this.intervals[this.current]!.first + this.positions.length - 1);
      this.note();
    }
  }

  private bytesDiffering(from: number, to: number, most: number): AddressRange[] | undefined {
    const { journal, store } = this.mem;
    if (to - from > most) return undefined;
    let words = 0;
    journal.touched(from, to, (_, count) => (words += count));
    if (words * 4 > most) return undefined;
    const ranges: { base: bigint; end: bigint }[] = [];
    journal.differing(store, from, to, (word, bits) => {
      const base = toBigInt(this.mem.addressOf(word));
      for (let byte = 0; byte < 4; byte++)
        if (((bits >>> (byte * 8)) & 0xff) !== 0) ranges.push({ base: base + BigInt(byte), end: base + BigInt(byte + 1) });
    });
    return merged(ranges);
  }

  private rangesIn(from: number, to: number): AddressRange[] {
    const ranges: { base: bigint; end: bigint }[] = [];
    this.mem.journal.touched(from, to, (word, count) => {
      const base = toBigInt(this.mem.addressOf(word));
      ranges.push({ base, end: base + BigInt(count * 4) });
    });
    return merged(ranges);
  }

  /** The operation of the current interval, and its mark counted from 1, that wrote a journal entry. */
  private placeOf(entry: number): Place {
    let low = 0;
    let high = this.positions.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.positions[middle]! <= entry) low = middle;
      else high = middle - 1;
    }
    let steps = 1;
    while (this.position(low, steps) <= entry) steps++;
    return { operation: this.intervals[this.current]!.first + low, steps };
  }

  private note(): void {
    this.positions.push(this.mem.journal.length);
    this.marks.push(this.mem.journal.marks);
  }

  private intervalOf(operation: number): number {
    let low = 0;
    let high = this.intervals.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.intervals[middle]!.first <= operation) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Journal position after `steps` marks; before the first mark nothing of the operation has happened. */
  private position(local: number, steps: number): number {
    if (steps === 0) return this.positions[local]!;
    const mark = this.marks[local]! + steps;
    return mark < this.marks[local + 1]! ? this.mem.journal.positionOf(mark) : this.positions[local + 1]!;
  }

  /** Makes `target` the current interval, with memory at its start unless it was current already. */
  private enter(target: number): void {
    if (target === this.current) return;
    this.mem.seek(0);
    this.crossings.cross(this.mem.store, this.current, target);
    this.begin(target);
  }

  private begin(interval: number): void {
    this.current = interval;
    this.mem.journal.clear();
    this.positions = [0];
    this.marks = [0];
  }
}

function merged(ranges: { base: bigint; end: bigint }[]): AddressRange[] {
  ranges.sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0));
  const out: { base: bigint; end: bigint }[] = [];
  for (const range of ranges) {
    const last = out.at(-1);
    if (last !== undefined && range.base <= last.end) {
      if (range.end > last.end) last.end = range.end;
    } else out.push({ ...range });
  }
  return out;
}
