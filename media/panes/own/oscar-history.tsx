// One frame's owners, one after the other, along the steps of the run.

import { LAST_STEP } from '../../../src/view/viewport';
import type { FrameHistory, FrameOwnerRow } from '../../../src/view/own/oscar-frames';
import type { Store } from '../../store';

export function OscarHistory({ store, history }: { readonly store: Store; readonly history: FrameHistory }) {
  const timed = history.rows.some((r) => r.from !== undefined);
  return (
    <section class="frame-history" aria-label={history.title}>
      <h3>
        {history.title} <span class="dim">{history.text}</span>
      </h3>
      {history.rows.length > 0 && (
        <table>
          <caption class="unseen">Owners of the frame, the first one first</caption>
          <tbody>
            {history.rows.map((row, i) => (
              <Row key={i} store={store} row={row} />
            ))}
            {timed && (
              <tr class="axis dim" aria-hidden="true">
                <td class="span">
                  <span class="lane">
                    <span>{history.from}</span>
                    <span>{history.to}</span>
                  </span>
                </td>
              </tr>
            )}
          </tbody>
        </table>
      )}
      {history.note !== '' && <p class="dim">{history.note}</p>}
    </section>
  );
}

function Row({ store, row }: { readonly store: Store; readonly row: FrameOwnerRow }) {
  const { pointer, label, call, live, text, from, to, operation } = row;
  const share = (part: number) => `${(part * 100).toFixed(2)}%`;
  return (
    <tr>
      {from !== undefined && to !== undefined && (
        <td class="span" aria-hidden="true">
          <span class="lane">
            <i
              class={live ? 'life' : 'life over'}
              style={{ left: `min(${share(from)}, calc(100% - 6px))`, width: `max(6px, ${share(to - from)})` }}
            />
          </span>
        </td>
      )}
      <td>
        <button class="link code" data-rove={`owner${pointer}`} title="Probe it" onClick={() => store.look({ probe: pointer })}>
          {pointer}
        </button>
      </td>
      <td>
        {operation === undefined ? (
          `${label} ${call}`
        ) : (
          <button
            class="plain"
            data-rove={`made${pointer}`}
            title="Go to the step that handed it out"
            onClick={() => store.seek({ operation, step: LAST_STEP })}
          >
            {label} {call}
          </button>
        )}
      </td>
      <td class={live ? 'now' : 'over'}>{text}</td>
    </tr>
  );
}
