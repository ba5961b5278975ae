// The marks of the map: solid is asked for, hatched is lost inside a block, hollow is free; and what goes over them.

import { RunFlag } from '../../src/view/map/map';
import type { RegionLook } from '../../src/view/spans';
import type { Palette } from '../theme';
import { solidWidth } from './geometry';
import type { Box } from './geometry';
import { texture } from './surface';

export class Brush {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  /** Width of a hatch's lines. */
  readonly line: number;

  private readonly fresh: number;
  private filling: string | CanvasPattern | undefined;
  private alpha = 1;

  /** @param fresh strength of the marks of the last step, 0 … 1: they fade in */
  constructor(context: CanvasRenderingContext2D, palette: Palette, fresh = 1) {
    this.context = context;
    this.palette = palette;
    this.fresh = fresh;
    this.line = palette.highContrast ? 1.6 : 1.2;
  }

  /** Sets the opacity of what is dimmed; high contrast has dotted outlines instead. */
  dim(dimmed: boolean): void {
    this.context.globalAlpha = dimmed && !this.palette.highContrast ? FAINT : 1;
  }

  /** Sets what is filled with, for many in a row: setting what is set already costs as well. What comes after them calls `release`. */
  ink(fill: string | CanvasPattern, alpha: number): void {
    if (fill !== this.filling) this.context.fillStyle = this.filling = fill;
    if (alpha !== this.alpha) this.context.globalAlpha = this.alpha = alpha;
  }

  /** Others have drawn since, or will. */
  release(): void {
    this.filling = undefined;
    this.context.globalAlpha = this.alpha = 1;
  }

  /** @param shade colour of the legend, instead of that of free memory */
  free(box: Box, tint: number, dotted: boolean, shade = this.palette.free): void {
    const { context, palette } = this;
    if (!palette.highContrast) {
      const alpha = context.globalAlpha;
      context.globalAlpha = alpha * freeAlpha(palette, tint);
      context.fillStyle = shade;
      context.fillRect(box.x, box.y, box.w, box.h);
      context.globalAlpha = alpha;
    }
    this.outline(box, shade, dotted && palette.highContrast);
  }

  /** @param cut where asked for turns into slack, in pixels of the canvas; `begins`: is the block's start in the box? */
  used(box: Box, cut: number, begins: boolean, dotted: boolean, shade = this.palette.used): void {
    const { context, palette } = this;
    const width = solidWidth(box.w, cut - box.x, begins);
    const slack = width < box.w;
    if (slack) {
      context.fillStyle = texture(context, 'slack', shade, this.line);
      context.fillRect(box.x, box.y, box.w, box.h);
    }
    context.fillStyle = shade;
    context.fillRect(box.x, box.y, width, box.h);
    // A line on what is full of its own colour is not seen, and there may be thousands in a window.
    if (slack || box.w < 2 || context.globalAlpha < 1 || (dotted && palette.highContrast))
      this.outline(box, shade, dotted && palette.highContrast);
  }

  solid(box: Box, colour: string): void {
    this.context.fillStyle = colour;
    this.context.fillRect(box.x + 0.5, box.y, Math.max(1, box.w - 1), box.h);
  }

  textured(box: Box, kind: 'unread' | 'reserved' | 'kernel', colour: string, dashed: boolean): void {
    const { context, palette } = this;
    const alpha = context.globalAlpha;
    context.fillStyle = texture(context, kind, colour, this.line * 0.8);
    context.globalAlpha = alpha * (palette.highContrast ? 1 : 0.45);
    context.fillRect(box.x, box.y, box.w, box.h);
    context.globalAlpha = alpha;
    this.outline(box, colour, dashed);
  }

