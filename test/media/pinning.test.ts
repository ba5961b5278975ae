// A pin is of the state that stood when its key was pressed, however quickly others follow or came before: the keys of the panel are
// commands of VS Code, which carries out steps itself, or they come from the webview. Skipped where there is no browser.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ViewAction } from '../../src/protocol/messages';
import type { Move } from '../../src/view/heap-view';
import { errorsOf, Harness, settled } from './harness';
import { capturedBoot } from './scenarios';

describe('panel: what a pin is of', () => {
  let harness: Harness;
  let page: Page;
  before(async () => {
    harness = await Harness.start();
  });
  beforeEach(async () => {
    page = await harness.open(capturedBoot('0.17.0-x86_64-bbuddy-64M'), 'dark', 1400, 843);
    await page.keyboard.press('Control+g');
    await page.locator('#search').fill('step 50');
    await page.keyboard.press('Enter');
    await settled(page);
    await page.locator('.map-view').focus();
  });
  afterEach(async () => {
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
  after(() => harness.close());

  /** Operations, counted from 0, after which states are pinned: among the pins that all panels have, and in what outlasts a reload. */
  const pinned = async () => {
    await settled(page);
    return page.evaluate(() => {
      const { view, state } = window.harness;
      const { pin } = (state as { viewport: { pin?: { operation: number } } }).viewport;
      return { shared: view.comparing.names().map((p) => p.cursor?.operation), kept: pin?.operation };
    });
  };
  const commanded = (...commands: readonly (Move | ViewAction)[]) =>
    page.evaluate((list) => window.harness.commanded(...list), commands);
  /** Keys pressed without the page's loop turning in between. */
  const typed = (...keys: readonly string[]) =>
    page.evaluate((list) => {
      for (const key of list) document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    }, keys);

  it('commands: a step after it does not change it', async () => {
    await commanded('pin', 'stepOver');
    assert.deepEqual(await pinned(), { shared: [49], kept: 49 });
  });

  it('commands: steps before it count, shown or not', async () => {
    await commanded('stepOver', 'stepOver', 'stepOver', 'pin', 'stepOver');
    assert.deepEqual(await pinned(), { shared: [52], kept: 52 });
  });

  it('commands: again, and it is gone; of two states, both are pinned, and the later one is compared with', async () => {
    await commanded('pin', 'pin');
    assert.deepEqual(await pinned(), { shared: [], kept: undefined });
    await commanded('pin', 'stepOver', 'pin', 'stepOver');
    assert.deepEqual(await pinned(), { shared: [49, 50], kept: 50 });
  });

  it('commands: comparing at once is with what was pinned', async () => {
    await commanded('pin', 'stepOver', 'compare');
    await settled(page);
    assert.match((await page.locator('.side-a').first().textContent())!, /step 50, /);
  });

  it('keys in the webview: a step after it does not change it, steps before it count', async () => {
    await typed('k', '>');
    assert.deepEqual(await pinned(), { shared: [49], kept: 49 });
    await typed('>', '>', 'k', '>');
    assert.deepEqual(await pinned(), { shared: [49, 52], kept: 52 });
  });

  it('keys in the webview: twice, and it is gone', async () => {
    await typed('k', 'k');
    assert.deepEqual(await pinned(), { shared: [], kept: undefined });
  });
});
