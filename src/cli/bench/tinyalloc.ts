// The workload of tinyalloc. Its specification gives none: this is the mix of TLSF with as many blocks as the descriptor table takes.
// The checksum and the speed of native C come from a model in C that was written from the specification.

import { Kernel } from '../../allocators/kernel';
import { init } from '../../allocators/tinyalloc/simulator';
import { SimMemory } from '../../memory/sim-memory';
import { BASE, mallocMix } from './malloc-mix';
import type { Workload } from './workload';

const BYTES = 64 * 2 ** 20;

export const workloads: readonly Workload[] = [
  {
    name: 'Y1',
    what: 'tinyalloc, 64 MiB: free or malloc(16…4095) at 1000 random slots',
    run: () => {
      const heap = init(new Kernel(new SimMemory(BASE, BYTES)), BASE, BYTES, { release: '0.17.0', arch: 'x86_64', config: {} });
      return mallocMix(heap!, { slots: 1000, rounds: 400_000, largestPower: 12, checksum: '0xc30e278a4fd50' });
    },
  },
];
