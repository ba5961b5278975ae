// Where every byte of the region list went. Each byte is counted once, under one heading, so the entries add up to the total exactly.

import { usesPaging } from '../boot/paging';
import type { Decision } from '../boot/decision';
import type { Region } from '../regions/descriptor';
import { eraProfile, isHeapCandidate, type EraProfile } from '../regions/eras';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { afterBoot, allocatorOf, at, optionsOf, regionsOf, type Explainable } from './explainable';
import { pagedEntries } from './paged-ledger';
import { firmwareLedger } from './firmware-ledger';
import { conflictOf, ordered, PRECEDENCE, type LedgerKind } from './ledger-kinds';
import { partition, type Interval } from './partition';

export interface LedgerEntry {
  readonly kind: LedgerKind;
  readonly bytes: bigint;
}

export interface Ledger {
  /** What is accounted for: the regions of the list, or the entries of the firmware's map that it was made from. */
  readonly of: 'list' | 'firmware';
  /** Bytes that these cover; what several cover is counted once. */
  readonly total: bigint;
  /** Of a firmware's map: what of it is usable memory. */
  readonly usable?: bigint;
  /** Those above 0. They add up to `total`. */
  readonly entries: readonly LedgerEntry[];
}

const TOP = 1n << 64n;
const PAGE = 4096n;

/** The ledger of a simulation's boot, as it is when the boot is over; of the firmware's map, where the list was made from one. */
export function ledgerOf(simulation: Explainable): Ledger {
  const { release, config } = simulation.input;
  const snapshot = at(simulation, afterBoot(simulation), () => simulation.snapshot());
  const paging = usesPaging(release, config);
  const intervals = listIntervals(simulation, paging ? undefined : snapshot);
  const { list } = simulation;
  const plain = list === undefined ? ledgerOfIntervals(intervals) : firmwareLedger(list, intervals);
  if (!paging) return plain;
  // Every free region went to the frame allocator.
  const free = plain.entries.find((e) => e.kind === 'not-reached')?.bytes ?? 0n;
  const entries = [...plain.entries.filter((e) => e.kind !== 'not-reached'), ...pagedEntries(simulation, free, snapshot)];
  return { ...plain, entries: ordered(entries) };
}

function ledgerOfIntervals(intervals: readonly Interval<LedgerKind>[]): Ledger {
  const { total, bytes } = partition(intervals, PRECEDENCE, conflictOf);
  return { of: 'list', total, entries: ordered([...bytes].map(([kind, count]) => ({ kind, bytes: count }))) };
}

/** What every region claims, and in the heap's regions every block. */
function listIntervals(simulation: Explainable, snapshot: HeapSnapshot | undefined): Interval<LedgerKind>[] {
  const decisions = simulation.finalDecisions();
  const profile = eraProfile(simulation.input.release);
  const regions = regionsOf(simulation).flatMap((r) => intervalsOf(r, decisions[r.index], snapshot, profile));
  return snapshot === undefined ? regions : [...regions, ...lostIn(simulation, snapshot)];
}

/** What the allocator has of the heap's regions, but can never use again. */
function lostIn(simulation: Explainable, snapshot: HeapSnapshot): Interval<LedgerKind>[] {
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
  if (snapshot.details?.kind !== 'mimalloc') return found;
  const shift = region.pbase - region.vbase;
  return [
    ...found,
    ...snapshot.details.lost.map((l): Interval<LedgerKind> => ({ base: l.base + shift, end: l.end + shift, kind: 'lost' })),
  ];
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
