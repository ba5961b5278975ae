// What if another allocator had been configured? Compared in the panel, and opened beside it.

import assert from 'node:assert/strict';
import { HeapView } from '../support/heap-view';
import { windowForSuite } from '../support/window';

const INPUT = 'paged-0.17.ukboot.json';

describe('what if, in the window', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());

  it('all allocators are compared on the same boot', async () => {
    const window = suite.get();
    await window.openFile(INPUT);
    await window.command('ukboot: Compare Allocators');
    const table = panel().frame.getByRole('table', { name: 'The same boot under every allocator' });
    await table.waitFor();
    const rows = await table.getByRole('row').allInnerTexts();
    // The heads, and of each allocator its figures and why they are so.
    assert.equal(rows.length, 13, rows.join('\n'));
    assert.match(rows.find((r) => r.startsWith('bbuddy:')) ?? '', /needs one aligned 128.MiB chunk/);
    assert.match(rows.find((r) => r.startsWith('bbuddy')) ?? '', /62\.\d.MiB/);
    // TLSF cannot add the second region, so it has the first one alone.
    assert.match(rows.find((r) => r.startsWith('tlsf')) ?? '', /4\d\d.KiB/);
  });

  it('one of them opens in a heap view of its own, and comes back after a reload as well', async () => {
    const window = suite.get();
    const table = panel().frame.getByRole('table', { name: 'The same boot under every allocator' });
    await table.getByRole('button', { name: 'tlsf' }).click();
    const tab = window.page.locator('.tab[aria-label^="ukboot: paged-0.17.ukboot.json (what if: tlsf)"]');
    await tab.waitFor();
    await panel().frame.locator('.tlsf-grid table').waitFor();
    await window.reload();
    await tab.waitFor();
    assert.equal(await window.page.locator('.tab[aria-label^="ukboot: paged-0.17.ukboot.json"]').count(), 2);
  });
});
