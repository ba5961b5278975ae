// tinyalloc's table of descriptors, and its lists in the order in which they are searched.

import type { ChainBlock, TinyallocView } from '../../../src/view/own/tinyalloc';
import type { Store } from '../../store';
import { ProbeBox } from './own';

/** Descriptors that are drawn. */
const MOST = 2048;

export function Tinyalloc({ store, view }: { readonly store: Store; readonly view: TinyallocView }) {
  return (
    <>
      <div class="tiny">
        <h3>Descriptor table</h3>
        <p class="dim">{view.counts}</p>
        <div class="descriptors" role="img" aria-label={`${view.title}: ${view.counts}`}>
          {Array.from(view.states.subarray(0, MOST), (s, i) => (
            <i key={i} class={`descriptor ${view.stateNames[s] ?? ''}`} />
          ))}
        </div>
        <p class="dim">{view.top}</p>
        <Chain store={store} name="free, in search order" blocks={view.free} />
        <Chain store={store} name="used" blocks={view.used} />
      </div>
      <ProbeBox store={store} probe={view.probe} label="Size of a malloc to try" placeholder="malloc size, e.g. 2500" />
    </>
  );
}

function Chain({
  store,
  name,
  blocks,
}: {
  readonly store: Store;
  readonly name: string;
  readonly blocks: readonly ChainBlock[];
}) {
  return (
    <div class="chain">
      <h3>
        {name} <span class="dim">×{blocks.length}</span>
      </h3>
      <ol>
        {blocks.map((b) => (
          <li key={b.descriptor}>
            <button
              class={`member${b.selected ? ' selected' : ''}`}
              data-rove={b.descriptor}
              title={`descriptor ${b.descriptor}`}
              onClick={() => store.select(b.address)}
            >
              {b.address}
            </button>{' '}
            <span class="dim">{b.size}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
