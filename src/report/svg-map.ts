// The map as a drawing, after the panel's: solid is asked for, hatched is lost inside a block, hollow is free.

import type { FoldBox, MapRow, MapView } from '../view/map';
import { RUN_KINDS, RunFlag } from '../view/map';
import type { RunKind } from '../view/map';
import { REGION_LOOKS } from '../view/strip';
import { regionColour, type DrawingColours } from './colours';
import { Markup, markup } from './escape';
import { rect, text, type Box } from './svg-shapes';

/** Width of a row, of the addresses in front of it, and of what is left free around. */
export const ROW_WIDTH = 1000;
export const GUTTER = 120;
export const MARGIN = 22;

const LEFT = MARGIN + GUTTER;
const CHARACTER = 6;

/** @param id in front of the names of textures, which a page shares among its drawings */
export function mapDrawing(map: MapView, colours: DrawingColours, top: number, id = 'f'): { body: Markup; height: number } {
  const painter = new MapDrawing(map, colours, id);
  return { body: Markup.join(map.items.map((item) => painter.item(item, top + item.y - map.from)), '\n'), height: map.to - map.from }; // prettier-ignore
}

class MapDrawing {
  private readonly map: MapView;
  private readonly colours: DrawingColours;
  private readonly id: string;
  private readonly height: number;

  constructor(map: MapView, colours: DrawingColours, id: string) {
    this.map = map;
    this.colours = colours;
    this.id = id;
    this.height = map.lines === 1 ? map.cellHeight : map.rowHeight - 2;
  }

  item(item: MapView['items'][number], y: number): Markup {
    const { colours } = this;
    switch (item.kind) {
      case 'heading':
        return text(MARGIN, y + 14, `${item.mark} ${item.title}  ${item.text}`.trim(), colours.foreground, { bold: true });
      case 'gap':
      case 'footer':
        return text(LEFT, y + 14, item.text, colours.description);
      case 'fold': {
        const more = item.more > 0 ? text(LEFT + ROW_WIDTH, y + 17, `+${String(item.more)}`, colours.description, { anchor: 'end' }) : markup``; // prettier-ignore
        return markup`${this.gutter(item.size, y, colours.description)}${this.fold(item.boxes, y)}${more}`;
      }
      case 'row':
        return this.row(item, y);
    }
  }

  private gutter(value: string, y: number, colour: string): Markup {
    return text(LEFT - 6, y + this.height / 2 + 4, value, colour, { size: 10, anchor: 'end' });
  }

  private row(row: MapRow, y: number): Markup {
    const { colours } = this;
    const sign = row.finding ? '⚠' : row.changed ? 'Δ' : '';
    const parts = Array.from({ length: row.count }, (_, i) =>
      row.aggregated ? this.cell(row.first + i, i, y) : this.run(row.first + i, y),
    );
    return markup`${this.gutter(row.base, y, colours.description)}${parts}${text(LEFT + ROW_WIDTH + 4, y + this.height / 2 + 4, sign, row.finding ? colours.error : colours.changed, { size: 12, bold: true })}`;
  }

  private fold(boxes: readonly FoldBox[], y: number): Markup[] {
    let x = LEFT;
    return boxes.map((box) => {
      const place = { x, y, width: box.weight * ROW_WIDTH, height: this.map.rowHeight - 2 };
      x += place.width;
      return markup`${this.filled(place, box.kind, box.tint, box.kind === 'used' ? place.width : 0)}${this.label([box.label], place, box.kind)}${this.marks(box.flags, place)}`;
    });
  }

  /** An aggregated cell, from below: asked for, slack, the allocator's own, not read, free. */
  private cell(index: number, column: number, y: number): Markup {
    const { aggregates, cells } = this.map;
    const { colours } = this;
    const width = ROW_WIDTH / cells;
    const cell = { x: LEFT + column * width, y, width: width - 0.8, height: this.height };
    const shares = [
      [aggregates.asked[index]!, colours.used, 1],
      [aggregates.slack[index]!, `url(#${this.id}-slack)`, 1],
      [aggregates.metadata[index]!, colours.metadata, 1],
      [aggregates.unread[index]!, `url(#${this.id}-unread)`, 1],
      [aggregates.free[index]!, colours.free, 0.08 + 0.24 * aggregates.tint[index]!],
    ] as const;
    let bottom = y + this.height;
    const layers = shares.flatMap(([share, fill, opacity]) => {
      // A little of something is never nothing, and never everything.
      const height = share <= 0 ? 0 : Math.min(this.height - (share < 1 ? 1 : 0), Math.max(1, share * this.height));
      bottom -= height;
      return height === 0 ? [] : [rect({ ...cell, y: Math.max(y, bottom), height }, fill, { opacity })];
    });
    const heap = shares.some(([share]) => share > 0);
    return markup`${layers}${heap ? rect(cell, 'none', { stroke: colours.free, strokeWidth: 0.6 }) : markup``}${this.marks(aggregates.flags[index]!, cell)}`;
  }

