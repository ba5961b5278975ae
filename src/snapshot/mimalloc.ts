// What only mimalloc has, for the panes that show it: where the heap's memory went, segments with their pages, and the queues.

import type { AddressRange } from '../memory/reader';

/** One page of a segment. */
export interface MimallocPage {
  /** Address of its descriptor, which is how the heap names a page. */
  readonly descriptor: bigint;
  readonly index: number;
  readonly inUse: boolean;
  /** Where its blocks lie; for a page that is not in use, the whole page. */
  readonly start: bigint;
  readonly end: bigint;
  /** Bytes of a block, and its bin; −1 for a huge page, and for one that is not in use. */
  readonly blockSize: number;
  readonly bin: number;
  /** Blocks that fit, that were linked so far, and that are in use. */
  readonly reserved: number;
  readonly capacity: number;
  readonly used: number;
  /** Blocks by their number in the page, in the order in which malloc pops them, and in which they were freed last. */
  readonly free: readonly number[];
  readonly localFree: readonly number[];
  /** Did both lists end with NULL? */
  readonly complete: boolean;
  readonly inFull: boolean;
  readonly hasAligned: boolean;
  readonly isZero: boolean;
  /** Searches for which the empty page is still kept; 0 when it is not retired. */
  readonly retireExpire: number;
  readonly isReset: boolean;
  /** The page waits for reset until this time, in ms. */
  readonly resetAt?: number;
}

export interface MimallocSegment {
  readonly address: bigint;
  readonly size: number;
  readonly kind: 'small' | 'medium' | 'large' | 'huge';
  /** Bytes of header and descriptors. */
  readonly infoSize: number;
  readonly used: number;
  readonly capacity: number;
  /** Does it belong to a thread? Huge ones do not. */
  readonly owned: boolean;
  /** Its blocks of 4 MiB in a mem region; absent when it came from the OS layer directly, so that its memory leaks when it is freed. */
  readonly place?: { readonly region: number; readonly bit: number; readonly blocks: number };
  readonly pages: readonly MimallocPage[];
}

/** 256 MiB, a bit per 4 MiB in each field. */
export interface MimallocRegion {
  readonly index: number;
  readonly start: bigint;
  /** False for a slot that collect(true) has cleared: its memory is lost. */
  readonly live: boolean;
  readonly inUse: bigint;
  readonly dirty: bigint;
  readonly commit: bigint;
  readonly reset: bigint;
}

/** A queue that holds pages, in link order. Bin 74 has the full ones. */
export interface MimallocQueue {
  readonly bin: number;
  readonly blockSize: number;
  readonly pages: readonly bigint[];
  readonly full: boolean;
}

/** Entries `[first, last]` of `pages_free_direct`, by request size in words, that lead to one page. */
export interface MimallocDirect {
  readonly first: number;
  readonly last: number;
  readonly page: bigint;
}

/** All pages of one size class. */
export interface MimallocClass {
  readonly bin: number;
  readonly blockSize: number;
  readonly pages: number;
  readonly used: number;
  /** On free lists. */
  readonly free: number;
  /** Fit, but were never linked. */
  readonly unlinked: number;
  /** 1 − used bytes ÷ bytes of the pages. */
  readonly fragmentation: number;
}

/** `misfit`: 256 MiB and more that did not come out aligned; `alignment`: smaller ones; `leaked segment`: freed, but came directly. */
export type LostReason = 'misfit' | 'alignment' | 'leaked segment';

export interface LostRange extends AddressRange {
  readonly why: LostReason;
}

export interface MimallocDetails {
  readonly kind: 'mimalloc';
  /** `early`: the region allocator serves everything. */
  readonly mode: 'early' | 'ready';
  /** What was handed out before the switch, as far as can be told. */
  readonly early: AddressRange;
  /** What nothing can use again. */
  readonly lost: readonly LostRange[];
  /** Where the bump pointer has not come yet. */
  readonly untouched: AddressRange;
  readonly regions: readonly MimallocRegion[];
  readonly segments: readonly MimallocSegment[];
  readonly queues: readonly MimallocQueue[];
  readonly direct: readonly MimallocDirect[];
  /** Entries of `pages_free_direct`. */
  readonly directEntries: number;
  readonly classes: readonly MimallocClass[];
  /** Layout of the build, and what told it. */
  readonly debugBuild: boolean;
  readonly buildBy: 'memory' | 'configuration' | 'default';
  /** Were the C globals known? Without them queues and mem regions are not. */
  readonly globals: boolean;
}
