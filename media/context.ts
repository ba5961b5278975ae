// What VS Code's context menu is about: the address, region or line under the pointer, told to the workbench by an attribute that it
// reads when the menu opens. Most of the panel needs nothing for that: where an address stands as a text of its own, it is meant.

import type { Frame } from '../src/view/frame/frame';
import type { Store } from './store';

/** What a command of the menu gets; `webviewSection` decides which commands there are. */
interface Context {
  readonly webviewSection: 'address' | 'region' | 'step' | 'line' | 'pane';
  /** The pane that it was opened on, for what is saved of it. */
  readonly pane?: string;
  readonly address?: string;
  readonly region?: number;
  readonly operation?: number;
  readonly text?: string;
}

/** Sets the context of the menu that is about to open. Text boxes keep their own menu. */
export function onContextMenu(e: MouseEvent, root: HTMLElement, store: Store): void {
  const target = e.target instanceof Element ? e.target : root;
  const context = target.closest('input') === null ? withPane(contextOf(target, store), target) : undefined;
  if (context === undefined) delete root.dataset.vscodeContext;
  else root.dataset.vscodeContext = JSON.stringify({ ...context, preventDefaultContextMenuItems: true });
  if (context?.webviewSection === 'address' && context.address !== store.viewport.selection) store.select(context.address, false);
}

/** Every place is in a pane; one without an address has the pane's own menu. */
function withPane(context: Context | undefined, target: Element): Context | undefined {
  const pane = target.closest<HTMLElement>('[data-pane]')?.dataset.pane;
  if (pane === undefined || pane === 'toolbar' || pane === 'search') return context;
  return { webviewSection: 'pane', ...context, pane };
}

function contextOf(target: Element, store: Store): Context | undefined {
  const region = target.closest<HTMLElement>('[data-region]');
  if (region !== null)
    return { webviewSection: 'region', region: Number(region.dataset.region), address: region.dataset.at ?? '0x0' };
  const row = target.closest<HTMLElement>('.virtual-row');
  if (row !== null) return rowContext(row.id, store.frame);
  const at = target.closest<HTMLElement>('[data-at]')?.dataset.at ?? addressOf(target);
  return at === undefined || at === '' ? undefined : { webviewSection: 'address', address: at };
}

/** A button, list entry or cell whose text is an address. */
function addressOf(target: Element): string | undefined {
  const holder = target.closest<HTMLElement>('button, [role=treeitem], [role=listitem], td, li');
  const text = holder?.dataset.rove ?? holder?.textContent.trim() ?? '';
  return /0x[0-9a-f]{1,16}/i.exec(text)?.[0];
}

/** A step or a line of the log, by the id that its list gives it. */
function rowContext(id: string, frame: Frame | undefined): Context | undefined {
  const [list, number] = id.split('-');
  if (list === 'log' && frame?.log !== undefined) {
    const row = frame.log.rows[Number(number) - frame.log.first];
    return row && { webviewSection: 'line', operation: row.operation, text: row.text };
  }
  if (list === 'steps' && frame?.steps !== undefined) {
    const row = frame.steps.rows[Number(number) - frame.steps.first];
    if (row === undefined || row.kind === 'phase') return undefined;
    return { webviewSection: 'step', operation: row.operation, text: row.kind === 'operation' ? row.title : row.text };
  }
  return undefined;
}
