// The getting-started walkthrough's pictures: those of the panel, smaller, as WebP, since they are part of the package.

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';

const FOLDER = resolve(__dirname, '../../media/walkthrough');
/** Pixels: the walkthrough shows pictures no wider. */
const WIDEST = 1000;
const QUALITY = 0.85;

/** By picture of the panel: its name in the walkthrough. */
const NAMES: Readonly<Record<string, string>> = {
  'main-dark': 'heap-view',
  time: 'step',
  'what-if': 'compare',
  'zoom-bytes-dump': 'dump',
};

/** Writes the walkthrough's picture that belongs to one of the panel; none for most. Returns its name. */
export async function forWalkthrough(browser: Browser, picture: string, png: Buffer): Promise<string | undefined> {
  const name = NAMES[picture];
  if (name === undefined) return undefined;
  const page = await browser.newPage();
  const encoded = await page.evaluate(
    async ([source, widest, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${source}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      const scale = Math.min(1, widest / image.width);
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      const context = canvas.getContext('2d')!;
      context.imageSmoothingQuality = 'high';
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      return canvas.toDataURL('image/webp', quality).replace(/^.*,/, '');
    },
    [png.toString('base64'), WIDEST, QUALITY] as const,
  );
  await page.close();
  writeFileSync(join(FOLDER, `${name}.webp`), Buffer.from(encoded, 'base64'));
  return name;
}
