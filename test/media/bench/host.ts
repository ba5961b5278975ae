// The page in which the bench has the panel's host: a process of its own, as the extension host is. It speaks to the page of the client
// by a channel, which copies every message as a webview's does.

import { allocatorFor } from '../../../src/allocators/registry';
import { tenMillionOperations } from '../../../src/cli/bench/timeline';
import { PanelHost } from '../../../src/extension/panel/host';
import { Simulation } from '../../../src/timeline/simulation';
import { HeapView } from '../../../src/view/heap-view';
import type { Subject } from '../../../src/view/subject';
import { subjectOf } from '../harness-subjects';
import type { ManyBlocks, ManyCalls } from '../harness-page';
import { CHANNEL, HEARD } from './channel';

/** A heap of so many blocks, or a timeline of ten million operations. */
export type Measured = ManyBlocks | ManyCalls | 'timeline';

declare global {
  interface Window {
    host: { readonly view: HeapView };
    measured: Measured;
  }
}

function timeline(): Subject {
  const input = tenMillionOperations();
  const simulation = Simulation.create(input);
  simulation.runToEnd();
  const room = allocatorFor(input.allocator)!;
  return {
    kind: 'simulation',
    title: 'ten million',
    source: 'made up',
    release: input.release,
    arch: input.arch,
    simulation,
    inspect: (reader, snapshot, address) => room.inspect(reader, snapshot, address),
  };
}

window.made = { making: 0, opening: 0 };
const view = new HeapView(window.measured === 'timeline' ? timeline() : subjectOf(window.measured));
window.host = { view };
const channel = new BroadcastChannel(CHANNEL);
const nothing = () => undefined;
const host = new PanelHost(view, undefined, {
  post: (message) => channel.postMessage(message),
  copy: nothing,
  run: nothing,
  moved: nothing,
  selected: nothing,
  dropped: nothing,
  layout: nothing,
  arranged: nothing,
});
channel.onmessage = ({ data }) => {
  host.handle(data);
  channel.postMessage(HEARD);
};
