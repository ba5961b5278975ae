// The region allocator: two bars to scale, the second a part of the first, and what every byte is.

import type { Bar, BarPart, RegionView } from '../../../src/view/own/region';
import type { Store } from '../../store';
import { OwnFindings, ProbeBox } from './own';

export function Region({ store, view }: { readonly store: Store; readonly view: RegionView }) {
  const { whole, handed, lens } = view;
  return (
    <>
      <div class="bump">
        <OwnFindings store={store} findings={view.findings} />
        {whole !== undefined && <BumpBar store={store} bar={whole} arrow={view.downward ? '◀' : '▶'} />}
        {handed !== undefined && (
          <>
            <svg class="bump-lens" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
              <path d={`M${String(lens[0] * 100)} 0L0 10M${String(lens[1] * 100)} 0L100 10`} />
            </svg>
            <BumpBar store={store} bar={handed} />
          </>
        )}
        <p class="dim">{view.pointer}</p>
        {view.sums.length > 0 && (
          <table class="bump-sums">
            <caption class="unseen">What the bytes of the region are</caption>
            <tbody>
              {view.sums.map((s) => (
                <tr key={s.kind}>
                  <th scope="row">
                    <i class={`bump-key ${s.kind}`} aria-hidden="true" /> {s.label}
                  </th>
                  <td class="number">{s.bytes}</td>
                  <td class="number">{s.share}</td>
                  <td class="dim">{s.text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {view.total !== '' && <p class="dim">{view.total}</p>}
        {view.note !== '' && <p>{view.note}</p>}
      </div>
      <ProbeBox store={store} probe={view.probe} label="Size of a malloc to try" placeholder="malloc size, e.g. 2500" />
    </>
  );
}

function BumpBar({ store, bar, arrow }: { readonly store: Store; readonly bar: Bar; readonly arrow?: string }) {
  const name = `${bar.name}, ${bar.base} to ${bar.end}, to scale`;
  return (
    <div class="bump-row">
      <p class="bump-ends">
        <span class="code">{bar.base}</span>
        <span>
          {bar.name} · {bar.size}
        </span>
        <span class="code">{bar.end}</span>
      </p>
      <div class="bump-bar" role="group" aria-label={name}>
        {bar.parts.map((p, i) => <Part key={i} store={store} part={p} name={`${bar.name}${String(i)}`} />)}
        {bar.pointer !== undefined && arrow !== undefined && (
          <span class="bump-pointer" style={{ left: percent(bar.pointer) }} aria-hidden="true">
            <span>{arrow}</span>
          </span>
        )}
      </div>
    </div>
  ); // prettier-ignore
}

/** Nothing is so small that it is not there. */
function Part({ store, part, name }: { readonly store: Store; readonly part: BarPart; readonly name: string }) {
  const { kind, from, width, stacked, label, text, selected, base } = part;
  const place = {
    left: `min(${percent(from)}, calc(100% - 1px))`,
    width: `max(${percent(width)}, 1px)`,
    ...(stacked && { bottom: percent(stacked.bottom), height: percent(stacked.height) }),
  };
  const shape = `bump-part ${kind}${selected ? ' selected' : ''}${stacked === undefined ? '' : ' stacked'}`;
  if (kind === 'tried') return <span class={shape} style={place} title={text} />;
  return (
    <button class={shape} style={place} data-rove={name} title={text} aria-label={text} onClick={() => store.select(base)}>
      {label !== '' && (
        <span class="bump-label" aria-hidden="true">
          <span>{label}</span>
        </span>
      )}
    </button>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(4)}%`;
}
