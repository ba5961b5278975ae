// Menus of the heap view, the tree beside it, and hovers on addresses: as a person with a mouse meets them.

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { HeapView } from '../support/heap-view';
import { SOON, windowForSuite } from '../support/window';

const INPUT = 'paged-0.17.ukboot.json';

describe('places in the window', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());
  const menu = (): Locator => suite.get().page.locator('.monaco-menu .action-label');
  const region = (text: RegExp): Locator => panel().regions.filter({ hasText: text });

  before(async () => {
    await panel().simulate(INPUT);
    await panel().lists.first().waitFor();
  });

  it('a region leads to its line in the source', async () => {
    const window = suite.get();
    await window.contextMenu(region(/at 0x180000/), "Go to Region's Source Line");
    await window.statusBar.getByText(/Ln 23, Col/).waitFor();
  });

  it('a region is explained', async () => {
    await suite.get().contextMenu(region(/at 0x180000/), 'Explain What Became of This Region');
    const chosen = panel().frame.locator('.explain select');
    for (const last = Date.now() + SOON; (await chosen.inputValue()) !== 'region:9';)
      assert.ok(Date.now() < last, `explained is ${await chosen.inputValue()}`);
  });

  it('a member of a list says where it is', async () => {
    const window = suite.get();
    const member = panel()
      .frame.getByRole('tree', { name: /^Free lists/ })
      .locator('.member')
      .first();
    const address = (await member.innerText()).trim();
    await window.contextMenu(member, 'Where Is This Address?');
    await window.toast(new RegExp(`${address} is byte 0 of the free block .* It is in region \\d+, free rw-`)).waitFor();
  });

  it('the map offers what can be done with a block; its bytes open as text where there is no hex editor', async () => {
    const window = suite.get();
    const map = panel().frame.getByRole('grid', { name: /^Blocks/ });
    await map.click({ button: 'right', position: { x: 200, y: 40 } });
    await menu().first().waitFor();
    const labels = (await menu().allInnerTexts()).map((l) => l.trim());
    for (const label of ['Where Is This Address?', 'Open Bytes in Hex Editor', 'Copy Address'])
      assert.ok(labels.includes(label), labels.join(', '));
    assert.ok(!labels.includes('Copy Line'), labels.join(', '));
    await window.page.keyboard.press('Escape');
    await window.contextMenu(region(/at 0x180000/), 'Open Bytes in Hex Editor');
    await window.toast(/Shown as text: the Hex Editor extension .* is not installed/).waitFor();
    await window.lines
      .filter({ hasText: /^00180000/ })
      .first()
      .waitFor();
  });

  it('a line of the log, and a step, are copied; text boxes keep their own menu', async () => {
    const window = suite.get();
    await window.command('ukboot: Open Heap View');
    for (const list of ['.log-list', '.steps-list']) {
      await panel()
        .frame.locator(`${list} .virtual-row.${list === '.log-list' ? 'log-row' : 'operation'}`)
        .first()
        .click({ button: 'right' });
      await menu().filter({ hasText: 'Copy Line' }).waitFor();
      await window.page.keyboard.press('Escape');
    }
    await panel().frame.getByRole('textbox', { name: 'Address, block or filter' }).click({ button: 'right' });
    assert.equal(await menu().filter({ hasText: 'Copy Address' }).count(), 0);
    await window.page.keyboard.press('Escape');
  });

  it('an address of the log that is part of the heap says so on hover', async () => {
    const window = suite.get();
    await window.command('View: Focus First Editor Group');
    await window.openFile(INPUT, 23);
    await window.hoverFor('0x180000', 'In the heap view of');
    const hover = await window.hoverFor('0x180000', 'In the heap view of');
    assert.match(hover, /0x180000 is byte 0 of the metadata block/);
    assert.match(hover, /In region 9, free rw-/);
    // The hover on the region itself offers to show that.
    await window.page.locator('.monaco-hover:visible a', { hasText: /Show 0x180000 in heap view/ }).click();
    await panel().frame.getByRole('heading', { level: 1 }).waitFor();
  });

  it('the tree has regions, figures, lists and findings; what is chosen there is selected in the view, and the other way round', async () => {
    const window = suite.get();
    // The explorer's files make room, so that all rows of the tree are there.
    const headers = window.page.locator('.split-view-view .pane-header');
    const files = headers.first();
    const heap = headers.filter({ hasText: 'Unikraft Heap' }).first();
    await files.click();
    await heap.click();
    const row = (text: string | RegExp): Locator => window.page.locator('.pane-body .monaco-list-row', { hasText: text });
    for (const text of ['Regions', 'bbuddy', 'Free lists', 'Findings']) await row(text).first().waitFor();
    await row(/^9 free rw/).click();
    await panel()
      .frame.locator('.region.selected')
      .getByText(/at 0x180000/)
      .waitFor();
    await region(/at 0x12000/).click();
    await window.page.locator('.pane-body .monaco-list-row.selected', { hasText: /2 free rw/ }).waitFor();
    await heap.click();
    await files.click();
  });

  it('the item in the status bar leads to the heap view', async () => {
    const window = suite.get();
    const view = window.page.locator(`.tab[aria-label^="ukboot: ${INPUT}"]`);
    // Beside the view: what is hidden has no figures in the status bar.
    await window.command('View: Focus First Editor Group');
    await window.openFile(INPUT);
    assert.equal(await view.and(window.page.locator('.editor-group-container.active .tab.active')).count(), 0);
    await window.statusBar.getByText(/bbuddy .*free · largest 16.MiB/).click();
    await view.and(window.page.locator('.editor-group-container.active .tab.active')).waitFor();
    await panel().shows(INPUT);
  });

  it('the walkthrough has five steps, each with its picture', async () => {
    const window = suite.get();
    await window.choose('Welcome: Open Walkthrough', 'See how a unikernel gets its heap');
    const steps = window.page.locator('.getting-started-step');
    await steps.first().waitFor();
    assert.equal(await steps.count(), 5);
    const pictures = new Set<string>();
    for (const step of await steps.all()) {
      // The first one is open from the start; a click there would fold it, or press its button.
      if ((await step.getAttribute('aria-expanded')) !== 'true') await step.locator('.step-title').click();
      pictures.add(await panel().until(shownPicture, (name) => name !== '' && !pictures.has(name), 'another picture')); // prettier-ignore
    }
    assert.deepEqual(
      [...pictures],
      ['hover', 'heap-view', 'step', 'compare', 'dump'].map((name) => `${name}.webp`),
    );
  });

  /** The walkthrough's picture; empty before it is loaded. */
  async function shownPicture(): Promise<string> {
    const pictures = suite.get().page.locator('.getting-started-media img');
    return await pictures.evaluateAll(([first]) => {
      const img = first as HTMLImageElement | undefined;
      return img === undefined || img.naturalWidth === 0
        ? ''
        : (/[\w-]+\.webp/.exec(decodeURIComponent(img.currentSrc))?.[0] ?? '');
    });
  }
});
