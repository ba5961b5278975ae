// The structures of tinyalloc in memory, as lib-tinyalloc patches them. NB is CONFIG_LIBTINYALLOC_HEAP_BLOCKS.
//
//   base              priv[]             +40     +80                              +80 + 24·NB             base + len
//   +-----------------+------------------+-------+--------------------------------+-----------------------+
//   | struct uk_alloc | struct tinyalloc | Heap  | Block[0] Block[1] … Block[NB-1]| heap memory … top → … | limit
//   +-----------------+------------------+-------+--------------------------------+-----------------------+
//
//   struct tinyalloc  +0   heap               → Heap
//                     +8   heap_limit         base + len
//                     +16  heap_split_thresh
//                     +24  heap_alignment
//                     +32  heap_max_blocks    NB
//
//   Heap              +0   free               → first free Block; sorted by address unless compaction is off
//                     +8   used               → first used Block, newest first
//                     +16  fresh              → first descriptor that stands for no memory, a stack
//                     +24  top                first address that was never handed out
//                     +32  blocks             → Block[0]
//
//   Block             +0   addr               no header stands in front of the memory itself
//                     +8   next               NULL ends a list
//                     +16  size
//
// The table is laid out without looking at the region's length: it may reach past the limit.

export const Tinyalloc = {
  heap: 0,
  heap_limit: 8,
  heap_split_thresh: 16,
  heap_alignment: 24,
  heap_max_blocks: 32,
  size: 40,
} as const;

export const Heap = { free: 0, used: 8, fresh: 16, top: 24, blocks: 32, size: 40 } as const;

export const Block = { addr: 0, next: 8, size: 16, bytes: 24 } as const;

/** Offset of Block[0] from the struct tinyalloc. */
export const TABLE = Tinyalloc.size + Heap.size;

/** Descriptors beyond this make a table of more than 100 MB; a count that large in memory is damage. */
export const MOST_DESCRIPTORS = 2 ** 22;
