// lib-mimalloc by Unikraft release. The port was made for 0.10 and earlier: it reads `uk_thread->prv`, which 0.11 no longer has.
// ukboot offers it up to 0.19 all the same, and an unmerged change of the port makes it fit; the allocator is the same there.

import { compareReleases, profileFor, type Release } from '../../regions/release';

export interface MimallocProfile {
  readonly name: string;
  readonly from: Release;
  /** Does the port as it stands build with this release? */
  readonly fits: boolean;
  /** ENOTSUP, which callbacks that are NULL answer. A matter of the libc: the golden traces have that of their host. */
  readonly enotsup: number;
}

const PROFILES: readonly MimallocProfile[] = [
  { name: 'M161', from: '0.6.0', fits: true, enotsup: 95 },
  { name: 'M161 (patched port)', from: '0.11.0', fits: false, enotsup: 95 },
];

/** From 0.20 on the region allocator that the port sits on refuses every malloc, so there is nothing to simulate. */
const UNUSABLE_FROM: Release = '0.20.0';

export function mimallocProfile(release: Release): MimallocProfile | undefined {
  return compareReleases(release, UNUSABLE_FROM) < 0 ? profileFor(PROFILES, release) : undefined;
}
