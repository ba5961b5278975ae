// Two states above each other, as a person chooses them: two dumps in the explorer, and one of several states that another heap view pinned.

import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { HeapView, plain } from '../support/heap-view';
import { windowForSuite } from '../support/window';

const FIRST = 'ram-post-heap.bin.gz';
const SECOND = 'ram-main-3.bin.gz';

describe('comparisons in the window', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());
  const comparison = (): Locator => panel().frame.getByRole('region', { name: 'Compare' });
  const pinned = (): Promise<void> => panel().frame.getByRole('button', { name: 'Pin this step', pressed: true }).waitFor();

  /** Texts of the row that begins with one. */
  async function cells(table: Locator, first: string): Promise<string[]> {
    const head = suite.get().panel.getByText(first, { exact: true });
    const texts = await table.getByRole('row').filter({ has: head }).locator('th, td').allInnerTexts();
    return texts.map((text) => plain(text).trim());
  }

  it('two dumps chosen in the explorer: one above the other, with every change and the figures of both', async () => {
    const window = suite.get();
    await window.selectInExplorer('stages', SECOND, FIRST);
    await window.contextMenu(window.explorerRow(FIRST), 'Compare Dumps');
    await comparison().waitFor();
    assert.match(
      plain(await comparison().innerText()),
      /A\s+ram-main-3\.bin\.gz\s+→\s+B ram-post-heap\.bin\.gz\s+14 changes, 202 pages/,
    );
    // The later stage first, so what its calls took is given back.
    const figures = panel().frame.getByRole('table', { name: 'Metrics' });
    assert.deepEqual(await cells(figures, 'Free'), ['Free', '62.3 MiB', '62.9 MiB', '+628 KiB']);
    assert.deepEqual(await cells(figures, 'Used'), ['Used', '628 KiB', '0 B', '−628 KiB']);
    const changes = panel().frame.getByRole('table', { name: 'Changes' });
    assert.deepEqual(await cells(changes, '0x14000'), ['0x14000', 'free o1, free o0 + 1', 'free o2']);
    assert.equal(await changes.getByRole('button').count(), 14);
  });

  it('of several pinned states one is chosen; the view is held against that', async () => {
    const window = suite.get();
    await window.closeAll();
    await panel().simulate('typed-0.14.ukboot.json');
    await panel().lists.first().waitFor();
    await panel().map.focus();
    const steps = [await panel().step()];
    await window.page.keyboard.press('k');
    await pinned();
    await window.page.keyboard.press('Shift+,');
    steps.push(await panel().stepOtherThan(steps[0]!));
    await window.page.keyboard.press('k');
    await pinned();
    await panel().simulate('paged-0.17.ukboot.json');
    await panel().lists.first().waitFor();
    await panel().map.focus();
    await window.page.keyboard.press('v');
    await window.quickInput.getByText('Compare with a pinned state').waitFor();
    // Pinned last comes first.
    const offered = await window.quickInput.locator('.monaco-list-row').allInnerTexts();
    assert.deepEqual(
      offered.slice(0, 2).map((text) => /^typed-0\.14\.ukboot\.json, step (\d+)/.exec(text)?.slice(0, 2)),
      [
        [`typed-0.14.ukboot.json, step ${steps[1]!}`, steps[1]],
        [`typed-0.14.ukboot.json, step ${steps[0]!}`, steps[0]],
      ],
    );
    await window.pick(`step ${steps[0]!}`);
    await comparison().waitFor();
    const against = comparison().getByRole('combobox', { name: 'Pinned state to compare with' });
    assert.match(
      await against.locator('option:checked').innerText(),
      new RegExp(`^typed-0\\.14\\.ukboot\\.json, step ${steps[0]!}, `),
    );
    await window.page.keyboard.press('v');
    await panel().map.waitFor();
  });
});
