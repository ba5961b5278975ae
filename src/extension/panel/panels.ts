// All heap views that are open, which of them commands go to, and what the rest of the window shows about it.

import * as vscode from 'vscode';
import type { ViewAction } from '../../protocol/messages';
import type { Move } from '../../view/heap-view';
import { Pins } from '../../view/compare/pins';
import type { Subject } from '../../view/subject';
import type { Arrangement } from './arrangement';
import { COMMANDS, CONTEXT } from '../ids';
import type { PanelEvents } from './panel';
import { HeapPanel, createWebviewPanel } from './panel';

export class Panels implements vscode.Disposable, PanelEvents {
  private readonly extension: vscode.Uri;
  private readonly arrangement: Arrangement;
  /** States that any of them has pinned. */
  readonly pins = new Pins(`${Date.now().toString(36)}-`);
  private readonly panels = new Set<HeapPanel>();
  private latest: HeapPanel | undefined;
  private readonly changes = new vscode.EventEmitter<void>();
  /** Something that others show of the current panel may have changed: which one it is, its state, its selection. */
  readonly onDidChange = this.changes.event;
  private readonly statusItem: vscode.StatusBarItem;

  constructor(extension: vscode.Uri, arrangement: Arrangement) {
    this.extension = extension;
    this.arrangement = arrangement;
    this.statusItem = vscode.window.createStatusBarItem('ukboot.heap', vscode.StatusBarAlignment.Left, 50);
    this.statusItem.name = 'ukboot heap';
    this.statusItem.command = COMMANDS.openHeapView;
  }

  /** The panel that commands go to: the active one, else the one that was active last. */
  get current(): HeapPanel | undefined {
    return [...this.panels].find((panel) => panel.active) ?? this.latest;
  }

  /**
   * Shows a subject: in its panel when it has one already, else in a new one.
   *
   * @param into a panel that VS Code has restored
   */
  show(subject: Subject, key: string, restore: unknown, into?: vscode.WebviewPanel): HeapPanel {
    const frame = into ?? createWebviewPanel(this.extension, this.latest);
    // The input may have changed since, so an older panel on it is replaced, not revealed.
    for (const older of this.panels) if (older.key === key) older.dispose();
    const panel = new HeapPanel(frame, this.extension, subject, key, restore, this.arrangement, this.pins, this);
    this.panels.add(panel);
    this.latest = panel;
    this.update();
    return panel;
  }

  has(panel: HeapPanel): boolean {
    return this.panels.has(panel);
  }

  withKey(key: string): HeapPanel | undefined {
    return [...this.panels].find((panel) => panel.key === key);
  }

  move(how: Move): boolean {
    return this.current?.move(how) ?? false;
  }

  act(action: ViewAction): void {
    this.current?.act(action);
  }

  viewStateChanged(panel: HeapPanel): void {
    if (panel.active) this.latest = panel;
    this.update();
  }

  shown(): void {
    this.update();
  }

  selected(): void {
    this.changes.fire();
  }

  closed(panel: HeapPanel): void {
    this.panels.delete(panel);
    if (this.latest === panel) this.latest = [...this.panels].at(-1);
    this.update();
  }

  dispose(): void {
    for (const panel of this.panels) panel.dispose();
    this.statusItem.dispose();
    this.changes.dispose();
  }

  private update(): void {
    const { current } = this;
    this.changes.fire();
    void vscode.commands.executeCommand('setContext', CONTEXT.hasHeapView, this.panels.size > 0);
    void vscode.commands.executeCommand('setContext', CONTEXT.hasSimulation, current?.host.view.subject.kind === 'simulation');
    void vscode.commands.executeCommand('setContext', CONTEXT.hasDump, current?.host.view.subject.kind === 'dump');
    if (current?.visible && current.status !== '') {
      this.statusItem.text = `$(layers) ${current.status}`;
      this.statusItem.tooltip = 'Heap at the current step. Click to show the heap view.';
      this.statusItem.show();
    } else this.statusItem.hide();
  }
}
