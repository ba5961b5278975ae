// The heap that the design's aggregated picture shows: benchmark B1 of the buddy allocator's specification, after which every second
// block was freed.

import { allocatorFor } from '../../src/allocators/registry';
import { Kernel } from '../../src/allocators/kernel';
import { init } from '../../src/allocators/bbuddy/simulator';
import { Xorshift32 } from '../../src/cli/bench/workload';
import { simReader } from '../../src/memory/reader';
import { SimMemory } from '../../src/memory/sim-memory';
import { readMemoryMap } from '../../src/readers/memory-map';
import type { DumpSubject } from '../../src/view/subject';

const BASE = 0x10_0000_0000;
const BYTES = 4 * 2 ** 30;
const SLOTS = 10_000;
const ROUNDS = 1_000_000;
const OPTIONS = { release: '0.17.0', arch: 'x86_64', config: {} } as const;

/** 10 000 requests of 16 … 65536 bytes, a million times one of them freed and made anew, then slots 0, 2, 4 … freed. */
export function fragmented(rounds = ROUNDS): DumpSubject {
  const mem = new SimMemory(BASE, BYTES);
  const heap = init(new Kernel(mem), BASE, BYTES, OPTIONS);
  const rnd = new Xorshift32(0x12345678);
  const slots = Array.from({ length: SLOTS }, () => heap.malloc(16 + rnd.below(65521)));
  for (let i = 0; i < rounds; i++) {
    const s = rnd.below(SLOTS);
    heap.free(slots[s]!);
    slots[s] = heap.malloc(16 + rnd.below(65521));
  }
  for (let s = 0; s < SLOTS; s += 2) heap.free(slots[s]!);
  const room = allocatorFor('bbuddy')!;
  const region = { pbase: '0x1000000000', len: '0x100000000', type: 'FREE', flags: ['READ', 'WRITE'] };
  const { map } = readMemoryMap(JSON.stringify({ ...OPTIONS, allocator: 'bbuddy', regions: [region] }));
  const reader = simReader(mem);
  return {
    kind: 'dump',
    title: 'b1.bin',
    source: 'workload B1, every second block freed',
    release: OPTIONS.release,
    arch: OPTIONS.arch,
    inspect: (from, snapshot, address) => room.inspect(from, snapshot, address),
    map,
    reader,
    snapshot: room.decode(reader, BigInt(BASE), OPTIONS),
  };
}
