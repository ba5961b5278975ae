// What happens to one page (src/page.c): free lists that grow 4 KiB at a time, full pages out of the way, empty pages kept a while.

import { hex, NULL } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { KernelStop } from '../kernel';
import { Page, PageBit, PageFlag, Segment } from './layout';
import { descriptorAt, isNull, PageQueues } from './page-queues';
import { segmentOf, type Segments } from './segments';
import {
  BIN_FULL,
  binOf,
  extension,
  HUGE_BLOCK_SIZE,
  KIND_MEDIUM,
  LAST_RETIRE_BIN,
  MAX_RETIRE_SIZE,
  RETIRE_CYCLES,
} from './size-classes';
import { Statics } from './statics';

const FILE = 'src/page.c';
const STEP_INIT = stepKind(
  'mi_page_init',
  FILE,
  (page, blockSize, reserved) => `page ${hex(page)} serves blocks of ${String(blockSize)} B: ${String(reserved)} fit`,
);
const STEP_EXTEND = stepKind(
  'mi_page_extend_free',
  FILE,
  (page, count, capacity, reserved) =>
    `link ${String(count)} more blocks of page ${hex(page)}: capacity ${String(capacity)} of ${String(reserved)}`,
);
const STEP_COLLECT = stepKind(
  '_mi_page_free_collect',
  FILE,
  (page) => `free list of page ${hex(page)} is empty: take over local_free`,
);
const STEP_APPEND = stepKind('_mi_page_free_collect', FILE, (page) => `put local_free of page ${hex(page)} in front of free`);
const STEP_FULL = stepKind('mi_page_to_full', FILE, (page) => `page ${hex(page)} is full: out of the way of searches`);
const STEP_UNFULL = stepKind('_mi_page_unfull', FILE, (page) => `page ${hex(page)} has a free block again`);
const STEP_RETIRE = stepKind(
  '_mi_page_retire',
  FILE,
  (page) => `page ${hex(page)} is empty, but the last of its class: keep it for ${String(RETIRE_CYCLES)} searches`,
);
const STEP_COUNTDOWN = stepKind(
  '_mi_heap_collect_retired',
  FILE,
  (page, left) => `retired page ${hex(page)}: ${String(left)} searches left`,
);
const STEP_BACK = stepKind('_mi_heap_collect_retired', FILE, (page) => `page ${hex(page)} is in use again: no longer retired`);
const STEP_FREE = stepKind('_mi_page_free', FILE, (page) => `page ${hex(page)} is empty: give it back to its segment`);

/** `is_zero` in the word that holds `reserved`, `flags` and `is_zero`; `retire_expire` is all above it. */
const IS_ZERO = 0x100_0000;
const LOCAL_FREE = (Page.local_free - Page.free) / 4;

/** `(unsigned) a % b`, for the kernel half of the address space too. */
function remainder(a: number, b: number): number {
  return a >= 0 ? a % b : Number(BigInt.asUintN(64, BigInt(a)) % BigInt(b));
}

export class Pages {
  readonly queues: PageQueues;
  private readonly mem: SimMemory;
  private readonly segments: Segments;

  constructor(mem: SimMemory, segments: Segments) {
    this.mem = mem;
    this.segments = segments;
    this.queues = new PageQueues(mem);
  }

  /** `_mi_page_start`: the block area of a page. In page 0 of small and medium segments it is moved up to a multiple of the block size. */
  start(page: number, blockSize: number): number {
    const { mem } = this;
    const segment = segmentOf(page);
    const index = (page - segment - Segment.pages) / Page.size;
    if (index > 0) return segment + index * 2 ** mem.ptr(segment + Segment.page_shift);
    const start = segment + mem.ptr(segment + Segment.segment_info_size);
    if (mem.u32(segment + Segment.page_kind) > KIND_MEDIUM) return start;
    const adjust = blockSize - remainder(start, blockSize);
    return adjust < blockSize ? start + adjust : start;
  }

