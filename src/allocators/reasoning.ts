// Why an allocator answers as it does: its arithmetic with the values put in, as plain data. Each allocator room brings its own
// (`reasons`), because only it knows what it compares; `explain/` makes cards of them.

import type { Reader } from '../memory/reader';
import { countText, sizeText } from '../regions/text';
import type { HeapSnapshot } from '../snapshot/snapshot';
import type { AllocatorOptions, Operation } from './ukalloc';

/** What a bar of a drawing stands for. `missing` is what would be needed and is not there; `hole` is not drawn to scale. */
export type Look = 'free' | 'used' | 'metadata' | 'other' | 'missing' | 'hole';

/** A piece of a row, in shares of the drawing's width: `0 ≤ from ≤ to ≤ 1`. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  /** A few words; empty for what needs none. */
  readonly text: string;
  readonly look: Look;
}

export interface DrawingRow {
  readonly label: string;
  readonly bars: readonly Bar[];
  /** What stands behind the row. */
  readonly end?: string;
  /** The row that the question is about. */
  readonly marked?: boolean;
}

/** A drawing to scale: rows of bars over one axis. */
export interface Drawing {
  /** Labels of the axis, by share of the width. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  readonly rows: readonly DrawingRow[];
  /** Addresses `[from, to)` that the whole width stands for, where the rest of memory may be drawn beside it. */
  readonly span?: { readonly from: string; readonly to: string };
}

/** One line of the arithmetic. */
export interface Sum {
  /** As it would be worked out: `1 073 741 824 + 32 = 1 073 741 856`. */
  readonly text: string;
  /** What it means. */
  readonly note: string;
  /** Here the answer is decided. */
  readonly decides?: true;
}

/** One other case and what would come of it. */
export interface WhatIf {
  readonly what: string;
  readonly works: boolean;
  readonly result: string;
  readonly note?: string;
}

export interface Reasoning {
  /** One or two sentences. */
  readonly answer: string;
  readonly sums: readonly Sum[];
  readonly drawing?: Drawing;
  /** What would change the answer, a sentence each. */
  readonly change: readonly string[];
  readonly whatIf: readonly WhatIf[];
}

/** What would have to lie in a region, from its first byte on. */
export interface Need {
  readonly text: string;
  readonly bytes: bigint;
  readonly look: Look;
  /** It lies in the region, but the allocator passes over it for good. */
  readonly lost?: true;
}

/** Why a region became a heap or part of one, or did not. */
export interface RegionReasoning extends Reasoning {
  readonly needs: readonly Need[];
}

/** A call that answers with memory. */
export type AllocationRequest = Extract<
  Operation,
  { readonly op: 'malloc' | 'calloc' | 'memalign' | 'posix_memalign' | 'realloc' | 'palloc' }
>;

/** The heap that a request met. */
export interface Met {
  readonly snapshot: HeapSnapshot;
  readonly reader: Reader;
  readonly options: AllocatorOptions;
}

/** An allocator's own arithmetic. Nothing is executed; nothing throws. */
export interface Reasons {
  /** What init makes of `[base, base + len)`. */
  init(base: bigint, len: bigint, options: AllocatorOptions): RegionReasoning;
  /** What addmem makes of it; absent where there is no addmem that does anything. */
  addmem?(base: bigint, len: bigint, options: AllocatorOptions): RegionReasoning;
  /** Why a request got what it got from this heap, as it was before. */
  request(request: AllocationRequest, met: Met): Reasoning;
}

/** The row for the largest malloc that works now; none when there is no such. */
export function largestMalloc(size: number | bigint, result = sizeText(size)): WhatIf[] {
  if (size <= 0) return [];
  return [{ what: `malloc(${countText(size)})`, works: true, result, note: 'the largest that works now' }];
}

const REQUESTS: ReadonlySet<string> = new Set(['malloc', 'calloc', 'memalign', 'posix_memalign', 'realloc', 'palloc']);

/** Is this a call that answers with memory? */
export function isRequest(operation: Operation): operation is AllocationRequest {
  return REQUESTS.has(operation.op);
}

/** Bytes that a request asks for: calloc's product mod 2^64, as the C code has it; palloc's pages. */
export function bytesOf(request: AllocationRequest): bigint {
  if (request.op === 'calloc') return BigInt.asUintN(64, request.nmemb * request.size);
  return request.op === 'palloc' ? request.pages * 4096n : request.size;
}
