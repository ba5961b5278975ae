// What leaves the heap view as a file: the report, a table, the picture of a pane. Saved through VS Code's file systems, so that web and
// virtual workspaces work as well.

import * as vscode from 'vscode';
import { presetColours, themeColours } from '../report/colours';
import { csvChunks } from '../report/csv';
import { jsonChunks } from '../report/json';
import { htmlReport } from '../report/report';
import { DRAWN_PANES, frameSvg, paneSvg } from '../report/svg';
import type { Table, TableId } from '../report/table';
import { textOf } from '../report/table';
import { tablesOf } from '../report/tables';
import { HeapView } from '../view/heap-view';
import type { Subject } from '../view/subject';
import { FIRST_VIEWPORT } from '../view/viewport';
import type { Carried } from '../view/viewport';
import * as messages from './messages';
import type { HeapPanel } from './panel/panel';
import type { Panels } from './panel/panels';
import { pickOne } from './pick';
import { tell } from './tell';

/** Pixels of map in a drawing: what a person would scroll through. */
const MAP_HEIGHT = 2400;

/** Panes as the webview names them: what they are called, and the tables behind them. */
const PANES: Readonly<Record<string, { readonly title: string; readonly tables: readonly TableId[] }>> = {
  strip: { title: 'Memory regions', tables: ['regions', 'ledger'] },
  map: { title: 'Map', tables: ['blocks'] },
  lists: {
    title: 'Free lists',
    tables: ['lists', 'list-sums', 'tlsf-lists', 'tinyalloc-descriptors', 'region-pointer', 'mimalloc-segments', 'mimalloc-pages', 'mimalloc-queues', 'mimalloc-lost', 'oscar-objects', 'oscar-shadow', 'oscar-page-tables'], // prettier-ignore
  },
  steps: { title: 'Steps', tables: ['steps', 'c-steps'] },
  selected: { title: 'Selected', tables: ['structs', 'blocks'] },
  marked: { title: 'Marked', tables: ['bookmarks'] },
  metrics: { title: 'Metrics', tables: ['metrics'] },
  findings: { title: 'Findings', tables: ['findings'] },
  explain: { title: 'Explain', tables: ['regions', 'ledger'] },
  timeline: { title: 'Timeline', tables: ['steps'] },
  log: { title: 'Kernel log', tables: ['log'] },
};

/** What a menu, or a caller in a script, says; nothing of it is taken for granted. */
interface Target {
  readonly pane?: string;
  readonly table?: string;
  /** Where to save, instead of asking. */
  readonly to?: vscode.Uri;
}

export class Exports {
  private readonly panels: Panels;

  constructor(panels: Panels) {
    this.panels = panels;
  }

  /** @returns where it was saved; undefined when the user cancels */
  async report(context: unknown): Promise<vscode.Uri | undefined> {
    const panel = this.panel();
    if (panel === undefined) return undefined;
    const to = targetOf(context).to ?? (await ask(panel, 'report', { 'HTML report': ['html'], 'SVG drawing': ['svg'] }));
    const { subject, carried } = panel.host.view;
    const text = () => (to?.path.endsWith('.svg') === true ? drawingOf(subject, carried) : htmlReport(subject, carried));
    return to && (await save(to, text()));
  }

  /** The table of the pane that the menu was opened on; where that has several, or without one, the user chooses. */
  async table(context: unknown): Promise<vscode.Uri | undefined> {
    const panel = this.panel();
    if (panel === undefined) return undefined;
    const target = targetOf(context);
    const table = await chooseTable(tablesOf(panel.host.view), target);
    if (table === undefined) return undefined;
    const to = target.to ?? (await ask(panel, table.id, { CSV: ['csv'], JSON: ['json'] }));
    return to && (await save(to, textOf(to.path.endsWith('.json') ? jsonChunks(table) : csvChunks(table))));
  }

  /** A pane as it looks now: PNG with the pixels of the screen, SVG in lines where the pane is drawn. */
  async picture(context: unknown, format: 'png' | 'svg'): Promise<vscode.Uri | undefined> {
    const panel = this.panel();
    if (panel === undefined) return undefined;
    const target = targetOf(context);
    const pane = target.pane ?? (await choosePane());
    if (pane === undefined) return undefined;
    // Taken before the dialog: that may cover or move the panel.
    const taken = await capture(panel, pane, format);
    if (typeof taken === 'string') {
      tell(messages.notCaptured(PANES[pane]?.title ?? pane, taken));
      return undefined;
    }
    const to = target.to ?? (await ask(panel, pane, format === 'png' ? { PNG: ['png'] } : { SVG: ['svg'] }));
    return to && (await save(to, taken));
  }

