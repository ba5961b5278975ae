// The steps that a person sees while TLSF works. Functions and files as the library has them; a routine that the compiler inlines
// (mapping, split, merge) is named in the text.

import { hex } from '../../memory/address';
import { stepKind } from '../../memory/steps';

const LIBRARY = 'libs/tlsf/tlsf.c';

const list = (fl: number, sl: number): string => `(${String(fl)},${String(sl)})`;
const bytes = (n: number): string => `${String(n)} B`;

export const STEP_CLEAR = stepKind(
  'init_memory_pool',
  LIBRARY,
  (pool, length) => `zero the control structure: ${bytes(length)} at ${hex(pool)}; then the signature 0x2A59FA59`,
);
export const STEP_KEEP = stepKind(
  'init_memory_pool',
  LIBRARY,
  (pool) => `the signature stands at ${hex(pool)} already: the old pool is kept as it is, the new length is ignored`,
);
export const STEP_REFUSE = stepKind('init_memory_pool', LIBRARY, (pool, length, why) =>
  why === 0
    ? `refuse ${bytes(length)} at ${hex(pool)}: too small for the control structure and an area`
    : `refuse the pool at ${hex(pool)}: not a multiple of 8`,
);
export const STEP_AREA = stepKind(
  'process_area',
  LIBRARY,
  (area, first, size, sentinel) =>
    `lay out an area at ${hex(area)}: its info block, one block of ${bytes(size)} at ${hex(first)}, the sentinel at ${hex(sentinel)}`,
);
export const STEP_AREA_HEAD = stepKind(
  'init_memory_pool',
  LIBRARY,
  (info, end) => `area_head = ${hex(info)}, whose end is ${hex(end)}`,
);
export const STEP_OVERRUN = stepKind(
  'init_memory_pool',
  LIBRARY,
  (sentinel, over) => `the sentinel at ${hex(sentinel)} reaches ${bytes(over)} past the end of the region`,
);

export const STEP_SEARCH = stepKind(
  'malloc_ex',
  LIBRARY,
  (asked, rounded, fl, sl) => `search: ${bytes(asked)} become ${bytes(rounded)}; lists from ${list(fl, sl)} on are sure to fit`,
);
export const STEP_NONE = stepKind(
  'malloc_ex',
  LIBRARY,
  (fl, sl) => `no bit is set at or above ${list(fl, sl)}: NULL, nothing was written`,
);
export const STEP_TAKE = stepKind(
  'malloc_ex',
  LIBRARY,
  (b, fl, sl, size) => `take block ${hex(b)} of ${bytes(size)}, the head of list ${list(fl, sl)}`,
);
export const STEP_SPLIT = stepKind(
  'malloc_ex',
  LIBRARY,
  (b, size, rest, fresh) => `split ${hex(b)}: ${bytes(size)} stay, ${bytes(rest)} become the free block ${hex(fresh)}`,
);
export const STEP_WHOLE = stepKind(
  'malloc_ex',
  LIBRARY,
  (b, size) => `give all ${bytes(size)} of ${hex(b)}; the block after it no longer follows a free one`,
);
export const STEP_INSERT = stepKind(
  'mapping_insert',
  LIBRARY,
  (b, fl, sl, size) => `put block ${hex(b)} of ${bytes(size)} at the front of list ${list(fl, sl)}`,
);

export const STEP_FREE = stepKind('free_ex', LIBRARY, (b, size) => `mark block ${hex(b)} of ${bytes(size)} free`);
export const STEP_MERGE_NEXT = stepKind(
  'free_ex',
  LIBRARY,
  (b, n, size, fl) =>
    `merge with the free block after it: ${hex(n)} leaves its list in row ${String(fl)}, ${hex(b)} has ${bytes(size)} now`,
);
export const STEP_MERGE_PREV = stepKind(
  'free_ex',
  LIBRARY,
  (b, q, size, fl) =>
    `merge with the free block before it: ${hex(q)} leaves its list in row ${String(fl)}, swallows ${hex(b)} and has ${bytes(size)} now`,
);
export const STEP_TELL_NEXT = stepKind(
  'free_ex',
  LIBRARY,
  (n, b) => `block ${hex(n)} learns that the one before it is free: PREV_FREE, prev_hdr = ${hex(b)}`,
);

export const STEP_SHRINK = stepKind(
  'realloc_ex',
  LIBRARY,
  (b, size) => `block ${hex(b)} keeps ${bytes(size)} where it is, the rest is given back`,
);
export const STEP_GROW = stepKind(
  'realloc_ex',
  LIBRARY,
  (b, n, size) => `block ${hex(b)} swallows the free block ${hex(n)} after it and has ${bytes(size)}`,
);
export const STEP_MOVE = stepKind(
  'realloc_ex',
  LIBRARY,
  (from, to, count) => `copy ${bytes(count)} from ${hex(from)} to ${hex(to)}`,
);
export const STEP_ZERO = stepKind('calloc_ex', LIBRARY, (p, count) => `zero ${bytes(count)} at ${hex(p)}`);
export const STEP_ZERO_AREA = stepKind(
  'add_new_area',
  LIBRARY,
  (area, count) => `zero the new area: ${bytes(count)} at ${hex(area)}`,
);
export const STEP_JOIN = stepKind(
  'add_new_area',
  LIBRARY,
  (info) => `join with the area of ${hex(info)}, which adjoins the new one`,
);
export const STEP_LINK_AREA = stepKind(
  'add_new_area',
  LIBRARY,
  (info, end) => `area_head = ${hex(info)}, whose end is ${hex(end)}`,
);
