// What the harness shows: real captured boots, and small ones made for a state.

import { Capture } from '../support/captures';
import type { Scenario } from './harness-page';

/** A captured boot with everything that was called on its heap up to the end of the kernel's main(). */
export function capturedBoot(name: string): Scenario {
  const capture = new Capture(name);
  const { release, arch, allocator, descriptors } = capture.facts;
  const typed = (release.startsWith('0.17') ? { pg_off: 0 } : {}) as Record<string, unknown>;
  const regions = (descriptors ?? []).map(({ pbase, vbase, len, type, flags }) => ({ pbase, vbase, len, type, flags, ...typed }));
  return {
    memoryMap: JSON.stringify({ release, arch, allocator, regions }),
    workload: new TextDecoder().decode(capture.bytes('alloc-trace.jsonl')),
    release,
    arch,
    allocator,
    source: 'memory map + recorded calls',
  };
}

/** A boot on regions written as in a memory-map file, and nothing after it. */
export function memoryMap(regions: readonly Record<string, unknown>[]): Scenario {
  const [release, arch, allocator] = ['0.17.0', 'x86_64', 'bbuddy'] as const;
  return {
    memoryMap: JSON.stringify({ release, arch, allocator, regions }),
    workload: '[]',
    release,
    arch,
    allocator,
    source: 'memory-map file',
  };
}
