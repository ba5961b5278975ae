// The heap of a program that is being debugged, in a heap view that follows the session: read again at each stop, marked while it runs.

import * as vscode from 'vscode';
import { allocatorFor } from '../../allocators/registry';
import { hex } from '../../memory/address';
import { known } from '../../timeline/choices';
import type { NamedHints } from '../../timeline/choices';
import type { DumpSubject } from '../../view/subject';
import { changedBetween } from './memory';
import type { DebugRequests, FetchProgress } from './memory';
import { HEAD_EXPRESSIONS, readDebugHeap } from './heap';
import type { DebugHeap } from './heap';
import type { Log } from '../log';
import * as messages from '../messages';
import type { HeapPanel } from '../panel/panel';
import type { Panels } from '../panel/panels';
import { pickOne } from '../pick';
import type { Project } from '../project/project';
import { settingsHints } from '../settings';
import { tell } from '../tell';

/** Ranges that are marked as changed since the last stop. */
const MOST_CHANGES = 4096;

/** A session whose heap is shown. */
interface Followed {
  readonly session: vscode.DebugSession;
  readonly panel: HeapPanel;
  readonly expression: string | undefined;
  heap: DebugHeap;
  at: Date;
  /** What is different from the stop before it. */
  changes: Pick<DumpSubject, 'touched' | 'before'>;
  /** The next stop is being read, and may be told not to be. */
  reading?: { cancelled: boolean };
  timer?: ReturnType<typeof setTimeout>;
}

