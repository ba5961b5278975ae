// The bitmaps of bbuddy's memory regions: which pages are allocated (bbuddy.c: map_get_region, map_alloc, map_free).

import { PAGE_SIZE } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { ukAssert } from '../kernel';
import { Memr } from './layout';

/** Runs longer than this many 32-bit words are filled as a range. */
const LONG_RUN = 16;

// Words of a region record; it lies at the start of a page, so one translation serves all its fields.
const NEXT = Memr.next / 4;
const FIRST_PAGE = Memr.first_page / 4;
const NR_PAGES = Memr.nr_pages / 4;
const BITMAP = Memr.mm_alloc_bitmap / 4;

export class PageMap {
  private readonly mem: SimMemory;
  /** Word index of the `memr_head` pointer. */
  private readonly head: number;

  /** @param head address of the `memr_head` pointer */
  constructor(mem: SimMemory, head: number) {
    this.mem = mem;
    this.head = mem.at(head);
  }

  /** Is the page outside every region, or marked allocated? */
  isTaken(page: number): boolean {
    const memr = this.lookUp(page);
    if (memr < 0) return true;
    const { mem } = this;
    const bit = ((page - mem.ptrAt(memr + FIRST_PAGE)) / PAGE_SIZE) >>> 0;
    return ((mem.u32(mem.ptrAt(memr + BITMAP) + (bit >>> 5) * 4) >>> (bit & 31)) & 1) === 1;
  }

  /** Marks `pages` pages from `page` on as allocated. */
  markAllocated(page: number, pages: number): void {
    this.mark(page, pages, 0xffff_ffff);
  }

  /** Marks `pages` pages from `page` on as free; does not notice pages that are free already. */
  markFree(page: number, pages: number): void {
    this.mark(page, pages, 0);
  }

  /** Word index of the record of the region that holds a page, or −1. */
  private lookUp(page: number): number {
    const { mem } = this;
    for (let link = this.head; mem.u32At(link) !== 0 || mem.u32At(link + 1) !== 0;) {
      const memr = mem.follow(link);
      const offset = page - mem.ptrAt(memr + FIRST_PAGE);
      if (offset >= 0 && offset < mem.ptrAt(memr + NR_PAGES) * PAGE_SIZE) return memr;
      link = memr + NEXT;
    }
    return -1;
  }

  private mark(page: number, pages: number, value: number): void {
    const memr = this.lookUp(page);
    ukAssert(memr >= 0, 'memr != NULL');
    const bit = ((page - this.mem.ptrAt(memr + FIRST_PAGE)) / PAGE_SIZE) >>> 0;
    ukAssert(bit + pages <= this.mem.ptrAt(memr + NR_PAGES), '(page_idx + nr_pages) <= memr->nr_pages');
    this.setRun(this.mem.ptrAt(memr + BITMAP), bit, pages, value);
  }

  /** Writes `count` bits from `bit` on as those of `value`, which is all ones or zero. Bit numbers are below 2^32: 16 TiB. */
  setRun(bitmap: number, bit: number, count: number, value: number): void {
    const { mem } = this;
    const last = bit + count - 1;
    const firstWord = bit >>> 5;
    const lastWord = last >>> 5;
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

  private blend(address: number, mask: number, value: number): void {
    const word = this.mem.at(address);
    this.mem.setU32At(word, (this.mem.u32At(word) & ~mask) | (value & mask));
  }
}
