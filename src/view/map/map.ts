// The map: what of the heap's layout is in the window. Pure: a function of the snapshot, its surroundings and the viewport. Nothing
// here costs by all blocks, save what is kept for a snapshot.

import { PAGE_SIZE } from '../../memory/address';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { buildBytes, PAGE_ROW_HEIGHT } from './bytes';
import type { BytesView } from './bytes';
import { HILBERT_SIDE } from './hilbert';
import type { MapSurroundings } from './items';
import { classPrefix } from './labels';
import { firstStretchAt, foldPitch, footerHeight, layoutMap, PAGE_LEVEL, placeOf } from './layout';
import type { MapLayout, RowShape } from './layout';
import { hasFinding } from './marks';
import { RowBuilder } from './rows';
import type { MapParts } from './rows';
import { counted, countText, sizeText } from '../numbers';
import type { LegendEntry } from './shades';
import { MAP_LEVELS } from '../viewport';
import type { Colouring, MapShape, MapViewport, MapZoom } from '../viewport';

export { RUN_KINDS, RunFlag } from './items';
export type { Cells, FoldBox, MapItem, MapRow, MapSurroundings, RunKind, Runs } from './items';

/** Pixels drawn above and below the window, so that scrolling needs no new frame at once. */
const OVERSCAN = 240;

export interface MapView extends MapParts {
  /** Bits of a cell's bytes. */
  readonly level: number;
  readonly fitted: boolean;
  readonly cells: number;
  /** Bytes of a cell and of a row. */
  readonly cellBytes: number;
  readonly rowBytes: number;
  readonly rowHeight: number;
  /** Height of a fold, without its gap. */
  readonly foldHeight: number;
  readonly shape: MapShape;
  /** Cells of a row from top to bottom: 1, or those of a band of squares; and the height of one. */
  readonly lines: number;
  readonly cellHeight: number;
  readonly colouring: Colouring;
  /** What the colours stand for, where they are not those of states. */
  readonly legend: readonly LegendEntry[];
  /** Why there is none; else empty. */
  readonly legendNote: string;
  /** Where the window is now: as asked for, or moved to reveal an address. */
  readonly top: number;
  readonly height: number;
  /** The items reach from here … */
  readonly from: number;
  /** … to here. */
  readonly to: number;
  readonly title: string;
  /** Marks over the columns, by cell. */
  readonly ticks: readonly { readonly cell: number; readonly text: string }[];
  /** What stands in front of a size class's number: `o`. */
  readonly classPrefix: string;
  /** `next in o1`: what the arrow from the selected to the linked block says; empty without one. */
  readonly linkText: string;
  /** Levels from finest to coarsest, through which + and − go. */
  readonly levels: readonly MapZoom[];
  /** The level shown: one of `levels`. */
  readonly zoom: MapZoom;
  /** At the finest level, instead of items: pages byte by byte. */
  readonly bytes?: BytesView;
  /** Was the window moved, so that the webview has to follow? */
  readonly revealed: boolean;
}

export function buildMap(snapshot: HeapSnapshot, around: MapSurroundings, asked: MapViewport): MapView {
  if (asked.zoom === 'bytes') return bytesMap(snapshot, around, asked);
  const level = resolveLevel(snapshot, asked);
  const shape = shapeAt(snapshot, asked, level);
  const viewport = { ...asked, cells: shape.cells, rowHeight: shape.rowHeight };
  const unfolded = new Set(viewport.unfolded.map((a) => BigInt(a)));
  const layout = layoutMap(snapshot, shape, unfolded);
  const limit = Math.max(0, layout.height - viewport.height);
  const revealed = viewport.reveal === undefined ? undefined : placeOf(layout, BigInt(viewport.reveal));
  const top = Math.min(limit, Math.max(0, revealed === undefined ? viewport.top : centred(viewport, revealed)));
  const from = Math.max(0, top - OVERSCAN);
  const to = Math.min(layout.height, top + viewport.height + OVERSCAN);
  const painter = new RowBuilder(snapshot, around, layout, level, viewport);
  for (let i = firstStretchAt(layout, from); i < layout.stretches.length && layout.stretches[i]!.y < to; i++)
    painter.stretch(layout.stretches[i]!, from, to);
  const footer = layout.height - footerHeight(level);
  if (footer < to) painter.footer(footer);
  return {
    level,
    fitted: viewport.zoom === 'fit',
    cells: viewport.cells,
    cellBytes: 2 ** level,
    rowBytes: Number(layout.rowBytes),
    rowHeight: viewport.rowHeight,
    foldHeight: foldPitch(viewport.rowHeight) - 2,
    top,
    height: layout.height,
    from,
    to,
    shape: viewport.shape,
    lines: layout.lines,
    cellHeight: layout.lines === 1 ? layout.pitch - 2 : viewport.cellHeight,
    ...legendOf(painter, viewport),
    title: titleOf(level, viewport.cells, layout),
    ticks: ticksOf(viewport, layout, level),
    classPrefix: classPrefix(snapshot),
    linkText: around.linked?.text ?? '',
    levels: levelsOf(snapshot),
    zoom: levelsOf(snapshot).find((l) => l === level) ?? PAGE_LEVEL,
    revealed: revealed !== undefined,
    ...painter.result(),
  };
}

