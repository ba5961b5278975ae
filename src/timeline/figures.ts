// Bytes free after each operation of a run: told by the allocator's own counters where it has them. Where it has none its heap is
// decoded, after every operation of a short run; in a long one as often as a timeline can show, while that is quick.

import type { Heap } from '../allocators/ukalloc';
import type { HeapSnapshot } from '../snapshot/snapshot';

/** Runs of at most this many operations are decoded after each of them. */
const SHORT_RUN = 2000;
/** Decodings of a longer run: about as many as a timeline has columns. */
const MOST_DECODED = 1024;
/** Blocks that may be decoded in the whole of it, a second or so, and beyond that for each operation. */
const BLOCKS = 1_000_000;
const BLOCKS_PER_OPERATION = 0.5;

/** NaN where nothing tells. */
export interface Free {
  readonly free: number;
  readonly largest: number;
}

const UNKNOWN: Free = { free: NaN, largest: NaN };

export class Figures {
  private readonly decode: () => HeapSnapshot;
  /** Operations that are always decoded after: of them it depends what there is to use at all. */
  private readonly always: number;
  private readonly apart: number;
  private readonly blocksPerOperation: number;
  private next = 0;

  /**
   * @param decode the heap as it is now
   * @param operations of the whole run
   * @param always operations of the boot, and what the kernel allocates right after
   */
  constructor(decode: () => HeapSnapshot, operations: number, always: number) {
    this.decode = decode;
    this.always = operations <= SHORT_RUN ? operations : always;
    this.apart = Math.ceil(operations / MOST_DECODED);
    this.blocksPerOperation = BLOCKS_PER_OPERATION + BLOCKS / operations;
  }

  /** What is free after operation `i`, which was just executed. */
  after(i: number, heap: Heap | undefined): Free {
    if (heap === undefined) return UNKNOWN;
    const free = heap.availmem();
    if (free >= 0) return { free, largest: known(heap.maxalloc()) };
    return i < this.always || i >= this.next ? this.decoded(i) : UNKNOWN;
  }

  private decoded(i: number): Free {
    const snapshot = this.decode();
    this.next = i + Math.max(this.apart, Math.ceil(snapshot.blocks.length / this.blocksPerOperation));
    return { free: known(snapshot.metrics.free), largest: known(snapshot.metrics.largestFree) };
  }
}

function known(bytes: number): number {
  return bytes < 0 ? NaN : bytes;
}
