// What if? The same boot and calls under every allocator, side by side; each opens in a view of its own.

import { useRef } from 'preact/hooks';
import type { Frame } from '../../src/view/frame';
import { useRoving } from '../hooks';
import { Pane } from '../pane';
import type { Store } from '../store';

export function WhatIf({ store, frame }: { readonly store: Store; readonly frame: Frame }) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  const { whatIf } = frame;
  if (whatIf === undefined) return null;
  const tools = (
    <button
      class="tool"
      aria-label="Copy comparison as Markdown"
      title="Copy as Markdown"
      onClick={() => store.copy(whatIf.markdown)}
    >
      <span class="codicon codicon-copy" aria-hidden="true" />
    </button>
  );
  return (
    <Pane store={store} name="whatif" title="What if" subtitle={whatIf.note} summary={whatIf.note} tools={tools}>
      <div class="what-if" ref={body} tabIndex={-1}>
        <table aria-label="The same boot under every allocator">
          <thead>
            <tr>
              <th scope="col">allocator</th>
              {whatIf.columns.map((c) => (
                <th key={c.name} scope="col" class="number" title={c.tooltip}>
                  {c.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {whatIf.rows.map((row) => (
              <tr key={row.allocator} class={row.current ? 'current' : ''} aria-current={row.current}>
                <th scope="row" title={row.title}>
                  {row.current || row.why !== '' ? (
                    row.allocator
                  ) : (
                    <button
                      class="link"
                      data-rove={row.allocator}
                      title={`Open the simulation with ${row.allocator}`}
                      onClick={() => store.command('ukboot.simulateWith', row.allocator)}
                    >
                      {row.allocator}
                    </button>
                  )}
                </th>
                {row.why === '' ? (
                  row.cells.map((cell, i) => (
                    <td key={whatIf.columns[i]?.name} class="number">
                      {cell}
                    </td>
                  ))
                ) : (
                  <td class="dim" colSpan={whatIf.columns.length}>
                    {row.why}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Pane>
  );
}
