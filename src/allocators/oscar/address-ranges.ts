// The free ranges of shadow address space (vma.c and the search of wilde_map_new): a list of `struct vma`. First fit, in list
// order; what is taken never comes back, so no address is used twice. With page alignment alone this is a high-water mark; a larger
// alignment leaves a gap, into which a later small object goes.

import { hex, PAGE_SIZE } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { ukAssert } from '../kernel';
import { FREE_VMA, Statics, Vma } from './layout';
import { initList, isListEmpty, listAdd, listAddTail, listDel } from './lists';
import { StructPool } from './pool';

const STEP_INITIAL = stepKind(
  'wilde_map_init',
  'wilde/wilde_internal.c',
  (addr, size) => `one free range ${hex(addr)} – ${hex(addr + size)}`,
);
const STEP_SPLIT = stepKind(
  'vma_split',
  'wilde/vma.c',
  (addr, end, vma) => `split at ${hex(addr)}: the rest up to ${hex(end)} becomes a range of its own, ${hex(vma)}`,
);
const STEP_TAKE = stepKind(
  'wilde_map_new',
  'wilde/wilde_internal.c',
  (addr, end) => `take ${hex(addr)} – ${hex(end)} off the free ranges, for good`,
);
const STEP_DROP = stepKind(
  'wilde_map_new',
  'wilde/wilde_internal.c',
  (addr) => `drop the leftover page ${hex(addr)}: it could only be a guard`,
);
const STEP_FREE = stepKind('vma_free', 'wilde/vma.c', (vma) => `put ${hex(vma)} back into its pool`);

export class AddressRanges {
  private readonly mem: SimMemory;
  private readonly pool: StructPool;
  /** Are leftovers of one page dropped (builds with SHAUN)? */
  private readonly dropsPages: boolean;

  constructor(mem: SimMemory, takePages: () => number, dropsPages: boolean) {
    this.mem = mem;
    this.dropsPages = dropsPages;
    this.pool = new StructPool(mem, Statics.freelist, Vma.bytes, Vma.list, takePages, (vma) => this.markFree(vma));
  }

  /** `wilde_map_init`. */
  setUp(addr: number, size: number): void {
    const vma = this.alloc();
    this.mem.journal.mark(STEP_INITIAL, addr, size);
    this.mem.setPtr(vma + Vma.addr, addr);
    this.mem.setPtr(vma + Vma.size, size);
    listAddTail(this.mem, vma + Vma.list, Statics.vmem_free);
  }

  /**
   * Takes `bytes` at a multiple of `align` out of the first range that has room.
   *
   * @returns the `struct vma` of what was taken, which is on no list; 0 when no range has room
   */
  take(bytes: number, align: number): number {
    const { mem } = this;
    ukAssert(!isListEmpty(mem, Statics.vmem_free), '!uk_list_empty(&vmem_free)');
    for (let link = mem.ptr(Statics.vmem_free); link !== Statics.vmem_free; link = mem.ptr(link)) {
      let vma = link - Vma.list;
      const addr = mem.ptr(vma + Vma.addr);
      const aligned = Math.ceil(addr / align) * align;
      const remaining = mem.ptr(vma + Vma.size) - (aligned - addr);
      if (remaining < bytes) continue;
      if (aligned !== addr) {
        const before = vma;
        vma = this.split(vma, aligned);
        this.dropIfPage(before);
      }
      if (remaining > bytes) this.dropIfPage(this.split(vma, aligned + bytes));
      mem.journal.mark(STEP_TAKE, aligned, aligned + bytes);
      listDel(mem, vma + Vma.list);
      initList(mem, vma + Vma.list);
      return vma;
    }
    return 0;
  }

  addressOf(vma: number): number {
    return this.mem.ptr(vma + Vma.addr);
  }

  /** `vma_free`. */
  free(vma: number): void {
    this.mem.journal.mark(STEP_FREE, vma);
    this.markFree(vma);
    this.pool.give(vma);
  }

  /** `vma_split`: cuts a range in two; the new structure, right behind it on the list, has the upper part. */
  private split(vma: number, addr: number): number {
    const { mem } = this;
    const begin = mem.ptr(vma + Vma.addr);
    const size = mem.ptr(vma + Vma.size);
    ukAssert(addr > begin, 'addr > VMA_BEGIN(v)');
    ukAssert(addr < begin + size, 'addr < VMA_END(v)');
    const rest = this.alloc();
    mem.journal.mark(STEP_SPLIT, addr, begin + size, rest);
    mem.setPtr(rest + Vma.addr, addr);
    mem.setPtr(rest + Vma.size, begin + size - addr);
    mem.setPtr(vma + Vma.size, addr - begin);
    listAdd(mem, rest + Vma.list, vma + Vma.list);
    return rest;
  }

  private dropIfPage(vma: number): void {
    if (!this.dropsPages || this.mem.ptr(vma + Vma.size) !== PAGE_SIZE) return;
    this.mem.journal.mark(STEP_DROP, this.addressOf(vma));
    listDel(this.mem, vma + Vma.list);
    this.markFree(vma);
    this.pool.give(vma);
  }

  /** `vma_alloc`. */
  private alloc(): number {
    const vma = this.pool.take();
    initList(this.mem, vma + Vma.list);
    this.mem.setPtr(vma + Vma.size, 0);
    this.mem.setPtr(vma + Vma.addr, 0);
    return vma;
  }

  private markFree(vma: number): void {
    this.mem.setPtr(vma + Vma.size, FREE_VMA.size);
    this.mem.setPtr(vma + Vma.addr, FREE_VMA.addr);
  }
}
