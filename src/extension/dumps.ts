// From dumps of real kernels to a heap view: the files are read together, what they do not say is asked, the heap is decoded.

import * as vscode from 'vscode';
import { allocatorFor } from '../allocators/registry';
import { hex } from '../memory/address';
import { known } from '../timeline/choices';
import type { Choices, NamedHints } from '../timeline/choices';
import type { DumpSubject } from '../view/subject';
import { askAddress, completeChoices } from './choice-picker';
import type { DumpReading, GivenFile, Said } from './dump-files';
import { gunzip, isGzip } from './gunzip';
import { readUri } from './input';
import type { Log } from './log';
import * as messages from './messages';
import type { Panels } from './panels';
import type { Project } from './project';
import { dumpRestoreOf } from './restore';
import type { DumpRestore } from './restore';
import { settingsHints } from './settings';
import { tell, tellWithLog } from './tell';

/** Bytes of a file that are read, before and after unpacking. */
const MOST_BYTES = 2 ** 31;
/** Files of a folder that are offered to be taken along, and the largest one that is looked at. */
const MOST_COMPANIONS = 40;
const LARGEST_COMPANION = 4 * 2 ** 20;

/** What is being opened: resources, and files that came without a resource (dropped from outside of VS Code). */
interface Source {
  readonly uris: readonly vscode.Uri[];
  readonly loose: readonly GivenFile[];
}

export class Dumps {
  private readonly panels: Panels;
  private readonly project: Project;
  private readonly log: Log;

  constructor(panels: Panels, project: Project, log: Log) {
    this.panels = panels;
    this.project = project;
    this.log = log;
  }

  /**
   * @param uris what is to be opened together; without any, the user picks files
   * @param loose files that have no resource
   */
  async import(uris: readonly vscode.Uri[] = [], loose: readonly GivenFile[] = []): Promise<void> {
    const picked = uris.length + loose.length > 0 ? uris : await pickFiles();
    if (picked === undefined || picked.length + loose.length === 0) return;
    await this.open({ uris: picked, loose }, {});
  }

  /** After a reload: the same files with the same answers. False when they cannot be read any more. */
  async restore({ inputs, choices, at, heap }: DumpRestore, panel: vscode.WebviewPanel): Promise<boolean> {
    const uris = inputs.map((text) => vscode.Uri.parse(text));
    const files = await this.readAll({ uris, loose: [] });
    if (files === undefined) return false;
    const said: Said = { ...(at !== undefined && { at: BigInt(at) }), ...(heap !== undefined && { heap: BigInt(heap) }) };
    const reading = await readTogether(files, said);
    return this.show(uris, reading, choices, said, panel);
  }

  private async open(source: Source, said: Said): Promise<void> {
    let { uris } = source;
    let files = await this.readAll(source);
    if (files === undefined) return;
    let reading = await readTogether(files, said);
    if (reading.lacks !== undefined && uris.length > 0) {
      const more = await this.askCompanions(uris, reading);
      if (more === undefined) return;
      const added = more.length === 0 ? [] : await this.readAll({ uris: more, loose: [] });
      if (added === undefined) return;
      uris = [...uris, ...more];
      files = [...files, ...added];
      if (added.length > 0) reading = await readTogether(files, said);
    }
    if (reading.lacks === 'memory') {
      tell(messages.noMemory(files.map((f) => f.name)));
      return;
    }
    let answers = said;
    if (reading.lacks === 'address') {
      const at = await askAddress('Import dump: where does the raw image begin?', 'Address of its first byte', '0x0');
      if (at === undefined) return;
      answers = { ...answers, at };
      reading = await readTogether(files, answers);
    }
    if (reading.lacks === 'heap') {
      const guess = reading.likelyHeap === undefined ? '' : hex(reading.likelyHeap);
      const hint =
        guess === '' ? 'Address of its struct uk_alloc' : 'Address of its struct uk_alloc; the first free region is proposed';
      const heap = await askAddress('Import dump: where is the heap?', hint, guess);
      if (heap === undefined) return;
      answers = { ...answers, heap };
      reading = await readTogether(files, answers);
    }
    const choices = await this.choose(uris, reading);
    if (choices !== undefined) this.show(uris, reading, choices, answers);
  }

  /** Release and allocator: from the files, the project around them, the settings, or the user. */
  private async choose(uris: readonly vscode.Uri[], reading: DumpReading): Promise<Choices | undefined> {
    const around = uris[0] === undefined ? [] : (await this.project.around(uris[0])).around;
    const sources: NamedHints[] = [...reading.hints, ...around, settingsHints(uris[0])];
    return await completeChoices(known(sources), reading.map ?? { descriptors: [] }, 'Import dump');
  }

