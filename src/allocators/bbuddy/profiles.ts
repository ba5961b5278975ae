// lib/ukallocbbuddy by release.

import { profileFor, type Release } from '../../regions/release';

export interface BuddyProfile {
  readonly name: string;
  readonly from: Release;
  /** Pages that init passes over before it adds the rest: the allocator's own, and in old releases one more that is lost. */
  readonly pagesBeforeHeap: 1 | 2;
  /** Does init call addmem on what is left even when nothing is? The refusal is printed and ignored. */
  readonly addsNothing: boolean;
  /** How addmem splits a range into metadata and pages: by a formula (with a defect), or exactly. */
  readonly pageCount: 'formula' | 'exact';
  /** Does addmem free all pages that it cuts? Else those that the bitmap covers, which by the formula may be one less. */
  readonly freesAllCut: boolean;
  /** `pmaxalloc` and `pavailmem`; 0.5 has `pavailmem` only in builds with IFSTATS. */
  readonly queries: boolean;
  /** Is the bound of the free-list search tested with `>=`? With `==`, a huge request reads past the array. */
  readonly boundTested: boolean;
  /** 0.20: exact page counts, NULL-terminated lists, no sentinels, no chunk tails. */
  readonly pageGranular: boolean;
}

const B04: BuddyProfile = {
  name: 'B04',
  from: '0.4.0',
  pagesBeforeHeap: 2,
  pageCount: 'formula',
  addsNothing: false,
  freesAllCut: false,
  queries: false,
  boundTested: false,
  pageGranular: false,
};
const B12: BuddyProfile = { ...B04, name: 'B12', from: '0.12.0', pagesBeforeHeap: 1, pageCount: 'exact', queries: true };

const PROFILES: readonly BuddyProfile[] = [
  { ...B04, name: 'B03', from: '0.3.0', addsNothing: true, freesAllCut: true },
  B04,
  { ...B04, name: 'B06', from: '0.6.0', queries: true },
  B12,
  { ...B12, name: 'B14', from: '0.14.0', boundTested: true },
  { ...B12, name: 'B20', from: '0.20.0', boundTested: true, pageGranular: true },
];

/** Undefined for 0.2, whose bitmap is indexed by byte addresses: it is broken. */
export function buddyProfile(release: Release): BuddyProfile | undefined {
  return profileFor(PROFILES, release);
}
