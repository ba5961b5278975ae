// How well what is written can be told from what is drawn behind it, by pixels: hatches, tints and chips included, which no style
// sheet tells. What runs in the page has no named function inside: the page does not know what the test's loader makes of that.

import type { Page } from 'playwright-core';
import { settled } from './harness';

/** WCAG 1.4.3 asks for this of text that is not large. */
const LEAST = 4.5;
/** Share of a text's box that may be too like the text: the edge of a hatch, a line that passes by. */
const MOST_UNLIKE = 0.25;

/** Texts of the page's elements that are hard to read where they stand. */
export async function faintTexts(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      '* { -webkit-text-fill-color: transparent !important; caret-color: transparent } text { fill: none !important }',
    );
    document.adoptedStyleSheets = [sheet];
  });
  const behind = (await page.screenshot({ scale: 'css' })).toString('base64');
  await page.evaluate(() => (document.adoptedStyleSheets = []));
  return await page.evaluate(
    async ([png, least, most]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${png}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const context = canvas.getContext('2d', { willReadFrequently: true })!;
      const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
      context.drawImage(image, 0, 0);
      const faults = new Set<string>();
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const parent = node.parentElement!;
        const text = (node.textContent ?? '').trim();
        // Lines and arrows are drawing, not text; what cannot be used is said to be so.
        if (!/[\p{L}\p{N}]/u.test(text)) continue;
        if (parent.closest('.unseen, script, style, option, [role=grid], [aria-disabled=true], thead') !== null) continue;
        const style = getComputedStyle(parent);
        let opacity = 1;
        for (let e: Element | null = parent; e !== null; e = e.parentElement) opacity *= Number(getComputedStyle(e).opacity);
        if (style.visibility === 'hidden' || opacity === 0) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const r of range.getClientRects()) {
          const [x, y] = [Math.round(r.left), Math.round(r.top + r.height * 0.15)];
          const [w, h] = [Math.round(r.width), Math.round(r.height * 0.7)];
          if (w < 2 || h < 2 || x < 0 || y < 0 || x + w > canvas.width || y + h > canvas.height) continue;
          // Scrolled out of sight, or behind something.
          const tops = [document.elementFromPoint(x + w / 2, y + 1), document.elementFromPoint(x + w / 2, y + h - 1)];
          if (tops.some((top) => top === null || !(parent.contains(top) || (top.contains(parent) && getComputedStyle(top).overflowY === 'visible')))) continue;
          const { data } = context.getImageData(x, y, w, h);
          let bad = 0;
          let sum = 0;
          for (let i = 0; i < data.length; i += 4) {
            // The text's colour over this pixel, whatever notation the style gives it in.
            if (i === 0 || data[i] !== data[i - 4] || data[i + 1] !== data[i - 3] || data[i + 2] !== data[i - 2]) {
              probe.globalAlpha = 1;
              probe.fillStyle = `rgb(${String(data[i])} ${String(data[i + 1])} ${String(data[i + 2])})`;
              probe.fillRect(0, 0, 1, 1);
              probe.globalAlpha = opacity;
              probe.fillStyle = style.color;
              probe.fillRect(0, 0, 1, 1);
              const ink = probe.getImageData(0, 0, 1, 1).data;
              const [a, b] = [ink, data.subarray(i, i + 3)].map((c) => {
                const [red, green, blue] = [0, 1, 2].map((k) => {
                  const v = c[k]! / 255;
                  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
                });
                return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
              });
              sum = (Math.max(a!, b!) + 0.05) / (Math.min(a!, b!) + 0.05);
            }
            if (sum < least) bad++;
          }
          const share = (bad * 4) / data.length;
          if (share <= most) continue;
          const pane = parent.closest<HTMLElement>('[data-pane]')?.dataset['pane'] ?? '';
          faults.add(`${pane} .${parent.className} “${text.slice(0, 24)}”: ${String(Math.round(share * 100))} % of its place is too like ${style.color}`);
          break;
        }
      }
      return [...faults];
    },
    [behind, LEAST, MOST_UNLIKE] as const,
  ); // prettier-ignore
}

/** From now on the page's canvases tell how well each text that they draw stands out. */
export async function watchCanvases(page: Page): Promise<void> {
  await page.evaluate(
    ([least, most]) => {
      const faults = new Set<string>();
      const watched = window as unknown as { faint: Set<string>; drawn: number };
      watched.faint = faults;
      watched.drawn = 0;
      const { prototype } = CanvasRenderingContext2D;
      const write = prototype.fillText; // eslint-disable-line @typescript-eslint/unbound-method -- called on a context below
      prototype.fillText = function (...args) {
        const [text, x, y] = args;
        const m = this.measureText(text);
        const from = this.getTransform().transformPoint({ x: x - m.actualBoundingBoxLeft, y: y - m.actualBoundingBoxAscent });
        const to = this.getTransform().transformPoint({ x: x + m.actualBoundingBoxRight, y: y + m.actualBoundingBoxDescent });
        const [w, h] = [Math.round(to.x - from.x), Math.round(to.y - from.y)];
        if (w >= 1 && h >= 1 && typeof this.fillStyle === 'string' && /[\p{L}\p{N}]/u.test(text)) {
          const { data } = this.getImageData(Math.round(from.x), Math.round(from.y), w, h);
          const background = getComputedStyle(document.documentElement).getPropertyValue('--vscode-editor-background').trim();
          const probe = new OffscreenCanvas(2, 1).getContext('2d', { willReadFrequently: true })!;
          const seen = new Map<number, boolean>();
          let bad = 0;
          for (let i = 0; i < data.length; i += 4) {
            const key = data[i]! * 2 ** 24 + data[i + 1]! * 2 ** 16 + data[i + 2]! * 2 ** 8 + data[i + 3]!;
            let unlike = seen.get(key);
            if (unlike === undefined) {
              probe.globalAlpha = 1;
              probe.fillStyle = background;
              probe.fillRect(0, 0, 2, 1);
              probe.fillStyle = `rgb(${String(data[i])} ${String(data[i + 1])} ${String(data[i + 2])} / ${String(data[i + 3]! / 255)})`;
              probe.fillRect(0, 0, 2, 1);
              probe.globalAlpha = this.globalAlpha;
              probe.fillStyle = this.fillStyle;
              probe.fillRect(0, 0, 1, 1);
              const both = probe.getImageData(0, 0, 2, 1).data;
              const [a, b] = [0, 4].map((at) => {
                const [red, green, blue] = [0, 1, 2].map((k) => {
                  const v = both[at + k]! / 255;
                  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
                });
                return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
              });
              unlike = (Math.max(a!, b!) + 0.05) / (Math.min(a!, b!) + 0.05) >= least;
              seen.set(key, unlike);
            }
            if (!unlike) bad++;
          }
          const share = (bad * 4) / data.length;
          watched.drawn++;
          if (share > most)
            faults.add(`${this.canvas.className} “${text}” in ${this.fillStyle}: ${String(Math.round(share * 100))} % of its place is too like it`);
        }
        write.apply(this, args);
      };
    },
    [LEAST, MOST_UNLIKE] as const,
  ); // prettier-ignore
}

/** What the canvases have told since the last time, and how many texts they drew. */
export async function faintOnCanvases(page: Page): Promise<{ readonly faint: readonly string[]; readonly drawn: number }> {
  await settled(page);
  return await page.evaluate(() => {
    const watched = window as unknown as { faint: Set<string>; drawn: number };
    const told = { faint: [...watched.faint], drawn: watched.drawn };
    watched.faint.clear();
    watched.drawn = 0;
    return told;
  });
}
