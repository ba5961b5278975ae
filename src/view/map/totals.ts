// The lines under the map: the sum over all that is drawn, beside the allocator's own counter. A tick is earned by comparing two
// sources; where the allocator keeps no counter there is none.

import { PAGE_SIZE } from '../../memory/address';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { sumsOf } from './block-sums';
import type { MapLayout } from './layout';
import { PAGE_LEVEL } from './layout';
import { counted, countText, hex, sizeText } from '../numbers';
import { isPartial, sumText } from '../partial';

/** Cells up to which they are told apart: looking at one costs two searches. */
const MOST_COUNTED = 16_384;

/** Cells of the rows that are drawn, by what is in them. Cells without heap are in none of the three. */
export interface CellCounts {
  readonly cells: number;
  readonly free: number;
  readonly used: number;
  readonly mixed: number;
}

const kept = new WeakMap<HeapSnapshot, Map<string, CellCounts>>();

/** Counted once for a snapshot and a layout; undefined where there are too many cells. */
export function countCells(snapshot: HeapSnapshot, layout: MapLayout, level: number): CellCounts | undefined {
  const { columns, lines, rowBytes } = layout;
  const cells = layout.rows * columns * lines;
  if (cells > MOST_COUNTED) return undefined;
  let layouts = kept.get(snapshot);
  if (layouts === undefined) kept.set(snapshot, (layouts = new Map<string, CellCounts>()));
  const key = [level, columns, lines, ...layout.stretches.flatMap((s) => (s.kind === 'rows' ? [hex(s.base), s.rows] : []))].join(
    '/',
  );
  let counts = layouts.get(key);
  if (counts !== undefined) return counts;
  const sums = sumsOf(snapshot);
  const bytes = 1n << BigInt(level);
  const found = { cells: 0, free: 0, used: 0, mixed: 0 };
  for (const s of layout.stretches) {
    if (s.kind !== 'rows') continue;
    const end = s.base + BigInt(s.rows) * rowBytes;
    for (let base = s.base; base < end; base += bytes) {
      const { asked, slack, metadata, unread, free } = sums.over(base, base + bytes);
      const used = asked + slack + metadata;
      if (used + free + unread === 0) continue;
      found.cells++;
      if (used + unread === 0) found.free++;
      else if (free + unread === 0) found.used++;
      else found.mixed++;
    }
  }
  counts = found;
  layouts.set(key, counts);
  return counts;
}

/** One line for rows of blocks, two for aggregated cells. */
export function totalsOf(snapshot: HeapSnapshot, layout: MapLayout, level: number): readonly string[] {
  const sums = sumsOf(snapshot).over(0n, 1n << 64n);
  // Of a heap that was not read whole the sums are lower bounds: there is nothing to compare.
  const partial = isPartial(snapshot);
  const counter = partial ? undefined : freePages(snapshot);
  const check = (mine: number, text: string): string => (counter === undefined ? '' : ` ${mine === counter ? '✓' : '✗'} ${text}`);
  if (level <= PAGE_LEVEL) {
    const told = check(sums.free / PAGE_SIZE, `nr_free_pages = ${countText(counter ?? 0)}`);
    return [`Σ ${counted(snapshot.blocks.length, 'block')}, none dropped · free ${sumText(sums.free, partial)}${told}`];
  }
  const { cells, free, used, mixed } = countCells(snapshot, layout, level) ?? {};
  const counts =
    cells === undefined
      ? counted(layout.rows * layout.columns * layout.lines, 'cell')
      : `${counted(cells, 'cell')}: ${countText(free!)} all free, ${countText(used!)} all used, ${countText(mixed!)} mixed`;
  const bytes = snapshot.areas.reduce((sum, a) => sum + Number(a.end - a.base), 0);
  const pages = bytes / PAGE_SIZE;
  const inUse = (sums.asked + sums.slack + sums.metadata) / PAGE_SIZE;
  const expected = pages - (counter ?? 0);
  const difference = inUse === expected ? '' : ` · differs by ${countText(Math.abs(inUse - expected))}`;
  const own =
    counter === undefined
      ? ''
      : ` ${inUse === expected ? '✓' : '✗'} ${countText(pages)} − nr_free_pages ${countText(counter)}${difference}`;
  return [
    `Σ ${counts} · ${counted(snapshot.blocks.length, 'block')}, none dropped`,
    counter === undefined || !Number.isInteger(inUse)
      ? `used ${sumText(sums.asked + sums.slack + sums.metadata, partial)}, free ${sumText(sums.free, partial)} of ${sizeText(bytes)}`
      : `used ${counted(inUse, 'page')}, the allocator's own included${own}`,
  ];
}

/** The counter that the allocator keeps, as read from its structure; undefined where it keeps none or it is not in memory. */
function freePages({ structs }: HeapSnapshot): number | undefined {
  for (const { fields } of structs) {
    const value = fields.find((f) => f.name === 'nr_free_pages')?.value;
    if (value !== undefined) return Number(value);
  }
  return undefined;
}
