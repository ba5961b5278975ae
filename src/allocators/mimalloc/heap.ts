// The main heap: malloc, free and their kin (src/alloc.c, src/alloc-aligned.c, src/page.c).

import { hex, NULL, TWO_32 } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { KernelStop } from '../kernel';
import { unsigned } from '../layers/base';
import { sizeFrom, type Size } from '../ukalloc';
import {
  HUGE_BIN,
  STEP_ALIGN,
  STEP_COLLECT,
  STEP_COPY,
  STEP_FREE,
  STEP_FREE_HUGE,
  STEP_GENERIC,
  STEP_KEEP,
  STEP_POP,
  STEP_ZERO,
  STEP_ZERO_FIRST,
} from './heap-steps';
import { HeapStruct, Page, PageFlag, QUEUES, Segment, SEGMENT_MASK, SEGMENT_SIZE, Tld } from './layout';
import type { OsMemory } from './os';
import { descriptorAt, descriptorBehind, isNull } from './page-queues';
import { Pages } from './pages';
import { blockOf, notFromHere, pageOf } from './pointers';
import type { Segments } from './segments';
import { binOf, BLOCK_SIZES, goodSize, KIND_HUGE, LARGE_OBJECT_MAX, SMALL_SIZE_MAX } from './size-classes';
import { Statics, Surroundings } from './statics';

// Words of a page descriptor from its `free` field on (see `descriptorAt`), and of a segment's header.
const USED = (Page.used - Page.free) / 4;
const LOCAL_FREE = (Page.local_free - Page.free) / 4;
const THREAD_ID = Segment.thread_id / 4;
const PAGE_SHIFT = Segment.page_shift / 4;
/** Of the first descriptor's fields from `free` on, from the segment's first word. */
const FIRST_DESCRIPTOR = (Segment.pages + Page.free) / 4;
const DESCRIPTOR = Page.size / 4;
const SEGMENT_WORDS = SEGMENT_SIZE / 4;
const THREAD_LOW = Surroundings.thread >>> 0;
const THREAD_HIGH = Math.floor(Surroundings.thread / TWO_32) >>> 0;
/** The two flags in the word that holds `reserved`, `flags` and `is_zero`. */
const FLAGS_IN_WORD = 0x3_0000;

export class MiHeap {
  private readonly mem: SimMemory;
  private readonly os: OsMemory;
  private readonly segments: Segments;
  private readonly pages: Pages;
  /** Word index of `pages_free_direct`, and of the tld's `heartbeat`. */
  private readonly direct: number;
  private readonly heartbeat: number;

  constructor(mem: SimMemory, os: OsMemory, segments: Segments) {
    this.mem = mem;
    this.os = os;
    this.segments = segments;
    this.pages = new Pages(mem, segments);
    this.direct = mem.at(Statics._mi_heap_main) + HeapStruct.pages_free_direct / 4;
    this.heartbeat = mem.at(Statics.tld_main + Tld.heartbeat);
  }

  /** `mi_malloc`. */
  malloc(size: Size): number {
    if (typeof size === 'number' && size <= SMALL_SIZE_MAX && size >= 0) {
      const { mem } = this;
      const first = this.direct + 2 * ((size + 7) >> 3);
      const at = descriptorBehind(mem, first);
      if (!isNull(mem, at)) return this.pop(first, at);
    }
    return this.generic(size);
  }

  /** `mi_free`. Nothing is checked in this build but that the pointer leads to a segment at all: without one C reads wild memory. */
  free(p: number): void {
    if (p === NULL) return;
    const { mem } = this;
    const offset = p & SEGMENT_MASK;
    if (p === offset) throw notFromHere(p, NULL);
    const header = mem.at(p - offset);
    if (mem.u32At(header + THREAD_ID) !== THREAD_LOW || mem.u32At(header + THREAD_ID + 1) !== THREAD_HIGH) {
      this.freeForeign(p, p - offset);
      return;
    }
    const index = offset >>> mem.u32At(header + PAGE_SHIFT);
    // Where the segment lies in one piece, descriptor and block are found by their offsets.
    const whole = mem.isContiguous(header, SEGMENT_WORDS) && (offset & 7) === 0;
    const page = p - offset + Segment.pages + index * Page.size;
    const at = whole ? header + FIRST_DESCRIPTOR + index * DESCRIPTOR : descriptorAt(mem, page);
    const flags = (whole ? mem.u32At(at - 1) : mem.u32(page + Page.reserved)) & FLAGS_IN_WORD;
    const aligned = flags >= PageFlag.has_aligned * 0x1_0000;
    const block = aligned ? blockOf(this.pages, p, page) : p;
    const used = (mem.u32At(at + USED) - 1) >>> 0;
    if (mem.journal.on) mem.journal.mark(STEP_FREE, block, page, used);
    mem.copyPtrAt(whole && !aligned ? header + (offset >>> 2) : mem.at(block), at + LOCAL_FREE);
    mem.setPtrAt(at + LOCAL_FREE, block);
    mem.setU32At(at + USED, used);
    if (used === 0) this.pages.retire(page);
    else if (flags !== 0 && (flags & (PageFlag.in_full * 0x1_0000)) !== 0) this.pages.unfull(page);
  }

