// The heap view's looks and reach: themes, accessibility, other inputs, messages.

import assert from 'node:assert/strict';
import { HeapView } from '../support/heap-view';
import { windowForSuite } from '../support/window';

describe('heap view in the window', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());

  beforeEach(async () => {
    await suite.get().closeAll();
  });

  /** A picture of the map as numbers that change with its colours. */
  async function colours(): Promise<string> {
    return await suite
      .get()
      .panel.locator('canvas')
      .first()
      .evaluate((canvas) => {
        const c = canvas as HTMLCanvasElement;
        const { data } = c.getContext('2d')!.getImageData(0, 0, c.width, c.height);
        let sum = 0;
        for (let i = 0; i < data.length; i += 4)
          sum = (sum * 31 + data[i]! * 65536 + data[i + 1]! * 256 + data[i + 2]!) % 0x7fffffff;
        return String(sum);
      });
  }

  it('a classic memory map is simulated', async () => {
    await panel().simulate('classic-0.10.ukboot.json');
    assert.match(await panel().frame.getByRole('list', { name: 'What was read' }).innerText(), /0\.10/);
  });

  it('a boot without heap says why', async () => {
    await panel().simulate('boot-without-heap.ukboot.json');
    await panel().frame.getByRole('region', { name: 'No heap' }).waitFor();
    await panel().frame.getByRole('button', { name: 'Why?', exact: true }).click();
    const card = panel().frame.getByRole('article');
    await card.getByText('none of the 3 regions is FREE').waitFor();
    await card.getByText('Failed to initialize memory allocator', { exact: true }).waitFor();
  });

  it('a C source asks for what it does not say, and takes the answers', async () => {
    const window = suite.get();
    await window.openFile('board.c');
    await window.command('Simulate ukboot');
    await window.pick('0.17.0');
    await window.pick('region');
    await window.page.locator('.tab[aria-label^="ukboot: board.c"]').waitFor();
    await panel().moment.waitFor();
  });

  it('a GDB transcript of a real kernel gives its heap', async () => {
    const window = suite.get();
    await window.openFile('gdb-0.17.0-x86_64-bbuddy.txt');
    await window.command('Simulate ukboot');
    // The transcript says its release, but not its allocator.
    await window.pick('bbuddy');
    await panel().regions.first().waitFor();
    const spoken = await panel().regions.allTextContents();
    assert.equal(spoken.length, 15);
    assert.ok(
      spoken.some((text) => /0x180000, .*addmem → added/.test(text)),
      spoken.join('\n'),
    );
  });

  it('a file without regions is answered with what can be read', async () => {
    const window = suite.get();
    await window.openFile('nothing.txt');
    await window.command('Simulate ukboot');
    await window.toast(/No region descriptors were found in nothing\.txt/).waitFor();
  });

  it('the editor title offers it for a memory map, not for other files', async () => {
    const window = suite.get();
    await window.openFile('nothing.txt');
    const button = window.page.locator('.editor-group-container.active .editor-actions [aria-label^="Simulate ukboot"]');
    assert.equal(await button.count(), 0);
    await window.openFile('typed-0.14.ukboot.json');
    await button.click();
    await window.page.locator('.tab[aria-label^="ukboot: typed-0.14.ukboot.json"]').waitFor();
  });

  it('the explorer offers it for files that may be read', async () => {
    const window = suite.get();
    await window.contextMenu(window.explorerRow('paged-0.17.ukboot.json'), 'Simulate ukboot');
    await window.page.locator('.tab[aria-label^="ukboot: paged-0.17.ukboot.json"]').waitFor();
    await panel().shows('paged-0.17.ukboot.json');
  });

  it('another theme redraws it', async () => {
    const window = suite.get();
    await panel().simulate('paged-0.17.ukboot.json');
    await window.panel.locator('body.vscode-dark').waitFor();
    await panel().lists.first().waitFor();
    const dark = await panel().steady(colours);
    await window.command('Preferences: Toggle between Light/Dark Themes');
    await window.panel.locator('body.vscode-light').waitFor();
    await panel().until(colours, (now) => now !== dark, 'other colours than the dark ones');
    await window.command('Preferences: Toggle between Light/Dark Themes');
    await window.panel.locator('body.vscode-dark').waitFor();
  });
});
