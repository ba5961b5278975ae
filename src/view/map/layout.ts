// The rows of the map, before anything is drawn in them.
//
// A row is a power of two of bytes and begins at a multiple of its own length in absolute address, so a buddy is always the other
// half, and heaps at different bases line up. Rows exist where the heap has memory; what lies between is one line that says how
// much. Rows wholly inside large blocks have no story: they fold into one row in which each block is a box.
//
// Along a Hilbert curve a row is a band: squares of cells side by side, as high as 32 cells. All else is the same.
//
// The layout is a short list of stretches, however many rows it stands for: its cost is by large blocks, not by rows.

import type { BlockTable } from '../../snapshot/blocks';
import type { HeapArea, HeapSnapshot } from '../../snapshot/snapshot';
import { solidBytes } from './block-sums';
import { bandIndex, bandPlace, HILBERT_SIDE } from './hilbert';
import type { MapShape } from '../viewport';

/** Bits of a page. */
export const PAGE_LEVEL = 12;
/** A block is large when it covers this many cells: two rows of 64. */
export const FOLD_CELLS = 128;
/** Height of the line over a region's rows, and of the line for a stretch that is not heap. */
export const HEADING_HEIGHT = 18;

export type Stretch = { readonly y: number; readonly height: number } & (
  | { readonly kind: 'heading'; readonly area: HeapArea; readonly index: number }
  | { readonly kind: 'gap'; readonly base: bigint; readonly end: bigint }
  | { readonly kind: 'fold'; readonly base: bigint; readonly end: bigint; readonly first: number; readonly last: number }
  | { readonly kind: 'rows'; readonly base: bigint; readonly rows: number; readonly foldBase?: bigint }
);

/** `Stretch` while its place is not known yet. */
type Placed<T> = T extends { readonly y: number } ? Omit<T, 'y' | 'height'> : never;

export interface MapLayout {
  readonly rowBytes: bigint;
  readonly stretches: readonly Stretch[];
  readonly height: number;
  readonly rows: number;
  readonly folds: number;
  /** Cells of a row from left to right. */
  readonly columns: number;
  /** Cells of a row from top to bottom: 1, or those of a band. */
  readonly lines: number;
  /** Pixels from one row or band to the next. */
  readonly pitch: number;
}

export interface RowShape {
  readonly level: number;
  readonly cells: number;
  readonly rowHeight: number;
  /** Height of a row of cells where it differs from that of a fold. */
  readonly cellRow?: number;
  readonly shape?: MapShape;
  readonly cellHeight?: number;
}

/** Between one band and the next. */
const BAND_GAP = 6;

/** Rows `[first, end)` wholly inside the blocks `[firstBlock, lastBlock]`. */
interface Quiet {
  first: bigint;
  end: bigint;
  firstBlock: number;
  lastBlock: number;
  free: boolean;
}

