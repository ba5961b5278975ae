// The largest uk_malloc that succeeds now. Above 2 MiB that depends on what aligning costs: a request that does not come out of the
// region allocator aligned is lost and made again with 4 MiB more, so more than half of what is left can never be had in one piece.

import { REGION_MAX_OBJECT_BLOCKS, REGION_SIZE, SEGMENT_SIZE } from './layout';
import type { MemRegionRecord, SegmentRecord, PageRecord } from './records';
import {
  goodSize,
  hugeSegmentSize,
  KIND_HUGE,
  KIND_MEDIUM,
  KIND_SMALL,
  LARGE_OBJECT_MAX,
  MEDIUM_OBJECT_MAX,
  regionBlocks,
  SMALL_OBJECT_MAX,
} from './size-classes';

export interface Left {
  readonly heapBase: bigint;
  readonly heapTop: bigint;
  readonly regions: readonly MemRegionRecord[];
  readonly segments: readonly SegmentRecord[];
  readonly pages: readonly PageRecord[];
}

export function largestRequest(left: Left): number {
  const huge = largestHuge(left);
  if (huge > LARGE_OBJECT_MAX) return huge;
  if (canAllocate(left, SEGMENT_SIZE)) return LARGE_OBJECT_MAX;
  const room = (kind: number): boolean => left.segments.some((s) => s.kind === kind && s.used < s.capacity);
  const block = left.pages.reduce(
    (most, p) => (p.inUse && p.segment.kind < KIND_HUGE && hasBlock(p) ? Math.max(most, p.blockSize) : most),
    0,
  );
  return Math.max(room(KIND_MEDIUM) ? MEDIUM_OBJECT_MAX : 0, room(KIND_SMALL) ? SMALL_OBJECT_MAX : 0, block);
}

function hasBlock(page: PageRecord): boolean {
  return page.used < page.reserved;
}

/** Block sizes of huge requests are what `goodSize` rounds to: from here on multiples of 4 MiB. */
const COARSE = 2 ** 25;

function largestHuge(left: Left): number {
  const most = Number(left.heapTop - left.heapBase);
  const fits = (block: number): boolean => canAllocate(left, hugeSegmentSize(block));
  // Beyond what a region serves, success only depends on what is left, so it can be searched by halving.
  let low = REGION_MAX_OBJECT_BLOCKS;
  let high = Math.floor(most / SEGMENT_SIZE) + 1;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if (fits(middle * SEGMENT_SIZE)) low = middle;
    else high = middle;
  }
  if (low > REGION_MAX_OBJECT_BLOCKS || fits(low * SEGMENT_SIZE)) return low * SEGMENT_SIZE;
  for (let block = REGION_MAX_OBJECT_BLOCKS * SEGMENT_SIZE; block > LARGE_OBJECT_MAX; block = previousSize(block)) {
    if (fits(block)) return block;
  }
  return 0;
}

/** The next smaller size of a huge block. */
function previousSize(block: number): number {
  const step = block > COARSE ? 2 ** 22 : block > 2 ** 23 ? 2 ** 20 : 2 ** 18;
  return goodSize(block - step);
}

/** Would `_mi_mem_alloc_aligned` of a segment's size succeed? Follows it on numbers alone. */
function canAllocate(left: Left, size: number): boolean {
  const bump = { base: left.heapBase, top: left.heapTop };
  const blocks = regionBlocks(size);
  if (blocks <= REGION_MAX_OBJECT_BLOCKS) {
    if (left.regions.some((r) => r.info !== 0 && hasRun(r.inUse, blocks))) return true;
    if (aligned(bump, REGION_SIZE)) return true;
  }
  return aligned(bump, size);
}

/** `_mi_os_alloc_aligned`; the pointer moves even where it fails. */
function aligned(bump: { base: bigint; readonly top: bigint }, size: number): boolean {
  const good = goodSize(size);
  const first = take(bump, good);
  if (first === undefined) return false;
  return first % BigInt(SEGMENT_SIZE) === 0n || take(bump, good + SEGMENT_SIZE) !== undefined;
}

function take(bump: { base: bigint; readonly top: bigint }, size: number): bigint | undefined {
  const p = (bump.base + 7n) & ~7n;
  if (p + BigInt(size) > bump.top) return undefined;
  bump.base = p + BigInt(size);
  return p;
}

function hasRun(field: bigint, blocks: number): boolean {
  const mask = (1n << BigInt(blocks)) - 1n;
  for (let bit = 0; bit + blocks <= 64; bit++) if (((field >> BigInt(bit)) & mask) === 0n) return true;
  return false;
}
