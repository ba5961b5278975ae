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
    await suite.get().closeAll();
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

  it('a raw image alone tells by itself where it belongs, where its heap is and what made it', async () => {
    const window = suite.get();
    await window.selectInExplorer('dump', IMAGE);
    await window.contextMenu(window.explorerRow(IMAGE), 'Import Dump…');
    await showsTheHeap();
  });

  it('steps are not offered for a dump; zooming is', async () => {
    const window = suite.get();
    await window.selectInExplorer('dump', IMAGE);
    await window.contextMenu(window.explorerRow(IMAGE), 'Import Dump…');
    await showsTheHeap();
    assert.deepEqual(await window.commandsLike('ukboot: Step Forward'), []);
    assert.deepEqual(await window.commandsLike('ukboot: Zoom to Fit'), ['ukboot: Zoom to Fit']);
  });

  it('the user may say otherwise, and take it back', async () => {
    const window = suite.get();
    await window.selectInExplorer('dump', IMAGE);
    await window.contextMenu(window.explorerRow(IMAGE), 'Import Dump…');
    await showsTheHeap();
    await window.command('ukboot: Change How the Dump Is Read…');
    await window.pick('Release');
    // A view that had the focus before the questions may take it back between two of them; the second one is still there.
    await window.quickInput.getByText('0.21.0').waitFor();
    await panel().map.focus();
    await window.pick('0.21.0');
    const chips = panel().frame.getByRole('list', { name: 'What was read' });
    await chips.getByText(/^0\.21\.0/).waitFor();
    await window.command('ukboot: Change How the Dump Is Read…');
    await window.pick('Forget what was said');
    await chips.getByText(/^0\.17\.0/).waitFor();
  });

  it('held against the simulation of its boot it says where it stands and what differs', async () => {
    const window = suite.get();
    await window.selectInExplorer('dump', IMAGE);
    await window.contextMenu(window.explorerRow(IMAGE), 'Import Dump…');
    await showsTheHeap();
    await window.command('ukboot: Hold the Dump Against Its Simulation');
    await window.page.locator(`.tab[aria-label^="ukboot: ${IMAGE} (simulated boot)"]`).waitFor();
    const held = panel().frame.getByRole('region', { name: /^Held against the simulation/ });
    await held
      .getByText(/of what|the state|that of|No step has this state|The dump is what/)
      .first()
      .waitFor();
    await held.getByText(/bytes that only the allocator writes were compared/).waitFor();
  });

  it('a dump without heap shows its regions, says why, and takes an address', async () => {
    const window = suite.get();
    await window.selectInExplorer('descriptors', 'mrds-pre-heap.ihex');
    await window.contextMenu(window.explorerRow('mrds-pre-heap.ihex'), 'Import Dump…');
    await panel().frame.getByRole('region', { name: 'No heap' }).waitFor();
    await window
      .toast(/No heap was found in the dump: /)
      .getByRole('button', { name: 'Say Where It Is…' })
      .click();
    await window.quickInput.getByText('where is the heap?').waitFor();
    await window.answer('0x12000');
    await window.toast(/0x12000/).waitFor();
  });

  it('files that hold no memory are answered with what can be imported', async () => {
    const window = suite.get();
    await window.selectInExplorer('dump', ALL[0]!, ALL[1]);
    await window.contextMenu(window.explorerRow(ALL[0]!), 'Import Dump…');
    await window.toast(/None of index\.json, kconfig-full\.txt holds memory.* What can be imported: a raw image/).waitFor();
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
    await panel().simulate('paged-0.17.ukboot.json');
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
    await suite.get().page.locator(`.tab[aria-label^="ukboot: ${IMAGE}"]`).waitFor();
    await showsTheHeap();
  });
});
