// Oscar: what the program sees above, the frames below; a frame's owners are marked together with it, the dead ones dashed.

import { useRef } from 'preact/hooks';
import type { OscarView, ShadowCell } from '../../../src/view/own/oscar';
import type { FrameCell, FrameGroup } from '../../../src/view/own/oscar-frames';
import { useSize } from '../../hooks';
import type { Store } from '../../store';
import { ProbeBox } from './own';
import { OscarHistory } from './oscar-history';
import { Ties } from '../ties';

/** Room for a row's address, and least width of a page. */
const GUTTER = 84;
const LEAST = 28;

export function Oscar({ store, view }: { readonly store: Store; readonly view: OscarView }) {
  const content = useRef<HTMLDivElement>(null);
  const { width } = useSize(content);
  const columns = [32, 16].find((c) => (width - GUTTER) / c >= LEAST) ?? 8;
  const shape: Shape = { columns, cell: (width - GUTTER) / columns - 3 };
  const known = view.frames.some((g) => g.cells.some((c) => c.owners > 0));
  return (
    <>
      <div class="oscar">
        <div class="oscar-content" ref={content} style={{ '--columns': String(columns) }}>
          <Ties view={view} content={content} columns={columns} />
          <h3>
            Shadow pages <span class="dim">what the program sees · {view.shadowText}</span>
          </h3>
          <Legend view={view} />
          {view.before > 0 && <p class="dim">{view.before} older pages are not drawn</p>}
          <div role="list" aria-label={view.shadowText}>
            {rowsOf(view.shadows, columns).map((row) => (
              <PageRow key={row[0]!.address} address={row[0]!.address}>
                {row.map((c) => <Shadow key={c.address} store={store} cell={c} shape={shape} />)}
              </PageRow>
            ))}
          </div>
          <h3 class="frames-title">
            Frames <span class="dim">{view.framesText}</span>
          </h3>
          <div role="list" aria-label="Frames" class={known ? 'counted' : ''}>
            {view.frames.map((group) => <Group key={group.base} store={store} group={group} shape={shape} />)}
          </div>
          {view.framesLeft !== '' && <p class="dim">{view.framesLeft}</p>}
          {view.history !== undefined && <OscarHistory store={store} history={view.history} />}
          {view.counters !== '' && <p class="dim">{view.counters}</p>}
          <p class="dim">{view.left}</p>
          {view.whatIf !== '' && <p class="dim">{view.whatIf}</p>}
        </div>
      </div>
      <ProbeBox store={store} probe={view.probe} label="Shadow address to probe" placeholder="address, e.g. 0x40000007f08" />
    </>
  ); // prettier-ignore
}

/** Cells in a row, and the width of one. */
interface Shape {
  readonly columns: number;
  readonly cell: number;
}

/** What the marks are of which there is one. */
function Legend({ view }: { readonly view: OscarView }) {
  const shadows = view.shadows.map((c) => (c.state === 'gone' ? 'revoked' : c.state));
  const kinds = new Set<string>([...shadows, ...view.frames.flatMap((g) => g.cells.map((c) => c.kind))]);
  return (
    <ul class="oscar-legend" aria-label="Legend">
      {MARKS.filter(([kind]) => kinds.has(kind)).map(([kind, letter, text]) => (
        <li key={kind}>
          <i class={`page ${kind}`} aria-hidden="true">
            {letter !== '' && <span>{letter}</span>}
          </i>
          {text}
        </li>
      ))}
    </ul>
  );
}

const MARKS: readonly (readonly [kind: ShadowCell['state'] | FrameCell['kind'], letter: string, text: string])[] = [
  ['live', '', 'object'],
  ['revoked', '✗', 'revoked'],
  ['spare', '', 'ready for the next'],
  ['guard', '', 'guard or gap'],
  ['free', '', 'free frame'],
  ['own', 'A', 'allocator'],
  ['other', '', 'in use without a shadow'],
];

function PageRow({ address, children }: { readonly address: string; readonly children: preact.ComponentChildren }) {
  return (
    <div class="page-row">
      <span class="page-address" aria-hidden="true">
        {address}
      </span>
      <div class="page-cells">{children}</div>
    </div>
  );
}

/** Labels that do not fit are left out. */
function fits(label: string, { cell }: Shape): boolean {
  return label.length * 6.6 <= cell - 2;
}

function Shadow({ store, cell, shape }: { readonly store: Store; readonly cell: ShadowCell; readonly shape: Shape }) {
  const { address, state, label, frame, was, selected, text } = cell;
  const behind = frame !== '' ? frame : was;
  const dead = state === 'revoked' || state === 'gone';
  return (
    <span role="listitem">
      <button
        class={`page ${state}${selected ? ' selected' : ''}`}
        {...(frame !== '' && { 'data-frame': frame })}
        {...(was !== '' && { 'data-was': was })}
        data-rove={address}
        title={text}
        onClick={() => store.look({ probe: address, ...(behind !== '' && { selection: behind }) })}
      >
        <span aria-hidden="true">{dead ? '✗' : fits(label, shape) ? label : ''}</span>
        <span class="unseen">{text}</span>
      </button>
    </span>
  );
}

function Group({ store, group, shape }: { readonly store: Store; readonly group: FrameGroup; readonly shape: Shape }) {
  return (
    <>
      {rowsOf(group.cells, shape.columns).map((row) => (
        <PageRow key={row[0]!.address} address={row[0]!.address}>
          {row.map((c) => (c.kind === 'outside' ? <span key={c.address} /> : <Frame key={c.address} store={store} cell={c} shape={shape} />))}
        </PageRow>
      ))}
      {group.gap !== '' && <p class="page-gap dim">⋯ {group.gap}</p>}
    </>
  ); // prettier-ignore
}

function Frame({ store, cell, shape }: { readonly store: Store; readonly cell: FrameCell; readonly shape: Shape }) {
  const { address, kind, label, owners, selected, text } = cell;
  const count = `×${String(owners)}`;
  return (
    <span role="listitem">
      <button
        class={`page ${kind}${selected ? ' selected' : ''}`}
        data-rove={`frame${address}`}
        data-frame-of={address}
        title={text}
        onClick={() => store.select(address)}
      >
        <span aria-hidden="true">{kind === 'own' ? 'A' : fits(label, shape) ? label : ''}</span>
        <span class="unseen">{text}</span>
      </button>
      <span class="owners" aria-hidden="true">
        {owners > 0 && fits(count, shape) ? count : ''}
      </span>
    </span>
  );
}

function rowsOf<T>(cells: readonly T[], columns: number): T[][] {
  const rows: T[][] = [];
  for (let i = 0; i < cells.length; i += columns) rows.push(cells.slice(i, i + columns));
  return rows;
}