/** Milliseconds after which a session that stirred is looked at. */
const SETTLED = 200;
/** Milliseconds between two reports of how far reading has come, and before the first: most stops are read by then. */
const REPORTED = 300;
/** Requests that let a program run. */
const RUNS = ['continue', 'next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'goto', 'restartFrame'];

export class DebugSessions implements vscode.Disposable {
  private readonly panels: Panels;
  private readonly project: Project;
  private readonly log: Log;
  private readonly sessions = new Set<vscode.DebugSession>();
  private readonly followed = new Map<string, Followed>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(panels: Panels, project: Project, log: Log) {
    this.panels = panels;
    this.project = project;
    this.log = log;
    this.subscriptions = [
      vscode.debug.onDidStartDebugSession((session) => this.sessions.add(session)),
      vscode.debug.onDidTerminateDebugSession((session) => {
        this.sessions.delete(session);
        this.mark(session, 'the session has ended');
        clearTimeout(this.followed.get(session.id)?.timer);
        this.followed.delete(session.id);
      }),
      vscode.debug.registerDebugAdapterTrackerFactory('*', { createDebugAdapterTracker: (session) => this.track(session) }),
      // For sessions that had begun before the extension woke: they have no tracker.
      vscode.debug.onDidChangeActiveStackItem((item) => {
        for (const { session } of this.followed.values())
          if (item === undefined || item.session.id === session.id) this.stir(session);
      }),
    ];
  }

  /** Shows the heap of a session that has stopped; of several sessions the user chooses one. */
  async import(): Promise<void> {
    const session = await this.choose();
    if (session === undefined) return;
    const stopped = await stoppedFrame(session);
    if (stopped === undefined) {
      tell(messages.sessionRuns(session.name));
      return;
    }
    let expression: string | undefined;
    for (;;) {
      const heap = await this.read(session, stopped.frameId, expression);
      if (heap !== 'not-evaluated') {
        if (typeof heap === 'string') tell(messages.noSessionHeap(heap, session.name));
        else this.show(session, heap, expression);
        return;
      }
      expression = await askExpression(expression);
      if (expression === undefined) return;
    }
  }

  /** Whatever stop is being read for a panel: what was read of it is left, and the panel keeps the stop before. */
  cancelReading(): void {
    for (const { reading } of this.followed.values()) if (reading !== undefined) reading.cancelled = true;
  }

  dispose(): void {
    for (const { timer } of this.followed.values()) clearTimeout(timer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async choose(): Promise<vscode.DebugSession | undefined> {
    const active = vscode.debug.activeDebugSession;
    const all = new Set([...(active ? [active] : []), ...this.sessions]);
    if (all.size === 0) tell(messages.noSession());
    if (all.size <= 1) return [...all][0];
    const items = [...all].map((session) => ({ label: session.name, description: session.type, session }));
    return (await pickOne(items, { title: 'Import from debug session', placeHolder: 'Session' }))?.session;
  }

  private async read(
    session: vscode.DebugSession,
    frameId: number | undefined,
    expression: string | undefined,
    watch?: { readonly onBytes: (bytes: number) => void; readonly cancelled: () => boolean },
  ) {
    const folder = session.workspaceFolder ?? vscode.workspace.workspaceFolders?.[0];
    const around: NamedHints[] =
      folder === undefined ? [] : [...(await this.project.around(vscode.Uri.joinPath(folder.uri, 'session'))).around];
    const options = {
      location: vscode.ProgressLocation.Notification,
      title: `Reading the heap of ${session.name}`,
      cancellable: true,
    };
    return await vscode.window.withProgress(options, (progress, token) =>
      readDebugHeap(
        {
          session: requestsOf(session),
          ...(frameId !== undefined && { frameId }),
          known: known([...around, settingsHints(folder?.uri)]),
          onProgress: ({ bytes }: FetchProgress) => {
            progress.report({ message: `${String(Math.round(bytes / 1024))} KiB` });
            watch?.onBytes(bytes);
          },
          cancelled: () => token.isCancellationRequested || watch?.cancelled() === true,
        },
        expression,
      ),
    );
  }

  private show(session: vscode.DebugSession, heap: DebugHeap, expression: string | undefined): void {
    const at = new Date();
    const panel = this.panels.show(subjectOf(session, heap, at), `debug:${session.id}`, { kind: 'session', name: session.name });
    this.followed.set(session.id, { session, panel, expression, heap, at, changes: {} });
    const { choices, address, memory } = heap;
    this.log.info(
      `Read ${choices.allocator} ${choices.release} at ${hex(address)} from ${session.name}: ${String(memory.size)} bytes, ${String(memory.holes)} pages unreadable.`,
    );
  }

  private track(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    return {
      onWillReceiveMessage: ({ command }: { readonly command?: string }) => {
        if (command !== undefined && RUNS.includes(command)) this.stir(session);
      },
      onDidSendMessage: ({ event }: { readonly event?: string }) => {
        if (event === 'stopped' || event === 'continued' || event === 'memory') this.stir(session);
      },
    };
  }

  /** Something happened in a session that is shown: after a moment, for stops follow each other fast, it is looked at. */
  private stir(session: vscode.DebugSession): void {
    const followed = this.followed.get(session.id);
    if (followed === undefined) return;
    clearTimeout(followed.timer);
    followed.timer = setTimeout(() => void this.refresh(followed), SETTLED);
  }

  private async refresh(followed: Followed): Promise<void> {
    const { session, panel, expression } = followed;
    if (!this.panels.has(panel)) {
      this.followed.delete(session.id);
      return;
    }
    const stopped = await stoppedFrame(session);
    if (stopped === undefined) {
      this.mark(session, 'running');
      return;
    }
    const reading = { cancelled: false };
    followed.reading = reading;
    const cancelled = (): boolean => reading.cancelled;
    const heap = await this.read(session, stopped.frameId, expression, {
      onBytes: this.reporter(followed),
      cancelled,
    });
    delete followed.reading;
    if (cancelled() || typeof heap === 'string') {
      this.mark(session, cancelled() ? 'reading was cancelled' : 'no heap could be read at this stop');
      return;
    }
    const touched = changedBetween(followed.heap.memory, heap.memory, MOST_CHANGES);
    followed.changes = { touched, before: followed.heap.snapshot.metrics };
    followed.heap = heap;
    followed.at = new Date();
    panel.host.show({ ...subjectOf(session, heap, followed.at), ...followed.changes });
  }

  /** Shows in the panel how far reading has come, once it takes its time; what it shows stays that of the stop before. */
  private reporter(followed: Followed): (bytes: number) => void {
    const { session, panel, heap, at, changes } = followed;
    let last = Date.now();
    return (bytes) => {
      if (Date.now() - last < REPORTED || !this.panels.has(panel)) return;
      last = Date.now();
      panel.host.show({ ...subjectOf(session, heap, at), ...changes, reading: { bytes, of: heap.memory.size } });
    };
  }

  /** What is shown is of an earlier time: says why, and of when it is. */
  private mark(session: vscode.DebugSession, why: string): void {
    const followed = this.followed.get(session.id);
    if (followed === undefined || !this.panels.has(followed.panel)) return;
    const subject = subjectOf(session, followed.heap, followed.at);
    followed.panel.host.show({ ...subject, ...followed.changes, stale: `${why} · shown is ${timeText(followed.at)}` });
  }
}

function subjectOf(session: vscode.DebugSession, heap: DebugHeap, at: Date): DumpSubject {
  const allocator = allocatorFor(heap.choices.allocator)!;
  return {
    kind: 'dump',
    title: session.name,
    source: `debug session, stopped at ${timeText(at)}`,
    stop: `stop of ${timeText(at)}`,
    release: heap.choices.release,
    arch: heap.choices.arch,
    inspect: (reader, snapshot, address) => allocator.inspect(reader, snapshot, address),
    snapshot: heap.snapshot,
    reader: heap.memory.reader,
    more: () => heap.memory.more(),
    assumptions: heap.assumed,
    ...(heap.map && { map: heap.map }),
  };
}

function timeText(at: Date): string {
  return at.toLocaleTimeString('en-GB');
}

function requestsOf(session: vscode.DebugSession): DebugRequests {
  return { request: async (command, args) => (await session.customRequest(command, args)) as unknown };
}

/** The frame to evaluate in; undefined while the program runs. */
async function stoppedFrame(session: vscode.DebugSession): Promise<{ readonly frameId?: number } | undefined> {
  const item = vscode.debug.activeStackItem;
  if (item instanceof vscode.DebugStackFrame && item.session.id === session.id) return { frameId: item.frameId };
  try {
    const { threads } = (await session.customRequest('threads')) as { threads: readonly { id: number }[] };
    for (const { id } of threads) {
      const { stackFrames } = (await session.customRequest('stackTrace', { threadId: id, startFrame: 0, levels: 1 })) as {
        stackFrames: readonly { id: number }[];
      };
      if (stackFrames[0] !== undefined) return { frameId: stackFrames[0].id };
    }
    return undefined;
  } catch {
    return undefined;
  }
}

async function askExpression(before: string | undefined): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Import from debug session: where is the heap?',
    prompt:
      before === undefined
        ? `The debugger does not know ${HEAD_EXPRESSIONS[0]!}. Give the address of the heap's struct uk_alloc, or an expression for it.`
        : `The debugger cannot evaluate ${before}. Give an address such as 0x12000, or another expression.`,
    value: before ?? '',
    ignoreFocusOut: true,
  });
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}
