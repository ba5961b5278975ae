// Which blocks a filter lets through: found once for a snapshot and a filter, for the map, the count and the next match alike.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import { parseFilter } from './filter';
import type { Owner } from '../time/owners';

export class Matches {
  readonly filter: string;
  readonly snapshot: HeapSnapshot;
  /** Words that were not understood. */
  readonly unknown: readonly string[];
  /** Matches before each block, and behind the last. */
  private readonly before: Uint32Array;

  private constructor(snapshot: HeapSnapshot, filter: string, unknown: readonly string[], before: Uint32Array) {
    this.snapshot = snapshot;
    this.filter = filter;
    this.unknown = unknown;
    this.before = before;
  }

  /** Undefined when nothing is filtered. */
  static of(snapshot: HeapSnapshot, text: string, owner: (base: bigint, end: bigint) => Owner | undefined): Matches | undefined {
    const filter = parseFilter(text);
    if (filter === undefined) return undefined;
    const { blocks } = snapshot;
    const before = new Uint32Array(blocks.length + 1);
    const ownerText = (i: number): string => owner(blocks.base(i), blocks.end(i))?.text ?? '';
    for (let i = 0; i < blocks.length; i++) before[i + 1] = before[i]! + (filter.matches(blocks, i, ownerText) ? 1 : 0);
    return new Matches(snapshot, text, filter.unknown, before);
  }

  get count(): number {
    return this.before[this.before.length - 1]!;
  }

  has(i: number): boolean {
    return this.before[i + 1]! > this.before[i]!;
  }

  /** Is there a match among the blocks that meet `[base, end)`? */
  within(base: bigint, end: bigint): boolean {
    const { blocks } = this.snapshot;
    let first = blocks.lastAtOrBelow(base);
    if (first < 0 || blocks.end(first) <= base) first++;
    const last = blocks.lastAtOrBelow(end - 1n);
    return last >= first && this.before[last + 1]! > this.before[first]!;
  }

  /** The next match in a direction, round the end; −1 when there is none. */
  beside(i: number, by: 1 | -1): number {
    const { count } = this;
    if (count === 0) return -1;
    const from = by > 0 ? this.before[Math.min(this.before.length - 1, i + 1)]! : this.before[Math.max(0, i)]! - 1;
    return this.nth(((from % count) + count) % count);
  }

  /** Block of match number `n`, from 0. */
  private nth(n: number): number {
    let low = 0;
    let high = this.before.length - 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.before[middle + 1]! > n) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
