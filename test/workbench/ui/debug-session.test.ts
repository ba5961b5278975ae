// A debug session as people have one: started, stopped, its heap shown, continued, and shown again.

import assert from 'node:assert/strict';
import { HeapView } from '../support/heap-view';
import { windowForSuite } from '../support/window';

describe('debug session in the window', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());

  it('without a session it says what to do', async () => {
    await suite.get().command('ukboot: Import from Debug Session');
    await suite
      .get()
      .toast(/No debug session is running\. Start one/)
      .waitFor();
  });

  it('the heap of a stopped program is shown, with its regions', async () => {
    const window = suite.get();
    await window.openFile('board.c');
    await window.command('Debug: Start Debugging');
    await window.page.getByText('Paused on breakpoint').first().waitFor();
    await window.command('ukboot: Import from Debug Session');
    const heap = panel();
    await heap.frame.getByRole('heading', { level: 1, name: 'Heap: bbuddy 0x12000' }).waitFor();
    assert.equal((await heap.regions.allTextContents()).length, 15);
    assert.match(await heap.frame.getByRole('list', { name: 'What was read' }).innerText(), /debug session, stopped at \d\d:/);
    await window.statusBar.getByText(/bbuddy 62\.3.MiB free/).waitFor();
  });

  it('bytes that were not needed to decode the heap are read when they are looked at', async () => {
    const heap = panel();
    await heap.frame.getByRole('textbox', { name: 'Address, block or filter' }).fill('0x18f000');
    await heap.frame.getByRole('textbox', { name: 'Address, block or filter' }).press('Enter');
    await heap.frame.locator('.struct').first().waitFor();
    await heap.frame.locator('.payload').getByText('0x18e').first().waitFor();
  });

  it('while it runs, what is shown is said to be of the last stop; at the next stop what has changed is marked', async () => {
    const window = suite.get();
    const heap = panel();
    await window.command('Debug: Continue');
    await heap.frame.getByText(/^running · shown is \d\d:/).waitFor();
    await heap.frame.locator('.app.stale').waitFor();
    await heap.frame.locator('.app:not(.stale)').waitFor();
    assert.equal(await heap.frame.getByText(/^running · shown is/).count(), 0);
    // The program has written one word into the block that is selected; the heap is as it was.
    await heap.frame.locator('.payload').getByText('88 77 66 55 44 33 22 11').first().waitFor();
    await heap.frame.getByRole('columnheader', { name: 'last stop' }).waitFor();
    await heap.frame.getByRole('list', { name: 'Legend' }).getByText('last stop').waitFor();
  });

  it('when the session ends, the last state stays and says so', async () => {
    await suite.get().command('Debug: Disconnect');
    await panel()
      .frame.getByText(/^the session has ended · shown is/)
      .waitFor();
  });
});
