// Page tables of four levels in memory (pagetables.c). Level 4 is the root, level 1 the leaf; the C code calls them p1 … p4.
//
//   shadow address, 48 bits     47…39       38…30       29…21       20…12        11…0
//                               L4 index    L3 index    L2 index    L1 index     offset in the page
//
// Kept on purpose: a leaf table is given back when none of its entries is present any more; the level above is looked at only when
// an unmapped run crosses the end of that table, so the upper tables usually stay. `invlpg` gets the *physical* address of the page,
// not the shadow's: on real hardware the shadow's translation may survive in the TLB for a while.

import { hex, NULL, PAGE_SIZE, TWO_32 } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { KernelStop, ukAssert } from '../kernel';
import { counterAddress, ENTRIES, ENTRY_FLAGS, entryIndex, PRESENT, PROTECTED, type Counter } from './layout';

const FILE = 'wilde/pagetables.c';
const STEP_TABLE = stepKind(
  'pt_next',
  FILE,
  (table, level, entry) => `new L${String(level)} table at ${hex(table)}, linked at ${hex(entry)}`,
);
const STEP_MAP = stepKind('remap_range', FILE, (va, frame, pages) => `map ${hex(va)} to ${hex(frame)}, ${pagesText(pages)}`);
const STEP_UNMAP = stepKind(
  'unmap_range',
  FILE,
  (va, pages) => `revoke ${pagesText(pages)} from ${hex(va)} on: leaf entries become 0xfffffffffffffffe`,
);
const STEP_CLEAR = stepKind(
  'munmap',
  'paper',
  (va, pages) => `unmap ${pagesText(pages)} from ${hex(va)} on: leaf entries become 0`,
);
const STEP_PROTECT = stepKind(
  'mprotect',
  'paper',
  (va, pages) => `make ${pagesText(pages)} from ${hex(va)} on inaccessible: leaf entries keep their frames`,
);
const STEP_REMOVE = stepKind(
  'pt_try_remove',
  FILE,
  (table, entry) => `no entry of table ${hex(table)} is present: clear ${hex(entry)} and give the table back`,
);

function pagesText(pages: number): string {
  return pages === 1 ? '1 page' : `${String(pages)} pages`;
}

/** Where table pages come from and go to. */
export interface TablePages {
  /** A page, which need not be zero; stops the kernel when there is none. */
  take(): number;
  give(table: number): void;
}

/** Where a walk ends. */
export interface Walk {
  /** Address reached; undefined when an entry on the way is not present. */
  readonly reaches: number | undefined;
  /** Level of the last entry that was read, and its address. */
  readonly level: number;
  readonly entry: number;
}

export class PageTables {
  private readonly mem: SimMemory;
  private readonly root: number;
  private readonly pages: TablePages;
  private readonly nx: boolean;
  /** Frames at or above fail the port's assertion. */
  private readonly limit: number;

  constructor(mem: SimMemory, root: number, pages: TablePages, nx: boolean, limit: number) {
    this.mem = mem;
    this.root = root;
    this.pages = pages;
    this.nx = nx;
    this.limit = limit;
  }

  /** `remap_range`: maps `bytes` from `va` on to the frames from `frame` on. */
  map(va: number, frame: number, bytes: number): void {
    const { mem } = this;
    ukAssert(frame >= 0 ? frame < this.limit : this.limit === Infinity, '(uintptr_t)from < (1 * GB)');
    mem.journal.mark(STEP_MAP, va, frame, bytes / PAGE_SIZE);
    let leaf = this.leafFor(va);
    for (let offset = 0; offset < bytes; offset += PAGE_SIZE) {
      const index = entryIndex(va + offset, 1);
      if (index === 0 && offset > 0) leaf = this.leafFor(va + offset);
      const entry = leaf + 8 * index;
      if ((mem.u32(entry) & PRESENT) !== 0) {
        const to = `${hex(va + offset)} but it already pointed to phys ${hex(this.frameIn(entry)).slice(2)}`;
        throw new KernelStop('crash', `WILDE CRIT: Tried to remap ${hex(frame + offset)} to ${to}`);
      }
      mem.setPtr(entry, frame + offset + ENTRY_FLAGS);
      if (this.nx) mem.setU32(entry + 4, mem.u32(entry + 4) | 0x8000_0000);
      this.count('maps', 1);
    }
  }

