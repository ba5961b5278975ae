// Draws the map's window: rows or bands, folds, headings, and the link of the selected chunk.

import { REGION_LOOKS } from '../../src/view/spans';
import type { FoldBox, MapItem, MapRow, MapView } from '../../src/view/map/map';
import { RUN_KINDS, RunFlag } from '../../src/view/map/map';
import { groupedAddress } from '../../src/view/numbers';
import { NO_SHADE } from '../../src/view/map/shades';
import type { Palette } from '../theme';
import type { Letters } from '../../src/view/map/letters';
import { besideDisc, Brush, inkOnFree } from './brush';
import { CellPainter } from './cells';
import { cellWidth, foldPlaces, hasProfile, heightOf } from './geometry';
import type { Box, MapGeometry } from './geometry';
import { paintLink } from './link';
import { NarrowPainter } from './narrow';

export class MapPainter {
  private readonly context: CanvasRenderingContext2D;
  private readonly map: MapView;
  private readonly palette: Palette;
  private readonly geometry: MapGeometry;
  private readonly letters: Letters;
  private readonly cell: number;
  private readonly brush: Brush;
  private readonly cells: CellPainter;
  private readonly narrow: NarrowPainter;

  /** @param fresh strength of the marks of the last step, 0 … 1 */
  constructor(
    context: CanvasRenderingContext2D,
    map: MapView,
    palette: Palette,
    geometry: MapGeometry,
    letters: Letters,
    fresh = 1,
  ) {
    this.context = context;
    this.map = map;
    this.palette = palette;
    this.geometry = geometry;
    this.letters = letters;
    this.cell = cellWidth(map, geometry);
    this.brush = new Brush(context, palette, fresh);
    this.cells = new CellPainter(this.brush, map, this.cell, geometry.gutter, letters);
    this.narrow = new NarrowPainter(this.brush, map, this.cell, geometry.gutter);
  }

  paint(): void {
    const { context, palette, geometry } = this;
    context.textBaseline = 'middle';
    const late: (() => void)[] = [];
    const named = rowsNamed(this.map);
    for (const item of this.map.items) {
      const y = item.y - geometry.top;
      const height = item.kind === 'row' || item.kind === 'fold' ? heightOf(item, this.map) : 18;
      if (y > geometry.height || y + height < 0) continue;
      if (item.kind === 'row') this.row(item, y, late, named.has(item));
      else if (item.kind === 'fold') this.fold(item, y, late);
      else if (item.kind === 'heading') this.heading(item, y);
      else if (item.kind === 'gap') this.gap(item.text, y);
      else this.footer(item.text, y);
    }
    // Marks go over their neighbours, so they come last.
    for (const mark of late) mark();
    if (geometry.links)
      paintLink(context, this.map, palette, geometry, (from, size, y) => this.boxOf(from, size, y, this.map.rowHeight - 2));
    context.fillStyle = palette.foreground;
  }

  private heading(item: MapItem & { kind: 'heading' }, y: number): void {
    const { context, palette, geometry } = this;
    const middle = y + 9;
    let x = geometry.gutter;
    context.font = `600 13px ${palette.uiFont}`;
    context.fillStyle = palette.foreground;
    const title = `${item.mark} ${item.title}`.trim();
    context.fillText(title, x, middle);
    x += context.measureText(title).width + 12;
    context.font = `11px ${palette.uiFont}`;
    context.fillStyle = palette.description;
    context.fillText(fitted(context, item.text, geometry.width - x - 4), x, middle);
  }

  private gap(text: string, y: number): void {
    const { context, palette, geometry } = this;
    const right = geometry.width - geometry.margin;
    const middle = y + 9;
    context.font = `11px ${palette.uiFont}`;
    const words = fitted(context, text, right - geometry.gutter - 60);
    const width = context.measureText(words).width;
    const centre = (geometry.gutter + right) / 2;
    context.fillStyle = palette.description;
    context.fillText(words, centre - width / 2, middle);
    context.strokeStyle = palette.description;
    context.lineWidth = 1;
    context.globalAlpha = palette.highContrast ? 1 : 0.5;
    for (const [from, to] of [[geometry.gutter, centre - width / 2 - 8], [centre + width / 2 + 8, right]] as const) zigzag(context, from, to, middle); // prettier-ignore
    context.globalAlpha = 1;
  }

