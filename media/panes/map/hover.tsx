// What the map says of the place under the pointer.

import { RUN_KINDS } from '../../../src/view/map/map';
import type { MapView } from '../../../src/view/map/map';
import { cellOfMap, lookOfCell, shadeText } from '../../../src/view/map/cell';
import type { CellView } from '../../../src/view/map/cell';
import { hex, sizeText } from '../../../src/view/numbers';
import type { Letters } from '../../../src/view/map/letters';
import { byteAt, valueAt } from '../../canvas/bytes';
import { hitMap } from '../../canvas/geometry';
import type { MapGeometry, MapHit } from '../../canvas/geometry';
import type { Size } from '../../hooks';
import { CellCard } from '../cell';

/** Pixels from the upper left of what is visible. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export function pointOf(e: MouseEvent, view: Element): Point {
  const box = view.getBoundingClientRect();
  return { x: e.clientX - box.left, y: e.clientY - box.top };
}

export function hitIn(map: MapView, geometry: MapGeometry, { x, y }: Point): MapHit | undefined {
  if (map.bytes === undefined) return hitMap(map, geometry, x, y);
  const found = byteAt(map.bytes, geometry, x, y);
  return found && { address: BigInt(found.page.address) + BigInt(found.offset), page: found.page };
}

interface Props {
  readonly map: MapView;
  /** What of that is under the pointer. */
  readonly hit: MapHit | undefined;
  readonly pointer: Point;
  readonly size: Size;
  readonly letters: Letters;
}

/** What the map, as it is now, has under the pointer, although that may rest. */
export function Hover({ map, hit, pointer, size, letters }: Props) {
  const text = hit === undefined ? [] : describe(map, hit);
  const cell = cellUnder(map, hit);
  if (text.length === 0 && cell === undefined) return null;
  const left = `${String(Math.min(pointer.x + 14, Math.max(0, size.width - 280)))}px`;
  const top = `${String(topOf(pointer.y, cell === undefined ? 60 : 150, size.height))}px`;
  return (
    <div class="hover" aria-hidden="true" style={{ left, top }}>
      {cell !== undefined && <CellCard cell={cell} bookmarks={letters.namesIn(BigInt(cell.address), BigInt(cell.end))} />}
      {text.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </div>
  );
}

/** Under the pointer, or above it where there is no room below. */
function topOf(y: number, own: number, height: number): number {
  return y + 18 > height - own ? Math.max(2, y - own - 4) : y + 18;
}

/** The aggregated cell under the pointer; undefined over anything else. */
function cellUnder(map: MapView, hit: MapHit | undefined): CellView | undefined {
  if (hit?.item?.kind !== 'row' || !hit.item.aggregated || hit.index === undefined || hit.address === undefined) return undefined;
  return cellOfMap(map, hit.index, hit.address);
}

/** A few lines; none where there is nothing to say. */
function describe(map: MapView, hit: MapHit): string[] {
  if (hit.page !== undefined && hit.address !== undefined) return ofByte(map, hit.page, hit.address);
  if (hit.toggles !== undefined) return [hit.item?.kind === 'fold' ? `unfold ${hit.item.size}` : 'fold'];
  if (hit.box !== undefined) return [`${hit.box.label} · ${hit.box.size} · ${hit.box.kind}`, `${hit.box.base} – ${hit.box.end}`];
  if (hit.item?.kind !== 'row' || hit.index === undefined || hit.address === undefined) return [];
  return hit.item.aggregated ? ofCell(map, hit.index, hit.address) : ofRun(map, hit.index, BigInt(hit.item.base));
}

function ofByte(map: MapView, page: NonNullable<MapHit['page']>, address: bigint): string[] {
  const value = map.bytes && valueAt(map.bytes, page, Number(address - BigInt(page.address)));
  const byte = value === undefined ? 'not in dump' : `0x${value.toString(16).padStart(2, '0')}`;
  return [`${hex(address)}: ${byte}`, page.title, page.caption, ...page.notes].filter((t) => t !== '');
}

/** What the enlarged cell does not say. */
function ofCell(map: MapView, i: number, address: bigint): string[] {
  if (map.aggregates.region[i]! >= 0)
    return [`${hex(address & ~BigInt(map.cellBytes - 1))} + ${sizeText(map.cellBytes)}`, `not heap: ${lookOfCell(map, i)}`];
  return [shadeText(map, i)].filter((t) => t !== '');
}

function ofRun(map: MapView, i: number, rowBase: bigint): string[] {
  const { runs, labels, legend } = map;
  const base = rowBase + BigInt(runs.from[i]!);
  const size = runs.size[i]!;
  const slack = size - runs.solid[i]!;
  const label = runs.label[i]! < 0 ? '' : labels[runs.label[i]!]![0]!;
  const entry = legend.find((l) => l.shade === runs.shade[i]);
  return [
    [label, RUN_KINDS[runs.kind[i]!]!, sizeText(size)].filter((t) => t !== '').join(' · '),
    `${hex(base)} – ${hex(base + BigInt(size))}`,
    ...(slack > 0 ? [`slack ${sizeText(slack)}`] : []),
    ...(runs.since[i]! >= 0 ? [`since step ${String(runs.since[i]! + 1)}`] : []),
    ...(entry === undefined ? [] : [`colour: ${entry.text}`]),
  ];
}
