// A dump held against the simulation of its boot: what differs, by field and step.

import { useRef } from 'preact/hooks';
import type { Frame } from '../../src/view/frame/frame';
import { useRoving } from '../hooks';
import { Pane } from '../pane';
import type { Store } from '../store';

/** Fields that are listed. */
const MOST = 200;

export function HeldPane({ store, frame }: { readonly store: Store; readonly frame: Frame }) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  const { held } = frame;
  if (held === undefined) return null;
  return (
    <Pane store={store} name="held" title="Held against the simulation" summary={held.title}>
      <div class="held" ref={body} tabIndex={-1}>
        <p class={held.same ? 'held-same' : 'held-differs'}>
          <span class={`codicon codicon-${held.same ? 'check' : 'warning'}`} aria-hidden="true" /> {held.title}
        </p>
        {held.first !== '' && <p>{held.first}</p>}
        {held.lines.map((line) => (
          <p key={line} class="dim">
            {line}
          </p>
        ))}
        {held.states.length > 0 && (
          <table class="held-states" aria-label="Structures that differ">
            <thead>
              <tr>
                <th scope="col">structure</th>
                <th scope="col">dump</th>
                <th scope="col">simulation</th>
              </tr>
            </thead>
            <tbody>
              {held.states.slice(0, MOST).map((s) => (
                <tr key={s.where}>
                  <th scope="row" class="code">
                    {s.where}
                  </th>
                  <td class="code" data-column="dump">
                    {s.dump}
                  </td>
                  <td class="code" data-column="simulation">
                    {s.simulated}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {held.rows.length > 0 && (
          <table class="held-fields" aria-label="Fields that differ">
            <thead>
              <tr>
                {['address', 'field', 'dump', 'simulation', 'step', 'written by'].map((c) => (
                  <th key={c} scope="col">
                    {c}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {held.rows.slice(0, MOST).map((row) => (
                <tr key={row.address} class={row.expected === '' ? '' : 'dim'} title={row.expected}>
                  <th scope="row">
                    <button class="link code" data-rove={`held${row.address}`} onClick={() => store.select(row.address)}>
                      {row.address}
                    </button>
                  </th>
                  <td class="code">{row.name}</td>
                  <td class="held-value code" data-column="dump">
                    {row.dump}
                  </td>
                  <td class="held-value code" data-column="simulation">
                    {row.simulated}
                  </td>
                  <td class="held-step" data-column="step">
                    {row.step}
                  </td>
                  <td class="held-by">
                    {row.by}
                    {row.expected !== '' && ` (${row.expected})`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </Pane>
  );
}
