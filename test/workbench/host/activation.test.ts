import assert from 'node:assert/strict';
import * as vscode from 'vscode';

const EXTENSION = 'ukboot.ukboot';

describe('activation', () => {
  it('the extension is there, and sleeps until it is asked for', () => {
    const extension = vscode.extensions.getExtension(EXTENSION);
    assert.ok(extension, 'installed');
    assert.equal(extension.isActive, false);
  });
});
