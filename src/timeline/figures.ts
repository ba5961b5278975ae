// Bytes free after each operation of a run: told by the allocator's own counters where it has them. Where it has none its heap is
// decoded, after every operation of a short run; in a long one as often as a timeline can show, while that is quick.

import type { Heap } from '../allocators/ukalloc';
import type { AddressRange } from '../memory/reader';
import type { HeapSnapshot, Metrics } from '../snapshot/snapshot';

/** Runs of at most this many operations are decoded after each of them. */
const SHORT_RUN = 2000;
/** Decodings of a longer run: about as many as a timeline has columns. */
const MOST_DECODED = 1024;
/** Blocks that may be decoded in the whole of it, a second or so, and beyond that for each operation. */
const BLOCKS = 1_000_000;
const BLOCKS_PER_OPERATION = 0.5;

/** Operations, and blocks of a heap, up to which all that a decode told of it is kept. */
export const MOST_KEPT = 400;
export const MOST_BLOCKS_KEPT = 2000;

/** What one decode told beyond what is free: to decode it again for its history takes as long once more. */
export interface Measured {
  readonly metrics: Metrics;
  /** Findings that are no mere information. */
  readonly findings: number;
  /** Used blocks of which memory does not tell how much was asked for. */
  readonly untold: readonly AddressRange[];
}

/** NaN where nothing tells. */
export interface Free {
  readonly free: number;
  readonly largest: number;
}

const UNKNOWN: Free = { free: NaN, largest: NaN };

export class Figures {
  private readonly decode: () => HeapSnapshot;
  private readonly decodeFree: () => Pick<HeapSnapshot, 'blocks' | 'metrics'>;
  /** Operations that are always decoded after: of them it depends what there is to use at all. */
  private readonly always: number;
  private readonly apart: number;
  private readonly blocksPerOperation: number;
  private readonly keeps: boolean;
  private readonly kept = new Map<number, Measured>();
  private next = 0;

  /**
   * @param decode the heap as it is now
   * @param decodeFree as much of it as says what is free
   * @param operations of the whole run
   * @param always operations of the boot, and what the kernel allocates right after
   */
  constructor(
    decode: () => HeapSnapshot,
    decodeFree: () => Pick<HeapSnapshot, 'blocks' | 'metrics'>,
    operations: number,
    always: number,
  ) {
    this.decode = decode;
    this.decodeFree = decodeFree;
    this.always = operations <= SHORT_RUN ? operations : always;
    this.apart = Math.ceil(operations / MOST_DECODED);
    this.keeps = operations <= MOST_KEPT;
    this.blocksPerOperation = BLOCKS_PER_OPERATION + BLOCKS / operations;
  }

  /** What is free after operation `i`, which was just executed. */
  after(i: number, heap: Heap | undefined): Free {
    if (heap === undefined) return UNKNOWN;
    const free = heap.availmem();
    if (free >= 0) return { free, largest: known(heap.maxalloc()) };
    return i < this.always || i >= this.next ? this.decoded(i) : UNKNOWN;
  }

  /** Everything that was told after operation `i`; undefined where it was not decoded, or was too much to keep. */
  measured(i: number): Measured | undefined {
    return this.kept.get(i);
  }

  private decoded(i: number): Free {
    const { blocks, metrics } = this.keeps ? this.keep(i, this.decode()) : this.decodeFree();
    this.next = i + Math.max(this.apart, Math.ceil(blocks.length / this.blocksPerOperation));
    return { free: known(metrics.free), largest: known(metrics.largestFree) };
  }

  private keep(i: number, snapshot: HeapSnapshot): HeapSnapshot {
    if (snapshot.blocks.length <= MOST_BLOCKS_KEPT) this.kept.set(i, measuredOf(snapshot));
    return snapshot;
  }
}

export function measuredOf({ blocks, metrics, findings }: HeapSnapshot): Measured {
  const untold: AddressRange[] = [];
  for (let b = 0; b < blocks.length; b++)
    if (blocks.state(b) === 'used' && blocks.asked(b) < 0) untold.push({ base: blocks.base(b), end: blocks.end(b) });
  return { metrics, findings: findings.filter((f) => f.severity !== 'info').length, untold };
}

function known(bytes: number): number {
  return bytes < 0 ? NaN : bytes;
}
