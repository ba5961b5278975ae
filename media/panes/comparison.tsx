// A pinned state above the one that is shown: rows at the same addresses, what differs outlined across both, what does not folded.

import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ComparedChange, ComparedPart, ComparedRow, ComparisonView } from '../../src/view/compare/comparison';
import type { PinName } from '../../src/view/compare/comparing';
import { textWidth } from '../canvas/surface';
import { useRoving, useSize } from '../hooks';
import { compareWith, goToChange, stopComparing } from '../marks';
import { Pane } from '../pane';
import type { Store } from '../store';
import { currentPalette } from '../theme';
import { Tool } from '../tool';

interface Props {
  readonly store: Store;
  readonly comparison: ComparisonView;
}

/** Pixels beside the bars of a row; as in comparison.css. */
const BESIDE = { wide: 108, narrow: 92 } as const;

type Changes = ReadonlyMap<string, ComparedChange>;

export function Comparison({ store, comparison, narrow = false }: Props & { readonly narrow?: boolean }) {
  const body = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useRoving(body);
  const rows = useSize(list);
  const width = Math.max(0, rows.width - (narrow ? BESIDE.narrow : BESIDE.wide));
  const changes: Changes = useMemo(() => new Map(comparison.changes.map((c) => [c.base, c])), [comparison]);
  const current = comparison.changes.find((c) => c.current)?.base;
  useEffect(() => list.current?.querySelector('.compared-mark.selected')?.scrollIntoView({ block: 'nearest' }), [current]);
  return (
    <Pane
      store={store}
      name="compare"
      title="Compare"
      subtitle={comparison.rowText}
      summary={comparison.summary}
      tools={<Close store={store} />}
    >
      {/* The pane is entered here: the box of states, which comes first, would take keys for letters of its entries. */}
      <div class="comparison" ref={body} tabIndex={-1} data-stop>
        <Heading store={store} comparison={comparison} />
        {comparison.notes.map((note) => (
          <p key={note} class="compared-note">
            <span class="codicon codicon-info" aria-hidden="true" /> {note}
          </p>
        ))}
        <div class="compared-rows" ref={list} role="list" aria-label={`Rows, ${comparison.summary}`}>
          {comparison.rows.map((row) => (
            <Row key={row.kind + ('base' in row ? row.base : row.text)} store={store} row={row} changes={changes} width={width} />
          ))}
        </div>
      </div>
    </Pane>
  );
}

function Heading({ store, comparison }: Props) {
  const { length } = comparison.changes;
  return (
    <div class="compared">
      <span class="side side-a">
        A <Against store={store} comparison={comparison} />
      </span>
      <span aria-hidden="true">→</span>
      <span class="side side-b">B {comparison.b}</span>
      <span class="compared-summary">{comparison.summary}</span>
      {length > 0 && (
        <span class="compared-go">
          <Tool
            icon="arrow-up"
            label="Previous change"
            title="Previous change (p)"
            rove="up"
            onClick={() => goToChange(store, 'previous')}
          />
          <Tool
            icon="arrow-down"
            label="Next change"
            title="Next change (n)"
            rove="down"
            onClick={() => goToChange(store, 'next')}
          />
          <span>{comparison.place}</span>
        </span>
      )}
    </div>
  );
}

/** The state that is A: chosen among all that are pinned, in any heap view. */
function Against({ store, comparison }: Props) {
  const { against, pin } = store.viewport;
  const pins = store.frame?.pins ?? [];
  const isA = (p: PinName) =>
    against === undefined ? p.cursor?.operation === pin?.operation && p.cursor?.step === pin?.step : p.id === against.id;
  const chosen = pins.find(isA);
  const forget = () => {
    if (chosen !== undefined) store.unpin(chosen.id);
    store.forget('comparing', against === undefined ? 'pin' : 'against');
  };
  return (
    <>
      {pins.length > (chosen === undefined ? 0 : 1) ? (
        <select
          class="select"
          data-rove="against"
          aria-label="Pinned state to compare with"
          value={chosen?.id ?? ''}
          onChange={(e) => {
            const to = pins.find((p) => p.id === e.currentTarget.value);
            if (to !== undefined) compareWith(store, to);
          }}
        >
          {chosen === undefined && <option value="">{comparison.a}</option>}
          {pins.map((p) => (
            <option key={p.id} value={p.id}>
              {p.here ? `${p.name} (this)` : p.name}
            </option>
          ))}
        </select>
      ) : (
        <span class="side-name">{comparison.a}</span>
      )}
      <Tool icon="trash" label="Take this pin away" rove="forget" onClick={forget} />
    </>
  );
}

