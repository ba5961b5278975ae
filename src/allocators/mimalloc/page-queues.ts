// The heap's queues of pages (src/page-queue.c): one a bin, and one of full pages. `pages_free_direct` is a shortcut to the first
// page of each small queue, by request size in words.

import { hex, NULL } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { HeapStruct, Page, PageFlag, Queue } from './layout';
import { BIN_FULL, BLOCK_SIZES, DIRECT_START, LAST_SMALL_BIN } from './size-classes';
import { Statics } from './statics';

const FILE = 'src/page-queue.c';
const STEP_PUSH = stepKind('mi_page_queue_push', FILE, (page, bin) => `push page ${hex(page)} to the front of ${queueName(bin)}`);
const STEP_REMOVE = stepKind('mi_page_queue_remove', FILE, (page, bin) => `take page ${hex(page)} out of ${queueName(bin)}`);
const STEP_MOVE = stepKind(
  'mi_page_queue_enqueue_from',
  FILE,
  (page, from, to) => `move page ${hex(page)} from ${queueName(from)} to the tail of ${queueName(to)}`,
);
const STEP_DIRECT = stepKind('mi_heap_queue_first_update', FILE, (from, to, page) => {
  const range = from === to ? `[${String(from)}]` : `[${String(from)} … ${String(to)}]`;
  return page === Statics._mi_page_empty
    ? `pages_free_direct${range} = the empty page`
    : `pages_free_direct${range} = page ${hex(page)}`;
});

function queueName(bin: number): string {
  return bin === BIN_FULL ? 'the queue of full pages' : `pages[${String(bin)}], blocks of ${String(BLOCK_SIZES[bin] ?? 0)} B`;
}

// Words of a queue, of the heap's counter, and of a page descriptor from its `free` field on (see `descriptorAt`).
const FIRST = Queue.first / 4;
const LAST = Queue.last / 4;
const NEXT = (Page.next - Page.free) / 4;
const PREV = (Page.prev - Page.free) / 4;
/** `in_full` in the word that holds `reserved`, `flags` and `is_zero`. */
const IN_FULL = PageFlag.in_full * 0x1_0000;

/** Words of a page descriptor. */
const DESCRIPTOR = Page.size / 4;
const FREE = Page.free / 4;

/**
 * Word index of a page descriptor's fields from `free` on. The last two descriptors of a segment lie across and behind a 4 KiB border,
 * which is exactly in front of that field, so these words lie side by side wherever the segment is stored (SimMemory.at).
 */
export function descriptorAt(mem: SimMemory, page: number): number {
  return mem.at(page + Page.free);
}

/** The same for the page that the pointer at a word index leads to. */
export function descriptorBehind(mem: SimMemory, word: number): number {
  const descriptor = mem.follow(word);
  return mem.isContiguous(descriptor, DESCRIPTOR) ? descriptor + FREE : descriptorAt(mem, mem.ptrAt(word));
}

/** Is the pointer at a word index NULL? */
export function isNull(mem: SimMemory, word: number): boolean {
  return (mem.u32At(word) | mem.u32At(word + 1)) === 0;
}

export class PageQueues {
  private readonly mem: SimMemory;
  /** Word index of `pages[0]`, of `pages_free_direct` and of `page_count`. */
  private readonly queues: number;
  private readonly direct: number;
  private readonly pageCount: number;

  constructor(mem: SimMemory) {
    this.mem = mem;
    const heap = mem.at(Statics._mi_heap_main);
    this.queues = heap + HeapStruct.pages / 4;
    this.direct = heap + HeapStruct.pages_free_direct / 4;
    this.pageCount = heap + HeapStruct.page_count / 4;
  }

  /** Word index of the pointer to a bin's first page. */
  firstAt(bin: number): number {
    return this.queueAt(bin) + FIRST;
  }

  first(bin: number): number {
    return this.mem.ptrAt(this.queueAt(bin) + FIRST);
  }

