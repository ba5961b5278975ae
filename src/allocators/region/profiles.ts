// lib/ukallocregion by release.

import { profileFor, type Release } from '../../regions/release';
import { EINVAL, ENOMEM } from '../layers/base';

export interface RegionProfile {
  readonly name: string;
  readonly from: Release;
  /** `maxalloc`, `availmem`, and an `addmem` that answers 0 without doing anything. */
  readonly queries: boolean;
  /** What posix_memalign answers when the sum wraps. */
  readonly wrapError: number;
  /** Does a refused posix_memalign of size 0 store NULL? */
  readonly storesNullForSizeZero: boolean;
  /** 0.20: allocates from the top downward. */
  readonly downward: boolean;
}

const PROFILES: readonly RegionProfile[] = [
  { name: 'R05', from: '0.5.0', queries: false, wrapError: EINVAL, storesNullForSizeZero: true, downward: false },
  { name: 'R06', from: '0.6.0', queries: true, wrapError: ENOMEM, storesNullForSizeZero: false, downward: false },
  { name: 'R20', from: '0.20.0', queries: true, wrapError: ENOMEM, storesNullForSizeZero: true, downward: true },
];

/** Undefined before 0.5, which did not have this allocator. */
export function regionProfile(release: Release): RegionProfile | undefined {
  return profileFor(PROFILES, release);
}
