// The main job, as a user does it: open an input, simulate, read the panel, step both ways, reload.

import assert from 'node:assert/strict';
import { HeapView } from '../support/heap-view';
import { windowForSuite } from '../support/window';

const INPUT = 'paged-0.17.ukboot.json';
/** The step that it opens at, and its last one. */
const BOOTED = /^17$/;
const LAST = '34';

describe('scenario: a memory-map file from the palette to the panel', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());

  it('Simulate ukboot opens the heap view beside the editor', async () => {
    const window = suite.get();
    await window.openFile(INPUT);
    await window.command('Simulate ukboot');
    await window.page
      .locator(`.tab[data-resource-name="ukboot: ${INPUT}"], .tab[aria-label^="ukboot: ${INPUT}"]`)
      .first()
      .waitFor();
    await panel().shows(INPUT);
  });

  it('the panel lists every region with what became of it', async () => {
    await panel().regions.first().waitFor();
    const spoken = await panel().regions.allTextContents();
    assert.equal(spoken.length, 11, spoken.join('\n'));
    assert.match(spoken[2]!, /free, read write, 568 kibibytes at 0x12000, .*init → heap/);
    assert.match(spoken[9]!, /62.4 mebibytes at 0x180000, .*addmem → added/);
  });

  it('the free lists are a tree with one item an order', async () => {
    await panel().lists.first().waitFor();
    const spoken = await panel().lists.allTextContents();
    assert.ok(
      spoken.some((text) => /order 12, 2 chunks/.test(text)),
      spoken.join('\n'),
    );
  });

  it('stepping back and forward by buttons shows another step, and the same one again', async () => {
    const heap = panel();
    const end = await heap.stepAt(BOOTED);
    await heap.press('Step back');
    const back = await heap.stepOtherThan(end);
    await heap.press('Step forward');
    assert.equal(await heap.stepOtherThan(back), end);
  });

  it('stepping over goes by whole operations, both ways', async () => {
    const heap = panel();
    await heap.stepAt(BOOTED);
    await heap.press('Back over an operation');
    await heap.stepAt(/^16$/);
    await heap.press('Step over an operation');
    await heap.stepAt(BOOTED);
  });

  it('restart goes to the beginning, where there is no heap; run goes to the end', async () => {
    const heap = panel();
    await heap.press('Restart');
    await heap.stepAt(/^0$/);
    await heap.frame.getByRole('region', { name: 'No heap' }).waitFor();
    assert.equal(await heap.runToEnd(), LAST);
    await heap.lists.first().waitFor();
  });

  it('keys step as well, each press once', async () => {
    const heap = panel();
    await heap.press('Restart');
    const start = await heap.stepAt(/^0$/);
    await heap.frame.locator('body').press('.');
    const one = await heap.stepOtherThan(start);
    await heap.frame.locator('body').press('.');
    const two = await heap.stepOtherThan(one);
    await heap.frame.locator('body').press(',');
    assert.equal(await heap.stepOtherThan(two), one);
    await heap.frame.locator('body').press(',');
    assert.equal(await heap.stepOtherThan(one), start);
  });

  it('what is typed elsewhere is for what is there, though the heap view is the active editor', async () => {
    const { page, quickInput } = suite.get();
    const letters = 'chmlkvb.,0-';
    await panel().frame.locator('body').press('Escape');
    const before = await panel().step();
    await page.keyboard.press('F1');
    const box = quickInput.locator('input[type="text"], input:not([type])').first();
    await box.waitFor();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(letters, { delay: 20 });
    assert.equal(await box.inputValue(), letters);
    await page.keyboard.press('Escape');
    assert.equal(await panel().step(), before);
  });

  it('the timeline is dragged to a place in time', async () => {
    const heap = panel();
    await heap.runToEnd();
    const box = await heap.timeline.boundingBox();
    assert.ok(box);
    const { mouse } = suite.get().page;
    await mouse.move(box.x + box.width - 30, box.y + box.height / 2);
    await mouse.down();
    await mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
    await mouse.up();
    // On the way there it shows steps in between.
    await heap.stepAt(/^1[67]$/);
  });

  it('commands of the palette step the heap view too', async () => {
    await suite.get().command('ukboot: Run to End');
    assert.equal(await panel().end(), LAST);
  });

  it('the status bar tells about the heap', async () => {
    await suite
      .get()
      .statusBar.getByText(/bbuddy .* free/)
      .waitFor();
  });

  it('a reload restores the panel at the same step', async () => {
    const heap = panel();
    await heap.end();
    await heap.press('Back over an operation');
    const left = await heap.stepAt(/^33$/);
    await suite.get().reload();
    // With its first frame: nothing stepped there.
    assert.equal(await heap.step(), left);
  });
});
