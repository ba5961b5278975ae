// Draws what a row has of blocks too narrow for a word: at the level of pages there may be thousands in a window.

import { RUN_KINDS, RunFlag } from '../../src/view/map/map';
import type { MapRow, MapView } from '../../src/view/map/map';
import { NO_SHADE } from '../../src/view/map/shades';
import { FAINT, freeAlpha, LEAST_LABEL, SLACK_ALPHA } from './brush';
import type { Brush } from './brush';
import { solidWidth } from './geometry';
import { texture } from './surface';

const USED = RUN_KINDS.indexOf('used');
const FREE = RUN_KINDS.indexOf('free');

export class NarrowPainter {
  private readonly brush: Brush;
  private readonly map: MapView;
  private readonly cell: number;
  private readonly gutter: number;
  /** Of each narrow block of the row: its run, left edge, width, and how much of that is solid. */
  private readonly index: number[] = [];
  private readonly left: number[] = [];
  private readonly width: number[] = [];
  private readonly solid: number[] = [];

  constructor(brush: Brush, map: MapView, cell: number, gutter: number) {
    this.brush = brush;
    this.map = map;
    this.cell = cell;
    this.gutter = gutter;
  }

  /**
   * Layer by layer: narrow blocks hardly overlap, so it makes no difference but in the number of changes of colour.
   *
   * @returns the runs that are not narrow, or carry a mark: they are drawn one by one
   */
  row(row: MapRow, y: number, h: number): readonly number[] {
    const others = this.gather(row);
    if (this.index.length === 0) return others;
    this.solids(y, h);
    this.slacks(y, h);
    this.frees(y, h);
    this.brush.release();
    this.outlines(y, h);
    return others;
  }

  private gather(row: MapRow): number[] {
    const { map, cell, gutter, index, left, width, solid } = this;
    const { kind, from, size, flags, label } = map.runs;
    // In high contrast what is dimmed is dotted.
    const plain = this.brush.palette.highContrast ? 0 : RunFlag.dimmed;
    const scale = cell / map.cellBytes;
    const end = map.cells * cell;
    const others: number[] = [];
    index.length = left.length = width.length = solid.length = 0;
    for (let i = row.first; i < row.first + row.count; i++) {
      const x = Math.max(0, from[i]! * scale);
      const w = Math.max(1, Math.min(end, (from[i]! + size[i]!) * scale) - x);
      if (w >= LEAST_LABEL || (kind[i] !== USED && kind[i] !== FREE) || (flags[i]! & ~plain) !== 0 || label[i]! >= 0) {
        others.push(i);
        continue;
      }
      index.push(i);
      left.push(gutter + x);
      width.push(w);
      if (kind[i] === FREE) solid.push(0);
      else solid.push(solidWidth(w, (from[i]! + map.runs.solid[i]!) * scale - x, from[i]! >= 0));
    }
    return others;
  }

  private faint(i: number): number {
    return (this.map.runs.flags[i]! & RunFlag.dimmed) === 0 ? 1 : FAINT;
  }

  private shade(i: number, otherwise: string): string {
    const shade = this.map.runs.shade[i]!;
    return shade === NO_SHADE ? otherwise : this.brush.palette.shades[shade]!;
  }

  private solids(y: number, h: number): void {
    const { brush, index, left, solid } = this;
    for (let n = 0; n < index.length; n++) {
      if (solid[n] === 0) continue;
      brush.ink(this.shade(index[n]!, brush.palette.used), this.faint(index[n]!));
      brush.context.fillRect(left[n]!, y, solid[n]!, h);
    }
  }

  private slacks(y: number, h: number): void {
    const { brush, index, left, width, solid } = this;
    const { context, palette } = brush;
    const { kind } = this.map.runs;
    for (let n = 0; n < index.length; n++) {
      const i = index[n]!;
      if (kind[i] !== USED || solid[n] === width[n]) continue;
      const shade = this.shade(i, palette.used);
      if (palette.highContrast) brush.ink(texture(context, 'slack', shade, brush.line), 1);
      else brush.ink(shade, SLACK_ALPHA * this.faint(i));
      context.fillRect(left[n]! + solid[n]!, y, width[n]! - solid[n]!, h);
    }
  }

  private frees(y: number, h: number): void {
    const { brush, index, left, width } = this;
    const { context, palette } = brush;
    const { kind, tint } = this.map.runs;
    if (palette.highContrast) return;
    for (let n = 0; n < index.length; n++) {
      const i = index[n]!;
      if (kind[i] !== FREE) continue;
      brush.ink(this.shade(i, palette.free), freeAlpha(palette, tint[i]!) * this.faint(i));
      context.fillRect(left[n]!, y, width[n]!, h);
    }
  }

  /** Free is hollow; slack is only where nothing else tells it from what is asked for. */
  private outlines(y: number, h: number): void {
    const { brush, index, left, width, solid } = this;
    const { palette } = brush;
    const { kind } = this.map.runs;
    for (let n = 0; n < index.length; n++) {
      const i = index[n]!;
      const free = kind[i] === FREE;
      if (!free && (!palette.highContrast || solid[n] === width[n])) continue;
      brush.context.globalAlpha = this.faint(i);
      brush.outline({ x: left[n]!, y, w: width[n]!, h }, this.shade(i, free ? palette.free : palette.used), false);
    }
    brush.context.globalAlpha = 1;
  }
}
