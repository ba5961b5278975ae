// What the in-host suites share.

import assert from 'node:assert/strict';
import * as vscode from 'vscode';

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('ukboot.ukboot');
  assert.ok(found, 'the extension is installed');
  return found;
}

export async function activated(): Promise<void> {
  await extension().activate();
}

/** A file of the workspace that the suite runs in. */
export function fileUri(name: string): vscode.Uri {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(root, 'a folder is open');
  return vscode.Uri.joinPath(root, name);
}

export async function open(name: string): Promise<vscode.TextDocument> {
  return await vscode.workspace.openTextDocument(fileUri(name));
}

/** A document that is saved nowhere. */
export async function untitled(content: string, language: string): Promise<vscode.TextDocument> {
  return await vscode.workspace.openTextDocument({ content, language });
}

/** Markdown of our hover at the n-th place where a text stands; undefined when there is none. */
export async function hoverAt(document: vscode.TextDocument, text: string, nth = 0): Promise<string | undefined> {
  let offset = document.getText().indexOf(text);
  for (let i = 0; i < nth; i++) offset = document.getText().indexOf(text, offset + 1);
  assert.ok(offset >= 0, `${text} stands in the document`);
  const position = document.positionAt(offset + 1);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, position);
  const texts = hovers.flatMap((hover) => hover.contents.map((c) => (c instanceof vscode.MarkdownString ? c.value : '')));
  return texts.find((value) => value.startsWith('**Region'));
}

/** Waits until something holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const last = Date.now() + 40_000; !(await holds());) {
    assert.ok(Date.now() < last, `waited for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Titles of the heap views that are open. */
export function heapViews(): string[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith('ukboot.heapView'))
    .map((tab) => tab.label);
}
