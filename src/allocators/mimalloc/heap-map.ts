// What each byte of the heap is: from the struct uk_alloc at its base to the untouched rest, in ascending order.
//
//   uk_alloc | uk_alloc, two words | early objects | lost | 256 MiB region: segments … | lost | direct segments | untouched
//
// The bump allocator leaves no record of what it gave for what. What lies below heap_base and is neither a mem region nor a
// segment was early, or is lost: to alignment, in segments that came directly and were given back, in regions that were cleared.

import type { BlockBuilder } from '../../snapshot/blocks';
import { REGION_SIZE, SEGMENT_SIZE } from './layout';
import type { LostRange } from '../../snapshot/mimalloc';
import type { MemRegionRecord, PageLists, PageRecord, SegmentRecord } from './records';
import { binOf, KIND_HUGE } from './size-classes';

const SEGMENT = BigInt(SEGMENT_SIZE);
const REGION = BigInt(REGION_SIZE);
/** Blocks shown one by one; pages beyond are one block each. */
const MOST_BLOCKS = 4_000_000;

export interface HeapMapInput {
  /** First byte that the region allocator can hand out. */
  readonly first: bigint;
  readonly heapBase: bigint;
  readonly heapTop: bigint;
  readonly segments: readonly SegmentRecord[];
  readonly freed: readonly SegmentRecord[];
  readonly regions: readonly MemRegionRecord[];
  readonly lists: ReadonlyMap<PageRecord, PageLists>;
}

export interface HeapMap {
  readonly early: { readonly base: bigint; readonly end: bigint };
  readonly lost: readonly LostRange[];
}

/** Adds every block of the heap and tells what is lost. */
export function mapHeap(input: HeapMapInput, blocks: BlockBuilder): HeapMap {
  const taken: { base: bigint; end: bigint }[] = [];
  for (const region of input.regions) {
    if (region.info === 0) continue;
    taken.push({ base: region.start, end: region.start + REGION });
    addFreeRegionBlocks(region, input.segments, blocks);
  }
  for (const segment of input.segments) {
    const end = segment.address + BigInt(segment.size);
    if (!taken.some((r) => segment.address >= r.base && segment.address < r.end)) taken.push({ base: segment.address, end });
    addSegment(segment, input.lists, blocks);
  }
  taken.sort((a, b) => (a.base < b.base ? -1 : 1));
  const early = { base: input.first, end: earlyEnd(input, taken[0]?.base) };
  if (early.end > early.base) blocks.add(early.base, Number(early.end - early.base), 'used');
  const lost = lostRanges(input, taken, early.end);
  for (const range of lost) blocks.add(range.base, Number(range.end - range.base), 'metadata');
  if (input.heapTop > input.heapBase) blocks.add(input.heapBase, Number(input.heapTop - input.heapBase), 'free');
  return { early, lost };
}

/**
 * Where early mode ended: the bump pointer at the first request of the OS layer. All sizes that this layer asks for are multiples
 * of 4 MiB (huge ones under 64 MiB without a region are the exception), so the pointer's offset in 4 MiB is still that of heap_base.
 */
function earlyEnd(input: HeapMapInput, firstTaken: bigint | undefined): bigint {
  const { first, heapBase, heapTop, regions, freed } = input;
  const firstFreed = freed.reduce<bigint | undefined>(
    (low, s) => (low === undefined || s.address < low ? s.address : low),
    undefined,
  );
  const candidates = [firstTaken, firstFreed].filter((a) => a !== undefined);
  if (candidates.length === 0) return heapBase;
  const start = candidates.reduce((a, b) => (a < b ? a : b));
  const offset = heapBase % SEGMENT;
  if (offset === 0n) return start >= first ? start : first;
  const second = start - (SEGMENT - offset); // the request that was aligned inside
  const inRegion = regions.some((r) => r.info !== 0 && r.start === start);
  const misfits = inRegion ? REGION : heapTop - first >= REGION ? SEGMENT + REGION : SEGMENT;
  const end = second - misfits;
  return end >= first && end <= heapBase ? end : first;
}

