// What all releases of bbuddy share: init, addmem, and the queries.

import { hex, hexDigits, NULL, PAGE_SIZE, roundDown, roundUp } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { isSet } from '../../regions/release';
import { KernelStop, ukAssert, type Kernel } from '../kernel';
import { PageAlloc } from '../layers/ifpages';
import type { Callback } from '../layers/struct';
import { EINVAL } from '../layers/base';
import type { AllocatorOptions, Size } from '../ukalloc';
import { Memr, ORDER_BYTES, ORDERS, type PallocLayout } from './layout';
import { PageMap } from './page-map';
import type { BuddyProfile } from './profiles';

export const LIB = 'libukallocbbuddy';
export const FILE = 'lib/ukallocbbuddy/bbuddy.c';

const STEP_ZERO = stepKind('uk_allocbbuddy_init', FILE, (a) => `zero the allocator's page ${hex(a)}`);
const STEP_LISTS = stepKind('uk_allocbbuddy_init', FILE, (a) => `set up ${String(ORDERS)} empty free lists in ${hex(a)}`);
const STEP_REGION = stepKind(
  'bbuddy_addmem',
  FILE,
  (memr, pages, bitmap) =>
    `region record at ${hex(memr)}: ${String(pages)} pages, bitmap of ${String(bitmap)} B; becomes memr_head`,
);
const STEP_BITMAP = stepKind(
  'bbuddy_addmem',
  FILE,
  (memr, pages) => `bitmap of ${hex(memr)}: all allocated, then the first ${String(pages)} pages free`,
);
const STEP_COUNT = stepKind('bbuddy_addmem', FILE, (pages) => `nr_free_pages += ${String(pages)}`);
const STEP_CHUNK = stepKind(
  'bbuddy_addmem',
  FILE,
  (chunk, order) => `link new chunk ${hex(chunk)} into free_head[${String(order)}]`,
);

/** Largest region whose pages have 32-bit numbers. */
const MOST_BYTES = 2 ** 44;
/** Bitmap words hold 64 pages; a page of metadata covers this many pages in the formula of 0.3 … 0.11. */
const FORMULA_DIVISOR = 32769;

export abstract class Buddy extends PageAlloc {
  protected readonly profile: BuddyProfile;
  protected readonly palloc_: PallocLayout;
  protected readonly pages: PageMap;
  /** Address of `free_head[0]`. */
  protected readonly heads: number;
  /** Word index of `nr_free_pages`. */
  private readonly counter: number;
  private readonly ifstats: boolean;

  constructor(kernel: Kernel, address: number, options: AllocatorOptions, profile: BuddyProfile, layout: PallocLayout) {
    super(kernel, address, options);
    this.profile = profile;
    this.palloc_ = layout;
    this.heads = this.priv + layout.free_head;
    this.pages = new PageMap(kernel.mem, this.priv + layout.memr_head);
    this.counter = kernel.mem.at(this.priv + layout.nr_free_pages);
    this.ifstats = isSet(options.config, 'CONFIG_LIBUKALLOC_IFSTATS');
  }

  /** Makes list `order` empty. */
  protected abstract clearList(order: number): void;
  /** Is list `order` empty? */
  protected abstract isEmpty(order: number): boolean;
  /** Writes a fresh chunk's head (and tail) and puts it at the front of its list. */
  protected abstract link(chunk: number, order: number): void;

  /**
   * `uk_allocbbuddy_init` after its checks: sets up the struct in the page at `this.address` and adds `[address + …, max)`.
   * What addmem answers is ignored, so an allocator can exist with no memory at all.
   */
  setUp(max: number): void {
    const { mem, address, profile } = this;
    mem.journal.mark(STEP_ZERO, address);
    mem.fill(address, address + PAGE_SIZE, 0);
    mem.journal.mark(STEP_LISTS, this.priv);
    for (let order = 0; order < ORDERS; order++) this.clearList(order);
    mem.setPtr(this.priv + this.palloc_.memr_head, NULL);
    const { queries } = profile;
    this.register({
      malloc: 'uk_malloc_ifpages',
      calloc: 'uk_calloc_compat',
      realloc: 'uk_realloc_ifpages',
      posix_memalign: 'uk_posix_memalign_ifpages',
      memalign: 'uk_memalign_compat',
      free: 'uk_free_ifpages',
      palloc: 'bbuddy_palloc',
      pfree: 'bbuddy_pfree',
      maxalloc: queries ? 'uk_alloc_maxalloc_ifpages' : null,
      availmem: this.has('availmem') ? 'uk_alloc_availmem_ifpages' : null,
      pmaxalloc: queries ? 'bbuddy_pmaxalloc' : null,
      pavailmem: queries ? 'bbuddy_pavailmem' : null,
      addmem: 'bbuddy_addmem',
    });
    const skip = profile.pagesBeforeHeap * PAGE_SIZE;
    if (max > address + skip || profile.addsNothing) this.addmem(address + skip, max - address - skip);
  }

