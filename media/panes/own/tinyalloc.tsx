// tinyalloc: what can run out, the table of descriptors, and its three lists as chains, with the walk of the request over the free one.

import type { Chain as ChainView, ChainBlock, TinyallocView } from '../../../src/view/own/tinyalloc';
import type { Store } from '../../store';
import { OwnFindings, ProbeBox } from './own';

/** Descriptors that are drawn. */
const MOST = 2048;

export function Tinyalloc({ store, view }: { readonly store: Store; readonly view: TinyallocView }) {
  const rest = view.states.length - MOST;
  return (
    <>
      <div class="tiny">
        <OwnFindings store={store} findings={view.findings} />
        {view.limits.map((l) => (
          <div key={l.name} class="tiny-limit">
            <span>{l.name}</span>
            <span class="tiny-meter" aria-hidden="true">
              {l.parts.map((p) => <i key={p.kind} class={p.kind} style={{ width: `${(p.width * 100).toFixed(3)}%` }} />)}
            </span>
            <span>{l.text}</span>
          </div>
        ))}
        {view.lesson !== '' && <p>{view.lesson}</p>}
        <div class="descriptors" role="img" aria-label={`${view.title}: ${view.counts}`}>
          {Array.from(view.states.subarray(0, MOST), (s, i) => (
            <i key={i} class={`descriptor ${view.stateNames[s] ?? ''}`} />
          ))}
        </div>
        <p class="dim">
          {view.counts}
          {rest > 0 && `; the last ${String(rest)} are not drawn`}
        </p>
        {view.chains.map((c) => <Chain key={c.name} store={store} chain={c} />)}
        <p class="dim">{view.top}</p>
        <p class="dim">{view.rules}</p>
      </div>
      <ProbeBox store={store} probe={view.probe} label="Size of a malloc to try" placeholder="malloc size, e.g. 2500" />
    </>
  ); // prettier-ignore
}

function Chain({ store, chain }: { readonly store: Store; readonly chain: ChainView }) {
  const { name, count, bytes, head, blocks, more, complete, step } = chain;
  return (
    <div class={`chain chain-${name}`}>
      <h3>
        {step !== undefined && (
          <span class={`disc disc-${step === 2 ? 'search' : 'found'}`} aria-hidden="true">
            {step}
          </span>
        )}
        {name} ×{count} <span class="dim">{`${bytes === '' ? '' : `${bytes} · `}${chain.order} · head at ${head}`}</span>
      </h3>
      <ol aria-label={`${name}, ${String(count)}, ${chain.order}`}>
        {blocks.map((b) => <Member key={b.descriptor} store={store} block={b} />)}
        <li class={complete ? 'chain-end' : 'chain-end broken'}>
          {more > 0 && `… ${String(more)} more`} {complete ? '⊣' : '✗ broken off'}
        </li>
      </ol>
    </div>
  ); // prettier-ignore
}

function Member({ store, block }: { readonly store: Store; readonly block: ChainBlock }) {
  const { address, size, descriptor, index, selected, look, note, text } = block;
  const walked = look === '' ? '' : look.endsWith('✓') ? ' taken' : ' refused';
  return (
    <li>
      <span class="arrow" aria-hidden="true">
        →
      </span>
      {look !== '' && <span class="look">{look}</span>}
      <button
        class={`member${selected ? ' selected' : ''}${walked}`}
        data-rove={descriptor}
        title={text}
        aria-label={`${address}${size === '' ? '' : `, ${size}`}, ${text}`}
        onClick={() => store.select(address)}
      >
        {size === '' ? `#${String(index)}` : address}
      </button>
      {size !== '' && <span class="dim">{size}</span>}
      {note !== '' && <span class="chain-note">{note}</span>}
    </li>
  );
}
