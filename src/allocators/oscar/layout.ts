// The structures of the port (WorkOfArtiz/Wilde: vma.h, alias.h, pagetables.h) and of the simulator's own preset, in memory.
//
//   struct uk_list_head   struct vma, 32 bytes               struct alias, 40 bytes
//     +0  next              +0   size  bytes of the range      +0   list
//     +8  prev              +8   addr  its first address       +16  size    as asked for
//                           +16  list                          +24  alias   pointer that the program got
//                                                              +32  origin  canonical address
//
//   A page of page table: 512 entries of 8 bytes. The port calls the levels p1 … p4 from the root on; here they are L4 (root) … L1.
//     not present   0 when never used; 0xffff_ffff_ffff_fffe in a leaf when revoked
//     present       table or frame | 3 (present, writable); bit 63 is NX
//
// The port keeps the rest in .bss, at addresses that its linker chooses. The simulated kernel has them here, high above all memory
// that a region list can name:
//
//   STATICS  +0       shim             struct uk_alloc (80 … 208 bytes)
//            +256     shimmed, list heads, root of the page tables, counters
//            +4096    the root table (L4), which CR3 names
//            +8192    lookup[]         0x2000 list heads
//            +139264  spares[]         the same for ready shadows (preset paper)
//   ARENA    page tables and pools of the preset paper, which models a kernel beside the heap; only grows

import { PAGE_SIZE } from '../../memory/address';

export const ListHead = { next: 0, prev: 8, size: 16 } as const;

export const Vma = { size: 0, addr: 8, list: 16, bytes: 32 } as const;
/** What marks a `struct vma` that is on no list but the pool's. */
export const FREE_VMA = { size: 0xaa55aa55, addr: 0x55aa11aa } as const;

export const Alias = { list: 0, size: 16, alias: 24, origin: 32, bytes: 40 } as const;

/** The preset paper's record of an object: a `struct alias`, and where its shadow begins. */
export const PaperObject = { ...Alias, base: 40, pages: 48, bytes: 56 } as const;

/** A shadow made ready by a refresh: `size` is its pages, `alias` the canonical page, `origin` its address. */
export const Spare = Alias;

/** Bytes that structures are taken in: order 1. */
export const POOL_BYTES = 2 * PAGE_SIZE;

export const LOOKUP_SIZE = 0x2000;

export const ENTRIES = 512;
export const PRESENT = 1;
/** Present and writable. */
export const ENTRY_FLAGS = 3;
/** A leaf entry whose page is gone for good: all bits but *present*. */
export const REVOKED = 0xffff_ffff_ffff_fffen;
/** Bit that marks a leaf entry of a page that `protect` made inaccessible (ours; the frame stays in the entry). */
export const PROTECTED = 0x200;

/** First shadow address: 4 TiB. */
export const VMAP_START = 4 * 2 ** 40;
/** Bytes of shadow address space: 3 TiB. */
export const VMAP_SIZE = 3 * 2 ** 40;
/** The port takes canonical addresses for physical ones, and asserts that they lie in the identity map's first GiB. */
export const IDENTITY_LIMIT = 2 ** 30;

export const STATICS = -(2 ** 22);
const WORDS = STATICS + 256;

export const Statics = {
  shim: STATICS,
  shimmed: WORDS,
  /** Free `struct alias`, free `struct vma`, and the free address ranges. */
  afreelist: WORDS + 8,
  freelist: WORDS + 24,
  vmem_free: WORDS + 40,
  /** Free records of spares. */
  sfreelist: WORDS + 56,
  /** The word that rcr3() keeps. */
  cr3: WORDS + 72,
  /** Preset paper: next address for a shadow, and next free byte of the arena. */
  hwm: WORDS + 80,
  arena: WORDS + 88,
  counters: WORDS + 128,
  root: STATICS + PAGE_SIZE,
  lookup: STATICS + 2 * PAGE_SIZE,
  spares: STATICS + 2 * PAGE_SIZE + LOOKUP_SIZE * ListHead.size,
  /** First byte behind all of it. */
  end: STATICS + 2 * PAGE_SIZE + 2 * LOOKUP_SIZE * ListHead.size,
} as const;

export const ARENA = -(2 ** 40);

/** What the simulator counts beside the port, 8 bytes each: costs, which memory does not tell afterwards. */
export const COUNTERS = ['maps', 'unmaps', 'refreshes', 'invlpg', 'tables_made', 'tables_freed'] as const;
export type Counter = (typeof COUNTERS)[number];

export function counterAddress(counter: Counter): number {
  return Statics.counters + 8 * COUNTERS.indexOf(counter);
}

/** Entry of a level's table for an address; level 1 is the leaf, 4 the root. */
export function entryIndex(va: number, level: number): number {
  return Math.floor(va / LEVEL_BYTES[level]!) & (ENTRIES - 1);
}

/** Bytes that one entry of a level covers; index 5 is all of the address space. */
export const LEVEL_BYTES = Float64Array.from({ length: 6 }, (_, level) => 2 ** (12 + 9 * (level - 1)));

/** The smallest order whose `2^order` pages hold `pages`; `pages` in [1, 2^52]. */
export function orderOfPages(pages: number): number {
  let order = 0;
  while (2 ** order < pages) order++;
  return order;
}
