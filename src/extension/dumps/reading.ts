// The files of a dump, read with progress. A large one may take long: what was read of it when the user cancels is kept.

import * as vscode from 'vscode';
import type { DumpPart } from '../../dumps/open';
import { sizeText } from '../../regions/text';
import { gunzip, isGzip } from './gunzip';
import { readUri } from '../input';
import { LARGE, readLargeFile } from './large-file';
import * as messages from '../messages';
import { tell } from '../tell';

/** Bytes of a file that are read, before and after unpacking. */
const MOST_BYTES = 2 ** 31;

export interface ReadFiles {
  readonly parts: readonly DumpPart[];
  /** Why not all was read, a short phrase; undefined when it was. */
  readonly partial?: string;
  /** The user stopped the reading: of what, and how far it was. */
  readonly stopped?: string;
}

type Progress = vscode.Progress<{ message: string }>;

/**
 * Contents of all files. Large ones come last, so that what belongs to them is there when the user cancels.
 *
 * @returns undefined when one cannot be read, or the user cancels before there is anything
 */
export async function readAll({
  uris,
  loose,
}: {
  readonly uris: readonly vscode.Uri[];
  readonly loose: readonly DumpPart[];
}): Promise<ReadFiles | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title: 'Reading the dump', cancellable: true };
  return await vscode.window.withProgress(options, async (progress, token) => {
    const parts: DumpPart[] = [];
    for (const { name, bytes } of loose) {
      const packed = bytes instanceof Uint8Array && isGzip(bytes);
      parts.push({ name, bytes: packed ? await gunzip(bytes, MOST_BYTES) : bytes });
    }
    let partial: string | undefined;
    const sized = await Promise.all(uris.map(async (uri) => ({ uri, large: await sizeIfLarge(uri) })));
    for (const { uri, large } of sized.sort((a, b) => (a.large ?? 0) - (b.large ?? 0))) {
      const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
      progress.report({ message: `${name} (${String(parts.length - loose.length + 1)} of ${String(uris.length)})` });
      const file =
        (large !== undefined && (await readLarge(uri, name, large, progress, token))) || (await readUri(uri, MOST_BYTES));
      if ('problem' in file) {
        tell(file.problem);
        return undefined;
      }
      if ('partial' in file) partial ??= file.partial;
      // What is whole stays, and so does what was read of a large one; nothing stays of a file of which nothing was.
      if (file.bytes.length > 0 || !token.isCancellationRequested) parts.push({ name, bytes: file.bytes });
      if (token.isCancellationRequested) return stoppedAt(parts, partial ?? `${name} was the last that was read`);
    }
    return { parts, ...(partial !== undefined && { partial }) };
  });
}

function stoppedAt(parts: readonly DumpPart[], where: string): ReadFiles | undefined {
  return parts.length === 0 ? undefined : { parts, partial: `reading was cancelled: ${where}`, stopped: where };
}

/** Bytes of a file of the local disk that is read piece by piece; undefined for any other. */
async function sizeIfLarge(uri: vscode.Uri): Promise<number | undefined> {
  if (uri.scheme !== 'file') return undefined;
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    return size < LARGE ? undefined : size;
  } catch {
    return undefined; // the whole-file way says what is wrong
  }
}

/** What was read when the user cancels; undefined when it cannot be read in this way. */
async function readLarge(
  uri: vscode.Uri,
  name: string,
  size: number,
  progress: Progress,
  token: vscode.CancellationToken,
): Promise<(DumpPart & { readonly partial?: string }) | undefined> {
  let done = 0;
  try {
    const bytes = await readLargeFile(uri.fsPath, (read) => {
      if (token.isCancellationRequested) return false;
      done = read;
      progress.report({ message: `${name}: ${sizeText(read)} of ${sizeText(size)}` });
      return true;
    });
    if (bytes.cut) tell(messages.cutShort(name, bytes.length));
    const whole = !bytes.cut && done >= size;
    return { name, bytes, ...(!whole && { partial: `${sizeText(done)} of ${sizeText(size)} of ${name}` }) };
  } catch {
    return undefined; // the whole-file way says what is wrong
  }
}
