// The steps that a person sees of the main heap's work.

import { hex } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { BIN_FULL } from './size-classes';

/** In place of a bin: a huge request, which has none. */
export const HUGE_BIN = BIN_FULL + 1;

const ALLOC = 'src/alloc.c';
export const STEP_POP = stepKind(
  '_mi_page_malloc',
  ALLOC,
  (block, page) => `pop block ${hex(block)} off the free list of page ${hex(page)}`,
);
export const STEP_GENERIC = stepKind('_mi_malloc_generic', 'src/page.c', (size, bin) =>
  bin === HUGE_BIN
    ? `${String(size)} B is a huge request: a segment of its own`
    : `${String(size)} B: search the pages of bin ${String(bin)}`,
);
export const STEP_FREE = stepKind(
  'mi_free',
  ALLOC,
  (block, page, used) => `push block ${hex(block)} on local_free of page ${hex(page)}: ${String(used)} left in use`,
);
export const STEP_FREE_HUGE = stepKind(
  '_mi_segment_huge_page_free',
  'src/segment.c',
  (segment) => `claim huge segment ${hex(segment)} and free it`,
);
export const STEP_ZERO_FIRST = stepKind(
  '_mi_block_zero_init',
  ALLOC,
  (p) => `memory of ${hex(p)} is zero already: clear its free link only`,
);
export const STEP_ZERO = stepKind('_mi_block_zero_init', ALLOC, (p, bytes) => `zero ${String(bytes)} B at ${hex(p)}`);
export const STEP_KEEP = stepKind(
  '_mi_heap_realloc_zero',
  ALLOC,
  (p, usable) => `${hex(p)} has ${String(usable)} B: it fits, stays`,
);
export const STEP_COPY = stepKind(
  '_mi_heap_realloc_zero',
  ALLOC,
  (from, to, bytes) => `copy ${String(bytes)} B from ${hex(from)} to ${hex(to)}`,
);
export const STEP_ALIGN = stepKind(
  'mi_heap_malloc_zero_aligned_at',
  'src/alloc-aligned.c',
  (block, p) => `${hex(p)} inside block ${hex(block)} is aligned: page has_aligned`,
);
export const STEP_COLLECT = stepKind('mi_heap_collect_ex', 'src/heap.c', (force) => (force ? 'collect, forced' : 'collect'));