  region(box: Box, look: RegionLook): void {
    const { context, palette } = this;
    const colour = palette.region[look];
    if (look === 'reserved' || look === 'unknown' || look === 'kernel') {
      this.textured(box, look === 'kernel' ? 'kernel' : 'reserved', colour, false);
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

  outline(box: Box, colour: string, dashed: boolean): void {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = 1.1;
    if (dashed) context.setLineDash([2, 2]);
    context.strokeRect(box.x + 0.75, box.y + 0.75, Math.max(0.5, box.w - 1.5), box.h - 1.5);
    if (dashed) context.setLineDash([]);
  }

  /** The longest form of a label that fits, or none. On hatch and solid it stands on a chip of the background. */
  label(forms: readonly string[], box: Box, align: 'left' | 'centre', colour: string, chip: boolean, tight = false): void {
    if (box.w < LEAST_LABEL || forms.length === 0) return;
    const { context, palette } = this;
    context.font = `600 11px ${palette.uiFont}`;
    for (const text of forms) {
      const width = context.measureText(text).width;
      if (width + (tight ? 1 : chip ? 10 : 4) > box.w) continue;
      const x = align === 'left' ? box.x + 6 : box.x + (box.w - width) / 2;
      if (chip) {
        const alpha = context.globalAlpha;
        const high = Math.min(18, box.h - 10);
        context.globalAlpha = alpha * 0.88;
        context.fillStyle = palette.background;
        context.fillRect(x - 3, box.y + (box.h - high) / 2, width + 6, high);
        context.globalAlpha = alpha;
      }
      context.fillStyle = colour;
      context.fillText(text, x, box.y + box.h / 2 + 0.5);
      return;
    }
  }

  sign(text: string, x: number, y: number, colour: string): void {
    this.context.font = `bold 12px ${this.palette.uiFont}`;
    this.context.fillStyle = colour;
    this.context.fillText(text, x, y);
  }

  /**
   * Marks go over their neighbours: they are put in `late`, to be drawn when all boxes are.
   *
   * @param letter of a bookmark in the box
   */
  marks(flags: number, box: Box, late: (() => void)[], letter: string): void {
    if ((flags & RunFlag.changed) !== 0) late.push(() => this.changed(box));
    if ((flags & RunFlag.finding) !== 0) late.push(() => this.finding(box));
    if ((flags & RunFlag.ranged) !== 0) late.push(() => this.ranged(box));
    if ((flags & RunFlag.bookmarked) !== 0) late.push(() => this.bookmarked(box, letter));
    if ((flags & RunFlag.beside) !== 0) late.push(() => this.beside(box));
    if ((flags & RunFlag.selected) !== 0) late.push(() => this.selected(box));
  }

  /** Lines above and below, which join from block to block. */
  private ranged(box: Box): void {
    const { context, palette } = this;
    context.fillStyle = palette.pinned;
    context.fillRect(box.x, box.y - 1, box.w, 2);
    context.fillRect(box.x, box.y + box.h - 1, box.w, 2);
  }

  /**
   * A disc with the bookmark's letter; where that could not be read, a smaller one without. Of several it is as long as `A+2`, or where
   * that has no room, a disc in front of another.
   */
  private bookmarked(box: Box, letter: string): void {
    const { context, palette } = this;
    const mark = markIn(letter, box);
    const [x, y] = [box.x + Math.min(DISC, box.w / 2), box.y + Math.min(DISC, box.h / 2)];
    context.fillStyle = palette.pinned;
    context.strokeStyle = palette.background;
    context.lineWidth = 1.5;
    const radius = mark === undefined ? 4 : DISC;
    for (const behind of letter.includes('+') && !mark?.text.includes('+') ? [BEHIND, 0] : [0]) {
      context.beginPath();
      context.roundRect(x - radius + behind, y - radius, mark?.width ?? 2 * radius, 2 * radius, radius);
      // What shows of the one behind is narrow: its line goes outside of it.
      if (behind > 0) context.stroke();
      context.fill();
      if (behind === 0) context.stroke();
    }
    if (mark === undefined) return;
    context.font = `bold ${String(mark.font)}px ${palette.uiFont}`;
    context.fillStyle = palette.background;
    context.textAlign = 'center';
    context.fillText(mark.text, x - DISC + mark.width / 2, y + 0.5);
    context.textAlign = 'left';
  }

  /** The block that the selected one is held against. */
  private beside(box: Box): void {
    const { context, palette } = this;
    context.strokeStyle = palette.foreground;
    context.lineWidth = 2.2;
    context.setLineDash([4, 2]);
    context.strokeRect(box.x - 1, box.y - 1, box.w + 2, box.h + 2);
    context.setLineDash([]);
  }

  private changed(box: Box): void {
    const { context, palette } = this;
    context.globalAlpha = this.fresh;
    context.strokeStyle = context.fillStyle = palette.changed;
    context.lineWidth = 1.6;
    context.strokeRect(box.x + 0.8, box.y + 0.8, Math.max(1, box.w - 1.6), box.h - 1.6);
    const side = Math.min(8, box.w, box.h);
    context.beginPath();
    context.moveTo(box.x + box.w - side, box.y);
    context.lineTo(box.x + box.w, box.y);
    context.lineTo(box.x + box.w, box.y + side);
    context.fill();
    context.globalAlpha = 1;
  }

  /** Beside a row in which the last step changed something. */
  delta(x: number, y: number): void {
    this.context.globalAlpha = this.fresh;
    this.sign('Δ', x, y, this.palette.changed);
    this.context.globalAlpha = 1;
  }

  private finding(box: Box): void {
    const { context, palette } = this;
    context.strokeStyle = context.fillStyle = palette.error;
    context.lineWidth = 2;
    context.strokeRect(box.x + 1, box.y + 1, Math.max(1, box.w - 2), box.h - 2);
    this.sign('⚠', box.x + box.w / 2 - 6, box.y + box.h - 4, palette.error);
  }

  private selected(box: Box): void {
    const { context, palette } = this;
    context.strokeStyle = palette.background;
    context.lineWidth = 5;
    context.strokeRect(box.x - 0.5, box.y - 0.5, box.w + 1, box.h + 1);
    context.strokeStyle = palette.highContrast ? palette.focus : palette.foreground;
    context.lineWidth = 2.2;
    context.strokeRect(box.x - 1, box.y - 1, box.w + 2, box.h + 2);
  }
}

/** Radius of a disc with a letter. */
const DISC = 6;
/** How far a second disc stands out behind it. */
const BEHIND = 4;

interface Mark {
  readonly text: string;
  readonly font: number;
  readonly width: number;
}

/** How a bookmark's letter, or `A+2`, stands in a box; undefined where it could not be read. */
function markIn(letter: string, box: Box): Mark | undefined {
  const [first = '', more] = letter.split('+');
  if (first === '' || first.length > 2 || box.w < 1.5 * DISC || box.h < 2 * DISC) return undefined;
  const long = 2 * DISC + 6 * (letter.length - 1);
  if (more !== undefined && long <= box.w) return { text: letter, font: 8, width: long };
  return { text: first, font: first.length === 1 ? 9 : 8, width: 2 * DISC };
}

/** What a bookmark's disc leaves of a box for its label. */
export function besideDisc(box: Box, letter: string): Box {
  const mark = markIn(letter, box);
  if (mark === undefined) return box;
  const width = mark.width + (letter.includes('+') && mark.text !== letter ? BEHIND : 0);
  return { ...box, x: box.x + width, w: Math.max(0, box.w - width) };
}

/** Pixels of a box below which no word has room, and a hatch is noise. */
export const LEAST_LABEL = 8;
/** Opacity of what a filter leaves out. */
export const FAINT = 0.25;
/** Opacity of slack instead of a hatch. */
export const SLACK_ALPHA = 0.36;

/** What is written on free memory: where it is tinted, its own colour would not stand out enough. */
export function inkOnFree(palette: Palette, colour = palette.free): string {
  return palette.highContrast ? colour : palette.foreground;
}

/** Opacity of free memory's tint: more for larger chunks. */
export function freeAlpha(palette: Palette, tint: number): number {
  return palette.light ? 0.1 + 0.24 * tint : 0.16 + 0.26 * tint;
}
