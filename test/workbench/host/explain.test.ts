import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, fileUri, heapViews, hoverAt, open, until } from './support';

describe('explanations', () => {
  before(activated);
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('a hover says what became of the region, with the arithmetic, and leads to its card', async () => {
    const hover = await hoverAt(await open('paged-0.17.ukboot.json'), '"0x180000"');
    assert.match(hover ?? '', /bbuddy takes 1 page for its record and bitmap and hands out 15\u202f966/);
    assert.match(hover ?? '', /\[\$\(question\) Explain\]\(command:ukboot\.explain\?/);
  });

  it('ukboot.explain opens the card of a region, and ukboot.copyExplanation copies it', async () => {
    await vscode.commands.executeCommand('ukboot.explain', fileUri('paged-0.17.ukboot.json').toString(), 'region:9');
    await until('a heap view', () => heapViews().length === 1);
    await until('the card on the clipboard', async () => {
      await vscode.commands.executeCommand('ukboot.copyExplanation');
      return (await vscode.env.clipboard.readText()).startsWith('### How was 0x180000…0x3fdf000 added to the heap?');
    });
    const text = await vscode.env.clipboard.readText();
    assert.match(text, /15\u202f967 − 1 = 15\u202f966/);
    assert.match(text, /Unikraft 0\\\.17\\\.0|Unikraft 0\.17\.0/);
  });

  it('without a heap view there is nothing to copy', async () => {
    await vscode.env.clipboard.writeText('untouched');
    await vscode.commands.executeCommand('ukboot.copyExplanation');
    assert.equal(await vscode.env.clipboard.readText(), 'untouched');
  });
});
