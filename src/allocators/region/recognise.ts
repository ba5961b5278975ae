// Is this a region allocator? Two words are all that tells, so this is the weakest of all: it wants them to fit the heap's address.

import type { Reader } from '../../memory/reader';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions, Recognition } from '../ukalloc';
import { Downward, Upward } from './layout';
import { regionProfile } from './profiles';

/** A region larger than this is not believed. */
const LARGEST = 2n ** 42n;

export function recognise(reader: Reader, heap: bigint, options: AllocatorOptions): Recognition | undefined {
  const profile = regionProfile(options.release);
  if (profile === undefined) return undefined;
  const words = heap + BigInt(ukAllocLayout(ukAllocProfile(options.release), options.config).size);
  const bottom = words + BigInt(Upward.size);
  if (profile.downward) {
    const [pos, base] = [Downward.heap_pos, Downward.heap_base].map((at) => reader.u64(words + BigInt(at)));
    if (base !== bottom || pos === undefined || pos < bottom || pos - bottom > LARGEST) return undefined;
    return { says: 'heap_base is the first byte after the two words, and heap_pos lies above it', words: 2 };
  }
  const [top, base] = [Upward.heap_top, Upward.heap_base].map((at) => reader.u64(words + BigInt(at)));
  if (top === undefined || base === undefined || base < bottom || base > top || top - bottom > LARGEST) return undefined;
  return { says: 'heap_base and heap_top lie in this order behind the two words', words: 2 };
}
