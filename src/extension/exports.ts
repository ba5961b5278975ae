// The report of what the heap view shows, as a file: HTML, SVG, or a table as CSV or JSON.

import * as vscode from 'vscode';
import { HeapView } from '../view/heap-view';
import { FIRST_VIEWPORT } from '../view/viewport';
import * as messages from './messages';
import type { HeapPanel } from './panel';
import type { Panels } from './panels';
import { tell } from './tell';

/** Pixels of map in a picture: what a person would scroll through. */
const MAP_HEIGHT = 2400;

interface Format {
  readonly label: string;
  readonly description: string;
  readonly ending: string;
  readonly filter: string;
}

const FORMATS: readonly Format[] = [
  {
    label: 'HTML report',
    description: 'one file that opens anywhere: map, steps, log, findings',
    ending: 'html',
    filter: 'HTML',
  },
  { label: 'SVG picture', description: 'memory and heap as they stand', ending: 'svg', filter: 'SVG' },
  { label: 'CSV table', description: 'one table with exact values', ending: 'csv', filter: 'CSV' },
  { label: 'JSON table', description: 'the same for programs', ending: 'json', filter: 'JSON' },
];

/** @param to where to write and in which format by its ending; asked for when not given */
export async function exportReport(panels: Panels, to: unknown): Promise<void> {
  const { current } = panels;
  if (current === undefined) {
    tell(messages.nothingToExport());
    return;
  }
  const given = to instanceof vscode.Uri ? to : undefined;
  const format = given
    ? FORMATS.find((f) => given.path.endsWith(`.${f.ending}`))
    : await vscode.window.showQuickPick(FORMATS, { title: 'Export report', placeHolder: 'Format' });
  if (format === undefined) return;
  const text = await textOf(current, format, given !== undefined);
  if (text === undefined) return;
  const uri = given ?? (await askWhere(current, format));
  if (uri === undefined) return;
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const OPEN = 'Open';
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  if ((await vscode.window.showInformationMessage(messages.exported(name), OPEN)) !== OPEN) return;
  if (format.ending === 'html') await vscode.env.openExternal(uri);
  else await vscode.commands.executeCommand('vscode.open', uri);
}

/** Undefined when the user backs out. */
async function textOf(panel: HeapPanel, { ending }: Format, quiet: boolean): Promise<string | undefined> {
  const { view } = panel.host;
  // The report's code is loaded with the first report.
  if (ending === 'html') return (await import('../report/report')).htmlReport(view.subject);
  if (ending === 'svg') {
    const [{ frameSvg }, { presetColours }] = await Promise.all([import('../report/svg'), import('../report/colours')]);
    const picture = new HeapView(view.subject);
    picture.look({ ...FIRST_VIEWPORT, map: { ...FIRST_VIEWPORT.map, height: MAP_HEIGHT } });
    return frameSvg(picture.frame(), presetColours('light'));
  }
  const { textOf: joined } = await import('../report/table');
  const tables = (await import('../report/tables')).tablesOf(view);
  const id = quiet ? 'blocks' : await askTable(tables.map((t) => t.id));
  const table = tables.find((t) => t.id === id);
  if (table === undefined) return undefined;
  if (ending === 'csv') return joined((await import('../report/csv')).csvChunks(table));
  return joined((await import('../report/json')).jsonChunks(table));
}

async function askTable<T extends string>(ids: readonly T[]): Promise<T | undefined> {
  const items = ids.map((id) => ({ label: id, id }));
  return (await vscode.window.showQuickPick(items, { title: 'Export report', placeHolder: 'Table' }))?.id;
}

async function askWhere(panel: HeapPanel, { ending, filter }: Format): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `${panel.title.replace(/\.[^.]+$/, '')}-heap.${ending}`;
  return await vscode.window.showSaveDialog({
    title: 'Export report',
    filters: { [filter]: [ending] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
}
