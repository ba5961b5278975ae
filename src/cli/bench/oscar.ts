// Oscar's workloads. Its specification gives none: these measure what a shadow costs, and prove their work by the counters.

import { oscarOver } from '../../allocators/oscar';
import { counterAddress, type Counter } from '../../allocators/oscar/layout';
import { bbuddy } from '../../allocators/bbuddy';
import { Kernel } from '../../allocators/kernel';
import type { AllocatorOptions, Heap } from '../../allocators/ukalloc';
import { SimMemory } from '../../memory/sim-memory';
import { secondsSince, Xorshift32, type Check, type Measurement, type Workload } from './workload';

const BASE = 0x1000_0000;
const LENGTH = 64 * 2 ** 20;
const SEED = 0x12345678;
const PAIRS = 200_000;

class Bench {
  readonly heap: Heap;
  private readonly mem: SimMemory;

  constructor(options: Pick<AllocatorOptions, 'release' | 'config'>) {
    this.mem = new SimMemory(BASE, LENGTH);
    this.heap = oscarOver([bbuddy]).init(new Kernel(this.mem), BASE, LENGTH, { arch: 'x86_64', ...options })!;
  }

  check(counter: Counter, expected: number): Check {
    return { name: counter, got: String(this.mem.ptr(counterAddress(counter))), expected: String(expected) };
  }
}

/** malloc and free of one object, over and over: its leaf table comes and goes with it. */
function pairs(): Measurement {
  const bench = new Bench({ release: '0.3.1', config: {} });
  const { heap } = bench;
  const start = performance.now();
  for (let i = 0; i < PAIRS; i++) heap.free(heap.malloc(24));
  return {
    operations: 2 * PAIRS,
    seconds: secondsSince(start),
    checks: [bench.check('maps', PAIRS), bench.check('unmaps', PAIRS)],
  };
}

/** Objects at random slots are replaced, so that leaf tables stay in use for long. */
function slots(): Measurement {
  const bench = new Bench({ release: '0.3.1', config: {} });
  const { heap } = bench;
  const rnd = new Xorshift32(SEED);
  const live = Float64Array.from({ length: 1000 }, () => heap.malloc(24));
  const start = performance.now();
  for (let i = 0; i < PAIRS; i++) {
    const s = rnd.next() % live.length;
    heap.free(live[s]!);
    live[s] = heap.malloc(24);
  }
  const seconds = secondsSince(start);
  return { operations: 2 * PAIRS, seconds, checks: [bench.check('maps', PAIRS + live.length), bench.check('unmaps', PAIRS)] };
}

/** The paper's scheme with refresh: one operation a pair instead of two. */
function refreshed(): Measurement {
  const bench = new Bench({ release: '0.17.0', config: { CONFIG_LIBOSCAR_PAPER: 'y', CONFIG_LIBOSCAR_REFRESH: 'y' } });
  const { heap } = bench;
  const start = performance.now();
  for (let i = 0; i < PAIRS; i++) heap.free(heap.malloc(24));
  return {
    operations: 2 * PAIRS,
    seconds: secondsSince(start),
    checks: [bench.check('maps', 1), bench.check('refreshes', PAIRS)],
  };
}

export const workloads: readonly Workload[] = [
  { name: 'O1', what: 'Oscar (wilde on bbuddy 0.3.1), 64 MiB: malloc(24) and free', run: pairs },
  { name: 'O2', what: 'Oscar (wilde on bbuddy 0.3.1), 64 MiB: free and malloc(24) at 1000 random slots', run: slots },
  { name: 'O3', what: 'Oscar (paper with refresh on bbuddy 0.17), 64 MiB: malloc(24) and free', run: refreshed },
];
