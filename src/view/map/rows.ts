// Builds the rows of the map that are in the window: runs of blocks, or aggregated cells where a cell holds many.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import { solidBytes } from './block-sums';
import { bandPlace, HILBERT_SIDE } from './hilbert';
import { CellBuilder } from './cells';
import { RunColumns } from './columns';
import { RUN_KINDS, RunFlag } from './items';
import type { Cells, FoldBox, MapItem, MapSurroundings, Runs } from './items';
import { MapLabels } from './labels';
import { HEADING_HEIGHT, PAGE_LEVEL } from './layout';
import type { MapLayout, Stretch } from './layout';
import { Marks } from './marks';
import { totalsOf } from './totals';
import { hex, rangeText, shortSizeText, sizeText } from '../numbers';
import { NO_SHADE, shadesOf } from './shades';
import type { Shading } from './shades';
import { REGION_LOOKS } from '../spans';
import { letterOf } from '../strip';
import type { MapViewport } from '../viewport';

/** Blocks of a row beyond this many a cell are drawn as aggregated cells. */
const MAX_BLOCKS_PER_CELL = 4;

/** The part of a map that rows make. */
export interface MapParts {
  readonly items: readonly MapItem[];
  readonly runs: Runs;
  readonly aggregates: Cells;
  /** Each label in ever shorter forms: the first that fits is drawn. */
  readonly labels: readonly (readonly string[])[];
}

export class RowBuilder {
  readonly shading: Shading;
  private readonly items: MapItem[] = [];
  private readonly labels: MapLabels;
  private readonly runs = new RunColumns();
  private readonly cells: CellBuilder;
  private readonly marks: Marks;
  private readonly largest: number;

  private readonly snapshot: HeapSnapshot;
  private readonly around: MapSurroundings;
  private readonly layout: MapLayout;
  private readonly level: number;

  constructor(snapshot: HeapSnapshot, around: MapSurroundings, layout: MapLayout, level: number, viewport: MapViewport) {
    this.snapshot = snapshot;
    this.around = around;
    this.layout = layout;
    this.level = level;
    this.shading = shadesOf(snapshot, viewport.colouring, around.holders);
    this.marks = new Marks(snapshot, around, this.shading, viewport.only);
    this.labels = new MapLabels(snapshot);
    this.largest = Math.log2(Math.max(2 ** 13, ...snapshot.areas.map((a) => Number(a.end - a.base))));
    this.cells = new CellBuilder(snapshot, around, this.shading, this.marks, this.labels, level, (size) => this.tintOf(size));
  }

  result(): MapParts {
    const { items, labels, runs, cells } = this;
    return { items, labels: labels.texts, runs: runs.result(), aggregates: cells.columns.result() };
  }

  /** Under the last row: the sum over all blocks, beside the allocator's own figure. */
  footer(y: number): void {
    for (const [i, text] of totalsOf(this.snapshot, this.layout, this.level).entries())
      this.items.push({ kind: 'footer', y: y + i * HEADING_HEIGHT, text });
  }

  stretch(s: Stretch, from: number, to: number): void {
    switch (s.kind) {
      case 'heading': {
        this.heading(s.y, s.area.base, s.index);
        return;
      }
      case 'gap':
        this.items.push({
          kind: 'gap',
          y: s.y,
          text: `${rangeText(s.base, s.end)} · ${sizeText(s.end - s.base)} is not heap${this.namesIn(s)}`,
        });
        return;
      case 'fold': {
        this.fold(s);
        return;
      }
      case 'rows': {
        const height = this.layout.pitch;
        const first = Math.max(0, Math.floor((from - s.y) / height));
        const end = Math.min(s.rows, Math.ceil((to - s.y) / height));
        if (this.level > PAGE_LEVEL) this.cells.columns.reserve((end - first) * this.layout.columns * this.layout.lines);
        for (let r = first; r < end; r++)
          this.row(s.y + r * height, s.base + BigInt(r) * this.layout.rowBytes, r === 0 ? s.foldBase : undefined);
      }
    }
  }

  /** ` (reserved, kernel)`: the looks of the regions in a stretch that is not heap. */
  private namesIn(range: { readonly base: bigint; readonly end: bigint }): string {
    const looks = new Set(
      this.around.spans.filter((s) => s.base < range.end && s.end > range.base && s.look !== 'free').map((s) => s.look),
    );
    return looks.size === 0 ? '' : ` (${[...looks].join(', ')})`;
  }

  private heading(y: number, base: bigint, index: number): void {
    const span = this.around.spans.find((s) => base >= s.base && base < s.end);
    const area = this.snapshot.areas[index]!;
    this.items.push({
      kind: 'heading',
      y,
      mark: (span && this.around.marks.get(span.index)) ?? '',
      title: span === undefined ? `area ${String(index + 1)}` : `region ${String(span.index)}`,
      text: `${span === undefined ? '' : `${span.look.toUpperCase()} ${span.permissions.replaceAll('-', '')} · `}${sizeText(area.end - area.base)} · ${rangeText(area.base, area.end)} · ${this.around.areaText(index)}`,
    });
  }

