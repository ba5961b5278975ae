// Release, allocator, architecture and options of a simulation: who says them, and what is left to ask.
//
// The input itself comes first, then the build configuration found near it, then the user's settings. What none of them says is asked
// where somebody can answer, and assumed (and said to be assumed) where nobody can, as in a hover.

import { ALLOCATORS } from '../allocators/registry';
import type { AllocatorId } from '../regions/allocator-id';
import type { Era, Hints, RegionMap } from '../regions/descriptor';
import { eraOf } from '../regions/eras';
import { DEFAULT_RELEASE, RELEASES } from '../regions/release';
import type { Architecture, Config, Release } from '../regions/release';

/** Hints and where they are from, in words: `.config`. */
export interface NamedHints {
  readonly from: string;
  readonly hints: Hints;
}

/** What is known before anybody is asked. */
export interface Known {
  readonly release?: Release;
  readonly allocator?: AllocatorId;
  readonly arch?: Architecture;
  readonly config: Config;
  /** Where release and allocator came from when not from the input: `release from .config`. */
  readonly notes: readonly string[];
}

/** Everything that a simulation needs beside the regions. */
export interface Choices {
  readonly release: Release;
  readonly allocator: AllocatorId;
  readonly arch: Architecture;
  readonly config: Config;
}

const DEFAULT_ALLOCATOR: AllocatorId = 'bbuddy';
const DEFAULT_ARCH: Architecture = 'x86_64';

/** @param sources the first one that says something wins; options are merged, the first one wins for each symbol */
export function known(sources: readonly NamedHints[]): Known {
  const first = (key: 'release' | 'allocator' | 'arch'): NamedHints | undefined =>
    sources.find((s) => s.hints[key] !== undefined);
  const notes: string[] = [];
  for (const key of ['release', 'allocator'] as const) {
    const source = first(key);
    if (source !== undefined && source !== sources[0]) notes.push(`${key} from ${source.from}`);
  }
  const release = first('release')?.hints.release;
  const allocator = first('allocator')?.hints.allocator;
  const arch = first('arch')?.hints.arch;
  const config: Config = Object.assign({}, ...sources.map((s) => s.hints.config ?? {}).reverse()) as Config;
  return { ...(release && { release }), ...(allocator && { allocator }), ...(arch && { arch }), config, notes };
}

/** Fills what is missing with the usual values, and says which. */
export function assume(found: Known, map: Pick<RegionMap, 'descriptors'>): { choices: Choices; assumed: string[] } {
  const assumed: string[] = [];
  if (found.release === undefined) assumed.push(`release ${likelyRelease(map)}`);
  if (found.allocator === undefined) assumed.push(`allocator ${DEFAULT_ALLOCATOR}`);
  return {
    choices: {
      release: found.release ?? likelyRelease(map),
      allocator: found.allocator ?? DEFAULT_ALLOCATOR,
      arch: found.arch ?? DEFAULT_ARCH,
      config: found.config,
    },
    assumed,
  };
}

/** The release to offer first: the usual one, or the newest whose descriptors look like these. */
export function likelyRelease({ descriptors }: Pick<RegionMap, 'descriptors'>): Release {
  const era = descriptors[0]?.era;
  return era === undefined || eraOf(DEFAULT_RELEASE) === era ? DEFAULT_RELEASE : newestOf(era);
}

function newestOf(era: Era): Release {
  return RELEASES.find((release) => eraOf(release) === era) ?? DEFAULT_RELEASE;
}

/** Releases to choose from, likely ones first. Those with other descriptors follow: the list may have been misread. */
export function releasesToOffer(map: Pick<RegionMap, 'descriptors'>): Release[] {
  const likely = likelyRelease(map);
  const era = eraOf(likely);
  const same = RELEASES.filter((release) => release !== likely && eraOf(release) === era);
  const others = RELEASES.filter((release) => eraOf(release) !== era);
  return [likely, ...same, ...others];
}

export interface AllocatorOffer {
  readonly id: AllocatorId;
  readonly title: string;
  readonly library: string;
}

/** Allocators that exist in a release and can be simulated. */
export function allocatorsToOffer(release: Release): AllocatorOffer[] {
  return ALLOCATORS.filter((a) => a.profile(release) !== undefined).map(({ id, title, library }) => ({ id, title, library }));
}
