// Draws pages byte by byte: 64 × 64 dots a page, in the colour of what each byte belongs to, brighter for higher values.

import { BYTE_KINDS, PAGE_ROW_HEIGHT } from '../../src/view/map/bytes';
import type { BytePage, BytesView } from '../../src/view/map/bytes';
import type { Palette } from '../theme';
import { texture } from './surface';

export interface BytesGeometry {
  readonly width: number;
  readonly height: number;
  readonly top: number;
}

const SIDE = 64;
const PAGE = SIDE * SIDE;
/** Lines of text over a page, and under it. */
const ABOVE = 34;
const BELOW = 50;
const LINE = 13;
const GAP = 12;
/** Least distance from one page to the next: a page of 2.5 pixels a byte. */
const PITCH = PAGE_ROW_HEIGHT - ABOVE - BELOW + GAP;

/** Pages that a width has room for. */
export function pagesIn(width: number): number {
  return Math.max(1, Math.floor((width - GAP) / PITCH));
}

/** Side of a page in pixels, and the distance from one page to the next. */
function shape(view: BytesView, g: BytesGeometry): { readonly side: number; readonly pitch: number } {
  const pitch = (g.width - GAP) / view.perRow;
  return { side: Math.min(pitch - GAP, PAGE_ROW_HEIGHT - ABOVE - BELOW), pitch };
}

export function paintBytes(context: CanvasRenderingContext2D, view: BytesView, palette: Palette, g: BytesGeometry): void {
  const { side, pitch } = shape(view, g);
  const colours = kindColours(context, palette);
  for (const row of view.rows) {
    const y = row.y - g.top;
    if (y > g.height || y + PAGE_ROW_HEIGHT < 0) continue;
    row.pages.forEach((page, i) =>
      paintPage(context, view, page, palette, colours, { x: GAP + i * pitch, y: y + ABOVE, side, room: pitch - 6 }),
    );
  }
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  /** Pixels for the texts. */
  readonly room: number;
}

function paintPage(
  context: CanvasRenderingContext2D,
  view: BytesView,
  page: BytePage,
  palette: Palette,
  colours: readonly Rgb[],
  place: Place,
): void {
  const { x, y, side } = place;
  const frame = {
    free: palette.free,
    used: palette.used,
    metadata: palette.metadata,
    unread: palette.description,
    mixed: palette.description,
  }[page.state];
  context.textBaseline = 'middle';
  context.font = `11px ${palette.codeFont}`;
  context.fillStyle = palette.description;
  context.fillText(whole(context, page.label, place.room), x, y - 24);
  context.font = `600 11px ${palette.uiFont}`;
  context.fillStyle = page.state === 'free' ? palette.free : palette.foreground;
  context.fillText(whole(context, page.title, place.room), x, y - 9);
  const row = side / SIDE;
  for (const part of page.parts) if (part.kind === 'slack') hatch(context, part.from, part.end, palette, x, y, row, side);
  if (page.index < 0) {
    context.fillStyle = texture(context, 'unread', palette.description, 1);
    context.fillRect(x, y, side, side);
  } else {
    const bytes = view.bytes.subarray(page.index * PAGE, (page.index + 1) * PAGE);
    context.drawImage(dots(bytes, page, colours, Math.round(side * (window.devicePixelRatio || 1))), x, y, side, side);
  }
  changedBytes(context, page, palette, place);
  context.strokeStyle = frame;
  context.lineWidth = 1.1;
  if (page.index < 0) context.setLineDash([3, 3]);
  context.strokeRect(x - 0.5, y - 0.5, side + 1, side + 1);
  context.setLineDash([]);
  marks(context, page, palette, place);
  context.font = `11px ${palette.uiFont}`;
  context.fillStyle = palette.description;
  const lines = [page.caption, ...page.notes].flatMap((text) => wrapped(context, text, place.room));
  lines.slice(0, Math.floor((BELOW - 6) / LINE)).forEach((line, i) => {
    context.fillStyle = line.startsWith('Δ') ? palette.changed : palette.description;
    context.fillText(line, x, y + side + 11 + i * LINE);
  });
}

/** Bytes that are not what they were: outlined, line by line of the page. */
function changedBytes(context: CanvasRenderingContext2D, page: BytePage, palette: Palette, { x, y, side }: Place): void {
  const dot = side / SIDE;
  context.strokeStyle = palette.changed;
  context.lineWidth = 1.2;
  for (const [from, end] of page.changed)
    for (let at = from; at < end; at = (Math.floor(at / SIDE) + 1) * SIDE) {
      const [line, column] = [Math.floor(at / SIDE), at % SIDE];
      const width = Math.min(end - at, SIDE - column) * dot;
      context.strokeRect(x + column * dot - 0.6, y + line * dot - 0.6, width + 1.2, dot + 1.2);
    }
}

function marks(context: CanvasRenderingContext2D, page: BytePage, palette: Palette, { x, y, side }: Place): void {
  if (page.changed.length > 0) {
    context.fillStyle = palette.changed;
    context.beginPath();
    context.moveTo(x + side - 9, y);
    context.lineTo(x + side, y);
    context.lineTo(x + side, y + 9);
    context.fill();
  }
  if (page.finding) {
    context.strokeStyle = palette.error;
    context.lineWidth = 2;
    context.strokeRect(x - 1, y - 1, side + 2, side + 2);
  }
  if (page.selected) {
    context.strokeStyle = palette.highContrast ? palette.focus : palette.foreground;
    context.lineWidth = 2.2;
    context.strokeRect(x - 3, y - 3, side + 6, side + 6);
  }
}

