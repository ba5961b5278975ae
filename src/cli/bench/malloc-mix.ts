// The mix of free and malloc at random slots that TLSF and tinyalloc are measured with, release 0.17, heap at 0x400000000.

import type { Heap } from '../../allocators/ukalloc';
import { PointerSum } from './pointer-sum';
import { secondsSince, Xorshift32, type Measurement } from './workload';

export const BASE = 0x4_0000_0000;
const SEED = 1;

export interface MallocMix {
  readonly slots: number;
  readonly rounds: number;
  /** Sizes are 2^e + rnd % 2^e with e from 4 to this less one. */
  readonly largestPower: number;
  /** Sum of the pointers given in the timed part, modulo 2^64. */
  readonly checksum: string;
}

/** Fills all slots, then frees a random one if it is filled, or fills it if it is not. */
export function mallocMix(heap: Heap, { slots: count, rounds, largestPower, checksum }: MallocMix): Measurement {
  const rnd = new Xorshift32(SEED);
  const powers = largestPower - 4;
  const slots = new Float64Array(count);
  for (let s = 0; s < count; s++) {
    const e = 4 + rnd.below(powers);
    slots[s] = heap.malloc((1 << e) + (rnd.next() & ((1 << e) - 1)));
  }
  const sum = new PointerSum(BASE);
  let given = 0;
  const start = performance.now();
  for (let i = 0; i < rounds; i++) {
    const s = rnd.below(count);
    const p = slots[s]!;
    if (p !== 0) {
      heap.free(p);
      slots[s] = 0;
      continue;
    }
    const e = 4 + rnd.below(powers);
    const q = heap.malloc((1 << e) + (rnd.next() & ((1 << e) - 1)));
    slots[s] = q;
    if (q === 0) continue; // NULL adds nothing to the sum, but PointerSum counts from the base
    given++;
    sum.add(q);
  }
  const seconds = secondsSince(start);
  const met = { name: 'requests met', got: given > 0 ? 'some' : 'none', expected: 'some' };
  return { operations: rounds, seconds, checks: [sum.check(checksum), met] };
}
