// What a decoder reads out of memory: the same for a simulated heap, a dump and a live session.

import type { AddressRange } from '../memory/reader';
import type { AllocatorId } from '../regions/allocator-id';
import type { Severity } from '../regions/problem';
import type { Release } from '../regions/release';
import type { BlockTable } from './blocks';
import type { AllocatorDetails } from './details';

/** How a field's value is to be read and shown. */
export type FieldKind = 'pointer' | 'size' | 'count' | 'flags' | 'number' | 'bytes';

/** One field of a C structure as it stands in memory. */
export interface StructField {
  /** C spelling, `free_head[3]`, `nr_free_pages`. */
  readonly name: string;
  readonly address: bigint;
  readonly length: number;
  readonly kind: FieldKind;
  /** Undefined when its bytes are absent. */
  readonly value?: bigint;
  /** What the value means, in few words: `order 3 is empty`. */
  readonly note?: string;
}

/** A C structure that was found in memory. */
export interface StructView {
  /** C type: `struct uk_bbpalloc`. */
  readonly type: string;
  readonly address: bigint;
  readonly length: number;
  readonly fields: readonly StructField[];
}

/** A list as its own links give it. */
export interface FreeList {
  /** `free_head[3]`. */
  readonly name: string;
  /** Address of the list's head pointer. */
  readonly head: bigint;
  /** Order, bin or class of its members; −1 where there is none. */
  readonly sizeClass: number;
  /** Bytes of one member; 0 where members differ. */
  readonly memberSize: number;
  /** Members in list order, as far as the links could be followed. */
  readonly entries: readonly bigint[];
  /** How the walk ended: at the list's end as the allocator marks it, or in damage or absent memory (see findings). */
  readonly complete: boolean;
  /**
   * Index in `entries` before which members are missing: those from there on were reached from the list's end. Only where the walk broke
   * off and the allocator's lists can be followed backward.
   */
  readonly gap?: number;
}

/** Something wrong, or worth knowing, at a place in memory. */
export interface Finding {
  readonly severity: Severity;
  /** Stable short name: `list-cycle`, `wild-pointer`, `count-mismatch`. */
  readonly code: string;
  readonly address?: bigint;
  /** One sentence with the values in it. */
  readonly message: string;
}

/** Memory that was given to the allocator in one piece. */
export interface HeapArea extends AddressRange {
  readonly by: 'init' | 'addmem';
}

/** Free members of one size class. */
export interface FreeClass {
  /** `order 3`, `64 KiB…128 KiB`. */
  readonly name: string;
  readonly sizeClass: number;
  readonly count: number;
  readonly bytes: number;
}

/**
 * The figures of a heap. Bytes are numbers (exact to 2^53). `-1` stands for "memory does not tell".
 * Formulas: external fragmentation `1 − largestFree / free` (0 when nothing is free); internal `slack / used` (0 when nothing is used).
 */
export interface Metrics {
  readonly total: number;
  readonly free: number;
  /** Bytes in used blocks, headers and slack included. */
  readonly used: number;
  /** Bytes of used blocks beyond what was asked for; −1 when no block tells. */
  readonly slack: number;
  /** The allocator's own structures. */
  readonly overhead: number;
  readonly usedBlocks: number;
  readonly freeBlocks: number;
  readonly largestFree: number;
  /** Largest `uk_malloc` that succeeds now. */
  readonly largestRequest: number;
  readonly externalFragmentation: number;
  readonly internalFragmentation: number;
  readonly freeByClass: readonly FreeClass[];
}

export interface HeapSnapshot {
  readonly allocator: AllocatorId;
  readonly release: Release;
  /** Name of the allocator's profile that was used to read it: `B14`. */
  readonly profile: string;
  /** Address of the `struct uk_alloc`. */
  readonly heap: bigint;
  readonly areas: readonly HeapArea[];
  readonly blocks: BlockTable;
  readonly lists: readonly FreeList[];
  readonly structs: readonly StructView[];
  /** The allocator's own state in the form that its specification gives (golden traces' `state`); plain JSON data. */
  readonly state: Readonly<Record<string, unknown>>;
  readonly metrics: Metrics;
  readonly findings: readonly Finding[];
  /** What only this allocator has. */
  readonly details?: AllocatorDetails;
  /** Ranges that the decoder wanted and that are not in the memory read. */
  readonly absent: readonly AddressRange[];
}