export function layoutMap(snapshot: HeapSnapshot, shape: RowShape, unfolded: ReadonlySet<bigint>): MapLayout {
  const curved = shape.shape === 'hilbert';
  const lines = curved ? HILBERT_SIDE : 1;
  const pitch = curved ? HILBERT_SIDE * (shape.cellHeight ?? 10) + BAND_GAP : (shape.cellRow ?? shape.rowHeight);
  const rowBytes = BigInt(shape.cells * lines) << BigInt(shape.level);
  const quiet = keptQuietRows(snapshot, rowBytes, shape.cells);
  const stretches: Stretch[] = [];
  let y = 0;
  let rows = 0;
  let folds = 0;
  const place = (stretch: Placed<Stretch>, height: number) => {
    stretches.push({ ...stretch, y, height });
    y += height;
  };
  const placeRows = (first: bigint, end: bigint, foldBase?: bigint) => {
    if (end <= first) return;
    const count = Number(end - first);
    rows += count;
    place({ kind: 'rows', base: first * rowBytes, rows: count, ...(foldBase !== undefined && { foldBase }) }, count * pitch);
  };
  // Rows before `next` are placed; memory up to `lastEnd`, in rows before `reach`, has been told of.
  let next = 0n;
  let reach = 0n;
  let lastEnd = 0n;
  const areas = snapshot.areas.map((area, index) => ({ area, index })).sort((a, b) => (a.area.base < b.area.base ? -1 : 1));
  for (const [i, { area, index }] of areas.entries()) {
    const first = area.base / rowBytes;
    const end = (area.end + rowBytes - 1n) / rowBytes;
    // In a row that both share, what lies between is part of the row.
    if (i > 0 && first >= reach && area.base > lastEnd) place({ kind: 'gap', base: lastEnd, end: area.base }, HEADING_HEIGHT);
    if (area.end > lastEnd) lastEnd = area.end;
    if (end > reach) reach = end;
    place({ kind: 'heading', area, index }, HEADING_HEIGHT);
    // A row in which another area begins stands under that one's heading.
    const following = areas[i + 1] && areas[i + 1]!.area.base / rowBytes;
    const stop = following !== undefined && following < reach ? following : reach;
    let at = first > next ? first : next;
    for (const q of between(quiet, at, stop)) {
      placeRows(at, q.first);
      const base = q.first * rowBytes;
      if (unfolded.has(base)) placeRows(q.first, q.end, base);
      else {
        folds++;
        place({ kind: 'fold', base, end: q.end * rowBytes, first: q.firstBlock, last: q.lastBlock }, foldPitch(shape.rowHeight));
      }
      at = q.end;
    }
    placeRows(at, stop);
    if (stop > next) next = stop;
  }
  return { rowBytes, stretches, height: y + footerHeight(shape.level), rows, folds, columns: shape.cells, lines, pitch };
}

/** Below this, rows are too low for the two lines of a fold's boxes. */
const LEAST_FOLD = 24;

/** Height of a fold, its gap included: that of a row where two lines of words fit, and as much as they need where not. */
export function foldPitch(rowHeight: number): number {
  return rowHeight < LEAST_FOLD ? LEAST_FOLD + 4 : rowHeight;
}

/** Height of the last lines, which sum all blocks: one line, two under aggregated cells. */
export function footerHeight(level: number): number {
  return HEADING_HEIGHT * (level > PAGE_LEVEL ? 2 : 1);
}

const kept = new WeakMap<HeapSnapshot, Map<string, readonly Quiet[]>>();

/** Found once for a snapshot and a shape: scrolling does not look at the blocks again. */
function keptQuietRows(snapshot: HeapSnapshot, rowBytes: bigint, cells: number): readonly Quiet[] {
  let shapes = kept.get(snapshot);
  if (shapes === undefined) kept.set(snapshot, (shapes = new Map<string, readonly Quiet[]>()));
  const key = `${String(rowBytes)}/${String(cells)}`;
  let rows = shapes.get(key);
  if (rows === undefined) shapes.set(key, (rows = quietRows(snapshot.blocks, rowBytes, cells)));
  return rows;
}

/** The runs of rows that fold, ascending and disjoint: two rows or more each. */
function quietRows(blocks: BlockTable, rowBytes: bigint, cells: number): Quiet[] {
  const least = (Number(rowBytes) / cells) * FOLD_CELLS;
  const found: Quiet[] = [];
  for (let i = 0; i < blocks.length; i++) {
    if (blocks.size(i) < least) continue;
    const free = blocks.state(i) !== 'used';
    let first = (blocks.base(i) + rowBytes - 1n) / rowBytes;
    const end = blocks.end(i) / rowBytes;
    if (free) {
      add(found, { first, end, firstBlock: i, lastBlock: i, free });
      continue;
    }
    // A used block keeps the row that it begins in, for its label, and the row in which asked for turns into slack.
    if (first * rowBytes === blocks.base(i)) first++;
    const cut = (blocks.base(i) + BigInt(solidBytes(blocks, i))) / rowBytes;
    add(found, { first, end: cut < end ? cut : end, firstBlock: i, lastBlock: i, free });
    if (cut + 1n < end) add(found, { first: cut + 1n > first ? cut + 1n : first, end, firstBlock: i, lastBlock: i, free });
  }
  return found.filter((q) => q.end - q.first >= 2n);
}

