// What the user is asked about a dump: which files, and what to take for its heap, allocator, release and place.

import * as vscode from 'vscode';
import type { OpenedDump } from '../../dumps/open';
import { hex } from '../../memory/address';
import { askAllocator, askRelease } from '../choice-picker';
import type { DumpSource } from './dumps';
import { readUri } from '../input';
import type { Said } from '../panel/restore';
import { pickOne } from '../pick';
import { addressProblem } from './typed-address';

/** Files of a folder that are offered to be taken along, and the largest one that is looked at. */
const MOST_COMPANIONS = 40;
const LARGEST_COMPANION = 4 * 2 ** 20;

export async function pickFiles(): Promise<readonly vscode.Uri[]> {
  const options = {
    title: 'Import dump: an image, and with it a transcript, symbols, an index or a configuration',
    openLabel: 'Import',
    canSelectMany: true,
  };
  return (await vscode.window.showOpenDialog(options)) ?? [];
}

/** Files beside the given ones that may help to understand them; where there are none, any files. */
export async function askCompanions(uris: readonly vscode.Uri[]): Promise<readonly vscode.Uri[]> {
  const [first] = uris;
  const items = first === undefined ? [] : await companionsOf(first, uris);
  if (items.length === 0) return await pickFiles();
  const options = {
    title: 'Import dump: files beside it that may help',
    placeHolder: 'Choose those that belong to the same kernel',
    canPickMany: true,
    ignoreFocusOut: true,
  } as const;
  return (await vscode.window.showQuickPick(items, options))?.map((item) => item.uri) ?? [];
}

interface Companion extends vscode.QuickPickItem {
  readonly uri: vscode.Uri;
}

async function companionsOf(first: vscode.Uri, given: readonly vscode.Uri[]): Promise<Companion[]> {
  const { detect, KIND_TITLES } = await import('../../readers/detect');
  const folder = vscode.Uri.joinPath(first, '..');
  const items: Companion[] = [];
  for (const [name, type] of await vscode.workspace.fs.readDirectory(folder).then(undefined, () => [])) {
    const uri = vscode.Uri.joinPath(folder, name);
    if (type !== vscode.FileType.File || given.some((u) => u.toString() === uri.toString())) continue;
    if (items.length >= MOST_COMPANIONS) break;
    const file = await readUri(uri, LARGEST_COMPANION);
    if ('problem' in file) continue;
    const kind = detect(name, file.bytes);
    if (!HELPING.has(kind)) continue;
    items.push({ label: name, description: KIND_TITLES[kind], picked: kind === 'dump-index' || kind === 'symbols', uri });
  }
  return items;
}

/** Kinds that help to understand a memory image. */
const HELPING = new Set(['dump-index', 'symbols', 'kconfig', 'kraftfile', 'gdb', 'serial-log', 'memory-map', 'elf']);

type Question = 'heap' | 'allocator' | 'release' | 'at' | 'files' | 'forget';

/** Lets the user say otherwise. Undefined when nothing is to be changed. */
export async function askAbout(dump: OpenedDump, source: DumpSource, about?: Question): Promise<DumpSource | undefined> {
  const question = about ?? (await askWhat(dump, source.said));
  if (question === undefined) return undefined;
  if (question === 'files') {
    const more = await askCompanions(source.uris);
    return more.length === 0 ? undefined : { ...source, uris: [...source.uris, ...more] };
  }
  const said = question === 'forget' ? {} : await answer(question, dump, source.said);
  return said === undefined ? undefined : { ...source, said };
}

async function askWhat(dump: OpenedDump, said: Said): Promise<Question | undefined> {
  const { heap, choices, releases } = dump;
  const looks = releases.length > 1 ? `${String(releases.length)} releases look like this` : '';
  const items: (vscode.QuickPickItem & { readonly question: Question })[] = [
    {
      label: 'Heap address',
      description: heap === undefined ? 'none found' : hex(heap.address),
      detail: heap?.says ?? '',
      question: 'heap',
    },
    { label: 'Allocator', description: choices.allocator, question: 'allocator' },
    { label: 'Release', description: choices.release, detail: looks, question: 'release' },
    { label: 'Address of a raw image', description: said.at ?? 'as found', question: 'at' },
    { label: 'Add files…', question: 'files' },
  ];
  if (Object.keys(said).length > 0) items.push({ label: 'Forget what was said', question: 'forget' });
  const options = { title: 'How the dump is read', placeHolder: 'What is to be changed?' };
  return (await pickOne(items, options))?.question;
}

async function answer(question: Exclude<Question, 'files' | 'forget'>, dump: OpenedDump, said: Said): Promise<Said | undefined> {
  switch (question) {
    case 'heap': {
      const heap = await vscode.window.showInputBox({
        title: 'Import dump: where is the heap?',
        prompt: 'Address of its struct uk_alloc, or an expression such as *(struct uk_alloc **)0x177500',
        value: said.heap ?? (dump.heap === undefined ? '' : hex(dump.heap.address)),
        ignoreFocusOut: true,
      });
      return heap === undefined || heap.trim() === '' ? undefined : { ...said, heap: heap.trim() };
    }
    case 'at': {
      const at = await vscode.window.showInputBox({
        title: 'Import dump: where does the raw image begin?',
        prompt: 'Address of its first byte',
        value: said.at ?? '0x0',
        validateInput: addressProblem,
        ignoreFocusOut: true,
      });
      return at === undefined ? undefined : { ...said, at: at.trim() };
    }
    case 'allocator': {
      const allocator = await askAllocator(dump.choices.release, 'How the dump is read');
      return allocator && { ...said, allocator };
    }
    case 'release': {
      const release = await askRelease(dump.map, 'How the dump is read');
      return release && { ...said, release };
    }
  }
}
