// From a pointer to what it lies in: segment, page, block. C trusts every pointer; here one that leads to no segment stops the kernel.

import { hex, NULL, TWO_32 } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { KernelStop } from '../kernel';
import { Page, Segment } from './layout';
import type { Pages } from './pages';
import { segmentOf } from './segments';
import { COOKIE } from './statics';

/** `_mi_ptr_page`, for a pointer that leads to a segment. */
export function pageOf(mem: SimMemory, p: number): number {
  const segment = segmentOf(p);
  if (segment === NULL) throw notFromHere(p, segment);
  const isSegment =
    mem.u32(segment + Segment.cookie) === (segment ^ COOKIE.low) >>> 0 &&
    mem.u32(segment + Segment.cookie + 4) === (Math.floor(segment / TWO_32) ^ COOKIE.high) >>> 0;
  if (!isSegment) throw notFromHere(p, segment);
  return segment + Segment.pages + ((p - segment) >>> mem.u32(segment + Segment.page_shift)) * Page.size;
}

/** `_mi_page_ptr_unalign`: start of the block that a pointer lies in. */
export function blockOf(pages: Pages, p: number, page: number): number {
  const size = pages.blockSize(page);
  return p - ((p - pages.start(page, size)) % size);
}

/** A pointer whose segment has no header: early memory, or a block aligned to a segment and more. */
export function notFromHere(p: number, segment: number): KernelStop {
  const what = `${hex(p)} is not from mimalloc (early memory, or aligned to 4 MiB and more)`;
  return new KernelStop('wild', `${what}: the C code would read a segment header at ${hex(segment)}, where none is`);
}
