// The map: what of the heap's layout is in the window, as rows with runs of blocks, or with aggregated cells. Pure: a function of the
// snapshot, its surroundings and the viewport. Nothing here costs by all blocks, save what is kept for a snapshot.

import type { AddressRange } from '../memory/reader';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { solidBytes, sumsOf } from './block-sums';
import type { BlockSums } from './block-sums';
import type { BlockFilter } from './filter';
import { firstStretchAt, HEADING_HEIGHT, layoutMap, placeOf } from './map-layout';
import type { MapLayout, Stretch } from './map-layout';
import { MapLabels } from './map-labels';
import { counted, countText, hex, percentText, rangeText, shortSizeText, sizeText } from './numbers';
import type { Owner } from './owners';
import { letterOf, REGION_LOOKS } from './strip';
import type { RegionSpan } from './strip';
import { MAP_LEVELS } from './viewport';
import type { MapViewport, MapZoom } from './viewport';

/** What a run of bytes in a row is. `region` is memory of another region that lies in the same row. */
export const RUN_KINDS = ['free', 'used', 'metadata', 'unread', 'region'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** Bits of `flags`. */
export const RunFlag = { changed: 1, selected: 2, finding: 4, dimmed: 8, linked: 16 } as const;

/** Blocks of a row beyond this many a cell are drawn as aggregated cells. */
const MAX_BLOCKS_PER_CELL = 4;
/** Bits of a page. */
const PAGE_LEVEL = 12;
/** Pixels drawn above and below the window, so that scrolling needs no new frame at once. */
const OVERSCAN = 240;

export interface MapRow {
  readonly kind: 'row';
  readonly y: number;
  readonly base: string;
  /** Runs `[first, first + count)` of `runs`, or cells `[first, first + cells)` of `cells`. */
  readonly aggregated: boolean;
  readonly first: number;
  readonly count: number;
  readonly changed: boolean;
  readonly finding: boolean;
  /** Set in the first row of an opened fold: closing it takes this address out of `unfolded`. */
  readonly foldBase?: string;
}

export interface FoldBox {
  readonly base: string;
  readonly end: string;
  readonly kind: RunKind;
  readonly label: string;
  readonly size: string;
  /** Share of the fold's width, between 0 and 1. */
  readonly weight: number;
  readonly flags: number;
  readonly tint: number;
}

export type MapItem =
  | MapRow
  | { readonly kind: 'heading'; readonly y: number; readonly mark: string; readonly title: string; readonly text: string }
  | { readonly kind: 'gap' | 'footer'; readonly y: number; readonly text: string }
  | {
      readonly kind: 'fold';
      readonly y: number;
      readonly base: string;
      readonly size: string;
      readonly boxes: readonly FoldBox[];
      readonly more: number;
    };

/** Runs of all rows in the window, as columns. Offsets are bytes from the row's base, and may reach beyond the row on both sides. */
export interface Runs {
  readonly kind: Uint8Array;
  readonly from: Float64Array;
  readonly size: Float64Array;
  /** Bytes that are drawn solid, from `from` on; equals `size` where there is no slack. */
  readonly solid: Float64Array;
  /** Order, bin or class; −1 where there is none. For `region`: index into REGION_LOOKS. */
  readonly sizeClass: Int16Array;
  /** 0 for the smallest block … 1 for one as large as the heap. */
  readonly tint: Float32Array;
  readonly flags: Uint8Array;
  /** Operation that the block is held by since; −1 when it is not known. */
  readonly since: Int32Array;
  /** Index into `labels`, or −1. */
  readonly label: Int32Array;
}

/** Aggregated cells, as columns; shares of a cell's bytes. What they leave of 1 is not heap. */
export interface Cells {
  readonly asked: Float32Array;
  readonly slack: Float32Array;
  readonly free: Float32Array;
  readonly metadata: Float32Array;
  readonly unread: Float32Array;
  readonly tint: Float32Array;
  readonly largestClass: Int16Array;
  readonly largestFree: Float64Array;
  readonly usedBlocks: Uint32Array;
  readonly freeBlocks: Uint32Array;
  readonly flags: Uint8Array;
}

export interface MapView {
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
  readonly items: readonly MapItem[];
  readonly runs: Runs;
  readonly aggregates: Cells;
  /** Each label in ever shorter forms: the first that fits is drawn. */
  readonly labels: readonly (readonly string[])[];
  /** Marks over the columns, by cell. */
  readonly ticks: readonly { readonly cell: number; readonly text: string }[];
  /** `next in o1`: what the arrow from the selected to the linked block says; empty without one. */
  readonly linkText: string;
  /** Was the window moved, so that the webview has to follow? */
  readonly revealed: boolean;
}

/** What the map shows besides the snapshot. */
export interface MapSurroundings {
  readonly spans: readonly RegionSpan[];
  /** ① ② … by region, in the order in which memory came to the heap. */
  readonly marks: ReadonlyMap<number, string>;
  /** One phrase on how an area came to the heap. */
  readonly areaText: (index: number) => string;
  readonly owner: (base: bigint, end: bigint) => Owner | undefined;
  readonly changed: readonly AddressRange[];
  readonly selected: AddressRange | undefined;
  /** The block that the selected one links to, and what the link is called. */
  readonly linked: { readonly base: bigint; readonly text: string } | undefined;
  readonly filter: BlockFilter | undefined;
}

export function buildMap(snapshot: HeapSnapshot, around: MapSurroundings, viewport: MapViewport): MapView {
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
    revealed: revealed !== undefined,
    ...painter.result(),
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

/** The level one step finer or coarser, for + and −. */
export function nextLevel(level: number, by: 1 | -1): MapZoom {
  const at = MAP_LEVELS.findIndex((l) => l >= level);
  return MAP_LEVELS[Math.min(MAP_LEVELS.length - 1, Math.max(0, at + by))]!;
}

function titleOf(level: number, cells: number, layout: MapLayout): string {
  const cell = level === PAGE_LEVEL ? '1 page' : sizeText(2 ** level);
  const row = `1 row = ${sizeText(layout.rowBytes)}`;
  if (level <= PAGE_LEVEL) return `1 cell = ${cell} · ${row}`;
  const folds = layout.folds === 0 ? '' : `, then ${counted(layout.folds, 'fold')}`;
  return `Σ aggregated: 1 cell = ${countText(2 ** (level - PAGE_LEVEL))} pages = ${cell} · ${row} · ${counted(layout.rows * cells, 'cell')}${folds}`;
}

/** The sum over all blocks beside the allocator's own figures. */
function footerOf(snapshot: HeapSnapshot): string {
  const sums = sumsOf(snapshot).over(0n, 1n << 64n);
  const { metrics } = snapshot;
  const agrees =
    metrics.free >= 0 ? (sums.free === metrics.free ? ' ✓' : ` ≠ ${sizeText(metrics.free)} counted by the allocator`) : '';
  return `Σ ${counted(snapshot.blocks.length, 'block')}, none dropped · free ${sizeText(sums.free)}${agrees}`;
}

class RowBuilder {
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

  result(): Pick<MapView, 'items' | 'runs' | 'aggregates' | 'labels'> {
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
    if (
      this.snapshot.findings.some((f) => f.address !== undefined && f.severity !== 'info' && f.address >= base && f.address < end)
    )
      flags |= RunFlag.finding;
    return flags;
  }
}

/** Does one of the sorted, disjoint ranges meet `[base, end)`? */
function overlaps(ranges: readonly AddressRange[], base: bigint, end: bigint): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.end <= base) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low]!.base < end;
}

/** The tooltip of an aggregated cell, which the webview shows: counts and shares. */
export function cellText(cells: Cells, i: number): string {
  const parts = [
    counted(cells.usedBlocks[i]!, 'block'),
    counted(cells.freeBlocks[i]!, 'free chunk'),
    `asked for ${percentText(cells.asked[i]!)}`,
    `slack ${percentText(cells.slack[i]!)}`,
    `free ${percentText(cells.free[i]!)}`,
  ];
  if (cells.largestFree[i]! > 0) parts.push(`largest free ${sizeText(cells.largestFree[i]!)}`);
  return parts.join(' · ');
}
