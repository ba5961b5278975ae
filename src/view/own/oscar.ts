// Oscar: shadow pages over frames. What the program sees above, the memory of the allocator below, and what an access would meet.

import { runHolding } from '../../snapshot/shadow';
import type { ShadowRun, ShadowSpace, ShadowState } from '../../snapshot/shadow';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { counted, countText, hex, sizeText } from '../numbers';
import type { OwnInput } from './own';
import { framesOf, GROUP, historyOf } from './oscar-frames';
import type { FrameGroup, FrameHistory, FramesInput, Past } from './oscar-frames';
import { probed } from './oscar-probe';
import type { Probe } from './probe';

const PAGE = 4096n;
/** Shadow pages that are drawn: those around the selection, or the last ones. */
const MOST_PAGES = 320;
/** Allocations a second, for how long the addresses last. */
const ASSUMED_RATE = 1000;
const WHAT_IF =
  'No release of ukboot has an option for Oscar: this boot is a what-if on the same regions. Explain compares it with the allocator below.';

export interface ShadowCell {
  readonly address: string;
  readonly state: ShadowState;
  /** `#8` for an object; empty for others. */
  readonly label: string;
  /** Frame behind it; empty where nothing is mapped. */
  readonly frame: string;
  /** Frame that was behind it, as far as that is known; empty where something is mapped. */
  readonly was: string;
  readonly selected: boolean;
  readonly text: string;
}

export interface OscarView {
  readonly kind: 'oscar';
  readonly title: string;
  /** `46 pages handed out, 28 live, 18 revoked for good`. */
  readonly shadowText: string;
  readonly shadows: readonly ShadowCell[];
  /** Pages before the first that is drawn. */
  readonly before: number;
  readonly frames: readonly FrameGroup[];
  /** What the numbers at the frames are, and what stands without one. */
  readonly framesText: string;
  /** Groups of frames that are not drawn. */
  readonly framesLeft: string;
  /** Owners of the selected frame. */
  readonly history?: FrameHistory;
  readonly counters: string;
  /** How long the shadow addresses last, with the rate that is assumed for it. */
  readonly left: string;
  /** Said of a simulated boot: no release of ukboot has this allocator. Empty for a dump, in which somebody has built it in. */
  readonly whatIf: string;
  readonly probe: Probe;
}

export function buildOscar(space: ShadowSpace, { snapshot, selection, probe, past: pastOf }: OwnInput): OscarView {
  const past = pastOf?.(space);
  const total = Number((space.mark - space.start) / PAGE);
  const inSpace = selection !== undefined && runHolding(space, selection) !== undefined;
  const selected = selection === undefined ? undefined : selectedFrame(space, snapshot, past, selection);
  const first = firstDrawn(space, total, inSpace ? selection : undefined);
  const names = namesOf(space, past);
  const cells = cellsFrom(space, first, past, names, selected, inSpace ? selection : undefined);
  const input: FramesInput = {
    space,
    snapshot,
    past,
    drawn: cells.flatMap((c) => (c.frame === '' ? [] : [BigInt(c.frame)])),
    selected,
    nameOf: (object) => names(object).label,
  };
  const { groups, left } = framesOf(input);
  return {
    kind: 'oscar',
    title: `preset ${space.preset} over ${space.canonical} · ${counted(space.tables.length, 'page table')} · the address only grows, mark ${hex(space.mark)}`,
    shadowText: shadowText(space, total),
    shadows: cells,
    before: first,
    frames: groups,
    framesText: framesText(past),
    framesLeft: left === 0 ? '' : `${counted(left * GROUP, 'more frame')} not drawn: select one to see it`,
    ...(selected !== undefined && { history: historyOf(input, selected) }),
    counters: Object.entries(space.counters)
      .map(([name, value]) => `${name} ${countText(value)}`)
      .join(' · '),
    left: leftText(space, total, past),
    whatIf: Object.keys(space.counters).length === 0 ? '' : WHAT_IF,
    probe: probed(space, past, probe.trim() === '' && selection !== undefined && inSpace ? hex(selection) : probe),
  };
}

function framesText(past: Past | undefined): string {
  const head = 'physical pages of the allocator below';
  if (past === undefined) return `${head} · memory does not keep who was on them before`;
  if (past.owners === undefined) return `${head} · the run is too long to tell who was on them before`;
  return `${head} · ×n = owners so far, empty = no object so far`;
}

/** The frame that a selection means: the one behind a shadow, now or before, or the page of memory itself. */
function selectedFrame(space: ShadowSpace, { blocks }: HeapSnapshot, past: Past | undefined, at: bigint): bigint | undefined {
  if (at < space.start || at >= space.end) return blocks.holding(at) === undefined ? undefined : at - (at % PAGE);
  const reaches = space.walk(at).reaches;
  return reaches === undefined ? frameBefore(space, past, at) : reaches - (reaches % PAGE);
}

