// Messages between the extension and the webview, declared once. Types only.
//
// The host sends all of what the panel shows (a window on the heap, not the heap) on `ready`, and from then on what of it has changed.
// It builds no frame before the one it sent was painted, so a flood of steps never queues up: only the last state is drawn.
// 64-bit values cross as `0x…`; bulk data as typed arrays. Values survive JSON otherwise: no NaN, bigint, Map or undefined in arrays.

import type { FrameChange } from '../view/frame/change';
import type { Move, Neighbour } from '../view/heap-view';
import type { BlockRow } from '../view/block-rows';
import type { Cursor, Viewport } from '../view/viewport';

/** What the webview keeps with `setState`, and a restored panel hands to the extension: nothing but where the user looks. */
export interface PanelState {
  /** What the host needs to build the same subject again; opaque to the webview, which got it from the host (`restore`). */
  readonly restore?: unknown;
  readonly cursor?: Cursor;
  readonly viewport?: Viewport;
  /** Sizes of panes by sash, and the panes that are folded. */
  readonly layout?: Layout;
  readonly history?: History;
}

/** Selections to go back and forward to, the nearest last. */
export interface History {
  readonly back: readonly string[];
  readonly forward: readonly string[];
}

export interface Layout {
  readonly sizes: Readonly<Record<string, number>>;
  readonly folded: readonly string[];
  /** The pane that has taken the columns' place; empty or absent for none. */
  readonly maximised?: string;
  /** Lists instead of the allocator's own picture? */
  readonly asLists?: boolean;
  /** Operations a second while playing; 0 is as many as can be shown. */
  readonly speed?: number;
}

/** Asked by the webview, answered by the host; a `failure` rejects the caller's promise. */
export interface Requests {
  /** An address, block or step as typed. */
  find: { params: { text: string }; result: Found };
  /** The block beside a block in one of several orders; null at the end. */
  neighbour: { params: { address: string; way: Neighbour }; result: string | null };
  /** The step that last wrote into the block at an address, searched through the whole run. */
  lastChange: { params: { address: string }; result: Found };
  /** Rows of the block table, for the map's accessible equivalent. */
  blocks: { params: { first: number; count: number }; result: { total: number; rows: readonly BlockRow[] } };
  copy: { params: { text: string }; result: null };
}

export interface Found {
  readonly address?: string;
  readonly cursor?: Cursor;
  /** Was it the name of a place, and no filter, that was typed? */
  readonly named?: boolean;
  /** One line, also when nothing was found. */
  readonly message: string;
}

/** Said by the webview. */
export interface ClientEvents {
  /** The client runs and knows its size; the host answers with `frame`. A restored panel brings its cursor. */
  ready: { viewport: Viewport; cursor?: Cursor };
  look: { viewport: Viewport };
  /** The frame of this number is on screen. */
  painted: { sequence: number };
  move: { how: Move };
  /** Panes were moved or folded: the next panel of the workspace begins like this. */
  arranged: { layout: Layout };
  /** `continuing`: part of one movement, as of a drag; where that began stays the last stop. */
  seek: { cursor: Cursor; continuing?: boolean };
  /** Pins what is shown for all panels, or takes that pin away; answered by `pinned`. */
  pin: Record<string, never>;
  /** Takes a pin of any panel away. */
  unpin: { id: string };
  /** A command of the extension, by id, for a link or button in the panel: `ukboot.importDump`. */
  command: { id: string; argument?: string };
  /** Answers `capture` of the same id: the file, and the theme's colours by name; or why there is none. */
  captured: { id: number; bytes: Uint8Array; colours: Readonly<Record<string, unknown>> } | { id: number; problem: string };
  /** Files were dropped on the panel: resources by URI, others with their bytes; names of those that were too large for that. */
  drop: {
    uris: readonly string[];
    files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
    tooLarge?: readonly string[];
  };
}

/** Said by the host. */
export interface HostEvents {
  /**
   * `layout`: how panes stood last in this workspace, for a panel that has no arrangement of its own yet.
   * `stepped`: one step, forward or back, led here from the frame before, and nothing else did.
   */
  frame: { frame: FrameChange; restore?: unknown; layout?: Layout; stepped?: true };
  /** A command of VS Code that the view itself carries out. */
  act: { action: ViewAction };
  /** Opens an explanation: a card's id, or `ledger`. */
  explain: { id: string };
  /** Compares what is shown with a pinned state. */
  compare: { id: string; name: string };
  /** This step is the pinned one now; null for none. */
  pinned: { pin: Cursor | null };
  /** Something to say to those who see and to those who hear. */
  say: { text: string };
  /** Selects the block that holds an address, everywhere. */
  select: { address: string };
  /** Asks for a picture of a pane as it stands on the screen. */
  capture: { id: number; pane: string; format: 'png' | 'svg' };
}

/** What a VS Code command can ask of the view. */
export type ViewAction =
  | 'zoomIn' | 'zoomOut' | 'zoomFit' | 'mapShape' | 'mapColouring' | 'find' | 'nextPane' | 'previousPane' | 'nextFinding' | 'previousFinding' | 'buddy' | 'keys'
  | 'play' | 'bookmark' | 'nextBookmark' | 'nameBookmark' | 'pin' | 'compare' | 'lastChange' | 'maximise'
  | 'nextFree' | 'previousFree' | 'selectionBack' | 'selectionForward'; // prettier-ignore

export type RequestName = keyof Requests;
export interface RequestMessage<N extends RequestName = RequestName> {
  readonly type: 'request';
  readonly id: number;
  readonly name: N;
  readonly params: Requests[N]['params'];
}
export interface ReplyMessage {
  readonly type: 'reply';
  readonly id: number;
  readonly result: Requests[RequestName]['result'];
}
export interface FailureMessage {
  readonly type: 'failure';
  readonly id: number;
  readonly message: string;
}
export type ClientEvent = {
  [N in keyof ClientEvents]: { readonly type: 'event'; readonly name: N; readonly body: ClientEvents[N] };
}[keyof ClientEvents];
export type HostEvent = {
  [N in keyof HostEvents]: { readonly type: 'event'; readonly name: N; readonly body: HostEvents[N] };
}[keyof HostEvents];

/** Everything that the webview posts. */
export type ClientMessage = { [N in RequestName]: RequestMessage<N> }[RequestName] | ClientEvent;
/** Everything that the host posts. */
export type HostMessage = ReplyMessage | FailureMessage | HostEvent;
