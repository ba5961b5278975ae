// lib/ukalloc by release: the struct, the page header of the ifpages layer, and the corner cases.

import type { Release } from '../../regions/release';
import { profileFor } from '../../regions/release';

/** Header that ifpages puts in front of a payload (`struct metadata_ifpages`), in bytes. */
export interface PageHeader {
  /** H: the rounded size, which alignments are compared with. */
  readonly rounded: number;
  /** S: the real size. */
  readonly size: number;
  /** R: what is added to a request. In U13 it is less than the payload offset: the defect of that release. */
  readonly added: number;
  /** Offset of the payload of a `malloc` from the block's start. */
  readonly payload: number;
  /** What the header counts the block in. `order` (0.3): one word, an order; there is no `base`, and `fields` means nothing. */
  readonly counts: 'pages' | 'order';
  /** Offsets of the fields; `size` holds what the caller asked for and appeared with U11. */
  readonly fields: { readonly size?: number; readonly num_pages: number; readonly base: number };
}

export interface UkAllocProfile {
  readonly name: string;
  readonly from: Release;
  readonly struct: 'small' | 'full';
  readonly header: PageHeader;
  /** Are sums and products tested for wrapping? */
  readonly overflowChecks: boolean;
  /** `ENOTSUP` of the release's libc (nolibc). */
  readonly enotsup: number;
  /** Does a refused posix_memalign of size 0 store NULL? */
  readonly storesNullForSizeZero: boolean;
  /** Do palloc and pfree exist for malloc-style allocators (`uk_palloc_compat`)? */
  readonly pageCompat: boolean;
}

const FIELDS_16 = { num_pages: 0, base: 8 };
const FIELDS_24 = { size: 0, num_pages: 8, base: 16 };
const HEADER_8: PageHeader = { rounded: 8, size: 8, added: 8, payload: 8, counts: 'order', fields: FIELDS_16 };
const HEADER_16: PageHeader = { rounded: 16, size: 16, added: 16, payload: 16, counts: 'pages', fields: FIELDS_16 };
const HEADER_24 = { rounded: 32, size: 24, counts: 'pages', fields: FIELDS_24 } as const;
const U06 = {
  struct: 'full',
  header: HEADER_16,
  overflowChecks: true,
  enotsup: 97,
  storesNullForSizeZero: false,
  pageCompat: true,
} as const;
const U14 = { ...U06, enotsup: 95, header: { ...HEADER_24, added: 32, payload: 32 } } as const;

const U04 = { ...U06, struct: 'small', overflowChecks: false, storesNullForSizeZero: true } as const;

/** 0.2 is not simulated: its only allocator is broken. */
const PROFILES: readonly UkAllocProfile[] = [
  { ...U04, name: 'U03', from: '0.3.0', header: HEADER_8 },
  { ...U04, name: 'U04', from: '0.4.0' },
  { ...U06, name: 'U05', from: '0.5.0', struct: 'small' },
  { ...U06, name: 'U06', from: '0.6.0' },
  { ...U14, name: 'U11', from: '0.11.0', header: { ...HEADER_24, added: 24, payload: 24 } },
  { ...U14, name: 'U13', from: '0.13.0', header: { ...HEADER_24, added: 24, payload: 32 } },
  { ...U14, name: 'U14', from: '0.14.0' },
  { ...U14, name: 'U20', from: '0.20.0', pageCompat: false },
];

/** @throws for releases before 0.3, which an allocator room refuses before it comes here */
export function ukAllocProfile(release: Release): UkAllocProfile {
  const profile = profileFor(PROFILES, release);
  if (profile === undefined) throw new Error(`ukalloc: no profile for release ${release}`);
  return profile;
}
