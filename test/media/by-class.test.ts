// Free chunks by order beside an aggregated map: when they are shown, and that they are those of the heap.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled, violations } from './harness';
import { capturedBoot } from './scenarios';

const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ');
const FOLDED = { layout: { sizes: {}, folded: ['lists'] } };

describe('free chunks by order beside the map', function () {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  async function zoom(page: Page, key: string): Promise<void> {
    await page.locator('.map-view').focus();
    await page.keyboard.press(key);
    await settled(page);
  }

  it('the 4 GiB of the design: its counts and bytes, with a sum that is all that is free', async () => {
    const page = await harness.open({ fragmented: true, state: FOLDED }, 'highContrast', 1400, 843);
    const rows = (await page.locator('.by-class tr').allInnerTexts()).map((t) => plain(t).replace(/\s+/g, ' ').trim());
    assert.deepEqual(rows.slice(0, 5), ['o0 ×154 616 KiB', 'o1 ×238 1.86 MiB', 'o2 ×406 6.34 MiB', 'o3 ×826 25.8 MiB', 'o4 ×1 661 104 MiB']); // prettier-ignore
    assert.equal(rows.at(-1), 'o19 ×1 2 GiB');
    assert.equal(plain(await page.locator('.by-class p').innerText()), 'Σ 3 860 chunks, 3.79 GiB ✓ all that is free');
    await page.locator('.by-class button').last().click();
    await settled(page);
    assert.match(await page.locator('.pane-selected').innerText(), /Free chunk|order 19|o19/);
    assert.deepEqual(await page.evaluate(() => window.harness.faults()), []);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });

  it('only while cells are aggregated and the lists are not in sight; it can take the others’ place', async () => {
    const page = await harness.open({ ...capturedBoot('0.17.0-x86_64-bbuddy-64M'), state: FOLDED }, 'light', 1400, 843);
    const shown = () => page.locator('.by-class').count();
    assert.equal(await shown(), 0, 'pages');
    await zoom(page, '-');
    assert.equal(await shown(), 1, 'aggregated');
    await page.locator('.pane-classes .maximise').click();
    await settled(page);
    assert.equal(await page.locator('.maximal .by-class').count(), 1);
    await page.locator('.pane-classes .maximise').click();
    await settled(page);
    await page.locator('.pane-lists .twistie').click();
    await settled(page);
    assert.equal(await shown(), 0, 'the lists are open');
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
});
