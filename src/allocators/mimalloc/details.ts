// A decoded heap as the panes show it: plain data, lists by page, figures by size class.

import type { FreeClass, FreeList } from '../../snapshot/snapshot';
import type { MimallocClass, MimallocPage, MimallocQueue, MimallocSegment } from '../../snapshot/mimalloc';
import { hex } from '../../memory/address';
import { Page, type Build } from './layout';
import type { HeapRecord, TldRecord } from './read-heap';
import { blocksOf } from './read-regions';
import type { PageLists, PageRecord, SegmentRecord } from './records';
import { BIN_FULL, binOf, BLOCK_SIZES, KIND_HUGE, LAST_BIN, PAGE_KINDS } from './size-classes';

type Lists = ReadonlyMap<PageRecord, PageLists>;

export function segmentDetails(segments: readonly SegmentRecord[], lists: Lists, tld: TldRecord | undefined): MimallocSegment[] {
  const waiting = new Map(tld?.pagesReset);
  return segments.map((s): MimallocSegment => {
    const place = blocksOf(s);
    return {
      address: s.address,
      size: s.size,
      kind: PAGE_KINDS[s.kind]!,
      infoSize: s.infoSize,
      used: s.used,
      capacity: s.capacity,
      owned: s.threadId !== 0n,
      ...(place !== undefined && { place: { region: place.index, bit: place.bit, blocks: place.blocks } }),
      pages: s.pages.map((p) => pageDetails(p, lists.get(p), waiting.get(p.address))),
    };
  });
}

function pageDetails(p: PageRecord, lists: PageLists | undefined, resetAt: number | undefined): MimallocPage {
  return {
    descriptor: p.address,
    index: p.index,
    inUse: p.inUse,
    start: p.start,
    end: p.end,
    blockSize: p.inUse ? p.blockSize : -1,
    bin: p.inUse && p.segment.kind !== KIND_HUGE ? binOf(p.blockSize) : -1,
    reserved: p.reserved,
    capacity: p.capacity,
    used: p.inUse ? p.used : 0,
    free: lists?.free.blocks ?? [],
    localFree: lists?.localFree.blocks ?? [],
    complete: lists === undefined || (lists.free.complete && lists.localFree.complete),
    inFull: p.inFull,
    hasAligned: p.hasAligned,
    isZero: p.isZero,
    retireExpire: p.retireExpire,
    isReset: p.isReset,
    ...(resetAt !== undefined && { resetAt }),
  };
}

/** Queues that hold pages. */
export function queueDetails(heap: HeapRecord | undefined): MimallocQueue[] {
  return (heap?.queues ?? [])
    .filter((q) => q.pages.length > 0)
    .map(({ bin, blockSize, pages }) => ({ bin, blockSize, pages, full: bin === BIN_FULL }));
}

/** Both lists of every page in use that has any, a page's `free` before its `local_free`. */
export function freeLists(lists: Lists, build: Build): FreeList[] {
  const found: FreeList[] = [];
  for (const [page, { free, localFree }] of lists) {
    const sizeClass = page.segment.kind === KIND_HUGE ? -1 : binOf(page.blockSize);
    for (const [name, list, offset] of [
      ['free', free, Page.free],
      ['local_free', localFree, build.page.local_free],
    ] as const) {
      if (list.blocks.length === 0 && list.complete) continue;
      found.push({
        name: `${name} of page ${hex(page.address)}`,
        head: page.address + BigInt(offset),
        sizeClass,
        memberSize: page.blockSize,
        entries: list.blocks.map((i) => page.start + BigInt(i) * BigInt(page.blockSize)),
        complete: list.complete,
      });
    }
  }
  return found;
}

/** Figures by size class, ascending; huge pages, which have none, are left out. */
export function classDetails(lists: Lists): MimallocClass[] {
  const sums = new Map<number, { pages: number; used: number; free: number; unlinked: number; bytes: number }>();
  for (const [page, { free, localFree }] of lists) {
    if (page.segment.kind === KIND_HUGE || page.blockSize === 0) continue;
    const bin = binOf(page.blockSize);
    if (bin > LAST_BIN) continue;
    const sum = sums.get(bin) ?? { pages: 0, used: 0, free: 0, unlinked: 0, bytes: 0 };
    sum.pages++;
    sum.used += Math.min(page.used, page.reserved);
    sum.free += free.blocks.length + localFree.blocks.length;
    sum.unlinked += Math.max(0, page.reserved - page.capacity);
    sum.bytes += Number(page.end - page.start);
    sums.set(bin, sum);
  }
  return [...sums]
    .sort(([a], [b]) => a - b)
    .map(([bin, { pages, used, free, unlinked, bytes }]) => ({
      bin,
      blockSize: BLOCK_SIZES[bin]!,
      pages,
      used,
      free,
      unlinked,
      fragmentation: 1 - (used * BLOCK_SIZES[bin]!) / bytes,
    }));
}

/** Free blocks on lists, by bin. */
export function freeClasses(classes: readonly MimallocClass[]): FreeClass[] {
  return classes
    .filter((c) => c.free > 0)
    .map((c) => ({ name: `bin ${c.bin}, ${c.blockSize} B`, sizeClass: c.bin, count: c.free, bytes: c.free * c.blockSize }));
}
