// lib/ukboot's heap initialisation by release (spec: the profile names are those of the golden traces).

import { profileFor, type Release } from '../regions/release';

export interface BootProfile {
  readonly name: string;
  readonly from: Release;
  readonly list: 'classic' | 'typed';
  /** What happens when no region became a heap. */
  readonly withoutHeap: 'warn' | 'crash';
  /** Text of that warning or crash. */
  readonly withoutHeapText: string;
  /** Are the regions numbered in the log, those passed over printed too, and is nothing announced where there is no region? */
  readonly printsEach: boolean;
}

const SUITABLE = 'No suitable memory region for memory allocator';
const CLASSIC = {
  list: 'classic',
  withoutHeap: 'warn',
  withoutHeapText: `${SUITABLE}. Continue without heap`,
  printsEach: false,
} as const;
const TYPED = {
  list: 'typed',
  withoutHeap: 'crash',
  withoutHeapText: 'Failed to initialize memory allocator',
  printsEach: false,
} as const;

const PROFILES: readonly BootProfile[] = [
  { ...CLASSIC, name: 'C02', from: '0.2.0', printsEach: true },
  { ...CLASSIC, name: 'C04', from: '0.4.0' },
  { ...CLASSIC, name: 'C11', from: '0.11.0', withoutHeap: 'crash', withoutHeapText: SUITABLE },
  { ...TYPED, name: 'T12', from: '0.12.0' },
  { ...TYPED, name: 'T14', from: '0.14.0' },
  { ...TYPED, name: 'T15', from: '0.15.0' },
  { ...TYPED, name: 'T17', from: '0.17.0' },
  { ...TYPED, name: 'T18', from: '0.18.0' },
];

export function bootProfile(release: Release): BootProfile {
  return profileFor(PROFILES, release)!;
}
