// bbuddy up to 0.19: every request holds the next power of two of pages, and each free list ends at a sentinel.

import { hex, hexDigits, NULL, PAGE_SIZE } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { KernelStop, ukAssert, type Kernel } from '../kernel';
import type { AllocatorOptions, Size } from '../ukalloc';
import { Buddy, FILE, hasBit } from './buddy';
import { Chunk, ORDER_BYTES, orderOf, ORDERS, POWERS, SentinelPalloc } from './layout';
import type { BuddyProfile } from './profiles';

const STEP_TAKE = stepKind('bbuddy_palloc', FILE, (chunk, order) => `take chunk ${hex(chunk)} from free_head[${String(order)}]`);
const STEP_SPLIT = stepKind(
  'bbuddy_palloc',
  FILE,
  (spare, from, to) =>
    `split order ${String(from)} → ${String(to)}: link spare chunk ${hex(spare)} into free_head[${String(to)}]`,
);
const STEP_MARK = stepKind(
  'bbuddy_palloc',
  FILE,
  (page, pages) => `mark ${pagesText(pages)} from ${hex(page)} allocated; nr_free_pages −= ${String(pages)}`,
);
const STEP_CLEAR = stepKind(
  'bbuddy_pfree',
  FILE,
  (page, pages) => `mark ${pagesText(pages)} from ${hex(page)} free; nr_free_pages += ${String(pages)}`,
);
const STEP_MERGE = stepKind(
  'bbuddy_pfree',
  FILE,
  (buddy, order, merged) =>
    `merge with buddy ${hex(buddy)}: unlink it from free_head[${String(order)}], order ${String(order)} → ${String(order + 1)} at ${hex(merged)}`,
);
const STEP_LINK = stepKind('bbuddy_pfree', FILE, (chunk, order) => `link chunk ${hex(chunk)} into free_head[${String(order)}]`);
const STEP_STOP = stepKind('bbuddy_pfree', FILE, (buddy, order, why, level) =>
  why === 0
    ? `buddy ${hex(buddy)} of order ${String(order)} is used or outside: stop`
    : `buddy ${hex(buddy)} is free, but of order ${String(level)}, not ${String(order)}: stop`,
);

function pagesText(pages: number): string {
  return pages === 1 ? '1 page' : `${String(pages)} pages`;
}

// Words of a chunk head. A chunk begins a page, and struct uk_bbpalloc lies in one page, so their fields are reached by word index
// (SimMemory.at), which the benchmarks pay back with a third of their time.
const NEXT = Chunk.next / 4;
const PPREV = Chunk.pprev / 4;
const LEVEL = Chunk.level / 4;

export class PowerOfTwoBuddy extends Buddy {
  /** Address of `free_tail[0]`. */
  private readonly tails: number;
  /** Word index of `free_head[0]`. */
  private readonly headWords: number;

  constructor(kernel: Kernel, address: number, options: AllocatorOptions, profile: BuddyProfile) {
    super(kernel, address, options, profile, SentinelPalloc);
    this.tails = this.priv + SentinelPalloc.free_tail;
    this.headWords = kernel.mem.at(this.heads);
  }

  /** `bbuddy_palloc`. */
  override palloc(pages: Size): number {
    const { mem } = this;
    const { journal } = mem;
    const traced = journal.on;
    const count = this.countOf(pages);
    const order = orderOf(count);
    if (order > ORDERS && !this.profile.boundTested) {
      throw new KernelStop(
        'wild',
        `palloc of 2^${String(order)} pages: this release compares the order with == and reads past free_head[]`,
      );
    }
    let from = order;
    while (from < ORDERS && this.isEmpty(from)) from++;
    if (from >= ORDERS) {
      return this.outOfMemory(
        `${hexDigits(this.address)}: Cannot handle palloc request of order ${String(order)}: Out of memory`,
      );
    }
    const head = this.headWords + 2 * from;
    const chunk = mem.ptrAt(head);
    if (traced) journal.mark(STEP_TAKE, chunk, from);
    const taken = mem.follow(head);
    mem.copyPtrAt(head, taken + NEXT);
    mem.setPtrAt(mem.follow(taken + NEXT) + PPREV, this.heads + 8 * from);

    while (from > order) {
      from--;
      const spare = chunk + ORDER_BYTES[from]!;
      if (traced) journal.mark(STEP_SPLIT, spare, from + 1, from);
      this.linkAt(spare, from, spare + ORDER_BYTES[from]!);
    }
    if (this.profile.boundTested)
      ukAssert(isAligned(chunk, order), '((uintptr_t) alloc_ch & ((1UL << (order + __PAGE_SHIFT)) - 1)) == 0');
    const held = POWERS[order]!;
    if (traced) journal.mark(STEP_MARK, chunk, held);
    this.pages.markAllocated(chunk, held);
    this.addFreePages(-held);
    this.stats.countAlloc(count * PAGE_SIZE, false);
    return chunk;
  }

