// Two states of one heap: A above B, row by row at the same addresses, with what differs and who held it.

import type { HeapSnapshot, Metrics } from '../snapshot/snapshot';
import type { Cursor } from '../timeline/types';
import { solidBytes } from './block-sums';
import { differences } from './differences';
import type { Difference } from './differences';
import { RUN_KINDS } from './map-items';
import type { RunKind } from './map-items';
import { classText } from './map-labels';
import { buildMetrics } from './metrics';
import { counted, countText, groupedAddress, hex, shortSizeText, sizeText } from './numbers';
import type { Owner } from './owners';

/** Pairs of rows, changes and blocks of a row that are shown; the rest is counted. */
const MOST_ROWS = 60;
const MOST_CHANGES = 500;
const MOST_BLOCKS = 400;
/** Cells of a row, as on the map. */
const CELLS = 64;

export interface ComparedPart {
  readonly kind: RunKind;
  /** Shares of the row's width. */
  readonly from: number;
  readonly width: number;
  /** Share of the part that was asked for; 1 where that is not known. */
  readonly solid: number;
  readonly label: string;
}

export type ComparedRow =
  | {
      readonly kind: 'pair';
      readonly base: string;
      readonly address: string;
      readonly a: readonly ComparedPart[];
      readonly b: readonly ComparedPart[];
      readonly changes: readonly { readonly from: number; readonly width: number; readonly base: string }[];
    }
  | { readonly kind: 'same'; readonly text: string };

export interface ComparedChange {
  readonly base: string;
  readonly size: string;
  readonly a: string;
  readonly b: string;
  /** The step that wrote there last, where that is found in passing. */
  readonly step: string;
  readonly cursor?: Cursor;
}

export interface ComparisonView {
  readonly a: string;
  readonly b: string;
  /** `6 operations, 6 blocks changed, 8 pages`. */
  readonly summary: string;
  readonly rowText: string;
  readonly rows: readonly ComparedRow[];
  readonly changes: readonly ComparedChange[];
  /** Changes beyond those. */
  readonly more: number;
  readonly metrics: readonly { readonly label: string; readonly a: string; readonly b: string; readonly change: string }[];
}

/** One of the two states. */
export interface Compared {
  /** `step 29, main-2`. */
  readonly name: string;
  readonly snapshot: HeapSnapshot;
  readonly metrics: Metrics;
  readonly owner: (base: bigint, end: bigint) => Owner | undefined;
}

/**
 * @param operations operations between the two
 * @param lastChange the step up to B that wrote into a range, where it is found in passing
 */
export function buildComparison(
  a: Compared,
  b: Compared,
  operations: number,
  lastChange: (base: bigint, end: bigint) => Cursor | undefined,
): ComparisonView {
  const found = differences(a.snapshot.blocks, b.snapshot.blocks);
  const bytes = found.reduce((sum, d) => sum + Number(d.end - d.base), 0);
  const size = bytes % 4096 === 0 ? counted(bytes / 4096, 'page') : sizeText(bytes);
  const rowBytes = rowBytesOf(b.snapshot);
  return {
    a: a.name,
    b: b.name,
    summary: `${counted(operations, 'operation')}, ${counted(found.length, 'change')}${found.length === 0 ? '' : `, ${size}`}`,
    rowText: `A above B, same address under each other · outlined = differs · 1 row = ${sizeText(rowBytes)}`,
    rows: rowsOf(a, b, found, rowBytes),
    changes: found.slice(0, MOST_CHANGES).map((d) => changeOf(a, b, d, lastChange)),
    more: Math.max(0, found.length - MOST_CHANGES),
    metrics: metricsOf(a.metrics, b.metrics),
  };
}

/** 64 pages for allocators of pages, as on the map; less where blocks are small, so that they can be seen. */
function rowBytesOf({ allocator, blocks }: HeapSnapshot): number {
  const pages = CELLS * 4096;
  if (allocator === 'bbuddy' || allocator === 'oscar' || blocks.length === 0) return pages;
  const used = Math.max(16, Math.min(4096, Number(blocks.end(blocks.length - 1) - blocks.base(0)) / blocks.length));
  return CELLS * 2 ** Math.floor(Math.log2(used));
}

function rowsOf(a: Compared, b: Compared, found: readonly Difference[], rowBytes: number): ComparedRow[] {
  const rows: ComparedRow[] = [];
  const long = BigInt(rowBytes);
  const { blocks } = b.snapshot;
  const end = blocks.length === 0 ? 0n : blocks.end(blocks.length - 1);
  let at = blocks.length === 0 ? 0n : blocks.base(0);
  let pairs = 0;
  let next = 0;
  while (next < found.length && pairs < MOST_ROWS) {
    const base = (found[next]!.base > at ? found[next]!.base : at) & -long;
    if (base > at) rows.push(sameRow(b.snapshot, at, base));
    const rowEnd = base + long;
    const here: Difference[] = [];
    for (let i = next; i < found.length && found[i]!.base < rowEnd; i++) here.push(found[i]!);
    rows.push(pairOf(a, b, here, base, rowBytes));
    pairs++;
    at = rowEnd;
    while (next < found.length && found[next]!.end <= rowEnd) next++;
  }
  if (next < found.length)
    rows.push({ kind: 'same', text: `… ${counted(found.length - next, 'more change')} below: they stand in the list` });
  else if (at < end) rows.push(sameRow(b.snapshot, at, end));
  return rows;
}

