// From dumps of real kernels to a heap view: the files are opened together, the heap in them is found and decoded, and what was found,
// guessed and missed is said.

import * as vscode from 'vscode';
import { allocatorFor } from '../../allocators/registry';
import type { DumpPart, OpenedDump } from '../../dumps/open';
import { hex } from '../../memory/address';
import { known } from '../../timeline/choices';
import type { Choices } from '../../timeline/choices';
import { DUMP_NAMES } from '../../view/subject';
import type { DumpSubject, Subject } from '../../view/subject';
import { Opening } from './opening';
import { readAll } from './reading';
import type { ReadFiles } from './reading';
import { askAbout, askCompanions, pickFiles } from './questions';
import { heldView } from './held';
import type { Log } from '../log';
import * as messages from '../messages';
import type { HeapPanel } from '../panel/panel';
import type { Panels } from '../panel/panels';
import type { Project } from '../project/project';
import type { DumpRestore, Said } from '../panel/restore';
import { settingsHints } from '../settings';
import { runInSlices } from './slices';
import { tell, tellWithLog } from '../tell';

/** Files that belong together, and what the user said about them. */
export interface DumpSource {
  readonly uris: readonly vscode.Uri[];
  /** Files without a resource: dropped from outside of VS Code. */
  readonly loose: readonly DumpPart[];
  readonly said: Said;
}

export class Dumps {
  private readonly panels: Panels;
  private readonly project: Project;
  private readonly log: Log;
  /** What the dumps in open panels were made from, by the panel's key. */
  private readonly opened = new Map<string, { readonly source: DumpSource; readonly dump: OpenedDump }>();

  constructor(panels: Panels, project: Project, log: Log) {
    this.panels = panels;
    this.project = project;
    this.log = log;
  }

  /**
   * @param uris what is to be opened together; without any, the user picks files
   * @param loose files that have no resource
   */
  async import(uris: readonly vscode.Uri[] = [], loose: readonly DumpPart[] = []): Promise<void> {
    const picked = uris.length + loose.length > 0 ? uris : await pickFiles();
    if (picked.length + loose.length > 0) await this.open({ uris: picked, loose, said: {} });
  }

  /** The panel of one file; undefined when it cannot be shown. */
  async openAlone(uri: vscode.Uri): Promise<HeapPanel | undefined> {
    const shown = await this.open({ uris: [uri], loose: [], said: {} });
    return shown ? this.panels.withKey(uri.toString()) : undefined;
  }

  /** After a reload: the same files with the same answers. False when they cannot be read any more. */
  async restore({ inputs, said }: DumpRestore, panel: vscode.WebviewPanel): Promise<boolean> {
    return inputs.length > 0 && (await this.open({ uris: inputs.map((i) => vscode.Uri.parse(i)), loose: [], said }, panel));
  }

  /** Lets the user say otherwise about the dump in a panel: heap, allocator, release, place of the image, further files. */
  async change(): Promise<void> {
    const { current } = this.panels;
    const before = current && this.opened.get(current.key);
    if (before === undefined) {
      tell(messages.noDump());
      return;
    }
    const source = await askAbout(before.dump, before.source);
    if (source === undefined) return;
    current?.dispose();
    await this.open(source);
  }

  /** Simulates the boot beside the dump: says where the dump stands in it and what differs, and opens the simulation at that step. */
  async hold(): Promise<void> {
    const { current } = this.panels;
    const opened = current && this.opened.get(current.key);
    if (current === undefined || opened === undefined) {
      tell(messages.noDump());
      return;
    }
    const { dump } = opened;
    const { holding, simulationBeside } = await import('../../dumps/hold');
    const simulation = simulationBeside(dump);
    if (typeof simulation === 'string') {
      tell(messages.cannotHold(simulation));
      return;
    }
    const words = (operation: number): string => `step ${operation.toLocaleString('en')}`;
    const held = await runInSlices('Holding the dump against its simulation', holding(dump, simulation), words);
    if (held === undefined) return;
    if (typeof held === 'string') {
      tell(messages.cannotHold(held));
      return;
    }
    const { title } = current;
    const { allocator, release, arch } = simulation.input;
    const subject: Subject = {
      kind: 'simulation',
      title: `${title} (simulated boot)`,
      source: 'the boot that the dump is of',
      release,
      arch,
      inspect: (reader, snapshot, address) => allocatorFor(allocator)!.inspect(reader, snapshot, address),
      simulation,
    };
    this.panels.show(subject, `${current.key}#simulated`, undefined);
    current.reveal();
    current.host.hold(heldView(held, simulation.operationCount));
  }

  private async open(source: DumpSource, into?: vscode.WebviewPanel): Promise<boolean> {
    const read = await readAll(source);
    return read !== undefined && (await this.toEnd(source, read, await Opening.of(read.parts, source.said), into));
  }

  /** Opens what was read, from the beginning or from where the user stopped it. */
  private async toEnd(source: DumpSource, read: ReadFiles, opening: Opening, into?: vscode.WebviewPanel): Promise<boolean> {
    const whole = await opening.toEnd();
    const dump = whole ?? opening.soFar;
    if (whole === undefined) void this.offerToGoOn(source, read, opening);
    if (dump === undefined) {
      // The panel of an earlier window has nothing to show; that its input is gone would not be true.
      into?.dispose();
      return into !== undefined;
    }
    if (dump.image.segments.length + dump.image.zero.length === 0) {
      const names = read.parts.map((p) => p.name);
      tell(messages.noMemory(names, dump.problems));
      return false;
    }
    this.show(source, read, await this.preferred(source, dump), dump, into);
    return true;
  }

