// The address strip: every region in ascending order, gaps collapsed with their length written, and what the boot did with each.

import type { Decision, DecisionKind } from '../boot/decision';
import type { Descriptor, RegionMap } from '../regions/descriptor';
import type { Release } from '../regions/release';
import type { HeapArea, HeapSnapshot } from '../snapshot/snapshot';
import { circled, counted, hex, rangeText, shortSizeText, sizeText, spokenSize } from './numbers';
import { regionSpans } from './spans';
import type { RegionLook, RegionSpan } from './spans';

/** Regions drawn as boxes of their own; what a broken list has beyond that is one box that says how many. */
const MAX_BOXES = 96;

export interface RegionBox {
  readonly kind: 'region';
  readonly index: number;
  readonly base: string;
  /** Exclusive; 2^64 is `0x10000000000000000`. */
  readonly end: string;
  readonly bytes: number;
  readonly size: string;
  readonly shortSize: string;
  readonly look: RegionLook;
  readonly letter: string;
  readonly permissions: string;
  readonly name: string;
  readonly decision?: DecisionKind;
  /** `init → heap`, `addmem → added`, `62.4 MiB lost`; empty for a region that was never a candidate. */
  readonly label: string;
  /** ① ② …: its place in the order in which memory came to the heap; empty for other regions. */
  readonly mark: string;
  readonly reason: string;
  /** Made or changed by the step at the cursor, while the list is being made. */
  readonly changed?: boolean;
  /** Was free memory that the kernel could have used, and did not get? */
  readonly lost: boolean;
  /** What a screen reader says before the box's own text. */
  readonly spoken: string;
}

export interface Gap {
  readonly kind: 'gap';
  readonly base: string;
  readonly end: string;
  readonly size: string;
  readonly shortSize: string;
}

export interface More {
  readonly kind: 'more';
  readonly count: number;
  readonly size: string;
}

/** Memory that a heap has, where no list tells of what region it is. */
export interface AreaBox {
  readonly kind: 'area';
  /** `area 1` */
  readonly name: string;
  readonly base: string;
  readonly end: string;
  readonly bytes: number;
  readonly size: string;
  readonly shortSize: string;
  readonly spoken: string;
}

export type StripItem = RegionBox | AreaBox | Gap | More;

export interface StripView {
  readonly items: readonly StripItem[];
  /** `15 regions`, `both FREE used`. */
  readonly lines: readonly string[];
}

const LETTERS: Readonly<Record<RegionLook, string>> = {
  free: 'F',
  reserved: 'R',
  kernel: 'K',
  stack: 'S',
  cmdline: 'C',
  devicetree: 'D',
  initrd: 'I',
  device: 'V',
  unknown: '?',
};

/** The letter that stands in a region's box. */
export function letterOf(look: RegionLook): string {
  return LETTERS[look];
}

/**
 * @param decisions as of the cursor; for a dump, as its heap shows them
 * @param changed indexes of regions that the step at the cursor made or changed
 */
export function buildStrip(
  map: RegionMap | undefined,
  release: Release,
  decisions: readonly Decision[],
  changed: readonly number[] = [],
): StripView {
  if (map === undefined) return { items: [], lines: [NO_LIST] };
  const spans = regionSpans(map, release);
  const byRegion = new Map(decisions.map((d) => [d.region, d]));
  const marks = orderOfUse(decisions);
  const items: StripItem[] = [];
  let end: bigint | undefined;
  for (const span of spans.slice(0, MAX_BOXES)) {
    if (end !== undefined && span.base > end) items.push(gap(end, span.base));
    else if (end === undefined && span.base > 0n && span.base < 1n << 20n) items.push(gap(0n, span.base));
    const made = box(span, map.descriptors[span.index]!, byRegion.get(span.index), marks.get(span.index));
    items.push(changed.includes(span.index) ? { ...made, changed: true } : made);
    if (end === undefined || span.pageEnd > end) end = span.pageEnd;
  }
  items.push(...more(spans.slice(MAX_BOXES)));
  return { items, lines: summary(map, items) };
}

/** The regions; of a heap whose list of them is not known, as of a dump alone, the memory that it has. */
export function heapStrip(
  map: RegionMap | undefined,
  release: Release,
  decisions: readonly Decision[],
  snapshot: HeapSnapshot | undefined,
): StripView {
  const listed = map !== undefined && map.descriptors.length > 0;
  return listed || snapshot === undefined ? buildStrip(map, release, decisions) : areaStrip(snapshot.areas);
}

