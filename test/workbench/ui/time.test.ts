// Time and marks in the real window: by keyboard alone, through a reload, in two panels at once, and without a heap.

import assert from 'node:assert/strict';
import { HeapView } from '../support/heap-view';
import { windowForSuite } from '../support/window';

const INPUT = 'paged-0.17.ukboot.json';

describe('heap view: time and marks', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());
  const keyboard = () => suite.get().page.keyboard;

  it('a boot in 16 bytes has no heap, and the panel says so in the kernel’s words', async () => {
    await panel().simulate('sixteen-bytes.ukboot.json');
    const absence = suite.get().panel.getByRole('region', { name: 'No heap' });
    await absence.waitFor();
    await absence.getByRole('button', { name: 'Simulate another file…' }).waitFor();
    await suite.get().closeAll();
  });

  it('everything is reached by keyboard alone: step, find, select, bookmark, pin, compare, play', async () => {
    await panel().simulate(INPUT);
    await panel().lists.first().waitFor();
    await panel().go('step 12');
    await panel().stepAt(/^12$/);
    await panel().goTo('0x12000');
    await panel().toPane('map');
    await keyboard().press('m');
    await suite.get().panel.locator('.bookmarks .code').first().waitFor();
    await keyboard().press('k');
    await suite.get().panel.getByRole('button', { name: 'Pin this step', pressed: true }).waitFor();
    await keyboard().press('Shift+Period');
    const later = await panel().stepAt(/^13$/);
    await keyboard().press('v');
    await suite.get().panel.getByRole('region', { name: 'Compare' }).waitFor();
    await keyboard().press('v');
    await suite.get().panel.getByRole('region', { name: 'Map', exact: true }).waitFor();
    await panel().toPane('timeline');
    await keyboard().press('Home');
    await panel().stepAt(/^0$/);
    await keyboard().press('Space');
    await panel().stepOtherThan('0');
    await keyboard().press('Space');
    await panel().go(`step ${later}`);
    await panel().stepAt(new RegExp(`^${later}$`));
    assert.match(await suite.get().panel.getByRole('status').first().innerText(), /^Step /);
  });

  it('a reload keeps the step, the bookmark and the pin', async () => {
    const left = await panel().step();
    await suite.get().reload();
    assert.equal(await panel().stepAt(new RegExp(`^${left}$`)), left);
    await suite.get().panel.locator('.bookmarks .code').first().waitFor();
    // Pinned is step 12; the button says so where the view stands at it.
    await panel().go('step 12');
    await suite.get().panel.getByRole('button', { name: 'Pin this step', pressed: true }).waitFor();
  });

  it('two panels stand at places of their own', async () => {
    const left = await panel().step();
    const window = suite.get();
    await panel().simulate('typed-0.14.ukboot.json');
    await panel().press('Restart');
    await panel().stepAt(/^0$/);
    await window.page.locator(`.tab[aria-label^="ukboot: ${INPUT}"]`).first().click();
    await panel().shows(INPUT);
    assert.equal(await panel().stepAt(new RegExp(`^${left}$`)), left);
  });
});
