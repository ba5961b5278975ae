// The host's end of the panel's messages: a heap view on one side, a webview (or a test) on the other. Knows no VS Code.

import type { HeapView } from '../../view/heap-view';
import type { Frame } from '../../view/frame/frame';
import { changeOf } from '../../view/frame/change';
import type {
  ClientEvent,
  ClientEvents,
  ClientMessage,
  HostMessage,
  Layout,
  RequestMessage,
  Requests,
  RequestName,
  ViewAction,
} from '../../protocol/messages';
import type { Move } from '../../view/heap-view';
import type { WhatIf } from '../../timeline/what-if';
import type { HeldView } from '../../view/held';
import type { DumpSubject } from '../../view/subject';
import type { Cursor, Viewport } from '../../view/viewport';
import { Captures, type Captured } from './captures';
import { FrameFlow } from './frame-flow';

/** What the panel can do to its surroundings. */
export interface Surroundings {
  post(message: HostMessage): void;
  copy(text: string): void;
  /** Runs a command of the extension. */
  run(command: string, argument?: string): void;
  /** The cursor moved. */
  moved(): void;
  /** The view selected something else. */
  selected(): void;
  /** How panes stood last in this workspace; undefined where none was ever moved. */
  layout(): Layout | undefined;
  arranged(layout: Layout): void;
  /** Files were dropped on the panel. */
  dropped(files: ClientEvents['drop']): void;
}

/** Commands that the panel's own links may run. */
const LINKED = /^ukboot\.[A-Za-z]+$/;

export class PanelHost {
  readonly view: HeapView;
  private readonly around: Surroundings;
  private readonly restore: unknown;
  private readonly flow: FrameFlow<Frame>;
  private readonly captures: Captures;
  /** What the webview has; undefined before it was ready. */
  private shown: Frame | undefined;
  /** Where the user wants to go in time, not carried out yet. */
  private going: { readonly cursor: Cursor; readonly continuing: boolean } | undefined;
  /** What has happened to the time that is shown since the last frame. */
  private gone: 'nowhere' | 'one step' | 'further' = 'nowhere';
  /** The webview has been ready before. */
  private met = false;
  /** The webview has been told how panes stood last. */
  private placed = false;
  /** An explanation to open once the webview is ready. */
  private waiting: string | undefined;
  /** A pinned state to compare with once the webview is ready. */
  private toCompare: { readonly id: string; readonly name: string } | undefined;
  private readonly stopListening: () => void;
  /** An address to select once the webview is ready. */
  private toSelect: string | undefined;

  /** @param restore what the webview keeps for the time after a reload; plain JSON data */
  constructor(view: HeapView, restore: unknown, around: Surroundings) {
    this.view = view;
    this.around = around;
    this.restore = restore;
    this.captures = new Captures((body) => this.around.post({ type: 'event', name: 'capture', body }));
    this.flow = new FrameFlow(
      () => {
        this.arrive();
        return this.view.frame();
      },
      (frame) => {
        const layout = this.placed ? undefined : this.around.layout();
        this.placed = true;
        const change = changeOf(this.shown, frame);
        this.shown = frame;
        const stepped = this.gone === 'one step' && { stepped: true as const };
        this.gone = 'nowhere';
        this.around.post({
          type: 'event',
          name: 'frame',
          body: { frame: change, restore: this.restore, ...(layout && { layout }), ...stepped },
        });
        void this.readMore();
      },
    );
    this.stopListening = view.comparing.pins.onChange(() => this.flow.changed());
  }

  /** A message of the webview. What is no message is ignored. */
  handle(message: unknown): void {
    if (!isMessage(message)) return;
    if (message.type === 'request') this.arrive();
    if (message.type === 'event') this.handleEvent(message);
    else this.handleRequest(message);
  }

  /** Carries out a command; false when there was nothing to do, as at either end of time. */
  move(how: Move): boolean {
    this.arrive();
    const moved = this.view.move(how);
    if (!moved) return false;
    this.gone = this.gone === 'nowhere' && isStep(how) ? 'one step' : 'further';
    this.changed();
    return true;
  }

  /** Lets the view itself carry out a command, save one that a step may not overtake. */
  act(action: ViewAction): void {
    if (action === 'pin') this.togglePin();
    else this.around.post({ type: 'event', name: 'act', body: { action } });
  }

  /** Of the state to which all that was asked for before has led, be it on screen yet or not. */
  private togglePin(): void {
    this.arrive();
    const { text, pin } = this.view.togglePin();
    if (pin !== undefined) this.around.post({ type: 'event', name: 'pinned', body: { pin } });
    this.around.post({ type: 'event', name: 'say', body: { text } });
  }

  /** Selects an address in the view; one that is not ready does it as soon as it is. */
  select(address: string): void {
    if (this.met) this.around.post({ type: 'event', name: 'select', body: { address } });
    else this.toSelect = address;
  }

