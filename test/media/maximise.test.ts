// One pane in the place of the others, by button, double click, key; and back.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled } from './harness';
import { capturedBoot } from './scenarios';

describe('a pane maximised', function () {
  let harness: Harness;
  let page: Page;
  before(async () => {
    harness = await Harness.start();
  });
  beforeEach(async () => {
    page = await harness.open(capturedBoot('0.17.0-x86_64-tlsf-64M'), 'dark', 1400, 843);
  });
  afterEach(async () => {
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
  after(() => harness.close());

  const panes = () =>
    page.locator('.pane').evaluateAll((all) => all.map((p) => p.getAttribute('data-pane')).filter((name) => name !== 'log'));
  const said = () => page.locator('[role=status][aria-live]').textContent();
  const focusedPane = () => page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane'));
  const press = async (key: string) => {
    await page.keyboard.press(key);
    await settled(page);
  };

  it('takes the columns’ area by its button, says so, and gives it back by the same button', async () => {
    const before = await panes();
    await page.getByRole('button', { name: 'Maximise Free lists' }).click();
    await settled(page);
    assert.deepEqual(await panes(), ['lists']);
    const box = (await page.locator('.pane-lists').boundingBox())!;
    assert.equal(box.width, 1400);
    assert.ok(box.height > 500, String(box.height));
    assert.equal(await said(), 'Free lists maximised. Escape restores.');
    assert.equal(await focusedPane(), 'lists');
    await page.getByRole('button', { name: 'Restore Free lists' }).click();
    await settled(page);
    assert.deepEqual(await panes(), before);
    assert.equal(await said(), 'Free lists restored.');
  });

  it('by a double click on its header, and Escape restores before it clears anything', async () => {
    await page.keyboard.press('Control+g');
    await page.locator('#search').fill('0x48260');
    await press('Enter');
    await page.locator('.pane-metrics h2').dblclick();
    await settled(page);
    assert.deepEqual(await panes(), ['metrics']);
    await press('Escape');
    assert.ok((await panes()).includes('map'));
    assert.equal(await page.locator('.selected-range').count(), 1);
    await press('Escape');
    assert.equal(await page.locator('.selected-range').count(), 0);
  });

  it('by z, the pane with the focus; without one the allocator’s own picture; the focus stays in it', async () => {
    await page.locator('.toolbar button').first().focus();
    await press('z');
    assert.deepEqual(await panes(), ['lists']);
    await press('z');
    await page.locator('.map-view').focus();
    await press('z');
    assert.deepEqual(await panes(), ['map']);
    assert.equal(await focusedPane(), 'map');
    assert.equal((await page.locator('.pane-map').boundingBox())!.width, 1400);
    await press('z');
    assert.equal(await focusedPane(), 'map');
  });

  it('the others stay in reach as tabs, F6 comes by them', async () => {
    await page.locator('.map-view').focus();
    await press('z');
    const tabs = page.locator('.pane-tab');
    assert.deepEqual(await tabs.allTextContents(), ['Steps', 'Map', 'Free lists', 'Selected', 'Explain', 'Metrics', 'Log']);
    await tabs.filter({ hasText: 'Selected' }).click();
    await settled(page);
    assert.deepEqual(await panes(), ['selected']);
    await page.locator('#search').focus();
    const order: (string | null | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      await press('F6');
      order.push(await focusedPane());
    }
    assert.deepEqual(order, ['strip', 'panes', 'selected', 'timeline']);
  });

  it('comes back with the panel’s state, at 420 pixels too; a pane that is not there any more leaves the columns alone', async () => {
    await page.locator('.toolbar button').first().focus();
    await press('z');
    const state = await page.evaluate(() => window.harness.state as { layout: Record<string, unknown> });
    assert.equal(state.layout['maximised'], 'lists');
    const again = await harness.open({ ...capturedBoot('0.17.0-x86_64-tlsf-64M'), state: state as never }, 'dark', 420, 843);
    assert.equal(await again.locator('.maximal > .pane-lists').count(), 1);
    await again.close();
    const gone = { ...state, layout: { ...state.layout, maximised: 'compare' } };
    const other = await harness.open({ ...capturedBoot('0.17.0-x86_64-tlsf-64M'), state: gone as never }, 'dark', 1400, 843);
    assert.equal(await other.locator('.pane-map').count(), 1);
    await other.close();
  });
});
