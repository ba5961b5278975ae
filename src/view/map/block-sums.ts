// Running sums over a block table, so that any range of addresses is totalled by two binary searches instead of a walk over its
// blocks. Built once a snapshot, in one pass; a zoomed-out frame over a million blocks then costs by its cells. Sums stand by groups
// of blocks: by block they would take as long to write as a frame takes to make, and more room than the table itself.

import type { BlockTable } from '../../snapshot/blocks';
import type { HeapSnapshot } from '../../snapshot/snapshot';

/** Blocks that are summed as one; of those that only partly lie in a range each is looked at. */
const GROUP = 16;

/** What lies in a range of addresses, in bytes and counts. Blocks that only reach into the range count with the bytes inside it. */
export interface RangeSums {
  readonly asked: number;
  readonly slack: number;
  readonly free: number;
  readonly metadata: number;
  readonly unread: number;
  readonly usedBlocks: number;
  readonly freeBlocks: number;
  /** Bytes of the largest free block that touches the range, and its size class; 0 and −1 when none does. */
  readonly largestFree: number;
  readonly largestClass: number;
}

const SUMMED = ['asked', 'slack', 'free', 'metadata', 'unread', 'usedBlocks', 'freeBlocks'] as const;
type Sums = { -readonly [S in (typeof SUMMED)[number]]: RangeSums[S] };

function nothing(): Sums {
  return { asked: 0, slack: 0, free: 0, metadata: 0, unread: 0, usedBlocks: 0, freeBlocks: 0 };
}

export class BlockSums {
  private readonly blocks: BlockTable;
  /** Base of the first block; offsets count from it. */
  readonly origin: bigint;
  /** Of each sum, what lies before each group of blocks. */
  private readonly before: Readonly<Record<keyof Sums, Float64Array>>;
  /** Index of the largest free block of each group, or −1. */
  private readonly largest: Int32Array;

  constructor(blocks: BlockTable) {
    this.blocks = blocks;
    this.origin = blocks.length === 0 ? 0n : blocks.base(0);
    const groups = Math.ceil(blocks.length / GROUP);
    const column = (): Float64Array => new Float64Array(groups + 1);
    this.before = {
      asked: column(),
      slack: column(),
      free: column(),
      metadata: column(),
      unread: column(),
      usedBlocks: column(),
      freeBlocks: column(),
    };
    this.largest = new Int32Array(groups);
    const sums = nothing();
    for (let group = 0; group < groups; group++) {
      const [first, end] = [group * GROUP, Math.min(blocks.length, (group + 1) * GROUP)];
      this.addBlocks(sums, first, end);
      for (const name of SUMMED) this.before[name][group + 1] = sums[name];
      this.largest[group] = this.largestAmong(first, end);
    }
  }

  /** Totals of `[base, end)`. */
  over(base: bigint, end: bigint): RangeSums {
    return this.between(Number(base - this.origin), Number(end - this.origin));
  }

  /** Where a block begins, as an offset. */
  offset(i: number): number {
    return this.blocks.offset(i);
  }

  endOffset(i: number): number {
    return this.blocks.offset(i) + this.blocks.size(i);
  }

  /** The first block that reaches beyond an offset. @param near a block at or before which it is not, to look from */
  firstBeyond(offset: number, near = 0): number {
    const i = this.lastAtOrBelow(offset, near);
    return i < 0 || this.endOffset(i) <= offset ? i + 1 : i;
  }

  /** The same in offsets: exact, and much faster than 64-bit integers. */
  private between(from: number, to: number): RangeSums {
    const first = this.firstBeyond(from);
    return this.ofBlocks(first, this.lastAtOrBelow(to - 1, first), from, to);
  }

  /** Totals of `[from, to)`, whose blocks are `[first, last]`. */
  ofBlocks(first: number, last: number, from: number, to: number): RangeSums {
    const sums = nothing();
    if (last < first) return { ...sums, largestFree: 0, largestClass: -1 };
    this.addPart(sums, first, from, to);
    if (last > first) {
      this.addPart(sums, last, from, to);
      this.addWhole(sums, first + 1, last);
    }
    const largest = this.largestIn(first, last);
    return {
      ...sums,
      largestFree: largest < 0 ? 0 : this.blocks.size(largest),
      largestClass: largest < 0 ? -1 : this.blocks.sizeClass(largest),
    };
  }

