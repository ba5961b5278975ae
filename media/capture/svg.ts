// Marks as an SVG file. Texts stay texts; what is pixels on the screen, and icons, whose font is not in the file, are pictures in it.

import type { Mark, Placed } from './marks';
import { bytesOf, hatchLines } from './png';

export async function svgOf(marks: readonly Placed[], width: number, height: number, background: string, title: string): Promise<Uint8Array> {
  const clips = new Map<string, string>();
  const parts: string[] = [];
  for (const { mark, opacity, clip } of marks) {
    const key = `x="${n(clip.x)}" y="${n(clip.y)}" width="${n(clip.w)}" height="${n(clip.h)}"`;
    let id = clips.get(key);
    if (id === undefined) clips.set(key, (id = `c${String(clips.size)}`));
    const alpha = opacity === 1 ? '' : ` opacity="${n(opacity)}"`;
    parts.push(`<g clip-path="url(#${id})"${alpha}>${await element(mark)}</g>`);
  }
  const definitions = [...clips].map(([box, id]) => `<clipPath id="${id}"><rect ${box}/></clipPath>`).join('\n');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}">
<title>${escaped(title)}</title>
<defs>${definitions}</defs>
<rect width="100%" height="100%" fill="${escaped(background)}"/>
${parts.join('\n')}
</svg>`;
  return new TextEncoder().encode(svg);
} // prettier-ignore

async function element(mark: Mark): Promise<string> {
  switch (mark.kind) {
    case 'fill':
      return `<rect ${boxText(mark.box)} rx="${n(mark.radius)}" fill="${escaped(mark.colour)}"/>`;
    case 'hatch': {
      const lines = [...hatchLines(mark.box, mark.angle)].map(([x0, y0, x1, y1]) => `M${n(x0)} ${n(y0)}L${n(x1)} ${n(y1)}`);
      return `<svg ${boxText(mark.box)} viewBox="${n(mark.box.x)} ${n(mark.box.y)} ${n(mark.box.w)} ${n(mark.box.h)}"><path d="${lines.join('')}" stroke="${escaped(mark.colour)}" stroke-width="1.2"/></svg>`;
    }
    case 'line':
      return `<path d="M${n(mark.from.x)} ${n(mark.from.y)}L${n(mark.to.x)} ${n(mark.to.y)}" stroke="${escaped(mark.colour)}" stroke-width="${n(mark.width)}"${mark.dashed ? ' stroke-dasharray="4 3"' : ''}/>`;
    case 'path':
      return `<polyline points="${mark.points.map((p) => `${n(p.x)},${n(p.y)}`).join(' ')}" fill="none" stroke="${escaped(mark.stroke)}" stroke-width="${n(mark.width)}"/>`;
    case 'text':
      return isIcon(mark.text) ? await icon(mark) : `<text xml:space="preserve" x="${n(mark.x)}" y="${n(mark.y)}" style="font:${escaped(mark.font)}" fill="${escaped(mark.colour)}">${escaped(mark.text)}</text>`; // prettier-ignore
    case 'canvas':
      return await image(mark.canvas, mark.box);
  }
}

/** Letters of the icon font are in the private area of Unicode. */
function isIcon(text: string): boolean {
  return /^[\ue000-\uf8ff]$/.test(text);
}

async function icon(mark: Mark & { kind: 'text' }): Promise<string> {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 64;
  const context = canvas.getContext('2d')!;
  context.scale(2, 2);
  context.font = mark.font;
  context.fillStyle = mark.colour;
  context.fillText(mark.text, 4, 24);
  return await image(canvas, { x: mark.x - 4, y: mark.y - 24, w: 32, h: 32 });
}

async function image(canvas: HTMLCanvasElement, box: Parameters<typeof boxText>[0]): Promise<string> {
  if (canvas.width === 0 || canvas.height === 0) return '';
  const bytes = await bytesOf(canvas);
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return `<image ${boxText(box)} href="data:image/png;base64,${btoa(binary)}"/>`;
}

function boxText({ x, y, w, h }: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }): string {
  return `x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}"`;
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** What XML cannot hold at all is left out. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\ud800-\udfff]/gu, '')
    .replace(/[&<>"']/g, (c) => ENTITIES[c]!);
}
