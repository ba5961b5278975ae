// The structures of lib/ukallocbbuddy/bbuddy.c in memory. 52 = 64 − 12 orders; a chunk of order k is 2^k pages and aligned to its
// own size in *absolute* address.
//
//   struct uk_bbpalloc at uk_alloc.priv         0.4 … 0.19: 1680 bytes            0.20+: 432 bytes
//     +0     nr_free_pages                      u64                               same
//     +8     free_head[52]                      first chunk; empty: its own tail  first chunk or NULL
//     +424   free_tail[52]                      24 bytes each: a list's sentinel  –
//     +1672  memr_head                          newest region                     at +424
//
//   chunk head, in the first bytes of a free chunk                  chunk tail, its last 4 bytes (0.4 … 0.19)
//     +0   next     pointer; at the end the sentinel, or NULL         +0  level  u32
//     +8   pprev    address of the pointer that points here
//     +16  level    u32, called page_order in 0.20+
//
//   struct uk_bbpalloc_memr, 40 bytes, at the start of each added region; the bitmap follows
//     +0   next                  older region, or NULL
//     +8   first_page            address of the first usable page
//     +16  nr_pages              pages that the bitmap covers
//     +24  mm_alloc_bitmap_size  bytes: metadata pages · 4096 − 40
//     +32  mm_alloc_bitmap       bit i is page first_page + 4096·i; 1 = allocated; bits past nr_pages stay 1

export const ORDERS = 52;

export interface PallocLayout {
  readonly nr_free_pages: number;
  readonly free_head: number;
  /** Absent in 0.20+, which has no sentinels. */
  readonly free_tail?: number;
  readonly memr_head: number;
  readonly size: number;
}

const FREE_HEAD = 8;
const HEADS_END = FREE_HEAD + 8 * ORDERS;

export const Chunk = { next: 0, pprev: 8, level: 16, size: 24, tailSize: 4 } as const;

/** struct uk_bbpalloc up to 0.19. */
export const SentinelPalloc = {
  nr_free_pages: 0,
  free_head: FREE_HEAD,
  free_tail: HEADS_END,
  memr_head: HEADS_END + Chunk.size * ORDERS,
  size: HEADS_END + Chunk.size * ORDERS + 8,
} as const satisfies PallocLayout;

/** struct uk_bbpalloc from 0.20 on. */
export const NullPalloc = {
  nr_free_pages: 0,
  free_head: FREE_HEAD,
  memr_head: HEADS_END,
  size: HEADS_END + 8,
} as const satisfies PallocLayout;

export const Memr = { next: 0, first_page: 8, nr_pages: 16, mm_alloc_bitmap_size: 24, mm_alloc_bitmap: 32, size: 40 } as const;

/** 2^k pages in bytes, for every order; a shift would lose what is above 2^31. */
export const ORDER_BYTES = Float64Array.from({ length: ORDERS + 1 }, (_, k) => 4096 * 2 ** k);

/** 2^k, likewise. */
export const POWERS = Float64Array.from({ length: ORDERS + 1 }, (_, k) => 2 ** k);

/** Index of the highest set bit of an integer in [1, 2^53). */
export function highestBit(n: number): number {
  return n < 4294967296 ? 31 - Math.clz32(n) : 63 - Math.clz32(n / 4294967296);
}

/** The smallest order whose chunk holds `n` pages; `n` in [1, 2^53). */
export function orderOf(n: number): number {
  return n === 1 ? 0 : 1 + highestBit(n - 1);
}