  /** Shows another state of the same thing. */
  show(subject: DumpSubject): void {
    this.view.show(subject);
    this.gone = 'further';
    this.changed();
  }

  /** Shows how all allocators fare on the same boot. */
  compareWith(rows: readonly WhatIf[]): void {
    this.view.compareWith(rows);
    this.flow.changed();
  }

  /** Shows what holding the dump against its simulation found. */
  hold(held: HeldView): void {
    this.view.hold(held);
    this.flow.changed();
  }

  /** Compares what is shown with a pinned state; a view that is not ready does it as soon as it is. */
  compare(pin: { readonly id: string; readonly name: string }): void {
    if (this.met) this.around.post({ type: 'event', name: 'compare', body: pin });
    else this.toCompare = pin;
  }

  /** Opens an explanation: a card's id, or `ledger`. */
  explain(id: string): void {
    if (this.met) this.around.post({ type: 'event', name: 'explain', body: { id } });
    else this.waiting = id;
  }

  /** A picture of a pane as the webview shows it. Rejects where there is none, and when the webview goes away. */
  capture(pane: string, format: 'png' | 'svg'): Promise<Captured> {
    return this.captures.ask(pane, format);
  }

  /** The webview is hidden or closed. */
  close(): void {
    this.captures.close();
    this.flow.close();
  }

  /** The panel is closed for good. */
  dispose(): void {
    this.close();
    this.stopListening();
  }

  /** A live session is asked for what the frame missed; when it has that, the frame is built again. */
  private async readMore(): Promise<void> {
    const { subject } = this.view;
    if (subject.kind === 'dump' && (await subject.more?.()) === true && subject === this.view.subject) this.flow.changed();
  }

  private look(viewport: Viewport): void {
    const before = this.view.selection;
    this.view.look(viewport);
    this.flow.changed();
    if (viewport.selection !== before) this.around.selected();
  }

  private changed(): void {
    this.flow.changed();
    this.around.moved();
  }

  private handleEvent(message: ClientEvent): void {
    switch (message.name) {
      case 'ready':
        this.arrive();
        this.view.look(message.body.viewport);
        // Later on the host knows better: it may have stepped while the view was hidden.
        if (message.body.cursor !== undefined && !this.met) this.view.seek(message.body.cursor);
        this.met = true;
        this.shown = undefined;
        this.flow.ready();
        if (this.waiting !== undefined) this.explain(this.waiting);
        this.waiting = undefined;
        if (this.toSelect !== undefined) this.select(this.toSelect);
        this.toSelect = undefined;
        if (this.toCompare !== undefined) this.compare(this.toCompare);
        this.toCompare = undefined;
        this.around.moved();
        break;
      case 'look':
        this.look(message.body.viewport);
        break;
      case 'painted':
        this.flow.painted(message.body.sequence);
        break;
      case 'move':
        this.move(message.body.how);
        break;
      case 'seek':
        // Only the last of many is carried out, when the next frame is built: a drag costs as many seeks as it shows states.
        this.going = {
          cursor: message.body.cursor,
          continuing: message.body.continuing === true && this.going?.continuing !== false,
        };
        this.flow.changed();
        break;
      case 'pin':
        this.togglePin();
        break;
      case 'unpin':
        this.view.comparing.pins.remove(message.body.id);
        break;
      case 'command':
        if (LINKED.test(message.body.id)) this.around.run(message.body.id, message.body.argument);
        break;
      case 'captured':
        this.captures.take(message.body);
        break;
      case 'arranged':
        this.around.arranged(message.body.layout);
        break;
      case 'drop':
        this.around.dropped(message.body);
        break;
    }
  }

  /** Carries out the seek that is waiting. */
  private arrive(): void {
    const { going } = this;
    if (going === undefined) return;
    this.going = undefined;
    this.gone = 'further';
    this.view.seek(going.cursor, going.continuing);
    this.around.moved();
  }

  private handleRequest(message: ClientMessage & { readonly type: 'request' }): void {
    try {
      this.around.post({ type: 'reply', id: message.id, result: this.answer(message) });
    } catch (error) {
      this.around.post({ type: 'failure', id: message.id, message: error instanceof Error ? error.message : String(error) });
    }
  }

  private answer(message: { [N in RequestName]: RequestMessage<N> }[RequestName]): Requests[RequestName]['result'] {
    switch (message.name) {
      case 'find':
        return this.view.find(message.params.text);
      case 'lastChange':
        return this.view.lastChange(message.params.address);
      case 'neighbour':
        return this.view.neighbour(message.params.address, message.params.way);
      case 'blocks':
        return this.view.blocks(message.params.first, message.params.count);
      case 'copy':
        this.around.copy(message.params.text);
        return null;
    }
  }
}

function isStep(how: Move): boolean {
  return how !== 'runToEnd' && how !== 'restart';
}

function isMessage(value: unknown): value is ClientMessage {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('name' in value)) return false;
  return value.type === 'event' ? 'body' in value : value.type === 'request' && 'id' in value && 'params' in value;
}
