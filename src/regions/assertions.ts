// What heap_init asserts of each region before it hands it to the allocator, by release. A failed assertion stops the boot.
// Source: lib/ukboot/boot.c, heap_init() (0.15, 0.16); include/uk/plat/memory.h, UK_ASSERT_VALID_FREE_MRD (0.17 and later).

import type { FieldName, Region } from './descriptor';
import { eraProfile, unknownBits } from './eras';
import type { EraProfile } from './eras';
import { profileFor } from './release';
import type { Release } from './release';

/** A condition on a region that is about to become heap. */
export interface RegionAssertion {
  /** The condition as the kernel prints it: the C source's own words, after the macros around UK_ASSERT. */
  readonly text: string;
  readonly field: FieldName;
  /** What happens when it does not hold. */
  readonly kind: 'assert' | 'crash';
  holds(region: Region, profile: EraProfile): boolean;
}

const aligned = (value: bigint): boolean => (value & 4095n) === 0n;

const CHECKS_15: readonly RegionAssertion[] = [
  { text: 'md->vbase == md->pbase', field: 'vbase', kind: 'assert', holds: (r) => r.vbase === r.pbase },
  { text: '!(md->pbase & ~PAGE_MASK)', field: 'pbase', kind: 'assert', holds: (r) => aligned(r.pbase) },
  { text: 'md->len', field: 'len', kind: 'assert', holds: (r) => r.len !== 0n },
  { text: '!(md->len & ~PAGE_MASK)', field: 'len', kind: 'assert', holds: (r) => aligned(r.len) },
];

const CHECKS_17: readonly RegionAssertion[] = [
  {
    text: 'Invalid mrd type',
    field: 'type',
    kind: 'crash',
    holds: (r, { types }) => types.some((t) => t.bit === r.type),
  },
  {
    text: '((md)->flags & flags_all) == (md)->flags',
    field: 'flags',
    kind: 'assert',
    holds: (r, { flags }) => unknownBits(r.flags, flags) === 0,
  },
  { text: 'PAGE_ALIGNED((md)->vbase)', field: 'vbase', kind: 'assert', holds: (r) => aligned(r.vbase) },
  { text: 'PAGE_ALIGNED((md)->pbase)', field: 'pbase', kind: 'assert', holds: (r) => aligned(r.pbase) },
  {
    text: '(md)->pg_off >= 0 && (md)->pg_off < (__off)PAGE_SIZE',
    field: 'pg_off',
    kind: 'assert',
    holds: (r) => r.pgOff >= 0n && r.pgOff < 4096n,
  },
  { text: '(md)->type == UKPLAT_MEMRT_FREE', field: 'type', kind: 'assert', holds: (r) => r.type === 1 },
  { text: '(md)->vbase == (md)->pbase', field: 'vbase', kind: 'assert', holds: (r) => r.vbase === r.pbase },
  {
    text: '(md)->pg_count * PAGE_SIZE == (md)->len',
    field: 'pg_count',
    kind: 'assert',
    holds: (r) => BigInt.asUintN(64, r.pgCount * 4096n) === r.len,
  },
  { text: '!(md)->pg_off', field: 'pg_off', kind: 'assert', holds: (r) => r.pgOff === 0n },
];

const TABLE: readonly { readonly from: Release; readonly checks: readonly RegionAssertion[] }[] = [
  { from: '0.2.0', checks: [] },
  { from: '0.15.0', checks: CHECKS_15 },
  { from: '0.17.0', checks: CHECKS_17 },
];

/** What heap_init asserts of a region, in its order; empty before 0.15. */
export function regionAssertions(release: Release): readonly RegionAssertion[] {
  return profileFor(TABLE, release)!.checks;
}

/** Those that do not hold. The first one is where the boot stops. */
export function assertionFailures(region: Region, release: Release): RegionAssertion[] {
  const profile = eraProfile(release);
  return regionAssertions(release).filter((a) => !a.holds(region, profile));
}
