// The tree in the side bar: the heap of the current heap view as an outline. What is selected in one is selected in the other.

import * as vscode from 'vscode';
import type { OutlineNode } from '../view/outline';
import { COMMANDS } from './ids';
import type { Panels } from './panel/panels';

const VIEW = 'ukboot.heap';
/** Milliseconds between two looks at a panel that changes fast. */
const PAUSE = 150;
/** What may be dropped on the tree. */
const DROPPED = 'text/uri-list';

export class HeapTree
  implements vscode.Disposable, vscode.TreeDataProvider<OutlineNode>, vscode.TreeDragAndDropController<OutlineNode>
{
  readonly dropMimeTypes = [DROPPED];
  readonly dragMimeTypes: string[] = [];
  private readonly panels: Panels;
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly tree: vscode.TreeView<OutlineNode>;
  private readonly subscription: vscode.Disposable;
  private roots: readonly OutlineNode[] = [];
  private parents = new Map<string, OutlineNode>();
  private status = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(panels: Panels) {
    this.panels = panels;
    this.tree = vscode.window.createTreeView(VIEW, {
      treeDataProvider: this,
      dragAndDropController: this,
      showCollapseAll: true,
    });
    this.subscription = panels.onDidChange(() => {
      this.timer ??= setTimeout(() => this.update(), PAUSE);
    });
    this.tree.onDidChangeVisibility(() => this.update());
  }

  getTreeItem(node: OutlineNode): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(node.label, node.children.length === 0 ? None : node.open === true ? Expanded : Collapsed);
    item.id = node.id;
    item.description = node.description;
    if (node.tooltip !== '') item.tooltip = node.tooltip;
    item.iconPath = new vscode.ThemeIcon(node.icon, colourOf(node.icon));
    item.contextValue = node.kind;
    if (node.address !== undefined)
      item.command = { command: COMMANDS.showAddress, title: 'Show in Heap View', arguments: [node] };
    return item;
  }

  getChildren(node?: OutlineNode): OutlineNode[] {
    return [...(node?.children ?? this.roots)];
  }

  getParent(node: OutlineNode): OutlineNode | undefined {
    return this.parents.get(node.id);
  }

  async handleDrop(_on: OutlineNode | undefined, dropped: vscode.DataTransfer): Promise<void> {
    const text = await dropped.get(DROPPED)?.asString();
    const uris = (text ?? '').split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
    if (uris.length > 0) await vscode.commands.executeCommand(COMMANDS.importDump, undefined, uris);
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.subscription.dispose();
    this.tree.dispose();
    this.changed.dispose();
  }

  private update(): void {
    this.timer = undefined;
    // A tree that nobody sees costs nothing.
    if (!this.tree.visible) return;
    const { current } = this.panels;
    const status = current === undefined ? '' : `${current.key}\n${current.host.view.standing}`;
    if (status !== this.status) {
      this.status = status;
      this.roots = current?.host.view.outline() ?? [];
      this.parents = new Map(this.roots.flatMap((root) => [...parentsIn(root)]));
      this.tree.description = current?.title ?? '';
      this.changed.fire(undefined);
    }
    void this.follow(current?.host.view.selection);
  }

  /** Reveals what stands for the selection: the member of a list, else the region that begins there. */
  private async follow(selection: string | undefined): Promise<void> {
    if (selection === undefined || this.tree.selection[0]?.address === selection) return;
    const node = nodeAt(this.roots, selection);
    if (node !== undefined) await this.tree.reveal(node, { select: true, focus: false }).then(undefined, () => undefined);
  }
}

function nodeAt(nodes: readonly OutlineNode[], address: string): OutlineNode | undefined {
  for (const node of [...nodes].reverse()) {
    const found = node.address === address ? node : nodeAt(node.children, address);
    if (found !== undefined) return found;
  }
  return undefined;
}

function* parentsIn(node: OutlineNode): Iterable<[string, OutlineNode]> {
  for (const child of node.children) {
    yield [child.id, node];
    yield* parentsIn(child);
  }
}

function colourOf(icon: string): vscode.ThemeColor | undefined {
  if (icon === 'error') return new vscode.ThemeColor('problemsErrorIcon.foreground');
  return icon === 'warning' ? new vscode.ThemeColor('problemsWarningIcon.foreground') : undefined;
}