  /** `unmap_range`: revokes the pages of `[va, va + bytes)` and gives back leaf tables that are left without a mapping. */
  unmap(va: number, bytes: number): void {
    const { mem } = this;
    mem.journal.mark(STEP_UNMAP, va, bytes / PAGE_SIZE);
    let l3 = this.next(this.root, va, 4);
    let l2 = this.next(l3, va, 3);
    let leaf = this.next(l2, va, 2);
    ukAssert(l3 !== NULL, 'p2');
    ukAssert(l2 !== NULL, 'p3');
    ukAssert(leaf !== NULL, 'p4');
    for (let offset = 0; offset < bytes; offset += PAGE_SIZE) {
      const page = va + offset;
      if (leaf === NULL) throw new KernelStop('wild', `unmap_range follows a NULL page table at ${hex(page)}`);
      const entry = leaf + 8 * entryIndex(page, 1);
      if ((mem.u32(entry) & PRESENT) === 0)
        throw new KernelStop('crash', `Could not unmap ${hex(page).slice(2)}, it's not mapped in`);
      mem.setPtr(entry, -2);
      this.count('unmaps', 1);
      const next = page + PAGE_SIZE;
      if (entryIndex(next, 1) === 0) {
        this.tryRemove(l2 + 8 * entryIndex(page, 2), leaf);
        if (entryIndex(next, 2) === 0) {
          this.tryRemove(l3 + 8 * entryIndex(page, 3), l2);
          if (entryIndex(next, 3) === 0) l3 = this.next(this.root, next, 4);
          l2 = this.next(l3, next, 3);
        }
        leaf = this.next(l2, next, 2);
      } else if (offset + PAGE_SIZE >= bytes) {
        this.tryRemove(l2 + 8 * entryIndex(page, 2), leaf);
      }
      this.count('invlpg', 1);
    }
  }

  /** Preset paper: `munmap` or `mprotect`. Tables stay. */
  revoke(va: number, pages: number, how: 'unmap' | 'protect'): void {
    const { mem } = this;
    mem.journal.mark(how === 'unmap' ? STEP_CLEAR : STEP_PROTECT, va, pages);
    for (let i = 0; i < pages; i++) {
      const { entry, level } = this.walk(va + i * PAGE_SIZE);
      if (level !== 1) throw new KernelStop('wild', `no leaf table for ${hex(va + i * PAGE_SIZE)}`);
      if (how === 'unmap') mem.setPtr(entry, 0);
      else mem.setU32(entry, ((mem.u32(entry) & ~ENTRY_FLAGS) | PROTECTED) >>> 0);
    }
  }

  /** As the processor walks: from the root to the page that holds `va`. */
  walk(va: number): Walk {
    const { mem } = this;
    let table = this.root;
    for (let level = 4; ; level--) {
      const entry = table + 8 * entryIndex(va, level);
      if ((mem.u32(entry) & PRESENT) === 0) return { reaches: undefined, level, entry };
      const next = this.frameIn(entry);
      if (level === 1) return { reaches: next + (va & (PAGE_SIZE - 1)), level, entry };
      table = next;
    }
  }

  count(counter: Counter, by: number): void {
    const at = counterAddress(counter);
    this.mem.setPtr(at, this.mem.ptr(at) + by);
  }

  /** Leaf table for an address; missing tables on the way are made. */
  private leafFor(va: number): number {
    let table = this.root;
    for (let level = 4; level > 1; level--) {
      const entry = table + 8 * entryIndex(va, level);
      if ((this.mem.u32(entry) & PRESENT) !== 0) table = this.frameIn(entry);
      else {
        table = this.newTable(level - 1, entry);
        this.mem.setPtr(entry, table + ENTRY_FLAGS);
      }
    }
    return table;
  }

  /** `pt_next` without making tables: the table that an entry names, or NULL. */
  private next(table: number, va: number, level: number): number {
    if (table === NULL) return NULL;
    const entry = table + 8 * entryIndex(va, level);
    return (this.mem.u32(entry) & PRESENT) === 0 ? NULL : this.frameIn(entry);
  }

  /** `pt_create`. */
  private newTable(level: number, entry: number): number {
    const table = this.pages.take();
    this.mem.journal.mark(STEP_TABLE, table, level, entry);
    this.mem.fill(table, table + PAGE_SIZE, 0);
    this.count('tables_made', 1);
    ukAssert(table >= 0 ? table < this.limit : this.limit === Infinity, '(uintptr_t) ptr < (1 * GB)');
    return table;
  }

  /** `pt_try_remove`. */
  private tryRemove(entry: number, table: number): void {
    const { mem } = this;
    const words = mem.at(table);
    for (let i = 0; i < ENTRIES; i++) if ((mem.u32At(words + 2 * i) & PRESENT) !== 0) return;
    if ((mem.u32(entry) & PRESENT) === 0) throw new KernelStop('crash', 'Tried to remove an item from non-present page');
    mem.journal.mark(STEP_REMOVE, table, entry);
    mem.setPtr(entry, 0);
    this.count('tables_freed', 1);
    this.pages.give(table);
  }

  /** Address in a present entry, without its flags; with NX only 52 bits are address. */
  private frameIn(entry: number): number {
    const lo = this.mem.u32(entry);
    const hi = this.mem.u32(entry + 4);
    return (
      (lo & ~0xfff) + (lo >= 0x8000_0000 ? TWO_32 : 0) + ((hi & 0x8000_0000) !== 0 && this.nx ? hi & 0xfffff : hi | 0) * TWO_32
    );
  }
}
