// The page of the harness: the real core and the host's half of the panel, in one page with the real client. A scenario says what
// is shown; `window.harness` lets a test look at the host.

import { PanelHost } from '../../src/extension/panel/host';
import type { AllocatorId } from '../../src/regions/allocator-id';
import type { Architecture, Release } from '../../src/regions/release';
import { comparing } from '../../src/timeline/what-if';
import { HeapView, MOVES } from '../../src/view/heap-view';
import type { Move } from '../../src/view/heap-view';
import type { HeldView } from '../../src/view/held';
import type { DumpSubject } from '../../src/view/subject';
import { faultsOf } from './clipping';
import { measured } from '../../src/view/time/history';
import { callsDone } from '../../src/view/compare/what-if';
import { subjectOf } from './harness-subjects';
import type { ClientMessage, PanelState, ViewAction } from '../../src/protocol/messages';

/** A dump with so many blocks, made up: for measuring. */
export interface ManyBlocks {
  readonly blocks: number;
  readonly state?: PanelState;
}

/** A TLSF heap after a workload that leaves so many blocks; `asDump`: its bytes, opened as an imported dump is. */
export interface ManyCalls {
  readonly calls: number;
  readonly asDump: boolean;
  readonly state?: PanelState;
}

/** The memory of a simulation at a step, as a dump: some of it only, some of it overwritten. */
export interface Damaged {
  readonly of: Scenario;
  readonly step: number;
  /** Bytes written over it: address and 64-bit value. */
  readonly words: readonly (readonly [address: string, value: string])[];
  /** Ends of the addresses that the dump holds; without them all of the heap. */
  readonly keep?: readonly (readonly [base: string, end: string])[];
  /** As of a debug session that has gone on. */
  readonly live?: Pick<DumpSubject, 'stop' | 'stale' | 'reading' | 'before'>;
  readonly state?: PanelState;
}

/** A simulation. */
export interface Scenario {
  /** Text of a memory-map file. */
  readonly memoryMap: string;
  /** Text of a workload in any format. */
  readonly workload: string;
  readonly release: Release;
  readonly arch: Architecture;
  readonly allocator: AllocatorId;
  readonly source: string;
  /** Where the webview looked before, as `setState` kept it. */
  readonly state?: PanelState;
}

/** Memory of a captured kernel: its pages that are not all zero, in base 64, by address. */
export interface Dumped {
  readonly dump: Omit<Scenario, 'workload'>;
  readonly heap: string;
  readonly pages: readonly (readonly [base: string, bytes: string])[];
  readonly end: string;
  readonly state?: PanelState;
}

/** The fragmented heap of 4 GiB that the design shows. */
export interface Fragmented {
  readonly fragmented: true;
  readonly state?: PanelState;
}

export type AnyScenario = Scenario | ManyBlocks | ManyCalls | Damaged | Dumped | Fragmented;

declare global {
  interface Window {
    scenario: AnyScenario;
    /** Milliseconds that making, decoding or opening the subject took. */
    made: { readonly making: number; readonly opening: number };
    /** `pending` counts what one half has said and the other has not heard or painted. */
    harness: {
      view: HeapView;
      copied: string[];
      commands: string[];
      state: unknown;
      pending: number;
      settled(): Promise<void>;
      /** A pane's picture as the extension saves it, in base 64. */
      capture(pane: string, format: 'png' | 'svg'): Promise<string>;
      /** What is cut, overlaps or scrolls sideways. */
      faults(): string[];
      /** Runs all allocators on the same boot and shows how they fare. */
      compareAllocators(): void;
      /** Carries out commands one after the other, as VS Code does for the keys of the panel. */
      commanded(...commands: readonly (Move | ViewAction)[]): void;
      /** Shows what holding the dump against its simulation found. */
      hold(held: HeldView): void;
    };
  }
}

const { scenario } = window;
window.made = { making: 0, opening: 0 };
const view = new HeapView(subjectOf(scenario));
window.harness = {
  view,
  copied: [],
  commands: [],
  state: scenario.state,
  pending: 0,
  settled,
  capture,
  compareAllocators,
  commanded: (...commands) => {
    for (const command of commands) isMove(command) ? host.move(command) : host.act(command);
  },
  hold: (held) => host.hold(held),
  faults: faultsOf,
};
const host = new PanelHost(view, undefined, {
  post: (message) => {
    // A frame is heard when the client says that it is painted.
    window.harness.pending++;
    window.postMessage(message, '*');
    if (message.type !== 'event' || message.name !== 'frame') setTimeout(() => window.harness.pending--, 0);
  },
  copy: (text) => window.harness.copied.push(text),
  run: (command) => window.harness.commands.push(command),
  moved: () => undefined,
  selected: () => undefined,
  layout: () => undefined,
  arranged: () => undefined,
  dropped: () => undefined,
});
Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: ClientMessage) => {
      const copy = structuredClone(message);
      window.harness.pending++;
      setTimeout(() => {
        window.harness.pending--;
        if (copy.type === 'event' && copy.name === 'painted') window.harness.pending--;
        host.handle(copy);
      }, 0);
    },
    getState: () => window.harness.state,
    setState: (state: unknown) => (window.harness.state = structuredClone(state)),
  }),
});

function isMove(command: Move | ViewAction): command is Move {
  return (MOVES as readonly string[]).includes(command);
}

function compareAllocators(): void {
  if (view.subject.kind !== 'simulation') return;
  const run = comparing(view.subject.simulation.input, callsDone(view.subject.simulation), measured);
  for (;;) {
    const next = run.next();
    if (next.done !== true) continue;
    host.compareWith(next.value);
    return;
  }
}

async function settled(): Promise<void> {
  const quietNow = () => window.harness.pending === 0 && document.querySelector('[data-moving]') === null;
  for (let quiet = 0; quiet <= 3; quiet = quietNow() ? quiet + 1 : 0) await new Promise(requestAnimationFrame);
}

async function capture(pane: string, format: 'png' | 'svg'): Promise<string> {
  const { bytes } = await host.capture(pane, format);
  return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
}