/** Least height of a row of aggregated cells unless the viewport says otherwise. */
const LEAST_ROW = 10;

/** Pixels by which rows of blocks may be lower than they are asked for, where all of the map fits then. */
const SQUEEZE = 4;

/** Rows of blocks, lower by so much that all of the map fits the pane; as they are where that is not enough. */
function squeezed(snapshot: HeapSnapshot, viewport: MapViewport, level: number): RowShape {
  const shape = { ...viewport, level };
  const layout = layoutMap(snapshot, shape, new Set(viewport.unfolded.map((a) => BigInt(a))));
  const giving = layout.rows + (foldPitch(viewport.rowHeight) === viewport.rowHeight ? layout.folds : 0);
  const over = Math.ceil((layout.height - viewport.height) / Math.max(1, giving));
  return over > 0 && over <= SQUEEZE ? { ...shape, rowHeight: viewport.rowHeight - over } : shape;
}

/** Aggregated cells need no room for a label: twice as many stand in a row, and rows are as low as it takes to see all of them. */
export function shapeAt(snapshot: HeapSnapshot, viewport: MapViewport, level: number): RowShape {
  if (viewport.shape === 'hilbert') return { ...viewport, level };
  if (level <= PAGE_LEVEL) return squeezed(snapshot, viewport, level);
  const { cells, rowHeight, height, leastRow = LEAST_ROW } = viewport;
  const low = { level, cells: cells * 2, rowHeight, cellRow: leastRow };
  const layout = layoutMap(snapshot, low, new Set());
  const spare = Math.floor((height - layout.height) / Math.max(1, layout.rows));
  return { ...low, cellRow: Math.min(rowHeight, Math.max(leastRow, leastRow + spare)) };
}

function legendOf({ shading }: RowBuilder, { colouring }: MapViewport): Pick<MapView, 'colouring' | 'legend' | 'legendNote'> {
  return { colouring, legend: shading.legend, legendNote: shading.note };
}

/** Offsets over the columns of rows; over the squares of a band, where each begins. */
function ticksOf({ cells, shape }: MapViewport, { rowBytes }: MapLayout, level: number): MapView['ticks'] {
  const squares = cells / HILBERT_SIDE;
  const marks = shape === 'rows' ? [0, 1, 2, 3, 4].map((q) => q / 4) : Array.from({ length: squares + 1 }, (_, q) => q / squares);
  const text = (bytes: number): string => (bytes > 0 && level > PAGE_LEVEL ? sizeText(bytes) : bytes.toString(16));
  return marks.map((q) => ({ cell: q * cells, text: '+' + text(Math.round(q * Number(rowBytes))) }));
}

/** Pages are the smallest blocks of some allocators: nothing lies between them and bytes. */
function levelsOf({ allocator }: HeapSnapshot): readonly MapZoom[] {
  const pages = allocator === 'bbuddy' || allocator === 'oscar';
  return ['bytes', ...(pages ? MAP_LEVELS.filter((l) => l >= PAGE_LEVEL) : MAP_LEVELS)];
}

/** The finest level: no rows of cells, but pages. */
function bytesMap(snapshot: HeapSnapshot, around: MapSurroundings, viewport: MapViewport): MapView {
  const { selected } = around;
  const bytes = buildBytes(
    {
      snapshot,
      reader: around.reader,
      inspect: around.inspect,
      owner: around.owner,
      isSelected: (base, end) => selected !== undefined && selected.base < end && selected.end > base,
      differing: around.differing,
      freed: around.freed,
      hasFinding: (base, end) => hasFinding(snapshot, base, end),
    },
    viewport,
  );
  const nothing = new RowBuilder(
    snapshot,
    around,
    {
      rowBytes: BigInt(PAGE_SIZE),
      stretches: [],
      height: 0,
      rows: 0,
      folds: 0,
      columns: viewport.cells,
      lines: 1,
      pitch: PAGE_ROW_HEIGHT,
    },
    PAGE_LEVEL,
    viewport,
  );
  return {
    level: 0,
    zoom: 'bytes',
    levels: levelsOf(snapshot),
    fitted: false,
    cells: viewport.cells,
    cellBytes: 1,
    rowBytes: 64,
    rowHeight: PAGE_ROW_HEIGHT,
    foldHeight: PAGE_ROW_HEIGHT,
    shape: viewport.shape,
    lines: 1,
    cellHeight: PAGE_ROW_HEIGHT,
    colouring: 'state',
    legend: [],
    legendNote: '',
    top: bytes.top,
    height: bytes.height,
    from: bytes.from,
    to: bytes.to,
    title: bytes.title,
    ticks: [],
    classPrefix: classPrefix(snapshot),
    linkText: '',
    revealed: bytes.revealed,
    bytes,
    ...nothing.result(),
  };
}

