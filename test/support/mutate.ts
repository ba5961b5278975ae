// Damage to files, drawn from a seed: the same seed and number give the same damage.

import { Xorshift32 } from '../../src/cli/bench/workload';

/** The generator of the benchmarks, for any seed and any range. */
export class Random extends Xorshift32 {
  constructor(seed: number) {
    super(seed | 0 || 1);
  }

  override below(n: number): number {
    return n <= 0 ? 0 : super.below(n);
  }
}

export const MUTATIONS = ['truncate', 'flip', 'duplicate', 'splice'] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** The file after one piece of damage of a kind; a copy. */
export function mutated(bytes: Uint8Array, kind: Mutation, random: Random): Uint8Array {
  const at = random.below(bytes.length);
  const length = 1 + random.below(Math.min(bytes.length, 1 << (1 + random.below(12))));
  const end = Math.min(bytes.length, at + length);
  switch (kind) {
    case 'truncate':
      return bytes.slice(0, at);
    case 'flip': {
      const copy = Uint8Array.from(bytes);
      copy[at]! ^= 1 << random.below(8);
      return copy;
    }
    case 'duplicate':
      return joined(bytes.subarray(0, end), bytes.subarray(at));
    case 'splice': {
      // A part from elsewhere stands where another one did.
      const from = random.below(bytes.length);
      return joined(bytes.subarray(0, at), bytes.subarray(from, Math.min(bytes.length, from + length)), bytes.subarray(end));
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