  /** The user stopped the opening: what was found is shown, if anything was, and the rest is one click away. */
  private async offerToGoOn(source: DumpSource, read: ReadFiles, opening: Opening): Promise<void> {
    const ON = 'Go On';
    const { soFar, doing } = opening;
    const told = soFar?.stopped === undefined ? messages.openingStopped(doing, false) : messages.openingStopped(soFar.stopped, true); // prettier-ignore
    if ((await vscode.window.showInformationMessage(told, ON)) !== ON) return;
    this.panels.withKey(keyOf(source, read.parts))?.dispose();
    await this.toEnd(source, read, opening);
  }

  /** The dump's own choices; where several releases look the same, the one that the project or the settings name. */
  private async preferred({ uris, said }: DumpSource, dump: OpenedDump): Promise<Choices> {
    const [first] = uris;
    if (first === undefined || said.release !== undefined || dump.assumed.length === 0) return dump.choices;
    const { release } = known([...(await this.project.around(first)).around, settingsHints(first)]);
    return release !== undefined && dump.releases.includes(release) ? { ...dump.choices, release } : dump.choices;
  }

  private show(
    source: DumpSource,
    { parts, partial, stopped }: ReadFiles,
    choices: Choices,
    dump: OpenedDump,
    into: vscode.WebviewPanel | undefined,
  ): void {
    const inputs = source.uris.map(String);
    const key = keyOf(source, parts);
    const stoppedOpening = dump.stopped === undefined ? undefined : `opening was cancelled: ${dump.stopped}`;
    const missing = [partial, stoppedOpening].filter((t) => t !== undefined).join('; ');
    const subject = subjectOf(dump, choices, parts, missing === '' ? undefined : missing);
    this.panels.show(subject, key, { kind: 'dump', inputs, said: source.said } satisfies DumpRestore, into);
    this.opened.set(key, { source, dump });
    const shown = [...dump.notes, ...dump.checks.map((c) => `${c.holds ? 'agrees' : 'DISAGREES'}: ${c.says}`)];
    this.log.info([`Imported ${subject.title}:`, ...shown.map((line) => `  ${line}`)].join('\n'));
    for (const problem of dump.problems) this.log.warn(messages.placed(problem));
    if (stopped !== undefined) void this.offerTheRest(stopped, source, key);
    if (dump.stopped !== undefined) return;
    if (dump.heap === undefined) void this.askForHeap(dump, source, key);
    else if (dump.problems.length > 0) tellWithLog(messages.dumpProblems(dump.problems), this.log);
  }

  /** The user stopped the reading: what was read is shown, and the rest is one click away. */
  private async offerTheRest(stopped: string, source: DumpSource, key: string): Promise<void> {
    const ALL = 'Read All of It';
    if ((await vscode.window.showInformationMessage(messages.readingStopped(stopped), ALL)) !== ALL) return;
    this.panels.withKey(key)?.dispose();
    await this.open(source);
  }

  /** No heap was found: the regions are shown all the same, and the user may help. */
  private async askForHeap(dump: OpenedDump, source: DumpSource, key: string): Promise<void> {
    const SAY = 'Say Where It Is…';
    const ADD = 'Add Files…';
    const chosen = await vscode.window.showWarningMessage(messages.noHeapInDump(dump.problems), SAY, ADD);
    if (chosen === undefined) return;
    const next = chosen === SAY ? await askAbout(dump, source, 'heap') : await withMore(source);
    if (next === undefined) return;
    this.panels.withKey(key)?.dispose();
    await this.open(next);
  }
}

/** Names the panel of a source. */
function keyOf({ uris }: DumpSource, parts: readonly DumpPart[]): string {
  return (uris.length > 0 ? uris.map(String) : parts.map((p) => p.name)).join('\n');
}

async function withMore(source: DumpSource): Promise<DumpSource | undefined> {
  const more = await askCompanions(source.uris);
  return more.length === 0 ? undefined : { ...source, uris: [...source.uris, ...more] };
}

function subjectOf(dump: OpenedDump, choices: Choices, parts: readonly DumpPart[], partial: string | undefined): DumpSubject {
  const { heap, snapshot } = dump;
  const allocator = allocatorFor(choices.allocator)!;
  const guess = heap?.guess === true ? [`heap at ${hex(heap.address)} is a guess: ${heap.says}`] : [];
  const problem = dump.problems.find((p) => p.code === 'no-heap')?.message;
  return {
    kind: 'dump',
    title: titleOf(parts),
    source: DUMP_NAMES[dump.space],
    release: choices.release,
    arch: choices.arch,
    inspect: (reader, decoded, address) => allocator.inspect(reader, decoded, address),
    snapshot: snapshot === undefined || choices === dump.choices ? snapshot : dump.decodeAs(choices),
    reader: dump.reader(),
    assumptions: [...guess, ...(choices === dump.choices ? dump.assumed : [])],
    ...(dump.map.descriptors.length > 0 && { map: dump.map }),
    ...(problem !== undefined && { message: problem }),
    ...(partial !== undefined && { partial }),
  };
}

/** The largest file is the one with the memory. */
function titleOf(parts: readonly DumpPart[]): string {
  return [...parts].sort((a, b) => b.bytes.length - a.bytes.length)[0]?.name ?? 'dump';
}
