// What the map says of the place under the pointer.

import { cellText, RUN_KINDS } from '../../src/view/map';
import type { MapView } from '../../src/view/map';
import { hex, sizeText } from '../../src/view/numbers';
import { REGION_LOOKS } from '../../src/view/strip';
import { valueAt } from '../canvas/bytes';
import type { MapHit } from '../canvas/geometry';

/** A few lines; none where there is nothing to say. */
export function describe(map: MapView, hit: MapHit): string[] {
  if (hit.page !== undefined && hit.address !== undefined) return ofByte(map, hit.page, hit.address);
  if (hit.toggles !== undefined) return [hit.item?.kind === 'fold' ? `unfold ${hit.item.size}` : 'fold'];
  if (hit.box !== undefined) return [`${hit.box.label} · ${hit.box.size} · ${hit.box.kind}`, `${hit.box.base} – ${hit.box.end}`];
  if (hit.item?.kind !== 'row' || hit.index === undefined || hit.address === undefined) return [];
  return hit.item.aggregated ? ofCell(map, hit.index, hit.address) : ofRun(map, hit.index, BigInt(hit.item.base));
}

function ofByte(map: MapView, page: NonNullable<MapHit['page']>, address: bigint): string[] {
  const value = map.bytes && valueAt(map.bytes, page, Number(address - BigInt(page.address)));
  const byte = value === undefined ? 'not in dump' : `0x${value.toString(16).padStart(2, '0')}`;
  return [`${hex(address)}: ${byte}`, page.title, page.caption].filter((t) => t !== '');
}

function ofCell(map: MapView, i: number, address: bigint): string[] {
  const place = `${hex(address & ~BigInt(map.cellBytes - 1))} + ${sizeText(map.cellBytes)}`;
  const region = map.aggregates.region[i]!;
  if (region >= 0) return [place, `not heap: ${REGION_LOOKS[region]!}`];
  const text = cellText(map.aggregates, i, map.legend).split(' · ');
  return [`Σ ${place}`, text.slice(0, 2).join(' · '), ...inPairs(text.slice(2))];
}

/** Two facts a line. */
function inPairs(parts: readonly string[]): string[] {
  return parts.flatMap((_, i) => (i % 2 === 0 ? [parts.slice(i, i + 2).join(' · ')] : []));
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
