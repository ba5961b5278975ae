// Draws the map's window. Solid is asked for, hatched is lost inside a block, hollow is free.

import { REGION_LOOKS } from '../../src/view/strip';
import type { FoldBox, MapItem, MapRow, MapView } from '../../src/view/map';
import { RUN_KINDS, RunFlag } from '../../src/view/map';
import { HEADING_HEIGHT } from '../../src/view/map-layout';
import { groupedAddress } from '../../src/view/numbers';
import type { BytePage } from '../../src/view/map-bytes';
import type { Palette } from '../theme';
import { texture } from './surface';

export interface MapGeometry {
  /** Width of the address gutter and of the right margin. */
  readonly gutter: number;
  readonly margin: number;
  readonly width: number;
  readonly height: number;
  /** First visible pixel of the map. */
  readonly top: number;
}

/** What is at a place of the map. */
export interface MapHit {
  readonly item?: MapItem;
  /** At the finest level: the page under the pointer. */
  readonly page?: BytePage;
  /** Address under the pointer; undefined over a heading or a gap. */
  readonly address?: bigint;
  /** Run or cell under the pointer. */
  readonly index?: number;
  readonly box?: FoldBox;
  /** Over the gutter of a fold or of a row that closes one. */
  readonly toggles?: string;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export class MapPainter {
  private readonly context: CanvasRenderingContext2D;
  private readonly map: MapView;
  private readonly palette: Palette;
  private readonly geometry: MapGeometry;
  private readonly cell: number;
  private readonly line: number;

  constructor(context: CanvasRenderingContext2D, map: MapView, palette: Palette, geometry: MapGeometry) {
    this.context = context;
    this.map = map;
    this.palette = palette;
    this.geometry = geometry;
    this.cell = cellWidth(map, geometry);
    this.line = palette.highContrast ? 1.6 : 1.2;
  }

  paint(): void {
    const { context, palette, geometry } = this;
    context.textBaseline = 'middle';
    const late: (() => void)[] = [];
    for (const item of this.map.items) {
      const y = item.y - geometry.top;
      if (y > geometry.height || y + this.map.rowHeight < 0) continue;
      if (item.kind === 'row') this.row(item, y, late);
      else if (item.kind === 'fold') this.fold(item, y, late);
      else if (item.kind === 'heading') this.heading(item, y);
      else if (item.kind === 'gap') this.gap(item.text, y);
      else this.footer(item.text, y);
    }
    // Marks go over their neighbours, so they come last.
    for (const mark of late) mark();
    this.link();
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

  private row(row: MapRow, y: number, late: (() => void)[]): void {
    const { palette, map } = this;
    const height = map.rowHeight - 2;
    this.gutterText(groupedAddress(BigInt(row.base)).slice(2).slice(0, 14), y + height / 2, palette.description);
    if (row.aggregated) for (let i = 0; i < row.count; i++) this.aggregate(row.first + i, i, y, height, late);
    else for (let i = row.first; i < row.first + row.count; i++) this.run(i, y, height, late);
    const x = this.geometry.width - this.geometry.margin + 5;
    if (row.finding) this.sign('⚠', x, y + height / 2, palette.error);
    else if (row.changed) this.sign('Δ', x, y + height / 2, palette.changed);
    if (row.foldBase !== undefined) this.gutterText('▾', y + height - 4, palette.link);
  }

  private sign(text: string, x: number, y: number, colour: string): void {
    this.context.font = `bold 12px ${this.palette.uiFont}`;
    this.context.fillStyle = colour;
    this.context.fillText(text, x, y);
  }

  /** The part of a run that lies in its row, in pixels. */
  private boxOf(from: number, size: number, y: number, h: number): Box {
    const { gutter } = this.geometry;
    const x0 = Math.max(0, from / this.map.cellBytes) * this.cell;
    const x1 = Math.min(this.map.cells, (from + size) / this.map.cellBytes) * this.cell;
    return { x: gutter + x0, y, w: Math.max(1, x1 - x0), h };
  }

  private run(i: number, y: number, h: number, late: (() => void)[]): void {
    const { runs } = this.map;
    const { context, palette } = this;
    const box = this.boxOf(runs.from[i]!, runs.size[i]!, y, h);
    const flags = runs.flags[i]!;
    const dimmed = (flags & RunFlag.dimmed) !== 0;
    if (dimmed && !palette.highContrast) context.globalAlpha = 0.25;
    const kind = RUN_KINDS[runs.kind[i]!]!;
    switch (kind) {
      case 'free':
        this.freeBox(box, runs.tint[i]!, dimmed);
        this.label(i, box, 'centre', palette.free, false);
        break;
      case 'used':
        this.usedBox(box, runs.from[i]!, runs.solid[i]!, dimmed);
        this.label(i, box, 'left', palette.foreground, true);
        break;
      case 'metadata':
        this.solidBox(box, palette.metadata);
        this.label(i, box, 'centre', palette.background, false, true);
        break;
      case 'unread':
        this.texturedBox(box, 'unread', palette.description, true);
        this.label(i, box, 'centre', palette.description, true);
        break;
      case 'region':
        this.regionBox(box, REGION_LOOKS[runs.sizeClass[i]!] ?? 'unknown');
        this.label(i, box, 'centre', palette.region[REGION_LOOKS[runs.sizeClass[i]!] ?? 'unknown'], true);
    }
    context.globalAlpha = 1;
    this.marks(flags, box, late);
  }

  private freeBox(box: Box, tint: number, dotted: boolean): void {
    const { context, palette } = this;
    if (!palette.highContrast) {
      context.globalAlpha *= palette.light ? 0.1 + 0.24 * tint : 0.16 + 0.26 * tint;
      context.fillStyle = palette.free;
      context.fillRect(box.x, box.y, box.w, box.h);
      context.globalAlpha = dotted ? 0.25 : 1;
    }
    this.outline(box, palette.free, dotted && palette.highContrast);
  }

  private usedBox(box: Box, from: number, solid: number, dotted: boolean): void {
    const { context, palette, map } = this;
    const cut = Math.min(map.cells, Math.max(0, (from + solid) / map.cellBytes)) * this.cell + this.geometry.gutter;
    const begins = from >= 0;
    const least = begins ? Math.min(box.w, 2.5) : 0;
    const width = Math.min(box.w, Math.max(least, cut - box.x));
    if (box.w - width > 0.5) {
      context.fillStyle = texture(context, 'slack', palette.used, this.line);
      context.fillRect(box.x, box.y, box.w, box.h);
    }
    context.fillStyle = palette.used;
    context.fillRect(box.x, box.y, width, box.h);
    this.outline(box, palette.used, dotted && palette.highContrast);
  }

  private solidBox(box: Box, colour: string): void {
    this.context.fillStyle = colour;
    this.context.fillRect(box.x + 0.5, box.y, Math.max(1, box.w - 1), box.h);
  }

  private texturedBox(box: Box, kind: 'unread' | 'reserved' | 'kernel', colour: string, dashed: boolean): void {
    const { context, palette } = this;
    context.fillStyle = texture(context, kind, colour, this.line * 0.8);
    context.globalAlpha *= palette.highContrast ? 1 : 0.45;
    context.fillRect(box.x, box.y, box.w, box.h);
    context.globalAlpha = 1;
    this.outline(box, colour, dashed);
  }

  private regionBox(box: Box, look: keyof Palette['region']): void {
    const { context, palette } = this;
    const colour = palette.region[look];
    if (look === 'reserved' || look === 'unknown') {
      this.texturedBox(box, 'reserved', colour, false);
      return;
    }
    if (look === 'kernel') {
      this.texturedBox(box, 'kernel', colour, false);
      return;
    }
    if (!palette.highContrast) {
      context.globalAlpha = 0.25;
      context.fillStyle = colour;
      context.fillRect(box.x, box.y, box.w, box.h);
      context.globalAlpha = 1;
    }
    this.outline(box, colour, false);
  }

  private outline(box: Box, colour: string, dashed: boolean): void {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = 1.1;
    if (dashed) context.setLineDash([2, 2]);
    context.strokeRect(box.x + 0.75, box.y + 0.75, Math.max(0.5, box.w - 1.5), box.h - 1.5);
    context.setLineDash([]);
  }

  /** The longest form of a label that fits, or none. On hatch and solid it stands on a chip of the background. */
  private label(i: number, box: Box, align: 'left' | 'centre', colour: string, chip: boolean, tight = false): void {
    const at = this.map.runs.label[i]!;
    if (at < 0 || box.w < 8) return;
    const { context, palette } = this;
    context.font = `600 11px ${palette.uiFont}`;
    for (const text of this.map.labels[at]!) {
      const width = context.measureText(text).width;
      if (width + (tight ? 1 : chip ? 10 : 4) > box.w) continue;
      const x = align === 'left' ? box.x + 6 : box.x + (box.w - width) / 2;
      if (chip) {
        context.globalAlpha *= 0.88;
        context.fillStyle = palette.background;
        context.fillRect(x - 3, box.y + 5, width + 6, box.h - 10);
        context.globalAlpha = 1;
      }
      context.fillStyle = colour;
      context.fillText(text, x, box.y + box.h / 2 + 0.5);
      return;
    }
  }

  private marks(flags: number, box: Box, late: (() => void)[]): void {
    const { context, palette } = this;
    if ((flags & RunFlag.changed) !== 0)
      late.push(() => {
        context.strokeStyle = context.fillStyle = palette.changed;
        context.lineWidth = 1.6;
        context.strokeRect(box.x + 0.8, box.y + 0.8, Math.max(1, box.w - 1.6), box.h - 1.6);
        const side = Math.min(8, box.w);
        context.beginPath();
        context.moveTo(box.x + box.w - side, box.y);
        context.lineTo(box.x + box.w, box.y);
        context.lineTo(box.x + box.w, box.y + side);
        context.fill();
      });
    if ((flags & RunFlag.finding) !== 0)
      late.push(() => {
        context.strokeStyle = context.fillStyle = palette.error;
        context.lineWidth = 2;
        context.strokeRect(box.x + 1, box.y + 1, Math.max(1, box.w - 2), box.h - 2);
        this.sign('⚠', box.x + box.w / 2 - 6, box.y + box.h - 4, palette.error);
      });
    if ((flags & RunFlag.selected) !== 0)
      late.push(() => {
        context.strokeStyle = palette.background;
        context.lineWidth = 5;
        context.strokeRect(box.x - 0.5, box.y - 0.5, box.w + 1, box.h + 1);
        context.strokeStyle = palette.highContrast ? palette.focus : palette.foreground;
        context.lineWidth = 2.2;
        context.strokeRect(box.x - 1, box.y - 1, box.w + 2, box.h + 2);
      });
  }

  /** A cell's height is 100 % of its bytes: asked for from the bottom, slack, then free. Never rounded to empty or full. */
  private aggregate(i: number, column: number, y: number, h: number, late: (() => void)[]): void {
    const { context, palette, map } = this;
    const c = map.aggregates;
    const box: Box = { x: this.geometry.gutter + column * this.cell, y, w: this.cell, h };
    const inner = { x: box.x + 0.5, w: Math.max(1, box.w - 1) };
    let bottom = y + h;
    const layer = (share: number, fill: string | CanvasPattern, alpha: number) => {
      if (share <= 0) return;
      const height = share >= 1 ? h : Math.min(h - 1, Math.max(1, share * h));
      context.globalAlpha = alpha;
      context.fillStyle = fill;
      context.fillRect(inner.x, bottom - height, inner.w, height);
      context.globalAlpha = 1;
      bottom -= height;
    };
    layer(c.metadata[i]!, palette.metadata, 1);
    layer(c.asked[i]!, palette.used, 1);
    layer(
      c.slack[i]!,
      palette.highContrast ? texture(context, 'slack', palette.used, this.line) : palette.used,
      palette.highContrast ? 1 : 0.36,
    );
    if (c.free[i]! > 0) {
      const top = bottom - Math.max(1, c.free[i]! * h);
      if (palette.highContrast) {
        context.strokeStyle = palette.free;
        context.lineWidth = 1;
        context.strokeRect(inner.x + 0.5, Math.max(y, top) + 0.5, inner.w - 1, bottom - Math.max(y, top) - 1);
      } else layer(c.free[i]!, palette.free, palette.light ? 0.2 + 0.3 * c.tint[i]! : 0.25 + 0.4 * c.tint[i]!);
    }
    layer(c.unread[i]!, texture(context, 'unread', palette.description, this.line), 1);
    this.marks(c.flags[i]!, box, late);
  }

  private fold(fold: MapItem & { kind: 'fold' }, y: number, late: (() => void)[]): void {
    const { context, palette, map, geometry } = this;
    const h = map.rowHeight - 2;
    this.gutterText(fold.size, y + h / 2 - 6, palette.description);
    this.gutterText('▸ unfold', y + h / 2 + 7, palette.link);
    for (const { box, place } of foldPlaces(fold, map, geometry)) {
      const area = { x: place.x + 1, y, w: place.w - 2, h };
      const dimmed = (box.flags & RunFlag.dimmed) !== 0;
      if (dimmed && !palette.highContrast) context.globalAlpha = 0.25;
      if (box.kind === 'used') this.usedBox({ ...area, w: area.w }, 0, 1e18, dimmed);
      else if (box.kind === 'unread') this.texturedBox(area, 'unread', palette.description, true);
      else if (box.kind === 'metadata') this.solidBox(area, palette.metadata);
      else this.freeBox(area, box.tint, dimmed);
      this.foldLabel(box, area);
      context.globalAlpha = 1;
      this.marks(box.flags, area, late);
    }
    if (fold.more > 0) this.sign(`+${String(fold.more)}`, geometry.width - geometry.margin, y + h / 2, palette.description);
  }

  private foldLabel(box: FoldBox, area: Box): void {
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
      const [size, gap] = area.h < 22 ? [9, 4] : [11, 6];
      context.font = `600 ${String(size)}px ${palette.uiFont}`;
      context.fillStyle = palette.free;
      if (context.measureText(box.label).width + 2 <= area.w) context.fillText(box.label, middle, area.y + area.h / 2 - gap);
      context.font = `${String(size - 1)}px ${palette.uiFont}`;
      context.fillStyle = palette.foreground;
      if (context.measureText(box.size).width + 2 <= area.w) context.fillText(box.size, middle, area.y + area.h / 2 + gap);
    }
    context.textAlign = 'left';
  }

  /** The selected chunk's link to the next one of its list. */
  private link(): void {
    if (this.map.linkText === '') return;
    const from = this.find(RunFlag.selected);
    const to = this.find(RunFlag.linked);
    if (from === undefined || to === undefined) return;
    const { context, palette } = this;
    const down = to.y > from.y;
    const [x0, y0] = [from.x + from.w / 2, down ? from.y + from.h : from.y];
    const [x1, y1] = [to.x + to.w / 2, to.y === from.y ? to.y : down ? to.y : to.y + to.h];
    const bend = to.y === from.y ? -26 : (y1 - y0) / 2;
    context.strokeStyle = context.fillStyle = palette.foreground;
    context.lineWidth = 1.3;
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(x0, y0);
    context.bezierCurveTo(x0, y0 + bend, x1, y1 - (to.y === from.y ? -bend : bend), x1, y1);
    context.stroke();
    context.setLineDash([]);
    const tip = down && to.y !== from.y ? -6 : to.y === from.y ? -6 : 6;
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x1 - 4, y1 + tip);
    context.lineTo(x1 + 4, y1 + tip);
    context.fill();
    context.font = `11px ${palette.uiFont}`;
    const width = context.measureText(this.map.linkText).width;
    context.fillStyle = palette.background;
    context.fillRect(x1 + 6, y1 + tip * 2 - 7, width + 6, 14);
    context.fillStyle = palette.foreground;
    context.fillText(this.map.linkText, x1 + 9, y1 + tip * 2);
  }

