// Draws aggregated cells, in rows and along a Hilbert curve. A cell's height is 100 % of its bytes: asked for from the bottom, slack,
// then free; what is there a little is never rounded to nothing, and what is not there a little never to all.

import type { MapRow, MapView } from '../../src/view/map/map';
import { RunFlag } from '../../src/view/map/map';
import { NO_SHADE } from '../../src/view/map/shades';
import type { Letters } from '../../src/view/map/letters';
import { REGION_LOOKS } from '../../src/view/spans';
import { FAINT, freeAlpha, inkOnFree, SLACK_ALPHA } from './brush';
import type { Brush } from './brush';
import { PROFILE_GAP, PROFILE_WIDTH } from './geometry';
import type { Box } from './geometry';
import { texture } from './surface';

/** What a cell is filled with, from the bottom. */
const LAYERS = ['metadata', 'asked', 'slack', 'free', 'unread'] as const;
type Layer = (typeof LAYERS)[number];

export class CellPainter {
  private readonly brush: Brush;
  private readonly map: MapView;
  private readonly cell: number;
  private readonly gutter: number;
  private readonly letters: Letters;
  /** Where the next layer of each cell of a row begins. */
  private readonly bottoms: Float64Array;

  constructor(brush: Brush, map: MapView, cell: number, gutter: number, letters: Letters) {
    this.brush = brush;
    this.map = map;
    this.cell = cell;
    this.gutter = gutter;
    this.letters = letters;
    this.bottoms = new Float64Array(map.cells);
  }

  /** Layer by layer: no two cells of a row touch, so it makes no difference but in the number of changes of colour. */
  row(row: MapRow, y: number, height: number, late: (() => void)[]): void {
    const { map, cell, bottoms } = this;
    const { region, flags } = map.aggregates;
    const { first, count } = row;
    const box = { x: 0, y, w: Math.max(1, cell - 1), h: height };
    bottoms.fill(y + height, 0, count);
    for (let n = 0; n < count; n++) if (region[first + n]! >= 0) this.region(first + n, { x: this.gutter + n * cell, y, w: cell, h: height }); // prettier-ignore
    for (const kind of LAYERS) {
      const shares = map.aggregates[kind];
      for (let n = 0; n < count; n++) {
        if (shares[first + n]! <= 0 || region[first + n]! >= 0) continue;
        box.x = this.gutter + n * cell + 0.5;
        this.layer(kind, first + n, n, box, 1);
      }
    }
    this.brush.release();
    for (let n = 0; n < count; n++) {
      if ((flags[first + n]! & ~RunFlag.dimmed) === 0) continue;
      const whole = { x: this.gutter + n * cell, y, w: cell, h: height };
      this.brush.marks(flags[first + n]!, whole, late, this.letters.ofCell(map, row, n));
    }
  }

  /** Share of a row's heap that is used, as a bar beside it; a little is never nothing, and never all. */
  profile(row: MapRow, y: number, height: number): void {
    const { aggregates, cells } = this.map;
    let used = 0;
    let all = 0;
    for (let i = row.first; i < row.first + row.count; i++) {
      const own = aggregates.asked[i]! + aggregates.slack[i]! + aggregates.metadata[i]!;
      used += own;
      all += own + aggregates.free[i]! + aggregates.unread[i]!;
    }
    if (all === 0) return;
    const { brush } = this;
    const { context, palette } = brush;
    const box = { x: this.gutter + cells * this.cell + PROFILE_GAP, y, w: PROFILE_WIDTH - PROFILE_GAP, h: height };
    const share = used / all;
    const width = share === 0 || share === 1 ? share * box.w : Math.min(box.w - 1, Math.max(1, share * box.w));
    if (palette.highContrast) {
      context.strokeStyle = palette.description;
      context.lineWidth = 1;
      context.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
    } else {
      brush.ink(palette.description, 0.14);
      context.fillRect(box.x, box.y, box.w, box.h);
    }
    brush.ink(palette.used, 1);
    context.fillRect(box.x, box.y, width, box.h);
    brush.release();
  }

