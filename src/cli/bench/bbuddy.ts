// The workloads of the buddy and the region allocator: B1 to B4 and I1 to I3, release 0.17, heap at 0x1000000000.

import { Kernel } from '../../allocators/kernel';
import { init as initBuddy } from '../../allocators/bbuddy/simulator';
import { init as initRegion } from '../../allocators/region/simulator';
import type { AllocatorOptions } from '../../allocators/ukalloc';
import { SimMemory } from '../../memory/sim-memory';
import { PointerSum } from './pointer-sum';
import { secondsSince, Xorshift32, type Measurement, type Workload } from './workload';

const BASE = 0x10_0000_0000;
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const SLOTS = 10_000;
const SEED = 0x12345678;
const OPTIONS: AllocatorOptions = { release: '0.17.0', arch: 'x86_64', config: {} };

function buddy(bytes: number): ReturnType<typeof initBuddy> {
  return initBuddy(new Kernel(new SimMemory(BASE, bytes)), BASE, bytes, OPTIONS);
}

/** Free and malloc of mixed sizes at random slots. */
function mallocMix(): Measurement {
  const heap = buddy(4 * GIB);
  const rnd = new Xorshift32(SEED);
  const slots = new Float64Array(SLOTS);
  for (let s = 0; s < SLOTS; s++) slots[s] = heap.malloc(16 + rnd.below(65521));
  const rounds = 1_000_000;
  const sum = new PointerSum(BASE);
  const start = performance.now();
  for (let i = 0; i < rounds; i++) {
    const s = rnd.below(SLOTS);
    heap.free(slots[s]!);
    const p = heap.malloc(16 + rnd.below(65521));
    slots[s] = p;
    sum.add(p);
  }
  const seconds = secondsSince(start);
  return { operations: 2 * rounds, seconds, checks: [sum.check('0xf4ec6b015e1800'), freePages(heap, 940787)] };
}

/** The same with whole pages. */
function pageMix(): Measurement {
  const heap = buddy(4 * GIB);
  const rnd = new Xorshift32(SEED);
  const slots = new Float64Array(SLOTS);
  const pages = new Int32Array(SLOTS);
  for (let s = 0; s < SLOTS; s++) {
    pages[s] = 1 + rnd.below(16);
    slots[s] = heap.palloc(pages[s]!);
  }
  const rounds = 1_000_000;
  const sum = new PointerSum(BASE);
  const start = performance.now();
  for (let i = 0; i < rounds; i++) {
    const s = rnd.below(SLOTS);
    heap.pfree(slots[s]!, pages[s]!);
    const n = 1 + rnd.below(16);
    pages[s] = n;
    const p = heap.palloc(n);
    slots[s] = p;
    sum.add(p);
  }
  const seconds = secondsSince(start);
  return { operations: 2 * rounds, seconds, checks: [sum.check('0xf4ee68847e1000'), freePages(heap, 941787)] };
}

/** One page taken and given back, over and over. */
function onePage(): Measurement {
  const heap = buddy(128 * MIB);
  const rounds = 2_000_000;
  const sum = new PointerSum(BASE);
  const start = performance.now();
  for (let i = 0; i < rounds; i++) {
    const p = heap.palloc(1);
    heap.pfree(p, 1);
    sum.add(p);
  }
  const seconds = secondsSince(start);
  return { operations: 2 * rounds, seconds, checks: [sum.check('0x1e84805b8d80000'), freePages(heap, 32765)] };
}

/** The region allocator, until 10 000 000 blocks are handed out. */
function bump(): Measurement {
  const heap = initRegion(new Kernel(new SimMemory(BASE, 4 * GIB)), BASE, 4 * GIB, OPTIONS)!;
  const rnd = new Xorshift32(SEED);
  const rounds = 10_000_000;
  const sum = new PointerSum(BASE);
  const start = performance.now();
  for (let i = 0; i < rounds; i++) sum.add(heap.malloc(16 + rnd.below(241)));
  const seconds = secondsSince(start);
  const left = { name: 'bytes left', got: String(heap.availmem()), expected: '2900105249' };
  return { operations: rounds, seconds, checks: [sum.check('0x9a22f07196147c0'), left] };
}

function freePages(heap: ReturnType<typeof initBuddy>, expected: number): Measurement['checks'][number] {
  return { name: 'free pages', got: String(heap.pavailmem()), expected: String(expected) };
}

function initialisation(name: string, bytes: number, size: string): Workload {
  return {
    name,
    what: `bbuddy init of ${size} of untouched memory`,
    run: () => {
      const start = performance.now();
      const heap = buddy(bytes);
      const seconds = secondsSince(start);
      // One page for the allocator, and per page of the rest one bit behind a 40-byte record.
      const pages = bytes / 4096 - 1;
      const metadata = Math.ceil((40 + Math.ceil(pages / 8)) / 4096);
      return { operations: 1, seconds, checks: [freePages(heap, pages - metadata)] };
    },
  };
}

export const workloads: readonly Workload[] = [
  { name: 'B1', what: 'bbuddy, 4 GiB: free and malloc(16…65536) at random slots', run: mallocMix },
  { name: 'B2', what: 'bbuddy, 4 GiB: pfree and palloc(1…16) at random slots', run: pageMix },
  { name: 'B3', what: 'bbuddy, 128 MiB: palloc(1) and pfree', run: onePage },
  { name: 'B4', what: 'region, 4 GiB: malloc(16…256)', run: bump },
  initialisation('I1', 128 * MIB, '128 MiB'),
  initialisation('I2', 4 * GIB, '4 GiB'),
  initialisation('I3', 64 * GIB, '64 GiB'),
  initialisation('I4', 1024 * GIB, '1 TiB'),
];
