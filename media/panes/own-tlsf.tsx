// TLSF's two-level grid. Rows are first-level bits, columns second-level ones.

import type { TlsfView } from '../../src/view/own-tlsf';
import type { Store } from '../store';
import { ProbeBox } from './own';

export function Tlsf({ store, view }: { readonly store: Store; readonly view: TlsfView }) {
  return (
    <>
      <div class="tlsf-grid">
        <table>
          <caption class="unseen">Free blocks by class: first level down, second level across</caption>
          <thead>
            <tr>
              <th scope="col">fl</th>
              <th scope="col">bit</th>
              <th scope="col">from</th>
              <th scope="col">step</th>
              {Array.from({ length: view.columns }, (_, c) => (
                <th key={c} scope="col">
                  <span class={c % 4 === 0 ? '' : 'unseen'}>{c}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {view.rows.map((row) => (
              <tr key={row.row}>
                <th scope="row">{row.row}</th>
                <td class={row.bit ? 'bit set' : 'bit'}>{row.bit ? 1 : 0}</td>
                <td class="number">{row.from}</td>
                <td class="number dim">{row.step}</td>
                {row.cells.map((cell, c) => (
                  <td
                    key={c}
                    class={`cell ${cell.state}${cell.selected ? ' selected' : ''}${cell.marks === '' ? '' : ' marked'}`}
                    title={cell.text}
                  >
                    {cell.marks !== '' && <span class="cell-marks">{cell.marks}</span>}
                    {cell.count > 0 ? (
                      <button
                        data-rove={`class${String(row.row)}.${String(c)}`}
                        aria-label={`${String(cell.count)}: ${cell.text}`}
                        onClick={() => store.select(cell.first)}
                      >
                        {cell.count}
                      </button>
                    ) : cell.state === 'impossible' ? (
                      <span aria-hidden="true">·</span>
                    ) : null}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {view.rest !== '' && <p class="dim">{view.rest}</p>}
      </div>
      <ProbeBox store={store} probe={view.probe} label="Size of a malloc to try" placeholder="malloc size, e.g. 2500" />
    </>
  );
}
