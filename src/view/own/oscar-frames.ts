// Oscar's frames: the pages of memory behind the shadows, who is on them now and how many were before, and one frame's owners in turn.

import { runHolding } from '../../snapshot/shadow';
import type { ShadowSpace } from '../../snapshot/shadow';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { counted, countText, hex } from '../numbers';
import type { ShadowOwner, ShadowOwners } from './shadow-owners';

const PAGE = 4096n;
/** Frames that are drawn together, from a multiple of their number on; and the most such groups. */
export const GROUP = 32;
const GROUP_BYTES = BigInt(GROUP) * PAGE;
const MOST_GROUPS = 24;
/** Owners of a frame that are listed: the last ones. */
const MOST_OWNERS = 40;

/** What the run tells of the time up to now. */
export interface Past {
  /** Undefined where the run is too long to be gone through. */
  readonly owners: ShadowOwners | undefined;
  /** Operations that were executed. */
  readonly done: number;
}

/**
 * `live`: an object is on it; `spare`: ready for the next object on it; `own`: of the allocators themselves, such as a page table;
 * `free`: free, and somebody was on it before; `other`: in use, but not behind a shadow; `empty`: free, no object that is known of.
 */
export type FrameKind = 'live' | 'spare' | 'own' | 'free' | 'other' | 'empty' | 'outside';

export interface FrameCell {
  readonly address: string;
  readonly kind: FrameKind;
  /** `#25`, or `#25+1` where more objects are on it. */
  readonly label: string;
  /** Owners so far; 0 for none and where that is not known. */
  readonly owners: number;
  readonly selected: boolean;
  readonly text: string;
}

/** Neighbouring frames. Groups that no object was on are left out between two of them. */
export interface FrameGroup {
  readonly base: string;
  readonly cells: readonly FrameCell[];
  /** `480 pages without an object`, before the next group; empty where it follows at once. */
  readonly gap: string;
}

/** One object on the frame. */
export interface FrameOwnerRow {
  readonly pointer: string;
  /** `#4` and `malloc(247)`; empty where only memory tells of it. */
  readonly label: string;
  readonly call: string;
  readonly live: boolean;
  /** `revoked at step 8: any access faults`. */
  readonly text: string;
  /** Of the run up to now, the part for which it had the frame: two shares. Absent where no run tells. */
  readonly from?: number;
  readonly to?: number;
  /** The operation that handed it out. */
  readonly operation?: number;
}

export interface FrameHistory {
  readonly title: string;
  readonly text: string;
  readonly rows: readonly FrameOwnerRow[];
  /** Ends of the time axis: `step 1` and `step 38`. */
  readonly from: string;
  readonly to: string;
  /** Why there is no more to tell; empty where all is told. */
  readonly note: string;
}

export interface FramesInput {
  readonly space: ShadowSpace;
  readonly snapshot: HeapSnapshot;
  readonly past: Past | undefined;
  /** Frames behind the shadow pages that are drawn. */
  readonly drawn: Iterable<bigint>;
  readonly selected: bigint | undefined;
  /** Number of the live object with this index in `space.objects`. */
  readonly nameOf: (object: number) => string;
}

export function framesOf(input: FramesInput): { readonly groups: readonly FrameGroup[]; readonly left: number } {
  const { past, selected } = input;
  const wanted = new Set<bigint>();
  for (const frame of input.drawn) wanted.add(groupOf(frame));
  if (selected !== undefined) wanted.add(groupOf(selected));
  const all = new Set(wanted);
  for (const group of past?.owners?.groupsUntil(past.done, GROUP_BYTES) ?? []) all.add(group);
  const groups = nearest([...all].sort(ascending), selected === undefined ? undefined : groupOf(selected));
  const living = livingOn(input, new Set(groups));
  return {
    groups: groups.map((base, i) => ({
      base: hex(base),
      cells: Array.from({ length: GROUP }, (_, k) => cellOf(input, base + BigInt(k) * PAGE, living)),
      gap: gapText(base, groups[i + 1]),
    })),
    left: all.size - groups.length,
  };
}

function groupOf(frame: bigint): bigint {
  return frame - (frame % GROUP_BYTES);
}

/** As many groups as are drawn, those around the selected one; the first ones without. */
function nearest(groups: readonly bigint[], selected: bigint | undefined): readonly bigint[] {
  const at = selected === undefined ? 0 : groups.indexOf(selected);
  const first = Math.max(0, Math.min(at - MOST_GROUPS / 2, groups.length - MOST_GROUPS));
  return groups.slice(first, first + MOST_GROUPS);
}

function gapText(base: bigint, next: bigint | undefined): string {
  const pages = next === undefined ? 0n : (next - base) / PAGE - BigInt(GROUP);
  return pages === 0n ? '' : `${counted(Number(pages), 'page')} without an object`;
}

interface Living {
  readonly spare: boolean;
  readonly objects: readonly number[];
}

/** What is mapped to each frame of the groups. */
function livingOn({ space }: FramesInput, groups: ReadonlySet<bigint>): ReadonlyMap<bigint, Living> {
  const found = new Map<bigint, { spare: boolean; objects: number[] }>();
  for (const run of space.runs) {
    if (run.frame === undefined) continue;
    for (let i = 0; i < run.pages; i++) {
      const frame = run.frame + BigInt(i) * PAGE;
      if (!groups.has(groupOf(frame))) continue;
      const there = found.get(frame) ?? { spare: false, objects: [] };
      found.set(frame, there);
      if (run.object === undefined) there.spare = true;
      else there.objects.push(run.object);
    }
  }
  return found;
}