  private footer(text: string, y: number): void {
    const { context, palette, geometry } = this;
    context.font = `11px ${palette.uiFont}`;
    context.fillStyle = palette.description;
    context.fillText(fitted(context, text, geometry.width - geometry.gutter), geometry.gutter, y + 9);
  }

  private gutterText(text: string, y: number, colour: string): void {
    const { context, palette, geometry } = this;
    context.font = `11px ${palette.codeFont}`;
    context.fillStyle = colour;
    context.textAlign = 'right';
    context.fillText(text, geometry.gutter - 8, y);
    context.textAlign = 'left';
  }

  private row(row: MapRow, y: number, late: (() => void)[], named: boolean): void {
    const { palette, map, geometry, brush } = this;
    const height = heightOf(row, map);
    const middle = map.lines === 1 ? height / 2 : map.cellHeight / 2 + 2;
    if (named) this.gutterText(groupedAddress(BigInt(row.base)).slice(2), y + middle, palette.description);
    if (map.lines > 1) this.cells.band(row, y, late);
    else if (row.aggregated) {
      this.cells.row(row, y, height, late);
      if (hasProfile(map)) this.cells.profile(row, y, height);
    } else for (const i of this.narrow.row(row, y, height)) this.run(row, i, y, height, late);
    const x = geometry.width - geometry.margin + 5;
    if (row.finding) brush.sign('⚠', x, y + height / 2, palette.error);
    else if (row.changed) brush.delta(x, y + height / 2);
    if (row.foldBase !== undefined) this.gutterText('▾', y + (map.lines === 1 ? height - 4 : middle + 14), palette.link);
  }

  /** The part of a run that lies in its row, in pixels. */
  private boxOf(from: number, size: number, y: number, h: number): Box {
    const { gutter } = this.geometry;
    const x0 = Math.max(0, from / this.map.cellBytes) * this.cell;
    const x1 = Math.min(this.map.cells, (from + size) / this.map.cellBytes) * this.cell;
    return { x: gutter + x0, y, w: Math.max(1, x1 - x0), h };
  }

  private run(row: MapRow, i: number, y: number, h: number, late: (() => void)[]): void {
    const { runs, labels, cells, cellBytes } = this.map;
    const { palette, brush, geometry } = this;
    const box = this.boxOf(runs.from[i]!, runs.size[i]!, y, h);
    const flags = runs.flags[i]!;
    const dimmed = (flags & RunFlag.dimmed) !== 0;
    const shade = runs.shade[i] === NO_SHADE ? undefined : palette.shades[runs.shade[i]!];
    const forms = runs.label[i]! < 0 ? [] : labels[runs.label[i]!]!;
    const letter = this.letters.ofRun(this.map, row, i);
    const room = besideDisc(box, letter);
    brush.dim(dimmed);
    const kind = RUN_KINDS[runs.kind[i]!]!;
    switch (kind) {
      case 'free':
        brush.free(box, runs.tint[i]!, dimmed, shade);
        brush.label(forms, room, 'centre', inkOnFree(palette, shade), false);
        break;
      case 'used': {
        const cut = Math.min(cells, Math.max(0, (runs.from[i]! + runs.solid[i]!) / cellBytes)) * this.cell + geometry.gutter;
        brush.used(box, cut, runs.from[i]! >= 0, dimmed, shade);
        brush.label(forms, room, 'left', palette.foreground, true);
        break;
      }
      case 'metadata':
        brush.solid(box, palette.metadata);
        brush.label(forms, room, 'centre', palette.background, false, true);
        break;
      case 'unread':
        brush.textured(box, 'unread', palette.description, true);
        brush.label(forms, room, 'centre', palette.description, true);
        break;
      case 'region': {
        const look = REGION_LOOKS[runs.sizeClass[i]!] ?? 'unknown';
        brush.region(box, look);
        brush.label(forms, box, 'centre', palette.region[look], true);
      }
    }
    this.context.globalAlpha = 1;
    brush.marks(flags, box, late, letter);
  }

