// One heap view: a webview panel and the host behind it.

import * as vscode from 'vscode';
import type { HostMessage, ViewAction } from '../../protocol/messages';
import { HeapView } from '../../view/heap-view';
import type { Move } from '../../view/heap-view';
import type { Pins } from '../../view/compare/pins';
import type { Subject } from '../../view/subject';
import type { Arrangement } from './arrangement';
import { COMMANDS, VIEW_TYPE } from '../ids';
import { newNonce, panelHtml } from './html';
import { PanelHost } from './host';

/** What a panel tells those who follow it. */
export interface PanelEvents {
  /** It became visible, hidden, active or inactive. */
  viewStateChanged(panel: HeapPanel): void;
  /** A frame was sent: `status` has changed. */
  shown(panel: HeapPanel): void;
  /** Another block is selected in it. */
  selected(panel: HeapPanel): void;
  closed(panel: HeapPanel): void;
}

/** Stands in the key of a panel between its input and the allocator that was tried instead. */
export const WHAT_IF = '#what-if:';

export class HeapPanel {
  readonly host: PanelHost;
  /** What the panel is about: the same input with the same choices is the same panel. */
  readonly key: string;
  /** One line for the status bar. */
  status = '';
  private readonly panel: vscode.WebviewPanel;

  /** @param restore kept by the webview, and given back after a reload */
  constructor(
    panel: vscode.WebviewPanel,
    extension: vscode.Uri,
    subject: Subject,
    key: string,
    restore: unknown,
    arrangement: Arrangement,
    pins: Pins,
    events: PanelEvents,
  ) {
    this.panel = panel;
    this.key = key;
    this.host = new PanelHost(new HeapView(subject, pins), restore, {
      post: (message) => this.post(message, events),
      copy: (text) => void vscode.env.clipboard.writeText(text),
      run: (command, argument) => void vscode.commands.executeCommand(command, argument),
      moved: () => events.viewStateChanged(this),
      selected: () => events.selected(this),
      layout: () => arrangement.layout,
      arranged: (layout) => arrangement.keep(layout),
      dropped: (drop) => void vscode.commands.executeCommand(COMMANDS.importDump, undefined, drop.uris, drop),
    });
    panel.title = titleOf(subject);
    panel.webview.onDidReceiveMessage((message: unknown) => this.host.handle(message));
    panel.onDidChangeViewState(() => {
      // A hidden webview is gone; when it comes back, it says `ready` again.
      if (!panel.visible) this.host.close();
      events.viewStateChanged(this);
    });
    panel.onDidDispose(() => {
      this.host.dispose();
      events.closed(this);
    });
    panel.webview.options = webviewOptions(extension);
    panel.webview.html = pageOf(panel.webview, extension);
  }

  get active(): boolean {
    return this.panel.active;
  }

  get visible(): boolean {
    return this.panel.visible;
  }

  /** Where it stands; undefined while it is hidden. */
  get column(): vscode.ViewColumn | undefined {
    return this.panel.viewColumn;
  }

  reveal(): void {
    this.panel.reveal();
  }

  move(how: Move): boolean {
    return this.host.move(how);
  }

  /** Selects the block that holds an address. */
  select(address: string): void {
    this.reveal();
    this.host.select(address);
  }

  /** File or session that it shows. */
  get title(): string {
    return this.host.view.subject.title;
  }

  /** URI of the text that its regions stand in; undefined for a dump. */
  get source(): string | undefined {
    return this.host.view.subject.kind === 'simulation' ? this.key.split(WHAT_IF)[0] : undefined;
  }

  act(action: ViewAction): void {
    // Revealing takes the focus from where it is inside the view, and F6 would always begin at the first pane.
    if (!this.active) this.reveal();
    this.host.act(action);
  }

  /** Opens an explanation: a card's id, or `ledger`. */
  explain(id: string): void {
    this.reveal();
    this.host.explain(id);
  }

  dispose(): void {
    this.panel.dispose();
  }

  private post(message: HostMessage, events: PanelEvents): void {
    void this.panel.webview.postMessage(message);
    if (message.type !== 'event' || message.name !== 'frame') return;
    this.status = message.body.frame.parts.status ?? this.status;
    events.shown(this);
  }
}

/** An empty panel: among the heap views that are open already, else beside the editor that the input stands in. */
export function createWebviewPanel(extension: vscode.Uri, other: HeapPanel | undefined): vscode.WebviewPanel {
  const column = other?.column ?? (vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active);
  return vscode.window.createWebviewPanel(VIEW_TYPE, 'ukboot', column, webviewOptions(extension));
}

/** The webview may load what the build made for it, and nothing else. */
function webviewOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extension, 'dist')] };
}

function pageOf(webview: vscode.Webview, extension: vscode.Uri): string {
  const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', name)).toString();
  return panelHtml({
    cspSource: webview.cspSource,
    script: asset('heap-view.js'),
    style: asset('heap-view.css'),
    nonce: newNonce(),
  });
}

function titleOf(subject: Subject): string {
  return `ukboot: ${subject.title}`;
}