function hatch(
  context: CanvasRenderingContext2D,
  from: number,
  end: number,
  palette: Palette,
  x: number,
  y: number,
  row: number,
  side: number,
): void {
  context.fillStyle = texture(context, 'slack', palette.used, 0.7);
  const first = Math.ceil(from / SIDE);
  const last = Math.floor(end / SIDE);
  if (last > first) context.fillRect(x, y + first * row, side, (last - first) * row);
}

type Rgb = readonly [number, number, number];

/** Colours of BYTE_KINDS as numbers. */
function kindColours(context: CanvasRenderingContext2D, palette: Palette): Rgb[] {
  const of = {
    free: palette.free,
    asked: palette.used,
    slack: palette.used,
    metadata: palette.metadata,
    outside: palette.description,
  };
  return BYTE_KINDS.map((kind) => {
    context.fillStyle = of[kind];
    const found = /^#(..)(..)(..)$/.exec(context.fillStyle);
    return found === null ? [128, 128, 128] : [parseInt(found[1]!, 16), parseInt(found[2]!, 16), parseInt(found[3]!, 16)];
  });
}

const drawn = new WeakMap<BytePage, { readonly canvas: HTMLCanvasElement; readonly colours: string }>();

/** The dots of one page on a square of `side` device pixels; kept while the page, the theme and the size stay. */
function dots(bytes: Uint8Array, page: BytePage, colours: readonly Rgb[], side: number): HTMLCanvasElement {
  const key = `${colours.join()} ${String(side)}`;
  const kept = drawn.get(page);
  if (kept?.colours === key) return kept.canvas;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIDE;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(SIDE, SIDE);
  const kinds = new Uint8Array(PAGE).fill(BYTE_KINDS.indexOf('outside'));
  for (const part of page.parts) kinds.fill(BYTE_KINDS.indexOf(part.kind), part.from, part.end);
  for (let i = 0; i < PAGE; i++) {
    const value = bytes[i]!;
    const kind = BYTE_KINDS[kinds[i]!]!;
    const [r, g, b] = colours[kinds[i]!]!;
    image.data.set([r, g, b, alphaOf(value, kind)], i * 4);
  }
  context.putImageData(image, 0, 0);
  const apart = gridded(canvas, side);
  drawn.set(page, { canvas: apart, colours: key });
  return apart;
}

/** The dots enlarged, with gaps between them: a page full of bytes is no solid box, above all not a free one. */
function gridded(small: HTMLCanvasElement, side: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d')!;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, side, side);
  const dot = side / SIDE;
  if (dot < 2) return canvas;
  context.globalCompositeOperation = 'destination-out';
  context.globalAlpha = 0.55;
  for (let i = 1; i < SIDE; i++) {
    const at = Math.round(i * dot) - 1;
    context.fillRect(at, 0, 1, side);
    context.fillRect(0, at, side, 1);
  }
  return canvas;
}

/** Bytes that are 0 show no dot, but what was asked for and what the allocator wrote has a tint all over. */
function alphaOf(value: number, kind: (typeof BYTE_KINDS)[number]): number {
  if (value === 0) return kind === 'asked' ? 46 : kind === 'metadata' ? 70 : kind === 'free' ? 14 : 0;
  return 110 + Math.round((value / 255) * 145);
}

/** Address of the byte at a point. */
export function byteAt(
  view: BytesView,
  g: BytesGeometry,
  x: number,
  y: number,
): { readonly page: BytePage; readonly offset: number } | undefined {
  const { side, pitch } = shape(view, g);
  const at = y + g.top;
  const row = view.rows.find((r) => at >= r.y && at < r.y + PAGE_ROW_HEIGHT);
  const page = row?.pages[Math.floor((x - GAP) / pitch)];
  if (row === undefined || page === undefined) return undefined;
  const column = Math.floor((((x - GAP) % pitch) / side) * SIDE);
  const line = Math.floor(((at - row.y - ABOVE) / side) * SIDE);
  if (column < 0 || column >= SIDE || line < 0 || line >= SIDE) return { page, offset: 0 };
  return { page, offset: line * SIDE + column };
}

/** The byte at an offset of a page; undefined where it was not read. */
export function valueAt(view: BytesView, page: BytePage, offset: number): number | undefined {
  return page.index < 0 ? undefined : view.bytes[page.index * PAGE + offset];
}

/** The text in lines that fit, broken between words; a word that does not fit by itself is left out with all that follows. */
function wrapped(context: CanvasRenderingContext2D, text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((w) => w !== '')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)!} ${word}`;
    if (lines.length > 0 && context.measureText(longer).width <= room) lines[lines.length - 1] = longer;
    else if (context.measureText(word).width <= room) lines.push(word);
    else break;
  }
  return lines.map((line) => line.replace(/ ·$/, ''));
}

/** The text, shortened by its ` · ` parts until it fits; empty when none does. */
function whole(context: CanvasRenderingContext2D, text: string, room: number): string {
  const parts = text.split(' · ');
  while (parts.length > 1 && context.measureText(parts.join(' · ')).width > room) parts.pop();
  const left = parts.join(' · ');
  return context.measureText(left).width > room ? '' : left;
}
