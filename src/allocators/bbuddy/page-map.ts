// The bitmaps of bbuddy's memory regions: which pages are allocated (bbuddy.c: map_get_region, map_alloc, map_free).

import { NULL, PAGE_SIZE } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { ukAssert } from '../kernel';
import { Memr } from './layout';

/** Runs longer than this many 32-bit words are filled as a range. */
const LONG_RUN = 16;

export class PageMap {
  private readonly mem: SimMemory;
  /** Address of the `memr_head` pointer. */
  private readonly head: number;

  constructor(mem: SimMemory, head: number) {
    this.mem = mem;
    this.head = head;
  }

  /** The region record whose bitmap covers a page, or NULL. */
  regionOf(page: number): number {
    const { mem } = this;
    for (let memr = mem.ptr(this.head); memr !== NULL; memr = mem.ptr(memr + Memr.next)) {
      const first = mem.ptr(memr + Memr.first_page);
      if (page >= first && page < first + mem.ptr(memr + Memr.nr_pages) * PAGE_SIZE) return memr;
    }
    return NULL;
  }

  /** Is the page outside every region, or marked allocated? */
  isTaken(page: number): boolean {
    const memr = this.regionOf(page);
    if (memr === NULL) return true;
    const bit = (page - this.mem.ptr(memr + Memr.first_page)) / PAGE_SIZE;
    return ((this.mem.u32(this.mem.ptr(memr + Memr.mm_alloc_bitmap) + (bit >>> 5) * 4) >>> (bit & 31)) & 1) === 1;
  }

  /** Marks `pages` pages from `page` on as allocated. */
  markAllocated(page: number, pages: number): void {
    const bit = this.firstBit(page, pages);
    this.setRun(this.bitmap, bit, pages, 0xffff_ffff);
  }

  /** Marks `pages` pages from `page` on as free; does not notice pages that are free already. */
  markFree(page: number, pages: number): void {
    const bit = this.firstBit(page, pages);
    this.setRun(this.bitmap, bit, pages, 0);
  }

  /** Bitmap of the region that `firstBit` found last: a second result, without an object a call. */
  private bitmap = NULL;

  private firstBit(page: number, pages: number): number {
    const { mem } = this;
    const memr = this.regionOf(page);
    ukAssert(memr !== NULL, 'memr != NULL');
    const bit = (page - mem.ptr(memr + Memr.first_page)) / PAGE_SIZE;
    ukAssert(bit + pages <= mem.ptr(memr + Memr.nr_pages), '(page_idx + nr_pages) <= memr->nr_pages');
    this.bitmap = mem.ptr(memr + Memr.mm_alloc_bitmap);
    return bit;
  }

  /** Writes `count` bits from `bit` on as those of `value`, which is all ones or zero. */
  setRun(bitmap: number, bit: number, count: number, value: number): void {
    const { mem } = this;
    const last = bit + count - 1;
    const firstWord = Math.floor(bit / 32);
    const lastWord = Math.floor(last / 32);
    const headMask = -1 << (bit & 31);
    const tailMask = -1 >>> (31 - (last & 31));
    if (firstWord === lastWord) {
      this.blend(bitmap + firstWord * 4, headMask & tailMask, value);
      return;
    }
    this.blend(bitmap + firstWord * 4, headMask, value);
    if (lastWord - firstWord > LONG_RUN) mem.fill(bitmap + (firstWord + 1) * 4, bitmap + lastWord * 4, value);
    else for (let w = firstWord + 1; w < lastWord; w++) mem.setU32(bitmap + w * 4, value);
    this.blend(bitmap + lastWord * 4, tailMask, value);
  }

  private blend(word: number, mask: number, value: number): void {
    this.mem.setU32(word, (this.mem.u32(word) & ~mask) | (value & mask));
  }
}