/** The frame that was behind a page of which nothing is mapped now. */
function frameBefore(space: ShadowSpace, past: Past | undefined, address: bigint): bigint | undefined {
  const run = runHolding(space, address);
  const page = address - (address % PAGE);
  if (run?.was !== undefined) return run.was + (page - run.base);
  const owner = past?.owners?.ofShadow(address, past.done);
  return owner && past!.owners!.frameOf(owner, page);
}

interface Name {
  readonly label: string;
  /** `malloc(247)`, or its size where no run tells. */
  readonly call: string;
}

/** Names of living objects by their index: in the order in which they were handed out, else in that of their addresses. */
function namesOf(space: ShadowSpace, past: Past | undefined): (object: number) => Name {
  return (object) => {
    const { pointer, size } = space.objects[object]!;
    const owner = past?.owners?.ofShadow(pointer, past.done);
    return owner === undefined
      ? { label: `#${String(object + 1)}`, call: `object of ${countText(size)} B` }
      : { label: `#${String(owner.number)}`, call: past!.owners!.callOf(owner) };
  };
}

function firstDrawn(space: ShadowSpace, total: number, selection: bigint | undefined): number {
  const wanted = selection === undefined ? total - MOST_PAGES : Number((selection - space.start) / PAGE) - MOST_PAGES / 2;
  const first = Math.max(0, Math.min(wanted, total - MOST_PAGES));
  return first - (first % GROUP);
}

function cellsFrom(
  space: ShadowSpace,
  first: number,
  past: Past | undefined,
  names: (object: number) => Name,
  selectedFrame: bigint | undefined,
  selection: bigint | undefined,
): ShadowCell[] {
  const from = space.start + BigInt(first) * PAGE;
  const end = from + BigInt(MOST_PAGES + GROUP) * PAGE;
  const cells: ShadowCell[] = [];
  for (const run of space.runs) {
    if (run.base + BigInt(run.pages) * PAGE <= from) continue;
    if (run.base >= end) break;
    const skipped = run.base < from ? Number((from - run.base) / PAGE) : 0;
    for (let i = skipped; i < run.pages && run.base + BigInt(i) * PAGE < end; i++)
      cells.push(cellOf(space, run, i, past, names, selectedFrame, selection));
  }
  return cells;
}

function cellOf(
  space: ShadowSpace,
  run: ShadowRun,
  i: number,
  past: Past | undefined,
  names: (object: number) => Name,
  selectedFrame: bigint | undefined,
  selection: bigint | undefined,
): ShadowCell {
  const address = run.base + BigInt(i) * PAGE;
  const frame = run.frame === undefined ? undefined : run.frame + BigInt(i) * PAGE;
  const was = frame === undefined ? frameBefore(space, past, address) : undefined;
  const name = run.object === undefined ? undefined : names(run.object);
  const behind = frame ?? was;
  return {
    address: hex(address),
    state: run.state,
    label: name?.label ?? '',
    frame: frame === undefined ? '' : hex(frame),
    was: was === undefined ? '' : hex(was),
    selected:
      (behind !== undefined && behind === selectedFrame) ||
      (selection !== undefined && selection >= address && selection < address + PAGE),
    text: `${hex(address)}: ${run.state}${name === undefined ? deadText(past, address) : `, ${name.label} ${name.call}`}${frame === undefined ? (was === undefined ? '' : `, was frame ${hex(was)}`) : `, frame ${hex(frame)}`}`,
  };
}

/** `, was #4 malloc(247)`. */
function deadText(past: Past | undefined, address: bigint): string {
  const owner = past?.owners?.ofShadow(address, past.done);
  return owner === undefined ? '' : `, was #${String(owner.number)} ${past!.owners!.callOf(owner)}`;
}

function shadowText(space: ShadowSpace, total: number): string {
  const pages = (state: ShadowState) => space.runs.reduce((sum, r) => sum + (r.state === state ? r.pages : 0), 0);
  const live = pages('live');
  const revoked = pages('revoked') + pages('gone');
  return `${counted(total, 'page')} handed out, ${countText(live)} live, ${countText(revoked)} revoked for good (×) · ${counted(space.objects.length, 'object')}`;
}

/**
 * Shadow addresses that are left, and for how long. Nothing records time, so the rate of calls is assumed; the pages an object takes are
 * those of this run.
 */
function leftText(space: ShadowSpace, total: number, past: Past | undefined): string {
  const left = (space.end - space.mark) / PAGE;
  const head = `${sizeText(left * PAGE)} of ${sizeText(space.end - space.start)} of shadow addresses left`;
  const objects = past?.owners?.count(past.done) ?? 0;
  if (objects === 0 || total === 0) return head;
  const pages = total / objects;
  const hours = Number(left) / (pages * ASSUMED_RATE * 3600);
  return `${head}: ${hoursText(hours)} at ${countText(ASSUMED_RATE)} allocations a second (assumed), ${pages.toFixed(1)} pages each (average of ${counted(objects, 'object')})`;
}

function hoursText(hours: number): string {
  if (hours < 1) return 'less than an hour';
  return `${countText(Math.floor(hours))} ${hours < 2 ? 'hour' : 'hours'}`;
}
