// Which input a command is about: the resource it was called on, else the active editor's document with its unsaved text.

import * as vscode from 'vscode';
import { gunzip, isGzip } from './dumps/gunzip';
import type { Message } from './messages';
import * as messages from './messages';

export interface Input {
  readonly uri: vscode.Uri;
  /** File name. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes of a file with descriptors that are read. */
const MOST_BYTES = 64 * 2 ** 20;

/** Undefined when nothing is open; a problem when what was named cannot be read. */
export async function inputOf(target: unknown): Promise<Input | { readonly problem: Message } | undefined> {
  const uri = uriOf(target) ?? vscode.window.activeTextEditor?.document.uri ?? activeTabUri();
  return uri === undefined ? undefined : await readUri(uri, MOST_BYTES);
}

/** As a target: the user is to pick a file. */
export const CHOOSE = 'choose';

/** A file that the user picks; undefined when none is. */
export async function pickInput(): Promise<Input | { readonly problem: Message } | undefined> {
  const options = { title: 'Simulate ukboot: a memory map, a C source, a GDB transcript or a serial log', openLabel: 'Simulate' };
  const [uri] = (await vscode.window.showOpenDialog(options)) ?? [];
  return uri && (await readUri(uri, MOST_BYTES));
}

/**
 * The contents of a resource, unpacked; of one that is open, its unsaved text.
 *
 * @param most bytes that are read, before and after unpacking
 */
export async function readUri(uri: vscode.Uri, most: number): Promise<Input | { readonly problem: Message }> {
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return { uri, name, bytes: new TextEncoder().encode(open.getText()) };
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > most) return { problem: messages.tooLarge(name, size, most) };
    const bytes = await vscode.workspace.fs.readFile(uri);
    return { uri, name, bytes: isGzip(bytes) ? await gunzip(bytes, most) : bytes };
  } catch (error) {
    return { problem: messages.notReadable(name, error instanceof Error ? error.message : String(error)) };
  }
}

/** A URI, or its text as command links carry it. */
export function uriOf(target: unknown): vscode.Uri | undefined {
  if (target instanceof vscode.Uri) return target;
  if (typeof target !== 'string') return undefined;
  try {
    return vscode.Uri.parse(target, true);
  } catch {
    return undefined;
  }
}

/** A file may be open in an editor that is no text editor. */
function activeTabUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
}
