// One input, read by whichever reader knows it.

import type { RecordedOperation } from '../allocators/ukalloc';
import type { RegionMap } from '../regions/descriptor';
import { readMemoryMap } from '../readers/memory-map';
import { isMemoryMapFile } from './ids';
import type { ConfigurationReader } from './surroundings';

export interface Reading {
  readonly map: RegionMap;
  /** Operations after the boot that the input itself holds. */
  readonly workload: readonly RecordedOperation[];
}

/** Undefined when no reader knows the text. */
export function readInput(name: string, text: string): Reading | undefined {
  return isMemoryMapFile(name) ? readMemoryMap(text) : undefined;
}

/** Build configurations that are looked for around an input. */
export const CONFIGURATION_READERS: readonly ConfigurationReader[] = [];
