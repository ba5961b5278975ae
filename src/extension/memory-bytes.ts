// Bytes of a heap view as a document of the workbench: for the Hex Editor extension where it is installed, else as text. What is
// shown is memory as it was when it was asked for; a later step does not change it.

import * as vscode from 'vscode';
import { hex } from '../memory/address';
import type { Reader } from '../memory/reader';
import { hexDump, presentBytes } from './hex-text';

const SCHEME_BYTES = 'ukboot-bytes';
const SCHEME_TEXT = 'ukboot-hexdump';
const HEX_EDITOR = 'ms-vscode.hexeditor';
/** Bytes that are opened at most. */
export const MOST_BYTES = 4 * 2 ** 20;
/** Documents that are kept; the oldest goes first. */
const MOST_DOCUMENTS = 32;

/** How it was opened. */
export interface OpenedBytes {
  readonly as: 'hex editor' | 'text';
  /** Bytes shown, and those that were asked for. */
  readonly shown: number;
  readonly asked: number;
}

export class MemoryBytes implements vscode.Disposable, vscode.TextDocumentContentProvider {
  private readonly bytes = new Map<string, Uint8Array>();
  private readonly texts = new Map<string, string>();
  private readonly subscriptions: vscode.Disposable[];
  private count = 0;

  constructor() {
    this.subscriptions = [
      vscode.workspace.registerFileSystemProvider(SCHEME_BYTES, new BytesFileSystem(this.bytes), { isReadonly: true }),
      vscode.workspace.registerTextDocumentContentProvider(SCHEME_TEXT, this),
    ];
  }

  /** @param end exclusive */
  async open(title: string, reader: Reader, base: bigint, end: bigint): Promise<OpenedBytes> {
    const asked = Number(end - base);
    const length = Math.min(asked, MOST_BYTES);
    const name = `${title.replace(/[^\w.-]+/g, '_')}-${hex(base)}-${hex(base + BigInt(length))}`;
    const path = `/${String(++this.count)}/${name}`;
    if (vscode.extensions.getExtension(HEX_EDITOR) !== undefined) {
      // The editor has no way to show that a byte is not there, so it gets what is there without a gap.
      const bytes = presentBytes(reader, base, length);
      keep(this.bytes, path, bytes);
      const uri = vscode.Uri.from({ scheme: SCHEME_BYTES, path, query: `baseAddress=${hex(base)}` });
      await vscode.commands.executeCommand('vscode.openWith', uri, 'hexEditor.hexedit');
      return { as: 'hex editor', shown: bytes.length, asked };
    }
    keep(this.texts, `${path}.txt`, hexDump(reader, base, length));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: SCHEME_TEXT, path: `${path}.txt` }));
    await vscode.window.showTextDocument(document, { preview: true });
    return { as: 'text', shown: length, asked };
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.texts.get(uri.path) ?? 'These bytes belong to a heap view of an earlier window. Open them from the heap view again.\n'
    );
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

function keep<T>(kept: Map<string, T>, path: string, value: T): void {
  kept.set(path, value);
  const oldest = kept.keys().next();
  if (kept.size > MOST_DOCUMENTS && oldest.done !== true) kept.delete(oldest.value);
}

/** The kept bytes as files that can be read and nothing else. */
class BytesFileSystem implements vscode.FileSystemProvider {
  private readonly bytes: ReadonlyMap<string, Uint8Array>;
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  constructor(bytes: ReadonlyMap<string, Uint8Array>) {
    this.bytes = bytes;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const { length } = this.readFile(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size: length, permissions: vscode.FilePermission.Readonly };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    const bytes = this.bytes.get(uri.path);
    if (bytes === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return bytes;
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }
}
