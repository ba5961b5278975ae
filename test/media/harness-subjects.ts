// What the harness shows, made in its page: simulations, dumps of them whole and damaged, and heaps large enough to measure.

import { allocatorFor } from '../../src/allocators/registry';
import type { RecordedOperation } from '../../src/allocators/ukalloc';
import { openDump } from '../../src/dumps/open';
import { MemoryImage } from '../../src/memory/image';
import { readMemoryMap } from '../../src/readers/memory-map';
import { readWorkload } from '../../src/readers/workload';
import type { RegionMap } from '../../src/regions/descriptor';
import { BlockBuilder, BlockTable } from '../../src/snapshot/blocks';
import { Simulation } from '../../src/timeline/simulation';
import type { DumpSubject, Subject } from '../../src/view/subject';
import { LAST_STEP } from '../../src/view/viewport';
import { fragmented } from '../support/fragmented';
import type { AnyScenario, Damaged, Dumped, ManyCalls, Scenario } from './harness-page';

type SimulationSubject = Subject & { readonly kind: 'simulation' };

export function subjectOf(scenario: AnyScenario): Subject {
  if ('blocks' in scenario) return manyBlocks(scenario.blocks);
  if ('calls' in scenario) return manyCalls(scenario);
  if ('fragmented' in scenario) return fragmented();
  if ('dump' in scenario) return dumped(scenario);
  return 'of' in scenario ? damaged(scenario) : simulated(scenario);
}

function simulated({ memoryMap, workload, release, arch, allocator, source }: Scenario): SimulationSubject {
  return simulationOf({ memoryMap, release, arch, allocator, source }, readWorkload(workload).operations);
}

function simulationOf(
  { memoryMap, release, arch, allocator, source }: Omit<Scenario, 'workload'>,
  workload: readonly RecordedOperation[],
): SimulationSubject {
  const { map } = readMemoryMap(memoryMap);
  const config = map.hints.config ?? {};
  const room = allocatorFor(allocator)!;
  return {
    kind: 'simulation',
    title: 'harness',
    source,
    release,
    arch,
    inspect: (reader, snapshot, address) => room.inspect(reader, snapshot, address),
    simulation: Simulation.create({ map, release, arch, allocator, config, workload }),
  };
}

/** Memory of the heap's areas. */
function imageOf(subject: SimulationSubject): MemoryImage {
  const reader = subject.simulation.reader();
  const { areas } = subject.simulation.snapshot()!;
  return MemoryImage.of(areas.map((a) => ({ base: a.base, bytes: reader.bytes(a.base, Number(a.end - a.base))! })));
}

function damaged({ of: scenario, step, words, keep, live }: Damaged): DumpSubject {
  const subject = simulated(scenario);
  subject.simulation.seek({ operation: step - 1, step: LAST_STEP });
  const whole = imageOf(subject);
  const patches = words.map(([address, value]) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
    return { base: BigInt(address), bytes };
  });
  const kept = (keep ?? [['0x0', '0xffffffffffffffff']]).map(([base, end]) => ({ base: BigInt(base), end: BigInt(end) }));
  const image = MemoryImage.of([
    ...whole.segments.filter((s) => kept.some((k) => s.base >= k.base && s.base < k.end)),
    ...patches,
  ]);
  const heap = subject.simulation.snapshot()!.heap;
  const { release, arch, allocator } = scenario;
  const snapshot = allocatorFor(allocator)!.decode(image.reader(), heap, { release, arch, config: {} });
  return { ...dumpOf(subject, image, snapshot, subject.simulation.input.map), ...live };
}

function dumpOf(
  { release, arch, inspect }: Pick<Subject, 'release' | 'arch' | 'inspect'>,
  image: MemoryImage,
  snapshot: NonNullable<DumpSubject['snapshot']>,
  map: RegionMap,
): DumpSubject {
  return { kind: 'dump', title: 'ram.bin', source: 'memory dump', release, arch, inspect, map, reader: image.reader(), snapshot };
}

