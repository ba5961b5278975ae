// Everything of a heap after the switch, read in the order in which one part confirms another.

import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import type { Globals } from './globals';
import type { Build } from './layout';
import { directoryOf, readHeap, readTld, type HeapRecord, type TldRecord } from './read-heap';
import { readLists } from './read-lists';
import { checkMemRegions, inferMemRegions, readMemRegions } from './read-regions';
import { findSegments } from './read-segments';
import type { MemRegionRecord, PageLists, PageRecord, SegmentRecord } from './records';
import { heapState, memRegionState, segmentState, tldState } from './state';

export interface Ready {
  readonly regions: readonly MemRegionRecord[];
  /** Were they read from the table, or only inferred from segments? */
  readonly regionsKnown: boolean;
  readonly segments: readonly SegmentRecord[];
  readonly freed: readonly SegmentRecord[];
  /** Pages in use with their lists. */
  readonly lists: ReadonlyMap<PageRecord, PageLists>;
  readonly heap: HeapRecord | undefined;
  readonly tld: TldRecord | undefined;
}

/** @param from, to where segments may lie: from the struct uk_alloc to heap_base */
export function readReady(
  reader: Reader,
  from: bigint,
  to: bigint,
  globals: Globals,
  build: Build,
  findings: FindingList,
): Ready {
  const { _mi_heap_main: heapAt, tld_main: tldAt, regions: table, regions_count: count } = globals;
  const cookie = heapAt === undefined ? undefined : reader.u64(heapAt + BigInt(build.heap.cookie));
  const { segments, freed } = findSegments(reader, from, to, cookie, build, findings);
  const lists = new Map<PageRecord, PageLists>();
  for (const segment of segments) {
    for (const page of segment.pages) if (page.inUse) lists.set(page, readLists(reader, page, findings));
  }
  const directory = directoryOf(segments);
  const regionsKnown = table !== undefined && count !== undefined;
  const regions = regionsKnown ? readMemRegions(reader, table, count, findings) : inferMemRegions(segments);
  if (regionsKnown) checkMemRegions(regions, segments, findings);
  const heap = heapAt === undefined ? undefined : readHeap(reader, heapAt, globals._mi_page_empty, build, directory, findings);
  const tld = tldAt === undefined ? undefined : readTld(reader, tldAt, directory, findings);
  return { regions, regionsKnown, segments, freed, lists, heap, tld };
}

/** The parts of a golden `state` that mimalloc adds to the region allocator's. */
export function readyState(ready: Ready): Record<string, unknown> {
  return {
    ...(ready.regionsKnown && { mem_regions: ready.regions.map(memRegionState) }),
    segments: ready.segments.map((s) => segmentState(s, ready.lists)),
    ...(ready.heap !== undefined && { heap: heapState(ready.heap, ready.tld) }),
    ...(ready.tld !== undefined && { tld: tldState(ready.tld) }),
  };
}
