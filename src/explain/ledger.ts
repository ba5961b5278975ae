// Where every byte of the region list went. Each byte is counted once, under one heading, so the entries add up to the total exactly.

import { usesPaging } from '../boot/paging';
import type { Decision } from '../boot/decision';
import type { Region } from '../regions/descriptor';
import { eraProfile, isHeapCandidate, type EraProfile } from '../regions/eras';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { afterBoot, allocatorOf, at, optionsOf, regionsOf, type Explainable } from './explainable';
import { pagedEntries } from './paged-ledger';
import { partition, type Interval } from './partition';

/** Headings, in the order in which they are shown. Where several claim a byte, `PRECEDENCE` says which gets it. */
export const LEDGER_KINDS = [
  'heap', 'metadata', 'frames', 'lost', 'cut', 'refused', 'not-reached', 'conflict', 'kernel', 'stack', 'initrd', 'cmdline', 'devicetree',
  'device', 'reserved', 'other', 'page-rest',
] as const; // prettier-ignore
export type LedgerKind = (typeof LEDGER_KINDS)[number];

export interface LedgerEntry {
  readonly kind: LedgerKind;
  readonly bytes: bigint;
}

export interface Ledger {
  /** Bytes that the regions of the list cover; those that several cover are counted once. */
  readonly total: bigint;
  /** Those above 0. They add up to `total`. */
  readonly entries: readonly LedgerEntry[];
}

/** What the headings mean. */
export const LEDGER_TEXTS: Readonly<Record<LedgerKind, string>> = {
  heap: 'heap: handed out, or free to be',
  metadata: "the allocator's own structures",
  frames: 'frame allocator and page tables',
  lost: 'passed over by the allocator, never used',
  cut: 'in a heap region, but rounded away',
  refused: 'free regions that were refused or cannot be added',
  'not-reached': 'free regions that the boot did not come to',
  conflict: 'in use, and given to the heap as well',
  kernel: 'kernel image',
  stack: 'boot stack',
  initrd: 'initial ramdisk',
  cmdline: 'command line',
  devicetree: 'device tree',
  device: 'devices',
  reserved: 'reserved',
  other: 'other regions',
  'page-rest': 'rest of pages that a region does not fill',
};

const TOP = 1n << 64n;
const PAGE = 4096n;
/** Whose byte it is when several claim it, first wins; the heap against memory in use is settled before. */
const PRECEDENCE: readonly LedgerKind[] = [
  'conflict', 'kernel', 'initrd', 'cmdline', 'devicetree', 'stack', 'device', 'reserved', 'other', 'lost', 'metadata', 'heap', 'frames', 'cut', 'refused', 'not-reached', 'page-rest',
]; // prettier-ignore

/** The ledger of a simulation's boot, as it is when the boot is over. */
export function ledgerOf(simulation: Explainable): Ledger {
  const { release, config } = simulation.input;
  const snapshot = at(simulation, afterBoot(simulation), () => simulation.snapshot());
  const decisions = simulation.finalDecisions();
  const regions = regionsOf(simulation);
  if (!usesPaging(release, config))
    return ledgerOfList(regions, decisions, snapshot, eraProfile(release), lostIn(simulation, snapshot));
  const plain = ledgerOfList(regions, decisions, undefined, eraProfile(release));
  const free = plain.entries.find((e) => e.kind === 'not-reached')?.bytes ?? 0n;
  const entries = [...plain.entries.filter((e) => e.kind !== 'not-reached'), ...pagedEntries(simulation, free, snapshot)];
  return { total: plain.total, entries: ordered(entries) };
}

/** The ledger of a list, with what became of each region; without a snapshot nothing is heap. */
export function ledgerOfList(
  regions: readonly Region[],
  decisions: readonly Decision[],
  snapshot: HeapSnapshot | undefined,
  profile: EraProfile,
  lost: readonly Interval<LedgerKind>[] = [],
): Ledger {
  const intervals = [...regions.flatMap((r) => intervalsOf(r, decisions[r.index], snapshot, profile)), ...lost];
  const { total, bytes } = partition(intervals, PRECEDENCE, (open) => conflictOf(open));
  return { total, entries: ordered([...bytes].map(([kind, count]) => ({ kind, bytes: count }))) };
}

