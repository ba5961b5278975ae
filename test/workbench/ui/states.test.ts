// What the panel shows when there is no normal picture: no heap, an empty one, a damaged one, one that was not read to its end.

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { writeDamaged, writeLarge, writeSlow } from '../support/dumps';
import { HeapView } from '../support/heap-view';
import { WORKSPACE, windowForSuite } from '../support/window';

/** The second chunk of a free list points back to the first. */
const LOOP = [[0x14000, 0x188000]] as const;
/** One page: the allocator's own record takes all of it. */
const ONE_PAGE = { pbase: '0x100000', len: '0x1000', type: 'FREE', flags: ['READ', 'WRITE'] };

describe('states in the window', () => {
  before(() => {
    writeDamaged('damaged', 'ram.bin.gz', LOOP);
    writeLarge('large', 'ram.bin', 64);
    writeSlow('slow', 'pages.bin', 'pages.json', 3);
    const map = { release: '0.17.0', arch: 'x86_64', allocator: 'bbuddy', regions: [ONE_PAGE] };
    writeFileSync(join(WORKSPACE, 'one-page.ukboot.json'), JSON.stringify(map));
  });
  const suite = windowForSuite();
  after(() => {
    for (const folder of ['large', 'slow']) rmSync(join(WORKSPACE, folder), { recursive: true });
  });
  const panel = (): HeapView => new HeapView(suite.get());
  const absence = (): Locator => panel().frame.getByRole('region', { name: 'No heap' });
  const chips = (): Locator => panel().frame.getByRole('list', { name: 'What was read' });
  const metric = async (id: string): Promise<string> =>
    (await panel().frame.locator(`[data-metric=${id}]`).innerText()).replace(/[\u202f\u00a0\s]+/g, ' ');

  it('no heap: both next actions lead on, to a dump and to another file', async () => {
    const window = suite.get();
    await window.openFile('boot-without-heap.ukboot.json');
    await window.command('Simulate ukboot');
    await absence().getByText('Failed to initialize memory allocator').first().waitFor();
    await absence().getByRole('button', { name: 'Simulate another file…' }).click();
    await window.chooseFile(join(WORKSPACE, 'one-page.ukboot.json'));
    await window.page.locator('.tab[aria-label^="ukboot: one-page.ukboot.json"]').waitFor();
    await window.page.locator('.tab[aria-label^="ukboot: boot-without-heap"]').click();
    await panel().shows('boot-without-heap.ukboot.json');
    await absence().getByRole('button', { name: 'Open a dump…' }).click();
    await window.chooseFile(join(WORKSPACE, 'dump/ram-main-3.bin.gz'));
    await panel().frame.getByRole('heading', { level: 1, name: 'Heap: bbuddy 0x12000' }).waitFor();
  });

  it('a heap of one page has nothing to give: zero is 0, what is not defined is –', async () => {
    const window = suite.get();
    await window.page.locator('.tab[aria-label^="ukboot: one-page"]').click();
    await panel().shows('one-page.ukboot.json');
    await panel().frame.locator('.pane-lists').getByText(/\b0 chunks/).first().waitFor(); // prettier-ignore
    assert.match(await metric('free'), /0 B/);
    assert.match(await metric('external'), /–/);
    assert.equal(await absence().count(), 0);
  });

  it('a damaged heap: the finding stands in its pane, at the chunk, in the list and in the tree, and F8 goes to it', async () => {
    const window = suite.get();
    await window.selectInExplorer('damaged', 'ram.bin.gz');
    await window.contextMenu(window.explorerRow('ram.bin.gz'), 'Import Dump…');
    const findings = panel().frame.getByRole('list', { name: /^Findings, \d+/ });
    await findings.waitFor();
    const [first] = await findings.getByRole('listitem').allInnerTexts();
    assert.match(first!, /0x14000|0x188000/);
    assert.match(await chips().innerText(), /\d+ errors?/);
    // What was fine is shown all the same.
    assert.equal((await panel().regions.allTextContents()).length, 15);
    assert.match(await metric('free'), /≥/);
    // In the list, the walk says where it ended; the chunk is marked.
    await panel().frame.locator('.list-row .broken').first().waitFor();
    await panel().frame.locator('.lists .member.finding').first().waitFor();
    // By key, from a place before it.
    await panel().frame.locator('.map-view').focus();
    await window.page.keyboard.press('F8');
    const selected = panel().frame.getByRole('region', { name: 'Selected' });
    await selected.locator('.finding-error').first().waitFor();
    // In the tree beside it.
    await window.toggleHeapTree();
    await window.treeRow(/^Findings/).first().waitFor(); // prettier-ignore
    await window.treeRow(/^list-cycle/).first().waitFor(); // prettier-ignore
    await window.toggleHeapTree();
  });

  it('a large dump is read with progress in bytes; cancelled, what was read stays and says that it is not all', async () => {
    const window = suite.get();
    await window.selectInExplorer('large', 'index.json', 'ram.bin');
    await window.contextMenu(window.explorerRow('index.json'), 'Import Dump…');
    const reading = window.toast('Reading the dump');
    await reading.getByText(/ram\.bin: [\d.]+.[MG]iB of 64(\.\d+)?.GiB/).waitFor();
    await reading.getByRole('button', { name: 'Cancel' }).click();
    await panel().frame.getByRole('heading', { level: 1, name: 'Heap: bbuddy 0x12000' }).waitFor();
    await window.page.locator('.tab[aria-label^="ukboot: ram.bin,"]').waitFor();
    await chips().getByText(/^reading was cancelled: [\d.]+.[MG]iB of 64(\.\d+)?.GiB of ram\.bin$/).waitFor(); // prettier-ignore
    assert.match(await metric('free'), /≥/);
    await window.statusBar.getByText(/bbuddy ≥ .*free · largest \?/).waitFor();
    await window.toast(/Reading was cancelled: .* What was read is shown/).getByRole('button', { name: 'Read All of It' }).waitFor(); // prettier-ignore
  });

  it('opening that is cancelled says how far it was and shows what was found; it can be gone on with', async () => {
    const window = suite.get();
    await window.command('View: Close All Editors');
    await window.selectInExplorer('slow', 'pages.json');
    await window.explorerRow('pages.bin').click({ modifiers: ['Shift'] });
    await window.contextMenu(window.explorerRow('pages.bin'), 'Import Dump…');
    await window.toast('Opening the dump').getByRole('button', { name: 'Cancel' }).click();
    const stopped = window.toast(/Opening the dump was cancelled: looking for .* What was found up to there is shown/);
    await stopped.getByRole('button', { name: 'Go On' }).waitFor();
    await absence().getByRole('heading', { name: 'No heap found yet' }).waitFor();
    await absence()
      .getByText(/^opening was cancelled: looking for/)
      .waitFor();
    await chips().getByText(/^opening was cancelled: looking for/).first().waitFor(); // prettier-ignore
    await stopped.getByRole('button', { name: 'Go On' }).click();
    await absence().getByRole('heading', { name: 'No heap found', exact: true }).waitFor({ timeout: 60_000 });
  });
});
