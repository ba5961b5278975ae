// Regions by address, with what a picture needs of them: where they begin and end, what they are drawn as, and who may use them how.

import type { Descriptor, RegionMap } from '../regions/descriptor';
import { isHeapCandidate, permissionsText, profileOfEra, typeName } from '../regions/eras';
import type { EraProfile } from '../regions/eras';
import type { Release } from '../regions/release';

/** What a region is drawn as; each has a colour of its own. */
export const REGION_LOOKS = [
  'free',
  'reserved',
  'kernel',
  'stack',
  'cmdline',
  'devicetree',
  'initrd',
  'device',
  'unknown',
] as const;
export type RegionLook = (typeof REGION_LOOKS)[number];

/** A region with its numbers, ascending by address in the list that `regionSpans` makes. */
export interface RegionSpan {
  readonly index: number;
  readonly base: bigint;
  readonly end: bigint;
  /** End of the last page that the region touches: nothing else can begin before it. */
  readonly pageEnd: bigint;
  readonly look: RegionLook;
  readonly permissions: string;
}

/** The regions whose place is known, by address. Those of length 0 keep their place. */
export function regionSpans(map: RegionMap, release: Release): RegionSpan[] {
  const spans: RegionSpan[] = [];
  map.descriptors.forEach((d, index) => {
    const base = d.fields.vbase?.value ?? d.fields.base?.value ?? d.fields.pbase?.value;
    const len = d.fields.len?.value;
    if (base === undefined || len === undefined) return;
    const start = BigInt.asUintN(64, base + (d.fields.pg_off?.value ?? 0n));
    const top = 1n << 64n;
    const end = start + len > top ? top : start + len;
    const pageEnd = (end + 4095n) & ~4095n;
    spans.push({
      index,
      base: start,
      end,
      pageEnd,
      look: lookOf(d, profileOfEra(d.era, release)),
      permissions: permissionsOf(d),
    });
  });
  return spans.sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : a.index - b.index));
}

/** The region that holds an address, of several that overlap the last to begin; else an empty one that lies there. */
export function regionAt(spans: readonly RegionSpan[], address: bigint): RegionSpan | undefined {
  return spans.findLast((s) => address >= s.base && address < s.end) ?? spans.findLast((s) => s.base === address);
}

function lookOf(d: Descriptor, profile: EraProfile): RegionLook {
  const flags = Number(d.fields.flags?.value ?? 0n);
  if (d.era === 'classic')
    return isHeapCandidate(0, flags, profile) ? 'free' : (flags & 4) !== 0 && (flags & 0x10) !== 0 ? 'initrd' : 'reserved';
  const value = d.fields.type?.value;
  if (value === undefined) return 'unknown';
  const name = typeName(Number(value), profile).toLowerCase();
  return REGION_LOOKS.find((look) => look === name) ?? ((Number(value) & 1) !== 0 ? 'free' : 'unknown');
}

function permissionsOf(d: Descriptor): string {
  const flags = Number(d.fields.flags?.value ?? 0n);
  return permissionsText(d.era === 'classic' ? flags >> 4 : flags);
}