  /** Is the page the only one of its queue? */
  isAlone(page: number, bin: number): boolean {
    const queue = this.queueAt(bin);
    return this.mem.ptrAt(queue + LAST) === page && this.mem.ptrAt(queue + FIRST) === page;
  }

  /** `mi_page_queue_push`. */
  push(page: number, bin: number): void {
    const { mem } = this;
    const queue = this.queueAt(bin);
    const first = mem.ptrAt(queue + FIRST);
    const at = descriptorAt(mem, page);
    mem.journal.mark(STEP_PUSH, page, bin);
    this.setInFull(page, bin === BIN_FULL);
    mem.setPtrAt(at + NEXT, first);
    mem.setPtrAt(at + PREV, NULL);
    if (first === NULL) mem.setPtrAt(queue + LAST, page);
    else mem.setPtr(first + Page.prev, page);
    mem.setPtrAt(queue + FIRST, page);
    this.updateDirect(bin);
    mem.setPtrAt(this.pageCount, mem.ptrAt(this.pageCount) + 1);
  }

  /** `mi_page_queue_remove`. */
  remove(page: number, bin: number): void {
    const { mem } = this;
    const at = descriptorAt(mem, page);
    mem.journal.mark(STEP_REMOVE, page, bin);
    this.unlink(page, at, bin);
    mem.setPtrAt(this.pageCount, mem.ptrAt(this.pageCount) - 1);
    mem.setPtrAt(at + NEXT, NULL);
    mem.setPtrAt(at + PREV, NULL);
    this.setInFull(page, false);
  }

  /** `mi_page_queue_enqueue_from`. */
  move(page: number, from: number, to: number): void {
    const { mem } = this;
    const at = descriptorAt(mem, page);
    if (mem.journal.on) mem.journal.mark(STEP_MOVE, page, from, to);
    this.unlink(page, at, from);
    const queue = this.queueAt(to);
    const empty = isNull(mem, queue + LAST);
    mem.copyPtrAt(at + PREV, queue + LAST);
    mem.setPtrAt(at + NEXT, NULL);
    if (empty) {
      mem.setPtrAt(queue + LAST, page);
      mem.setPtrAt(queue + FIRST, page);
      this.updateDirect(to);
    } else {
      mem.setPtrAt(descriptorBehind(mem, queue + LAST) + NEXT, page);
      mem.setPtrAt(queue + LAST, page);
    }
    this.setInFull(page, to === BIN_FULL);
  }

  private queueAt(bin: number): number {
    return this.queues + bin * (Queue.size / 4);
  }

  private unlink(page: number, at: number, bin: number): void {
    const { mem } = this;
    const queue = this.queueAt(bin);
    if (!isNull(mem, at + PREV)) mem.copyPtrAt(descriptorBehind(mem, at + PREV) + NEXT, at + NEXT);
    if (!isNull(mem, at + NEXT)) mem.copyPtrAt(descriptorBehind(mem, at + NEXT) + PREV, at + PREV);
    if (mem.ptrAt(queue + LAST) === page) mem.copyPtrAt(queue + LAST, at + PREV);
    if (mem.ptrAt(queue + FIRST) === page) {
      mem.copyPtrAt(queue + FIRST, at + NEXT);
      this.updateDirect(bin);
    }
  }

  /** `mi_heap_queue_first_update`. */
  private updateDirect(bin: number): void {
    const { mem, direct } = this;
    if (bin > LAST_SMALL_BIN) return;
    const first = this.first(bin);
    const page = first === NULL ? Statics._mi_page_empty : first;
    const last = BLOCK_SIZES[bin]! / 8;
    if (mem.ptrAt(direct + 2 * last) === page) return;
    const start = DIRECT_START[bin]!;
    mem.journal.mark(STEP_DIRECT, start, last, page);
    for (let i = start; i <= last; i++) mem.setPtrAt(direct + 2 * i, page);
  }

  private setInFull(page: number, inFull: boolean): void {
    const { mem } = this;
    const word = mem.u32(page + Page.reserved);
    mem.setU32(page + Page.reserved, inFull ? word | IN_FULL : word & ~IN_FULL);
  }
}
