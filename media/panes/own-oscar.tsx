// Oscar: what the program sees above, the frames below; a frame's owners are marked together with it.

import { useRef } from 'preact/hooks';
import type { OscarView } from '../../src/view/own-oscar';
import type { Store } from '../store';
import { ProbeBox } from './own';
import { Ties } from './ties';

export function Oscar({ store, view }: { readonly store: Store; readonly view: OscarView }) {
  const content = useRef<HTMLDivElement>(null);
  return (
    <>
      <div class="oscar">
        <div class="oscar-content" ref={content}>
          <Ties view={view} content={content} />
          <h3>
            Shadow pages <span class="dim">{view.shadowText}</span>
          </h3>
          {view.before > 0 && <p class="dim">{view.before} older pages are not drawn</p>}
          <div class="shadow-pages" role="list" aria-label={view.shadowText}>
            {view.shadows.map((c) => (
              <span key={c.address} role="listitem">
                <button
                  class={`shadow ${c.state}${c.selected ? ' selected' : ''}`}
                  {...(c.frame !== '' && { 'data-frame': c.frame })}
                  data-rove={c.address}
                  title={c.text}
                  onClick={() => store.look({ probe: c.address, ...(c.frame !== '' && { selection: c.frame }) })}
                >
                  <span aria-hidden="true">
                    {c.label !== '' ? c.label : c.state === 'revoked' || c.state === 'gone' ? '✗' : ''}
                  </span>
                  <span class="unseen">{c.text}</span>
                </button>
              </span>
            ))}
          </div>
          <h3 class="frames-title">
            Frames <span class="dim">the memory behind them, in order of address</span>
          </h3>
          <div class="shadow-pages" role="list" aria-label="Frames">
            {view.frames.map((f) => (
              <span key={f.address} role="listitem">
                <button
                  class={`shadow ${f.label === '' ? 'spare' : 'live'}${f.selected ? ' selected' : ''}`}
                  data-rove={`frame${f.address}`}
                  data-frame-of={f.address}
                  title={f.address}
                  onClick={() => store.select(f.address)}
                >
                  <span aria-hidden="true">{f.label}</span>
                  <span class="unseen">frame {f.address}</span>
                </button>
              </span>
            ))}
          </div>
          {view.counters !== '' && <p class="dim">{view.counters}</p>}
          <p class="dim">{view.left}</p>
          {view.whatIf !== '' && <p class="dim">{view.whatIf}</p>}
        </div>
      </div>
      <ProbeBox store={store} probe={view.probe} label="Shadow address to probe" placeholder="address, e.g. 0x40000007f08" />
    </>
  );
}
