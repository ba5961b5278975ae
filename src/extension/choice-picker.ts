// Asks for what neither the input nor its surroundings nor the settings say.

import * as vscode from 'vscode';
import type { AllocatorId } from '../regions/allocator-id';
import type { RegionMap } from '../regions/descriptor';
import type { Release } from '../regions/release';
import { allocatorsToOffer, assume, likelyRelease, releasesToOffer } from '../timeline/choices';
import type { Choices, Known } from '../timeline/choices';

/** Undefined when the user backs out. */
export async function completeChoices(known: Known, map: RegionMap): Promise<Choices | undefined> {
  const release = known.release ?? (await askRelease(map));
  if (release === undefined) return undefined;
  const allocator = known.allocator ?? (await askAllocator(release));
  if (allocator === undefined) return undefined;
  return assume({ ...known, release, allocator }, map).choices;
}

async function askRelease(map: RegionMap): Promise<Release | undefined> {
  const likely = likelyRelease(map);
  const items = releasesToOffer(map).map((release) => ({
    label: release,
    ...(release === likely && { description: 'fits these descriptors' }),
    release,
  }));
  const options = { title: 'Simulate ukboot: Unikraft release (1/2)', placeHolder: 'Release whose behaviour is simulated' };
  return (await vscode.window.showQuickPick(items, options))?.release;
}

async function askAllocator(release: Release): Promise<AllocatorId | undefined> {
  const items = allocatorsToOffer(release).map(({ id, title, library }) => ({
    label: id,
    description: title,
    detail: library,
    id,
  }));
  const options = { title: 'Simulate ukboot: allocator (2/2)', placeHolder: 'Allocator that ukboot initialises' };
  return (await vscode.window.showQuickPick(items, options))?.id;
}