/** The memory of a captured kernel, from address 0 on. */
function dumped({ dump, heap, pages, end }: Dumped): DumpSubject {
  const bytes = new Uint8Array(Number(end));
  for (const [base, text] of pages)
    bytes.set(
      Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
      Number(base),
    );
  const image = MemoryImage.of([{ base: 0n, bytes }]);
  const { release, arch, allocator, memoryMap } = dump;
  const { map } = readMemoryMap(memoryMap);
  const room = allocatorFor(allocator)!;
  const snapshot = room.decode(image.reader(), BigInt(heap), { release, arch, config: {} });
  return {
    ...dumpOf({ release, arch, inspect: (r, s, a) => room.inspect(r, s, a) }, image, snapshot, map),
    title: 'ram.bin',
    source: dump.source,
  };
}

/** Small requests, and every eighth of them given back: as many blocks as calls, about an eighth of them free. */
function manyCalls({ calls, asDump }: ManyCalls): Subject {
  const begin = performance.now();
  const [release, arch, allocator] = ['0.17.0', 'x86_64', 'tlsf'] as const;
  const bytes = Math.ceil((calls * 64) / 2 ** 20 + 4) * 2 ** 20;
  const regions = [
    { pbase: '0x10000000', vbase: '0x10000000', len: `0x${bytes.toString(16)}`, type: 'FREE', flags: ['READ', 'WRITE'] },
  ];
  const workload: RecordedOperation[] = [];
  for (let id = 1; id <= calls; id++) workload.push({ operation: { op: 'malloc', id, size: BigInt(8 + ((id * 7919) % 40)) } });
  for (let id = 4; id <= calls; id += 8) workload.push({ operation: { op: 'free', of: id } });
  const memoryMap = JSON.stringify({ release, arch, allocator, regions });
  const subject = simulationOf({ memoryMap, release, arch, allocator, source: 'made workload' }, workload);
  subject.simulation.runToEnd();
  window.made = { making: performance.now() - begin, opening: 0 };
  if (!asDump) {
    subject.simulation.snapshot();
    window.made = { making: performance.now() - begin, opening: 0 };
    return subject;
  }
  const image = imageOf(subject);
  const opened = performance.now();
  const { snapshot, map } = openDump([{ name: 'ram.bin', bytes: image.segments[0]!.bytes }], {
    at: image.segments[0]!.base,
    heap: `0x${subject.simulation.snapshot()!.heap.toString(16)}`,
    allocator,
    release,
    arch,
  });
  window.made = { making: opened - begin, opening: performance.now() - opened };
  return dumpOf(subject, image, snapshot!, map);
}

/** Pages of a buddy heap, three of four used, a few bytes asked for in each. */
function manyBlocks(count: number): Subject {
  const builder = new BlockBuilder();
  const base = 0x1000000000n;
  let random = 0x12345678;
  let free = 0;
  for (let i = 0; i < count; i++) {
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    const used = (random & 3) !== 0;
    if (!used) free++;
    builder.add(base + BigInt(i) * 4096n, 4096, used ? 'used' : 'free', 0, used ? (random >>> 8) % 4000 : -1);
  }
  const figures = {
    total: count * 4096,
    free: free * 4096,
    used: (count - free) * 4096,
    slack: -1,
    overhead: 0,
    usedBlocks: count - free,
    freeBlocks: free,
  };
  const shares = { largestFree: 4096, largestRequest: 4064, externalFragmentation: 1, internalFragmentation: 0, freeByClass: [] };
  return {
    kind: 'dump',
    title: 'made.bin',
    source: 'made up',
    release: '0.17.0',
    arch: 'x86_64',
    inspect: () => [],
    reader: MemoryImage.of([]).reader(),
    snapshot: {
      allocator: 'bbuddy',
      release: '0.17.0',
      profile: 'B14',
      heap: base,
      areas: [{ base, end: base + BigInt(count) * 4096n, by: 'init' }],
      blocks: BlockTable.of(builder),
      lists: [],
      structs: [],
      state: {},
      metrics: { ...figures, ...shares },
      findings: [],
      absent: [],
    },
  };
}
