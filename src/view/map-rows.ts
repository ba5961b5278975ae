// Builds the rows of the map that are in the window: runs of blocks, or aggregated cells where a cell holds many.

import type { AddressRange } from '../memory/reader';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { solidBytes, sumsOf } from './block-sums';
import type { BlockSums } from './block-sums';
import { RUN_KINDS, RunFlag } from './map-items';
import type { Cells, FoldBox, MapItem, MapSurroundings, RunKind, Runs } from './map-items';
import { MapLabels } from './map-labels';
import type { MapLayout, Stretch } from './map-layout';
import { counted, hex, rangeText, shortSizeText, sizeText } from './numbers';
import { letterOf, REGION_LOOKS } from './strip';
import type { MapViewport } from './viewport';

/** Blocks of a row beyond this many a cell are drawn as aggregated cells. */
const MAX_BLOCKS_PER_CELL = 4;
/** Bits of a page. */
export const PAGE_LEVEL = 12;

/** The part of a map that rows make. */
export interface MapParts {
  readonly items: readonly MapItem[];
  readonly runs: Runs;
  readonly aggregates: Cells;
  /** Each label in ever shorter forms: the first that fits is drawn. */
  readonly labels: readonly (readonly string[])[];
}

export class RowBuilder {
  private readonly items: MapItem[] = [];
  private readonly labels: MapLabels;
  private readonly sums: BlockSums;
  private readonly run = {
    kind: [],
    from: [],
    size: [],
    solid: [],
    sizeClass: [],
    tint: [],
    flags: [],
    since: [],
    label: [],
  } as Record<keyof Runs, number[]>;
  private readonly cell = {
    asked: [], slack: [], free: [], metadata: [], unread: [], tint: [], largestClass: [], largestFree: [], usedBlocks: [], freeBlocks: [], flags: [],
  } as Record<keyof Cells, number[]>; // prettier-ignore
  private readonly largest: number;

  private readonly snapshot: HeapSnapshot;
  private readonly around: MapSurroundings;
  private readonly layout: MapLayout;
  private readonly level: number;
  private readonly viewport: MapViewport;

  constructor(snapshot: HeapSnapshot, around: MapSurroundings, layout: MapLayout, level: number, viewport: MapViewport) {
    this.snapshot = snapshot;
    this.around = around;
    this.layout = layout;
    this.level = level;
    this.viewport = viewport;
    this.sums = sumsOf(snapshot);
    this.labels = new MapLabels(snapshot);
    this.largest = Math.log2(Math.max(2 ** 13, ...snapshot.areas.map((a) => Number(a.end - a.base))));
  }

  result(): MapParts {
    const { run, cell } = this;
    return {
      items: this.items,
      labels: this.labels.texts,
      runs: {
        kind: Uint8Array.from(run.kind),
        from: Float64Array.from(run.from),
        size: Float64Array.from(run.size),
        solid: Float64Array.from(run.solid),
        sizeClass: Int16Array.from(run.sizeClass),
        tint: Float32Array.from(run.tint),
        flags: Uint8Array.from(run.flags),
        since: Int32Array.from(run.since),
        label: Int32Array.from(run.label),
      },
      aggregates: {
        asked: Float32Array.from(cell.asked),
        slack: Float32Array.from(cell.slack),
        free: Float32Array.from(cell.free),
        metadata: Float32Array.from(cell.metadata),
        unread: Float32Array.from(cell.unread),
        tint: Float32Array.from(cell.tint),
        largestClass: Int16Array.from(cell.largestClass),
        largestFree: Float64Array.from(cell.largestFree),
        usedBlocks: Uint32Array.from(cell.usedBlocks),
        freeBlocks: Uint32Array.from(cell.freeBlocks),
        flags: Uint8Array.from(cell.flags),
      },
    };
  }

  /** Under the last row: the sum over all blocks, beside the allocator's own figure. */
  footer(y: number): void {
    this.items.push({ kind: 'footer', y, text: footerOf(this.snapshot) });
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
        const height = this.viewport.rowHeight;
        const first = Math.max(0, Math.floor((from - s.y) / height));
        const end = Math.min(s.rows, Math.ceil((to - s.y) / height));
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
        flags: this.flagsOf(i),
        tint: this.tintOf(blocks.size(i)),
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
    const end = base + this.layout.rowBytes;
    let first = blocks.lastAtOrBelow(base);
    if (first < 0 || blocks.end(first) <= base) first++;
    const last = blocks.lastAtOrBelow(end - 1n);
    const aggregated = this.level > PAGE_LEVEL || last - first > this.viewport.cells * MAX_BLOCKS_PER_CELL;
    const at = aggregated ? this.cell.asked.length : this.run.kind.length;
    if (aggregated) for (let c = 0; c < this.viewport.cells; c++) this.addCell(base + (BigInt(c) << BigInt(this.level)));
    else {
      this.addRegions(base, end);
      for (let i = first; i <= last; i++) this.addRun(i, base);
    }
    const flags = (aggregated ? this.cell.flags : this.run.flags).slice(at).reduce((all, f) => all | f, 0);
    this.items.push({
      kind: 'row',
      y,
      base: hex(base),
      aggregated,
      first: at,
      count: aggregated ? this.viewport.cells : this.run.kind.length - at,
      changed: (flags & RunFlag.changed) !== 0,
      finding: (flags & RunFlag.finding) !== 0,
      ...(foldBase !== undefined && { foldBase: hex(foldBase) }),
    });
  }