  private fold(s: Stretch & { kind: 'fold' }): void {
    const { blocks } = this.snapshot;
    const boxes: FoldBox[] = [];
    const most = 24;
    let weights = 0;
    for (let i = s.first; i <= s.last && boxes.length < most; i++) {
      const base = blocks.base(i) > s.base ? blocks.base(i) : s.base;
      const end = blocks.end(i) < s.end ? blocks.end(i) : s.end;
      const size = Number(end - base);
      const weight = Math.log2(size / 2 ** this.level);
      weights += weight;
      const kind = blocks.state(i);
      boxes.push({
        base: hex(base),
        end: hex(end),
        kind,
        label: this.foldLabel(i),
        size: shortSizeText(size),
        weight,
        flags: this.marks.ofBlock(i),
        tint: this.tintOf(blocks.size(i)),
        shade: this.shading.of[i] ?? NO_SHADE,
      });
    }
    this.items.push({
      kind: 'fold',
      y: s.y,
      base: hex(s.base),
      size: sizeText(s.end - s.base),
      boxes: boxes.map((b) => ({ ...b, weight: b.weight / weights })),
      more: s.last - s.first + 1 - boxes.length,
    });
  }

  private foldLabel(i: number): string {
    const { blocks } = this.snapshot;
    if (blocks.state(i) === 'metadata') return 'allocator';
    if (blocks.state(i) !== 'used') return this.labels.short(i);
    return this.around.owner(blocks.base(i), blocks.end(i))?.text ?? 'used';
  }

  private row(y: number, base: bigint, foldBase: bigint | undefined): void {
    const { blocks } = this.snapshot;
    const { lines, columns, rowBytes } = this.layout;
    const end = base + rowBytes;
    let first = blocks.lastAtOrBelow(base);
    if (first < 0 || blocks.end(first) <= base) first++;
    const last = blocks.lastAtOrBelow(end - 1n);
    const aggregated = lines > 1 || this.level > PAGE_LEVEL || last - first > columns * MAX_BLOCKS_PER_CELL;
    const at = aggregated ? this.cells.columns.length : this.runs.length;
    const flags = aggregated ? this.addCells(base) : this.addRuns(base, end, first, last);
    this.items.push({
      kind: 'row',
      y,
      base: hex(base),
      aggregated,
      first: at,
      count: (aggregated ? this.cells.columns.length : this.runs.length) - at,
      changed: (flags & RunFlag.changed) !== 0,
      finding: (flags & RunFlag.finding) !== 0,
      ...(foldBase !== undefined && { foldBase: hex(foldBase) }),
    });
  }

  /** The cells of a row or band, as they are drawn: line by line. @returns all their flags */
  private addCells(base: bigint): number {
    const { lines, columns } = this.layout;
    const order = lines === 1 ? undefined : bandOrder(columns);
    return this.cells.row(base, columns * lines, order);
  }

  private addRuns(base: bigint, end: bigint, first: number, last: number): number {
    this.addRegions(base, end);
    let flags = 0;
    for (let i = first; i <= last; i++) flags |= this.addRun(i, base);
    return flags;
  }

  /** Memory of other regions in a row: shown, because a row begins at an aligned address and not where the heap does. */
  private addRegions(base: bigint, end: bigint): void {
    for (const span of this.around.spans) {
      if (span.pageEnd <= base || span.base >= end || span.look === 'free') continue;
      const letters =
        span.look === 'kernel' ? [`${letterOf(span.look)} ${span.permissions}`, letterOf(span.look)] : [letterOf(span.look)];
      const size = Number(span.pageEnd - span.base);
      this.runs.push({
        kind: RUN_KINDS.indexOf('region'),
        from: Number(span.base - base),
        size,
        solid: size,
        sizeClass: REGION_LOOKS.indexOf(span.look),
        tint: 0,
        flags: this.marks.ofRange(span.base, span.pageEnd) & RunFlag.selected,
        since: -1,
        label: this.labels.add(letters),
        shade: NO_SHADE,
      });
    }
  }

  private addRun(i: number, rowBase: bigint): number {
    const { blocks } = this.snapshot;
    const size = blocks.size(i);
    const state = blocks.state(i);
    const owner = state === 'used' ? this.around.owner(blocks.base(i), blocks.end(i)) : undefined;
    const wide = size * 2 >= 3 * 2 ** this.level || state === 'metadata';
    const flags = this.marks.ofBlock(i);
    this.runs.push({
      kind: RUN_KINDS.indexOf(state),
      from: Number(blocks.base(i) - rowBase),
      size,
      solid: state === 'used' ? solidBytes(blocks, i, owner?.pageBytes) : size,
      sizeClass: blocks.sizeClass(i),
      tint: this.tintOf(size),
      flags,
      since: owner?.operation ?? -1,
      label: wide ? this.labels.of(i, owner) : -1,
      shade: this.shading.of[i] ?? NO_SHADE,
    });
    return flags;
  }

  /** Where a size stands between a page and the largest area, on a logarithmic scale. */
  private tintOf(size: number): number {
    return Math.min(1, Math.max(0, (Math.log2(size) - 12) / (this.largest - 12)));
  }
}

const orders = new Map<number, readonly number[]>();

/** By column and line of a band, the number of the cell that stands there. */
function bandOrder(columns: number): readonly number[] {
  let order = orders.get(columns);
  if (order !== undefined) return order;
  const places: number[] = [];
  for (let n = 0; n < columns * HILBERT_SIDE; n++) {
    const { x, y } = bandPlace(n);
    places[y * columns + x] = n;
  }
  orders.set(columns, (order = places));
  return order;
}
