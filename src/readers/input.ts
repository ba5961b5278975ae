// An input with all that it brings: its region descriptors, and for a memory-map file the operations after the boot as well.

import type { RecordedOperation } from '../allocators/ukalloc';
import type { RegionMap } from '../regions/descriptor';
import { detect, type DetectedKind } from './detect';
import { readMemoryMap } from './memory-map';
import { readRegions, type ReadContext } from './read-regions';
import { textOf } from './text-encoding';

export interface InputReading {
  readonly kind: DetectedKind;
  readonly map: RegionMap;
  /** Operations after the boot that the input itself brings. */
  readonly workload: readonly RecordedOperation[];
}

/** Never throws; an input without regions gives none and a problem that says why. `bytes` is the file, unpacked. */
export function readInput(name: string, bytes: Uint8Array, context: ReadContext = {}): InputReading {
  const kind = detect(name, bytes);
  if (kind !== 'memory-map') return { kind, map: readRegions(name, bytes, context), workload: [] };
  return { kind, ...readMemoryMap(textOf(bytes) ?? '', context.release) };
}