  private fold(fold: MapItem & { kind: 'fold' }, y: number, late: (() => void)[]): void {
    const { context, palette, map, geometry, brush } = this;
    const h = map.foldHeight;
    this.gutterText(fold.size, y + h / 2 - 6, palette.description);
    this.gutterText('▸ unfold', y + h / 2 + 7, palette.link);
    for (const { box, place } of foldPlaces(fold, map, geometry)) {
      const area = { x: place.x + 1, y, w: place.w - 2, h };
      const dimmed = (box.flags & RunFlag.dimmed) !== 0;
      const shade = box.shade === NO_SHADE ? undefined : palette.shades[box.shade];
      brush.dim(dimmed);
      if (box.kind === 'used') brush.used(area, Infinity, true, dimmed, shade);
      else if (box.kind === 'unread') brush.textured(area, 'unread', palette.description, true);
      else if (box.kind === 'metadata') brush.solid(area, palette.metadata);
      else brush.free(area, box.tint, dimmed, shade);
      const letter = this.letters.ofBox(box);
      this.foldLabel(box, besideDisc(area, letter), inkOnFree(palette, shade));
      context.globalAlpha = 1;
      brush.marks(box.flags, area, late, letter);
    }
    if (fold.more > 0) brush.sign(`+${String(fold.more)}`, geometry.width - geometry.margin, y + h / 2, palette.description);
  }

  private foldLabel(box: FoldBox, area: Box, colour: string): void {
    const { context, palette } = this;
    const used = box.kind === 'used' || box.kind === 'metadata';
    context.textAlign = 'center';
    const middle = area.x + area.w / 2;
    if (used) {
      context.font = `600 11px ${palette.uiFont}`;
      const text = `${box.label} · ${box.size}`;
      const width = context.measureText(text).width;
      if (width + 8 < area.w) {
        context.globalAlpha = 0.88;
        context.fillStyle = palette.background;
        context.fillRect(middle - width / 2 - 3, area.y + 5, width + 6, area.h - 10);
        context.globalAlpha = 1;
        context.fillStyle = palette.foreground;
        context.fillText(text, middle, area.y + area.h / 2);
      }
    } else {
      const [size, gap] = area.h < 22 ? [9, 4] : [11, 5];
      context.font = `600 ${String(size)}px ${palette.uiFont}`;
      context.fillStyle = colour;
      if (context.measureText(box.label).width + 2 <= area.w) context.fillText(box.label, middle, area.y + area.h / 2 - gap);
      context.font = `${String(size - 1)}px ${palette.uiFont}`;
      context.fillStyle = palette.foreground;
      if (context.measureText(box.size).width + 2 <= area.w) context.fillText(box.size, middle, area.y + area.h / 2 + gap);
    }
    context.textAlign = 'left';
  }
}

/** Room that an address needs in the gutter before it is crowded. */
const ADDRESS_ROOM = 22;

/** Rows with their address beside them: all of them where there is room, else every second, fourth … by address, and the first of each stretch. */
function rowsNamed(map: MapView): ReadonlySet<MapItem> {
  const pitch = map.lines * map.cellHeight + 2;
  let every = 1;
  while (pitch < 18 && every * pitch < ADDRESS_ROOM) every *= 2;
  const round = BigInt(map.rowBytes * every);
  const named = new Set<MapItem>();
  let above = -Infinity;
  for (const [i, item] of map.items.entries()) {
    if (item.kind !== 'row') continue;
    const isRound = BigInt(item.base) % round === 0n;
    const begins = i > 0 && map.items[i - 1]!.kind !== 'row';
    // The first of a stretch gives way to a round address close below it.
    const next = map.items.slice(i + 1, i + every).find((n) => n.kind === 'row' && BigInt(n.base) % round === 0n);
    if (!isRound && !(begins && (next === undefined || next.y - item.y >= ADDRESS_ROOM / 2))) continue;
    if (item.y - above < ADDRESS_ROOM / 2) continue;
    named.add(item);
    above = item.y;
  }
  return named;
}

/** The text, or as many of its ` · ` parts as fit. */
function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  const parts = text.split(' · ');
  while (parts.length > 1 && context.measureText(parts.join(' · ')).width > width) parts.pop();
  return context.measureText(parts.join(' · ')).width > width ? '' : parts.join(' · ');
}

function zigzag(context: CanvasRenderingContext2D, from: number, to: number, y: number): void {
  context.beginPath();
  context.moveTo(from, y);
  for (let x = from, up = true; x < to; x += 4, up = !up) context.lineTo(x, y + (up ? -3 : 3));
  context.stroke();
}