  /** Memory of other regions in a row: shown, because a row begins at an aligned address and not where the heap does. */
  private addRegions(base: bigint, end: bigint): void {
    for (const span of this.around.spans) {
      if (span.pageEnd <= base || span.base >= end || span.look === 'free') continue;
      const letters =
        span.look === 'kernel' ? [`${letterOf(span.look)} ${span.permissions}`, letterOf(span.look)] : [letterOf(span.look)];
      const size = Number(span.pageEnd - span.base);
      this.push(
        'region',
        Number(span.base - base),
        size,
        size,
        REGION_LOOKS.indexOf(span.look),
        0,
        0,
        -1,
        this.labels.add(letters),
      );
    }
  }

  private addRun(i: number, rowBase: bigint): void {
    const { blocks } = this.snapshot;
    const size = blocks.size(i);
    const state = blocks.state(i);
    const owner = state === 'used' ? this.around.owner(blocks.base(i), blocks.end(i)) : undefined;
    const wide = size * 2 >= 3 * 2 ** this.level || state === 'metadata';
    const label = wide ? this.labels.of(i, owner) : -1;
    const solid = state === 'used' ? solidBytes(blocks, i, owner?.pageBytes) : size;
    this.push(
      state,
      Number(blocks.base(i) - rowBase),
      size,
      solid,
      blocks.sizeClass(i),
      this.tintOf(size),
      this.flagsOf(i),
      owner?.operation ?? -1,
      label,
    );
  }

  private push(
    kind: RunKind,
    from: number,
    size: number,
    solid: number,
    sizeClass: number,
    tint: number,
    flags: number,
    since: number,
    label: number,
  ): void {
    const { run } = this;
    run.kind.push(RUN_KINDS.indexOf(kind));
    run.from.push(from);
    run.size.push(size);
    run.solid.push(solid);
    run.sizeClass.push(sizeClass);
    run.tint.push(tint);
    run.flags.push(flags);
    run.since.push(since);
    run.label.push(label);
  }

  private addCell(base: bigint): void {
    const bytes = 2 ** this.level;
    const end = base + BigInt(bytes);
    const sums = this.sums.over(base, end);
    const { cell } = this;
    cell.asked.push(sums.asked / bytes);
    cell.slack.push(sums.slack / bytes);
    cell.free.push(sums.free / bytes);
    cell.metadata.push(sums.metadata / bytes);
    cell.unread.push(sums.unread / bytes);
    cell.tint.push(sums.largestFree === 0 ? 0 : this.tintOf(sums.largestFree));
    cell.largestClass.push(sums.largestClass);
    cell.largestFree.push(sums.largestFree);
    cell.usedBlocks.push(sums.usedBlocks);
    cell.freeBlocks.push(sums.freeBlocks);
    cell.flags.push(this.rangeFlags(base, end));
  }

  /** Where a size stands between a page and the largest area, on a logarithmic scale. */
  private tintOf(size: number): number {
    return Math.min(1, Math.max(0, (Math.log2(size) - 12) / (this.largest - 12)));
  }

  private flagsOf(i: number): number {
    const { blocks } = this.snapshot;
    const { filter, owner } = this.around;
    const base = blocks.base(i);
    let flags = this.rangeFlags(base, blocks.end(i));
    if (this.around.linked?.base === base) flags |= RunFlag.linked;
    const ownerText = (j: number) => owner(blocks.base(j), blocks.end(j))?.text ?? '';
    if (filter !== undefined && !filter.matches(blocks, i, ownerText)) flags |= RunFlag.dimmed;
    return flags;
  }

  private rangeFlags(base: bigint, end: bigint): number {
    const { changed, selected } = this.around;
    let flags = 0;
    if (overlaps(changed, base, end)) flags |= RunFlag.changed;
    if (selected !== undefined && selected.base < end && selected.end > base) flags |= RunFlag.selected;
    if (hasFinding(this.snapshot, base, end)) flags |= RunFlag.finding;
    return flags;
  }
}

/** The sum over all blocks beside the allocator's own figures. */
function footerOf(snapshot: HeapSnapshot): string {
  const sums = sumsOf(snapshot).over(0n, 1n << 64n);
  const { metrics } = snapshot;
  const agrees =
    metrics.free >= 0 ? (sums.free === metrics.free ? ' ✓' : ` ≠ ${sizeText(metrics.free)} counted by the allocator`) : '';
  return `Σ ${counted(snapshot.blocks.length, 'block')}, none dropped · free ${sizeText(sums.free)}${agrees}`;
}

/** Is something wrong in `[base, end)`? */
export function hasFinding({ findings }: HeapSnapshot, base: bigint, end: bigint): boolean {
  return findings.some((f) => f.address !== undefined && f.severity !== 'info' && f.address >= base && f.address < end);
}

/** Does one of the sorted, disjoint ranges meet `[base, end)`? */
export function overlaps(ranges: readonly AddressRange[], base: bigint, end: bigint): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.end <= base) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low]!.base < end;
}
