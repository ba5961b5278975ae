// The right column with everything open: each pane has room to be read, what is selected above all; the rest is reached by scrolling.

import assert from 'node:assert/strict';
import { errorsOf, Harness, settled } from './harness';
import { exampleBoot } from './scenarios';

describe('the right column', function () {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  for (const [width, height, theme] of [
    [1400, 843, 'dark'],
    [1400, 600, 'highContrastLight'],
    [900, 500, 'light'],
  ] as const)
    it(`${String(width)} × ${String(height)}: Selected, Marked, Findings and Explain are all open, and none is squashed`, async () => {
      // A boot with findings on its list, and cards that explain it.
      const page = await harness.open(exampleBoot('scenario-5-hole-below-4gib', '0.17.0'), theme, width, height);
      await page.locator('#search').fill('0x13000');
      await page.locator('#search').press('Enter');
      await settled(page);
      await page.locator('#search').fill('');
      await page.locator('.map-view').focus();
      await page.keyboard.press('m');
      await settled(page);
      await page.locator('.pane-explain.folded .twistie').click();
      await settled(page);
      const heights = await page.locator('.right-panes > .pane').evaluateAll((all) =>
        all.map((p) => [p.getAttribute('data-pane'), p.getBoundingClientRect().height] as const),
      ); // prettier-ignore
      assert.deepEqual(heights.map(([name]) => name), ['selected', 'marked', 'findings', 'explain']); // prettier-ignore
      for (const [name, high] of heights)
        assert.ok(high >= (name === 'selected' || name === 'explain' ? 128 : 72), `${String(name)} ${String(high)}`);
      // What is selected can be read where it stands: what it is, and its range.
      for (const text of ['.selected-range', '.selected-title']) {
        const box = (await page.locator(text).first().boundingBox())!;
        const pane = (await page.locator('.pane-selected').boundingBox())!;
        assert.ok(box.y >= pane.y && box.y + box.height <= pane.y + pane.height, text);
      }
      // All of it is reached: by a wheel, and by F6, which brings what it enters into view.
      await page.locator('.pane-explain select').focus();
      const shown = await page.locator('.pane-explain select').evaluate((e) => {
        const [own, outer] = [e.getBoundingClientRect(), e.closest('.right-panes')!.getBoundingClientRect()];
        return own.top >= outer.top - 1 && own.bottom <= outer.bottom + 1;
      });
      assert.ok(shown, 'Explain is in view');
      assert.ok((await page.locator('.pane-metrics').boundingBox())!.height >= 60);
      assert.deepEqual(await page.evaluate(() => window.harness.faults()), []);
      assert.deepEqual(errorsOf(page), []);
      await page.close();
    });

  it('with nothing but Selected open it has all of the room', async () => {
    const page = await harness.open(exampleBoot('scenario-5-hole-below-4gib', '0.17.0'), 'dark', 1400, 843);
    await page.locator('.pane-findings .twistie').click();
    await settled(page);
    const pane = (await page.locator('.pane-selected').boundingBox())!;
    const column = (await page.locator('.right-panes').boundingBox())!;
    assert.ok(pane.height > column.height - 60, `${String(pane.height)} of ${String(column.height)}`);
    await page.close();
  });
});
