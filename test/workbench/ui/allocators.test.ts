// Other allocators on the same boot, chosen from the picker: what each shows of itself follows the steps, both ways.

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { HeapView } from '../support/heap-view';
import { SOON, windowForSuite } from '../support/window';

const INPUT = 'what-if.ukboot.json';

describe('allocators from the picker', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());

  /** Simulates the input under an allocator, as a user does who is asked for it. */
  async function choose(allocator: string): Promise<void> {
    const window = suite.get();
    await window.closeAll();
    await window.openFile(INPUT);
    await window.command('Simulate ukboot');
    await window.pick(allocator);
    await window.page.locator(`.tab[aria-label^="ukboot: ${INPUT}"]`).waitFor();
    await panel().frame.getByRole('list', { name: 'What was read' }).getByText(allocator, { exact: true }).waitFor();
  }

  /** What a picture says, in words; waits for another text than one that was seen before. */
  async function textOf(picture: Locator, otherThan?: string): Promise<string> {
    for (const last = Date.now() + SOON; ;) {
      const text = await picture.innerText();
      if (text !== otherThan) return text;
      assert.ok(Date.now() < last, `still shown: ${text}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Steps until a condition holds; each step is waited for. */
  async function stepUntil(button: string, holds: () => Promise<boolean>): Promise<void> {
    for (let i = 0; i < 40 && !(await holds()); i++) {
      const before = await panel().step();
      await panel().press(button);
      await panel().stepOtherThan(before);
    }
    assert.ok(await holds(), `${button} never led there`);
  }

  /** From the start into init until the picture is there, on until it changes, and back. */
  async function followsSteps(picture: Locator): Promise<void> {
    const heap = panel();
    await heap.press('Restart');
    await heap.stepAt(/^0$/);
    assert.equal(await picture.count(), 0, 'no picture before the boot');
    await stepUntil('Step forward', async () => (await picture.count()) > 0);
    const init = await heap.step();
    assert.match(init, /^2(\.\d+)?$/, 'the heap appears in the steps of init');
    const fresh = await textOf(picture);
    await stepUntil('Step forward', async () => (await picture.innerText()) !== fresh);
    await stepUntil('Step back', async () => (await heap.step()) === init);
    assert.equal(await textOf(picture), fresh, 'the same picture at the same step');
    await heap.press('Step back');
    await heap.stepOtherThan(init);
    await heap.frame.getByRole('region', { name: 'No heap' }).waitFor();
    assert.equal(await picture.count(), 0, 'before that step there is none again');
  }

  it('TLSF: the grid of lists follows the steps of init, both ways', async () => {
    await choose('tlsf');
    const grid = panel().frame.locator('.tlsf-grid table');
    await grid.waitFor();
    await followsSteps(grid);
    // One block at first, whose class is the only set bit.
    await panel().press('Step forward');
    await grid.waitFor();
    assert.equal(await grid.getByRole('button').count(), 1);
    assert.equal(await grid.locator('.bit.set').count(), 1);
  });

  it('TLSF: a size typed into the probe marks the classes of its request', async () => {
    const heap = panel();
    await heap.runToEnd();
    await heap.frame.getByRole('textbox', { name: 'Size of a malloc to try' }).fill('2500');
    await heap.frame.locator('.tlsf-grid td.cell.marked').first().waitFor();
    assert.ok((await heap.frame.locator('.probe ol li').count()) >= 3);
  });

  it('tinyalloc: the table of descriptors follows the steps, both ways', async () => {
    await choose('tinyalloc');
    const table = panel().frame.locator('.tiny');
    await table.waitFor();
    await followsSteps(table);
  });

  it('mimalloc: segments appear with the first request of a ready thread, and go when it is undone', async () => {
    await choose('mimalloc');
    const heap = panel();
    const segments = heap.frame.locator('.mi-pages');
    await heap.runToEnd();
    await segments.first().waitFor();
    await heap.press('Restart');
    await heap.stepAt(/^0$/);
    await stepUntil('Step over an operation', async () => (await segments.count()) > 0);
    const shown = await textOf(heap.frame.locator('.mi'));
    await heap.press('Back over an operation');
    await textOf(heap.frame.locator('.mi'), shown);
    assert.equal(await segments.count(), 0);
    await heap.press('Step over an operation');
    await segments.first().waitFor();
    assert.equal(await textOf(heap.frame.locator('.mi')), shown);
  });

  it('Oscar as a what-if: a pointer that was freed faults, a live one reaches its frame', async () => {
    await choose('oscar');
    const heap = panel();
    const pages = heap.frame.locator('.oscar-content');
    await heap.runToEnd();
    await pages.locator('button.page.revoked').first().waitFor();
    await pages.locator('button.page.revoked').first().click();
    const probe = heap.frame.locator('.probe');
    await probe.getByText(/Fault\. It was #\d+ .*, freed by (free|realloc) at step \d+/).waitFor();
    await pages.locator('button.page.live[data-frame]').last().click();
    await probe.getByText(/^Reaches 0x[0-9a-f]+/).waitFor();
    // Before the free, the same page was alive.
    const stale = await pages.locator('button.page.revoked').count();
    await stepUntil('Back over an operation', async () => (await pages.locator('button.page.revoked').count()) < stale);
  });
});
