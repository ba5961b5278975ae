// The few shapes that drawings are made of.

import { shadeColour, type DrawingColours } from './colours';
import { Markup, markup } from './escape';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Style {
  /** Of the fill, 0 … 1. */
  readonly opacity?: number;
  readonly stroke?: string;
  readonly strokeWidth?: number;
  readonly dash?: string;
}

/** A tenth of a pixel is enough. */
function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function rect(box: Box, fill: string, { opacity = 1, stroke, strokeWidth, dash = '' }: Style = {}): Markup {
  const lines = [
    opacity === 1 ? markup`` : markup` fill-opacity="${opacity.toFixed(2)}"`,
    stroke === undefined ? markup`` : markup` stroke="${stroke}"`,
    strokeWidth === undefined ? markup`` : markup` stroke-width="${strokeWidth}"`,
    dash === '' ? markup`` : markup` stroke-dasharray="${dash}"`,
  ];
  return markup`<rect x="${number(box.x)}" y="${number(box.y)}" width="${number(Math.max(0.5, box.width))}" height="${number(Math.max(0, box.height))}" fill="${fill}"${lines}/>`;
}

interface TextStyle {
  readonly size?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
  /** Colour of a rim, which keeps the text apart from what it stands on. */
  readonly rim?: string;
}

export function text(x: number, y: number, value: string, fill: string, { size = 11, anchor = 'start', bold = false, rim }: TextStyle = {}): Markup {
  if (value === '') return markup``;
  const around = rim === undefined ? markup`` : markup` stroke="${rim}" stroke-width="2.5" paint-order="stroke"`;
  return markup`<text x="${number(x)}" y="${number(y)}" font-size="${size}" text-anchor="${anchor}"${bold ? markup` font-weight="bold"` : markup``}${around} fill="${fill}">${value}</text>`;
} // prettier-ignore

/**
 * Textures tell states apart without colour: slack leans right, reserved leans left, the kernel stands, what was not read lies.
 *
 * @param shades of the legend's entries, whose slack has their colour
 */
export function definitions(colours: DrawingColours, id: string, shades: readonly number[] = []): Markup {
  const slack = 'M-1 6L6 -1M-1 1L1 -1M4 6L6 4';
  const pattern = (name: string, path: string, size: number, colour: string) =>
    markup`<pattern id="${id}-${name}" width="${size}" height="${size}" patternUnits="userSpaceOnUse"><path d="${path}" stroke="${colour}" stroke-width="1.2" fill="none"/></pattern>`;
  return markup`<defs>${[
    pattern('slack', slack, 5, colours.used),
    ...shades.map((s) => pattern(`slack${String(s + 1)}`, slack, 5, shadeColour(s, colours)!)),
    pattern('reserved', 'M-1 -1L6 6M-1 4L1 6M4 -1L6 1', 5, colours.reserved),
    pattern('kernel', 'M2 0V4', 4, colours.kernel),
    pattern('unread', 'M0 2H4', 4, colours.description),
  ]}</defs>`;
}
