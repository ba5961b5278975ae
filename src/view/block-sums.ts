// Running sums over a block table, so that any range of addresses is totalled by two binary searches instead of a walk over its
// blocks. Built once a snapshot, in one pass; a zoomed-out frame over a million blocks then costs by its cells.

import type { BlockTable } from '../snapshot/blocks';
import type { HeapSnapshot } from '../snapshot/snapshot';

/** Blocks under one entry of the table of largest free blocks. */
const GROUP = 64;

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

interface Parts {
  asked: number;
  slack: number;
  free: number;
  metadata: number;
  unread: number;
}

const NOTHING: RangeSums = {
  asked: 0,
  slack: 0,
  free: 0,
  metadata: 0,
  unread: 0,
  usedBlocks: 0,
  freeBlocks: 0,
  largestFree: 0,
  largestClass: -1,
};

export class BlockSums {
  private readonly blocks: BlockTable;
  /** Base of the first block; offsets count from it. */
  readonly origin: bigint;
  private readonly offsets: Float64Array;
  private readonly asked: Float64Array;
  private readonly slack: Float64Array;
  private readonly free: Float64Array;
  private readonly metadata: Float64Array;
  private readonly unread: Float64Array;
  private readonly usedCount: Uint32Array;
  private readonly freeCount: Uint32Array;
  /** Index of the largest free block of each group of blocks, or −1. */
  private readonly largest: Int32Array;

  constructor(blocks: BlockTable) {
    const n = blocks.length;
    this.blocks = blocks;
    this.origin = n === 0 ? 0n : blocks.base(0);
    this.offsets = new Float64Array(n);
    this.asked = new Float64Array(n + 1);
    this.slack = new Float64Array(n + 1);
    this.free = new Float64Array(n + 1);
    this.metadata = new Float64Array(n + 1);
    this.unread = new Float64Array(n + 1);
    this.usedCount = new Uint32Array(n + 1);
    this.freeCount = new Uint32Array(n + 1);
    this.largest = new Int32Array(Math.ceil(n / GROUP)).fill(-1);
    for (let i = 0; i < n; i++) this.append(i);
  }

  private append(i: number): void {
    this.offsets[i] = Number(this.blocks.base(i) - this.origin);
    const size = this.blocks.size(i);
    const state = this.blocks.state(i);
    const solid = state === 'used' ? solidBytes(this.blocks, i) : 0;
    this.asked[i + 1] = this.asked[i]! + solid;
    this.slack[i + 1] = this.slack[i]! + (state === 'used' ? size - solid : 0);
    this.free[i + 1] = this.free[i]! + (state === 'free' ? size : 0);
    this.metadata[i + 1] = this.metadata[i]! + (state === 'metadata' ? size : 0);
    this.unread[i + 1] = this.unread[i]! + (state === 'unread' ? size : 0);
    this.usedCount[i + 1] = this.usedCount[i]! + (state === 'used' ? 1 : 0);
    this.freeCount[i + 1] = this.freeCount[i]! + (state === 'free' ? 1 : 0);
    if (state !== 'free') return;
    const group = Math.floor(i / GROUP);
    const best = this.largest[group]!;
    if (best < 0 || size > this.blocks.size(best)) this.largest[group] = i;
  }

  /** Totals of `[base, end)`. */
  over(base: bigint, end: bigint): RangeSums {
    return this.between(Number(base - this.origin), Number(end - this.origin));
  }

  /** Where a block begins, as an offset. */
  offset(i: number): number {
    return this.offsets[i]!;
  }

  endOffset(i: number): number {
    return this.offsets[i]! + this.blocks.size(i);
  }

  /** The first block that reaches beyond an offset. @param near a block at or before which it is not, to look from */
  firstBeyond(offset: number, near = 0): number {
    const i = this.lastAtOrBelow(offset, near);
    return i < 0 || this.offsets[i]! + this.blocks.size(i) <= offset ? i + 1 : i;
  }

  /** The same in offsets: exact, and much faster than 64-bit integers. */
  private between(from: number, to: number): RangeSums {
    const first = this.firstBeyond(from);
    return this.ofBlocks(first, this.lastAtOrBelow(to - 1, first), from, to);
  }

  /** Totals of `[from, to)`, whose blocks are `[first, last]`. */
  ofBlocks(first: number, last: number, from: number, to: number): RangeSums {
    const { blocks } = this;
    if (last < first) return NOTHING;
    const parts: Parts = { asked: 0, slack: 0, free: 0, metadata: 0, unread: 0 };
    this.addPart(parts, first, from, to);
    if (last > first) {
      this.addPart(parts, last, from, to);
      parts.asked += this.asked[last]! - this.asked[first + 1]!;
      parts.slack += this.slack[last]! - this.slack[first + 1]!;
      parts.free += this.free[last]! - this.free[first + 1]!;
      parts.metadata += this.metadata[last]! - this.metadata[first + 1]!;
      parts.unread += this.unread[last]! - this.unread[first + 1]!;
    }
    const largest = this.largestIn(first, last);
    return {
      ...parts,
      usedBlocks: this.usedCount[last + 1]! - this.usedCount[first]!,
      freeBlocks: this.freeCount[last + 1]! - this.freeCount[first]!,
      largestFree: largest < 0 ? 0 : blocks.size(largest),
      largestClass: largest < 0 ? -1 : blocks.sizeClass(largest),
    };
  }

  /**
   * Index of the last block that begins at or below an offset, or −1.
   *
   * @param near where to look from, in steps that double: it is a few blocks further on, mostly
   */
  lastAtOrBelow(offset: number, near = 0): number {
    const { offsets } = this;
    const { length } = offsets;
    let low = 0;
    let high = length;
    if (near > 0 && near < length && offsets[near]! <= offset) {
      low = near + 1;
      for (let step = 1; low + step < length; step *= 2) {
        if (offsets[low + step]! > offset) {
          high = low + step;
          break;
        }
        low += step + 1;
      }
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (offsets[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private addPart(parts: Parts, i: number, from: number, to: number): void {
    const base = this.offsets[i]!;
    const start = Math.max(base, from);
    const bytes = Math.min(base + this.blocks.size(i), to) - start;
    const state = this.blocks.state(i);
    if (state !== 'used') {
      parts[state] += bytes;
      return;
    }
    const cut = base + solidBytes(this.blocks, i);
    const solid = Math.max(0, Math.min(cut, start + bytes) - start);
    parts.asked += solid;
    parts.slack += bytes - solid;
  }

  /** Index of the largest free block among `[first, last]`, or −1. */
  private largestIn(first: number, last: number): number {
    let best = -1;
    const consider = (i: number) => {
      if (best < 0 || this.blocks.size(i) > this.blocks.size(best)) best = i;
    };
    for (let i = first; i <= last;) {
      if (i % GROUP === 0 && i + GROUP - 1 <= last) {
        const candidate = this.largest[i / GROUP]!;
        if (candidate >= 0) consider(candidate);
        i += GROUP;
      } else {
        if (this.blocks.state(i) === 'free') consider(i);
        i++;
      }
    }
    return best;
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
  return asked < 0 ? size : Math.min(size, Number(blocks.payload(i) - blocks.base(i)) + asked);
}

const kept = new WeakMap<HeapSnapshot, BlockSums>();

/** The sums of a snapshot, made once. */
export function sumsOf(snapshot: HeapSnapshot): BlockSums {
  let sums = kept.get(snapshot);
  if (sums === undefined) kept.set(snapshot, (sums = new BlockSums(snapshot.blocks)));
  return sums;
}
