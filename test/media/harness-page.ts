// The page of the harness: the real core and the host's half of the panel, in one page with the real client. A scenario says what
// is shown; `window.harness` lets a test look at the host.

import { allocatorFor } from '../../src/allocators/registry';
import { PanelHost } from '../../src/extension/panel-host';
import type { AllocatorId } from '../../src/regions/allocator-id';
import type { RegionMap } from '../../src/regions/descriptor';
import type { Architecture, Release } from '../../src/regions/release';
import { readMemoryMap } from '../../src/readers/memory-map';
import { readWorkload } from '../../src/readers/workload';
import { Simulation } from '../../src/timeline/simulation';
import { HeapView } from '../../src/view/heap-view';
import type { ClientMessage, PanelState } from '../../src/protocol/messages';

/** What a page shows. */
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

declare global {
  interface Window {
    scenario: Scenario;
    /** `pending` counts what one half has said and the other has not heard or painted. */
    harness: { view: HeapView; copied: string[]; commands: string[]; state: unknown; pending: number; settled(): Promise<void> };
  }
}

const { scenario } = window;
const map: RegionMap = readMemoryMap(scenario.memoryMap).map;
const simulation = Simulation.create({
  map,
  release: scenario.release,
  arch: scenario.arch,
  allocator: scenario.allocator,
  config: map.hints.config ?? {},
  workload: readWorkload(scenario.workload).operations,
});
const allocator = allocatorFor(scenario.allocator)!;
const view = new HeapView({
  kind: 'simulation',
  title: 'harness',
  source: scenario.source,
  release: scenario.release,
  arch: scenario.arch,
  inspect: (reader, snapshot, address) => allocator.inspect(reader, snapshot, address),
  simulation,
});
window.harness = { view, copied: [], commands: [], state: scenario.state, pending: 0, settled };
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

async function settled(): Promise<void> {
  for (let quiet = 0; quiet <= 3; quiet = window.harness.pending === 0 ? quiet + 1 : 0) await new Promise(requestAnimationFrame);
}
