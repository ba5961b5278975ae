// Heap views that the tests of this room look at.

import { allocatorFor } from '../../src/allocators/registry';
import type { RecordedOperation } from '../../src/allocators/ukalloc';
import type { AllocatorId } from '../../src/regions/allocator-id';
import { readMemoryMap } from '../../src/readers/memory-map';
import { readWorkload } from '../../src/readers/workload';
import type { Release } from '../../src/regions/release';
import { BlockBuilder, BlockTable } from '../../src/snapshot/blocks';
import type { HeapSnapshot, Metrics } from '../../src/snapshot/snapshot';
import { Simulation } from '../../src/timeline/simulation';
import { HeapView } from '../../src/view/heap-view';
import { FIRST_VIEWPORT } from '../../src/view/viewport';
import type { Viewport } from '../../src/view/viewport';
import { captureNamed } from '../support/captures';

/** A simulated boot on regions written as in a memory-map file. */
export function bootOf(
  regions: readonly Record<string, unknown>[],
  workload: readonly RecordedOperation[] = [],
  { release = '0.17.0', allocator = 'bbuddy' }: { readonly release?: Release; readonly allocator?: AllocatorId } = {},
): HeapView {
  const { map } = readMemoryMap(JSON.stringify({ release, arch: 'x86_64', allocator, regions }));
  const simulation = Simulation.create({ map, release, arch: 'x86_64', allocator, config: {}, workload, after: false });
  return viewOf(simulation);
}

export function viewOf(simulation: Simulation): HeapView {
  const { release, allocator } = simulation.input;
  const room = allocatorFor(allocator)!;
  return new HeapView({
    kind: 'simulation',
    title: 'test.ukboot.json',
    source: 'memory-map file',
    release,
    arch: 'x86_64',
    inspect: (reader, snapshot, address) => room.inspect(reader, snapshot, address),
    simulation,
  });
}

/** The capture that the design's pictures show: descriptors and every outermost call of the recorded boot. */
export function pictured(): HeapView {
  const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
  return bootOf(
    capture.facts.descriptors!.map((d) => ({ ...d })),
    readWorkload(capture.text('alloc-trace.jsonl')).operations,
  );
}

/** Number, as `step` takes it, of the operation after which the pictured boot stands at `main-3`. */
export const MAIN_3 = 50;

/** Stands behind operation `step` as people count, from 1. */
export function at(view: HeapView, step: number): HeapView {
  const found = view.find(`step ${String(step)}`);
  view.seek(found.cursor!);
  return view;
}

export function viewport(change: Partial<Omit<Viewport, 'map'>> & { readonly map?: Partial<Viewport['map']> } = {}): Viewport {
  return { ...FIRST_VIEWPORT, ...change, map: { ...FIRST_VIEWPORT.map, ...change.map } };
}

export function frameOf(view: HeapView, change: Parameters<typeof viewport>[0] = {}) {
  view.look(viewport(change));
  return view.frame();
}

/** A block of a made snapshot: base, size, state, and order and bytes asked for where there are any. */
export type Made = readonly [
  base: bigint,
  size: number,
  state: 'free' | 'used' | 'metadata' | 'unread',
  sizeClass?: number,
  asked?: number,
];

const NO_METRICS: Metrics = {
  total: 0,
  free: 0,
  used: 0,
  slack: 0,
  overhead: 0,
  usedBlocks: 0,
  freeBlocks: 0,
  largestFree: 0,
  largestRequest: 0,
  externalFragmentation: 0,
  internalFragmentation: 0,
  freeByClass: [],
};

/** A snapshot made by hand. Its areas are the stretches that its blocks fill without a hole. */
export function madeSnapshot(blocks: readonly Made[], change: Partial<HeapSnapshot> = {}): HeapSnapshot {
  const builder = new BlockBuilder();
  const areas: { base: bigint; end: bigint; by: 'init' | 'addmem' }[] = [];
  for (const [base, size, state, sizeClass, asked] of blocks) {
    builder.add(base, size, state, sizeClass, asked);
    const last = areas.at(-1);
    if (last?.end === base) last.end += BigInt(size);
    else areas.push({ base, end: base + BigInt(size), by: last === undefined ? 'init' : 'addmem' });
  }
  const free = blocks.reduce((sum, [, size, state]) => sum + (state === 'free' ? size : 0), 0);
  return {
    allocator: 'bbuddy',
    release: '0.17.0',
    profile: 'B14',
    heap: blocks[0]?.[0] ?? 0n,
    areas,
    blocks: BlockTable.of(builder),
    lists: [],
    structs: [],
    state: {},
    metrics: { ...NO_METRICS, free },
    findings: [],
    absent: [],
    ...change,
  };
}
