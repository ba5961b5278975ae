// The rows of a comparison: A above B at the same addresses where they differ, folds over what is the same, and what is in a fold that
// was opened.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import { solidBytes, sumsOf } from '../map/block-sums';
import type { Difference } from './differences';
import type { RunKind } from '../map/items';
import { classText } from '../map/labels';
import { counted, groupedAddress, hex, shortSizeText, sizeText } from '../numbers';
import type { Owner } from '../time/owners';

/** Pairs of rows, blocks of a row and rows of an opened fold that are shown; the rest is counted. */
const MOST_PAIRS = 60;
const MOST_BLOCKS = 400;
const MOST_UNFOLDED = 48;
/** Cells of a row, as on the map. */
const CELLS = 64;

export interface ComparedPart {
  /** `outside`: no memory of this heap. */
  readonly kind: Exclude<RunKind, 'region'> | 'outside';
  /** Shares of the row's width. */
  readonly from: number;
  readonly width: number;
  /** Share of the part that was asked for; 1 where that is not known. */
  readonly solid: number;
  /** Ever shorter forms, the longest first: the first that fits is shown, and the tooltip has it all. */
  readonly labels: readonly string[];
  /** The selected block, or a part of it. */
  readonly selected: boolean;
}

export interface ComparedMark {
  readonly from: number;
  readonly width: number;
  readonly base: string;
  readonly current: boolean;
}

export type ComparedRow =
  | {
      readonly kind: 'pair';
      readonly base: string;
      readonly address: string;
      readonly a: readonly ComparedPart[];
      readonly b: readonly ComparedPart[];
      readonly changes: readonly ComparedMark[];
    }
  /** What is the same in both: `base` opens and folds it. */
  | { readonly kind: 'same'; readonly base: string; readonly text: string; readonly open: boolean }
  /** A row of an opened fold. `text`: it stands for several rows that lie in one block. */
  | {
      readonly kind: 'plain';
      readonly base: string;
      readonly address: string;
      readonly parts: readonly ComparedPart[];
      readonly text: string;
    }
  | { readonly kind: 'note'; readonly text: string };

export interface ComparedHeap {
  readonly selection: bigint | undefined;
  readonly snapshot: HeapSnapshot;
  readonly owner: (base: bigint, end: bigint) => Owner | undefined;
}

/** What the user looks at. */
export interface ComparedLook {
  /** Index of the change at the selection; −1 for none. */
  readonly current: number;
  /** Folds that are open, by the address that they begin at. */
  readonly unfolded: readonly string[];
}

/** Length of a row: 64 pages for allocators of pages, as on the map; less where blocks are small, so that they can be seen. */
export function rowBytesOf({ allocator, blocks }: HeapSnapshot): number {
  if (allocator === 'bbuddy' || allocator === 'oscar' || blocks.length === 0) return CELLS * 4096;
  const mean = Number(blocks.end(blocks.length - 1) - blocks.base(0)) / blocks.length;
  return CELLS * 2 ** Math.floor(Math.log2(Math.max(16, Math.min(4096, mean))));
}

export function comparedRows(
  a: ComparedHeap,
  b: ComparedHeap,
  found: readonly Difference[],
  rowBytes: number,
  look: ComparedLook,
): ComparedRow[] {
  const rows: ComparedRow[] = [];
  const long = BigInt(rowBytes);
  const [start, end] = spanOf(a.snapshot, b.snapshot);
  // Of many changes, those around the selected one are shown.
  let next = found.length <= MOST_PAIRS ? 0 : Math.max(0, Math.floor(look.current / MOST_PAIRS) * MOST_PAIRS);
  let at = start;
  if (next > 0) {
    rows.push({ kind: 'note', text: `… ${counted(next, 'change')} above: they stand in the list` });
    at = found[next]!.base & -long;
  }
  for (let pairs = 0; next < found.length && pairs < MOST_PAIRS; pairs++) {
    const base = (found[next]!.base > at ? found[next]!.base : at) & -long;
    if (base > at) pushSame(rows, b, at, base, rowBytes, look);
    const rowEnd = base + long;
    let last = next;
    while (last < found.length && found[last]!.base < rowEnd) last++;
    rows.push(pairOf(a, b, found, next, last, base, rowBytes, look.current));
    at = rowEnd;
    while (next < found.length && found[next]!.end <= rowEnd) next++;
  }
  if (next < found.length)
    rows.push({ kind: 'note', text: `… ${counted(found.length - next, 'more change')} below: they stand in the list` });
  else if (at < end) pushSame(rows, b, at, end, rowBytes, look);
  return rows;
}

