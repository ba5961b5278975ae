// What the decoder finds, as plain records: segments with their pages, queues, and the words of the heap.

/** A list walked by its own links. */
export interface WalkedList {
  /** Index of each block in its page, in list order. */
  readonly blocks: readonly number[];
  /** Did it end with NULL? */
  readonly complete: boolean;
}

export interface PageRecord {
  /** Address of the descriptor, which is how the heap names a page. */
  readonly address: bigint;
  readonly segment: SegmentRecord;
  readonly index: number;
  readonly inUse: boolean;
  readonly isReset: boolean;
  readonly isCommitted: boolean;
  readonly isZeroInit: boolean;
  readonly capacity: number;
  readonly reserved: number;
  readonly inFull: boolean;
  readonly hasAligned: boolean;
  readonly isZero: boolean;
  readonly retireExpire: number;
  /** Head of the free list, 0 for none. */
  readonly free: bigint;
  /** u32; for a page that waits for reset, the time at which it expires. */
  readonly used: number;
  /** `xblock_size` as it stands. */
  readonly xblockSize: number;
  readonly localFree: bigint;
  readonly xthreadFree: bigint;
  readonly xheap: bigint;
  readonly next: bigint;
  readonly prev: bigint;
  /** Keys of the free links, in builds that encode them. */
  readonly keys?: readonly [bigint, bigint];
  /** Block area and real block size; both only tell anything for a page in use. */
  readonly start: bigint;
  readonly end: bigint;
  readonly blockSize: number;
}

export interface SegmentRecord {
  readonly address: bigint;
  readonly memid: bigint;
  readonly committed: number;
  /** Pages in use, as the header says. */
  readonly used: number;
  readonly capacity: number;
  readonly size: number;
  readonly infoSize: number;
  readonly pageShift: number;
  readonly threadId: bigint;
  /** Number of `PAGE_KINDS`. */
  readonly kind: number;
  readonly next: bigint;
  readonly prev: bigint;
  /** Descriptors that could be read, by index. */
  readonly pages: PageRecord[];
}

/** A page with its two lists. */
export interface PageLists {
  readonly free: WalkedList;
  readonly localFree: WalkedList;
}

export interface MemRegionRecord {
  readonly index: number;
  readonly address: bigint;
  /** Defined bits of `info` only; 0 for a slot that was cleared. */
  readonly info: number;
  readonly start: bigint;
  readonly inUse: bigint;
  readonly dirty: bigint;
  readonly commit: bigint;
  readonly reset: bigint;
}

/** One of the heap's queues of pages, as its links give it. */
export interface QueueRecord {
  readonly bin: number;
  readonly address: bigint;
  readonly blockSize: number;
  readonly pages: readonly bigint[];
  readonly complete: boolean;
}

/** Entries `[first, last]` of `pages_free_direct` that lead to one page. */
export interface DirectRun {
  readonly first: number;
  readonly last: number;
  readonly page: bigint;
}
