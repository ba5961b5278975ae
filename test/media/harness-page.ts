// The page of the harness: the real core and the host's half of the panel, in one page with the real client. A scenario says what
// is shown; `window.harness` lets a test look at the host.

import { MemoryImage } from '../../src/memory/image';
import { allocatorFor } from '../../src/allocators/registry';
import { PanelHost } from '../../src/extension/panel-host';
import type { AllocatorId } from '../../src/regions/allocator-id';
import type { Architecture, Release } from '../../src/regions/release';
import { readMemoryMap } from '../../src/readers/memory-map';
import { readWorkload } from '../../src/readers/workload';
import { Simulation } from '../../src/timeline/simulation';
import { BlockBuilder, BlockTable } from '../../src/snapshot/blocks';
import { HeapView } from '../../src/view/heap-view';
import type { Subject } from '../../src/view/subject';
import type { ClientMessage, PanelState } from '../../src/protocol/messages';

/** A dump with so many blocks, made up: for measuring. */
export interface ManyBlocks {
  readonly blocks: number;
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

declare global {
  interface Window {
    scenario: Scenario | ManyBlocks;
    /** `pending` counts what one half has said and the other has not heard or painted. */
    harness: {
      view: HeapView;
      copied: string[];
      commands: string[];
      state: unknown;
      pending: number;
      settled(): Promise<void>;
      hostTime: number;
      /** A pane's picture as the extension saves it, in base 64. */
      capture(pane: string, format: 'png' | 'svg'): Promise<string>;
    };
  }
}

const { scenario } = window;
const view = new HeapView('blocks' in scenario ? manyBlocks(scenario.blocks) : simulated(scenario));
window.harness = { view, copied: [], commands: [], state: scenario.state, pending: 0, settled, hostTime: 0, capture };
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
        const begin = performance.now();
        host.handle(copy);
        window.harness.hostTime += performance.now() - begin;
      }, 0);
    },
    getState: () => window.harness.state,
    setState: (state: unknown) => (window.harness.state = structuredClone(state)),
  }),
});

async function settled(): Promise<void> {
  for (let quiet = 0; quiet <= 3; quiet = window.harness.pending === 0 ? quiet + 1 : 0) await new Promise(requestAnimationFrame);
}

function simulated({ memoryMap, workload, release, arch, allocator, source }: Scenario): Subject {
  const { map } = readMemoryMap(memoryMap);
  const config = map.hints.config ?? {};
  const room = allocatorFor(allocator)!;
  return {
    kind: 'simulation',
    title: 'harness',
    source,
    release,
    arch,
    inspect: (reader, snapshot, address) => room.inspect(reader, snapshot, address),
    simulation: Simulation.create({ map, release, arch, allocator, config, workload: readWorkload(workload).operations }),
  };
}

/** Pages of a buddy heap, three of four used, a few bytes asked for in each. */
function manyBlocks(count: number): Subject {
  const builder = new BlockBuilder();
  const base = 0x1000000000n;
  let random = 0x12345678;
  let free = 0;
  for (let i = 0; i < count; i++) {
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    const used = (random & 3) !== 0;
    if (!used) free++;
    builder.add(base + BigInt(i) * 4096n, 4096, used ? 'used' : 'free', 0, used ? (random >>> 8) % 4000 : -1);
  }
  const figures = {
    total: count * 4096,
    free: free * 4096,
    used: (count - free) * 4096,
    slack: -1,
    overhead: 0,
    usedBlocks: count - free,
    freeBlocks: free,
  };
  const shares = { largestFree: 4096, largestRequest: 4064, externalFragmentation: 1, internalFragmentation: 0, freeByClass: [] };
  return {
    kind: 'dump',
    title: 'made.bin',
    source: 'made up',
    release: '0.17.0',
    arch: 'x86_64',
    inspect: () => [],
    reader: MemoryImage.of([]).reader(),
    snapshot: {
      allocator: 'bbuddy',
      release: '0.17.0',
      profile: 'B14',
      heap: base,
      areas: [{ base, end: base + BigInt(count) * 4096n, by: 'init' }],
      blocks: BlockTable.of(builder),
      lists: [],
      structs: [],
      state: {},
      metrics: { ...figures, ...shares },
      findings: [],
      absent: [],
    },
  };
}

async function capture(pane: string, format: 'png' | 'svg'): Promise<string> {
  const { bytes } = await host.capture(pane, format);
  return btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));
}