/** From the first block of either to the end of the last one. */
function spanOf(a: HeapSnapshot, b: HeapSnapshot): readonly [bigint, bigint] {
  const tables = [a.blocks, b.blocks].filter((t) => t.length > 0);
  const least = (x: bigint, y: bigint): bigint => (x < y ? x : y);
  const most = (x: bigint, y: bigint): bigint => (x > y ? x : y);
  const [first] = tables;
  if (first === undefined) return [0n, 0n];
  return [
    tables.map((t) => t.base(0)).reduce(least, first.base(0)),
    tables.map((t) => t.end(t.length - 1)).reduce(most, first.end(first.length - 1)),
  ];
}

function pushSame(rows: ComparedRow[], b: ComparedHeap, from: bigint, to: bigint, rowBytes: number, look: ComparedLook): void {
  const base = hex(from);
  const open = look.unfolded.includes(base);
  rows.push({ kind: 'same', base, text: `= unchanged ${base}…${hex(to)}: ${heldIn(b.snapshot, from, to)}`, open });
  if (open) pushUnfolded(rows, b, from, to, rowBytes);
}

/** `11 free, 62.1 MiB · 2 used, 128 KiB · not heap 896 KiB`. Blocks that begin before are counted where they begin. */
function heldIn(snapshot: HeapSnapshot, from: bigint, to: bigint): string {
  const { blocks } = snapshot;
  const { asked, slack, free, metadata, unread, usedBlocks, freeBlocks } = sumsOf(snapshot).over(from, to);
  const first = blocks.lastAtOrBelow(from);
  const reaches = first >= 0 && blocks.base(first) < from && blocks.end(first) > from ? blocks.state(first) : undefined;
  const part = (count: number, state: 'free' | 'used', bytes: number): string[] => {
    const begun = count - (reaches === state ? 1 : 0);
    if (bytes === 0) return [];
    return [`${begun === 0 ? `rest of a ${state} block` : counted(begun, `${state} block`)} ${sizeText(bytes)}`];
  };
  const outside = Number(to - from) - asked - slack - free - metadata - unread;
  return [
    ...part(freeBlocks, 'free', free),
    ...part(usedBlocks, 'used', asked + slack),
    ...(metadata > 0 ? [`allocator ${sizeText(metadata)}`] : []),
    ...(unread > 0 ? [`not in dump ${sizeText(unread)}`] : []),
    ...(outside > 0 ? [`not heap ${sizeText(outside)}`] : []),
  ].join(' · ');
}

function pushUnfolded(rows: ComparedRow[], b: ComparedHeap, from: bigint, to: bigint, rowBytes: number): void {
  const long = BigInt(rowBytes);
  let shown = 0;
  for (let base = from & -long; base < to; shown++) {
    if (shown === MOST_UNFOLDED) {
      rows.push({ kind: 'note', text: `… ${sizeText(to - base)} more, all unchanged` });
      return;
    }
    const parts = partsOf(b, base, base + long);
    // Rows that lie in one block, or in none, are one.
    const within = parts.length === 1 ? endOfStretch(b.snapshot, base, to) : base;
    const rowsOfIt = (within - base) / long;
    const several = rowsOfIt > 1n;
    rows.push({
      kind: 'plain',
      base: hex(base),
      address: groupedAddress(base).slice(2),
      parts,
      text: several ? `${counted(Number(rowsOfIt), 'row')} like this, to ${hex(base + rowsOfIt * long)}` : '',
    });
    base += several ? rowsOfIt * long : long;
  }
}

