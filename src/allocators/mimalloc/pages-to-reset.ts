// Pages that were given back and wait until their memory is reset (src/segment.c). In this port reset does nothing to memory, so
// time changes flags and this queue, never an address.

import { hex, NULL } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { Page, PageBit, Tld } from './layout';
import { Statics, Surroundings } from './statics';

const FILE = 'src/segment.c';
/** `reset_delay`, in ms. */
const RESET_DELAY = 100;
const STEP_ADD = stepKind(
  'mi_pages_reset_add',
  FILE,
  (page, expire) => `page ${hex(page)} waits for reset until ${String(expire)} ms: push it on pages_reset`,
);
const STEP_REMOVE = stepKind('mi_pages_reset_remove', FILE, (page) => `take page ${hex(page)} out of pages_reset`);
const STEP_RESET = stepKind('mi_page_reset', FILE, (page) => `page ${hex(page)} has waited long enough: is_reset`);

const FIRST = Statics.tld_main + Tld.pages_reset;
const LAST = FIRST + 8;

export class PagesToReset {
  private readonly mem: SimMemory;

  constructor(mem: SimMemory) {
    this.mem = mem;
  }

  /** `mi_pages_reset_add`: to the front, unless it is reset already. */
  add(page: number): void {
    const { mem } = this;
    const bits = mem.u8(page + Page.bits);
    if ((bits & PageBit.is_committed) === 0 || (bits & PageBit.is_reset) !== 0) return;
    const expire = mem.ptr(Surroundings.now_ms) + RESET_DELAY;
    const first = mem.ptr(FIRST);
    mem.journal.mark(STEP_ADD, page, expire);
    mem.setU32(page + Page.used, expire);
    mem.setPtr(page + Page.next, first);
    mem.setPtr(page + Page.prev, NULL);
    mem.setPtr(first === NULL ? LAST : first + Page.prev, page);
    mem.setPtr(FIRST, page);
  }

  /** `mi_pages_reset_remove`, for a page that may not be in the queue. */
  remove(page: number): void {
    const { mem } = this;
    const [next, prev] = [mem.ptr(page + Page.next), mem.ptr(page + Page.prev)];
    const [first, last] = [mem.ptr(FIRST), mem.ptr(LAST)];
    if (next === NULL && prev === NULL && first !== page && last !== page) return;
    mem.journal.mark(STEP_REMOVE, page);
    if (prev !== NULL) mem.setPtr(prev + Page.next, next);
    if (next !== NULL) mem.setPtr(next + Page.prev, prev);
    if (last === page) mem.setPtr(LAST, prev);
    if (first === page) mem.setPtr(FIRST, next);
    mem.setPtr(page + Page.next, NULL);
    mem.setPtr(page + Page.prev, NULL);
    mem.setU32(page + Page.used, 0);
  }

  /** `mi_reset_delayed`: resets what has waited long enough, oldest first. */
  sweep(): void {
    const { mem } = this;
    let page = mem.ptr(LAST);
    if (page === NULL || !this.isExpired(page)) return;
    while (page !== NULL && this.isExpired(page)) {
      const prev = mem.ptr(page + Page.prev);
      mem.journal.mark(STEP_RESET, page);
      mem.setU8(page + Page.bits, mem.u8(page + Page.bits) | PageBit.is_reset);
      mem.setU32(page + Page.used, 0);
      mem.setPtr(page + Page.next, NULL);
      mem.setPtr(page + Page.prev, NULL);
      page = prev;
    }
    mem.setPtr(LAST, page);
    mem.setPtr(page === NULL ? FIRST : page + Page.next, NULL);
  }

  /** Signed 32-bit difference, as in C. */
  private isExpired(page: number): boolean {
    return ((this.mem.ptr(Surroundings.now_ms) - this.mem.u32(page + Page.used)) | 0) >= 0;
  }
}