  /** `mi_calloc`. The product is not tested for overflow when `count` is 1. */
  calloc(count: Size, size: Size): number {
    const product = unsigned(count) * unsigned(size);
    if (product >= 1n << 64n) return NULL;
    const bytes = sizeFrom(product);
    const p = this.malloc(bytes);
    if (p !== NULL) this.zero(p, Number(bytes));
    return p;
  }

  /** `mi_realloc`: in place when at least half of the block is used; realloc(p, 0) gives a fresh block of 8 bytes. */
  realloc(p: number, size: Size): number {
    if (p === NULL) return this.malloc(size);
    const usable = this.usable(p);
    const bytes = typeof size === 'number' && size >= 0 ? size : Infinity;
    if (bytes <= usable && bytes >= Math.floor(usable / 2)) {
      this.mem.journal.mark(STEP_KEEP, p, usable);
      return p;
    }
    const q = this.malloc(size);
    if (q === NULL) return NULL;
    const kept = Math.min(usable, bytes);
    this.mem.journal.mark(STEP_COPY, p, q, kept);
    this.mem.copy(q, p, kept);
    this.free(p);
    return q;
  }

  /** `mi_usable_size`. */
  usable(p: number): number {
    if (p === NULL) return 0;
    const page = pageOf(this.mem, p);
    const size = this.pages.blockSize(page);
    if ((this.mem.u8(page + Page.flags) & PageFlag.has_aligned) === 0) return size;
    return size - (p - blockOf(this.pages, p, page));
  }

  /** Aligned malloc as `mi_posix_memalign` and `mi_memalign` make it; `align` is any `size_t`. */
  aligned(align: Size, size: Size): number {
    if (align === 8 || (align === 16 && (typeof size !== 'number' || size > 8 || size < 0))) return this.malloc(size);
    const a = unsigned(align);
    if (a === 0n || (a & (a - 1n)) !== 0n || unsigned(size) >= 1n << 63n) return NULL;
    const { mem } = this;
    const small = typeof size === 'number' && size <= SMALL_SIZE_MAX ? size : undefined;
    if (small !== undefined) {
      const page = mem.ptrAt(this.direct + 2 * ((small + 7) >> 3));
      const block = mem.ptr(page + Page.free);
      if (block !== NULL && isMultiple(block, a)) return this.malloc(small);
    }
    if (typeof align === 'number' && typeof size === 'number' && align <= size && size <= 131072 && size % align === 0) {
      return this.malloc(size);
    }
    const block = this.malloc(sizeFrom(BigInt.asUintN(64, unsigned(size) + a - 1n)));
    if (block === NULL || isMultiple(block, a)) return block;
    const p = Number(BigInt.asIntN(64, (BigInt(block) + a - 1n) & -a));
    const page = pageOf(this.mem, block);
    mem.journal.mark(STEP_ALIGN, block, p);
    mem.setU8(page + Page.flags, mem.u8(page + Page.flags) | PageFlag.has_aligned);
    return p;
  }

  /** `mi_collect`. */
  collect(force: boolean): void {
    const { mem, pages } = this;
    mem.journal.mark(STEP_COLLECT, force ? 1 : 0);
    this.beat();
    pages.countDown(force);
    for (let bin = 0; bin < QUEUES; bin++) {
      for (let page = pages.queues.first(bin); page !== NULL;) {
        const next = mem.ptr(page + Page.next);
        if (force) pages.collectForced(page);
        else pages.collect(page);
        if (mem.u32(page + Page.used) === 0) pages.free(page, bin);
        page = next;
      }
    }
    if (force) this.os.collect();
  }

  /** `_mi_malloc_generic`, with the case of `mi_find_free_page` that nearly always holds: the first page of the bin has a block. */
  private generic(size: Size): number {
    const { mem } = this;
    this.beat();
    if (typeof size === 'bigint' || size < 0 || size > LARGE_OBJECT_MAX) return this.large(size);
    const bin = binOf(size);
    if (mem.journal.on) mem.journal.mark(STEP_GENERIC, size, bin);
    const first = this.pages.queues.firstAt(bin);
    if (!isNull(mem, first)) {
      const at = descriptorBehind(mem, first);
      if (!isNull(mem, at) || this.pages.takeOver(mem.ptrAt(first), at)) {
        this.pages.unretire(mem.ptrAt(first));
        return this.pop(first, at);
      }
    }
    return this.search(bin);
  }

