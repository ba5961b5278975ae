// Marks as pixels: those of the screen, at its own ratio.

import type { Mark, Placed } from './marks';

/** @returns a PNG file */
export async function pngOf(marks: readonly Placed[], width: number, height: number, background: string): Promise<Uint8Array> {
  const ratio = window.devicePixelRatio || 1;
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.fillStyle = background;
  context.fillRect(0, 0, width, height);
  for (const { mark, opacity, clip } of marks) {
    context.save();
    context.beginPath();
    context.rect(clip.x, clip.y, clip.w, clip.h);
    context.clip();
    context.globalAlpha = opacity;
    paint(context, mark);
    context.restore();
  }
  return await bytesOf(canvas);
}

/** A canvas as a PNG file. */
export async function bytesOf(canvas: HTMLCanvasElement): Promise<Uint8Array> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob === null) throw new Error('the browser makes no picture of this size');
  return new Uint8Array(await blob.arrayBuffer());
}

function paint(context: CanvasRenderingContext2D, mark: Mark): void {
  switch (mark.kind) {
    case 'fill':
      context.fillStyle = mark.colour;
      context.beginPath();
      context.roundRect(mark.box.x, mark.box.y, mark.box.w, mark.box.h, mark.radius);
      context.fill();
      break;
    case 'hatch':
      hatch(context, mark);
      break;
    case 'line':
      context.strokeStyle = mark.colour;
      context.lineWidth = mark.width;
      context.setLineDash(mark.dashed ? [4, 3] : []);
      context.beginPath();
      context.moveTo(mark.from.x, mark.from.y);
      context.lineTo(mark.to.x, mark.to.y);
      context.stroke();
      break;
    case 'text':
      context.fillStyle = mark.colour;
      context.font = mark.font;
      context.fillText(mark.text, mark.x, mark.y);
      break;
    case 'path':
      context.strokeStyle = mark.stroke;
      context.lineWidth = mark.width;
      context.beginPath();
      for (const [i, p] of mark.points.entries()) context[i === 0 ? 'moveTo' : 'lineTo'](p.x, p.y);
      context.stroke();
      break;
    case 'canvas':
      // Pixel for pixel: both have the ratio of the screen.
      context.drawImage(mark.canvas, mark.box.x, mark.box.y, mark.box.w, mark.box.h);
  }
}

function hatch(context: CanvasRenderingContext2D, { box, colour, angle }: Mark & { kind: 'hatch' }): void {
  context.beginPath();
  context.rect(box.x, box.y, box.w, box.h);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1.2;
  context.beginPath();
  for (const [x0, y0, x1, y1] of hatchLines(box, angle)) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
}

/** Lines five pixels apart; a gradient's angle is across its lines. */
export function* hatchLines(
  { x, y, w, h }: { x: number; y: number; w: number; h: number },
  angle: number,
): Generator<readonly [number, number, number, number]> {
  if (angle % 180 === 90) for (let d = 2; d < w; d += 4) yield [x + d, y, x + d, y + h];
  else if (angle % 180 === 0) for (let d = 2; d < h; d += 4) yield [x, y + d, x + w, y + d];
  else for (let d = -h; d < w; d += 5) yield angle < 0 ? [x + d, y + h, x + d + h, y] : [x + d, y, x + d + h, y + h];
}
