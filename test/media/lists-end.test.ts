// Steps and log follow the cursor to their ends: what is current is whole in sight, and so is the last line of the log.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled } from './harness';
import { capturedBoot } from './scenarios';

const CAPTURE = '0.17.0-x86_64-bbuddy-64M';

describe('steps and log at their ends', function () {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  /** Rows of a list that are in sight, from top to bottom: whole, or but for so many pixels. */
  async function seen(page: Page, list: string, but = 1): Promise<string[]> {
    return await page.locator(list).evaluate((element, slack) => {
      const { top, bottom } = element.getBoundingClientRect();
      return [...element.querySelectorAll('.virtual-row')]
        .map((row) => ({ box: row.getBoundingClientRect(), text: row.textContent }))
        .filter(({ box }) => box.top >= top - slack && box.bottom <= bottom + slack)
        .sort((a, b) => a.box.top - b.box.top)
        .map(({ text }) => text);
    }, but);
  }

  /** The operation that is open with its steps, or as many of them as there is room for; and the last line of the log. */
  async function areInSight(page: Page): Promise<void> {
    const { steps, log } = await page.evaluate(() => window.harness.view.frame());
    const { rows, first, current } = steps!;
    const [operation, ...after] = rows.slice(current - first).map((row) => (row.kind === 'operation' ? row.title : row.text));
    const opened = after.slice(0, rows.filter((row) => row.kind === 'step').length);
    const shown = await seen(page, '.steps-list');
    // All of them, or the first of what has no room for them.
    const expected = opened.length < shown.length ? [operation!, ...opened] : [operation!];
    assert.ok(
      expected.every((text) => shown.some((row) => row.includes(text))),
      `${expected.join('\n')}\nin\n${shown.join('\n')}`,
    );
    const lines = await seen(page, '.log-list');
    assert.ok(lines.at(-1)!.endsWith(log!.last), `${log!.last}\nin\n${lines.join('\n')}`);
  }

  for (const [width, height] of [
    [420, 843],
    [600, 1100],
    [900, 700],
    [1400, 843],
    [1400, 790],
    [2000, 1000],
  ] as const)
    it(`${String(width)} × ${String(height)}: the open operation, its steps and the last line are in sight, there and before`, async () => {
      const page = await harness.open(capturedBoot(CAPTURE), 'dark', width, height);
      await settled(page);
      for (const title of ['Steps', 'Log']) {
        const folded = page.getByRole('button', { name: `${title}, folded` });
        if ((await folded.count()) > 0) await folded.click();
      }
      await page.locator('.timeline-slider').focus();
      await page.keyboard.press('End');
      await settled(page);
      await areInSight(page);
      for (let n = 0; n < 5; n++) {
        await page.keyboard.press('ArrowLeft');
        await settled(page);
        await areInSight(page);
      }
      // To the beginning and back, where what stands below the list makes it higher or lower.
      for (const [key, row] of [
        ['Home', /heap_init/],
        ['End', /^70/],
        ['Home', /heap_init/],
      ] as const) {
        await page.keyboard.press(key);
        await settled(page);
        const shown = await seen(page, '.steps-list');
        assert.ok(shown.some((text) => row.test(text)), `${key}: ${shown.join('\n')}`); // prettier-ignore
      }
      assert.deepEqual(errorsOf(page), []);
      await page.close();
    });

  it('a long run’s list, whose scroll bar stands for more than it measures, goes to both ends', async () => {
    const page = await harness.open({ calls: 500_000, asDump: false }, 'dark', 1400, 843);
    await settled(page);
    await page.locator('.timeline-slider').focus();
    for (const [key, row] of [
      ['End', /^562507/],
      ['Home', /heap_init/],
      ['End', /^562507/],
    ] as const) {
      await page.keyboard.press(key);
      await settled(page);
      const shown = await seen(page, '.steps-list');
      assert.ok(shown.some((text) => row.test(text)), `${key}: ${shown.join('\n')}`); // prettier-ignore
    }
    // Scrolled by hand it stays, until the next step.
    for (const [share, row] of [[0.5, /^28\d{4}▲/], [1, /^562507/]] as const) {
      await page.locator('.steps-list').evaluate((e, s) => (e.scrollTop = e.scrollHeight * s), share);
      await settled(page);
      assert.ok((await seen(page, '.steps-list', 18)).some((text) => row.test(text)), String(share));
      await page.keyboard.press(share === 1 ? 'Home' : 'ArrowLeft');
      await settled(page);
      const shown = await seen(page, '.steps-list');
      assert.ok(shown.some((text) => (share === 1 ? /heap_init/ : /^562506/).test(text)), shown.join('\n'));
    } // prettier-ignore
    const { x, y, width } = (await page.locator('.timeline-slider').boundingBox())!;
    await page.mouse.click(x + width / 2, y + 40);
    await settled(page);
    await page.locator('.steps-list').evaluate((e) => (e.scrollTop = e.scrollHeight));
    await settled(page);
    await page.locator('.timeline-slider').focus();
    await page.keyboard.press('Home');
    await settled(page);
    assert.match((await seen(page, '.steps-list')).join('\n'), /heap_init/);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
});
