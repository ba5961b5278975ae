// What the panel says when there is no heap to show: why, in the kernel's own words, and what to do next.

import type { Frame } from '../../src/view/frame/frame';
import type { Store } from '../store';

export function Absence({ store, frame }: { readonly store: Store; readonly frame: Frame }) {
  const { absence, moment } = frame;
  if (absence === undefined) return null;
  return (
    <section class="absence" aria-label="No heap" data-pane="map">
      <span class="codicon codicon-layers absence-icon" aria-hidden="true" />
      <h2>{absence.title}</h2>
      <p>{absence.text}</p>
      {absence.line !== '' && <p class="code">{absence.line}</p>}
      <p class="absence-actions">
        {frame.explain?.titles.some((t) => t.id === 'boot') === true && (
          <button class="link" onClick={() => store.explain('boot')}>
            Why?
          </button>
        )}
        {moment !== undefined && !moment.atEnd && (
          <button class="link" onClick={() => store.move('stepForward')}>
            Step forward
          </button>
        )}
        {moment !== undefined && !moment.atStart && (
          <button class="link" onClick={() => store.move('restart')}>
            See the boot from the start
          </button>
        )}
        <button class="link" onClick={() => store.command('ukboot.importDump')}>
          Open a dump…
        </button>
        <button class="link" onClick={() => store.command('ukboot.simulate', 'choose')}>
          Simulate another file…
        </button>
      </p>
    </section>
  );
}