  private panel(): HeapPanel | undefined {
    const { current } = this.panels;
    if (current === undefined) tell(messages.noHeapView());
    return current;
  }
}

/** Regions and the whole map in one drawing. */
function drawingOf(subject: Subject, { colouring, ...marks }: Carried): string {
  const view = new HeapView(subject);
  view.look({ ...FIRST_VIEWPORT, ...marks, map: { ...FIRST_VIEWPORT.map, height: MAP_HEIGHT, colouring } });
  return frameSvg(view.frame(), presetColours('light'));
}

/** The file's bytes, or in a clause why there are none. */
async function capture(panel: HeapPanel, pane: string, format: 'png' | 'svg'): Promise<Uint8Array | string> {
  if (!panel.visible) return 'the heap view is hidden';
  try {
    const { bytes, colours } = await panel.host.capture(pane, format);
    const drawn = format === 'svg' ? DRAWN_PANES.find((p) => p === pane) : undefined;
    const svg = drawn && paneSvg(panel.host.view.frame(), drawn, themeColours(colours));
    return svg === undefined ? bytes : new TextEncoder().encode(svg);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function chooseTable(tables: readonly Table[], { pane, table: named }: Target): Promise<Table | undefined> {
  if (named !== undefined) return tables.find((t) => t.id === named);
  const ofPane = pane === undefined ? [] : tables.filter((t) => PANES[pane]?.tables.includes(t.id));
  if (ofPane.length === 1) return ofPane[0];
  const items = (ofPane.length > 0 ? ofPane : tables).map((table) => ({ label: table.title, description: table.id, table }));
  return (await pickOne(items, { title: 'Export Table', placeHolder: 'Which table?' }))?.table;
}

async function choosePane(): Promise<string | undefined> {
  const items = Object.entries(PANES).map(([pane, { title }]) => ({ label: title, pane }));
  return (await pickOne(items, { title: 'Save Pane', placeHolder: 'Which pane?' }))?.pane;
}

async function ask(panel: HeapPanel, what: string, filters: Record<string, string[]>): Promise<vscode.Uri | undefined> {
  const [extension] = Object.values(filters)[0]!;
  const name = `${panel.title.replace(/(\.ukboot)?\.\w+$/, '').replace(/[^\w.-]+/g, '-')}-${what}.${extension!}`;
  const folder = folderOf(panel);
  const defaultUri = folder && vscode.Uri.joinPath(folder, name);
  return await vscode.window.showSaveDialog({ filters, ...(defaultUri && { defaultUri }) });
}

/** Beside the source where that is a file, else in the workspace. */
function folderOf({ source }: HeapPanel): vscode.Uri | undefined {
  const uri = source === undefined ? undefined : vscode.Uri.parse(source);
  if (uri !== undefined && vscode.workspace.fs.isWritableFileSystem(uri.scheme) === true) return vscode.Uri.joinPath(uri, '..');
  return vscode.workspace.workspaceFolders?.[0]?.uri;
}

async function save(to: vscode.Uri, content: string | Uint8Array): Promise<vscode.Uri | undefined> {
  const name = to.path.slice(to.path.lastIndexOf('/') + 1);
  try {
    await vscode.workspace.fs.writeFile(to, typeof content === 'string' ? new TextEncoder().encode(content) : content);
  } catch (error) {
    tell(messages.notSaved(name, error instanceof Error ? error.message : String(error)));
    return undefined;
  }
  void offerToOpen(to, name);
  return to;
}

async function offerToOpen(to: vscode.Uri, name: string): Promise<void> {
  const OPEN = 'Open';
  if ((await vscode.window.showInformationMessage(messages.saved(name), OPEN)) !== OPEN) return;
  const browser = to.scheme === 'file' && vscode.env.uiKind === vscode.UIKind.Desktop && name.endsWith('.html');
  if (browser) await vscode.env.openExternal(to);
  else await vscode.commands.executeCommand('vscode.open', to);
}

function targetOf(context: unknown): Target {
  // A title menu says which editor it is of; a script says where to write.
  if (context instanceof vscode.Uri) return vscode.workspace.fs.isWritableFileSystem(context.scheme) === true ? { to: context } : {}; // prettier-ignore
  if (typeof context !== 'object' || context === null) return {};
  const { pane, table, to } = context as Record<string, unknown>;
  return {
    ...(typeof pane === 'string' && pane in PANES && { pane }),
    ...(typeof table === 'string' && { table }),
    ...(typeof to === 'string' && { to: vscode.Uri.parse(to) }),
  };
}