function Close({ store }: { readonly store: Store }) {
  return <Tool icon="close" label="Back to the map" title="Back to the map (v)" onClick={() => stopComparing(store)} />;
}

interface RowProps<Kind extends ComparedRow['kind'] = ComparedRow['kind']> {
  readonly store: Store;
  readonly row: ComparedRow & { readonly kind: Kind };
  readonly changes: Changes;
  /** Of a bar, in pixels. */
  readonly width: number;
}

function Row({ store, row, changes, width }: RowProps) {
  switch (row.kind) {
    case 'pair':
      return <RowPair store={store} row={row} changes={changes} width={width} />;
    case 'same':
      return <Same store={store} row={row} />;
    case 'plain':
      return (
        <div class="compared-plain" role="listitem" aria-label={`${row.base}, unchanged: ${spoken(row.parts)}`}>
          <span class="compared-address code">{row.address}</span>
          <Bar side="=" parts={row.parts} width={width} />
          {row.text !== '' && <span class="compared-like">{row.text}</span>}
        </div>
      );
    case 'note':
      return (
        <div class="compared-same" role="listitem">
          {row.text}
        </div>
      );
  }
}

function Same({ store, row }: Pick<RowProps<'same'>, 'store' | 'row'>) {
  const unfolded = store.viewport.unfoldedSame ?? [];
  const toggle = () => store.look({ unfoldedSame: row.open ? unfolded.filter((u) => u !== row.base) : [...unfolded, row.base] });
  return (
    <div role="listitem">
      <button class="compared-same" data-rove={`same${row.base}`} aria-expanded={row.open} onClick={toggle}>
        <span class="compared-what">{row.text}</span>
        <span class="compared-fold" aria-hidden="true">
          {row.open ? '▾ fold' : '▸ unfold'}
        </span>
      </button>
    </div>
  );
}

function RowPair({ store, row, changes, width }: RowProps<'pair'>) {
  return (
    <div class="compared-pair" role="listitem" aria-label={`${row.base}: ${String(row.changes.length)} changed`}>
      <span class="compared-address code">{row.address}</span>
      <Bar side="a" parts={row.a} width={width} />
      <Bar side="b" parts={row.b} width={width} />
      <div class="compared-marks">
        {row.changes.map((c) => {
          const change = changes.get(c.base);
          const text = change === undefined ? c.base : `${c.base}: ${change.a} → ${change.b}`;
          return (
            <button
              key={c.base}
              class={`compared-mark${c.current ? ' selected' : ''}`}
              data-rove={`mark${c.base}`}
              style={place(c)}
              title={text}
              aria-label={text}
              aria-pressed={c.current}
              onClick={() => store.select(c.base)}
            />
          );
        })}
      </div>
    </div>
  );
}

function place({ from, width }: { readonly from: number; readonly width: number }) {
  return { left: percent(from), width: percent(width) };
}

function percent(share: number): string {
  return `${String(share * 100)}%`;
}

/** A label that does not fit is left out, never cut; the tooltip has it. */
function fitting({ kind, labels, width }: ComparedPart, whole: number, font: string): string {
  const around = kind === 'used' ? 10 : kind === 'metadata' ? 1 : 3;
  return labels.find((l) => textWidth(l, font) + around <= width * whole) ?? '';
}

function spoken(parts: readonly ComparedPart[]): string {
  return parts.map((p) => (p.kind === 'outside' ? 'not heap' : `${p.kind} ${p.labels[0] ?? ''}`.trim())).join(', ');
}

function Bar({
  side,
  parts,
  width,
}: {
  readonly side: 'a' | 'b' | '=';
  readonly parts: readonly ComparedPart[];
  readonly width: number;
}) {
  const font = `11px ${currentPalette().uiFont}`;
  return (
    <>
      <span class={`compared-side side-${side === '=' ? 'both' : side}`} aria-hidden="true">
        {side.toUpperCase()}
      </span>
      <div class={`compared-bar bar-${side === '=' ? 'both' : side}`} aria-hidden="true">
        {parts.map((p) => {
          const label = fitting(p, width, font);
          return (
            <span
              key={p.from}
              class={`compared-part part-${p.kind}${p.selected ? ' selected' : ''}`}
              style={{ ...place(p), '--solid': percent(p.solid) }}
              title={p.labels[0] ?? ''}
            >
              {label !== '' && <span class="compared-label">{label}</span>}
            </span>
          );
        })}
      </div>
    </>
  );
}
