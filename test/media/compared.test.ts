// The panes that compare and explain, in the four themes and at three widths: nothing is cut or stands sideways, and axe finds nothing.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { FIRST_VIEWPORT } from '../../src/view/viewport';
import { errorsOf, Harness, settled, violations } from './harness';
import { capturedBoot } from './scenarios';
import { THEMES } from './themes';

const PANES = ['.comparison', '.changes-list', '.what-if', '.explain', '.marked', '.one-column'];

/** Step 44 pinned, step 50 beside it, a card open, all allocators compared. */
async function open(harness: Harness, theme: (typeof THEMES)[number], width: number, height: number): Promise<Page> {
  const state = {
    viewport: {
      ...FIRST_VIEWPORT,
      pin: { operation: 43, step: 99 },
      comparing: true,
      selection: '0x18a000',
      beside: '0x18b000',
      bookmarks: ['0x188000'],
      range: { from: '0x188000', to: '0x18c000' },
      explain: 'region:9',
      unfoldedSame: ['0x1c0000'],
    },
    cursor: { operation: 49, step: 99 },
    layout: { sizes: {}, folded: ['-explain'] },
  };
  const page = await harness.open({ ...capturedBoot('0.17.0-x86_64-bbuddy-64M'), state }, theme, width, height);
  await page.evaluate(() => {
    window.harness.compareAllocators();
  });
  await settled(page);
  return page;
}

/** What is wider than the place that it has: panes that would scroll sideways, and texts that are cut. */
async function cut(page: Page): Promise<string[]> {
  // No function inside of this one has a name: the page does not know what the test's loader makes of that.
  return await page.evaluate((panes) => {
    const shown = [...document.querySelectorAll<HTMLElement>(panes.join())];
    const wide = [document.documentElement, ...shown, ...shown.flatMap((p) => [...p.querySelectorAll<HTMLElement>('*')])].filter(
      (e) => {
        if (e.scrollWidth <= e.clientWidth + 1) return false;
        const { overflowX, display } = getComputedStyle(e);
        // What a screen reader alone reads is not seen; a box to choose from shortens its own text.
        return display !== 'inline' && overflowX !== 'visible' && e.closest('.unseen, select') === null;
      },
    );
    return wide.map((e) => `${e.className}: ${String(e.scrollWidth)} in ${String(e.clientWidth)}: ${e.textContent.slice(0, 40)}`);
  }, PANES);
}

describe('panes that compare and explain', function () {
  this.timeout(120_000);
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  for (const theme of THEMES)
    for (const [width, height] of [
      [1400, 1100],
      [700, 900],
      [420, 900],
    ] as const)
      it(`${theme} at ${String(width)}`, async () => {
        const page = await open(harness, theme, width, height);
        try {
          assert.match((await page.locator('.compared-summary').textContent())!, /6 changes/);
          await page.locator('.card').first().waitFor();
          if (process.env['PICTURES'] !== undefined)
            await page.screenshot({ path: `${process.env['PICTURES']}/compared-${theme}-${String(width)}.png` });
          assert.deepEqual(await cut(page), []);
          assert.deepEqual(await violations(page), []);
          assert.deepEqual(errorsOf(page), []);
        } finally {
          await page.close();
        }
      });
});
