// The project around an input, as the workspace has it: build configurations near it, headers anywhere.

import * as vscode from 'vscode';
import type { NamedHints } from '../../timeline/choices';
import type { Header } from './headers';
import { CONTEXT } from '../ids';
import { CONFIGURATION_READERS } from './reading';
import type { ReadingContext } from './reading';
import { surroundingHints } from './surroundings';

/** Headers that are looked into, and the largest one. A Unikraft tree with libraries has some thousand, of a few KiB each. */
const MOST_HEADERS = 4000;
const LARGEST_HEADER = 512 * 1024;
/** Headers read at a time. */
const AT_ONCE = 32;
/** Milliseconds for which the headers once read are good. */
const FRESH = 60_000;

/** Reads what lies around inputs; keeps the headers for a while, because hovers ask again and again. */
export class Project {
  private headers: { readonly at: number; readonly root: string; readonly texts: Promise<readonly Header[]> } | undefined;

  /** What is around an input; nothing for a file that belongs to no folder that is open. */
  async around(uri: vscode.Uri): Promise<ReadingContext> {
    const root = vscode.workspace.getWorkspaceFolder(uri)?.uri;
    if (root === undefined) return { around: [], headers: () => Promise.resolve([]) };
    return { around: await hintsAround(uri, root), headers: () => this.headersOf(root) };
  }

  private headersOf(root: vscode.Uri): Promise<readonly Header[]> {
    const key = root.toString();
    if (this.headers?.root !== key || Date.now() - this.headers.at > FRESH) {
      this.headers = { at: Date.now(), root: key, texts: readHeaders(root) };
    }
    return this.headers.texts;
  }
}

/**
 * Tells `when` clauses whether a folder that is open is of Unikraft.
 * @param activationEvents of the manifest: what wakes the extension in a folder is what such a folder holds
 */
export async function announceProject(activationEvents: readonly string[]): Promise<void> {
  const wakes = 'workspaceContains:';
  const patterns = activationEvents.filter((e) => e.startsWith(wakes)).map((e) => e.slice(wakes.length));
  const found = await vscode.workspace.findFiles(`{${patterns.join(',')}}`, '**/node_modules/**', 1);
  await vscode.commands.executeCommand('setContext', CONTEXT.inUnikraft, found.length > 0);
}

async function hintsAround(uri: vscode.Uri, root: vscode.Uri): Promise<NamedHints[]> {
  const folder = uri.path.slice(0, uri.path.lastIndexOf('/'));
  return await surroundingHints(folder, root.path, CONFIGURATION_READERS, (path) => readText(uri.with({ path })));
}

async function readHeaders(root: vscode.Uri): Promise<Header[]> {
  const pattern = new vscode.RelativePattern(root, '**/*.h');
  const uris = await vscode.workspace.findFiles(pattern, '**/node_modules/**', MOST_HEADERS);
  const found: Header[] = [];
  for (let at = 0; at < uris.length; at += AT_ONCE) {
    const texts = await Promise.all(uris.slice(at, at + AT_ONCE).map(readHeader));
    for (const header of texts) if (header !== undefined) found.push(header);
  }
  return found;
}

async function readHeader(uri: vscode.Uri): Promise<Header | undefined> {
  const text = await readText(uri);
  return text === undefined || text.length > LARGEST_HEADER ? undefined : { name: vscode.workspace.asRelativePath(uri), text };
}

/** A file's text, unsaved changes included; undefined when it is not there. */
async function readText(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