  /** Cells of a band join where one block fills both. */
  band(row: MapRow, y: number, late: (() => void)[]): void {
    const { cells, cellHeight } = this.map;
    for (let n = 0; n < row.count; n++) this.bandCell(row, n, this.cellBox(n, y), late);
    this.brush.release();
    this.borders(row, y);
    this.squares(y, row.count / cells);
    for (let n = 0; n < row.count; n++) if (this.map.aggregates.label[row.first + n]! >= 0) this.bandLabel(row, n, y, cellHeight);
  }

  private cellBox(n: number, y: number): Box {
    const { cells, cellHeight } = this.map;
    return { x: this.gutter + (n % cells) * this.cell, y: y + Math.floor(n / cells) * cellHeight, w: this.cell, h: cellHeight };
  }

  private bandCell(row: MapRow, n: number, box: Box, late: (() => void)[]): void {
    const { aggregates } = this.map;
    const i = row.first + n;
    if (aggregates.region[i]! >= 0) {
      this.region(i, box);
      return;
    }
    const gap = aggregates.block[i]! < 0 ? 1 : 0;
    const inner = gap === 0 ? box : { ...box, x: box.x + 0.5, w: Math.max(1, box.w - 1) };
    this.bottoms[0] = box.y + box.h;
    for (const kind of LAYERS) this.layer(kind, i, 0, inner, gap);
    this.brush.marks(aggregates.flags[i]!, box, late, this.letters.ofCell(this.map, row, n));
  }

  /** One layer of a cell, on what is drawn of it already. */
  private layer(kind: Layer, i: number, n: number, box: Box, gap: 0 | 1): void {
    const { map, brush, bottoms } = this;
    const { palette } = brush;
    const c = map.aggregates;
    const share = c[kind][i]!;
    if (share <= 0) return;
    const dimmed = (c.flags[i]! & RunFlag.dimmed) !== 0;
    const faint = dimmed ? (palette.highContrast ? 0 : FAINT) : 1;
    const bottom = bottoms[n]!;
    const high = share >= 1 ? box.h : Math.min(box.h - 1, Math.max(1, share * box.h));
    if (kind === 'free') {
      const free = c.freeShade[i] === NO_SHADE ? palette.free : palette.shades[c.freeShade[i]!]!;
      if (palette.highContrast || dimmed) {
        const top = Math.max(box.y, bottom - Math.max(1, share * box.h));
        this.hollow(box.x, top, box.w, bottom - top, free, dimmed, gap);
      }
      if (palette.highContrast) return;
      brush.ink(free, (freeAlpha(palette, c.tint[i]!) + (gap === 0 ? 0 : 0.1)) * faint);
    } else this.inkOf(kind, i, faint);
    brush.context.fillRect(box.x, bottom - high, box.w, high);
    bottoms[n] = bottom - high;
  }

  private inkOf(kind: Exclude<Layer, 'free'>, i: number, faint: number): void {
    const { brush } = this;
    const { context, palette } = brush;
    if (kind === 'metadata') brush.ink(palette.metadata, faint);
    else if (kind === 'unread') brush.ink(texture(context, 'unread', palette.description, brush.line), faint);
    else {
      const c = this.map.aggregates;
      const used = c.shade[i] === NO_SHADE ? palette.used : palette.shades[c.shade[i]!]!;
      // A hatch in a box of a few pixels is noise.
      const large = this.map.lines > 1 || this.map.cellHeight >= 14;
      const hatched = kind === 'slack' && (palette.highContrast || (large && c.block[i]! >= 0));
      if (hatched) brush.ink(texture(context, 'slack', used, brush.line), faint);
      else brush.ink(used, (kind === 'slack' ? SLACK_ALPHA : 1) * faint);
    }
  }

  /** What is there instead of heap. */
  private region(i: number, box: Box): void {
    const { brush } = this;
    const { context, palette } = brush;
    const kind = REGION_LOOKS[this.map.aggregates.region[i]!]!;
    brush.ink(
      texture(context, kind === 'kernel' ? 'kernel' : 'reserved', palette.region[kind], 0.8),
      palette.highContrast ? 1 : 0.4,
    );
    context.fillRect(box.x, box.y, box.w, box.h);
  }

