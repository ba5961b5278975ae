import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, fileUri, heapViews, until } from './support';

describe('comparison and export', () => {
  before(async () => {
    await activated();
    await vscode.commands.executeCommand('ukboot.simulate', fileUri('paged-0.17.ukboot.json'));
    await until('a heap view', () => heapViews().length === 1);
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('another allocator opens beside the first', async () => {
    await vscode.commands.executeCommand('ukboot.simulateWith', 'tlsf');
    await until('two heap views', () => heapViews().includes('ukboot: paged-0.17.ukboot.json (what if: tlsf)'));
    assert.equal(heapViews().length, 2);
  });

  for (const [ending, begins] of [
    ['html', /^<!DOCTYPE html>/],
    ['svg', /^<svg /],
  ] as const) {
    it(`a report is written as ${ending}`, async () => {
      const uri = fileUri(`report.${ending}`);
      // It ends with a question that nobody answers here.
      void vscode.commands.executeCommand('ukboot.exportReport', uri);
      let text = '';
      for (const last = Date.now() + 10_000; text === '';) {
        assert.ok(Date.now() < last, 'no file was written');
        await new Promise((resolve) => setTimeout(resolve, 50));
        text = await vscode.workspace.fs.readFile(uri).then(
          (bytes) => new TextDecoder().decode(bytes),
          () => '',
        );
      }
      assert.match(text, begins);
    });
  }
});
