// Asks for what neither the input nor its surroundings nor the settings say.

import type { AllocatorId } from '../regions/allocator-id';
import type { RegionMap } from '../regions/descriptor';
import type { Release } from '../regions/release';
import { allocatorsToOffer, assume, likelyRelease, releasesToOffer } from '../timeline/choices';
import type { Choices, Known } from '../timeline/choices';
import { pickOne } from './pick';

type Described = Pick<RegionMap, 'descriptors'>;

/** Undefined when the user backs out. */
export async function completeChoices(known: Known, map: Described): Promise<Choices | undefined> {
  const release = known.release ?? (await askRelease(map, 'Simulate ukboot'));
  if (release === undefined) return undefined;
  const allocator = known.allocator ?? (await askAllocator(release, 'Simulate ukboot'));
  if (allocator === undefined) return undefined;
  return assume({ ...known, release, allocator }, map).choices;
}

/** @param action what is being done, for the title */
export async function askRelease(map: Described, action: string): Promise<Release | undefined> {
  const likely = likelyRelease(map);
  const items = releasesToOffer(map).map((release) => ({
    label: release,
    ...(release === likely && { description: 'fits these descriptors' }),
    release,
  }));
  const options = { title: `${action}: Unikraft release`, placeHolder: 'Release whose behaviour counts' };
  return (await pickOne(items, options))?.release;
}

/** @param action what is being done, for the title */
export async function askAllocator(release: Release, action: string): Promise<AllocatorId | undefined> {
  const items = allocatorsToOffer(release).map(({ id, title, library }) => ({
    label: id,
    description: title,
    detail: library,
    id,
  }));
  const options = { title: `${action}: allocator`, placeHolder: 'Allocator that ukboot initialises' };
  return (await pickOne(items, options))?.id;
}
