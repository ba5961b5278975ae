import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, fileUri, heapViews, open, until } from './support';

/** Heap views that are open, by their titles. */
describe('ukboot.simulate', () => {
  before(activated);
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('takes the file that it is called on', async () => {
    await vscode.commands.executeCommand('ukboot.simulate', fileUri('typed-0.14.ukboot.json'));
    await until('a heap view', () => heapViews().includes('ukboot: typed-0.14.ukboot.json'));
  });

  it('takes the active editor, with its unsaved text', async () => {
    const document = await open('classic-0.10.ukboot.json');
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// unsaved\n'));
    await vscode.commands.executeCommand('ukboot.simulate');
    await until('a heap view', () => heapViews().includes('ukboot: classic-0.10.ukboot.json'));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('shows one heap view an input, however often it is simulated', async () => {
    for (let i = 0; i < 3; i++) await vscode.commands.executeCommand('ukboot.simulate', fileUri('typed-0.14.ukboot.json'));
    await until('one heap view', () => heapViews().length === 1);
  });

  it('release, allocator and options come from the configuration around a source', async () => {
    // Nothing is asked: a quick pick would leave the command hanging here.
    await vscode.commands.executeCommand('ukboot.simulate', fileUri('project/src/memory.c'));
    await until('a heap view', () => heapViews().includes('ukboot: memory.c'));
  });

  it('an input without regions opens nothing', async () => {
    await vscode.commands.executeCommand('ukboot.simulate', fileUri('nothing.txt'));
    assert.deepEqual(heapViews(), []);
  });

  it('a file that is not there opens nothing', async () => {
    await vscode.commands.executeCommand('ukboot.simulate', fileUri('missing.ukboot.json'));
    assert.deepEqual(heapViews(), []);
  });
});
