// Where things stand on the map's canvas, and what stands at a point of it.

import { bandIndex } from '../../src/view/map/hilbert';
import { RUN_KINDS } from '../../src/view/map/items';
import type { FoldBox, MapItem, MapRow, MapView } from '../../src/view/map/map';
import { HEADING_HEIGHT, PAGE_LEVEL } from '../../src/view/map/layout';
import { groupedAddress } from '../../src/view/numbers';
import type { BytePage } from '../../src/view/map/bytes';

export interface MapGeometry {
  /** Width of the address gutter and of the right margin. */
  readonly gutter: number;
  readonly margin: number;
  readonly width: number;
  readonly height: number;
  /** First visible pixel of the map. */
  readonly top: number;
  /** Is there room for the selected chunk's link to be drawn over it? */
  readonly links: boolean;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** What is at a place of the map. */
export interface MapHit {
  readonly item?: MapItem;
  /** At the finest level: the page under the pointer. */
  readonly page?: BytePage;
  /** Address under the pointer; undefined over a heading or a gap. */
  readonly address?: bigint;
  /** Where what is under the pointer begins, when that is another region's memory: beyond its end the rest of its page is nobody's. */
  readonly region?: bigint;
  /** Run or cell under the pointer. */
  readonly index?: number;
  readonly box?: FoldBox;
  /** Over the gutter of a fold or of a row that closes one. */
  readonly toggles?: string;
}

/** Width of the profile beside aggregated rows, and what of it is a gap. */
export const PROFILE_WIDTH = 80;
export const PROFILE_GAP = 12;

/** Do all rows of the map have aggregated cells, and room for a profile? */
export function hasProfile(map: MapView): boolean {
  return map.level > PAGE_LEVEL && map.lines === 1 && map.cells >= 128;
}

/** Width of the gutter that the longest address in the window needs; all of an address is shown, or none of it. */
export function gutterWidth(map: MapView): number {
  const row = map.items.findLast((i) => i.kind === 'row');
  const digits = row === undefined ? 9 : groupedAddress(BigInt(row.base)).length - 2;
  return Math.round(digits * 6.65) + (map.cells <= 32 ? 14 : 24);
}

export function cellWidth(map: MapView, geometry: MapGeometry): number {
  return (geometry.width - geometry.gutter - geometry.margin - (hasProfile(map) ? PROFILE_WIDTH : 0)) / map.cells;
}

/** Height of a row, a band or a fold, without what separates it from the next. */
export function heightOf(item: MapItem & { readonly kind: 'row' | 'fold' }, map: MapView): number {
  return item.kind === 'row' ? map.lines * map.cellHeight : map.foldHeight;
}

/**
 * How much of a box is asked for, in pixels.
 *
 * @param asked where asked for ends in it, which may be before it or behind it
 * @param begins does the block begin in the box? Something of it is seen then, however little it is
 */
export function solidWidth(width: number, asked: number, begins: boolean): number {
  const solid = Math.min(width, Math.max(begins ? Math.min(width, 2.5) : 0, asked));
  return width - solid > 0.5 ? solid : width;
}

export function foldPlaces(
  fold: MapItem & { kind: 'fold' },
  map: MapView,
  geometry: MapGeometry,
): { box: FoldBox; place: { x: number; w: number } }[] {
  const width = cellWidth(map, geometry) * map.cells;
  let x = geometry.gutter;
  return fold.boxes.map((box) => {
    const place = { x, w: box.weight * width };
    x += place.w;
    return { box, place };
  });
}

/** Address of a cell of an aggregated row, by its number among the row's cells as they are drawn. */
export function cellAddress(map: MapView, row: MapRow, n: number): bigint {
  const at = map.lines === 1 ? n : bandIndex(n % map.cells, Math.floor(n / map.cells));
  return BigInt(row.base) + BigInt(at) * BigInt(map.cellBytes);
}

/** What is under the point (`x`, `y`) of the visible part of the map. */
export function hitMap(map: MapView, geometry: MapGeometry, x: number, y: number): MapHit | undefined {
  const at = y + geometry.top;
  const item = map.items.findLast((i) => i.y <= at);
  if (item === undefined) return undefined;
  const height = item.kind === 'row' || item.kind === 'fold' ? heightOf(item, map) + 2 : HEADING_HEIGHT;
  if (at >= item.y + height) return undefined;
  if (item.kind !== 'row' && item.kind !== 'fold') return { item };
  if (item.kind === 'fold') {
    if (x < geometry.gutter) return { item, toggles: item.base };
    const found = foldPlaces(item, map, geometry).find(({ place }) => x >= place.x && x < place.x + place.w);
    return found === undefined ? { item } : { item, box: found.box, address: BigInt(found.box.base) };
  }
  if (x < geometry.gutter) return { item, ...(item.foldBase !== undefined && { toggles: item.foldBase }) };
  const column = (x - geometry.gutter) / cellWidth(map, geometry);
  if (column >= map.cells) return { item };
  return item.aggregated ? hitCell(map, item, column, at - item.y) : hitRun(map, item, column);
}

function hitCell(map: MapView, item: MapRow, column: number, y: number): MapHit {
  const line = Math.floor(y / map.cellHeight);
  if (map.lines > 1 && line >= map.lines) return { item };
  const n = Math.floor(column) + (map.lines === 1 ? 0 : line * map.cells);
  return { item, address: cellAddress(map, item, n), index: item.first + n };
}

function hitRun(map: MapView, item: MapRow, column: number): MapHit {
  const { runs, cellBytes } = map;
  const offset = column * cellBytes;
  const hit = { item, address: BigInt(item.base) + BigInt(Math.floor(offset)) };
  for (let i = item.first + item.count - 1; i >= item.first; i--) {
    const from = runs.from[i]!;
    if (offset < from || offset >= from + runs.size[i]!) continue;
    const other = RUN_KINDS[runs.kind[i]!] === 'region';
    return { ...hit, index: i, ...(other && { region: BigInt(item.base) + BigInt(from) }) };
  }
  return hit;
}
