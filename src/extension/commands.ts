// What the extension's commands do.

import * as vscode from 'vscode';
import type { ClientEvents, ViewAction } from '../protocol/messages';
import { MOVES } from '../view/heap-view';
import type { DebugSessions } from './debug/sessions';
import type { Diagnostics } from './project/diagnostics';
import type { DumpPart } from '../dumps/open';
import type { Dumps } from './dumps/dumps';
import type { Exports } from './exports';
import { compareDumps, comparePinned } from './comparisons';
import type { RegionLinks } from './hovers/region-links';
import type { RulePages } from './hovers/rule-pages';
import { COMMANDS } from './ids';
import { uriOf } from './input';
import type { Log } from './log';
import * as messages from './messages';
import type { Panels } from './panel/panels';
import type { Places } from './places';
import type { Simulations } from './simulations';
import { tell } from './tell';

const ACTIONS: readonly ViewAction[] = [
  'zoomIn',
  'zoomOut',
  'zoomFit',
  'mapShape',
  'mapColouring',
  'find',
  'nextPane',
  'previousPane',
  'nextFinding',
  'previousFinding',
  'buddy',
  'keys',
  'play',
  'bookmark',
  'nextBookmark',
  'nameBookmark',
  'pin',
  'lastChange',
  'maximise',
  'nextFree',
  'previousFree',
  'selectionBack',
  'selectionForward',
];

export function registerCommands(
  simulations: Simulations,
  panels: Panels,
  dumps: Dumps,
  sessions: DebugSessions,
  places: Places,
  exports: Exports,
  diagnostics: Diagnostics,
  links: RegionLinks,
  rules: RulePages,
  log: Log,
): vscode.Disposable[] {
  const register = (id: string, run: (...args: unknown[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        log.error(error instanceof Error ? error : String(error));
        tell(messages.internal(error));
        return undefined;
      }
    });
  return [
    register(COMMANDS.simulate, (target) => simulations.simulate(target)),
    register(COMMANDS.importDump, (target, selection, dropped) =>
      dumps.import(resources(target, selection), looseFiles(dropped)),
    ),
    register(COMMANDS.importFromDebugSession, () => sessions.import()),
    register(COMMANDS.cancelReading, () => sessions.cancelReading()),
    register(COMMANDS.showAddress, (context) => places.show(context)),
    register(COMMANDS.copyAddress, (context) => places.copyAddress(context)),
    register(COMMANDS.whereIs, (context) => places.whereIs(context)),
    register(COMMANDS.openBytes, (context) => places.openBytes(context)),
    register(COMMANDS.goToRegion, (context) => places.goToRegion(context)),
    register(COMMANDS.explainRegion, (context) => places.explainRegion(context)),
    register(COMMANDS.explainStep, (context) => places.explainStep(context)),
    register(COMMANDS.copyLine, (context) => places.copyLine(context)),
    register(COMMANDS.compare, () => comparePinned(panels)),
    register(COMMANDS.compareDumps, (target, selection) => compareDumps(dumps, panels, resources(target, selection))),
    register(COMMANDS.compareAllocators, () => simulations.compare()),
    register(COMMANDS.simulateWith, (allocator) => simulations.simulateWith(allocator)),
    register(COMMANDS.holdAgainstSimulation, () => dumps.hold()),
    register(COMMANDS.changeDump, () => dumps.change()),
    register(COMMANDS.openHeapView, () => openHeapView(simulations, panels)),
    ...MOVES.map((move) => register(COMMANDS[move], () => panels.move(move))),
    ...ACTIONS.map((action) => register(COMMANDS[action], () => panels.act(action))),
    register(COMMANDS.explain, (target, id) => explain(simulations, panels, target, id)),
    register(COMMANDS.copyExplanation, () => copyExplanation(panels)),
    register(COMMANDS.exportReport, (target) => exports.report(target)),
    register(COMMANDS.exportTable, (context) => exports.table(context)),
    register(COMMANDS.savePng, (context) => exports.picture(context, 'png')),
    register(COMMANDS.saveSvg, (context) => exports.picture(context, 'svg')),
    register(COMMANDS.checkRegions, () => checkRegions(diagnostics)),
    register(COMMANDS.fixRegion, (target, index) => links.fix(target, index)),
    register(COMMANDS.showRegion, (target, index) => links.show(target, index)),
    register(COMMANDS.copyRegion, (target, index) => links.copy(target, index)),
    register(COMMANDS.showRules, (codes, release, index) => rules.show(codes, release, index)),
    register(COMMANDS.showLog, () => log.show()),
  ];
}

/** What a command of the explorer was called on: all that is selected there, where that holds the target. */
function resources(target: unknown, selection: unknown): vscode.Uri[] {
  const selected = Array.isArray(selection) ? selection.flatMap((s: unknown) => uriOf(s) ?? []) : [];
  const uri = uriOf(target);
  return selected.length > 0 ? selected : uri === undefined ? [] : [uri];
}

/** Files that a drop on the panel brought with their bytes. */
function looseFiles(dropped: unknown): DumpPart[] {
  const { files, tooLarge } = (dropped ?? {}) as Partial<ClientEvents['drop']>;
  if (tooLarge !== undefined) tell(messages.tooLargeToDrop(tooLarge));
  return (files ?? []).filter((file) => file.bytes instanceof Uint8Array);
}

/** Back to the heap view; without one, the input in the editor is simulated. */
async function openHeapView(simulations: Simulations, panels: Panels): Promise<void> {
  if (panels.current !== undefined) panels.current.reveal();
  else await simulations.simulate(undefined);
}

/** Opens an explanation in the heap view; with a target, that is simulated first. */
async function explain(simulations: Simulations, panels: Panels, target: unknown, id: unknown): Promise<void> {
  if (uriOf(target) !== undefined || panels.current === undefined) await simulations.simulate(target);
  panels.current?.explain(typeof id === 'string' ? id : '');
}

/** The explanation that is open goes to the clipboard as Markdown. */
async function copyExplanation(panels: Panels): Promise<string | undefined> {
  const explanation = panels.current?.host.view.explanation();
  if (explanation === undefined) {
    tell(messages.nothingToExplain());
    return undefined;
  }
  await vscode.env.clipboard.writeText(explanation.markdown);
  tell(messages.explanationCopied(explanation.title));
  return explanation.markdown;
}

async function checkRegions(diagnostics: Diagnostics): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document === undefined) {
    tell(messages.noInput());
    return;
  }
  const count = await diagnostics.checkOnRequest(document);
  tell(count === undefined ? messages.noRegions(nameOf(document.uri), []) : messages.checked(nameOf(document.uri), count));
  if (count !== undefined && count > 0) await vscode.commands.executeCommand('workbench.actions.view.problems');
}

export function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
