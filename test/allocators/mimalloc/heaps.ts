// A simulated mimalloc heap for tests, ready or early.

import { Kernel } from '../../../src/allocators/kernel';
import { mimalloc } from '../../../src/allocators/mimalloc';
import { init, type Mimalloc } from '../../../src/allocators/mimalloc/simulator';
import type { AllocatorOptions } from '../../../src/allocators/ukalloc';
import { toBigInt } from '../../../src/memory/address';
import { simReader } from '../../../src/memory/reader';
import { SimMemory } from '../../../src/memory/sim-memory';
import type { MimallocDetails } from '../../../src/snapshot/mimalloc';
import type { Finding, HeapSnapshot } from '../../../src/snapshot/snapshot';

export const OPTIONS: AllocatorOptions = { release: '0.10.0', arch: 'x86_64', config: {} };
export const MIB = 2 ** 20;
/** The first usable address under QEMU, as in the specification's worked example. */
export const BASE = 0x11e000;

export interface TestHeap {
  readonly kernel: Kernel;
  readonly heap: Mimalloc;
}

/** In early mode. */
export function earlyHeap(bytes: number, base = BASE): TestHeap {
  const kernel = new Kernel(new SimMemory(base, bytes));
  const heap = init(kernel, base, bytes, OPTIONS)!;
  heap.direct.early(1);
  kernel.console.take();
  return { kernel, heap };
}

/** With the thread ready, so that the first malloc makes the switch. */
export function readyHeap(bytes: number, base = BASE): TestHeap {
  const made = earlyHeap(bytes, base);
  made.heap.direct.early(0);
  return made;
}

export function decode({ kernel, heap }: TestHeap): HeapSnapshot {
  return mimalloc.decode(simReader(kernel.mem), toBigInt(heap.address), OPTIONS);
}

export function details(snapshot: HeapSnapshot): MimallocDetails {
  if (snapshot.details?.kind !== 'mimalloc') throw new Error('not a mimalloc heap');
  return snapshot.details;
}

export function errors(snapshot: HeapSnapshot): readonly Finding[] {
  return snapshot.findings.filter((f) => f.severity === 'error');
}

/** Codes of all findings, each once. */
export function codes(snapshot: HeapSnapshot): readonly string[] {
  return [...new Set(snapshot.findings.map((f) => f.code))];
}

/** Messages of the debug level that the last calls printed. */
export function debugLines({ kernel }: TestHeap): readonly string[] {
  return kernel.console
    .take()
    .filter((l) => l.level === 'debug')
    .map((l) => l.text);
}
