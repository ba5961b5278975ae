// The map as a drawing, after the panel's: solid is asked for, hatched is lost inside a block, hollow is free.

import type { NamedPlace } from '../view/search/bookmarks';
import { Letters } from '../view/map/letters';
import type { FoldBox, MapRow, MapView } from '../view/map/map';
import { RUN_KINDS } from '../view/map/map';
import type { RunKind } from '../view/map/map';
import { REGION_LOOKS } from '../view/spans';
import { NO_SHADE } from '../view/map/shades';
import { regionColour, shadeColour, type DrawingColours } from './colours';
import { Markup, markup } from './escape';
import { CellDrawing } from './svg-cells';
import { shadeNumber } from './svg-legend';
import { dimmed, marksOver } from './svg-marks';
import { rect, text, type Box } from './svg-shapes';

/** Width of a row, of the addresses in front of it, and of what is left free around. */
export const ROW_WIDTH = 1000;
export const GUTTER = 120;
export const MARGIN = 22;

const LEFT = MARGIN + GUTTER;
const CHARACTER = 6;
/** What the number of a colour takes of a box. */
const NUMBER_ROOM = 12;

/** @param id in front of the names of textures, which a page shares among its drawings */
export function mapDrawing(
  map: MapView,
  colours: DrawingColours,
  top: number,
  id = 'f',
  bookmarks: readonly NamedPlace[] = [],
): { body: Markup; height: number } {
  const painter = new MapDrawing(map, colours, id, new Letters(bookmarks));
  return { body: Markup.join(map.items.map((item) => painter.item(item, top + item.y - map.from)), '\n'), height: map.to - map.from }; // prettier-ignore
}

class MapDrawing {
  private readonly map: MapView;
  private readonly colours: DrawingColours;
  private readonly id: string;
  private readonly height: number;
  private readonly letters: Letters;
  private readonly cells: CellDrawing;

  constructor(map: MapView, colours: DrawingColours, id: string, letters: Letters) {
    this.map = map;
    this.colours = colours;
    this.id = id;
    this.height = map.lines === 1 ? map.cellHeight : map.rowHeight - 2;
    this.letters = letters;
    this.cells = new CellDrawing(map, colours, id, LEFT, ROW_WIDTH / map.cells, letters);
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
    const parts = row.aggregated
      ? this.cells.row(row, y)
      : Markup.join(Array.from({ length: row.count }, (_, i) => this.run(row, row.first + i, y)));
    return markup`${this.gutter(row.base, y, colours.description)}${parts}${text(LEFT + ROW_WIDTH + 4, y + this.height / 2 + 4, sign, row.finding ? colours.error : colours.changed, { size: 12, bold: true })}`;
  }

  private fold(boxes: readonly FoldBox[], y: number): Markup[] {
    let x = LEFT;
    return boxes.map((box) => {
      const place = { x, y, width: box.weight * ROW_WIDTH, height: this.map.foldHeight };
      x += place.width;
      const body = this.filled(place, box.kind, box.tint, box.kind === 'used' ? place.width : 0, box.shade);
      return this.explained(body, [box.label], place, box, this.letters.ofBox(box));
    });
  }

  /** A run of bytes: used ones solid as far as they were asked for, hatched for the rest. */
  private run(row: MapRow, index: number, y: number): Markup {
    const { runs, rowBytes, labels } = this.map;
    const kind = RUN_KINDS[runs.kind[index]!]!;
    const from = Math.max(0, runs.from[index]!);
    const to = Math.min(rowBytes, runs.from[index]! + runs.size[index]!);
    if (to <= from) return markup``;
    const scale = ROW_WIDTH / rowBytes;
    const box = { x: LEFT + from * scale, y, width: (to - from) * scale, height: this.height };
    const solid = Math.max(0, Math.min(to, runs.from[index]! + runs.solid[index]!) - from) * scale;
    const look = kind === 'region' ? (REGION_LOOKS[runs.sizeClass[index]!] ?? 'unknown') : undefined;
    const shade = runs.shade[index]!;
    const body =
      look === undefined
        ? this.filled(box, kind, runs.tint[index]!, solid, shade)
        : rect(box, regionColour(look, this.colours), { opacity: 0.25, stroke: regionColour(look, this.colours) });
    const texts = runs.label[index]! < 0 ? [] : labels[runs.label[index]!]!;
    return this.explained(body, texts, box, { kind, flags: runs.flags[index]!, shade }, this.letters.ofRun(this.map, row, index));
  }

  private filled(box: Box, kind: RunKind, tint: number, solid: number, shade: number): Markup {
    const { colours, id } = this;
    const own = shadeColour(shade, colours);
    switch (kind) {
      case 'free':
        return rect(box, own ?? colours.free, { opacity: 0.08 + 0.24 * tint, stroke: own ?? colours.free });
      case 'used': {
        const slack = own === undefined ? `url(#${id}-slack)` : `url(#${id}-slack${String(shade + 1)})`;
        const asked = solid > 0 ? rect({ ...box, width: Math.min(box.width, solid) }, own ?? colours.used) : markup``;
        return markup`${rect(box, slack, { stroke: own ?? colours.used })}${asked}`;
      }
      case 'metadata':
        return rect(box, colours.metadata);
      case 'unread':
        return rect(box, `url(#${id}-unread)`, { stroke: colours.description, dash: '3 2' });
      case 'region':
        return rect(box, `url(#${id}-reserved)`, { stroke: colours.reserved });
    }
  }

  /** A box with the number of its colour, its label, its marks, and under the pointer what its colour stands for. */
  private explained(body: Markup, texts: readonly string[], box: Box, { kind, flags, shade }: Pick<FoldBox, 'kind' | 'flags' | 'shade'>, letter: string): Markup {
    const entry = shade === NO_SHADE ? undefined : this.map.legend.find((l) => l.shade === shade);
    if (entry === undefined) return markup`${dimmed(flags, markup`${body}${this.label(texts, box, kind)}`)}${marksOver(flags, box, this.colours, letter)}`;
    const numbered = box.width >= NUMBER_ROOM + 2;
    const rest = numbered ? { ...box, x: box.x + NUMBER_ROOM, width: box.width - NUMBER_ROOM } : box;
    const told = [entry.text, texts[0] ?? ''].filter((t) => t !== '').join(' · ');
    const drawn = markup`${body}${numbered ? this.number(shadeNumber(entry), box) : markup``}${this.label(texts, rest, kind)}`;
    return markup`<g><title>${told}</title>${dimmed(flags, drawn)}${marksOver(flags, box, this.colours, letter)}</g>`;
  } // prettier-ignore

  private number(value: string, box: Box): Markup {
    const { colours } = this;
    const [x, middle] = [box.x + 2, box.y + box.height / 2];
    const chip = rect({ x, y: middle - 6.5, width: NUMBER_ROOM - 2, height: 13 }, colours.background, { opacity: 0.88 });
    return markup`${chip}${text(x + NUMBER_ROOM / 2 - 1, middle + 4, value, colours.foreground, { size: 10, anchor: 'middle', bold: true })}`;
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
}
