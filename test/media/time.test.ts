// Time and connection in the panel: marks, comparison, playing, ranges, by keyboard and by mouse. Skipped where there is no browser.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { PanelState } from '../../src/protocol/messages';
import { errorsOf, Harness, settled, violations } from './harness';
import { capturedBoot } from './scenarios';

const CAPTURE = '0.17.0-x86_64-bbuddy-64M';
const plain = (text: string | null) => (text ?? '').replace(/[\u202f\u00a0]/g, ' ');

describe('panel: time and marks', function () {
  let harness: Harness;
  let page: Page;
  before(async () => {
    harness = await Harness.start();
    page = await harness.open(capturedBoot(CAPTURE), 'dark', 1400, 843);
  });
  afterEach(() => assert.deepEqual(errorsOf(page), []));
  after(async () => {
    await page.close();
    await harness.close();
  });

  async function press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await page.keyboard.press(key);
      await settled(page);
    }
  }
  async function go(text: string): Promise<void> {
    await press('Control+g');
    await page.locator('#search').fill(text);
    await press('Enter');
    await page.locator('.map-view, .compared-rows').first().focus();
  }
  const step = async () => plain(await page.locator('.moment').textContent());
  const selected = async () => plain(await page.locator('.selected-range').textContent());
  const state = () => page.evaluate(() => window.harness.state) as Promise<{ viewport: Record<string, unknown> }>;

  it('l goes to the step that last changed the selected block, and says so', async () => {
    await go('step 50');
    await go('0x188000');
    await press('l');
    assert.match(await step(), /^Step 49(\.\d+)? of 70/);
    assert.match(
      plain(await page.locator('#search-answer').textContent()),
      /0x188000 was last written by step 49, free\(0x189000\)/,
    );
    assert.match(await selected(), /^0x0018 8000/);
  });

  it('m keeps a block, the list goes back to it, Shift+M goes round, m takes it away', async () => {
    await go('step 50');
    await go('0x188000');
    await press('m');
    await go('0x14000');
    await press('m');
    assert.deepEqual(await page.locator('.bookmarks .code').allTextContents(), ['0x188000', '0x14000']);
    await press('Shift+M');
    assert.match(await selected(), /^0x0018 8000/);
    await page.locator('.bookmarks .code').nth(1).click();
    await settled(page);
    assert.match(await selected(), /^0x0001 4000/);
    assert.deepEqual((await state()).viewport['bookmarks'], ['0x188000', '0x14000']);
    await page.locator('.map-view').focus();
    await press('m');
    assert.deepEqual(await page.locator('.bookmarks .code').allTextContents(), ['0x188000']);
  });

  it('F2 names a bookmark in its place: Enter takes the name, Escape leaves it, and the search box finds it', async () => {
    const box = page.getByRole('textbox', { name: 'Name of bookmark A at 0x188000' });
    const label = async () => plain(await page.locator('.bookmark-label').textContent());
    const said = async () => plain(await page.locator('[role=status][aria-live]').textContent());
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await go('0x188000');
    await press('F2');
    await box.fill('Merge goes here');
    await press('Enter');
    assert.equal(await label(), 'Merge goes here');
    assert.equal(await said(), 'Bookmark A is named Merge goes here.');
    assert.equal(await focused(), '0x188000');
    await press('F2');
    assert.equal(await box.inputValue(), 'Merge goes here');
    await box.fill('something else');
    await press('Escape');
    assert.equal(await label(), 'Merge goes here');
    assert.equal(await focused(), '0x188000');
    // Typing is for the box alone: m would take the bookmark away, c colour the map.
    await press('F2', 'Control+a', 'm', 'c', 'Enter');
    assert.equal(await label(), 'mc');
    assert.deepEqual((await state()).viewport['bookmarkLabels'], { '0x188000': 'mc' });
    await page.getByRole('button', { name: 'Name bookmark A' }).click();
    await box.fill('x'.repeat(300));
    await page.locator('.map-view').focus();
    await settled(page);
    assert.equal((await label()).length, 60);
    await press('F2');
    await box.fill('Merge goes here');
    await press('Enter');
    await go('0x14000');
    await press('Control+g');
    await page.locator('#search').fill('merge goes');
    await press('Enter');
    assert.match(await selected(), /^0x0018 8000/);
    assert.deepEqual(await violations(page), []);
  });

  it('a reload keeps the name; without a bookmark F2 says what to do', async () => {
    const kept = (await page.evaluate(() => window.harness.state)) as PanelState;
    const again = await harness.open({ ...capturedBoot(CAPTURE), state: kept }, 'highContrast', 1400, 843);
    assert.equal(await again.locator('.bookmark-label').textContent(), 'Merge goes here');
    await again.close();
    await go('0x14000');
    await press('F2');
    assert.match(plain(await page.locator('#search-answer').textContent()), /^Select a bookmarked block/);
    assert.equal(await page.locator('.bookmark-name').count(), 0);
    await page.locator('#search').fill('');
    await settled(page);
  });

  it('Ctrl+click holds a second block against the selected one', async () => {
    await go('0x188000');
    const place = await placeOf('0x188000');
    await page.keyboard.down('Control');
    await page.mouse.click(place.x + 3 * place.cell, place.y);
    await page.keyboard.up('Control');
    await settled(page);
    assert.deepEqual(await page.locator('.pair thead .code').allTextContents(), ['0x188000', '0x18b000']);
    assert.match(await selected(), /^0x0018 8000/);
  });

  it('a drag over the map sums the range, and selects nothing else', async () => {
    const place = await placeOf('0x188000');
    await page.mouse.move(place.x, place.y);
    await page.mouse.down();
    await page.mouse.move(place.x + 3 * place.cell, place.y, { steps: 6 });
    await page.mouse.up();
    await settled(page);
    assert.match(
      plain(await page.locator('.range-sum').textContent()),
      /0x188000…0x18c000 · 16 KiB.*used1 block, 4 KiB.*free2 blocks, 12 KiB/,
    );
    assert.match(await selected(), /^0x0018 8000/);
  });

  it('Esc takes away one after the other: filter, range, second block, selection', async () => {
    await press('Control+f');
    await page.locator('#search').fill('free');
    await settled(page);
    assert.match(plain(await page.locator('#search-answer').textContent()), /^23 of 45 blocks/);
    await page.locator('.map-view').focus();
    await press('Escape');
    assert.equal(await page.locator('#search').inputValue(), '');
    assert.equal(await page.locator('.range-sum').count(), 1);
    await press('Escape');
    assert.equal(await page.locator('.range-sum').count(), 0);
    await press('Escape');
    assert.equal(await page.locator('.pair').count(), 0);
    assert.equal(await page.locator('.selected-range').count(), 1);
    await press('Escape');
    assert.equal(await page.locator('.selected-range').count(), 0);
  });

  it('k pins a step, v compares with it, changes are gone through, v again shows the map', async () => {
    await go('step 44');
    await press('k');
    await go('step 50');
    await press('v');
    assert.match(plain(await page.locator('.compared-summary').textContent()), /^6 operations, 6 changes, 8 pages$/);
    const place = async () => plain(await page.locator('.compared-go > span').textContent());
    await press('Escape', 'v');
    assert.equal(await place(), '6 changes');
    await page.getByRole('button', { name: 'Previous change' }).click();
    await settled(page);
    assert.equal(await place(), 'change 6 of 6');
    assert.match(await selected(), /^0x03fd 9000/);
    await press('n');
    assert.equal(await place(), 'change 1 of 6');
    assert.match(await selected(), /^0x0001 4000/);
    await press('n', 'p', 'p');
    assert.equal(await place(), 'change 6 of 6');
    assert.equal(await page.locator('.compared-mark.selected').getAttribute('aria-label'), '0x3fd9000: malloc(24) → free o0');
    assert.match(plain(await page.locator('.changes tr.selected').textContent()), /^450x3fd9000malloc\(24\)free o0/);
    await press('.');
    assert.match(plain(await page.locator('.side-b').first().textContent()), /step 51/);
    await press('v');
    assert.equal(await page.locator('.comparison').count(), 0);
    assert.equal(await page.locator('.map-view').count(), 1);
  });

  it('the keyboard that was in the map is in the comparison, where the same key leads back', async () => {
    // Step 44 is pinned.
    await page.locator('.map-view').focus();
    await press('v');
    assert.ok(await page.evaluate(() => document.activeElement?.closest('[data-pane=compare]') !== null));
    await press('v');
    assert.equal(await page.locator('.comparison').count(), 0);
    assert.ok(await page.evaluate(() => document.activeElement?.closest('[data-pane=map]') !== null));
  });

  it('what is unchanged unfolds by Enter and by a click, and folds again', async () => {
    // Step 44 is pinned.
    await go('step 50');
    await press('v');
    const fold = page.getByRole('button', { name: /^= unchanged 0x1c0000…/ });
    await fold.focus();
    await press('Enter');
    assert.equal(await fold.getAttribute('aria-expanded'), 'true');
    assert.ok((await page.locator('.compared-plain').count()) > 5);
    assert.match(
      plain(await page.locator('.compared-plain').first().getAttribute('aria-label')),
      /^0x1c0000, unchanged: free o6 · 256 KiB$/,
    );
    await fold.click();
    await settled(page);
    assert.equal(await page.locator('.compared-plain').count(), 0);
    await press('v');
  });

  it('a state of another panel is chosen among the pins, taken away, and said to be gone after a reload', async () => {
    await page.evaluate(() => {
      const { pins } = window.harness.view.comparing;
      const { state } = pins.all.at(-1)!;
      pins.add({ ...state, name: 'ram.bin' });
    });
    await settled(page);
    await go('step 50');
    await press('v');
    const against = page.getByRole('combobox', { name: 'Pinned state to compare with' });
    await against.selectOption({ label: 'ram.bin' });
    await settled(page);
    assert.equal(plain(await page.locator('.compared-summary').textContent()), '6 changes, 8 pages');
    assert.deepEqual((await state()).viewport['against'], await page.evaluate(() => ({ id: window.harness.view.comparing.pins.all.at(-1)!.id, name: 'ram.bin' }))); // prettier-ignore
    // The pin goes, as it does when the window is reloaded: the viewport still names it.
    await page.evaluate(() => {
      const { pins } = window.harness.view.comparing;
      pins.remove(pins.all.at(-1)!.id);
    });
    await settled(page);
    assert.match(plain(await page.locator('.pin-gone').textContent()), /“ram\.bin” is not pinned any more/);
    assert.equal(await page.locator('.map-view').count(), 1);
    await page.getByRole('button', { name: 'Forget it' }).click();
    await settled(page);
    assert.equal(await page.locator('.pin-gone').count(), 0);
  });

  it('plays at the chosen speed until it is stopped, or to the end', async () => {
    await go('step 40');
    await page.getByRole('combobox', { name: 'Operations a second while playing' }).selectOption({ label: '30/s' });
    await page.locator('.map-view').focus();
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await page.waitForFunction(() => !/Step 40 /.test(document.querySelector('.moment')?.textContent ?? ''));
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Play' }).waitFor();
    await settled(page);
    const stopped = await step();
    await page.waitForTimeout(150);
    assert.equal(await step(), stopped);
    await page.getByRole('combobox', { name: 'Operations a second while playing' }).selectOption({ label: 'fastest' });
    await page.locator('.map-view').focus();
    await page.keyboard.press(' ');
    await page.waitForFunction(() => /Step 70 /.test(document.querySelector('.moment')?.textContent ?? ''));
    await page.getByRole('button', { name: 'Play' }).waitFor();
  });

  it('a flood of places from a drag costs a few frames, and ends where the pointer does', async () => {
    const box = (await page.locator('.timeline-slider').boundingBox())!;
    const frames = () => page.evaluate(() => window.harness.view.frame().sequence);
    const before = await frames();
    await page.mouse.move(box.x + 100, box.y + 30);
    await page.mouse.down();
    await page.locator('.timeline-slider').evaluate((slider) => {
      const { left, width } = slider.getBoundingClientRect();
      for (let i = 0; i <= 1000; i++)
        slider.dispatchEvent(new PointerEvent('pointermove', { clientX: left + 90 + ((width - 110) * i) / 1000 }));
    });
    await page.mouse.up();
    await settled(page);
    assert.match(await step(), /^Step (69|70) of 70/);
    const built = (await frames()) - before;
    assert.ok(built < 20, `${String(built)} frames for 1000 places`);
  });

  it('what is marked as changed is by the last step, or since the last stop', async () => {
    await go('step 44');
    await go('step 50');
    const changed = async () => (await page.locator('.member.changed').allTextContents()).length;
    const byStep = await changed();
    await page.getByRole('button', { name: /^Marked as changed/ }).click();
    await settled(page);
    assert.ok((await changed()) > byStep);
    await page.getByRole('button', { name: /^Marked as changed/ }).click();
    await settled(page);
  });

  /** Middle of the first cell of an address on the map, and the width of a cell, in pixels of the page. */
  async function placeOf(address: string): Promise<{ x: number; y: number; cell: number }> {
    const box = (await page.locator('.map-view').boundingBox())!;
    const found = await page.evaluate((at) => {
      const { map } = window.harness.view.frame();
      const row = map!.items.find(
        (i) => i.kind === 'row' && BigInt(i.base) <= BigInt(at) && BigInt(at) < BigInt(i.base) + BigInt(map!.rowBytes),
      );
      if (row?.kind !== 'row') throw new Error('no such row');
      return { y: row.y, cells: Number(BigInt(at) - BigInt(row.base)) / map!.cellBytes };
    }, address);
    const top = await page.evaluate(() => (window.harness.state as { viewport: { map: { top: number } } }).viewport.map.top);
    const width = await page.evaluate(() => document.querySelector('.map-canvas')!.clientWidth);
    const cell = (width - 84 - 22) / 64;
    return { x: box.x + 84 + (found.cells + 0.5) * cell, y: box.y + found.y - top + 10, cell };
  }
});