  private show(
    uris: readonly vscode.Uri[],
    reading: DumpReading,
    choices: Choices,
    said: Said,
    into?: vscode.WebviewPanel,
  ): boolean {
    const { memory, heap } = reading;
    const allocator = allocatorFor(choices.allocator);
    if (memory === undefined || heap === undefined || allocator === undefined) return false;
    const reader = memory.image.reader();
    const snapshot = allocator.decode(reader, heap, { ...choices, ...(reading.symbols && { symbols: reading.symbols }) });
    const subject: DumpSubject = {
      kind: 'dump',
      title: memory.name,
      source: memory.source,
      release: choices.release,
      arch: choices.arch,
      inspect: (r, s, address) => allocator.inspect(r, s, address),
      snapshot,
      reader,
      ...(reading.map && { map: reading.map }),
      ...(said.heap !== undefined && { assumptions: [`heap at ${hex(said.heap)}, as typed`] }),
    };
    const inputs = uris.map(String);
    const restore = dumpRestoreOf(inputs, choices, said.at, said.heap);
    this.panels.show(subject, inputs.length > 0 ? inputs.join('\n') : memory.name, restore, into);
    const { findings } = snapshot;
    const damage = findings.filter((f) => f.severity === 'error').length;
    this.log.info(`Decoded ${memory.name}: ${choices.release}, ${choices.allocator} at ${hex(heap)}, ${String(damage)} errors.`);
    for (const { file, problem } of reading.problems) this.log.warn(`${file}: ${messages.placed(problem)}`);
    if (reading.problems.length > 0) tellWithLog(messages.dumpProblems(reading.problems), this.log);
    return true;
  }

  /** Contents of all, with progress; undefined when the user cancels or one cannot be read. */
  private async readAll({ uris, loose }: Source): Promise<GivenFile[] | undefined> {
    const options = { location: vscode.ProgressLocation.Notification, title: 'Reading the dump', cancellable: true };
    return await vscode.window.withProgress(options, async (progress, token) => {
      const files: GivenFile[] = [];
      for (const { name, bytes } of loose) files.push({ name, bytes: isGzip(bytes) ? await gunzip(bytes, MOST_BYTES) : bytes });
      for (const [i, uri] of uris.entries()) {
        progress.report({
          message: `${uri.path.slice(uri.path.lastIndexOf('/') + 1)} (${String(i + 1)} of ${String(uris.length)})`,
        });
        const file = await readUri(uri, MOST_BYTES);
        if (token.isCancellationRequested) return undefined;
        if ('problem' in file) {
          tell(file.problem);
          return undefined;
        }
        files.push(file);
      }
      return files;
    });
  }

  /** Files beside the first one that may say what is missing. Undefined when the user backs out; none when there are none. */
  private async askCompanions(uris: readonly vscode.Uri[], reading: DumpReading): Promise<readonly vscode.Uri[] | undefined> {
    const folder = vscode.Uri.joinPath(uris[0]!, '..');
    const [{ detect, KIND_TITLES }, { HELPING_KINDS }] = await Promise.all([import('../readers/detect'), import('./dump-files')]);
    const items: (vscode.QuickPickItem & { readonly uri: vscode.Uri })[] = [];
    for (const [name, type] of await vscode.workspace.fs.readDirectory(folder).then(undefined, () => [])) {
      const uri = vscode.Uri.joinPath(folder, name);
      if (type !== vscode.FileType.File || uris.some((u) => u.toString() === uri.toString())) continue;
      if (items.length >= MOST_COMPANIONS) break;
      const { size } = await vscode.workspace.fs.stat(uri);
      const file = size > LARGEST_COMPANION ? undefined : await readUri(uri, LARGEST_COMPANION);
      if (file === undefined || 'problem' in file) continue;
      const kind = detect(name, file.bytes);
      if (!HELPING_KINDS.includes(kind)) continue;
      items.push({ label: name, description: KIND_TITLES[kind], picked: kind === 'dump-index' || kind === 'symbols', uri });
    }
    if (items.length === 0) return [];
    const options = {
      title: `Import dump: ${messages.LACKS[reading.lacks!]}`,
      placeHolder: 'Files beside it that may help: choose those that belong to it',
      canPickMany: true,
    } as const;
    return (await vscode.window.showQuickPick(items, options))?.map((item) => item.uri);
  }
}

/** The readers are loaded with the first dump. */
async function readTogether(files: readonly GivenFile[], said: Said): Promise<DumpReading> {
  const { readDumpFiles } = await import('./dump-files');
  return readDumpFiles(files, said);
}

async function pickFiles(): Promise<readonly vscode.Uri[] | undefined> {
  return await vscode.window.showOpenDialog({
    title: 'Import dump: the image, and with it a transcript, nm output, an index or a .config',
    openLabel: 'Import',
    canSelectMany: true,
  });
}
