// mimalloc: heap bar first, for lost memory is the lesson; then segments with their pages, queues, and one page.

import type { MimallocView, PageCell } from '../../../src/view/own/mimalloc';
import type { PageView } from '../../../src/view/own/mimalloc-page';
import type { Store } from '../../store';

export function Mimalloc({ store, view }: { readonly store: Store; readonly view: MimallocView }) {
  return (
    <div class="mi">
      <div class="mi-head">
        {view.lost !== '' && (
          <p class="mi-lost">
            <span class="codicon codicon-warning" aria-hidden="true" /> {view.lost}
            {view.why && (
              <>
                {' · '}
                <button class="link" data-rove="why" onClick={() => store.explain('ledger')}>
                  where every byte went
                </button>
              </>
            )}
          </p>
        )}
        <p class="dim">in order of address, not to scale</p>
      </div>
      <ul class="mi-bar" aria-label="Where the heap's memory went, not to scale">
        {view.bar.map((part) => (
          <li
            key={part.base}
            class={`mi-part ${part.kind}`}
            style={{ flexGrow: String(part.weight) }}
            title={`${part.base} · ${part.label} · ${part.size}`}
          >
            <span class="mi-at fits">
              <span>{part.base}</span>
            </span>
            <span class="mi-label fits">
              <span class="mi-long">{part.label}</span>
              <span class="mi-short">{part.short}</span>
            </span>
            <span class="mi-size fits">
              <span>{part.size}</span>
            </span>
          </li>
        ))}
      </ul>
      <div class="mi-columns">
        <div class="mi-segments">
          {view.segments.map((s) => (
            <section key={s.title} aria-label={s.title}>
              <h3>
                {s.title} <span class="dim">{s.text}</span>
              </h3>
              <div class="mi-pages">
                {s.pages.map((p) => (
                  <Page key={p.base} store={store} page={p} />
                ))}
              </div>
            </section>
          ))}
          {view.moreSegments > 0 && <p class="dim">and {view.moreSegments} more segments</p>}
          {view.segments.length > 0 && <p class="dim">class · used/linked · bar: used, linked free, outline = fits</p>}
        </div>
        <div class="mi-queued">
          <h3>
            Queues <span class="dim">{view.queuesText}</span>
          </h3>
          {view.queues.length > 0 && <Queues store={store} view={view} />}
          {view.directText !== '' && <p class="dim">{view.directText}</p>}
        </div>
        {view.page !== undefined && <SelectedPage store={store} page={view.page} />}
      </div>
    </div>
  );
}

function Page({ store, page }: { readonly store: Store; readonly page: PageCell }) {
  if (page.state === 'unused') return <span class="mi-page unused" title={page.text} />;
  return (
    <button
      class={`mi-page ${page.state}${page.selected ? ' selected' : ''}`}
      data-rove={page.base}
      title={page.text}
      onClick={() => store.select(page.base)}
    >
      <span class="mi-page-text" aria-hidden="true">
        <strong>{page.label}</strong> <span>{page.counts}</span>
      </span>
      <span class="unseen">{page.text}</span>
      <Nested used={page.used} linked={page.linked} />
    </button>
  );
}

/** Three nested lengths: used, linked, fits. */
function Nested({ used, linked }: { readonly used: number; readonly linked: number }) {
  return (
    <span class="nested" aria-hidden="true">
      <span class="nested-linked" style={{ width: `${String(linked * 100)}%` }} />
      <span class="nested-used" style={{ width: `${String(used * 100)}%` }} />
    </span>
  );
}

function Queues({ store, view }: { readonly store: Store; readonly view: MimallocView }) {
  return (
    <table class="mi-queues">
      <thead>
        <tr>
          {['bin', 'block', 'mi_page_t', 'used', 'free', 'local'].map((h) => (
            <th key={h} scope="col">
              {h}
            </th>
          ))}
          <th scope="col" colSpan={2}>
            linked of fits
          </th>
          <th scope="col">
            <span class="unseen">state</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {view.queues.map((q) => (
          <tr key={q.page} class={q.selected ? 'selected' : ''} aria-current={q.selected}>
            <td class="number">{q.bin}</td>
            <td class="number">{q.block}</td>
            <td>
              <button
                class="link code"
                data-rove={`queue${q.page}`}
                title={`mi_page_t at ${q.page}, its blocks from ${q.blocks} on`}
                onClick={() => store.select(q.blocks)}
              >
                {q.page}
              </button>
            </td>
            <td class="number">{q.used}</td>
            <td class="number">{q.free === 0 ? '–' : q.free}</td>
            <td class="number">{q.localFree === 0 ? '–' : q.localFree}</td>
            <td class="mi-linked">
              <Nested used={q.usedShare} linked={q.linkedShare} />
            </td>
            <td class="number">{q.linked}</td>
            <td class="dim">{q.state}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Beyond so many blocks a cell is too small for words. */
const ROOMY = 64;

function SelectedPage({ store, page }: { readonly store: Store; readonly page: PageView }) {
  const roomy = page.cells.length <= ROOMY;
  return (
    <section class="mi-selected" aria-label="Selected page">
      <h3>
        Selected page <span class="dim">{page.title}</span>
      </h3>
      <p class="code">{page.range}</p>
      <p>{page.text}</p>
      <p class="dim">{page.check}</p>
      <div class="mi-details">
        <div class={`mi-blocks${roomy ? ' roomy' : ''}`} role="group" aria-label={`${page.text}; ${page.check}`}>
          {page.cells.map((c) =>
            c.kind === 'blank' ? (
              <span key={c.address} class="mi-block blank" title={`${c.address}: never linked`} />
            ) : (
              <button
                key={c.address}
                class={`mi-block ${c.kind}${c.linked ? ' linked' : ''}`}
                data-rove={`block${c.address}`}
                title={`${c.address}: ${c.label === '' ? 'used' : c.label}`}
                onClick={() => store.select(c.address)}
              >
                {c.kind === 'used' ? <span class={roomy ? '' : 'unseen'}>used</span> : c.label}
              </button>
            ),
          )}
        </div>
        {page.more > 0 && <p class="dim">and {page.more} more</p>}
        <dl class="mi-legend">
          {page.legend.map((l) => (
            <div key={l.mark} class={l.kind}>
              <dt>{l.mark}</dt>
              <dd>{l.text}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