/** Where the block, or the hole between blocks, that holds an address ends, but not beyond `to`. */
function endOfStretch({ blocks }: HeapSnapshot, at: bigint, to: bigint): bigint {
  const i = blocks.lastAtOrBelow(at);
  const inside = i >= 0 && blocks.end(i) > at;
  const end = inside ? blocks.end(i) : i + 1 < blocks.length ? blocks.base(i + 1) : to;
  return end < to ? end : to;
}

function pairOf(
  a: ComparedHeap,
  b: ComparedHeap,
  found: readonly Difference[],
  first: number,
  last: number,
  base: bigint,
  rowBytes: number,
  current: number,
): ComparedRow {
  const end = base + BigInt(rowBytes);
  const changes: ComparedMark[] = [];
  for (let i = first; i < last && changes.length < MOST_BLOCKS; i++) {
    const d = found[i]!;
    const from = d.base > base ? d.base : base;
    const to = d.end < end ? d.end : end;
    changes.push({
      from: Number(from - base) / rowBytes,
      width: Number(to - from) / rowBytes,
      base: hex(d.base),
      current: i === current,
    });
  }
  const [one, two] = [partsOf(a, base, end), partsOf(b, base, end)];
  return { kind: 'pair', base: hex(base), address: groupedAddress(base).slice(2), a: one, b: two, changes };
}

function partsOf(heap: ComparedHeap, base: bigint, end: bigint): ComparedPart[] {
  const { blocks } = heap.snapshot;
  const whole = Number(end - base);
  const parts: ComparedPart[] = [];
  let at = base;
  const outside = (to: bigint): void => {
    if (to <= at) return;
    const [from, width] = [Number(at - base) / whole, Number(to - at) / whole];
    parts.push({ kind: 'outside', from, width, solid: 1, labels: [], selected: false });
  };
  const first = Math.max(0, blocks.lastAtOrBelow(base));
  for (let i = first; i < blocks.length && blocks.base(i) < end && parts.length < MOST_BLOCKS; i++) {
    const from = blocks.base(i) > base ? blocks.base(i) : base;
    const to = blocks.end(i) < end ? blocks.end(i) : end;
    if (to <= from) continue;
    outside(from);
    const selected = heap.selection !== undefined && heap.selection >= blocks.base(i) && heap.selection < blocks.end(i);
    parts.push({ ...lookOf(heap, i, from, to), selected, from: Number(from - base) / whole, width: Number(to - from) / whole });
    at = to;
  }
  outside(end);
  return parts;
}

/** How block `i` is drawn where it lies in `[from, to)`. */
function lookOf(
  { snapshot, owner }: ComparedHeap,
  i: number,
  from: bigint,
  to: bigint,
): Pick<ComparedPart, 'kind' | 'solid' | 'labels'> {
  const { blocks, heap } = snapshot;
  const state = blocks.state(i);
  const held = state === 'used' ? owner(blocks.base(i), blocks.end(i)) : undefined;
  // Cut by address: a block over two rows shows its slack once.
  const cut = blocks.base(i) + BigInt(state === 'used' ? solidBytes(blocks, i, held?.pageBytes) : blocks.size(i));
  const solid = Number((cut < to ? (cut > from ? cut : from) : to) - from) / Number(to - from);
  if (state === 'metadata') return { kind: state, solid, labels: [heap >= blocks.base(i) && heap < blocks.end(i) ? 'A' : 'B'] };
  if (state === 'unread') return { kind: state, solid, labels: ['not in dump'] };
  const size = shortSizeText(blocks.size(i));
  if (state === 'used') return { kind: state, solid, labels: held === undefined ? [size] : [held.text] };
  const name = classText(snapshot, blocks.sizeClass(i));
  return { kind: state, solid, labels: name === undefined ? [size] : [`${name} · ${sizeText(blocks.size(i))}`, name] };
}
