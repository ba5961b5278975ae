// A region between its neighbours, and under it what would have to lie in it. To scale.

import type { Bar, Drawing, Need } from '../allocators/reasoning';
import { hex } from '../memory/address';
import type { Region } from '../regions/descriptor';
import { eraProfile, isHeapCandidate, typeName, type EraProfile } from '../regions/eras';
import type { Release } from '../regions/release';
import { sizeText } from '../regions/text';

/** Undefined for a region without length. */
export function drawRegion(
  regions: readonly Region[],
  region: Region,
  needs: readonly Need[],
  release: Release,
): Drawing | undefined {
  if (region.len === 0n) return undefined;
  const profile = eraProfile(release);
  const needed = needs.reduce((sum, n) => sum + n.bytes, 0n);
  const base = region.pbase;
  const end = base + region.len;
  const side = region.len / 2n + 1n;
  const lo = base > side ? base - side : 0n;
  const beyond = needed > region.len ? base + needed : end;
  const hi = beyond + side;
  const share = (address: bigint): number => Number(address - lo) / Number(hi - lo);
  const clip = (address: bigint): bigint => (address < lo ? lo : address > hi ? hi : address);
  const memory = regions
    .filter((r) => r.len > 0n && r.pbase < hi && r.pbase + r.len > lo)
    .slice(0, 12)
    .map((r): Bar => ({
      from: share(clip(r.pbase)),
      to: share(clip(r.pbase + r.len)),
      text: nameOf(r, profile),
      look: lookOf(r, profile),
    }));
  const rows = [{ label: 'memory', bars: memory, marked: false }];
  if (needs.length > 0) rows.push({ label: 'needed', bars: needBars(needs, base, share), marked: true });
  return {
    ticks: [base, end].map((address) => ({ at: share(address), text: hex(address) })),
    rows: rows.map(({ label, bars, marked }) => ({ label, bars, ...(marked && { marked }) })),
  };
}

function needBars(needs: readonly Need[], base: bigint, share: (address: bigint) => number): Bar[] {
  let at = base;
  return needs.map(({ text, bytes, look }) => {
    const from = share(at);
    at += bytes;
    return { from, to: share(at), text, look };
  });
}

function nameOf(region: Region, profile: EraProfile): string {
  if (isHeapCandidate(region.type, region.flags, profile)) return `FREE, ${sizeText(region.len)}`;
  if (profile.era === 'classic') return region.name === '' ? 'not free' : region.name;
  return typeName(region.type, profile);
}

function lookOf(region: Region, profile: EraProfile): Bar['look'] {
  return isHeapCandidate(region.type, region.flags, profile) ? 'free' : 'other';
}
