// The heap's queues of pages (src/page-queue.c): one a bin, and one of full pages. `pages_free_direct` is a shortcut to the first
// page of each small queue, by request size in words.

import { hex, NULL } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { HeapStruct, Page, PageFlag, Queue } from './layout';
import { BIN_FULL, BLOCK_SIZES, DIRECT_START, SMALL_SIZE_MAX } from './size-classes';
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

const HEAP = Statics._mi_heap_main;
const PAGE_COUNT = HEAP + HeapStruct.page_count;

/** Address of a bin's `mi_page_queue_t`. */
export function queueAt(bin: number): number {
  return HEAP + HeapStruct.pages + bin * Queue.size;
}

export class PageQueues {
  private readonly mem: SimMemory;

  constructor(mem: SimMemory) {
    this.mem = mem;
  }

  first(bin: number): number {
    return this.mem.ptr(queueAt(bin) + Queue.first);
  }

  /** Is the page the only one of its queue? */
  isAlone(page: number, bin: number): boolean {
    const queue = queueAt(bin);
    return this.mem.ptr(queue + Queue.last) === page && this.mem.ptr(queue + Queue.first) === page;
  }

  /** `mi_page_queue_push`. */
  push(page: number, bin: number): void {
    const { mem } = this;
    const queue = queueAt(bin);
    const first = mem.ptr(queue + Queue.first);
    mem.journal.mark(STEP_PUSH, page, bin);
    this.setInFull(page, bin === BIN_FULL);
    mem.setPtr(page + Page.next, first);
    mem.setPtr(page + Page.prev, NULL);
    mem.setPtr(first === NULL ? queue + Queue.last : first + Page.prev, page);
    mem.setPtr(queue + Queue.first, page);
    this.updateDirect(bin);
    mem.setPtr(PAGE_COUNT, mem.ptr(PAGE_COUNT) + 1);
  }

  /** `mi_page_queue_remove`. */
  remove(page: number, bin: number): void {
    const { mem } = this;
    mem.journal.mark(STEP_REMOVE, page, bin);
    this.unlink(page, bin);
    mem.setPtr(PAGE_COUNT, mem.ptr(PAGE_COUNT) - 1);
    mem.setPtr(page + Page.next, NULL);
    mem.setPtr(page + Page.prev, NULL);
    this.setInFull(page, false);
  }

  /** `mi_page_queue_enqueue_from`. */
  move(page: number, from: number, to: number): void {
    const { mem } = this;
    mem.journal.mark(STEP_MOVE, page, from, to);
    this.unlink(page, from);
    const queue = queueAt(to);
    const last = mem.ptr(queue + Queue.last);
    mem.setPtr(page + Page.prev, last);
    mem.setPtr(page + Page.next, NULL);
    mem.setPtr(queue + Queue.last, page);
    if (last !== NULL) mem.setPtr(last + Page.next, page);
    else {
      mem.setPtr(queue + Queue.first, page);
      this.updateDirect(to);
    }
    this.setInFull(page, to === BIN_FULL);
  }

  private unlink(page: number, bin: number): void {
    const { mem } = this;
    const queue = queueAt(bin);
    const next = mem.ptr(page + Page.next);
    const prev = mem.ptr(page + Page.prev);
    if (prev !== NULL) mem.setPtr(prev + Page.next, next);
    if (next !== NULL) mem.setPtr(next + Page.prev, prev);
    if (mem.ptr(queue + Queue.last) === page) mem.setPtr(queue + Queue.last, prev);
    if (mem.ptr(queue + Queue.first) === page) {
      mem.setPtr(queue + Queue.first, next);
      this.updateDirect(bin);
    }
  }

  /** `mi_heap_queue_first_update`. */
  private updateDirect(bin: number): void {
    const { mem } = this;
    const size = BLOCK_SIZES[bin]!;
    if (size > SMALL_SIZE_MAX) return;
    const first = this.first(bin);
    const page = first === NULL ? Statics._mi_page_empty : first;
    const last = size / 8;
    const direct = HEAP + HeapStruct.pages_free_direct;
    if (mem.ptr(direct + 8 * last) === page) return;
    const start = DIRECT_START[bin]!;
    mem.journal.mark(STEP_DIRECT, start, last, page);
    for (let i = start; i <= last; i++) mem.setPtr(direct + 8 * i, page);
  }

  private setInFull(page: number, inFull: boolean): void {
    const flags = this.mem.u8(page + Page.flags);
    this.mem.setU8(page + Page.flags, inFull ? flags | PageFlag.in_full : flags & ~PageFlag.in_full);
  }
}