/** Keeps the place when the address is on screen already, else puts it in the middle. */
function centred(viewport: MapViewport, y: number): number {
  if (viewport.revealAt !== undefined) return y - viewport.revealAt;
  const visible = y >= viewport.top && y + viewport.rowHeight <= viewport.top + viewport.height;
  return visible ? viewport.top : y - (viewport.height - viewport.rowHeight) / 2;
}

/** Panes that the page level may take when the map is fitted: it is the level at which blocks join, so it is worth scrolling. */
const PAGE_LEVEL_PANES = 3;

/** A curve fits at any power of two: it fills its squares whatever they hold. */
const CURVE_LEVELS = Array.from({ length: 25 }, (_, i) => PAGE_LEVEL + i);

/**
 * `fit`: the finest level whose rows fit the pane. Finer than a page by the size of the heap alone, so that the level stays the same
 * from step to step; the page level if it fits with its folds, rather than a coarser one.
 */
function resolveLevel(snapshot: HeapSnapshot, viewport: MapViewport): number {
  if (typeof viewport.zoom === 'number') return viewport.zoom;
  const pages = snapshot.allocator === 'bbuddy' || snapshot.allocator === 'oscar';
  const curved = viewport.shape === 'hilbert';
  const cells = viewport.cells * (curved ? HILBERT_SIDE : 1);
  const pitch = curved ? HILBERT_SIDE * viewport.cellHeight : viewport.rowHeight;
  const rowsOf = (level: number) =>
    snapshot.areas.reduce((sum, a) => sum + Number(a.end - a.base) / (cells * 2 ** level) + (curved ? 0 : 2), 0);
  const finer = pages ? undefined : MAP_LEVELS.find((level) => level < PAGE_LEVEL && rowsOf(level) * pitch <= viewport.height);
  if (finer !== undefined) return finer;
  const panes = (level: number) =>
    layoutMap(snapshot, shapeAt(snapshot, viewport, level), new Set()).height / Math.max(1, viewport.height);
  if (panes(PAGE_LEVEL) <= PAGE_LEVEL_PANES) return PAGE_LEVEL;
  // Headings and a curve's bands may be higher than the pane at every level: then the finest that is no higher than need be.
  const least = Math.max(1, panes(MAP_LEVELS.at(-1)!));
  const levels: readonly number[] = curved ? CURVE_LEVELS : MAP_LEVELS;
  return levels.find((level) => level > PAGE_LEVEL && panes(level) <= least) ?? MAP_LEVELS.at(-1)!;
}

/** The level one step finer (−1) or coarser, for + and −. A fitted curve may stand between two of them. */
export function nextZoom({ levels, level, bytes }: MapView, by: 1 | -1): MapZoom {
  const place = (l: MapZoom) => (typeof l === 'number' ? l : 0);
  const here = bytes === undefined ? level : 0;
  const beyond = levels.filter((l) => (by < 0 ? place(l) < here : place(l) > here));
  return (by < 0 ? beyond.at(-1) : beyond[0]) ?? levels.at(by < 0 ? 0 : -1)!;
}

function titleOf(level: number, cells: number, layout: MapLayout): string {
  const cell = level === PAGE_LEVEL ? '1 page' : sizeText(2 ** level);
  const row =
    layout.lines === 1
      ? `1 row = ${sizeText(layout.rowBytes)}`
      : `Hilbert curve, 1 square = ${sizeText((layout.rowBytes * BigInt(HILBERT_SIDE)) / BigInt(cells))}`;
  if (level <= PAGE_LEVEL) return `1 cell = ${cell} · ${row}`;
  const folds = layout.folds === 0 ? '' : ` and ${counted(layout.folds, 'fold')}`;
  return `Σ 1 cell = ${cell} · ${row} · ${countText(2 ** (level - PAGE_LEVEL))} pages a cell · ${counted(layout.rows * cells * layout.lines, 'cell')}${folds}`;
}