function add(found: Quiet[], q: Quiet): void {
  if (q.end <= q.first) return;
  const last = found.at(-1);
  if (last?.free && q.free && last.end === q.first) {
    last.end = q.end;
    last.lastBlock = q.lastBlock;
  } else if (last === undefined || q.first >= last.end) found.push(q);
}

/** The quiet runs inside rows `[from, end)`, cut to them. */
function between(quiet: readonly Quiet[], from: bigint, end: bigint): Quiet[] {
  return quiet
    .filter((q) => q.first < end && q.end > from)
    .map((q) => ({ ...q, first: q.first > from ? q.first : from, end: q.end < end ? q.end : end }));
}

/** Index of the first stretch that reaches below `y`. */
export function firstStretchAt(layout: MapLayout, y: number): number {
  let low = 0;
  let high = layout.stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const s = layout.stretches[middle]!;
    if (s.y + s.height <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Top of the row, cell of a band, fold or gap that holds an address; undefined when the map has no place for it. */
export function placeOf(layout: MapLayout, address: bigint): number | undefined {
  const { rowBytes, pitch, lines } = layout;
  for (const s of layout.stretches) {
    if (s.kind === 'rows' && holds(s, address, rowBytes)) {
      const y = s.y + Number((address - s.base) / rowBytes) * pitch;
      if (lines === 1) return y;
      return y + bandPlace(cellOf(layout, address)).y * ((pitch - BAND_GAP) / lines);
    }
    if ((s.kind === 'fold' || s.kind === 'gap') && address >= s.base && address < s.end) return s.y;
  }
  return undefined;
}

/** Number of the cell in its band. */
function cellOf({ rowBytes, columns, lines }: MapLayout, address: bigint): number {
  return Number(((address % rowBytes) * BigInt(columns * lines)) / rowBytes);
}

/** The address one cell to a side of `address` on the curve's picture; beyond a band that of the row or fold beside it. */
export function cellBeside(layout: MapLayout, address: bigint, dx: number, dy: number): bigint | undefined {
  const { columns, lines, rowBytes } = layout;
  const { x, y } = bandPlace(cellOf(layout, address));
  const [column, line] = [x + dx, y + dy];
  const cellBytes = rowBytes / BigInt(columns * lines);
  if (column < 0 || column >= columns) return undefined;
  const cellIn = (band: bigint, at: number) => band - (band % rowBytes) + BigInt(bandIndex(column, at)) * cellBytes;
  if (line >= 0 && line < lines) return cellIn(address, line);
  const beside = addressBeside(layout, address, dy < 0 ? -1 : 1);
  const band = beside !== undefined && layout.stretches.some((s) => s.kind === 'rows' && holds(s, beside, rowBytes));
  return band ? cellIn(beside, dy < 0 ? lines - 1 : 0) : beside;
}

/** The address one row, or fold, above (−1) or below `address`, in the same column where there is one; undefined at the map's ends. */
export function addressBeside(layout: MapLayout, address: bigint, by: 1 | -1): bigint | undefined {
  const { stretches, rowBytes } = layout;
  const column = address % rowBytes;
  const at = stretches.findIndex((s) => holds(s, address, rowBytes));
  const here = stretches[at];
  if (here?.kind === 'rows') {
    const beside = address + BigInt(by) * rowBytes;
    if (holds(here, beside, rowBytes)) return beside;
  }
  for (let i = (at < 0 && by < 0 ? stretches.length : at) + by; i >= 0 && i < stretches.length; i += by) {
    const s = stretches[i]!;
    if (s.kind === 'fold') return by > 0 ? s.base : s.end - 1n;
    if (s.kind === 'rows') return s.base + column + (by > 0 ? 0n : BigInt(s.rows - 1) * rowBytes);
  }
  return undefined;
}

function holds(s: Stretch, address: bigint, rowBytes: bigint): boolean {
  if (s.kind === 'fold') return address >= s.base && address < s.end;
  return s.kind === 'rows' && address >= s.base && address < s.base + BigInt(s.rows) * rowBytes;
}