  /** A run of bytes: used ones solid as far as they were asked for, hatched for the rest. */
  private run(index: number, y: number): Markup {
    const { runs, rowBytes, labels } = this.map;
    const kind = RUN_KINDS[runs.kind[index]!]!;
    const from = Math.max(0, runs.from[index]!);
    const to = Math.min(rowBytes, runs.from[index]! + runs.size[index]!);
    if (to <= from) return markup``;
    const scale = ROW_WIDTH / rowBytes;
    const box = { x: LEFT + from * scale, y, width: (to - from) * scale, height: this.height };
    const solid = Math.max(0, Math.min(to, runs.from[index]! + runs.solid[index]!) - from) * scale;
    const look = kind === 'region' ? (REGION_LOOKS[runs.sizeClass[index]!] ?? 'unknown') : undefined;
    const body =
      look === undefined
        ? this.filled(box, kind, runs.tint[index]!, solid)
        : rect(box, regionColour(look, this.colours), { opacity: 0.25, stroke: regionColour(look, this.colours) });
    const texts = runs.label[index]! < 0 ? [] : labels[runs.label[index]!]!;
    return markup`${body}${this.label(texts, box, kind)}${this.marks(runs.flags[index]!, box)}`;
  }

  private filled(box: Box, kind: RunKind, tint: number, solid: number): Markup {
    const { colours, id } = this;
    switch (kind) {
      case 'free':
        return rect(box, colours.free, { opacity: 0.08 + 0.24 * tint, stroke: colours.free });
      case 'used': {
        const asked = solid > 0 ? rect({ ...box, width: Math.min(box.width, solid) }, colours.used) : markup``;
        return markup`${rect(box, `url(#${id}-slack)`, { stroke: colours.used })}${asked}`;
      }
      case 'metadata':
        return rect(box, colours.metadata);
      case 'unread':
        return rect(box, `url(#${id}-unread)`, { stroke: colours.description, dash: '3 2' });
      case 'region':
        return rect(box, `url(#${id}-reserved)`, { stroke: colours.reserved });
    }
  }

  /** The first text that fits; a label over hatch or solid has a chip of background behind it. */
  private label(texts: readonly string[], box: Box, kind: RunKind): Markup {
    const { colours } = this;
    const value = texts.find((t) => t !== '' && [...t].length * CHARACTER < box.width - 6);
    if (value === undefined) return markup``;
    const width = [...value].length * CHARACTER + 4;
    const centre = box.x + box.width / 2;
    const chip = { x: centre - width / 2, y: box.y + box.height / 2 - 7, width, height: 14 };
    const behind = kind === 'free' ? markup`` : rect(chip, colours.background, { opacity: 0.88 });
    return markup`${behind}${text(centre, box.y + box.height / 2 + 4, value, colours.foreground, { size: 10, anchor: 'middle' })}`;
  }

  private marks(flags: number, box: Box): Markup {
    const { colours } = this;
    const inner = { x: box.x + 0.5, y: box.y + 0.5, width: box.width - 1, height: box.height - 1 };
    const corner = Math.min(7, box.width);
    const parts: Markup[] = [];
    if ((flags & RunFlag.changed) !== 0)
      parts.push(
        rect(inner, 'none', { stroke: colours.changed, strokeWidth: 1.5 }),
        markup`<path d="M${(box.x + box.width - corner).toFixed(1)} ${box.y.toFixed(1)}h${corner.toFixed(1)}v${corner.toFixed(1)}z" fill="${colours.changed}"/>`,
      );
    if ((flags & RunFlag.finding) !== 0)
      parts.push(rect(inner, 'none', { stroke: colours.error, strokeWidth: 1.5, dash: '2 1' }));
    if ((flags & RunFlag.selected) !== 0) parts.push(rect(inner, 'none', { stroke: colours.foreground, strokeWidth: 2.2 }));
    return Markup.join(parts);
  }
}
