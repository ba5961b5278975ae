// The map: what of the heap's layout is in the window. Pure: a function of the snapshot, its surroundings and the viewport. Nothing
// here costs by all blocks, save what is kept for a snapshot.

import { PAGE_SIZE } from '../memory/address';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { buildBytes, PAGE_ROW_HEIGHT } from './map-bytes';
import type { BytesView } from './map-bytes';
import type { MapSurroundings } from './map-items';
import { firstStretchAt, HEADING_HEIGHT, layoutMap, placeOf } from './map-layout';
import type { MapLayout } from './map-layout';
import { hasFinding, overlaps, PAGE_LEVEL, RowBuilder } from './map-rows';
import type { MapParts } from './map-rows';
import { counted, countText, sizeText } from './numbers';
import { MAP_LEVELS } from './viewport';
import type { MapViewport, MapZoom } from './viewport';

export { cellText, RUN_KINDS, RunFlag } from './map-items';
export type { Cells, FoldBox, MapItem, MapRow, MapSurroundings, RunKind, Runs } from './map-items';

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

export function buildMap(snapshot: HeapSnapshot, around: MapSurroundings, viewport: MapViewport): MapView {
  if (viewport.zoom === 'bytes') return bytesMap(snapshot, around, viewport);
  const level = resolveLevel(snapshot, viewport);
  const unfolded = new Set(viewport.unfolded.map((a) => BigInt(a)));
  const layout = layoutMap(snapshot, { ...viewport, level }, unfolded);
  const limit = Math.max(0, layout.height - viewport.height);
  const revealed = viewport.reveal === undefined ? undefined : placeOf(layout, BigInt(viewport.reveal), viewport.rowHeight);
  const top = Math.min(limit, Math.max(0, revealed === undefined ? viewport.top : centred(viewport, revealed)));
  const from = Math.max(0, top - OVERSCAN);
  const to = Math.min(layout.height, top + viewport.height + OVERSCAN);
  const painter = new RowBuilder(snapshot, around, layout, level, viewport);
  for (let i = firstStretchAt(layout, from); i < layout.stretches.length && layout.stretches[i]!.y < to; i++)
    painter.stretch(layout.stretches[i]!, from, to);
  if (layout.height - HEADING_HEIGHT < to) painter.footer(layout.height - HEADING_HEIGHT);
  return {
    level,
    fitted: viewport.zoom === 'fit',
    cells: viewport.cells,
    cellBytes: 2 ** level,
    rowBytes: Number(layout.rowBytes),
    rowHeight: viewport.rowHeight,
    top,
    height: layout.height,
    from,
    to,
    title: titleOf(level, viewport.cells, layout),
    ticks: [0, 16, 32, 48, 64].map((q) => ({
      cell: (q * viewport.cells) / 64,
      text: '+' + ((q * Number(layout.rowBytes)) / 64).toString(16),
    })),
    linkText: around.linked?.text ?? '',
    levels: levelsOf(snapshot),
    zoom: levelsOf(snapshot).find((l) => l === level) ?? PAGE_LEVEL,
    revealed: revealed !== undefined,
    ...painter.result(),
  };
}

/** Pages are the smallest blocks of some allocators: nothing lies between them and bytes. */
function levelsOf({ allocator }: HeapSnapshot): readonly MapZoom[] {
  const pages = allocator === 'bbuddy' || allocator === 'oscar';
  return ['bytes', ...(pages ? MAP_LEVELS.filter((l) => l >= PAGE_LEVEL) : MAP_LEVELS)];
}

/** The finest level: no rows of cells, but pages. */
function bytesMap(snapshot: HeapSnapshot, around: MapSurroundings, viewport: MapViewport): MapView {
  const { selected, changed } = around;
  const bytes = buildBytes(
    {
      snapshot,
      reader: around.reader,
      inspect: around.inspect,
      owner: around.owner,
      isSelected: (base, end) => selected !== undefined && selected.base < end && selected.end > base,
      isChanged: (base, end) => overlaps(changed, base, end),
      hasFinding: (base, end) => hasFinding(snapshot, base, end),
    },
    viewport,
  );
  const nothing = new RowBuilder(
    snapshot,
    around,
    { rowBytes: BigInt(PAGE_SIZE), stretches: [], height: 0, rows: 0, folds: 0 },
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
    top: bytes.top,
    height: bytes.height,
    from: bytes.from,
    to: bytes.to,
    title: bytes.title,
    ticks: [],
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

/**
 * `fit`: the finest level whose rows fit the pane. Finer than a page by the size of the heap alone, so that the level stays the same
 * from step to step; the page level if it fits with its folds, rather than a coarser one.
 */
function resolveLevel(snapshot: HeapSnapshot, viewport: MapViewport): number {
  if (typeof viewport.zoom === 'number') return viewport.zoom;
  const pages = snapshot.allocator === 'bbuddy' || snapshot.allocator === 'oscar';
  const rowsOf = (level: number) =>
    snapshot.areas.reduce((sum, a) => sum + Number(a.end - a.base) / (viewport.cells * 2 ** level) + 2, 0);
  const finer = pages
    ? undefined
    : MAP_LEVELS.find((level) => level < PAGE_LEVEL && rowsOf(level) * viewport.rowHeight <= viewport.height);
  if (finer !== undefined) return finer;
  const panes = (level: number) => layoutMap(snapshot, { ...viewport, level }, new Set()).height / Math.max(1, viewport.height);
  if (panes(PAGE_LEVEL) <= PAGE_LEVEL_PANES) return PAGE_LEVEL;
  return MAP_LEVELS.find((level) => level > PAGE_LEVEL && panes(level) <= 1) ?? MAP_LEVELS.at(-1)!;
}

/** The level one step finer (−1) or coarser, for + and −. */
export function nextZoom(map: MapView, by: 1 | -1): MapZoom {
  const at = map.levels.indexOf(map.zoom);
  return map.levels[Math.min(map.levels.length - 1, Math.max(0, at + by))]!;
}

function titleOf(level: number, cells: number, layout: MapLayout): string {
  const cell = level === PAGE_LEVEL ? '1 page' : sizeText(2 ** level);
  const row = `1 row = ${sizeText(layout.rowBytes)}`;
  if (level <= PAGE_LEVEL) return `1 cell = ${cell} · ${row}`;
  const folds = layout.folds === 0 ? '' : `, then ${counted(layout.folds, 'fold')}`;
  return `Σ aggregated: 1 cell = ${countText(2 ** (level - PAGE_LEVEL))} pages = ${cell} · ${row} · ${counted(layout.rows * cells, 'cell')}${folds}`;
}
