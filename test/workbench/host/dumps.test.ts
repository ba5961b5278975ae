import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, fileUri, heapViews, until } from './support';

const DUMP = ['dump/ram-main-3.bin.gz', 'dump/index.json', 'dump/nm-memory-symbols.txt.gz', 'dump/kconfig-full.txt'];
const VIEW = 'ukboot: ram-main-3.bin.gz';

describe('import of dumps', () => {
  before(activated);
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('an image with index, symbols and configuration opens in a heap view, and nothing is asked', async () => {
    const uris = DUMP.map(fileUri);
    await vscode.commands.executeCommand('ukboot.importDump', uris[0], uris);
    await until('a heap view', () => heapViews().includes(VIEW));
  });

  it('the same files again are the same heap view', async () => {
    const uris = DUMP.map(fileUri);
    for (let i = 0; i < 2; i++) await vscode.commands.executeCommand('ukboot.importDump', uris[0], uris);
    await until('one heap view', () => heapViews().length === 1);
  });

  it('files without memory, and one that is not there, open nothing', async () => {
    await vscode.commands.executeCommand('ukboot.importDump', undefined, [fileUri('missing.bin')]);
    await vscode.commands.executeCommand('ukboot.importDump', undefined, [], {
      files: [{ name: 'empty.bin', bytes: new Uint8Array() }],
    });
    assert.deepEqual(heapViews(), []);
  });
});
