// What if? The same boot and calls under every allocator, side by side; each opens in a view of its own.

import { Fragment } from 'preact';
import { useRef } from 'preact/hooks';
import type { Frame } from '../../src/view/frame/frame';
import type { WhatIfRow } from '../../src/view/compare/what-if';
import { useRoving } from '../hooks';
import { Pane } from '../pane';
import type { Store } from '../store';
import { Tool } from '../tool';

export function WhatIf({ store, frame }: { readonly store: Store; readonly frame: Frame }) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  const { whatIf } = frame;
  if (whatIf === undefined) return null;
  const tools = (
    <Tool icon="copy" label="Copy comparison as Markdown" title="Copy as Markdown" onClick={() => store.copy(whatIf.markdown)} />
  );
  return (
    <Pane store={store} name="whatif" title="What if" subtitle={whatIf.note} summary={whatIf.note} tools={tools}>
      <div class="what-if" ref={body} tabIndex={-1}>
        <table role="table" aria-label="The same boot under every allocator">
          <thead>
            <tr>
              <th scope="col">allocator</th>
              <th scope="col" title="Where used blocks lie after these calls; dashed: a region that this allocator did not get">
                where they went
              </th>
              {whatIf.columns.map((c) => (
                <th key={c.name} scope="col" class="number" title={c.tooltip}>
                  {c.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {whatIf.rows.map((row) => (
              <Fragment key={row.allocator}>
                <tr role="row" class={row.current ? 'current' : ''} aria-current={row.current}>
                  <th role="rowheader" scope="row" title={row.title}>
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
                    <>
                      <td role="cell" class="what-if-where">
                        <Where row={row} />
                      </td>
                      {row.cells.map((cell, i) => (
                        <td role="cell" key={whatIf.columns[i]?.name} class="number" data-column={whatIf.columns[i]?.name}>
                          {cell}
                        </td>
                      ))}
                    </>
                  ) : (
                    <td role="cell" class="dim what-if-why" colSpan={whatIf.columns.length + 1}>
                      {row.why}
                    </td>
                  )}
                </tr>
                {row.note !== '' && (
                  <tr role="row" class="what-if-because">
                    <td role="cell" class="dim" colSpan={whatIf.columns.length + 2}>
                      <span class="unseen">{row.allocator}: </span>
                      {row.note}
                    </td>
                  </tr>
                )}
              </Fragment>
            ))}
          </tbody>
        </table>
      </div>
    </Pane>
  );
}

/** The heap's areas in the order of their addresses, each as wide as the others; a part used a little is never empty, nor full. */
function Where({ row }: { readonly row: WhatIfRow }) {
  return (
    <div class="what-if-boxes" role="img" aria-label={row.boxes.map((b) => `${b.mark} ${b.tooltip}`).join('; ')}>
      {row.boxes.map((box) => (
        <span key={box.mark} class={`what-if-box${box.lost ? ' lost' : ''}`} title={box.tooltip}>
          {box.lost ? (
            <span class="what-if-text">
              {box.mark} {box.text}
            </span>
          ) : (
            <svg viewBox={`0 0 ${String(box.used.length)} 100`} preserveAspectRatio="none" aria-hidden="true">
              {box.used.map((share, i) => {
                const height = share <= 0 ? 0 : share >= 1 ? 100 : Math.min(92, Math.max(8, share * 100));
                return height > 0 && <rect key={i} x={i} y={100 - height} width="1.02" height={height} />;
              })}
            </svg>
          )}
        </span>
      ))}
    </div>
  );
}
