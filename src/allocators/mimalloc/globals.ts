// Where the C globals are: said by symbols, known for a simulated kernel, or not known at all. And which of the two layouts the
// build has: said by the configuration, else seen in the table of block sizes that both keep at another place.

import { toBigInt } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { codeAddress } from '../layers/struct';
import type { AllocatorOptions } from '../ukalloc';
import { DEBUG_BUILD, Queue, RELEASE_BUILD, type Build } from './layout';
import { BLOCK_SIZES } from './size-classes';
import { simulatedSymbols, Statics, type StaticName } from './statics';

export type Globals = Readonly<Partial<Record<StaticName, bigint>>>;

/** @param heap address of the struct uk_alloc */
export function findGlobals(reader: Reader, heap: bigint, options: AllocatorOptions): Globals {
  const malloc = reader.u64(heap);
  const simulated = ['uk_mimalloc_region_malloc', 'uk_mimalloc_malloc'].some((fn) => malloc === toBigInt(codeAddress(fn)));
  const symbols = simulated ? simulatedSymbols() : options.symbols;
  const globals: Partial<Record<StaticName, bigint>> = {};
  for (const name of Object.keys(Statics) as StaticName[]) {
    const address = symbols?.get(name);
    if (address !== undefined) globals[name] = address;
  }
  return globals;
}

/** How the build was found, for people. */
export interface FoundBuild {
  readonly build: Build;
  readonly by: 'memory' | 'configuration' | 'default';
}

/** Memory decides where it tells, because a heap of one layout read by the other is nonsense from end to end. */
export function findBuild(reader: Reader, globals: Globals, options: AllocatorOptions): FoundBuild {
  const heap = globals._mi_heap_main;
  if (heap !== undefined) {
    for (const build of [RELEASE_BUILD, DEBUG_BUILD]) if (hasQueuesAt(reader, heap, build)) return { build, by: 'memory' };
  }
  const level = Number(options.config.CONFIG_MIMALLOC_DEBUG ?? options.config.MI_DEBUG ?? NaN);
  if (Number.isNaN(level)) return { build: RELEASE_BUILD, by: 'default' };
  return { build: level >= 1 ? DEBUG_BUILD : RELEASE_BUILD, by: 'configuration' };
}

function hasQueuesAt(reader: Reader, heap: bigint, build: Build): boolean {
  return [1, 8, 32, 60].every(
    (bin) => reader.u64(heap + BigInt(build.heap.pages + bin * Queue.size + Queue.block_size)) === BigInt(BLOCK_SIZES[bin]!),
  );
}