function areaStrip(areas: readonly HeapArea[]): StripView {
  const items: StripItem[] = [];
  const ascending = areas
    .map((area, i) => ({ ...area, name: `area ${String(i + 1)}` }))
    .sort((a, b) => (a.base < b.base ? -1 : 1));
  let end: bigint | undefined;
  for (const area of ascending.slice(0, MAX_BOXES)) {
    if (end !== undefined && area.base > end) items.push(gap(end, area.base));
    items.push(areaBox(area));
    end = area.end;
  }
  items.push(...more(ascending.slice(MAX_BOXES)));
  return { items, lines: [NO_LIST, ...(areas.length === 0 ? [] : [`heap: ${counted(areas.length, 'area')}`])] };
}

const NO_LIST = 'no region list';

function areaBox({ base, end, name }: HeapArea & { readonly name: string }): AreaBox {
  const bytes = end - base;
  return {
    kind: 'area',
    name,
    base: hex(base),
    end: rangeText(base, end).split('…')[1]!,
    bytes: Number(bytes),
    size: sizeText(bytes),
    shortSize: shortSizeText(bytes),
    spoken: `Heap, ${name}, ${spokenSize(bytes)} at ${hex(base)}`,
  };
}

/** What has no box of its own, as one. */
function more(spans: readonly { readonly base: bigint; readonly end: bigint }[]): More[] {
  if (spans.length === 0) return [];
  return [{ kind: 'more', count: spans.length, size: sizeText(spans.reduce((sum, s) => sum + (s.end - s.base), 0n)) }];
}

function gap(base: bigint, end: bigint): Gap {
  return { kind: 'gap', base: hex(base), end: hex(end), size: sizeText(end - base), shortSize: shortSizeText(end - base) };
}

/** ① for the region that became the heap, then the others in the order of the list, lost ones included. */
export function orderOfUse(decisions: readonly Decision[]): Map<number, string> {
  const used = decisions.filter((d) => d.kind === 'init' || d.kind === 'addmem' || d.kind === 'failed');
  return new Map(used.map((d, i) => [d.region, circled(i + 1)]));
}

function box(span: RegionSpan, descriptor: Descriptor, decision: Decision | undefined, mark: string | undefined): RegionBox {
  const bytes = span.end - span.base;
  const kind = decision?.kind;
  const lost = kind === 'failed';
  const label = kind === undefined ? '' : decisionLabel(kind, bytes);
  return {
    kind: 'region',
    index: span.index,
    base: hex(span.base),
    end: rangeText(span.base, span.end).split('…')[1]!,
    bytes: Number(bytes),
    size: sizeText(bytes),
    shortSize: shortSizeText(bytes),
    look: span.look,
    letter: LETTERS[span.look],
    permissions: span.permissions,
    name: descriptor.name ?? '',
    ...(kind !== undefined && { decision: kind }),
    label,
    mark: mark ?? '',
    reason: decision?.reason ?? '',
    lost,
    spoken: `Region ${String(span.index)}, ${span.look}, ${spokenPermissions(span.permissions)}, ${spokenSize(bytes)} at ${hex(span.base)}`,
  };
}

function decisionLabel(kind: DecisionKind, bytes: bigint): string {
  switch (kind) {
    case 'init':
      return 'init → heap';
    case 'addmem':
      return 'addmem → added';
    case 'failed':
      return `${sizeText(bytes)} lost`;
    case 'unknown':
      return 'unknown';
    case 'skipped':
    case 'not-reached':
      return '';
  }
}

function spokenPermissions(rwx: string): string {
  const words = [rwx[0] === 'r' ? 'read' : '', rwx[1] === 'w' ? 'write' : '', rwx[2] === 'x' ? 'execute' : ''].filter(
    (w) => w !== '',
  );
  return words.length === 0 ? 'no access' : words.join(' ');
}

function summary(map: RegionMap, items: readonly StripItem[]): string[] {
  const boxes = items.filter((i) => i.kind === 'region');
  const unknown = map.descriptors.length - boxes.length - items.reduce((sum, i) => sum + (i.kind === 'more' ? i.count : 0), 0);
  const free = boxes.filter((b) => b.look === 'free');
  const used = free.filter((b) => b.decision === 'init' || b.decision === 'addmem');
  const lines = [counted(map.descriptors.length, 'region')];
  if (unknown > 0) lines.push(`${String(unknown)} of unknown place`);
  else if (free.length === 0) lines.push('none FREE');
  else if (free.some((b) => b.decision === 'unknown')) lines.push(`≥ ${String(used.length)} of ${String(free.length)} FREE used`);
  else if (used.length === free.length)
    lines.push(
      free.length === 2 ? 'both FREE used' : free.length === 1 ? 'FREE one used' : `all ${String(free.length)} FREE used`,
    );
  else lines.push(`${String(used.length)} of ${String(free.length)} FREE used`);
  return lines;
}
