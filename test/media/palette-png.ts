// PNGs with a palette: a picture of a panel has few colours, and is a third as large with at most 256 of them.

import { crc32, deflateSync, inflateSync } from 'node:zlib';

const MOST_COLOURS = 256;
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, three bytes a pixel. */
  readonly rgb: Uint8Array;
}

/** The same picture with a palette. @param png 8 bits a channel, not interlaced, as a browser makes it */
export function withPalette(png: Uint8Array): Uint8Array {
  const { width, height, rgb } = decoded(png);
  const count = new Map<number, number>();
  const key = (i: number) => (rgb[i]! << 16) | (rgb[i + 1]! << 8) | rgb[i + 2]!;
  for (let i = 0; i < rgb.length; i += 3) count.set(key(i), (count.get(key(i)) ?? 0) + 1);
  const palette = paletteOf(count);
  const nearest = new Map<number, number>();
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = key((y * width + x) * 3);
      let at = nearest.get(colour);
      if (at === undefined) nearest.set(colour, (at = nearestIn(palette, colour)));
      rows[y * (width + 1) + 1 + x] = at;
    }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]));
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]); // prettier-ignore
}

/** The colours of all pixels, or 256 that stand for them: the box with the most pixels × spread is halved until there are enough. */
function paletteOf(count: ReadonlyMap<number, number>): number[] {
  let boxes = [[...count.keys()]];
  const channel = (c: number, shift: number) => (c >> shift) & 255;
  const spread = (box: readonly number[]) =>
    [16, 8, 0].map((shift) => {
      const values = box.map((c) => channel(c, shift));
      return { shift, range: values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b)) };
    }).reduce((a, b) => (b.range > a.range ? b : a)); // prettier-ignore
  const pixels = (box: readonly number[]) => box.reduce((sum, c) => sum + count.get(c)!, 0);
  const weigh = (box: number[]) => ({ box, ...spread(box), weight: spread(box).range * Math.sqrt(pixels(box)) });
  let weighed = boxes.map(weigh);
  while (weighed.length < MOST_COLOURS) {
    const best = weighed.reduce((a, b) => (b.weight > a.weight ? b : a));
    if (best.weight === 0) break;
    const sorted = [...best.box].sort((a, b) => channel(a, best.shift) - channel(b, best.shift));
    const half = pixels(sorted) / 2;
    let at = 0;
    for (let sum = 0; at < sorted.length - 1 && (at === 0 || sum < half); at++) sum += count.get(sorted[at]!)!;
    weighed = [...weighed.filter((w) => w !== best), weigh(sorted.slice(0, at)), weigh(sorted.slice(at))];
  }
  boxes = weighed.map((w) => w.box);
  // The commonest colour of each box, not the mean: a background stays exactly what the theme says.
  return boxes.map((box) => box.reduce((a, b) => (count.get(b)! > count.get(a)! ? b : a)));
}

function nearestIn(palette: readonly number[], colour: number): number {
  const distance = (c: number) => {
    const [r, g, b] = [(c >> 16) - (colour >> 16), ((c >> 8) & 255) - ((colour >> 8) & 255), (c & 255) - (colour & 255)];
    return r * r + g * g + b * b;
  };
  let best = 0;
  for (let i = 1; i < palette.length; i++) if (distance(palette[i]!) < distance(palette[best]!)) best = i;
  return best;
}

function decoded(png: Uint8Array): Picture {
  const view = Buffer.from(png.buffer, png.byteOffset, png.length);
  const data: Buffer[] = [];
  for (let at = 8; at < view.length;) {
    const length = view.readUInt32BE(at);
    if (view.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(view.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height, depth, kind] = [view.readUInt32BE(16), view.readUInt32BE(20), view[24]!, view[25]!];
  if (depth !== 8 || (kind !== 2 && kind !== 6)) throw new Error(`PNG of kind ${String(kind)}, ${String(depth)} bits`);
  const channels = kind === 6 ? 4 : 3;
  const bytes = unfiltered(inflateSync(Buffer.concat(data)), width * channels, height, channels);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) rgb.set(bytes.subarray(i * channels, i * channels + 3), i * 3);
  return { width, height, rgb };
}

/** Undoes the filter of each line (PNG specification, 9.2). */
function unfiltered(raw: Uint8Array, stride: number, height: number, channels: number): Uint8Array {
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? out[y * stride + x - channels]! : 0;
      const up = y > 0 ? out[(y - 1) * stride + x]! : 0;
      const corner = x >= channels && y > 0 ? out[(y - 1) * stride + x - channels]! : 0;
      const add = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
      out[y * stride + x] = raw[y * (stride + 1) + 1 + x]! + add;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function chunk(name: string, body: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
