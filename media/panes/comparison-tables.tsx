// What differs between two states as a list, and the figures of both. Beside the rows of the comparison.

import { useEffect, useRef } from 'preact/hooks';
import type { ComparisonView } from '../../src/view/compare/comparison';
import { useRoving } from '../hooks';
import { stopComparing } from '../marks';
import { Pane } from '../pane';
import { Comparison } from './comparison';
import type { Store } from '../store';

interface Props {
  readonly store: Store;
  readonly comparison: ComparisonView;
}

export function Changes({ store, comparison }: Props) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  const { changes, before, more, place } = comparison;
  const current = changes.find((c) => c.current)?.base;
  useEffect(() => body.current?.querySelector('tr.selected')?.scrollIntoView({ block: 'nearest' }), [current]);
  // Steps are known of a simulation only.
  const steps = changes.some((c) => c.step !== '');
  return (
    <Pane store={store} name="changes" title="Changes" summary={comparison.summary} subtitle={place}>
      <div class="changes-list" ref={body} tabIndex={-1}>
        {changes.length === 0 ? (
          <p class="dim">Every block is the same in both.</p>
        ) : (
          <table class="changes" aria-label="Changes">
            <thead>
              <tr>
                {steps && (
                  <th scope="col" title="The step that made it so">
                    step
                  </th>
                )}
                <th scope="col">block</th>
                <th scope="col">A</th>
                <th scope="col">B</th>
              </tr>
            </thead>
            <tbody>
              {before > 0 && <More columns={steps ? 4 : 3} text={`${String(before)} before these`} />}
              {changes.map((c) => (
                <tr key={c.base} class={c.current ? 'selected' : ''}>
                  {steps && (
                    <td>
                      {c.cursor !== undefined && (
                        <button
                          class="link"
                          data-rove={`step${c.base}`}
                          aria-label={`Go to step ${c.step}`}
                          onClick={() => store.seek(c.cursor!)}
                        >
                          {c.step}
                        </button>
                      )}
                    </td>
                  )}
                  <td>
                    <button
                      class="link code"
                      data-rove={`change${c.base}`}
                      aria-current={c.current}
                      title={c.size}
                      onClick={() => store.select(c.base)}
                    >
                      {c.base}
                    </button>
                  </td>
                  <td>{c.a}</td>
                  <td>{c.b}</td>
                </tr>
              ))}
              {more > 0 && <More columns={steps ? 4 : 3} text={`${String(more)} after these`} />}
            </tbody>
          </table>
        )}
      </div>
    </Pane>
  );
}

function More({ columns, text }: { readonly columns: number; readonly text: string }) {
  return (
    <tr class="dim">
      <td colSpan={columns}>{text}</td>
    </tr>
  );
}

export function Figures({ store, comparison }: Props) {
  const free = comparison.metrics[0];
  return (
    <Pane
      store={store}
      name="metrics"
      title="Metrics"
      subtitle="A, B, and B − A"
      summary={free && `${free.label} ${free.change}`}
    >
      <div class="changes-list" tabIndex={0} role="region" aria-label="Figures of both">
        <table class="changes figures" aria-label="Metrics">
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
                <td class={m.change === '=' ? 'dim' : 'figure-change'}>{m.change}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Pane>
  );
}

/** All of a comparison, where it has the panel for itself: the rows, and the tables at their right. */
export function ComparisonBeside(props: Props) {
  return (
    <div class="columns">
      <div class="column grow">
        <Comparison {...props} />
      </div>
      <div class="column compared-beside">
        <Changes {...props} />
        <Figures {...props} />
      </div>
    </div>
  );
}

/** The state to compare with is gone, as after a reload: says so until it is forgotten. */
export function PinGone({ store, text }: { readonly store: Store; readonly text: string }) {
  return (
    <p class="pin-gone" role="status" data-pane="pin-gone">
      <span class="codicon codicon-warning" aria-hidden="true" /> {text}{' '}
      <button class="link" onClick={() => stopComparing(store)}>
        Forget it
      </button>
    </p>
  );
}
