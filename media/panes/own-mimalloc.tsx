// mimalloc: heap bar first, for lost memory is the lesson; then segments with their pages, queues, and one page.

import type { MimallocView, PageCell } from '../../src/view/own-mimalloc';
import type { Store } from '../store';

export function Mimalloc({ store, view }: { readonly store: Store; readonly view: MimallocView }) {
  return (
    <div class="mi">
      {view.lost !== '' && (
        <p class="mi-lost">
          <span class="codicon codicon-warning" aria-hidden="true" /> {view.lost}
        </p>
      )}
      <ul class="mi-bar" aria-label="Where the heap's memory went, not to scale">
        {view.bar.map((part) => (
          <li
            key={part.base}
            class={`mi-part ${part.kind}`}
            style={{ flexGrow: String(part.weight) }}
            title={`${part.base} · ${part.label} · ${part.size}`}
          >
            <span class="mi-label">{part.label}</span>
            <span class="mi-size">{part.size}</span>
          </li>
        ))}
      </ul>
      <div class="mi-columns">
        <div>
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
        </div>
        <div>
          <h3>
            Queues <span class="dim">{view.queuesText}</span>
          </h3>
          {view.queues.length > 0 && <Queues store={store} view={view} />}
          {view.page !== undefined && <SelectedPage page={view.page} />}
        </div>
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
      <span class="mi-page-text">
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
          {['bin', 'block', 'page', 'used', 'free', 'local', 'linked of fits'].map((h) => (
            <th key={h} scope="col">
              {h}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {view.queues.map((q) => (
          <tr key={q.page} class={q.selected ? 'selected' : ''}>
            <td class="number">{q.bin}</td>
            <td class="number">{q.block}</td>
            <td>
              <button class="link code" data-rove={`queue${q.page}`} onClick={() => store.select(q.page)}>
                {q.page}
              </button>
            </td>
            <td class="number">{q.used}</td>
            <td class="number">{q.free === 0 ? '–' : q.free}</td>
            <td class="number">{q.localFree === 0 ? '–' : q.localFree}</td>
            <td class="mi-linked">
              <Nested used={q.usedShare} linked={q.linkedShare} /> {q.linked}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SelectedPage({ page }: { readonly page: NonNullable<MimallocView['page']> }) {
  return (
    <section aria-label="Selected page">
      <h3>
        Selected page <span class="dim">{page.title}</span>
      </h3>
      <p class="code">{page.range}</p>
      <p>{page.text}</p>
      <div class="mi-blocks" role="img" aria-label={`${page.text}; ${page.check}`}>
        {page.cells.map((c, i) => (
          <span key={i} class={`mi-block ${c === '' ? 'blank' : c === 'used' ? 'used' : c.startsWith('F') ? 'free' : 'local'}`}>
            {c === 'used' ? '' : c}
          </span>
        ))}
      </div>
      {page.more > 0 && <p class="dim">and {page.more} more</p>}
      <p class="dim">{page.check}</p>
    </section>
  );
}
