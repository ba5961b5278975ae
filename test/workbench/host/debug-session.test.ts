import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, fileUri, heapViews, until } from './support';

const SYMBOLS = { _uk_alloc_head: '(struct uk_alloc *) 0x12000', bi_bootinfo: '0x142240 <bi_bootinfo_sec>' };

/** Starts the fake debugger on the captured image. */
async function start(how: object): Promise<vscode.DebugSession> {
  const configuration = {
    name: 'unikernel',
    type: 'fake',
    request: 'attach',
    image: fileUri('dump/ram-main-3.bin.gz').fsPath,
    ...how,
  };
  assert.ok(await vscode.debug.startDebugging(undefined, configuration));
  await until('a session', () => vscode.debug.activeDebugSession?.type === 'fake');
  return vscode.debug.activeDebugSession!;
}

describe('import from a debug session', () => {
  before(activated);
  afterEach(async () => {
    await vscode.debug.stopDebugging();
    await until('no session', () => vscode.debug.activeDebugSession === undefined);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('the heap of a stopped program opens in a heap view', async () => {
    await start({ symbols: SYMBOLS });
    await until('a stop', () => vscode.debug.activeStackItem !== undefined);
    await vscode.commands.executeCommand('ukboot.importFromDebugSession');
    await until('a heap view', () => heapViews().includes('ukboot: unikernel'));
  });

  it('without a session, with one that runs, and with one that reads no memory nothing opens', async () => {
    await vscode.commands.executeCommand('ukboot.importFromDebugSession');
    for (const how of [{ stops: false }, { symbols: SYMBOLS, memory: false }]) {
      await start(how);
      await vscode.commands.executeCommand('ukboot.importFromDebugSession');
      await vscode.debug.stopDebugging();
      await until('no session', () => vscode.debug.activeDebugSession === undefined);
    }
    assert.deepEqual(heapViews(), []);
  });

  it('a kernel without an allocator opens nothing', async () => {
    await start({ symbols: { _uk_alloc_head: '0x0' } });
    await until('a stop', () => vscode.debug.activeStackItem !== undefined);
    await vscode.commands.executeCommand('ukboot.importFromDebugSession');
    assert.deepEqual(heapViews(), []);
  });
});
