// The pinned step above the current one: rows at the same addresses, what differs as a list, the figures of both.

import { useRef, useState } from 'preact/hooks';
import type { ComparedPart, ComparedRow, ComparisonView } from '../../src/view/comparison';
import { useRoving } from '../hooks';
import { Pane } from '../pane';
import type { Store } from '../store';

interface Props {
  readonly store: Store;
  readonly comparison: ComparisonView;
}

export function Comparison({ store, comparison }: Props) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  const [at, setAt] = useState(0);
  const { changes } = comparison;
  const go = (by: 1 | -1) => {
    const next = (at + by + changes.length) % changes.length;
    setAt(next);
    store.select(changes[next]?.base);
  };
  return (
    <Pane
      store={store}
      name="compare"
      title="Compare"
      subtitle={comparison.rowText}
      summary={comparison.summary}
      tools={<Close store={store} />}
    >
      <div class="comparison" ref={body}>
        <p class="compared">
          <span class="side side-a">A {comparison.a}</span> <span aria-hidden="true">→</span>{' '}
          <span class="side side-b">B {comparison.b}</span> <span class="compared-summary">{comparison.summary}</span>
          {changes.length > 0 && (
            <span class="compared-go">
              <button class="tool" data-rove="up" aria-label="Previous change" title="Previous change" onClick={() => go(-1)}>
                <span class="codicon codicon-arrow-up" aria-hidden="true" />
              </button>
              <button class="tool" data-rove="down" aria-label="Next change" title="Next change" onClick={() => go(1)}>
                <span class="codicon codicon-arrow-down" aria-hidden="true" />
              </button>
              change {Math.min(at, changes.length - 1) + 1} of {changes.length + comparison.more}
            </span>
          )}
        </p>
        <div class="compared-rows" role="list" aria-label={`Rows, ${comparison.summary}`}>
          {comparison.rows.map((row) =>
            row.kind === 'same' ? <Same key={row.text} row={row} /> : <RowPair key={row.base} store={store} row={row} />,
          )}
        </div>
        <div class="compared-tables">
          <Changes store={store} comparison={comparison} />
          <Figures comparison={comparison} />
        </div>
      </div>
    </Pane>
  );
}

function Close({ store }: { readonly store: Store }) {
  return (
    <button class="tool" aria-label="Back to the map" title="Back to the map (v)" onClick={() => store.forget('comparing')}>
      <span class="codicon codicon-close" aria-hidden="true" />
    </button>
  );
}

function Same({ row }: { readonly row: ComparedRow & { readonly kind: 'same' } }) {
  return (
    <div class="compared-same" role="listitem">
      {row.text}
    </div>
  );
}

function RowPair({ store, row }: { readonly store: Store; readonly row: ComparedRow & { readonly kind: 'pair' } }) {
  return (
    <div class="compared-pair" role="listitem" aria-label={`${row.base}: ${String(row.changes.length)} changed`}>
      <span class="compared-address code">{row.address}</span>
      <Bar side="a" parts={row.a} />
      <Bar side="b" parts={row.b} />
      <div class="compared-marks">
        {row.changes.map((c) => (
          <span
            key={c.base}
            class={`compared-mark${store.frame?.selected?.base === c.base ? ' selected' : ''}`}
            style={place(c)}
            title={c.base}
            onClick={() => store.select(c.base)}
          />
        ))}
      </div>
    </div>
  );
}

function place({ from, width }: { readonly from: number; readonly width: number }) {
  return { left: percent(from), width: percent(width) };
}

/** A label that does not fit is left out, never cut; the tooltip has it. The narrowest row is some 500 pixels wide. */
function fits({ label, width }: ComparedPart): boolean {
  return label !== '' && label.length * 6.5 + 8 < width * 500;
}

function percent(share: number): string {
  return `${String(share * 100)}%`;
}

function Bar({ side, parts }: { readonly side: 'a' | 'b'; readonly parts: readonly ComparedPart[] }) {
  return (
    <>
      <span class={`compared-side side-${side}`} aria-hidden="true">
        {side.toUpperCase()}
      </span>
      <div class={`compared-bar bar-${side}`} aria-hidden="true">
        {parts.map((p) => (
          <span
            key={p.from}
            class={`compared-part part-${p.kind}`}
            style={{ ...place(p), '--solid': percent(p.solid) }}
            title={p.label}
          >
            {fits(p) && <span class="part-label">{p.label}</span>}
          </span>
        ))}
      </div>
    </>
  );
}

function Changes({ store, comparison }: Props) {
  return (
    <table class="changes">
      <caption>Changes</caption>
      <thead>
        <tr>
          <th scope="col" title="The step that last wrote there">
            written
          </th>
          <th scope="col">block</th>
          <th scope="col">A</th>
          <th scope="col">B</th>
        </tr>
      </thead>
      <tbody>
        {comparison.changes.map((c) => (
          <tr key={c.base} class={store.frame?.selected?.base === c.base ? 'selected' : ''}>
            <td>
              {c.cursor !== undefined && (
                <button class="link" data-rove={`step${c.base}`} onClick={() => store.seek(c.cursor!)}>
                  {c.step}
                </button>
              )}
            </td>
            <td>
              <button class="link code" data-rove={`change${c.base}`} onClick={() => store.select(c.base)}>
                {c.base}
              </button>
            </td>
            <td>{c.a}</td>
            <td>{c.b}</td>
          </tr>
        ))}
        {comparison.more > 0 && (
          <tr>
            <td colSpan={4}>and {comparison.more} more</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Figures({ comparison }: { readonly comparison: ComparisonView }) {
  return (
    <table class="changes figures">
      <caption>Metrics</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">A</th>
          <th scope="col">B</th>
          <th scope="col">B − A</th>
        </tr>
      </thead>
      <tbody>
        {comparison.metrics.map((m) => (
          <tr key={m.label}>
            <th scope="row">{m.label}</th>
            <td>{m.a}</td>
            <td>{m.b}</td>
            <td class="figure-change">{m.change}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
