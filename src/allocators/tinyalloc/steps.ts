// The steps that a person sees while tinyalloc works.

import { hex } from '../../memory/address';
import { stepKind } from '../../memory/steps';

const LIBRARY = 'libs/tinyalloc/tinyalloc.c';
const GLUE = 'libs/tinyalloc/glue.c';

const bytes = (n: number): string => (n < 0 ? `${hex(n)} B` : `${String(n)} B`);
const times = (n: number, what: string): string => `${String(n)} ${what}${n === 1 ? '' : 's'}`;

export const STEP_ZERO = stepKind(
  'uk_tinyalloc_init',
  GLUE,
  (base, count) => `zero the struct uk_alloc and the struct tinyalloc: ${bytes(count)} at ${hex(base)}`,
);
export const STEP_FIELDS = stepKind(
  'ta_init',
  LIBRARY,
  (heap, limit, top) => `Heap at ${hex(heap)}: no free, no used block; limit ${hex(limit)}, top ${hex(top)}`,
);
export const STEP_TABLE = stepKind(
  'ta_init',
  LIBRARY,
  (table, count, end) => `link ${times(count, 'descriptor')} from ${hex(table)} to ${hex(end)} as the fresh list`,
);
export const STEP_PAST_END = stepKind(
  'ta_init',
  LIBRARY,
  (end, limit) =>
    `the table ends at ${hex(end)}, past the region's end ${hex(limit)}: foreign memory is written, and no request will succeed`,
);

export const STEP_REFUSE = stepKind(
  'alloc_block',
  LIBRARY,
  (n, looked) => `${bytes(n)}: ${looked === 0 ? 'the free list is empty' : `none of ${times(looked, 'free block')} fits`}`,
);
export const STEP_TAKE = stepKind(
  'alloc_block',
  LIBRARY,
  (n, addr, size, looked) =>
    `${bytes(n)}: take the free block ${hex(addr)} of ${bytes(size)}, after ${times(looked, 'block')} that did not fit; it goes to used`,
);
export const STEP_TOP = stepKind(
  'alloc_block',
  LIBRARY,
  (addr, n, top) => `the block ${hex(addr)} ends at top: it gets ${bytes(n)}, and top becomes ${hex(top)}`,
);
export const STEP_SPLIT = stepKind(
  'alloc_block',
  LIBRARY,
  (addr, n, rest, descriptor) =>
    `split ${hex(addr)} after ${bytes(n)}: the fresh descriptor ${hex(descriptor)} gets the other ${bytes(rest)}`,
);
export const STEP_WHOLE = stepKind('alloc_block', LIBRARY, (addr, size, fresh) =>
  fresh === 0
    ? `give all ${bytes(size)} of ${hex(addr)}: no fresh descriptor is left to split it with`
    : `give all ${bytes(size)} of ${hex(addr)}`,
);
export const STEP_CARVE = stepKind(
  'alloc_block',
  LIBRARY,
  (addr, n, top, descriptor) =>
    `carve ${bytes(n)} from top ${hex(addr)} with the fresh descriptor ${hex(descriptor)}; top becomes ${hex(top)}`,
);
export const STEP_NULL = stepKind('alloc_block', LIBRARY, (n, top, limit, fresh) =>
  fresh === 0
    ? `NULL: no fresh descriptor is left for new memory from top`
    : `NULL: ${bytes(n)} from top ${hex(top)} on end past the limit ${hex(limit)}`,
);

export const STEP_FOUND = stepKind(
  'ta_free',
  LIBRARY,
  (addr, descriptor, steps) =>
    `find block ${hex(addr)} in used, descriptor ${hex(descriptor)}, after ${times(steps, 'other')}: unlink it`,
);
export const STEP_NOT_FOUND = stepKind(
  'ta_free',
  LIBRARY,
  (addr, steps) => `no used block begins at ${hex(addr)}, ${times(steps, 'descriptor')} looked at: nothing happens`,
);
export const STEP_INSERT = stepKind('insert_block', LIBRARY, (addr, after, steps) =>
  after === 0
    ? `put block ${hex(addr)} at the front of free`
    : `put block ${hex(addr)} into free behind ${hex(after)}, ${times(steps, 'block')} passed`,
);
export const STEP_MERGE = stepKind(
  'compact',
  LIBRARY,
  (addr, size, count) =>
    `merge ${times(count + 1, 'neighbour')} into ${hex(addr)} of ${bytes(size)}; ${times(count, 'descriptor')} go back to fresh`,
);
