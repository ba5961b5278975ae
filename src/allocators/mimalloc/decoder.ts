// Reads a mimalloc heap out of any memory: the two words of the region allocator, and once the switch is made, segments, pages,
// their free lists, the heap's queues and the table of mem regions.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { BlockBuilder, BlockTable } from '../../snapshot/blocks';
import { FindingList } from '../../snapshot/findings';
import { metricsOf } from '../../snapshot/metrics';
import type { HeapSnapshot, StructView } from '../../snapshot/snapshot';
import { structAt } from '../../snapshot/structs';
import { ukAllocView } from '../layers/decode';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import { Upward } from '../region/layout';
import type { AllocatorOptions } from '../ukalloc';
import { findBuild, findGlobals, type Globals } from './globals';
import { mapHeap } from './heap-map';
import type { Build } from './layout';
import { mimallocProfile } from './profiles';
import { directoryOf, readHeap, readTld, type HeapRecord, type TldRecord } from './read-heap';
import { readLists } from './read-lists';
import { checkMemRegions, readMemRegions } from './read-regions';
import { findSegments } from './read-segments';
import type { MemRegionRecord, PageLists, PageRecord, SegmentRecord } from './records';
import { heapState, memRegionState, regionState, segmentState, tldState } from './state';

const PAGE = 4096n;
/** A heap larger than this is not believed. */
const LARGEST = 2n ** 47n;

/** @param heap address of the struct uk_alloc */
export function decode(reader: Reader, heap: bigint, options: AllocatorOptions): HeapSnapshot {
  const profile = mimallocProfile(options.release);
  if (profile === undefined) throw new Error(`mimalloc: no profile for release ${options.release}`);
  const layout = ukAllocLayout(ukAllocProfile(options.release), options.config);
  const findings = new FindingList();
  const blocks = new BlockBuilder();
  const globals = findGlobals(reader, heap, options);
  const { build } = findBuild(reader, globals, options);

  // The region allocator lies one page behind; its two words follow its struct uk_alloc.
  const region = heap + PAGE;
  const words = region + BigInt(layout.size);
  const first = words + BigInt(Upward.size);
  const heapTop = reader.u64(words + BigInt(Upward.heap_top));
  const heapBase = reader.u64(words + BigInt(Upward.heap_base));
  blocks.add(heap, Number(first - heap), 'metadata');
  const structs: StructView[] = [ukAllocView(reader, heap, layout)];
  const bounds = believable(heapBase, heapTop, first, words, findings);
  if (bounds !== undefined) {
    structs.push(ukAllocView(reader, region, layout));
    structs.push(
      structAt(reader, 'struct uk_allocregion', words, Upward.size, [
        ['heap_top', Upward.heap_top, 'pointer'],
        ['heap_base', Upward.heap_base, 'pointer'],
      ]),
    );
  }

  const early = isEarly(reader, globals);
  let state: Record<string, unknown> = { mode: 'early', region: regionState(heapBase, heapTop) };
  let largest = 0;
  if (bounds !== undefined && early !== true) {
    const ready = readReady(reader, heap, bounds, globals, build, findings);
    if (early === false || ready.segments.length + ready.freed.length > 0) {
      mapHeap({ first, ...bounds, ...ready }, blocks);
      state = { mode: 'ready', region: regionState(heapBase, heapTop), ...readyState(ready) };
    }
  }
  if (bounds !== undefined && state.mode === 'early') {
    if (bounds.heapBase > first) blocks.add(first, Number(bounds.heapBase - first), 'used');
    if (bounds.heapTop > bounds.heapBase) blocks.add(bounds.heapBase, Number(bounds.heapTop - bounds.heapBase), 'free');
    largest = Math.max(0, Number(bounds.heapTop - ((bounds.heapBase + 7n) & ~7n)));
  }
  findings.addAbsent(reader.absent);
  const table = BlockTable.of(blocks);
  return {
    allocator: 'mimalloc',
    release: options.release,
    profile: profile.name,
    heap,
    areas: [{ base: heap, end: bounds?.heapTop ?? first, by: 'init' }],
    blocks: table,
    lists: [],
    structs,
    state,
    metrics: metricsOf(table, largest, []),
    findings: findings.all(),
    absent: reader.absent,
  };
}

export interface Bounds {
  readonly heapBase: bigint;
  readonly heapTop: bigint;
}

function believable(
  heapBase: bigint | undefined,
  heapTop: bigint | undefined,
  first: bigint,
  words: bigint,
  findings: FindingList,
): Bounds | undefined {
  if (heapBase === undefined || heapTop === undefined) return undefined;
  if (heapBase === 0n && heapTop === 0n) {
    findings.add('warning', 'no-region', 'the region allocator behind mimalloc was never set up: every malloc gives NULL', words);
    return undefined;
  }
  if (heapBase >= first && heapBase <= heapTop && heapTop - first < LARGEST) return { heapBase, heapTop };
  const what = `heap_base ${hex(heapBase)} and heap_top ${hex(heapTop)} do not lie in this order after ${hex(first)}`;
  findings.add('error', 'wild-pointer', what, words);
  return undefined;
}

/** Undefined where nothing tells. */
function isEarly(reader: Reader, globals: Globals): boolean | undefined {
  const initialized = globals.__initialized === undefined ? undefined : reader.u32(globals.__initialized);
  const process = globals._mi_process_is_initialized === undefined ? undefined : reader.u8(globals._mi_process_is_initialized);
  if (initialized === undefined && process === undefined) return undefined;
  return initialized === 0 || process === 0;
}

/** Everything of a heap after the switch. */
export interface Ready {
  readonly regions: readonly MemRegionRecord[];
  readonly segments: readonly SegmentRecord[];
  readonly freed: readonly SegmentRecord[];
  readonly lists: ReadonlyMap<PageRecord, PageLists>;
  readonly heap: HeapRecord | undefined;
  readonly tld: TldRecord | undefined;
}

function readReady(reader: Reader, uk: bigint, bounds: Bounds, globals: Globals, build: Build, findings: FindingList): Ready {
  const { _mi_heap_main: heapAt, tld_main: tldAt, regions: table, regions_count: count } = globals;
  const cookie = heapAt === undefined ? undefined : reader.u64(heapAt + BigInt(build.heap.cookie));
  const { segments, freed } = findSegments(reader, uk, bounds.heapBase, cookie, build, findings);
  const lists = new Map<PageRecord, PageLists>();
  for (const segment of segments) {
    for (const page of segment.pages) if (page.inUse) lists.set(page, readLists(reader, page, findings));
  }
  const directory = directoryOf(segments);
  const regions = table === undefined || count === undefined ? [] : readMemRegions(reader, table, count, findings);
  if (table !== undefined) checkMemRegions(regions, segments, findings);
  const heap = heapAt === undefined ? undefined : readHeap(reader, heapAt, globals._mi_page_empty, build, directory, findings);
  const tld = tldAt === undefined ? undefined : readTld(reader, tldAt, directory, findings);
  return { regions, segments, freed, lists, heap, tld };
}

function readyState(ready: Ready): Record<string, unknown> {
  return {
    mem_regions: ready.regions.map(memRegionState),
    segments: ready.segments.map((s) => segmentState(s, ready.lists)),
    ...(ready.heap !== undefined && { heap: heapState(ready.heap, ready.tld) }),
    ...(ready.tld !== undefined && { tld: tldState(ready.tld) }),
  };
}
