// The state of a heap in the form that golden traces have it.

import { hex } from '../../memory/address';
import type { HeapRecord, TldRecord } from './read-heap';
import type { MemRegionRecord, PageLists, PageRecord, SegmentRecord } from './records';
import { PAGE_KINDS } from './size-classes';

type Json = Record<string, unknown>;

const pointer = (a: bigint | undefined): string | null => (a === undefined ? null : hex(a));
const head = (a: bigint): string | null => (a === 0n ? null : hex(a));
const bit = (flag: boolean): number => (flag ? 1 : 0);

export function regionState(base: bigint | undefined, top: bigint | undefined): Json {
  return { heap_base: pointer(base), heap_top: pointer(top) };
}

export function memRegionState(r: MemRegionRecord): Json {
  return {
    start: hex(r.start),
    info: hex(r.info),
    in_use: hex(r.inUse),
    dirty: hex(r.dirty),
    commit: hex(r.commit),
    reset: hex(r.reset),
  };
}

export function segmentState(s: SegmentRecord, lists: ReadonlyMap<PageRecord, PageLists>): Json {
  return {
    addr: hex(s.address),
    size: hex(s.size),
    kind: PAGE_KINDS[s.kind]!,
    memid: Number(s.memid),
    committed: s.committed,
    used: s.used,
    capacity: s.capacity,
    info_size: s.infoSize,
    page_shift: s.pageShift,
    owned: bit(s.threadId !== 0n),
    pages: s.pages.filter((p) => p.inUse).map((p) => pageState(p, lists.get(p)!)),
  };
}

function pageState(p: PageRecord, lists: PageLists): Json {
  return {
    index: p.index,
    start: hex(p.start),
    block_size: p.xblockSize,
    capacity: p.capacity,
    reserved: p.reserved,
    used: p.used,
    free: lists.free.blocks.length,
    local_free: lists.localFree.blocks.length,
    free_head: head(p.free),
    local_head: head(p.localFree),
    flags: {
      in_full: bit(p.inFull),
      has_aligned: bit(p.hasAligned),
      is_zero: bit(p.isZero),
      zero_init: bit(p.isZeroInit),
      committed: bit(p.isCommitted),
      retire: p.retireExpire,
    },
  };
}

export function heapState(heap: HeapRecord, tld: TldRecord | undefined): Json {
  return {
    page_count: heap.pageCount ?? null,
    heartbeat: tld?.heartbeat ?? null,
    queues: Object.fromEntries(heap.queues.filter((q) => q.pages.length > 0).map((q) => [String(q.bin), q.pages.map(hex)])),
    direct: heap.direct.map((run) => [run.first, run.last, hex(run.page)]),
  };
}

export function tldState(tld: TldRecord): Json {
  return {
    small_free: tld.smallFree.map(hex),
    medium_free: tld.mediumFree.map(hex),
    pages_reset: tld.pagesReset.map(([page, expire]) => [hex(page), expire]),
    count: tld.count ?? null,
    peak_count: tld.peakCount ?? null,
    current_size: pointer(tld.currentSize),
    peak_size: pointer(tld.peakSize),
    region_idx: tld.regionIdx ?? null,
  };
}

/** The state without clocks, and without the table of mem regions, which not every dump holds. */
export function comparable(state: Readonly<Record<string, unknown>>): Json {
  const kept = Object.fromEntries(Object.entries(state).filter(([key]) => key !== 'mem_regions'));
  const { tld } = state as { tld?: { pages_reset?: readonly (readonly unknown[])[] } };
  if (tld === undefined) return kept;
  return { ...kept, tld: { ...tld, pages_reset: (tld.pages_reset ?? []).map(([page]) => page) } };
}
