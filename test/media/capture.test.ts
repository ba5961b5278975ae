// Pictures of panes, as the extension saves them: held against what the browser itself shows of the pane.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { elementsOf } from '../support/well-formed';
import { errorsOf, Harness } from './harness';
import { capturedBoot } from './scenarios';

const PANES = ['strip', 'map', 'lists', 'steps', 'metrics', 'timeline', 'log'];
/** A folder to keep the pictures in, for looking at them. */
const KEPT = process.env['UKBOOT_KEPT_PICTURES'];

const capture = async (page: Page, pane: string, format: 'png' | 'svg') =>
  Buffer.from(await page.evaluate(([p, f]) => window.harness.capture(p, f), [pane, format] as const), 'base64');

/** Share of the pixels in which two PNG files look alike: each channel within 40 of the other. */
const alike = (page: Page, a: Buffer, b: Buffer) =>
  page.evaluate(
    async (files) => {
      const found: ImageData[] = [];
      for (const base64 of files) {
        const image = new Image();
        image.src = `data:image/png;base64,${base64}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = image.width;
        canvas.height = image.height;
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        found.push(context.getImageData(0, 0, image.width, image.height));
      }
      const [x, y] = [found[0]!, found[1]!];
      const [w, h] = [Math.min(x.width, y.width), Math.min(x.height, y.height)];
      let same = 0;
      for (let r = 0; r < h; r++)
        for (let c = 0; c < w; c++) {
          const [i, j] = [(r * x.width + c) * 4, (r * y.width + c) * 4];
          if ([0, 1, 2].every((k) => Math.abs(x.data[i + k]! - y.data[j + k]!) < 40)) same++;
        }
      return { share: same / (w * h), size: [x.width, x.height], other: [y.width, y.height] };
    },
    [a.toString('base64'), b.toString('base64')] as const,
  );

describe('pictures of panes', function () {
  let harness: Harness;
  let page: Page;
  before(async () => {
    harness = await Harness.start();
    page = await harness.open(capturedBoot('0.17.0-x86_64-bbuddy-64M'), 'dark', 1400, 843);
  });
  afterEach(() => assert.deepEqual(errorsOf(page), []));
  after(async () => {
    await harness.close();
  });

  for (const pane of PANES) {
    it(`${pane}: the PNG is the pane as it looks`, async () => {
      const png = await capture(page, pane, 'png');
      assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
      const shot = await page.locator(`[data-pane=${pane}]`).first().screenshot();
      keep(`${pane}.png`, png);
      keep(`${pane}-shown.png`, shot);
      const { share, size, other } = await alike(page, png, shot);
      assert.ok(Math.abs(size[0]! - other[0]!) <= 1 && Math.abs(size[1]! - other[1]!) <= 1, `${String(size)} ${String(other)}`);
      assert.ok(share > 0.93, `${String(share)} of the pixels are alike`);
    });

    it(`${pane}: the SVG stands alone, without script or anything from elsewhere`, async () => {
      const svg = (await capture(page, pane, 'svg')).toString('utf8');
      keep(`${pane}.svg`, svg);
      const elements = elementsOf(svg);
      assert.equal(elements[0]!.attributes.get('xmlns'), 'http://www.w3.org/2000/svg');
      for (const { name, attributes } of elements) {
        assert.ok(['svg', 'title', 'defs', 'clipPath', 'rect', 'g', 'path', 'polyline', 'text', 'image'].includes(name), name);
        const url = attributes.get('href');
        assert.ok(url === undefined || url.startsWith('data:image/png;base64,'), url);
      }
    });
  }

  it('texts stay texts', async () => {
    const svg = (await capture(page, 'metrics', 'svg')).toString('utf8');
    assert.match(svg, /<text[^>]*>Largest malloc now<\/text>/);
  });

  it('a pane that is not there, and a folded one, say so', async () => {
    await assert.rejects(capture(page, 'nothing', 'png'), /it is not shown/);
    await page.locator('[data-pane=metrics] .twistie').click();
    await assert.rejects(capture(page, 'metrics', 'png'), /it is folded/);
    await page.locator('[data-pane=metrics] .twistie').click();
  });
});

function keep(name: string, content: string | Buffer): void {
  if (KEPT === undefined) return;
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(join(KEPT, name), content);
}
