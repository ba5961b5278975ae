// The workload of TLSF: 128 MiB, as the native C was measured with.

import { Kernel } from '../../allocators/kernel';
import { init } from '../../allocators/tlsf/simulator';
import type { AllocatorOptions } from '../../allocators/ukalloc';
import { SimMemory } from '../../memory/sim-memory';
import { BASE, mallocMix } from './malloc-mix';
import { secondsSince, type Workload } from './workload';

const MIB = 2 ** 20;
const OPTIONS: AllocatorOptions = { release: '0.17.0', arch: 'x86_64', config: {} };

function heap(bytes: number): NonNullable<ReturnType<typeof init>> {
  return init(new Kernel(new SimMemory(BASE, bytes)), BASE, bytes, OPTIONS)!;
}

export const workloads: readonly Workload[] = [
  {
    name: 'T1',
    what: 'TLSF, 128 MiB: free or malloc(16…65535) at 10000 random slots',
    run: () => mallocMix(heap(128 * MIB), { slots: 10_000, rounds: 4_000_000, largestPower: 16, checksum: '0x7a2fb2717eed20' }),
  },
  {
    name: 'T2',
    what: 'TLSF, 128 MiB: malloc(100) and free of the only block',
    run: () => {
      const only = heap(128 * MIB);
      const rounds = 2_000_000;
      let last = 0;
      const start = performance.now();
      for (let i = 0; i < rounds; i++) {
        last = only.malloc(100);
        only.free(last);
      }
      const seconds = secondsSince(start);
      const checks = [{ name: 'address', got: `0x${last.toString(16)}`, expected: '0x400001940' }];
      return { operations: 2 * rounds, seconds, checks };
    },
  },
];
