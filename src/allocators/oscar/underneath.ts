// The canonical heap below, as its own decoder reads it. A dump may be entered at the shim or at the canonical struct uk_alloc, and
// may be of a build with statistics whose option nobody said: what reads with the fewest errors is taken.

import type { Reader } from '../../memory/reader';
import { isSet } from '../../regions/release';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { Allocator, AllocatorOptions } from '../ukalloc';
import { toBigInt } from '../../memory/address';
import { Statics } from './layout';

const IFSTATS = 'CONFIG_LIBUKALLOC_IFSTATS';

export interface CanonicalHeap {
  readonly snapshot: HeapSnapshot;
  /** With what was found out about the build. */
  readonly options: AllocatorOptions;
  /** Is this the simulated kernel, whose variables have known addresses? */
  readonly simulated: boolean;
}

/** @param heap address of a struct uk_alloc: the shim's or the canonical one's */
export function readCanonical(reader: Reader, canonical: Allocator, heap: bigint, options: AllocatorOptions): CanonicalHeap {
  if (heap === toBigInt(Statics.shim)) {
    const shimmed = reader.u64(toBigInt(Statics.shimmed)) ?? 0n;
    return { snapshot: canonical.decode(reader, shimmed, options), options, simulated: true };
  }
  let best: CanonicalHeap | undefined;
  let fewest = Infinity;
  for (const candidate of candidates(reader, heap, options)) {
    const snapshot = canonical.decode(reader, candidate.heap, candidate.options);
    const errors = snapshot.areas.length === 0 ? Infinity : snapshot.findings.filter((f) => f.severity === 'error').length;
    if (best === undefined || errors < fewest) {
      best = { snapshot, options: candidate.options, simulated: false };
      fewest = errors;
    }
    if (errors === 0) break;
  }
  return best!;
}

function* candidates(
  reader: Reader,
  heap: bigint,
  options: AllocatorOptions,
): Generator<{ heap: bigint; options: AllocatorOptions }> {
  const other = isSet(options.config, IFSTATS) ? 'n' : 'y';
  const builds = [options, { ...options, config: { ...options.config, [IFSTATS]: other } }];
  for (const build of builds) yield { heap, options: build };
  for (const build of builds) {
    const { next } = ukAllocLayout(ukAllocProfile(build.release), build.config);
    const below = reader.u64(heap + BigInt(next));
    if (below !== undefined && below !== 0n) yield { heap: below, options: build };
  }
}
