// Panes that are moved, folded and remembered; and one block, selected everywhere however it was come to.

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { HeapView, plain } from '../support/heap-view';
import { windowForSuite } from '../support/window';

const INPUT = 'paged-0.17.ukboot.json';
const OTHER = 'typed-0.14.ukboot.json';

describe('panes and selections in the window', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());
  const sash = (): Locator => panel().frame.getByRole('separator', { name: 'Width of steps' });
  const width = async (): Promise<number> => Math.round((await panel().frame.locator('.pane-steps').boundingBox())!.width);
  const widthIs = (wanted: number): Promise<unknown> => panel().until(width, (w) => Math.abs(w - wanted) <= 1, `a width of ${String(wanted)}`); // prettier-ignore
  const tab = (file: string): Locator => suite.get().page.locator(`.tab[aria-label^="ukboot: ${file}"]`).first();

  before(() => panel().simulate(INPUT));

  it('a sash is dragged, moved by arrows, and put back by a double click', async () => {
    const { mouse, keyboard } = suite.get().page;
    await widthIs(236);
    const box = (await sash().boundingBox())!;
    await mouse.move(box.x + box.width / 2, box.y + 80);
    await mouse.down();
    await mouse.move(box.x + box.width / 2 + 64, box.y + 80, { steps: 4 });
    await mouse.up();
    await widthIs(300);
    await sash().focus();
    await keyboard.press('ArrowRight');
    await widthIs(316);
    await keyboard.press('ArrowLeft');
    await widthIs(300);
    await sash().dblclick();
    await widthIs(236);
  });

  it('a folded pane keeps its line', async () => {
    await panel().frame.getByRole('button', { name: 'Free lists, open' }).click();
    await panel().frame.locator('.pane-lists.folded .pane-subtitle').getByText(/^o0×1 .*· 25 chunks$/).waitFor(); // prettier-ignore
    assert.equal((await panel().frame.locator('.pane-lists').boundingBox())!.height, 24);
  });

  it('another heap view of the workspace begins as this one was left', async () => {
    await sash().focus();
    for (let n = 0; n < 4; n++) await suite.get().page.keyboard.press('ArrowRight');
    await widthIs(300);
    await tab(INPUT).click();
    await panel().shows(INPUT);
    await suite.get().command('View: Close Editor');
    await tab(INPUT).waitFor({ state: 'detached' });
    await panel().simulate(OTHER);
    await widthIs(300);
    await panel().frame.locator('.pane-lists.folded').waitFor();
  });

  it('an address inside of a block selects it everywhere, and the box says what is there', async () => {
    await panel().simulate(INPUT);
    await panel().frame.getByRole('button', { name: 'Free lists, folded' }).click();
    await panel().goTo('0x188010', '0x188000');
    assert.match(await panel().answer(), /^0x188010 is byte 16 of the free block/);
    await panel().frame.locator('.list-row.selected', { hasText: /^o3/ }).waitFor();
    await panel().frame.locator('.region.selected').getByText(/at 0x180000/).waitFor(); // prettier-ignore
    await panel().frame.locator('#map-selected', { hasText: '0x188000' }).waitFor({ state: 'attached' });
    await panel().go('step 12');
    await panel().stepAt(/^12$/);
    await panel().go('step 17');
    await panel().stepAt(/^17$/);
  });

  it('an address in a region that is no heap leads to its descriptor, and from there to why', async () => {
    await panel().go('0xa1000');
    const details = panel().frame.getByRole('region', { name: 'Selected' });
    await details.getByText(/^Region 3, reserved/).waitFor();
    assert.match(await panel().answer(), /^0xa1000 is in region 3, .*and in no block of this heap/);
    await details.getByRole('row', { name: /^len 0x20000/ }).waitFor();
    await panel().frame.locator('.region.selected').getByText(/at 0xa0000/).waitFor(); // prettier-ignore
    await details.getByRole('button', { name: 'Why?' }).click();
    await panel().frame.getByRole('heading', { name: 'Why is 0xa0000…0xc0000 no heap?' }).waitFor();
    await panel().frame.getByRole('button', { name: 'Explain, open' }).click();
    await panel().goTo('0x188010', '0x188000');
  });

  for (const [filter, share] of [
    ['free order:>=5', 15],
    ['size>64K', 16],
  ] as const)
    // prettier-ignore
    it(`a filter says how many blocks it lets through, dims the rest in the map, and Enter walks them: ${filter}`, async () => {
      const unfiltered = await panel().steady(pixels);
      await panel().type(filter);
      const blocks = Number(await panel().map.getAttribute('aria-rowcount'));
      assert.ok(blocks > 25);
      await panel().until(() => panel().answer(), (said) => said === `${String(share)} of ${String(blocks)} blocks`, `${String(share)} of ${String(blocks)}`); // prettier-ignore
      await panel().until(pixels, (now) => now !== unfiltered, 'another picture of the map');
      const before = await panel().selected();
      await suite.get().page.keyboard.press('Enter');
      const match = await panel().until(() => panel().selected(), (at) => at !== before, 'a match selected'); // prettier-ignore
      assert.match(plain(await panel().frame.locator('.selected-title').innerText()), /(MiB|128 KiB|256 KiB|512 KiB)/, match);
      await suite.get().page.keyboard.press('Escape');
      await panel().until(() => panel().answer(), (said) => !/blocks/.test(said), 'no count any more'); // prettier-ignore
    });

  it('a link is followed by a click on its field, and by a double click on the block in the map', async () => {
    await panel().goTo('0x3fd8000');
    const next = panel().frame.locator('.struct .value .link', { hasText: '0x184000' }).first();
    await next.click();
    await panel().selectedAt('0x184000');
    // In the map: whichever free block stands under the pointer, its next one in the list.
    await panel().goTo('0x1c0000');
    const box = (await panel().map.boundingBox())!;
    const { mouse } = suite.get().page;
    // Longer each time: a slow machine may take its time to show what a click has selected.
    for (const wait of [150, 600, 2400])
      for (let y = 24; y < box.height; y += 14) {
        await mouse.click(box.x + box.width - 60, box.y + y);
        await new Promise((resolve) => setTimeout(resolve, wait));
        if ((await panel().selected()) !== '0x1c0000') continue;
        await mouse.dblclick(box.x + box.width - 60, box.y + y);
        await panel().selectedAt('0x40000');
        return;
      }
    assert.fail('0x1c0000 is nowhere in the map');
  });

  it('a bookmark has a letter and says what it stands on; the bytes of the selected block open as text', async () => {
    const window = suite.get();
    await panel().goTo('0x188000');
    await panel().map.focus();
    await window.page.keyboard.press('m');
    const mark = panel().frame.getByRole('list', { name: 'Bookmarks, 1' }).getByRole('listitem');
    assert.match(plain(await mark.innerText()).replace(/\s+/g, ' '), /^A 0x188000 .*32 KiB/);
    await window.command('ukboot: Open Bytes in Hex Editor');
    await window.lines.filter({ hasText: /^00188000/ }).first().waitFor(); // prettier-ignore
    await window.command('View: Close Editor');
    await window.command('ukboot: Open Heap View');
    await panel().shows(INPUT);
  });

  it('after a reload each view has its own panes, and the way through selections is still there', async () => {
    const { keyboard } = suite.get().page;
    await panel().goTo('0x14000');
    await panel().goTo('0x182000');
    await sash().dblclick();
    await widthIs(236);
    await suite.get().reload();
    await panel().selectedAt('0x182000');
    await widthIs(236);
    await panel().map.focus();
    await keyboard.press('Alt+ArrowLeft');
    await panel().selectedAt('0x14000');
    await keyboard.press('Alt+ArrowLeft');
    await panel().selectedAt('0x188000');
    await keyboard.press('Alt+ArrowRight');
    await panel().selectedAt('0x14000');
    await tab(OTHER).click();
    await panel().shows(OTHER);
    await widthIs(300);
    await panel().frame.locator('.pane-lists.folded').waitFor();
  });

  /** The map's pixels as one number. */
  async function pixels(): Promise<string> {
    return await panel()
      .frame.locator('.map-canvas')
      .evaluate((canvas) => {
        const c = canvas as HTMLCanvasElement;
        const { data } = c.getContext('2d')!.getImageData(0, 0, c.width, c.height);
        let sum = 0;
        for (let i = 0; i < data.length; i++) sum = (sum * 31 + data[i]!) % 0x7fffffff;
        return String(sum);
      });
  }
});
