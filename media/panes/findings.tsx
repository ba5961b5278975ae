// What is wrong, as a list; shown only while something is.

import type { FindingRow, Frame } from '../../src/view/frame/frame';
import { Pane } from '../pane';
import type { Store } from '../store';
import { useRef } from 'preact/hooks';
import { useRoving } from '../hooks';

/** What is wrong with what is selected. */
export function FindingsHere({ findings }: { readonly findings: readonly Omit<FindingRow, 'address'>[] }) {
  return (
    <>
      {findings.map((f) => (
        <p key={f.code + f.message} class={`finding finding-${f.severity}`}>
          <span class={`codicon codicon-${f.severity}`} role="img" aria-label={f.severity} /> <strong>{f.code}</strong>{' '}
          {f.message}
        </p>
      ))}
    </>
  );
}

export function Findings({ store, frame }: { readonly store: Store; readonly frame: Frame }) {
  const list = useRef<HTMLUListElement>(null);
  useRoving(list);
  if (frame.findings.length === 0) return null;
  // A list that scrolls is reached by keyboard, also where none of its findings has an address to go to.
  const leads = frame.findings.some((f) => f.address !== '');
  return (
    <Pane
      store={store}
      name="findings"
      title="Findings"
      subtitle={`${String(frame.findings.length)} · F8 goes to the next`}
      summary={String(frame.findings.length)}
    >
      <ul class="findings" ref={list} tabIndex={leads ? undefined : 0} aria-label={`Findings, ${String(frame.findings.length)}`}>
        {frame.findings.slice(0, 200).map((f, i) => (
          <li key={i} class={`finding finding-${f.severity}`} data-at={f.address}>
            <span class={`codicon codicon-${f.severity}`} role="img" aria-label={f.severity} /> <strong>{f.code}</strong>{' '}
            {f.address !== '' && (
              <button class="link code" data-rove={`finding${String(i)}`} onClick={() => store.select(f.address)}>
                {f.address}
              </button>
            )}{' '}
            {f.message}
          </li>
        ))}
      </ul>
    </Pane>
  );
}