/** What the allocator has of the heap's regions, but can never use again. */
function lostIn(simulation: Explainable, snapshot: HeapSnapshot | undefined): Interval<LedgerKind>[] {
  const found: Interval<LedgerKind>[] = [];
  const heap = simulation.finalDecisions().find((d) => d.kind === 'init');
  const region = heap === undefined ? undefined : regionsOf(simulation).find((r) => r.index === heap.region);
  if (region === undefined) return found;
  let base = region.pbase;
  const last = region.pbase + region.len;
  for (const need of allocatorOf(simulation).reasons.init(region.vbase, region.len, optionsOf(simulation)).needs) {
    const end = base + need.bytes < last ? base + need.bytes : last;
    if (need.lost === true) found.push({ base, end, kind: 'lost' });
    base += need.bytes;
  }
  if (snapshot?.details?.kind !== 'mimalloc') return found;
  const shift = region.pbase - region.vbase;
  return [
    ...found,
    ...snapshot.details.lost.map((l): Interval<LedgerKind> => ({ base: l.base + shift, end: l.end + shift, kind: 'lost' })),
  ];
}

/** Memory in use that the heap has as well. */
function conflictOf(open: ReadonlySet<LedgerKind>): LedgerKind | undefined {
  if (!open.has('heap') && !open.has('metadata')) return undefined;
  return USED.some((kind) => open.has(kind)) ? 'conflict' : undefined;
}

const USED: readonly LedgerKind[] = ['kernel', 'initrd', 'cmdline', 'devicetree', 'stack', 'device', 'reserved'];

function ordered(entries: readonly LedgerEntry[]): LedgerEntry[] {
  return LEDGER_KINDS.flatMap((kind) => entries.filter((e) => e.kind === kind && e.bytes > 0n));
}

/** What a region claims: its pages, its bytes, and in a heap region each block. */
function intervalsOf(
  region: Region,
  decision: Decision | undefined,
  snapshot: HeapSnapshot | undefined,
  profile: EraProfile,
): Interval<LedgerKind>[] {
  if (profile.era !== 'classic' && region.type === 0) return []; // a request to unmap, not memory
  const paged = profile.era === 'paged';
  const first = region.pbase + (paged && region.pgOff > 0n && region.pgOff < PAGE ? region.pgOff : 0n);
  const end = first + region.len;
  const intervals: Interval<LedgerKind>[] = [{ base: first, end: clip(end), kind: kindOf(region, decision, profile) }];
  if (paged) intervals.push({ base: region.pbase, end: clip(region.pbase + region.pgCount * PAGE), kind: 'page-rest' });
  if (snapshot === undefined || (decision?.kind !== 'init' && decision?.kind !== 'addmem')) return intervals;
  return [...intervals, ...blocksIn(snapshot, region)];
}

/** The heap's blocks in a region, at the region's physical address. */
function blocksIn({ blocks }: HeapSnapshot, region: Region): Interval<LedgerKind>[] {
  const found: Interval<LedgerKind>[] = [];
  const vend = region.vbase + region.len;
  const shift = region.pbase - region.vbase;
  for (let i = Math.max(0, blocks.lastAtOrBelow(region.vbase)); i < blocks.length && blocks.base(i) < vend; i++) {
    const base = blocks.base(i) > region.vbase ? blocks.base(i) : region.vbase;
    const end = blocks.end(i) < vend ? blocks.end(i) : vend;
    if (end <= base) continue;
    const kind = blocks.state(i) === 'metadata' ? 'metadata' : 'heap';
    const last = found.at(-1);
    if (last?.kind === kind && last.end === base + shift) found[found.length - 1] = { ...last, end: end + shift };
    else found.push({ base: base + shift, end: end + shift, kind });
  }
  return found;
}

function clip(end: bigint): bigint {
  return end > TOP ? TOP : end;
}

const TYPES: Readonly<Record<string, LedgerKind>> = {
  RESERVED: 'reserved', KERNEL: 'kernel', INITRD: 'initrd', CMDLINE: 'cmdline', DEVICETREE: 'devicetree', STACK: 'stack', DEVICE: 'device',
}; // prettier-ignore
const CLASSIC_NAMES: Readonly<Record<string, LedgerKind>> = { bstack: 'stack', initrd: 'initrd' };
const SECTIONS: ReadonlySet<string> = new Set(['text', 'eh_frame', 'eh_frame_hdr', 'rodata', 'ctors', 'data', 'bss']);

function kindOf(region: Region, decision: Decision | undefined, profile: EraProfile): LedgerKind {
  if (isHeapCandidate(region.type, region.flags, profile)) {
    switch (decision?.kind) {
      case 'init':
      case 'addmem':
        return 'cut';
      case 'failed':
        return 'refused';
      default:
        return 'not-reached';
    }
  }
  if (profile.era !== 'classic') return TYPES[profile.types.find((t) => t.bit === region.type)?.name ?? ''] ?? 'other';
  return CLASSIC_NAMES[region.name] ?? (SECTIONS.has(region.name) ? 'kernel' : (region.flags & 2) !== 0 ? 'reserved' : 'other');
}
