// Aggregated cells as a drawing, in rows and along a curve. A cell's height is 100 % of its bytes, and a little of something is never
// nothing, and never everything.

import type { Letters } from '../view/map/letters';
import type { MapRow, MapView } from '../view/map/map';
import { NO_SHADE } from '../view/map/shades';
import type { LegendEntry } from '../view/map/shades';
import { shadeColour, type DrawingColours } from './colours';
import { Markup, markup } from './escape';
import { shadeNumber } from './svg-legend';
import { dimmed, marksOver } from './svg-marks';
import { rect, text, type Box } from './svg-shapes';

/** Cells of one colour side by side before the number of the colour stands on them. */
const NUMBERED_CELLS = 3;

export class CellDrawing {
  private readonly map: MapView;
  private readonly colours: DrawingColours;
  private readonly id: string;
  private readonly left: number;
  private readonly width: number;
  private readonly letters: Letters;

  /** @param width of a cell */
  constructor(map: MapView, colours: DrawingColours, id: string, left: number, width: number, letters: Letters) {
    this.map = map;
    this.colours = colours;
    this.id = id;
    this.left = left;
    this.width = width;
    this.letters = letters;
  }

  row(row: MapRow, y: number): Markup {
    const cells = Array.from({ length: row.count }, (_, i) => this.cell(row, i, this.place(i, y)));
    return markup`${cells}${this.map.lines === 1 ? this.numbers(row, y) : markup`${this.borders(row, y)}${this.curveNumbers(row, y)}`}`;
  }

  /** Along a curve, cells stand line by line. */
  private place(i: number, y: number): Box {
    const { cells, cellHeight, lines } = this.map;
    const gap = lines === 1 ? 0.8 : 0;
    const x = this.left + (i % cells) * this.width;
    return { x, y: y + Math.floor(i / cells) * cellHeight, width: this.width - gap, height: cellHeight };
  }

  /** From below: asked for, slack, the allocator's own, not read, free. */
  private cell(row: MapRow, i: number, cell: Box): Markup {
    const index = row.first + i;
    const { aggregates, lines } = this.map;
    const { colours, id } = this;
    const used = aggregates.shade[index]!;
    const slack = used === NO_SHADE ? `url(#${id}-slack)` : `url(#${id}-slack${String(used + 1)})`;
    const free = shadeColour(aggregates.freeShade[index]!, colours) ?? colours.free;
    const shares = [
      [aggregates.asked[index]!, shadeColour(used, colours) ?? colours.used, 1],
      [aggregates.slack[index]!, slack, 1],
      [aggregates.metadata[index]!, colours.metadata, 1],
      [aggregates.unread[index]!, `url(#${id}-unread)`, 1],
      [aggregates.free[index]!, free, 0.08 + 0.24 * aggregates.tint[index]!],
    ] as const;
    let bottom = cell.y + cell.height;
    const layers = shares.flatMap(([share, fill, opacity]) => {
      // A little of something is never nothing, and never everything.
      const height = share <= 0 ? 0 : Math.min(cell.height - (share < 1 ? 1 : 0), Math.max(1, share * cell.height));
      bottom -= height;
      return height === 0 ? [] : [rect({ ...cell, y: Math.max(cell.y, bottom), height }, fill, { opacity })];
    });
    const heap = lines === 1 && shares.some(([share]) => share > 0);
    const flags = aggregates.flags[index]!;
    return markup`${dimmed(flags, Markup.join(layers))}${heap ? rect(cell, 'none', { stroke: free, strokeWidth: 0.6 }) : markup``}${marksOver(flags, cell, colours, this.letters.ofCell(this.map, row, i))}`;
  }

  /** The number of a colour where several cells of it begin: with a rim, so that the layers below it stay to be seen. */
  private numbers(row: MapRow, y: number): Markup[] {
    const { map, width } = this;
    const { shade } = map.aggregates;
    const found: Markup[] = [];
    for (let from = 0; from < row.count;) {
      const own = shade[row.first + from]!;
      let to = from + 1;
      while (to < row.count && shade[row.first + to] === own) to++;
      const entry = own === NO_SHADE ? undefined : map.legend.find((l) => l.shade === own);
      if (entry !== undefined && to - from >= NUMBERED_CELLS) {
        const x = this.left + from * width + width / 2;
        found.push(this.number(entry, x, y, `${entry.text}: most of what is used here`));
      }
      from = to;
    }
    return found;
  }

  private number(entry: LegendEntry, centre: number, y: number, told: string): Markup {
    const { map, colours } = this;
    const label = text(centre, y + map.cellHeight / 2 + 3.5, shadeNumber(entry), colours.foreground, { size: 9, anchor: 'middle', rim: colours.background }); // prettier-ignore
    return markup`<g><title>${told}</title>${label}</g>`;
  }

  /** On a curve, in the first cell of each block that fills several. */
  private curveNumbers(row: MapRow, y: number): Markup[] {
    const { map } = this;
    const { label, shade, freeShade } = map.aggregates;
    return Array.from({ length: row.count }, (_, i) => i).flatMap((i) => {
      const at = row.first + i;
      if (label[at]! < 0) return [];
      const own = shade[at] === NO_SHADE ? freeShade[at] : shade[at];
      const entry = own === NO_SHADE ? undefined : map.legend.find((l) => l.shade === own);
      const place = this.place(i, y);
      return entry === undefined ? [] : [this.number(entry, place.x + place.width / 2, place.y, entry.text)];
    });
  }

  /** On a curve, lines only where a block or a shared cell ends. */
  private borders(row: MapRow, y: number): Markup {
    const { map, width, left } = this;
    const { block } = map.aggregates;
    const path: string[] = [];
    const apart = (a: number, b: number) => block[a]! < 0 || block[a] !== block[b];
    for (let i = 0; i < row.count; i++) {
      const at = row.first + i;
      const [x, top] = [left + (i % map.cells) * width, y + Math.floor(i / map.cells) * map.cellHeight];
      if (i % map.cells > 0 && apart(at, at - 1)) path.push(`M${x.toFixed(1)} ${top.toFixed(1)}v${String(map.cellHeight)}`);
      if (i >= map.cells && apart(at, at - map.cells)) path.push(`M${x.toFixed(1)} ${top.toFixed(1)}h${width.toFixed(1)}`);
    }
    return markup`<path d="${path.join('')}" fill="none" stroke="${this.colours.background}"/>`;
  }
}
