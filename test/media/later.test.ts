// Details stand a frame of the screen behind the map: they keep up with what keeps changing, and end at the last. Skipped where there is
// no browser.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled } from './harness';
import { capturedBoot } from './scenarios';

/** Selects one block after the other, one a frame of the screen; gives how often the details followed meanwhile. */
async function walked(page: Page, frames: number): Promise<number> {
  return page.evaluate(async (frames) => {
    const pane = document.querySelector('.pane-selected .pane-body')!;
    let [followed, before] = [0, pane.textContent];
    for (let n = 0; n < frames; n++) {
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }));
      await new Promise(requestAnimationFrame);
      if (pane.textContent !== before) followed++;
      before = pane.textContent;
    }
    return followed;
  }, frames);
}

describe('panel: details behind the map', () => {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  it('keep up with a selection that moves with every frame, and end where it ends', async () => {
    const page = await harness.open(capturedBoot('0.17.0-x86_64-bbuddy-64M'), 'dark', 1400, 843);
    await page.locator('.map-view').focus();
    await page.keyboard.press('Home');
    await settled(page);
    const followed = await walked(page, 40);
    assert.ok(followed >= 5, `followed ${String(followed)} times in 40 frames`);
    await settled(page);
    const { selection } = await page.evaluate(() => (window.harness.state as { viewport: { selection: string } }).viewport);
    const range = (await page.locator('.pane-selected .selected-range').innerText()).replaceAll(/[\s\u202f]/g, '');
    const [from, to] = range.match(/0x[0-9a-f]+/g)!.map(BigInt);
    assert.ok(from! <= BigInt(selection) && BigInt(selection) < to!, `${selection} in ${range}`);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
});