function lostRanges(input: HeapMapInput, taken: readonly { base: bigint; end: bigint }[], from: bigint): LostRange[] {
  const lost: LostRange[] = [];
  const freed = [...input.freed]
    .filter((s) => (s.memid & 1n) === 1n && !taken.some((t) => s.address >= t.base && s.address < t.end))
    .map((s) => ({ base: s.address, end: s.address + BigInt(s.size) }));
  const known = [...taken.map((t) => ({ ...t, leaked: false })), ...freed.map((f) => ({ ...f, leaked: true }))];
  known.sort((a, b) => (a.base < b.base ? -1 : 1));
  let at = from;
  const gap = (end: bigint): void => {
    if (end > at) lost.push({ base: at, end, why: end - at >= REGION ? 'misfit' : 'alignment' });
  };
  for (const piece of known) {
    if (piece.base > input.heapBase) break;
    gap(piece.base);
    const end = piece.end < input.heapBase ? piece.end : input.heapBase;
    if (piece.leaked && end > at) lost.push({ base: piece.base > at ? piece.base : at, end, why: 'leaked segment' });
    if (end > at) at = end;
  }
  gap(input.heapBase);
  return lost;
}

/** The 4 MiB blocks of a region that no segment covers, runs as one. */
function addFreeRegionBlocks(region: MemRegionRecord, segments: readonly SegmentRecord[], blocks: BlockBuilder): void {
  const end = region.start + REGION;
  let at = region.start;
  for (const segment of segments) {
    if (segment.address < at || segment.address >= end) continue;
    if (segment.address > at) blocks.add(at, Number(segment.address - at), 'free');
    at = segment.address + ((BigInt(segment.size) + SEGMENT - 1n) / SEGMENT) * SEGMENT;
  }
  if (at < end) blocks.add(at, Number(end - at), 'free');
}

function addSegment(segment: SegmentRecord, lists: ReadonlyMap<PageRecord, PageLists>, blocks: BlockBuilder): void {
  const end = segment.address + BigInt(segment.size);
  const info = segment.address + BigInt(segment.infoSize);
  blocks.add(segment.address, segment.infoSize, 'metadata');
  for (const page of segment.pages) {
    if (page.inUse) addPage(page, lists.get(page), info, blocks);
    else {
      const from = page.index === 0 ? info : page.start;
      blocks.add(from, Number(page.end - from), 'free');
    }
  }
  const last = segment.pages.at(-1);
  if (last === undefined || segment.pages.length < segment.capacity) {
    const from = last?.end ?? info;
    blocks.add(from, Number(end - from), 'unread');
  }
  if (segment.kind === KIND_HUGE) {
    const rest = (SEGMENT - (end % SEGMENT)) % SEGMENT; // up to the next boundary: no segment can begin there
    if (rest > 0n && (segment.memid & 1n) === 0n) blocks.add(end, Number(rest), 'metadata');
  }
}

function addPage(page: PageRecord, lists: PageLists | undefined, info: bigint, blocks: BlockBuilder): void {
  const size = page.blockSize;
  const whole = lists === undefined || size === 0 || page.capacity === 0 || blocks.length + page.capacity > MOST_BLOCKS;
  if (whole) {
    blocks.add(page.start, Number(page.end - page.start), 'unread');
    return;
  }
  const bin = page.segment.kind === KIND_HUGE ? -1 : binOf(size);
  if (page.index === 0 && page.start > info) blocks.add(info, Number(page.start - info), 'metadata');
  const free = new Uint8Array(page.capacity);
  for (const list of [lists.free, lists.localFree]) for (const index of list.blocks) free[index] = 1;
  let at = page.start;
  for (let index = 0; index < page.capacity && at + BigInt(size) <= page.end; index++) {
    blocks.add(at, size, free[index] === 1 ? 'free' : 'used', bin);
    at += BigInt(size);
  }
  // Never linked so far, and what is left over at the end because no block fits there.
  if (at < page.end) blocks.add(at, Number(page.end - at), page.capacity < page.reserved ? 'free' : 'metadata');
}