function sameRow({ blocks }: HeapSnapshot, base: bigint, end: bigint): ComparedRow {
  const first = blocks.lastAtOrBelow(base);
  const last = blocks.lastAtOrBelow(end - 1n);
  return {
    kind: 'same',
    text: `= unchanged ${hex(base)} – ${hex(end)}: ${counted(Math.max(0, last - Math.max(0, first) + 1), 'block')}, ${sizeText(end - base)}`,
  };
}

function pairOf(a: Compared, b: Compared, here: readonly Difference[], base: bigint, rowBytes: number): ComparedRow {
  const end = base + BigInt(rowBytes);
  const inside = (d: Difference) => {
    const from = d.base > base ? d.base : base;
    const to = d.end < end ? d.end : end;
    return { from: Number(from - base) / rowBytes, width: Number(to - from) / rowBytes, base: hex(d.base) };
  };
  return {
    kind: 'pair',
    base: hex(base),
    address: groupedAddress(base).slice(2),
    a: partsOf(a, base, end),
    b: partsOf(b, base, end),
    changes: here.slice(0, MOST_BLOCKS).map(inside),
  };
}

function partsOf({ snapshot, owner }: Compared, base: bigint, end: bigint): ComparedPart[] {
  const { blocks } = snapshot;
  const whole = Number(end - base);
  const parts: ComparedPart[] = [];
  for (
    let i = Math.max(0, blocks.lastAtOrBelow(base));
    i < blocks.length && blocks.base(i) < end && parts.length < MOST_BLOCKS;
    i++
  ) {
    const from = blocks.base(i) > base ? blocks.base(i) : base;
    const to = blocks.end(i) < end ? blocks.end(i) : end;
    if (to <= from) continue;
    const state = blocks.state(i);
    const held = state === 'used' ? owner(blocks.base(i), blocks.end(i)) : undefined;
    const cut = blocks.base(i) + BigInt(state === 'used' ? solidBytes(blocks, i, held?.pageBytes) : blocks.size(i));
    const solid = Number((cut < to ? (cut > from ? cut : from) : to) - from) / Number(to - from);
    const name = classText(snapshot, blocks.sizeClass(i));
    const label =
      state === 'free'
        ? `${name === undefined ? '' : `${name} · `}${shortSizeText(blocks.size(i))}`
        : state === 'used'
          ? (held?.text ?? '')
          : '';
    parts.push({
      kind: RUN_KINDS.find((k) => k === state) ?? 'unread',
      from: Number(from - base) / whole,
      width: Number(to - from) / whole,
      solid,
      label,
    });
  }
  return parts;
}

function changeOf(
  a: Compared,
  b: Compared,
  { base, end }: Difference,
  lastChange: (base: bigint, end: bigint) => Cursor | undefined,
): ComparedChange {
  const cursor = lastChange(base, end);
  return {
    base: hex(base),
    size: sizeText(end - base),
    a: heldText(a, base, end),
    b: heldText(b, base, end),
    step: cursor === undefined ? '' : countText(cursor.operation + 1),
    ...(cursor !== undefined && { cursor }),
  };
}

/** What a stretch holds: its blocks in order, as many as are read at a glance. */
function heldText({ snapshot, owner }: Compared, base: bigint, end: bigint): string {
  const { blocks } = snapshot;
  const texts: string[] = [];
  let count = 0;
  for (let i = Math.max(0, blocks.lastAtOrBelow(base)); i < blocks.length && blocks.base(i) < end; i++) {
    if (blocks.end(i) <= base || ++count > 2) continue;
    const name = classText(snapshot, blocks.sizeClass(i));
    const state = blocks.state(i);
    if (state === 'free') texts.push(`free ${name ?? shortSizeText(blocks.size(i))}`);
    else
      texts.push(
        (state === 'used' ? owner(blocks.base(i), blocks.end(i))?.text : undefined) ??
          `${state} ${shortSizeText(blocks.size(i))}`,
      );
  }
  if (count === 0) return 'not in the heap';
  return texts.join(', ') + (count > 2 ? ` + ${countText(count - 2)}` : '');
}

function metricsOf(a: Metrics, b: Metrics): ComparisonView['metrics'] {
  const common = { series: undefined, history: undefined, operation: 0, partial: false };
  const before = buildMetrics({ ...common, now: a, before: undefined }).rows;
  return buildMetrics({ ...common, now: b, before: a }).rows.map(({ label, value, change }, i) => ({
    label,
    a: before[i]?.value ?? '',
    b: value,
    change: change === '·' ? '=' : change,
  }));
}
