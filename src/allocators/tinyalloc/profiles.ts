// lib-tinyalloc by release and configuration. The library has been the same since its first release, 0.5; what moved is the struct
// uk_alloc in front of it.

import { intOf, isSet, profileFor, type Config, type Release } from '../../regions/release';

export interface TinyallocProfile {
  readonly name: string;
  readonly from: Release;
}

const PROFILES: readonly TinyallocProfile[] = [
  { name: 'Y05', from: '0.5.0' },
  { name: 'Y06', from: '0.6.0' },
];

/** Undefined before 0.5, which did not have this library. */
export function tinyallocProfile(release: Release): TinyallocProfile | undefined {
  return profileFor(PROFILES, release);
}

export const HEAP_BLOCKS = 'CONFIG_LIBTINYALLOC_HEAP_BLOCKS';
export const SPLIT_THRESH = 'CONFIG_LIBTINYALLOC_SPLIT_THRESH';
export const ALIGNMENT = 'CONFIG_LIBTINYALLOC_ALIGNMENT';
export const DISABLE_SPLIT = 'CONFIG_LIBTINYALLOC_DISABLE_SPLIT';
export const DISABLE_COMPACT = 'CONFIG_LIBTINYALLOC_DISABLE_COMPACT';

export interface TinyallocConfig {
  /** The three integers are copied into the heap at init and read from there. */
  readonly heapBlocks: number;
  readonly splitThresh: number;
  readonly alignment: number;
  /** The two switches are compiled in and leave no mark in memory. */
  readonly splits: boolean;
  readonly compacts: boolean;
}

export function tinyallocConfig(config: Config): TinyallocConfig {
  return {
    heapBlocks: intOf(config, HEAP_BLOCKS, 2048),
    splitThresh: intOf(config, SPLIT_THRESH, 16),
    alignment: intOf(config, ALIGNMENT, 8),
    splits: !isSet(config, DISABLE_SPLIT),
    compacts: !isSet(config, DISABLE_COMPACT),
  };
}
