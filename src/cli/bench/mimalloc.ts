// The two workloads of mimalloc: a fixed table of 2^20 sizes, log-uniform; 10 000 slots filled first, untimed; then a random slot
// is freed and filled with the next size, over and over. A free and a malloc count as two operations.

import { init } from '../../allocators/mimalloc/simulator';
import { Kernel } from '../../allocators/kernel';
import { SimMemory } from '../../memory/sim-memory';
import { secondsSince, Xorshift32, type Measurement, type Workload } from './workload';

const BASE = 0x1000_0000;
const GIB = 2 ** 30;
const SLOTS = 10_000;
const SIZES = 2 ** 20;
const SEED = 0x12345678;
/** Enough for compilation, which takes the first second or so, to matter little; the specification gives no number. */
const ROUNDS = 20_000_000;

/** Sizes from 16 to `largest` whose logarithms are spread evenly. */
function sizeTable(largest: number): Int32Array {
  const rnd = new Xorshift32(SEED);
  return Int32Array.from({ length: SIZES }, () => Math.floor(16 * (largest / 16) ** (rnd.next() / 2 ** 32)));
}

/** Random slots: drawn before the clock starts, as a generator in JavaScript would cost as much as an allocator. */
function slotTable(): Int32Array {
  const rnd = new Xorshift32(SEED + 1);
  return Int32Array.from({ length: SIZES }, () => rnd.next() % SLOTS);
}

function mixed(largest: number, rounds: number): Measurement {
  const kernel = new Kernel(new SimMemory(BASE, 4 * GIB));
  kernel.console.muted = true;
  const heap = init(kernel, BASE, 4 * GIB, { release: '0.10.0', arch: 'x86_64', config: {} })!;
  const sizes = sizeTable(largest);
  const order = slotTable();
  const slots = new Float64Array(SLOTS);
  let next = 0;
  for (let s = 0; s < SLOTS; s++) slots[s] = heap.malloc(sizes[next++]!);
  const start = performance.now();
  for (let i = 0; i < rounds; i++) {
    const s = order[i & (SIZES - 1)]!;
    heap.free(slots[s]!);
    slots[s] = heap.malloc(sizes[next++ & (SIZES - 1)]!);
  }
  const seconds = secondsSince(start);
  return { operations: 2 * rounds, seconds, checks: [liveBlocks(slots), emptied(heap, slots)] };
}

/** No two slots may hold one block, and none NULL. */
function liveBlocks(slots: Float64Array): Measurement['checks'][number] {
  const different = new Set([...slots].filter((p) => p !== 0)).size;
  return { name: 'live blocks', got: String(different), expected: String(SLOTS) };
}

/** When all is freed and collected, another run of mallocs must find the very first block again. */
function emptied(heap: NonNullable<ReturnType<typeof init>>, slots: Float64Array): Measurement['checks'][number] {
  for (const p of slots) heap.free(p);
  heap.direct.collect(0);
  let usable = 0;
  for (const s of slots.keys()) slots[s] = heap.malloc(16);
  for (const p of slots) usable += heap.direct.usable(p);
  return { name: 'usable bytes of 10000 small blocks', got: String(usable), expected: String(16 * SLOTS) };
}

export const workloads: readonly Workload[] = [
  { name: 'M1', what: 'mimalloc, 4 GiB: free and malloc(16…65536) at random slots', run: () => mixed(65536, ROUNDS) },
  { name: 'M2', what: 'mimalloc, 4 GiB: free and malloc(16…1024) at random slots', run: () => mixed(1024, ROUNDS) },
];
