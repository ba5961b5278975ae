import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, fileUri, open, until } from './support';

function ours(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((d) => d.source === 'ukboot');
}

describe('diagnostics', () => {
  before(activated);
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('a memory-map file shows what is wrong with each region, at its place', async () => {
    const document = await open('wrong.ukboot.json');
    await vscode.window.showTextDocument(document);
    await until('problems', () => ours(document.uri).length > 0);
    const overlap = ours(document.uri).find((d) => d.code === 'overlap');
    assert.ok(
      overlap,
      ours(document.uri)
        .map((d) => d.message)
        .join('\n'),
    );
    assert.equal(overlap.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.lineAt(overlap.range.start.line).text.includes('0x180000'), true);
    assert.equal(overlap.relatedInformation?.length, 1);
  });

  it('they follow the text as it is typed, and go with a correction', async () => {
    const document = await open('wrong.ukboot.json');
    const editor = await vscode.window.showTextDocument(document);
    await until('problems', () => ours(document.uri).length > 0);
    const at = document.positionAt(document.getText().indexOf('0x180000'));
    await editor.edit((edit) => edit.replace(new vscode.Range(at, at.translate(0, 8)), '0x300000'));
    await until('no overlap', () => !ours(document.uri).some((d) => d.code === 'overlap'));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('other files are left alone until the user asks', async () => {
    const document = await open('board.c');
    await vscode.window.showTextDocument(document);
    await new Promise((resolve) => setTimeout(resolve, 600));
    assert.deepEqual(ours(document.uri), []);
    await vscode.commands.executeCommand('ukboot.checkRegions');
    await until('problems', () => ours(document.uri).length > 0);
  });

  it('none when the setting is off', async () => {
    const uri = fileUri('wrong.ukboot.json');
    const settings = vscode.workspace.getConfiguration('ukboot', uri);
    await vscode.window.showTextDocument(await open('wrong.ukboot.json'));
    await until('problems', () => ours(uri).length > 0);
    await settings.update('diagnostics.enabled', false, vscode.ConfigurationTarget.Workspace);
    try {
      await until('no problems', () => ours(uri).length === 0);
    } finally {
      await settings.update('diagnostics.enabled', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