  /** `mi_page_fresh_alloc`: a page from the segments, in the queue of its bin unless it is huge; NULL when memory is out. */
  fresh(blockSize: number, bin: number | undefined): number {
    const page = this.segments.allocatePage(blockSize);
    if (page === NULL) return NULL;
    this.init(page, blockSize);
    if (bin !== undefined) this.queues.push(page, bin);
    return page;
  }

  /** `mi_page_extend_free`; only for a page with an empty free list. */
  extend(page: number): void {
    const { mem } = this;
    const blockSize = this.blockSize(page);
    const capacity = mem.u32(page) >>> 16;
    const reserved = mem.u32(page + Page.reserved) & 0xffff;
    const count = Math.min(reserved - capacity, extension(blockSize));
    if (count <= 0) return;
    const first = this.start(page, blockSize) + capacity * blockSize;
    const last = first + (count - 1) * blockSize;
    mem.journal.mark(STEP_EXTEND, page, count, capacity + count, reserved);
    for (let block = first; block < last; block += blockSize) mem.setPtr(block, block + blockSize);
    mem.setPtr(last, NULL);
    mem.setPtr(page + Page.free, first);
    mem.setU32(page, (mem.u32(page) & 0xffff) | ((capacity + count) << 16));
    if ((mem.u8(page + Page.bits) & PageBit.is_zero_init) === 0) this.clearZero(page);
  }

  /** `_mi_page_free_collect`, not forced. Has the page a free block then? */
  collect(page: number): boolean {
    const at = descriptorAt(this.mem, page);
    return !isNull(this.mem, at) || this.takeOver(page, at);
  }

  /**
   * The part of `_mi_page_free_collect` for a page whose free list is empty: what was freed becomes the free list.
   *
   * @param at word index of the descriptor's `free`
   * @returns was there anything?
   */
  takeOver(page: number, at: number): boolean {
    const { mem } = this;
    if (isNull(mem, at + LOCAL_FREE)) return false;
    if (mem.journal.on) mem.journal.mark(STEP_COLLECT, page);
    mem.copyPtrAt(at, at + LOCAL_FREE);
    mem.setPtrAt(at + LOCAL_FREE, NULL);
    this.clearZero(page);
    return true;
  }

  /** `_mi_page_free_collect`, forced: local_free in front of free. */
  collectForced(page: number): void {
    const { mem } = this;
    const local = mem.ptr(page + Page.local_free);
    const free = mem.ptr(page + Page.free);
    if (local === NULL || free === NULL) {
      this.collect(page);
      return;
    }
    mem.journal.mark(STEP_APPEND, page);
    let tail = local;
    for (let left = mem.u32(page) >>> 16; mem.ptr(tail) !== NULL; left--) {
      if (left <= 0) throw new KernelStop('wild', `local_free of page ${hex(page)} has no end: the C code would not come back`);
      tail = mem.ptr(tail);
    }
    mem.setPtr(tail, free);
    mem.setPtr(page + Page.free, local);
    mem.setPtr(page + Page.local_free, NULL);
    this.clearZero(page);
  }

  /** `mi_page_to_full`. */
  toFull(page: number, bin: number): void {
    if (this.mem.journal.on) this.mem.journal.mark(STEP_FULL, page);
    this.queues.move(page, bin, BIN_FULL);
    this.collect(page);
  }

  /** `_mi_page_unfull`. */
  unfull(page: number): void {
    if (this.mem.journal.on) this.mem.journal.mark(STEP_UNFULL, page);
    this.queues.move(page, BIN_FULL, binOf(this.blockSize(page)));
  }

  /** `_mi_page_retire`: what becomes of a page with nothing in use. */
  retire(page: number): void {
    const { mem } = this;
    if (mem.ptr(page + Page.xheap) !== Statics._mi_heap_main) {
      throw new KernelStop('wild', `page ${hex(page)} belongs to no heap (a double free?): the C code would follow xheap`);
    }
    const blockSize = this.blockSize(page);
    const flags = mem.u8(page + Page.flags) & ~PageFlag.has_aligned;
    mem.setU8(page + Page.flags, flags);
    const inFull = (flags & PageFlag.in_full) !== 0;
    const bin = inFull ? BIN_FULL : binOf(blockSize);
    if (blockSize <= MAX_RETIRE_SIZE && !inFull && this.queues.isAlone(page, bin)) {
      mem.journal.mark(STEP_RETIRE, page);
      this.setRetire(page, RETIRE_CYCLES);
      return;
    }
    this.free(page, bin);
  }

