// The structures of mimalloc 1.6.1 in memory (include/mimalloc-types.h, src/memory.c), 64-bit.
//
//   mi_segment_t at each 4 MiB boundary that a segment begins at; `pages[]` follows at +120
//     +0   memid               even: mem region, ((region·64 + bit) << 1); 1: direct from the OS layer
//     +8   mem_is_fixed        u8, +9 mem_is_committed u8
//     +16  next, +24 prev      queue of the segments with free pages
//     +32  abandoned_next, +40 abandoned, +48 abandoned_visits     other threads only
//     +56  used                pages in use
//     +64  capacity            64, 8, 1, 1
//     +72  segment_size        4 MiB, or the size of a huge one
//     +80  segment_info_size   header and descriptors, rounded up to 256
//     +88  cookie              segment address XOR the main heap's cookie
//     +96  page_shift          16, 19, 22, 22
//     +104 thread_id           0: huge, or given back
//     +112 page_kind           u32: small, medium, large, huge
//
//   mi_page_t: the fields up to +16 are the same in every build; MI_DEBUG ≥ 1 puts keys[2] at +16 and moves the rest
//     +0   segment_idx         u8
//     +1   bits                1 segment_in_use, 2 is_reset, 4 is_committed, 8 is_zero_init
//     +2   capacity            u16: blocks that were linked into a free list so far
//     +4   reserved            u16: blocks that fit
//     +6   flags               1 in_full, 2 has_aligned
//     +7   is_zero             bit 0; bits 1 … 7 are retire_expire
//     +8   free                the list that malloc pops from
//     +16  used                u32; while the page waits for reset, the time at which it expires, in ms
//     +20  xblock_size         u32, at most 64 MiB
//     +24  local_free          the list that free pushes on
//     +32  xthread_free        frees by other threads
//     +40  xheap               owning heap; 0 for huge and free pages
//     +48  next, +56 prev      queue of the heap, or queue of pages that wait for reset

export const SEGMENT_SHIFT = 22;
export const SEGMENT_SIZE = 2 ** SEGMENT_SHIFT;
export const SEGMENT_MASK = SEGMENT_SIZE - 1;

export const Segment = {
  memid: 0,
  mem_is_fixed: 8,
  mem_is_committed: 9,
  next: 16,
  prev: 24,
  abandoned_next: 32,
  abandoned: 40,
  abandoned_visits: 48,
  used: 56,
  capacity: 64,
  segment_size: 72,
  segment_info_size: 80,
  cookie: 88,
  page_shift: 96,
  thread_id: 104,
  page_kind: 112,
  pages: 120,
} as const;

/** Bits of the byte at +1 of a page descriptor. */
export const PageBit = { segment_in_use: 1, is_reset: 2, is_committed: 4, is_zero_init: 8 } as const;

/** Bits of the byte at +6. */
export const PageFlag = { in_full: 1, has_aligned: 2 } as const;

export interface PageLayout {
  readonly segment_idx: number;
  readonly bits: number;
  readonly capacity: number;
  readonly reserved: number;
  readonly flags: number;
  /** `is_zero` and `retire_expire`. */
  readonly zero: number;
  readonly free: number;
  /** Encoded builds only: two words. */
  readonly keys?: number;
  readonly used: number;
  readonly xblock_size: number;
  readonly local_free: number;
  readonly xthread_free: number;
  readonly xheap: number;
  readonly next: number;
  readonly prev: number;
  readonly size: number;
}

const PAGE_HEAD = { segment_idx: 0, bits: 1, capacity: 2, reserved: 4, flags: 6, zero: 7, free: 8 } as const;

/** mi_page_t as the port builds it: MI_DEBUG = 0, no encoded lists. */
export const Page = {
  ...PAGE_HEAD,
  used: 16,
  xblock_size: 20,
  local_free: 24,
  xthread_free: 32,
  xheap: 40,
  next: 48,
  prev: 56,
  size: 64,
} as const satisfies PageLayout;

/** mi_page_t with MI_DEBUG ≥ 1: free links are encoded with two keys a page. */
export const DebugPage = {
  ...PAGE_HEAD,
  keys: 16,
  used: 32,
  xblock_size: 36,
  local_free: 40,
  xthread_free: 48,
  xheap: 56,
  next: 64,
  prev: 72,
  size: 80,
} as const satisfies PageLayout;

export interface HeapLayout {
  readonly tld: number;
  /** 8 bytes an entry, `directEntries` of them. */
  readonly pages_free_direct: number;
  readonly directEntries: number;
  /** `mi_page_queue_t`, 75 of them. */
  readonly pages: number;
  readonly thread_delayed_free: number;
  readonly thread_id: number;
  readonly cookie: number;
  readonly keys: number;
  readonly random: number;
  readonly page_count: number;
  readonly next: number;
  readonly no_reclaim: number;
  readonly size: number;
}

/** mi_page_queue_t. */
export const Queue = { first: 0, last: 8, block_size: 16, size: 24 } as const;
export const QUEUES = 75;

/** mi_heap_t with `entries` words in `pages_free_direct`. */
function heapLayout(entries: number): HeapLayout {
  const pages = 8 + 8 * entries;
  const rest = pages + QUEUES * Queue.size;
  return {
    tld: 0,
    pages_free_direct: 8,
    directEntries: entries,
    pages,
    thread_delayed_free: rest,
    thread_id: rest + 8,
    cookie: rest + 16,
    keys: rest + 24,
    random: rest + 40,
    page_count: rest + 176,
    next: rest + 184,
    no_reclaim: rest + 192,
    size: rest + 200,
  };
}

/** mi_heap_t, 3040 bytes. */
export const HeapStruct = heapLayout(129);
/** mi_heap_t with MI_DEBUG ≥ 1, 3048 bytes: padding makes one more word size small. */
export const DebugHeapStruct = heapLayout(130);

/** mi_tld_t. The segments' part is the same in every build. */
export const Tld = {
  heartbeat: 0,
  recurse: 8,
  heap_backing: 16,
  heaps: 24,
  small_free: 32,
  medium_free: 48,
  pages_reset: 64,
  count: 88,
  peak_count: 96,
  current_size: 104,
  peak_size: 112,
  cache_count: 120,
  cache_size: 128,
  cache: 136,
  segments_stats: 144,
  segments_os: 152,
  region_idx: 160,
  os_stats: 168,
  stats: 176,
  size: 704,
} as const;

/** mem_region_t: one slot of the static table `regions`. */
export const MemRegion = { info: 0, start: 8, in_use: 16, dirty: 24, commit: 32, reset: 40, arena_memid: 48, size: 64 } as const;
export const MAX_REGIONS = 1024;
export const REGION_SIZE = 64 * SEGMENT_SIZE;
/** Objects of more 4 MiB blocks than this never come from a region. */
export const REGION_MAX_OBJECT_BLOCKS = 16;

/** Layouts of one build. */
export interface Build {
  /** `MI_DEBUG`. */
  readonly debug: boolean;
  readonly page: PageLayout;
  readonly heap: HeapLayout;
  /** Bytes that every block carries behind what was asked for. */
  readonly padding: number;
}

export const RELEASE_BUILD: Build = { debug: false, page: Page, heap: HeapStruct, padding: 0 };
export const DEBUG_BUILD: Build = { debug: true, page: DebugPage, heap: DebugHeapStruct, padding: 8 };

/** Bytes of header and descriptors in front of a segment's first page. */
export function segmentInfoSize(capacity: number, page: PageLayout = Page): number {
  return Math.ceil((Segment.pages + capacity * page.size) / 256) * 256;
}