  /**
   * Index of the last block that begins at or below an offset, or −1.
   *
   * @param near where to look from, in steps that double: it is a few blocks further on, mostly
   */
  lastAtOrBelow(offset: number, near = 0): number {
    const { blocks } = this;
    const { length } = blocks;
    let low = 0;
    let high = length;
    if (near > 0 && near < length && blocks.offset(near) <= offset) {
      low = near + 1;
      for (let step = 1; low + step < length; step *= 2) {
        if (blocks.offset(low + step) > offset) {
          high = low + step;
          break;
        }
        low += step + 1;
      }
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (blocks.offset(middle) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Adds what of one block lies in `[from, to)`. */
  private addPart(sums: Sums, i: number, from: number, to: number): void {
    const base = this.blocks.offset(i);
    const start = Math.max(base, from);
    const bytes = Math.min(base + this.blocks.size(i), to) - start;
    const state = this.blocks.state(i);
    if (state === 'free') sums.freeBlocks++;
    if (state !== 'used') {
      sums[state] += bytes;
      return;
    }
    const cut = base + solidBytes(this.blocks, i);
    const solid = Math.max(0, Math.min(cut, start + bytes) - start);
    sums.asked += solid;
    sums.slack += bytes - solid;
    sums.usedBlocks++;
  }

  /** Adds the blocks `[first, end)`, whole groups of them at once. */
  private addWhole(sums: Sums, first: number, end: number): void {
    const [group, endGroup] = [Math.ceil(first / GROUP), Math.floor(end / GROUP)];
    if (group >= endGroup) {
      this.addBlocks(sums, first, end);
      return;
    }
    this.addBlocks(sums, first, group * GROUP);
    for (const name of SUMMED) sums[name] += this.before[name][endGroup]! - this.before[name][group]!;
    this.addBlocks(sums, endGroup * GROUP, end);
  }

  private addBlocks(sums: Sums, first: number, end: number): void {
    const { blocks } = this;
    for (let i = first; i < end; i++) {
      const size = blocks.size(i);
      const state = blocks.state(i);
      if (state === 'used') {
        const solid = solidBytes(blocks, i);
        sums.asked += solid;
        sums.slack += size - solid;
        sums.usedBlocks++;
      } else {
        sums[state] += size;
        if (state === 'free') sums.freeBlocks++;
      }
    }
  }

  /** Index of the largest free block among `[first, last]`, or −1. */
  private largestIn(first: number, last: number): number {
    const [group, endGroup] = [Math.ceil(first / GROUP), Math.floor((last + 1) / GROUP)];
    if (group >= endGroup) return this.largestAmong(first, last + 1);
    let best = this.largestAmong(first, group * GROUP);
    for (let g = group; g < endGroup; g++) best = this.larger(best, this.largest[g]!);
    return this.larger(best, this.largestAmong(endGroup * GROUP, last + 1));
  }

  private largestAmong(first: number, end: number): number {
    let best = -1;
    for (let i = first; i < end; i++) if (this.blocks.state(i) === 'free') best = this.larger(best, i);
    return best;
  }

  /** The one of two free blocks that is larger, the first where they are equal; −1 is none. */
  private larger(a: number, b: number): number {
    return b < 0 || (a >= 0 && this.blocks.size(a) >= this.blocks.size(b)) ? a : b;
  }
}

/**
 * Bytes of a used block that are drawn solid: its header and what was asked for. All of it when memory does not tell what was asked:
 * a slack that is not known is not shown as one.
 *
 * @param pageBytes what a page call asked for, where its caller is known
 */
export function solidBytes(blocks: BlockTable, i: number, pageBytes = -1): number {
  const asked = blocks.asked(i) < 0 ? pageBytes : blocks.asked(i);
  const size = blocks.size(i);
  return asked < 0 ? size : Math.min(size, blocks.headerBytes(i) + asked);
}

const kept = new WeakMap<HeapSnapshot, BlockSums>();

/** The sums of a snapshot, made once. */
export function sumsOf(snapshot: HeapSnapshot): BlockSums {
  let sums = kept.get(snapshot);
  if (sums === undefined) kept.set(snapshot, (sums = new BlockSums(snapshot.blocks)));
  return sums;
}
