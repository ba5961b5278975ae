// What is read, and not watched, is made when the map stands still: not for every frame of a movement, but never long after it.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { Harness, settled } from './harness';
import { capturedBoot } from './scenarios';

declare global {
  interface Window {
    /** When rows of the hidden grid were changed, in milliseconds of the page. */
    changes: number[];
  }
}

/** Changes what the map shows every 16 ms for a while; gives the times at which the grid followed, from the beginning. */
async function moved(page: Page, ms: number): Promise<number[]> {
  return page.evaluate(async (ms) => {
    window.changes = [];
    const grid = document.querySelector('.map-view [role=rowgroup]')!;
    const observer = new MutationObserver(() => window.changes.push(performance.now()));
    observer.observe(grid, { subtree: true, childList: true, characterData: true, attributes: true });
    const from = performance.now();
    for (let n = 0; performance.now() - from < ms; n++) {
      const key = n % 2 === 0 ? 'ArrowDown' : 'ArrowUp';
      document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      await new Promise((then) => setTimeout(then, 16));
    }
    const until = performance.now();
    await new Promise((then) => setTimeout(then, 500));
    observer.disconnect();
    return [until, ...window.changes].map((t) => Math.round(t - from));
  }, ms);
}

describe('the grid for screen readers', () => {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  it('follows now and then while the selection keeps moving, and at the end', async () => {
    const page = await harness.open(capturedBoot('0.17.0-x86_64-bbuddy-64M'), 'dark', 1400, 843);
    await page.locator('.map-view').focus();
    await page.keyboard.press('ArrowDown');
    await settled(page);
    const [end, ...changes] = await moved(page, 1500);
    const moving = changes.filter((t) => t < end!);
    assert.ok(moving.length >= 2, `changed at ${changes.join(', ')} of ${String(end)} ms`);
    assert.ok(moving.length <= 10, `changed ${String(moving.length)} times in ${String(end)} ms`);
    const selected = await page.locator('.selected-range').textContent();
    const row = await page.locator('#map-selected').textContent();
    const start = BigInt(selected!.replaceAll(/[\s\u202f]/g, '').split('–')[0]!);
    assert.ok(row!.startsWith(`0x${start.toString(16)}`), `${row!} for ${selected!}`);
    await page.close();
  });
});
