// The report in a plain browser, in both colour schemes: its map has the colours that the panel stood at, and nothing is told by them alone.

import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/browser.mjs';
import { presetColours } from '../../src/report/colours';
import { htmlReport } from '../../src/report/report';
import { at, MAIN_3, pictured } from '../view/subjects';
import { violations } from './harness';

describe('report in a browser', function () {
  let browser: Browser;
  let file: string;
  before(async () => {
    browser = await openBrowser();
    file = join(mkdtempSync(join(tmpdir(), 'ukboot-report-')), 'report.html');
    writeFileSync(file, htmlReport(at(pictured(), MAIN_3).subject, { colouring: 'owner' }));
  });
  after(() => browser.close());

  const open = async (colorScheme: 'light' | 'dark'): Promise<{ page: Page; said: string[]; asked: string[] }> => {
    const page = await browser.newPage({ colorScheme, viewport: { width: 1200, height: 900 } });
    const [said, asked]: [string[], string[]] = [[], []];
    page.on('console', (message) => said.push(message.text()));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, said, asked };
  };

  for (const scheme of ['light', 'dark'] as const)
    it(`${scheme}: colours by owner, each with its number, and a table of what they stand for`, async () => {
      const { page, said, asked } = await open(scheme);
      const colours = presetColours(scheme);
      const fills = await page.locator('#map svg rect').evaluateAll((all) => all.map((r) => getComputedStyle(r).fill));
      const rgb = (hex: string) => `rgb(${[1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)).join(', ')})`;
      assert.ok(fills.includes(rgb(colours.shade2)) && fills.includes(rgb(colours.shade6)), scheme);
      const rows = await page.locator('#map table tbody tr').allTextContents();
      assert.ok(rows.length >= 3 && rows.every((r) => /^\d/.test(r)), rows.join('; '));
      assert.match(
        await page
          .locator('#map svg title')
          .first()
          .textContent()
          .then((t) => t ?? ''),
        /\w/,
      );
      assert.deepEqual(await violations(page), []);
      if (process.env['PICTURES'] !== undefined)
        await page.locator('#map').screenshot({ path: join(process.env['PICTURES'], `report-${scheme}.png`) });
      assert.deepEqual([asked, said], [[pathToFileURL(file).href], []]);
      await page.close();
    });

  it('on a narrow screen only tables and drawings reach beyond it, in frames of their own', async () => {
    const { page } = await open('light');
    await page.setViewportSize({ width: 420, height: 800 });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 420);
    await page.close();
  });
});