  /** Where the first run or fold box with a flag is drawn, if it is on screen. */
  private find(flag: number): Box | undefined {
    const { map, geometry } = this;
    for (const item of map.items) {
      const y = item.y - geometry.top;
      if (item.kind === 'row' && !item.aggregated) {
        for (let i = item.first; i < item.first + item.count; i++)
          if ((map.runs.flags[i]! & flag) !== 0) return this.boxOf(map.runs.from[i]!, map.runs.size[i]!, y, map.rowHeight - 2);
      } else if (item.kind === 'fold') {
        const found = foldPlaces(item, map, geometry).find(({ box }) => (box.flags & flag) !== 0);
        if (found !== undefined) return { x: found.place.x, y, w: found.place.w, h: map.rowHeight - 2 };
      }
    }
    return undefined;
  }
}

export function cellWidth(map: MapView, geometry: MapGeometry): number {
  return (geometry.width - geometry.gutter - geometry.margin) / map.cells;
}

function foldPlaces(
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

/** What is under the point (`x`, `y`) of the visible part of the map. */
export function hitMap(map: MapView, geometry: MapGeometry, x: number, y: number): MapHit | undefined {
  const at = y + geometry.top;
  const item = map.items.findLast((i) => i.y <= at);
  if (item === undefined || at >= item.y + (item.kind === 'row' || item.kind === 'fold' ? map.rowHeight : HEADING_HEIGHT))
    return undefined;
  if (item.kind !== 'row' && item.kind !== 'fold') return { item };
  if (item.kind === 'fold') {
    if (x < geometry.gutter) return { item, toggles: item.base };
    const found = foldPlaces(item, map, geometry).find(({ place }) => x >= place.x && x < place.x + place.w);
    return found === undefined ? { item } : { item, box: found.box, address: BigInt(found.box.base) };
  }
  if (x < geometry.gutter) return { item, ...(item.foldBase !== undefined && { toggles: item.foldBase }) };
  const offset = ((x - geometry.gutter) / cellWidth(map, geometry)) * map.cellBytes;
  if (offset >= map.rowBytes) return { item };
  const address = BigInt(item.base) + BigInt(Math.floor(offset));
  if (item.aggregated) return { item, address, index: item.first + Math.floor(offset / map.cellBytes) };
  for (let i = item.first + item.count - 1; i >= item.first; i--)
    if (offset >= map.runs.from[i]! && offset < map.runs.from[i]! + map.runs.size[i]!) return { item, address, index: i };
  return { item, address };
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
