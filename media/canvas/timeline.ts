// Draws the timeline: used bytes as an area, external fragmentation as a dashed line, a mark an operation, and the cursor.

import type { TimelineView } from '../../src/view/time/timeline';
import type { Palette } from '../theme';
import { texture } from './surface';

export interface TimelineGeometry {
  readonly left: number;
  readonly right: number;
  readonly width: number;
  readonly height: number;
  /** No labels and no marks: the 40 px form. */
  readonly small: boolean;
}

/** The pixel at which an operation ends. */
export function xOf(view: TimelineView, g: TimelineGeometry, at: number): number {
  return g.left + (at / Math.max(1, view.operations)) * (g.width - g.left - g.right);
}

/** Operations done at a pixel. */
export function operationAt(view: TimelineView, g: TimelineGeometry, x: number): number {
  return Math.max(
    0,
    Math.min(view.operations, Math.round(((x - g.left) / Math.max(1, g.width - g.left - g.right)) * view.operations)),
  );
}

export function paintTimeline(
  context: CanvasRenderingContext2D,
  view: TimelineView,
  palette: Palette,
  g: TimelineGeometry,
  pinned: number | undefined,
): void {
  const base = g.height - (g.small ? 4 : 22);
  const top = g.small ? 8 : 22;
  const now = xOf(view, g, view.at);
  context.textBaseline = 'middle';
  area(context, view, palette, g, base, top, now);
  fragmentation(context, view, palette, g, base, top);
  freeLine(context, view, palette, g, base, top);
  if (!g.small) {
    labels(context, view, palette, g, base, top);
    signs(context, view, palette, g, base + 11);
  }
  marks(context, view, palette, g, base);
  if (pinned !== undefined) pin(context, xOf(view, g, pinned), base, palette);
  context.fillStyle = context.strokeStyle = palette.focus;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(now, 4);
  context.lineTo(now, g.small ? g.height : base);
  context.stroke();
  context.beginPath();
  context.moveTo(now - 5, 1);
  context.lineTo(now + 5, 1);
  context.lineTo(now + 5, 7);
  context.lineTo(now, 11);
  context.lineTo(now - 5, 7);
  context.fill();
}

/**
 * Used bytes as steps: solid what was asked for, hatched the slack; where that is not known, all of it solid. What lies after the
 * cursor is faint, in high contrast an outline.
 */
function area(
  context: CanvasRenderingContext2D,
  view: TimelineView,
  palette: Palette,
  g: TimelineGeometry,
  base: number,
  top: number,
  now: number,
): void {
  const { highContrast } = palette;
  const known = view.asked.length > 0;
  const hatch = texture(context, 'slack', palette.used, highContrast ? 1.6 : 1.2);
  for (const [from, to, past] of [[g.left, now, true], [now, g.width - g.right, false]] as const) {
    if (to - from < 0.5) continue;
    context.save();
    context.beginPath();
    context.rect(from, 0, to - from, g.height);
    context.clip();
    context.globalAlpha = past || highContrast ? 1 : 0.35;
    context.strokeStyle = palette.used;
    context.lineWidth = 1;
    outline(context, view.used, g, base, top);
    context.fillStyle = known ? hatch : palette.used;
    if (past || !highContrast) context.fill();
    context.stroke();
    if (known && (past || !highContrast)) {
      outline(context, view.asked, g, base, top);
      context.fillStyle = palette.used;
      context.fill();
    }
    context.restore();
  } // prettier-ignore
  context.strokeStyle = palette.border;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(g.left, base + 0.5);
  context.lineTo(g.width - g.right, base + 0.5);
  context.stroke();
}

/** Column `c` stands for operations `[c, c + 1) · operations / columns`, and is drawn over their width. */
function outline(context: CanvasRenderingContext2D, values: Float32Array, g: TimelineGeometry, base: number, top: number): void {
  const span = (g.width - g.left - g.right) / values.length;
  context.beginPath();
  context.moveTo(g.left, base);
  for (let c = 0; c < values.length; c++) {
    const y = base - Math.max(0, values[c]!) * (base - top);
    context.lineTo(g.left + c * span, y);
    context.lineTo(g.left + (c + 1) * span, y);
  }
  context.lineTo(g.width - g.right, base);
  context.closePath();
}

/** A path of one level a column, as `outline` has it, interrupted where a value is not known (negative). */
function steps(context: CanvasRenderingContext2D, values: Float32Array, g: TimelineGeometry, base: number, top: number): void {
  const span = (g.width - g.left - g.right) / values.length;
  context.beginPath();
  let pen = false;
  for (const [c, value] of values.entries()) {
    const [x, y] = [g.left + c * span, base - value * (base - top)];
    if (value >= 0 && pen) context.lineTo(x, y);
    else if (value >= 0) context.moveTo(x, y);
    if (value >= 0) context.lineTo(x + span, y);
    pen = value >= 0;
  }
}

function fragmentation(
  context: CanvasRenderingContext2D,
  view: TimelineView,
  palette: Palette,
  g: TimelineGeometry,
  base: number,
  top: number,
): void {
  context.strokeStyle = palette.metadata;
  context.lineWidth = 1.2;
  context.setLineDash([4, 3]);
  steps(context, view.fragmentation, g, base, top);
  context.stroke();
  context.setLineDash([]);
}

