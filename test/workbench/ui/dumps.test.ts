// A dump of a real kernel, imported as people do it: from the explorer, from the palette, by dropping it on a heap view.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeapView } from '../support/heap-view';
import { WORKSPACE, windowForSuite } from '../support/window';

const IMAGE = 'ram-main-3.bin.gz';
const ALL = ['index.json', 'kconfig-full.txt', 'nm-memory-symbols.txt.gz', IMAGE];

describe('dumps in the window', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());

  beforeEach(async () => {
    await suite.get().command('View: Close All Editors');
  });

  /** What the capture's transcript says of this stage: 62.3 MiB free, in 23 chunks. */
  async function showsTheHeap(): Promise<void> {
    const heap = panel();
    await heap.frame.getByRole('heading', { level: 1, name: 'Heap: bbuddy 0x12000' }).waitFor();
    const chips = await heap.frame.getByRole('list', { name: 'What was read' }).innerText();
    assert.match(chips, /0\.17\.0/);
    assert.match(chips, /source: RAM dump/);
    assert.match(chips, /no findings/);
    assert.equal((await heap.regions.allTextContents()).length, 15);
    await suite
      .get()
      .statusBar.getByText(/bbuddy 62\.3.MiB free · largest 16.MiB/)
      .waitFor();
  }

  it('several files chosen in the explorer are understood together', async () => {
    const window = suite.get();
    await window.selectInExplorer('dump', ALL[0]!, IMAGE);
    await window.contextMenu(window.explorerRow(IMAGE), 'Import Dump…');
    await showsTheHeap();
  });

  it('steps are not offered for a dump; zooming is', async () => {
    const window = suite.get();
    await window.selectInExplorer('dump', IMAGE);
    await window.contextMenu(window.explorerRow(IMAGE), 'Import Dump…');
    await window.pickSeveral(ALL.filter((name) => name !== IMAGE));
    await showsTheHeap();
    assert.deepEqual(await window.commandsLike('ukboot: Step Forward'), []);
    assert.deepEqual(await window.commandsLike('ukboot: Zoom to Fit'), ['ukboot: Zoom to Fit']);
  });

  it('a raw image alone: files beside it are offered, then its address, its heap and what made it are asked', async () => {
    const window = suite.get();
    await window.selectInExplorer('dump', IMAGE);
    await window.contextMenu(window.explorerRow(IMAGE), 'Import Dump…');
    await window.quickInput.getByText('nothing says at which address it begins').waitFor();
    await window.pickSeveral([]);
    await window.quickInput.getByText('where does the raw image begin?').waitFor();
    await window.answer('nonsense');
    await window.quickInput.getByText('Expected a 64-bit address such as 0x12000.').waitFor();
    await window.answer('0x0');
    await window.quickInput.getByText('where is the heap?').waitFor();
    await window.answer(undefined);
    await window.pick('0.17.0');
    await window.pick('bbuddy');
    const heap = panel();
    await heap.frame.getByRole('heading', { level: 1, name: 'Heap: bbuddy 0x12000' }).waitFor();
    await heap.frame.getByText('heap at 0x12000, as typed').waitFor();
  });

  it('a reload brings the dump back', async () => {
    const window = suite.get();
    await window.selectInExplorer('dump', ALL[0]!, IMAGE);
    await window.contextMenu(window.explorerRow(IMAGE), 'Import Dump…');
    await showsTheHeap();
    await window.reload();
    await showsTheHeap();
  });

  it('files dropped on a heap view are imported together', async () => {
    const window = suite.get();
    await window.openFile('paged-0.17.ukboot.json');
    await window.command('Simulate ukboot');
    await panel().moment.waitFor();
    const files = ALL.map((name) => ({ name, base64: readFileSync(join(WORKSPACE, 'dump', name)).toString('base64') }));
    await panel()
      .frame.locator('.app')
      .evaluate((app, dropped) => {
        const transfer = new DataTransfer();
        for (const { name, base64 } of dropped)
          transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
        const init = { dataTransfer: transfer, bubbles: true, cancelable: true };
        app.dispatchEvent(new DragEvent('dragover', init));
        app.dispatchEvent(new DragEvent('drop', init));
      }, files);
    await window.page.locator(`.tab[aria-label^="ukboot: ${IMAGE}"]`).waitFor();
    await showsTheHeap();
  });
});
