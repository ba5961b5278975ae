// TLSF's two-level grid. Rows are first-level bits, columns second-level ones; over them, the way of the request that is tried.

import { useRef } from 'preact/hooks';
import type { GridCell, TlsfView } from '../../../src/view/own/tlsf';
import type { Store } from '../../store';
import { ProbeBox } from './own';
import { TlsfPath } from './tlsf-path';

export function Tlsf({ store, view }: { readonly store: Store; readonly view: TlsfView }) {
  const grid = useRef<HTMLDivElement>(null);
  return (
    <>
      <div class="tlsf-grid" ref={grid} style={{ '--rows': String(view.rows.length), '--columns': String(view.columns) }}>
        <table>
          <caption class="unseen">Free blocks by class: first level down, second level across</caption>
          <thead>
            <tr>
              <th scope="col">fl</th>
              <th scope="col">bit</th>
              <th scope="col">from</th>
              <th scope="col" class="step">
                step
              </th>
              {Array.from({ length: view.columns }, (_, c) => (
                <th key={c} scope="col" class="sl">
                  <span class={c % 4 === 0 ? '' : 'unseen'}>{c}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {view.rows.map((row) => (
              <tr key={row.row}>
                <th scope="row">{row.row}</th>
                <td class="bit-cell">
                  <span class={row.bit ? 'bit set' : 'bit'}>{row.bit ? 1 : 0}</span>
                </td>
                <td class="number">{row.from}</td>
                <td class="number step dim">{row.step}</td>
                {row.cells.map((cell, c) => (
                  <Cell key={c} store={store} cell={cell} name={`class${String(row.row)}.${String(c)}`} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {view.path !== undefined && <TlsfPath path={view.path} grid={grid} />}
        {view.rest !== '' && <p class="tlsf-rest">{view.rest}</p>}
      </div>
      <ProbeBox store={store} probe={view.probe} label="Size of a malloc to try" placeholder="malloc size, e.g. 2500" />
    </>
  );
}

function Cell({ store, cell, name }: { readonly store: Store; readonly cell: GridCell; readonly name: string }) {
  const marks = cell.marks === '' ? '' : ` ${cell.marks}`;
  return (
    <td
      class={`cell ${cell.state}${cell.selected ? ' selected' : ''}${cell.marks === '' ? '' : ' marked'}`}
      title={cell.text + marks}
    >
      {cell.marks !== '' && <span class="unseen">{cell.marks}</span>}
      {cell.count > 0 ? (
        <button data-rove={name} aria-label={`${String(cell.count)}: ${cell.text}`} onClick={() => store.select(cell.first)}>
          {cell.count}
        </button>
      ) : cell.state === 'impossible' ? (
        <span aria-hidden="true">·</span>
      ) : null}
    </td>
  );
}