function cellOf(
  { snapshot, past, selected, nameOf }: FramesInput,
  frame: bigint,
  living: ReadonlyMap<bigint, Living>,
): FrameCell {
  const here = living.get(frame);
  const owners = past?.owners?.ofFrame(frame, past.done).length ?? 0;
  const names = (here?.objects ?? []).map(nameOf);
  const kind = kindOf(snapshot, frame, here, owners);
  return {
    address: hex(frame),
    kind,
    label: names.length > 1 ? `${names[0]!}+${String(names.length - 1)}` : (names[0] ?? ''),
    owners,
    selected: frame === selected,
    text: `frame ${hex(frame)}: ${names.length > 0 ? `object ${names.join(', ')}` : KINDS[kind]}${owners === 0 ? '' : `, ${counted(owners, 'owner')} so far`}`,
  };
}

const KINDS: Readonly<Record<FrameKind, string>> = {
  live: 'an object',
  spare: 'ready for the next object',
  own: 'of the allocators themselves',
  free: 'free, no object now',
  other: 'in use, no object',
  empty: 'free',
  outside: 'not in the heap',
};

function kindOf({ blocks }: HeapSnapshot, frame: bigint, here: Living | undefined, owners: number): FrameKind {
  if (here !== undefined) return here.objects.length > 0 ? 'live' : 'spare';
  const block = blocks.holding(frame);
  if (block === undefined) return 'outside';
  if (block.state === 'metadata') return 'own';
  if (block.state === 'free') return owners > 0 ? 'free' : 'empty';
  return 'other';
}

/** Who had a frame, the first owner first. */
export function historyOf({ space, past, nameOf }: FramesInput, frame: bigint): FrameHistory {
  const title = `Frame ${hex(frame)}`;
  if (past?.owners === undefined) {
    const rows = rowsOfMemory(space, frame, nameOf);
    const why =
      past === undefined
        ? space.runs.some((r) => r.was !== undefined)
          ? 'From memory alone: revoked entries keep their frame here, but not whose object it was.'
          : 'Who had it before is not known: the entry of a revoked page names no frame. A simulation of the boot knows.'
        : 'Who had it before is not known: the run is too long to be gone through for it.';
    return { title, text: ownersText(rows, false), rows, from: '', to: '', note: why };
  }
  const { owners, done } = past;
  const all = owners.ofFrame(frame, done);
  const rows = all.slice(-MOST_OWNERS).map((o) => rowOf(space, owners, o, frame, done));
  const left = all.length - rows.length;
  return {
    title,
    text: ownersText(rows, true, all.length),
    rows,
    from: 'step 1',
    to: `step ${countText(done)}`,
    note: left === 0 ? '' : `${counted(left, 'earlier owner is', 'earlier owners are')} not listed.`,
  };
}

function rowOf(space: ShadowSpace, owners: ShadowOwners, owner: ShadowOwner, frame: bigint, done: number): FrameOwnerRow {
  const page = owner.base + BigInt(owner.frames.indexOf(frame)) * PAGE;
  const live = runHolding(space, page)?.state === 'live';
  const end = owners.endOf(owner, done);
  return {
    pointer: hex(owner.pointer),
    label: `#${String(owner.number)}`,
    call: owners.callOf(owner),
    live,
    text: live
      ? 'live'
      : `${end === undefined ? 'revoked' : `revoked at step ${countText(end.operation + 1)}`}: any access faults`,
    from: owner.operation / done,
    to: live || end === undefined ? 1 : (end.operation + 1) / done,
    operation: owner.operation,
  };
}

/** What is mapped to a frame now, and revoked entries that still name it. */
function rowsOfMemory(space: ShadowSpace, frame: bigint, nameOf: (object: number) => string): FrameOwnerRow[] {
  const rows: FrameOwnerRow[] = [];
  for (const run of space.runs) {
    const first = run.frame ?? run.was;
    if (first === undefined || frame < first || frame >= first + BigInt(run.pages) * PAGE) continue;
    const object = run.object === undefined ? undefined : space.objects[run.object];
    const live = run.state === 'live';
    if (!live && run.was === undefined) continue;
    rows.push({
      pointer: hex(object?.pointer ?? run.base + (frame - first)),
      label: run.object === undefined ? '' : nameOf(run.object),
      call: object === undefined ? '' : `${countText(object.size)} B`,
      live,
      text: live ? 'live' : 'revoked: any access faults',
    });
    if (rows.length >= MOST_OWNERS) break;
  }
  return rows;
}

function ownersText(rows: readonly FrameOwnerRow[], complete: boolean, count = rows.length): string {
  const live = rows.filter((r) => r.live).length;
  if (!complete) return live === 0 ? 'no object on it now' : `${counted(live, 'object')} on it now`;
  if (count === 0) return 'no object was ever on it';
  const head = counted(count, 'owner');
  if (live > 1) return `${head}, ${countText(live)} of them on it now`;
  if (count === 1) return live === 1 ? 'its first owner' : `${head}, gone: the old pointer is dead, the page is not`;
  return `${head}, one after the other: the old pointers are dead, the page is not`;
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
