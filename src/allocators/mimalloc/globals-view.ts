// The C globals of mimalloc as structures: heap, tld, and the slots of the table of mem regions.

import type { Reader } from '../../memory/reader';
import type { StructView } from '../../snapshot/snapshot';
import { structAt, type FieldSpec } from '../../snapshot/structs';
import type { Globals } from './globals';
import { MemRegion, Queue, Tld, type Build } from './layout';
import type { HeapRecord } from './read-heap';
import type { MemRegionRecord } from './records';

export function globalViews(
  reader: Reader,
  globals: Globals,
  build: Build,
  heap: HeapRecord | undefined,
  regions: readonly MemRegionRecord[],
): StructView[] {
  const views: StructView[] = [];
  const { _mi_heap_main, tld_main } = globals;
  if (_mi_heap_main !== undefined && heap !== undefined) views.push(heapView(reader, _mi_heap_main, build, heap));
  if (tld_main !== undefined) views.push(tldView(reader, tld_main));
  for (const region of regions) views.push(regionView(reader, region));
  return views;
}

/** Only queues that hold pages: there are 75. */
function heapView(reader: Reader, address: bigint, { heap: layout }: Build, heap: HeapRecord): StructView {
  const fields: FieldSpec[] = [['tld', layout.tld, 'pointer']];
  for (const run of heap.direct) {
    fields.push([`pages_free_direct[${run.first} … ${run.last}]`, layout.pages_free_direct + 8 * run.first, 'pointer']);
  }
  for (const { bin, pages } of heap.queues) {
    if (pages.length === 0) continue;
    const at = layout.pages + bin * Queue.size;
    fields.push([`pages[${bin}].first`, at + Queue.first, 'pointer'], [`pages[${bin}].last`, at + Queue.last, 'pointer']);
  }
  fields.push(
    ['thread_delayed_free', layout.thread_delayed_free, 'pointer'],
    ['thread_id', layout.thread_id, 'pointer'],
    ['cookie', layout.cookie, 'number'],
    ['page_count', layout.page_count, 'count'],
    ['no_reclaim', layout.no_reclaim, 'flags', 1],
  );
  return structAt(reader, 'mi_heap_t', address, layout.size, fields);
}

function tldView(reader: Reader, address: bigint): StructView {
  return structAt(reader, 'mi_tld_t', address, Tld.stats, [
    ['heartbeat', Tld.heartbeat, 'count'],
    ['segments.small_free.first', Tld.small_free, 'pointer'],
    ['segments.small_free.last', Tld.small_free + 8, 'pointer'],
    ['segments.medium_free.first', Tld.medium_free, 'pointer'],
    ['segments.medium_free.last', Tld.medium_free + 8, 'pointer'],
    ['segments.pages_reset.first', Tld.pages_reset, 'pointer'],
    ['segments.pages_reset.last', Tld.pages_reset + 8, 'pointer'],
    ['segments.count', Tld.count, 'count'],
    ['segments.peak_count', Tld.peak_count, 'count'],
    ['segments.current_size', Tld.current_size, 'size'],
    ['segments.peak_size', Tld.peak_size, 'size'],
    ['os.region_idx', Tld.region_idx, 'count'],
  ]);
}

function regionView(reader: Reader, region: MemRegionRecord): StructView {
  return structAt(reader, 'mem_region_t', region.address, MemRegion.size, [
    ['info', MemRegion.info, 'flags'],
    ['start', MemRegion.start, 'pointer'],
    ['in_use', MemRegion.in_use, 'flags'],
    ['dirty', MemRegion.dirty, 'flags'],
    ['commit', MemRegion.commit, 'flags'],
    ['reset', MemRegion.reset, 'flags'],
    ['arena_memid', MemRegion.arena_memid, 'number'],
  ]);
}
