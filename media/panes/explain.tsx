// Why: what was refused, each with a card, and where every byte went.

import { useRef } from 'preact/hooks';
import type { Card, ExplainView, LedgerRow } from '../../src/view/explain';
import type { Frame } from '../../src/view/frame/frame';
import { LAST_STEP } from '../../src/view/viewport';
import { useRoving } from '../hooks';
import { Pane } from '../pane';
import type { Store } from '../store';
import { Tool } from '../tool';
import { Drawing } from './drawing';

/** Tells the context menu what is under the pointer. */
const CONTEXT = JSON.stringify({ webviewSection: 'explain', preventDefaultContextMenuItems: true });

export function Explain({
  store,
  frame,
  open = false,
}: {
  readonly store: Store;
  readonly frame: Frame;
  readonly open?: boolean;
}) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  const { explain } = frame;
  if (explain === undefined) return null;
  const tools = explain.markdown !== '' && (
    <Tool
      icon="copy"
      label="Copy as Markdown"
      title="Copy as Markdown, for a bug report"
      onClick={() => store.copy(explain.markdown)}
    />
  );
  return (
    <Pane store={store} name="explain" title="Explain" summary={explain.summary} folded={!open} tools={tools}>
      <div class="explain" ref={body} tabIndex={-1} data-vscode-context={CONTEXT}>
        <Choice store={store} explain={explain} />
        {explain.here !== undefined && explain.here.id !== explain.open && (
          <p>
            <button class="link" data-rove="here" onClick={() => store.explain(explain.here!.id)}>
              This step was refused. Why?
            </button>
          </p>
        )}
        {explain.card !== undefined && <CardView store={store} card={explain.card} markdown={explain.markdown} />}
        {explain.ledger !== undefined && <Ledger rows={explain.ledger} />}
        {explain.open === '' && <Refused store={store} explain={explain} />}
      </div>
    </Pane>
  );
}

function Choice({ store, explain }: { readonly store: Store; readonly explain: ExplainView }) {
  return (
    <select
      class="explain-choice"
      aria-label="What to explain"
      value={explain.open}
      onChange={(e) => store.look({ explain: e.currentTarget.value })}
    >
      <option value="">Choose what to explain…</option>
      <option value="ledger">Where every byte went</option>
      {explain.titles.map((t) => (
        <option key={t.id} value={t.id}>
          {t.refused ? `✗ ${t.title}` : t.title}
        </option>
      ))}
      {explain.more > 0 && <option disabled>{`… and ${String(explain.more)} more`}</option>}
    </select>
  );
}

function Refused({ store, explain }: { readonly store: Store; readonly explain: ExplainView }) {
  const refused = explain.titles.filter((t) => t.refused).slice(0, 12);
  return (
    <ul class="explain-refused">
      {refused.map((t) => (
        <li key={t.id}>
          <button class="link" data-rove={t.id} onClick={() => store.explain(t.id)}>
            {t.title}
          </button>
        </li>
      ))}
      <li>
        <button class="link" data-rove="ledger" onClick={() => store.explain('ledger')}>
          Where did every byte go?
        </button>
      </li>
    </ul>
  );
}

function CardView({ store, card, markdown }: { readonly store: Store; readonly card: Card; readonly markdown: string }) {
  return (
    <article class="card" aria-label={card.title}>
      <h3>{card.title}</h3>
      <p class="card-answer">{card.answer}</p>
      {card.kernel.map((line) => (
        <p key={line} class="card-kernel code">
          {line}
        </p>
      ))}
      {card.drawing !== undefined && <Drawing drawing={card.drawing} />}
      {card.sums.length > 0 && (
        <ol class="card-sums">
          {card.sums.map((s) => (
            <li key={s.text} class={s.decides === true ? 'decides' : ''}>
              <span class="code">{s.text}</span> <span class="dim">{s.note}</span>
            </li>
          ))}
        </ol>
      )}
      {card.candidates.length > 0 && (
        <table class="card-table">
          <thead>
            <tr>
              <th scope="col">Candidate</th>
              <th scope="col">What became of it</th>
            </tr>
          </thead>
          <tbody>
            {card.candidates.map((c) => (
              <tr key={c.what}>
                <th scope="row">{c.what}</th>
                <td>{c.became}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {card.change.length > 0 && (
        <>
          <h4>What would change it</h4>
          <ul>
            {card.change.map((c) => (
              <li key={c}>{c}</li>
            ))}
          </ul>
        </>
      )}
      {card.whatIf.length > 0 && (
        <table class="card-table">
          <thead>
            <tr>
              <th scope="col">What if</th>
              <th scope="col">Result</th>
              <th scope="col">
                <span class="unseen">Note</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {card.whatIf.map((w) => (
              <tr key={w.what}>
                <th scope="row">{w.what}</th>
                <td class={w.works ? 'works' : 'fails'}>
                  {w.works ? '✓' : '✗'} {w.result}
                </td>
                <td class="dim">{w.note ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="card-links">
        {card.operation !== undefined && (
          <button class="link" data-rove="step" onClick={() => store.seek({ operation: card.operation!, step: LAST_STEP })}>
            Go to its step
          </button>
        )}
        {card.operation !== undefined && card.id.startsWith('operation') && (
          <button class="link" data-rove="compare" onClick={() => store.command('ukboot.compareAllocators')}>
            Compare allocators
          </button>
        )}
        <button class="link" data-rove="copy" onClick={() => store.copy(markdown)}>
          Copy as Markdown
        </button>
        <button class="link" data-rove="close" onClick={() => store.look({ explain: '' })}>
          All explanations
        </button>
      </p>
    </article>
  );
}

function Ledger({ rows }: { readonly rows: readonly LedgerRow[] }) {
  return (
    <table class="card-table ledger" aria-label="Where every byte went">
      <thead>
        <tr>
          <th scope="col">Where it went</th>
          <th scope="col">Size</th>
          <th scope="col">Bytes</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((r) => (
          <tr key={r.kind} class={r.kind === 'total' ? 'total' : ''}>
            <th scope="row">
              {r.text}
              <span class={`share share-of-${r.kind}`} style={{ width: `${(r.share * 100).toFixed(2)}%` }} aria-hidden="true" />
            </th>
            <td class="number">{r.size}</td>
            <td class="number code">{r.bytes}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
