// The size classes of mimalloc (src/page-queue.c, src/page.c, src/os.c).
//
// Up to 8 words a class is an even number of words (or one); from there on there are four classes a power of two, so that at most
// a fifth of a block is slack. The page that serves a class is of a kind chosen by the *class's* block size, not by the request.

import { SEGMENT_SIZE } from './layout';

export const PAGE_KINDS = ['small', 'medium', 'large', 'huge'] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

export const KIND_SMALL = 0;
export const KIND_MEDIUM = 1;
export const KIND_LARGE = 2;
export const KIND_HUGE = 3;

/** By kind: log2 of the page size, pages in a segment. */
export const PAGE_SHIFT = [16, 19, 22, 22] as const;
export const SEGMENT_CAPACITY = [64, 8, 1, 1] as const;

/** Largest request of the direct table, in bytes. */
export const SMALL_SIZE_MAX = 1024;
export const SMALL_OBJECT_MAX = 16384;
export const MEDIUM_OBJECT_MAX = 131072;
export const LARGE_OBJECT_MAX = 2097152;
/** Classes up to this block size keep their last page for a while. */
export const MAX_RETIRE_SIZE = 4096;
/** Bytes by which a page's free list grows at a time. */
export const MAX_EXTEND_SIZE = 4096;
export const RETIRE_CYCLES = 16;
export const HUGE_BLOCK_SIZE = 67108864;

/** Last bin of `pages_free_direct`. */
export const LAST_SMALL_BIN = 24;
export const BIN_HUGE = 73;
export const BIN_FULL = 74;
/** Last bin that a request reaches. */
export const LAST_BIN = 68;
/** Last bin whose block size is at most `MAX_RETIRE_SIZE`. */
export const LAST_RETIRE_BIN = 32;
const LARGE_WORDS = LARGE_OBJECT_MAX / 8;

/** `_mi_bin`: the bin of a request or block size in bytes. */
export function binOf(size: number): number {
  if (size > LARGE_OBJECT_MAX) return BIN_HUGE;
  const words = (size + 7) >> 3;
  if (words <= 1) return 1;
  if (words <= 8) return (words + 1) & ~1;
  const w = words - 1;
  const top = 31 - Math.clz32(w);
  return 4 * top + ((w >> (top - 2)) & 3) - 3;
}

/** `block_size` of every queue, in bytes: as the static initialiser of the heap has them. */
export const BLOCK_SIZES: readonly number[] = blockSizes();

function blockSizes(): number[] {
  const words = [1, 1, 2, 3, 4, 5, 6, 7, 8];
  for (let unit = 2; words.length < BIN_HUGE; unit *= 2)
    for (let quarter = 5; quarter <= 8; quarter++) words.push(quarter * unit);
  words.push(LARGE_WORDS + 1, LARGE_WORDS + 2);
  return words.map((w) => w * 8);
}

/** First entry of `pages_free_direct` that a bin's first page serves; the last is its block size in words. */
export const DIRECT_START: readonly number[] = BLOCK_SIZES.map((size, bin) => {
  const last = size / 8;
  if (last <= 1) return 0;
  let previous = bin - 1;
  while (previous > 0 && binOf(BLOCK_SIZES[previous]!) === binOf(size)) previous--;
  return Math.min(last, 1 + BLOCK_SIZES[previous]! / 8);
});

/** Kind of the page that serves blocks of a size. */
export function kindOf(blockSize: number): number {
  if (blockSize <= SMALL_OBJECT_MAX) return KIND_SMALL;
  if (blockSize <= MEDIUM_OBJECT_MAX) return KIND_MEDIUM;
  return blockSize <= LARGE_OBJECT_MAX ? KIND_LARGE : KIND_HUGE;
}

/** `_mi_os_good_alloc_size`: rounding of huge blocks and of requests to the OS layer. Exact below 2^53. */
export function goodSize(size: number): number {
  const unit =
    size < 2 ** 19 ? 2 ** 12 : size < 2 ** 21 ? 2 ** 16 : size < 2 ** 23 ? 2 ** 18 : size < 2 ** 25 ? 2 ** 20 : 2 ** 22;
  return Math.ceil(size / unit) * unit;
}

/** Size of the segment of a huge block. */
export function hugeSegmentSize(blockSize: number): number {
  return Math.ceil((blockSize + 0x100) / 2 ** 18) * 2 ** 18;
}

/** 4 MiB blocks that an object takes in a mem region. */
export function regionBlocks(size: number): number {
  return Math.ceil(size / SEGMENT_SIZE);
}

/** Blocks by which a page's free list grows when it is extended. */
export function extension(blockSize: number): number {
  return blockSize >= MAX_EXTEND_SIZE ? 1 : Math.floor(MAX_EXTEND_SIZE / blockSize);
}