  /** `bbuddy_addmem`. Nothing checks that the new region is disjoint from the ones there. */
  override addmem(base: number, len: number): number {
    const { mem } = this;
    ukAssert(base !== NULL, 'base != NULL');
    const refuse = (why: string): number => {
      const text = `${hexDigits(this.address)}: Failed to add memory region ${hexDigits(base)}-${hexDigits(base + len)}: ${why}`;
      this.kernel.print('err', LIB, text);
      return -EINVAL;
    };
    const memr = roundUp(base, PAGE_SIZE);
    const max = roundDown(base + len, PAGE_SIZE);
    if (max < memr) return refuse('Invalid range after applying page alignments');
    let range = max - memr;
    if (range < 2 * PAGE_SIZE) return refuse('Not enough space after applying page alignments');
    // Not in C: page numbers in the bitmap are 32 bits here.
    if (range > MOST_BYTES) throw new KernelStop('wild', `a region of ${hex(range)} bytes: more than 16 TiB cannot be simulated`);

    const { metadata, pages } = this.split(range);
    const bitmap = memr + Memr.size;
    const bitmapSize = metadata - Memr.size;
    const first = memr + metadata;
    range -= metadata;
    mem.journal.mark(STEP_REGION, memr, pages, bitmapSize);
    mem.setPtr(memr + Memr.first_page, first);
    mem.setPtr(memr + Memr.nr_pages, pages);
    mem.setPtr(memr + Memr.mm_alloc_bitmap_size, bitmapSize);
    mem.setPtr(memr + Memr.mm_alloc_bitmap, bitmap);
    const head = this.priv + this.palloc_.memr_head;
    mem.setPtr(memr + Memr.next, mem.ptr(head));
    mem.setPtr(head, memr);

    mem.journal.mark(STEP_BITMAP, memr, pages);
    mem.fill(bitmap, bitmap + bitmapSize, 0xff);
    // 0.3 frees what it cuts, and its own assertion catches the page that the formula lost.
    const freed = this.profile.freesAllCut ? range / PAGE_SIZE : pages;
    ukAssert(
      freed <= pages,
      '(first_page + (nr_pages << __PAGE_SHIFT)) <= (memr->first_page + (memr->nr_pages << __PAGE_SHIFT))',
    );
    if (freed > 0) this.pages.setRun(bitmap, 0, freed, 0);
    mem.journal.mark(STEP_COUNT, freed);
    this.addFreePages(freed);
    this.cut(first, range);
    return 0;
  }

  /** `bbuddy_pmaxalloc`: a 32-bit `1 << order`, sign-extended; what is above 2^31 is undefined in C and wraps here as on x86. */
  override pmaxalloc(): number {
    if (!this.profile.queries) return -this.ukalloc.enotsup;
    for (let order = ORDERS - 1; order >= 0; order--) if (!this.isEmpty(order)) return 1 << order;
    return 0;
  }

  override pavailmem(): number {
    return this.has('availmem') ? this.mem.ptr(this.priv + this.palloc_.nr_free_pages) : -this.ukalloc.enotsup;
  }

  protected has(callback: Callback): boolean {
    if (callback === 'availmem') return this.profile.queries || this.ifstats;
    return this.profile.queries;
  }

  protected addFreePages(pages: number): void {
    const { mem, counter } = this;
    mem.setPtrAt(counter, mem.ptrAt(counter) + pages);
  }

  /** The message and errno of a request that nothing free can serve. */
  protected outOfMemory(text: string): number {
    this.kernel.print('warn', LIB, text);
    this.stats.countAlloc(0, true);
    return NULL;
  }

  /** Pages of a `size_t` count, as far as a chunk can have them; more than any order holds becomes 2^53 − 1. */
  protected countOf(pages: Size): number {
    ukAssert(pages !== 0, 'num_pages != 0');
    return typeof pages === 'number' && pages > 0 ? pages : Number.MAX_SAFE_INTEGER;
  }

  /** Metadata bytes and usable pages of a range of whole pages. */
  private split(range: number): { metadata: number; pages: number } {
    if (this.profile.pageCount === 'exact') {
      const all = range / PAGE_SIZE;
      const metadata = roundUp(Memr.size + Math.ceil(all / 8), PAGE_SIZE);
      return { metadata, pages: all - metadata / PAGE_SIZE };
    }
    // 0.3 … 0.11. For 32450 + 32769·j pages this is one less than what `cut` puts into the lists: kept, as the C code has it.
    const pages = Math.floor((8 * (range - Memr.size)) / FORMULA_DIVISOR);
    return { metadata: roundUp(Memr.size + Math.ceil(pages / 8), PAGE_SIZE), pages };
  }

  /** Cuts `[page, page + range)` into the largest chunks that alignment and the rest allow, ascending, each pushed to the front. */
  private cut(page: number, range: number): void {
    while (range > 0) {
      let order = 0;
      while (order + 1 < ORDERS && ORDER_BYTES[order + 1]! <= range && !hasBit(page, order)) order++;
      const end = page + ORDER_BYTES[order]!;
      this.kernel.print(
        'debug',
        LIB,
        `${hexDigits(this.address)}: Add allocate unit ${hexDigits(page)} - ${hexDigits(end)} (order ${String(order)})`,
      );
      this.mem.journal.mark(STEP_CHUNK, page, order);
      this.link(page, order);
      range -= ORDER_BYTES[order]!;
      page = end;
    }
  }
}

/** Is bit `order + 12` of an address set: is it the upper of two buddies of that order? */
export function hasBit(address: number, order: number): boolean {
  // `%` on doubles is a call; the low 32 bits of an address can be masked as they are.
  return order < 20 ? (address & (4096 << order)) !== 0 : (Math.floor(address / ORDER_BYTES[order]!) & 1) !== 0;
}
