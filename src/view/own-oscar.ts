// Oscar: shadow pages over frames. What the program sees above, the memory of the allocator below, and what an access would meet.

import { runHolding } from '../snapshot/shadow';
import type { ShadowRun, ShadowSpace, ShadowState, ShadowWalk } from '../snapshot/shadow';
import { counted, countText, hex, sizeText } from './numbers';
import type { OwnInput } from './own';
import type { Probe, ProbeStep } from './own-probe';

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
  readonly selected: boolean;
  readonly text: string;
}

export interface FrameCell {
  readonly address: string;
  readonly label: string;
  readonly selected: boolean;
}

export interface OscarView {
  readonly kind: 'oscar';
  readonly title: string;
  /** `46 pages handed out, 28 live, 18 revoked for good`. */
  readonly shadowText: string;
  readonly shadows: readonly ShadowCell[];
  /** Pages before the first that is drawn. */
  readonly before: number;
  readonly frames: readonly FrameCell[];
  readonly counters: string;
  /** How long the shadow addresses last, with the rate that is assumed for it. */
  readonly left: string;
  /** Said of a simulated boot: no release of ukboot has this allocator. Empty for a dump, in which somebody has built it in. */
  readonly whatIf: string;
  readonly probe: Probe;
}

export function buildOscar(space: ShadowSpace, { selection, probe }: OwnInput): OscarView {
  const total = Number((space.mark - space.start) / PAGE);
  const selectedRun = selection === undefined ? undefined : runHolding(space, selection);
  const first = firstDrawn(space, total, selectedRun === undefined ? undefined : selection);
  const cells = cellsFrom(space, first, selection);
  // A shadow that is selected marks its frame, and a frame the shadows on it.
  const frameAt = selection === undefined ? '' : hex(selection - (selection % PAGE));
  const selectedFrame = cells.find((c) => c.frame !== '' && (c.selected || c.frame === frameAt))?.frame;
  return {
    kind: 'oscar',
    title: `preset ${space.preset} over ${space.canonical} · ${counted(space.tables.length, 'page table')} · the address only grows, mark ${hex(space.mark)}`,
    shadowText: shadowText(space, total),
    shadows: cells.map((c) => ({ ...c, selected: c.selected || (selectedFrame !== undefined && c.frame === selectedFrame) })),
    before: first,
    frames: framesOf(cells, selectedFrame, selection),
    counters: Object.entries(space.counters)
      .map(([name, value]) => `${name} ${countText(value)}`)
      .join(' · '),
    left: leftText(space, total),
    whatIf: Object.keys(space.counters).length === 0 ? '' : WHAT_IF,
    probe: probed(space, probe.trim() === '' && selection !== undefined && selectedRun !== undefined ? hex(selection) : probe),
  };
}

function firstDrawn(space: ShadowSpace, total: number, selection: bigint | undefined): number {
  const wanted = selection === undefined ? total - MOST_PAGES : Number((selection - space.start) / PAGE) - MOST_PAGES / 2;
  return Math.max(0, Math.min(wanted, total - MOST_PAGES));
}

function cellsFrom(space: ShadowSpace, first: number, selection: bigint | undefined): ShadowCell[] {
  const from = space.start + BigInt(first) * PAGE;
  const end = from + BigInt(MOST_PAGES) * PAGE;
  const cells: ShadowCell[] = [];
  for (const run of space.runs) {
    if (run.base + BigInt(run.pages) * PAGE <= from) continue;
    if (run.base >= end) break;
    for (let i = 0; i < run.pages; i++) {
      const address = run.base + BigInt(i) * PAGE;
      if (address >= from && address < end) cells.push(cellOf(space, run, i, address, selection));
    }
  }
  return cells;
}

function cellOf(space: ShadowSpace, run: ShadowRun, i: number, address: bigint, selection: bigint | undefined): ShadowCell {
  const frame = run.frame === undefined ? '' : hex(run.frame + BigInt(i) * PAGE);
  const object = run.object === undefined ? undefined : space.objects[run.object];
  return {
    address: hex(address),
    state: run.state,
    label: run.object === undefined ? '' : `#${String(run.object + 1)}`,
    frame,
    selected: selection !== undefined && selection >= address && selection < address + PAGE,
    text: `${hex(address)}: ${run.state}${object === undefined ? '' : `, object of ${countText(object.size)} B at ${hex(object.pointer)}`}${frame === '' ? '' : `, frame ${frame}`}`,
  };
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
function leftText(space: ShadowSpace, total: number): string {
  const left = (space.end - space.mark) / PAGE;
  const shadows = space.counters.maps ?? 0;
  const head = `${sizeText(left * PAGE)} of ${sizeText(space.end - space.start)} of shadow addresses left`;
  if (shadows === 0 || total === 0) return head;
  const pages = total / shadows;
  const hours = Number(left) / (pages * ASSUMED_RATE * 3600);
  return `${head}: ${hoursText(hours)} at ${countText(ASSUMED_RATE)} allocations a second (assumed) of ${pages.toFixed(1)} pages each (the average so far)`;
}

function hoursText(hours: number): string {
  if (hours < 1) return 'less than an hour';
  return `${countText(Math.floor(hours))} ${hours < 2 ? 'hour' : 'hours'}`;
}

/** The frames behind the drawn pages, ascending. */
function framesOf(cells: readonly ShadowCell[], selectedFrame: string | undefined, selection: bigint | undefined): FrameCell[] {
  const labels = new Map<string, string>();
  for (const c of cells) if (c.frame !== '') labels.set(c.frame, c.state === 'live' ? c.label : '');
  return [...labels]
    .map(([address, label]) => ({ at: BigInt(address), address, label }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ at, address, label }) => ({
      address,
      label,
      selected: address === selectedFrame || (selection !== undefined && selection >= at && selection < at + PAGE),
    }));
}

function probed(space: ShadowSpace, text: string): Probe {
  const found = /^\s*(?:read|write)?\s*(0x[0-9a-f]{1,16})\s*$/i.exec(text);
  if (found === null)
    return {
      title: 'Access probe',
      steps: [],
      note:
        text.trim() === '' ? 'Type a shadow address to see what an access meets.' : `“${text}” is no address: 0x40000007f08 is.`,
    };
  const address = BigInt(found[1]!);
  const title = `read ${hex(address)}`;
  if (address < space.start || address >= space.end)
    return { title, steps: [], note: `Shadow addresses are ${hex(space.start)} … below ${hex(space.end)}.` };
  const walk = space.walk(address);
  return { title, steps: walk.steps.map((s) => walkStep(s)), note: verdict(walk) };
}

function walkStep(s: ShadowWalk['steps'][number]): ProbeStep {
  return {
    title: `L${String(s.level)}[${String(s.index)}]`,
    text:
      s.value === undefined
        ? s.entry === undefined
          ? 'its table is not known'
          : `${hex(s.entry)} is not in the memory read`
        : `${s.entry === undefined ? '' : `${hex(s.entry)}: `}${hex(s.value)}`,
  };
}

function verdict(walk: ShadowWalk): string {
  if (walk.reaches !== undefined) return `Reaches ${hex(walk.reaches)}${walk.state === undefined ? '' : ` (${walk.state})`}.`;
  return `Fault. ${walk.state === undefined ? 'The page was never handed out.' : `The page is ${walk.state}: any access to it faults.`}`;
}