  /** `mi_page_queue_find_free_ex`: made twice before memory counts as out. */
  private search(bin: number): number {
    const { mem, pages } = this;
    for (let attempt = 0; attempt < 2; attempt++) {
      let page = pages.queues.first(bin);
      while (page !== NULL) {
        const next = mem.ptr(page + Page.next);
        if (pages.collect(page)) break;
        if (pages.isExtendable(page)) {
          pages.extend(page);
          break;
        }
        pages.toFull(page, bin);
        page = next;
      }
      if (page !== NULL) {
        pages.unretire(page);
        return this.popFrom(page);
      }
      pages.countDown(false);
      page = pages.fresh(BLOCK_SIZES[bin]!, bin);
      if (page !== NULL) return this.popFrom(page);
    }
    return NULL;
  }

  /** Requests above 2 MiB, and sizes that no memory has. */
  private large(size: Size): number {
    if (typeof size === 'number' && size > 0 && size <= 2 ** 52) return this.huge(size);
    this.refuseHuge(unsigned(size));
    return NULL;
  }

  /** `mi_huge_page_alloc`. */
  private huge(size: number): number {
    const { mem } = this;
    mem.journal.mark(STEP_GENERIC, size, HUGE_BIN);
    const page = this.pages.fresh(goodSize(size), undefined);
    if (page === NULL) return NULL;
    mem.setPtr(page + Page.xheap, NULL);
    return this.popFrom(page);
  }

  /** A request that no memory can serve: what is left of it is the OS layer's message, with the number as C computes it. */
  private refuseHuge(size: bigint): void {
    this.mem.journal.mark(STEP_GENERIC, Number(size), HUGE_BIN);
    if (size >= 1n << 63n) return;
    const unit = 4n << 20n;
    const up = (value: bigint, to: bigint): bigint => ((value + to - 1n) / to) * to;
    const segmentSize = up(up(size, unit) + 0x100n, 1n << 18n);
    this.os.refuse(up(segmentSize, unit));
  }

  /** `_mi_page_malloc` of a page with a free block: `first` is the word index of a pointer to it, `at` that of its `free`. */
  private pop(first: number, at: number): number {
    const { mem } = this;
    const block = mem.ptrAt(at);
    if (mem.journal.on) mem.journal.mark(STEP_POP, block, mem.ptrAt(first));
    mem.copyPtrAt(at, mem.follow(at));
    mem.setU32At(at + USED, mem.u32At(at + USED) + 1);
    return block;
  }

  private popFrom(page: number): number {
    const { mem } = this;
    const at = descriptorAt(mem, page);
    const block = mem.ptrAt(at);
    if (mem.journal.on) mem.journal.mark(STEP_POP, block, page);
    mem.copyPtrAt(at, mem.follow(at));
    mem.setU32At(at + USED, mem.u32At(at + USED) + 1);
    return block;
  }

  private zero(p: number, bytes: number): void {
    const { mem } = this;
    const page = pageOf(this.mem, p);
    if ((mem.u8(page + Page.zero) & 1) !== 0 && bytes > 8) {
      mem.journal.mark(STEP_ZERO_FIRST, p);
      mem.setPtr(p, 0);
      return;
    }
    const usable = this.usable(p);
    mem.journal.mark(STEP_ZERO, p, usable);
    mem.fill(p, p + usable, 0);
  }

  /** `_mi_deferred_free`, which has nothing to call in this port. */
  private beat(): void {
    const { mem, heartbeat } = this;
    mem.setPtrAt(heartbeat, mem.ptrAt(heartbeat) + 1);
  }

  /** `mi_free_generic` of a block that no thread owns: a huge one. */
  private freeForeign(p: number, segment: number): void {
    const { mem } = this;
    const page = pageOf(this.mem, p);
    if (mem.u32(segment + Segment.page_kind) !== KIND_HUGE || mem.ptr(segment + Segment.used) === 0) {
      throw new KernelStop('wild', `free(${hex(p)}): the segment at ${hex(segment)} was given back before`);
    }
    const block = (mem.u8(page + Page.flags) & PageFlag.has_aligned) !== 0 ? blockOf(this.pages, p, page) : p;
    mem.journal.mark(STEP_FREE_HUGE, segment);
    mem.setPtr(segment + Segment.thread_id, Surroundings.thread);
    mem.setPtr(block, mem.ptr(page + Page.free));
    mem.setPtr(page + Page.free, block);
    mem.setU32(page + Page.used, mem.u32(page + Page.used) - 1);
    this.pages.clearZero(page);
    this.segments.track(mem.ptr(segment + Segment.segment_size));
    this.segments.freePage(page);
  }
}

function isMultiple(p: number, align: bigint): boolean {
  return (BigInt(p) & (align - 1n)) === 0n;
}