  /** `_mi_page_free`. */
  free(page: number, bin: number): void {
    const { mem } = this;
    mem.journal.mark(STEP_FREE, page);
    mem.setU8(page + Page.flags, mem.u8(page + Page.flags) & ~PageFlag.has_aligned);
    this.queues.remove(page, bin);
    mem.setPtr(page + Page.xheap, NULL);
    this.segments.freePage(page);
  }

  /** `_mi_heap_collect_retired`: one step of the countdown of each class's first page. */
  countDown(force: boolean): void {
    const { mem, queues } = this;
    for (let bin = 0; bin <= LAST_RETIRE_BIN; bin++) {
      const page = queues.first(bin);
      if (page === NULL) continue;
      const expire = mem.u8(page + Page.zero) >> 1;
      if (expire === 0) continue;
      if (mem.u32(page + Page.used) !== 0) {
        mem.journal.mark(STEP_BACK, page);
        this.setRetire(page, 0);
        continue;
      }
      mem.journal.mark(STEP_COUNTDOWN, page, expire - 1);
      this.setRetire(page, expire - 1);
      if (force || expire === 1) this.free(page, bin);
    }
  }

  /** Takes the page out of retirement, because it serves again. */
  unretire(page: number): void {
    const word = this.mem.u32(page + Page.reserved);
    if (word >= 2 * IS_ZERO) this.mem.setU32(page + Page.reserved, word & (2 * IS_ZERO - 1));
  }

  clearZero(page: number): void {
    const word = this.mem.u32(page + Page.reserved);
    if ((word & IS_ZERO) !== 0) this.mem.setU32(page + Page.reserved, word & ~IS_ZERO);
  }

  isExtendable(page: number): boolean {
    return this.mem.u32(page) >>> 16 < (this.mem.u32(page + Page.reserved) & 0xffff);
  }

  /** `mi_page_block_size`. */
  blockSize(page: number): number {
    const { mem } = this;
    const size = mem.u32(page + Page.xblock_size);
    if (size < HUGE_BLOCK_SIZE) return size;
    const segment = segmentOf(page);
    return mem.ptr(segment + Segment.segment_size) - mem.ptr(segment + Segment.segment_info_size);
  }

  /** `mi_page_init`. */
  private init(page: number, blockSize: number): void {
    const { mem } = this;
    const segment = segmentOf(page);
    const shift = mem.ptr(segment + Segment.page_shift);
    const first = page === segment + Segment.pages;
    const pageEnd =
      first && mem.u32(segment + Segment.page_kind) > KIND_MEDIUM ? mem.ptr(segment + Segment.segment_size) : 2 ** shift;
    const index = (page - segment - Segment.pages) / Page.size;
    const room = segment + index * 2 ** shift + pageEnd - this.start(page, blockSize);
    const reserved = Math.floor(room / blockSize) & 0xffff;
    mem.journal.mark(STEP_INIT, page, blockSize, reserved);
    mem.setPtr(page + Page.xheap, Statics._mi_heap_main);
    mem.setU32(page + Page.xblock_size, Math.min(blockSize, HUGE_BLOCK_SIZE));
    mem.setU32(page + Page.reserved, (mem.u32(page + Page.reserved) & ~0xffff) | reserved);
    const zero = (mem.u8(page + Page.bits) & PageBit.is_zero_init) !== 0 ? 1 : 0;
    mem.setU8(page + Page.zero, (mem.u8(page + Page.zero) & ~1) | zero);
    this.extend(page);
  }

  private setRetire(page: number, cycles: number): void {
    this.mem.setU8(page + Page.zero, (this.mem.u8(page + Page.zero) & 1) | (cycles << 1));
  }
}
