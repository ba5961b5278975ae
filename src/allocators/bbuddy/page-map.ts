// The bitmaps of bbuddy's memory regions: which pages are allocated (bbuddy.c: map_get_region, map_alloc, map_free).

import { PAGE_SIZE } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { ukAssert } from '../kernel';
import { Memr } from './layout';

/** Runs longer than this many 32-bit words are filled as a range. */
const LONG_RUN = 16;
/** log2 of the words of a page. */
const PAGE_WORDS_SHIFT = 10;

// Words of a region record; it lies at the start of a page, so one translation serves all its fields.
const NEXT = Memr.next / 4;
const FIRST_PAGE = Memr.first_page / 4;
const NR_PAGES = Memr.nr_pages / 4;
const BITMAP = Memr.mm_alloc_bitmap / 4;
/** From a record to the end of its bitmap's first word. */
const BITMAP_WORDS = Memr.size / 4 + 1;

export class PageMap {
  private readonly mem: SimMemory;
  /** Word index of the `memr_head` pointer. */
  private readonly head: number;
  /** Word index of the record that `bitOf` found last: a second result, without an object a call. */
  private memr = 0;

  /** @param head address of the `memr_head` pointer */
  constructor(mem: SimMemory, head: number) {
    this.mem = mem;
    this.head = mem.at(head);
  }

  /** Is the page outside every region, or marked allocated? */
  isTaken(page: number): boolean {
    const bit = this.bitOf(page);
    if (bit < 0) return true;
    return ((this.mem.u32At(this.bitmapWord(bit)) >>> (bit & 31)) & 1) === 1;
  }

  /** Marks `pages` pages from `page` on as allocated. */
  markAllocated(page: number, pages: number): void {
    this.mark(page, pages, 0xffff_ffff);
  }

  /** Marks `pages` pages from `page` on as free; does not notice pages that are free already. */
  markFree(page: number, pages: number): void {
    this.mark(page, pages, 0);
  }

  /**
   * Number of a page's bit in the bitmap of the region that holds it, or −1; the region's record is then in `memr`. Where page and
   * region lie in the memory's window this is integer work on word indexes, elsewhere on addresses.
   */
  private bitOf(page: number): number {
    const { mem } = this;
    const word = mem.indexInWindow(page);
    for (let link = this.head; mem.u32At(link) !== 0 || mem.u32At(link + 1) !== 0;) {
      const memr = mem.follow(link);
      let bit: number;
      if (word >= 0 && mem.isContiguous(memr, 1)) bit = (word - mem.follow(memr + FIRST_PAGE)) >> PAGE_WORDS_SHIFT;
      else bit = (page - mem.ptrAt(memr + FIRST_PAGE)) / PAGE_SIZE;
      if (bit >= 0 && bit < mem.u32At(memr + NR_PAGES)) {
        this.memr = memr;
        return bit;
      }
      link = memr + NEXT;
    }
    return -1;
  }

  /** Word index of the bitmap word that holds a bit of the region in `memr`. */
  private bitmapWord(bit: number): number {
    const { mem, memr } = this;
    const word = bit >>> 5;
    if (mem.isContiguous(memr, BITMAP_WORDS + word)) return mem.follow(memr + BITMAP) + word;
    return mem.at(mem.ptrAt(memr + BITMAP) + word * 4);
  }

  private mark(page: number, pages: number, value: number): void {
    const bit = this.bitOf(page);
    ukAssert(bit >= 0, 'memr != NULL');
    const { mem, memr } = this;
    ukAssert(bit + pages <= mem.u32At(memr + NR_PAGES), '(page_idx + nr_pages) <= memr->nr_pages');
    const end = (bit & 31) + pages;
    if (end <= 32) this.blend(this.bitmapWord(bit), (-1 << (bit & 31)) & (-1 >>> (32 - end)), value);
    else this.setRun(mem.ptrAt(memr + BITMAP), bit, pages, value);
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
      this.blend(mem.at(bitmap + firstWord * 4), headMask & tailMask, value);
      return;
    }
    this.blend(mem.at(bitmap + firstWord * 4), headMask, value);
    if (lastWord - firstWord > LONG_RUN) mem.fill(bitmap + (firstWord + 1) * 4, bitmap + lastWord * 4, value);
    else for (let w = firstWord + 1; w < lastWord; w++) mem.setU32(bitmap + w * 4, value);
    this.blend(mem.at(bitmap + lastWord * 4), tailMask, value);
  }

  private blend(word: number, mask: number, value: number): void {
    this.mem.setU32At(word, (this.mem.u32At(word) & ~mask) | (value & mask));
  }
}