  /** `bbuddy_pfree`. The freed order depends on the `pages` given now; double frees are not noticed. */
  override pfree(p: number, pages: number): void {
    const { mem } = this;
    const { journal } = mem;
    const traced = journal.on;
    let order = orderOf(this.countOf(pages));
    ukAssert((p & (PAGE_SIZE - 1)) === 0, '!((uintptr_t) obj & (__PAGE_SIZE - 1))');
    this.stats.countFree(pages * PAGE_SIZE);
    const freed = POWERS[order]!;
    if (traced) journal.mark(STEP_CLEAR, p, freed);
    this.pages.markFree(p, freed);
    this.addFreePages(freed);

    let chunk = p;
    let end = p + ORDER_BYTES[order]!;
    while (order < ORDERS) {
      const size = ORDER_BYTES[order]!;
      const below = hasBit(chunk, order);
      const buddy = below ? chunk - size : chunk + size;
      if (this.pages.isTaken(buddy)) {
        if (traced) journal.mark(STEP_STOP, buddy, order, 0);
        break;
      }
      const b = mem.at(buddy);
      const level = mem.u32At(b + LEVEL);
      if (level !== order) {
        if (traced) journal.mark(STEP_STOP, buddy, order, 1, level);
        break;
      }
      if (below) chunk = buddy;
      else end += size;
      if (traced) journal.mark(STEP_MERGE, buddy, order, chunk);
      this.unlinkAt(b);
      order++;
    }
    if (traced) journal.mark(STEP_LINK, chunk, order);
    this.linkAt(chunk, order, end);
  }

  protected override clearList(order: number): void {
    const head = this.heads + 8 * order;
    const tail = this.tails + Chunk.size * order;
    this.mem.setPtr(head, tail);
    this.mem.setPtr(tail + Chunk.pprev, head);
    this.mem.setPtr(tail + Chunk.next, NULL);
  }

  protected override isEmpty(order: number): boolean {
    // Only the sentinel's next is NULL, unless a program wrote past its block: then the chunks behind are lost, as in C.
    const next = this.mem.follow(this.headWords + 2 * order) + NEXT;
    return (this.mem.u32At(next) | this.mem.u32At(next + 1)) === 0;
  }

  protected override link(chunk: number, order: number): void {
    this.linkAt(chunk, order, chunk + ORDER_BYTES[order]!);
  }

  /** Puts a chunk at the front of its list; its tail lies in the last bytes before `end`. */
  private linkAt(chunk: number, order: number, end: number): void {
    const { mem } = this;
    const head = this.headWords + 2 * order;
    const next = mem.follow(head);
    const c = mem.at(chunk);
    mem.setU32At(c + LEVEL, order);
    mem.copyPtrAt(c + NEXT, head);
    mem.setPtrAt(c + PPREV, this.heads + 8 * order);
    mem.setU32At(mem.at(end - Chunk.tailSize), order);
    mem.setPtrAt(next + PPREV, chunk + Chunk.next);
    mem.setPtrAt(head, chunk);
  }

  /** Takes the chunk whose head is at a word index out of its list. */
  private unlinkAt(c: number): void {
    const { mem } = this;
    const next = mem.follow(c + NEXT);
    mem.copyPtrAt(mem.follow(c + PPREV), c + NEXT);
    mem.copyPtrAt(next + PPREV, c + PPREV);
  }
}

function isAligned(address: number, order: number): boolean {
  if (order < 20) return (address & ((4096 << order) - 1)) === 0;
  const size = ORDER_BYTES[order]!;
  return Math.floor(address / size) * size === address;
}