/** Free bytes as a dotted line, on a scale of their own. */
function freeLine(
  context: CanvasRenderingContext2D,
  view: TimelineView,
  palette: Palette,
  g: TimelineGeometry,
  base: number,
  top: number,
): void {
  context.strokeStyle = palette.free;
  context.lineWidth = 1.4;
  context.setLineDash([1.5, 2.5]);
  steps(context, view.free, g, base, top);
  context.stroke();
  context.setLineDash([]);
}

function labels(
  context: CanvasRenderingContext2D,
  view: TimelineView,
  palette: Palette,
  g: TimelineGeometry,
  base: number,
  top: number,
): void {
  context.font = `11px ${palette.uiFont}`;
  context.fillStyle = palette.description;
  context.textAlign = 'right';
  context.fillText(view.most, g.left - 6, top + 2);
  context.fillText('0', g.left - 6, base - 2);
  context.textAlign = 'left';
  context.fillText('used', 10, (top + base) / 2);
  if (view.signs !== '') context.fillText('operations', 10, base + 11);
  else if (view.known !== '') context.fillText(view.known, g.left, base + 11);
  if (view.note === '') return;
  const shown = view.fragmentation.findLast((f) => f >= 0) ?? 0;
  const y = base - shown * (base - top);
  const width = context.measureText(view.note).width;
  context.globalAlpha = 0.88;
  context.fillStyle = palette.background;
  context.fillRect(g.left + 8, y - 15, width + 8, 13);
  context.globalAlpha = 1;
  context.fillStyle = palette.metadata;
  context.fillText(view.note, g.left + 12, y - 8);
}

/** ▲ filled for what takes memory, ▽ hollow for what gives it back. */
function signs(context: CanvasRenderingContext2D, view: TimelineView, palette: Palette, g: TimelineGeometry, y: number): void {
  for (let i = 0; i < view.signs.length; i++) {
    const x = (xOf(view, g, i) + xOf(view, g, i + 1)) / 2;
    const sign = view.signs[i];
    context.globalAlpha = i >= view.at && !palette.highContrast ? 0.5 : 1;
    context.beginPath();
    if (sign === '+') {
      context.fillStyle = palette.used;
      context.moveTo(x - 3, y + 3);
      context.lineTo(x, y - 3);
      context.lineTo(x + 3, y + 3);
      context.fill();
    } else if (sign === '-') {
      context.strokeStyle = palette.free;
      context.lineWidth = 1.2;
      context.moveTo(x - 3, y - 3);
      context.lineTo(x, y + 3);
      context.lineTo(x + 3, y - 3);
      context.closePath();
      context.stroke();
    } else {
      context.fillStyle = palette.description;
      context.arc(x, y, 1.5, 0, 7);
      context.fill();
    }
  }
  context.globalAlpha = 1;
}

/** A disc with the letter A: the place that others are compared with. */
function pin(context: CanvasRenderingContext2D, x: number, base: number, palette: Palette): void {
  context.fillStyle = palette.pinned;
  context.beginPath();
  context.arc(x, base - 6, 7, 0, 7);
  context.fill();
  context.fillStyle = palette.background;
  context.font = `bold 10px ${palette.uiFont}`;
  context.textAlign = 'center';
  context.fillText('A', x, base - 5.5);
  context.textAlign = 'left';
}

const SIGNS = { refused: '✗', stopped: '✗', mismatch: '≠', finding: '⚠' } as const;

/** Lines for what begins somewhere, with its name where there is room; signs under the operations that something is wrong with. */
function marks(context: CanvasRenderingContext2D, view: TimelineView, palette: Palette, g: TimelineGeometry, base: number): void {
  context.font = `11px ${palette.uiFont}`;
  let written = -Infinity;
  const reached = view.marks.findLast((m) => m.kind === 'named' && m.operation <= view.at);
  for (const mark of view.marks) {
    const x = xOf(view, g, mark.operation);
    const begins = mark.kind === 'phase' || mark.kind === 'named';
    context.strokeStyle = context.fillStyle = begins ? palette.description : palette.error;
    context.lineWidth = 1;
    context.setLineDash(begins ? [2, 2] : []);
    context.beginPath();
    context.moveTo(x, 4);
    context.lineTo(x, base);
    context.stroke();
    context.setLineDash([]);
    if (g.small) continue;
    if (mark.kind !== 'phase' && mark.kind !== 'named') {
      context.fillText(SIGNS[mark.kind], x - 4, base + 11);
      continue;
    }
    // They are in order, so a name that would run into the one before is left out. The last one stands before its line.
    context.font = `${mark === reached ? 'bold ' : ''}11px ${palette.uiFont}`;
    if (mark === reached) context.fillStyle = palette.foreground;
    const width = context.measureText(mark.text).width;
    const from = x + 4 + width > g.width - 2 ? x - 4 - width : x + 4;
    if (from < written) continue;
    context.fillText(mark.text, from, 8);
    written = from + width + 6;
  }
}
