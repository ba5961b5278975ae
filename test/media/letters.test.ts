// The letter in a bookmark's disc on the map, looked for in the canvas's own pixels. Skipped where there is no browser.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { contrast } from '../support/contrast';
import { errorsOf, Harness, settled } from './harness';
import { capturedBoot } from './scenarios';
import { THEMES } from './themes';

interface Disc {
  readonly width: number;
  readonly height: number;
  /** Colours `#rrggbb` of what lies within so many pixels of its middle. */
  readonly inside: readonly string[];
  readonly pinned: string;
}

/** The disc on the canvas; there must be one only. */
async function discOn(page: Page): Promise<Disc> {
  const { width, colours, pinned } = await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.map-canvas')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const found: number[] = [];
    for (let i = 0; i < data.length; i += 4) found.push((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
    const variable = getComputedStyle(document.documentElement).getPropertyValue('--vscode-ukboot-pinned');
    return { width: canvas.width, colours: found, pinned: variable.trim().toLowerCase() };
  });
  const wanted = parseInt(pinned.slice(1), 16);
  const at = colours.flatMap((c, i) => (c === wanted ? [[i % width, Math.floor(i / width)] as const] : []));
  const [xs, ys] = [at.map(([x]) => x), at.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const reach = (right - left) / 2 - 1.5;
  const inside: string[] = [];
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++)
      if (Math.hypot(x - (left + right) / 2, y - (top + bottom) / 2) <= reach)
        inside.push(`#${colours[y * width + x]!.toString(16).padStart(6, '0')}`);
  return { width: right - left + 1, height: bottom - top + 1, inside, pinned };
}

describe('panel: letters of bookmarks on the map', () => {
  let harness: Harness;
  before(async () => (harness = await Harness.start()));
  after(() => harness.close());

  const open = (theme: (typeof THEMES)[number], bookmarks: readonly string[], width = 1400) =>
    harness.open({ ...capturedBoot('0.17.0-x86_64-bbuddy-64M'), state: { viewport: { bookmarks } } as never }, theme, width, 843);

  for (const theme of THEMES)
    it(`${theme}: can be told from the disc, 4.5 : 1`, async () => {
      const page = await open(theme, ['0x40000']);
      const { inside, pinned, width, height } = await discOn(page);
      assert.ok(width >= 10 && width <= 13 && Math.abs(width - height) <= 1, `${String(width)} × ${String(height)}`);
      const best = Math.max(...inside.map((colour) => contrast(colour, pinned)));
      assert.ok(best >= 4.5, `${pinned}: ${best.toFixed(2)}`);
      assert.deepEqual(errorsOf(page), []);
      await page.close();
    });

  it('are the bookmarks’ own, and change with them', async () => {
    const page = await open('dark', ['0x3f80000', '0x40000']);
    await page.locator('.bookmarks [data-bookmark="0x3f80000"] button[aria-label^="Remove"]').click();
    await settled(page);
    const a = await discOn(page);
    await page.close();
    const other = await open('dark', ['0x40000']);
    assert.deepEqual(await discOn(other), a, 'B is A when A is gone');
    await other.close();
  });

  it('several in one cell: how many, where there is room, else a disc behind; the card and the grid for readers name all', async () => {
    const several = ['0x188000', '0x18a000', '0x184000'];
    const page = await open('dark', ['0x188000']);
    await page.locator('.map-view').focus();
    await page.keyboard.press('-');
    await settled(page);
    const alone = await discOn(page);
    await page.close();
    const state = { viewport: { bookmarks: several, bookmarkLabels: { '0x18a000': 'receive ring' } } };
    const other = await harness.open({ ...capturedBoot('0.17.0-x86_64-bbuddy-64M'), state: state as never }, 'dark', 1400, 843);
    await other.locator('.map-view').focus();
    await other.keyboard.press('-');
    await settled(other);
    const disc = await discOn(other);
    assert.ok(disc.width >= alone.width + 3, `${String(disc.width)}, alone ${String(alone.width)}`);
    await other.locator('#search').fill('0x188000');
    await other.locator('#search').press('Enter');
    await settled(other);
    const card = other.locator('.pane-selected .cell-card');
    assert.match((await card.innerText()).replace(/\s+/g, ' '), /3 bookmarks: A, B receive ring, C/);
    assert.match((await card.getAttribute('aria-label'))!, /3 bookmarks: A, B receive ring, C/);
    await other
      .locator('#map-selected [role=gridcell]')
      .filter({ hasText: 'A, B receive ring, C' })
      .waitFor({ state: 'attached' });
    assert.deepEqual(errorsOf(other), []);
    await other.close();
    // A cell has no room for the number; a block of several pages has.
    const block = await open('dark', ['0x40000', '0x41000', '0x42000']);
    const long = await discOn(block);
    assert.ok(long.width >= 22 && long.height <= 13, `${String(long.width)} × ${String(long.height)}`);
    assert.deepEqual(errorsOf(block), []);
    await block.close();
  });

  it('the card of the cell that is selected names one that is set or taken away meanwhile', async () => {
    const page = await open('dark', ['0x40000']);
    await page.locator('.map-view').focus();
    await page.keyboard.press('-');
    await page.locator('#search').fill('0x188000');
    await page.locator('#search').press('Enter');
    await settled(page);
    const named = page.locator('.pane-selected .cell-bookmarks');
    assert.equal(await named.count(), 0);
    await page.locator('.map-view').focus();
    await page.keyboard.press('m');
    await settled(page);
    assert.deepEqual(await named.allInnerTexts(), ['bookmark: B']);
    await page.locator('.bookmarks [data-bookmark="0x188000"] button[aria-label^="Remove"]').click();
    await settled(page);
    assert.equal(await named.count(), 0);
    await page.close();
  });

  it('stand at 420 pixels, too; a disc in a cell that is too small stands alone', async () => {
    const page = await open('dark', ['0x188000'], 420);
    assert.ok((await discOn(page)).inside.some((colour) => contrast(colour, '#e08cc0') >= 4.5));
    await page.locator('.map-view').focus();
    await page.keyboard.press('-');
    await settled(page);
    const { width, inside, pinned } = await discOn(page);
    assert.ok(width <= 9, String(width));
    assert.deepEqual([...new Set(inside)], [pinned]);
    await page.close();
  });
});
