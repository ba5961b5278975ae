// Reads a mimalloc heap out of any memory: the two words of the region allocator, and once the switch is made, segments, pages,
// their free lists, the heap's queues and the table of mem regions.

import { hex, PAGE_SIZE } from '../../memory/address';
import type { AddressRange, Reader } from '../../memory/reader';
import { BlockBuilder, BlockTable } from '../../snapshot/blocks';
import { FindingList } from '../../snapshot/findings';
import { metricsOf } from '../../snapshot/metrics';
import type { MimallocDetails } from '../../snapshot/mimalloc';
import type { HeapSnapshot, StructView } from '../../snapshot/snapshot';
import { structAt } from '../../snapshot/structs';
import { ukAllocView } from '../layers/decode';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import { Upward } from '../region/layout';
import type { AllocatorOptions } from '../ukalloc';
import { classDetails, freeClasses, freeLists, queueDetails, segmentDetails } from './details';
import { findBuild, findGlobals, type Globals } from './globals';
import { globalViews } from './globals-view';
import { mapHeap } from './heap-map';
import { largestRequest } from './largest-request';
import { mimallocProfile } from './profiles';
import { readReady, readyState, type Ready } from './read-ready';
import { remarkOnHeap, remarkOnPort } from './remarks';
import { regionState } from './state';

/** A heap larger than this is not believed. */
const LARGEST = 2n ** 47n;
const NOTHING: Ready = {
  regions: [],
  regionsKnown: false,
  segments: [],
  freed: [],
  lists: new Map(),
  heap: undefined,
  tld: undefined,
};

/** @param heap address of the struct uk_alloc */
export function decode(reader: Reader, heap: bigint, options: AllocatorOptions): HeapSnapshot {
  const profile = mimallocProfile(options.release);
  if (profile === undefined) throw new Error(`mimalloc: no profile for release ${options.release}`);
  const layout = ukAllocLayout(ukAllocProfile(options.release), options.config);
  const findings = new FindingList();
  const blocks = new BlockBuilder();
  const globals = findGlobals(reader, heap, options);
  const { build, by: buildBy } = findBuild(reader, globals, options);
  remarkOnPort(profile, heap, findings);

  // The region allocator lies one page behind; its two words follow its struct uk_alloc.
  const region = heap + BigInt(PAGE_SIZE);
  const words = region + BigInt(layout.size);
  const first = words + BigInt(Upward.size);
  const heapTop = reader.u64(words + BigInt(Upward.heap_top));
  const heapBase = reader.u64(words + BigInt(Upward.heap_base));
  const bounds = believable(heapBase, heapTop, first, words, findings);
  blocks.add(heap, Number((bounds === undefined ? region : first) - heap), 'metadata');
  const structs: StructView[] = [ukAllocView(reader, heap, layout)];
  let mode: MimallocDetails['mode'] = 'early';
  let ready = NOTHING;
  let map: Pick<MimallocDetails, 'early' | 'lost' | 'untouched'> = {
    early: { base: first, end: first },
    lost: [],
    untouched: { base: first, end: first },
  };
  let largest = 0;
  if (bounds !== undefined) {
    const { base, end: top } = bounds;
    structs.push(ukAllocView(reader, region, layout));
    structs.push(
      structAt(reader, 'struct uk_allocregion', words, Upward.size, [
        ['heap_top', Upward.heap_top, 'pointer'],
        ['heap_base', Upward.heap_base, 'pointer'],
      ]),
    );
    const early = isEarly(reader, globals);
    if (early !== true) ready = readReady(reader, heap, base, globals, build, findings);
    if (early === false || ready.segments.length + ready.freed.length > 0) mode = 'ready';
    const input = { first, heapBase: base, heapTop: top, ...ready };
    const mapped = mapHeap(input, blocks);
    map = { ...mapped, untouched: { base, end: top } };
    if (mode === 'ready') {
      largest = largestRequest({ ...input, pages: [...ready.lists.keys()] });
      remarkOnHeap(reader, { ...input, heap, map: mapped, largest }, findings);
      structs.push(...globalViews(reader, globals, build, ready.heap, ready.regionsKnown ? ready.regions : []));
    } else largest = Math.max(0, Number(top - ((base + 7n) & ~7n)));
  }

  findings.addAbsent(reader.absent);
  const table = BlockTable.of(blocks);
  const classes = classDetails(ready.lists);
  return {
    allocator: 'mimalloc',
    release: options.release,
    profile: profile.name,
    heap,
    areas: [{ base: heap, end: bounds?.end ?? region, by: 'init' }],
    blocks: table,
    lists: freeLists(ready.lists, build),
    structs,
    state: { mode, region: regionState(heapBase, heapTop), ...(mode === 'ready' && readyState(ready)) },
    details: {
      kind: 'mimalloc',
      mode,
      ...map,
      regions: ready.regions.map(({ index, start, info, inUse, dirty, commit, reset }) => ({
        index,
        start,
        live: info !== 0,
        inUse,
        dirty,
        commit,
        reset,
      })),
      segments: segmentDetails(ready.segments, ready.lists, ready.tld),
      queues: queueDetails(ready.heap),
      direct: ready.heap?.direct ?? [],
      directEntries: build.heap.directEntries,
      classes,
      debugBuild: build.debug,
      buildBy,
      globals: globals._mi_heap_main !== undefined,
    },
    metrics: metricsOf(table, largest, freeClasses(classes)),
    findings: findings.all(),
    absent: reader.absent,
  };
}

/** `[heap_base, heap_top)` when the two words make sense. */
function believable(
  heapBase: bigint | undefined,
  heapTop: bigint | undefined,
  first: bigint,
  words: bigint,
  findings: FindingList,
): AddressRange | undefined {
  if (heapBase === undefined || heapTop === undefined) return undefined;
  if (heapBase === 0n && heapTop === 0n) {
    const what = 'the region allocator behind mimalloc was never set up (its region was a page or less): every malloc gives NULL';
    findings.add('warning', 'no-region', what, words);
    return undefined;
  }
  if (heapBase >= first && heapBase <= heapTop && heapTop - first < LARGEST) return { base: heapBase, end: heapTop };
  const what = `heap_base ${hex(heapBase)} and heap_top ${hex(heapTop)} do not lie in this order after ${hex(first)}`;
  findings.add('error', 'wild-pointer', what, words);
  return undefined;
}

/** `__initialized` and `_mi_process_is_initialized`; undefined where nothing tells. */
function isEarly(reader: Reader, globals: Globals): boolean | undefined {
  const { __initialized, _mi_process_is_initialized } = globals;
  const glue = __initialized === undefined ? undefined : reader.u32(__initialized);
  const process = _mi_process_is_initialized === undefined ? undefined : reader.u8(_mi_process_is_initialized);
  return glue === undefined && process === undefined ? undefined : glue === 0 || process === 0;
}
