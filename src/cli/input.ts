// The input of simulate and regions: anything in which a reader finds descriptors.

import type { RecordedOperation } from '../allocators/ukalloc';
import { readInput } from '../readers/input';
import type { RegionMap } from '../regions/descriptor';
import { Unusable } from './command-line';
import { nameOf, readBytes } from './files';
import { problemText } from './regions-text';

export interface Input {
  readonly map: RegionMap;
  /** Operations that the input itself brings (a memory-map file's workload). */
  readonly workload: readonly RecordedOperation[];
}

/** @throws Unusable when nothing in it can be read as descriptors */
export function readInputFile(path: string): Input {
  const bytes = readBytes(path);
  const { map, workload } = readInput(nameOf(path), bytes);
  if (map.descriptors.length === 0 && map.firmware === undefined) {
    const why = map.problems.find((p) => p.severity === 'error');
    if (why !== undefined) throw new Unusable(`${path}: ${problemText(why)}`);
    if (map.kind !== 'memory-map') throw new Unusable(`${path}: no memory-region descriptors in it`);
  }
  return { map, workload };
}