  /** In high contrast free is an outline; where cells join, their common border is drawn by `borders`. */
  private hollow(x: number, y: number, w: number, h: number, colour: string, dotted: boolean, gap: 0 | 1): void {
    if (gap === 0) return;
    const { context } = this.brush;
    this.brush.release();
    context.strokeStyle = colour;
    context.lineWidth = 1;
    if (dotted) context.setLineDash([2, 2]);
    context.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
    context.setLineDash([]);
  }

  /** A line wherever a block that fills cells ends, in the colour of what lies on its inner side. */
  private borders(row: MapRow, y: number): void {
    const { cells, cellHeight, aggregates } = this.map;
    const { block } = aggregates;
    const { context } = this.brush;
    const { cell } = this;
    for (let n = 0; n < row.count; n++) {
      const own = block[row.first + n]!;
      if (own < 0) continue;
      const [column, x, top] = [n % cells, this.gutter + (n % cells) * cell, y + Math.floor(n / cells) * cellHeight];
      const differs = (inside: boolean, m: number) => !inside || block[row.first + m] !== own;
      const colour = this.borderColour(row.first + n);
      if (context.fillStyle !== colour) context.fillStyle = colour;
      if (differs(column > 0, n - 1)) context.fillRect(x, top, 1, cellHeight);
      if (differs(column < cells - 1, n + 1)) context.fillRect(x + cell - 1, top, 1, cellHeight);
      if (differs(n >= cells, n - cells)) context.fillRect(x, top, cell, 1);
      if (differs(n < row.count - cells, n + cells)) context.fillRect(x, top + cellHeight - 1, cell, 1);
    }
  }

  private borderColour(i: number): string {
    const { aggregates } = this.map;
    const { palette } = this.brush;
    if (aggregates.free[i]! < 1) return palette.background;
    return aggregates.freeShade[i] === NO_SHADE ? palette.free : palette.shades[aggregates.freeShade[i]!]!;
  }

  /** Where one square of the curve ends and the next begins. */
  private squares(y: number, side: number): void {
    const { cells, cellHeight } = this.map;
    const { context, palette } = this.brush;
    context.strokeStyle = palette.description;
    context.lineWidth = 1;
    context.setLineDash([1, 3]);
    context.beginPath();
    for (let column = 0; column <= cells; column += side) {
      const x = Math.round(this.gutter + column * this.cell) + 0.5;
      context.moveTo(x, y - 2);
      context.lineTo(x, y + side * cellHeight + 2);
    }
    context.stroke();
    context.setLineDash([]);
  }

  /** A block that is a rectangle on the curve, as every buddy is, carries its label in the middle. */
  private bandLabel(row: MapRow, n: number, y: number, cellHeight: number): void {
    const { aggregates, labels, cells } = this.map;
    const label = aggregates.label[row.first + n]!;
    const block = aggregates.block[row.first + n]!;
    let [left, right, top, bottom, count] = [cells, 0, row.count, 0, 0];
    for (let m = 0; m < row.count; m++) {
      if (aggregates.block[row.first + m] !== block) continue;
      const [column, at] = [m % cells, Math.floor(m / cells)];
      [left, right, top, bottom] = [Math.min(left, column), Math.max(right, column), Math.min(top, at), Math.max(bottom, at)];
      count++;
    }
    if (count !== (right - left + 1) * (bottom - top + 1)) return;
    const box = {
      x: this.gutter + left * this.cell,
      y: y + top * cellHeight,
      w: (right - left + 1) * this.cell,
      h: (bottom - top + 1) * cellHeight,
    };
    const { palette } = this.brush;
    if (box.h < 14) return;
    const used = aggregates.free[row.first + n]! < 1;
    const shade = aggregates.freeShade[row.first + n]!;
    const free = shade === NO_SHADE ? palette.free : palette.shades[shade]!;
    this.brush.label(labels[label]!, box, 'centre', used ? palette.foreground : inkOnFree(palette, free), used);
  }
}
