// bbuddy from 0.20 on: a request holds exactly its pages, lists end with NULL, and only a chunk's head is ever written.

import { hex, NULL, PAGE_SIZE, pointerText } from '../../memory/address';
import { stepKind } from '../../memory/steps';
import { ukAssert, type Kernel } from '../kernel';
import { unsigned } from '../layers/base';
import type { AllocatorOptions, Size } from '../ukalloc';
import { Buddy, FILE, hasBit } from './buddy';
import { Chunk, highestBit, NullPalloc, ORDER_BYTES, orderOf, ORDERS, POWERS } from './layout';
import type { BuddyProfile } from './profiles';

const STEP_TAKE = stepKind('bbuddy_palloc', FILE, (chunk, order) => `take chunk ${hex(chunk)} from free_head[${String(order)}]`);
const STEP_SPARE = stepKind(
  'bbuddy_palloc',
  FILE,
  (spare, order, left) =>
    `link spare chunk ${hex(spare)} into free_head[${String(order)}]; ${String(left)} spare page${left === 1 ? '' : 's'} left`,
);
const STEP_MARK = stepKind(
  'bbuddy_palloc',
  FILE,
  (page, pages) =>
    `mark ${String(pages)} page${pages === 1 ? '' : 's'} from ${hex(page)} allocated; nr_free_pages −= ${String(pages)}`,
);
const STEP_PIECE = stepKind('bbuddy_pfree', FILE, (page, order) => `piece of order ${String(order)} at ${hex(page)}`);
const STEP_MERGE = stepKind(
  'bbuddy_pfree',
  FILE,
  (buddy, order, merged) =>
    `merge with buddy ${hex(buddy)}: unlink it from free_head[${String(order)}], order ${String(order)} → ${String(order + 1)} at ${hex(merged)}`,
);
const STEP_LINK = stepKind(
  'bbuddy_pfree',
  FILE,
  (chunk, order, pages) =>
    `mark ${String(pages)} page${pages === 1 ? '' : 's'} free; link chunk ${hex(chunk)} into free_head[${String(order)}]`,
);

export class PageGranularBuddy extends Buddy {
  constructor(kernel: Kernel, address: number, options: AllocatorOptions, profile: BuddyProfile) {
    super(kernel, address, options, profile, NullPalloc);
  }

  /** `bbuddy_palloc`: takes the smallest chunk that is large enough and gives back what is not needed, from its end. */
  override palloc(pages: Size): number {
    const { mem } = this;
    const count = this.countOf(pages);
    let order = orderOf(count);
    while (order < ORDERS && this.isEmpty(order)) order++;
    if (order >= ORDERS) {
      return this.outOfMemory(
        `${pointerText(this.address)}: Cannot handle palloc request of ${String(unsigned(pages))}: Out of memory`,
      );
    }
    const chunk = mem.ptr(this.heads + 8 * order);
    mem.journal.mark(STEP_TAKE, chunk, order);
    this.unlink(chunk);
    let spare = POWERS[order]! - count;
    let end = chunk + ORDER_BYTES[order]!;
    while (spare > 0) {
      const piece = highestBit(spare);
      end -= ORDER_BYTES[piece]!;
      spare -= POWERS[piece]!;
      mem.journal.mark(STEP_SPARE, end, piece, spare);
      this.link(end, piece);
    }
    mem.journal.mark(STEP_MARK, chunk, count);
    this.pages.markAllocated(chunk, count);
    this.addFreePages(-count);
    this.stats.countAlloc(count * PAGE_SIZE, false);
    return chunk;
  }

  /** `bbuddy_pfree`: any run of allocated pages, in aligned pieces, ascending. */
  override pfree(p: number, pages: number): void {
    const { mem } = this;
    ukAssert(p !== NULL, 'obj != NULL');
    let left = this.countOf(pages);
    ukAssert((p & (PAGE_SIZE - 1)) === 0, '!((uintptr_t) obj & (__PAGE_SIZE - 1))');
    this.stats.countFree(pages * PAGE_SIZE);
    while (left > 0) {
      let order = pieceOrder(p, left);
      const freed = POWERS[order]!;
      mem.journal.mark(STEP_PIECE, p, order);
      let chunk = p;
      while (order < ORDERS - 1) {
        const buddy = hasBit(chunk, order) ? chunk - ORDER_BYTES[order]! : chunk + ORDER_BYTES[order]!;
        if (this.pages.isTaken(buddy) || mem.u32(buddy + Chunk.level) !== order) break;
        if (buddy < chunk) chunk = buddy;
        mem.journal.mark(STEP_MERGE, buddy, order, chunk);
        this.unlink(buddy);
        order++;
      }
      mem.journal.mark(STEP_LINK, chunk, order, freed);
      this.pages.markFree(p, freed);
      this.addFreePages(freed);
      this.link(chunk, order);
      p += freed * PAGE_SIZE;
      left -= freed;
    }
  }

  protected override clearList(order: number): void {
    this.mem.setPtr(this.heads + 8 * order, NULL);
  }

  protected override isEmpty(order: number): boolean {
    return this.mem.ptr(this.heads + 8 * order) === NULL;
  }

  protected override link(chunk: number, order: number): void {
    const { mem } = this;
    const head = this.heads + 8 * order;
    const next = mem.ptr(head);
    mem.setU32(chunk + Chunk.level, order);
    mem.setPtr(chunk + Chunk.next, next);
    if (next !== NULL) mem.setPtr(next + Chunk.pprev, chunk + Chunk.next);
    mem.setPtr(head, chunk);
    mem.setPtr(chunk + Chunk.pprev, head);
  }

  /** The unlinked head keeps its old words. */
  private unlink(chunk: number): void {
    const { mem } = this;
    const next = mem.ptr(chunk + Chunk.next);
    const pprev = mem.ptr(chunk + Chunk.pprev);
    mem.setPtr(pprev, next);
    if (next !== NULL) mem.setPtr(next + Chunk.pprev, pprev);
  }
}

/** Order of the first piece of a run: what its alignment and its length allow. */
function pieceOrder(p: number, pages: number): number {
  const largest = highestBit(pages);
  let order = 0;
  while (order < largest && !hasBit(p, order)) order++;
  return order;
}
