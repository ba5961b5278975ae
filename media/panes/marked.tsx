// What the user has marked: the sum of a range, two blocks side by side, bookmarks. Shown only while there is something.

import { useRef } from 'preact/hooks';
import type { Frame } from '../../src/view/frame/frame';
import type { MarkedView, PairView, RangeView } from '../../src/view/search/marked';
import { useRoving } from '../hooks';
import { Pane } from '../pane';
import type { Store } from '../store';
import { Tool } from '../tool';
import { Bookmarks } from './bookmarks';

export function Marked({ store, frame }: { readonly store: Store; readonly frame: Frame }) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  const { marked } = frame;
  if (marked === undefined) return null;
  return (
    <Pane store={store} name="marked" title="Marked" summary={summaryOf(marked)}>
      <div class="marked" ref={body}>
        {marked.range !== undefined && <Range store={store} range={marked.range} />}
        {marked.pair !== undefined && <Pair store={store} pair={marked.pair} />}
        {marked.bookmarks.length > 0 && <Bookmarks store={store} bookmarks={marked.bookmarks} />}
      </div>
    </Pane>
  );
}

function summaryOf({ range, pair, bookmarks }: MarkedView): string {
  return [range?.title, pair && 'two blocks', bookmarks.length > 0 && `${String(bookmarks.length)} bookmarks`]
    .filter((t) => typeof t === 'string')
    .join(' · ');
}

function Range({ store, range }: { readonly store: Store; readonly range: RangeView }) {
  return (
    <div class="range-sum">
      <p>
        <strong>Range</strong> <span class="code">{range.title}</span>
        <Tool icon="close" label="Forget the range" title="Forget (Esc)" rove="range" onClick={() => store.forget('range')} />
      </p>
      <dl>
        {range.rows.map((r) => (
          <div key={r.label}>
            <dt>{r.label}</dt>
            <dd>{r.text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Pair({ store, pair }: { readonly store: Store; readonly pair: PairView }) {
  return (
    <div class="pair">
      <table>
        <caption class="unseen">Two blocks side by side</caption>
        <thead>
          <tr>
            <td />
            {[pair.a, pair.b].map((address) => (
              <th key={address} scope="col">
                <button class="link code" data-rove={`pair${address}`} onClick={() => store.select(address)}>
                  {address}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {pair.rows.map((r) => (
            <tr key={r.label} class={r.same ? 'same' : ''}>
              <th scope="row">{r.label}</th>
              <td>{r.a}</td>
              <td>{r.same ? '=' : r.b}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {pair.text}{' '}
        <button class="link" data-rove="pair" onClick={() => store.forget('beside')}>
          Forget
        </button>
      </p>
    </div>
  );
}
