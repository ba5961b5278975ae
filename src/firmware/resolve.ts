// From what a reader found to the list that is simulated: a firmware's map becomes the list that the release makes of it.

import type { Descriptor, RegionMap } from '../regions/descriptor';
import { toDescriptor } from '../regions/regions';
import { buildList } from './build';
import type { ListChoices } from './builder';
import { runProblems } from './findings';
import type { ListItem, ListRun } from './types';

/** A map with the list that a boot works on, and what is to be known of it among its problems, and the run that made it, where one did. */
export interface ResolvedMap {
  readonly map: RegionMap;
  readonly run?: ListRun;
}

/**
 * The map itself when it has a list; else with the one made from its firmware's map. The same map resolved twice is the same.
 */
export function resolveMap(map: RegionMap, choices: ListChoices): ResolvedMap {
  if (map.firmware === undefined) return { map };
  const run = buildList(map.firmware, choices);
  const told = new Set(map.problems.map((p) => `${p.code} ${p.message}`));
  const more = runProblems(run).filter((p) => !told.has(`${p.code} ${p.message}`));
  return { map: { ...map, descriptors: descriptorsOf(run.final, run), problems: [...map.problems, ...more] }, run };
}

/** A list of the run as descriptors. Each stands where the largest part of its memory is said to be, if a source says so. */
export function descriptorsOf(items: readonly ListItem[], run: ListRun): Descriptor[] {
  return items.map(({ region, pieces }) => {
    const largest = pieces.reduce<bigint>((most, p) => (p.end - p.base > most ? p.end - p.base : most), 0n);
    const piece = pieces.find((p) => p.end - p.base === largest);
    return toDescriptor(region, run.release, piece && run.sources[piece.source]?.where);
  });
}
