// What stands in the map's header and under it: zoom, shape, colouring, and what the marks and colours mean.

import type { MapView } from '../../../src/view/map/map';
import { nextZoom } from '../../../src/view/map/map';
import { COLOURINGS } from '../../../src/view/viewport';
import type { Colouring } from '../../../src/view/viewport';
import type { Store } from '../../store';
import { Tool } from '../../tool';

const NAMES: Readonly<Record<Colouring, string>> = { state: 'State', class: 'Size', age: 'Age', owner: 'Owner' };

interface Props {
  readonly store: Store;
  readonly map: MapView;
}

export function MapTools({
  store,
  fitted,
  narrow,
}: {
  readonly store: Store;
  readonly fitted: boolean;
  readonly narrow: boolean;
}) {
  const { shape, colouring } = store.viewport.map;
  return (
    <div class="map-tools">
      {!narrow && (
        <ul class="legend" aria-label="Legend">
          <li><i class="key key-used" aria-hidden="true" />asked for</li>
          <li><i class="key key-slack" aria-hidden="true" />slack</li>
          <li><i class="key key-free" aria-hidden="true" />free</li>
          <li><i class="key key-metadata" aria-hidden="true" />allocator</li>
          {store.frame?.changes === 'steps' && <li><Since store={store} /></li>}
          {store.frame?.changes === 'stops' && <li><i class="key key-changed" aria-hidden="true" />last stop</li>}
        </ul>
      )}
      <select
        class="select"
        aria-label="Colour by"
        title="Colour by (c)"
        value={colouring}
        onChange={(e) => setColouring(store, e.currentTarget.value as Colouring)}
      >
        {COLOURINGS.map((c) => <option key={c} value={c}>{NAMES[c]}</option>)}
      </select>
      <Tool icon="layout" label="Hilbert curve" title="Hilbert curve instead of rows (h)" pressed={shape === 'hilbert'} onClick={() => switchShape(store)} />
      <Tool icon="zoom-out" label="Zoom out" title="Zoom out (−)" onClick={() => zoomNow(store, 1)} />
      <Tool icon="screen-normal" label="Fit" title="Fit (0)" pressed={fitted} onClick={() => store.lookAtMap({ zoom: 'fit' })} />
      <Tool icon="zoom-in" label="Zoom in" title="Zoom in (+)" onClick={() => zoomNow(store, -1)} />
    </div>
  ); // prettier-ignore
}

/** What the colours mean, where they are not those of states: a button an entry, which leaves it alone standing out. */
export function ColourLegend({ store, map }: Props) {
  if (map.colouring === 'state') return null;
  if (map.legendNote !== '') return <p class="colour-legend dim">{map.legendNote} Blocks keep the colours of their states.</p>;
  const { only } = store.viewport.map;
  return (
    <div class="colour-legend" role="group" aria-label={`Colours: ${NAMES[map.colouring].toLowerCase()}`}>
      {map.legend.map((entry) => (
        <button
          key={entry.shade}
          class="shade-entry"
          aria-pressed={only === entry.shade}
          title={`${entry.amount}: dim everything else`}
          onClick={() => store.lookAtMap({ only: only === entry.shade ? -1 : entry.shade })}
        >
          <i class={`key shade-${String(entry.shade + 1)}`} aria-hidden="true" />
          {entry.text} <span class="dim">{entry.amount}</span>
        </button>
      ))}
    </div>
  );
}

/** One level finer (−1) or coarser; what stands at `y`, or the selection, keeps its place. */
export function zoom(store: Store, map: MapView, by: 1 | -1, anchor?: { readonly address: string; readonly y: number }): void {
  const { selection } = store.viewport;
  const row = map.items.find((i) => i.kind === 'row' && i.y >= store.viewport.map.top);
  const place =
    anchor ??
    (selection === undefined ? undefined : { address: selection, y: store.viewport.map.height / 2 }) ??
    (row?.kind === 'row' ? { address: row.base, y: 0 } : undefined);
  store.lookAtMap({ zoom: nextZoom(map, by), ...(place && { reveal: place.address, revealAt: place.y }) });
}

function zoomNow(store: Store, by: 1 | -1): void {
  if (store.frame?.map !== undefined) zoom(store, store.frame.map, by);
}

/** Rows or a curve; the selection stays in sight. */
export function switchShape(store: Store): void {
  const { selection } = store.viewport;
  store.lookAtMap({
    shape: store.viewport.map.shape === 'rows' ? 'hilbert' : 'rows',
    ...(selection !== undefined && { reveal: selection }),
  });
}

export function nextColouring(store: Store): void {
  const at = COLOURINGS.indexOf(store.viewport.map.colouring);
  setColouring(store, COLOURINGS[(at + 1) % COLOURINGS.length]!);
}

function setColouring(store: Store, colouring: Colouring): void {
  store.lookAtMap({ colouring, only: -1 });
}

/** What is marked as changed: a click, and it is the other. */
function Since({ store }: { readonly store: Store }) {
  const stop = store.viewport.since === 'stop';
  return (
    <button
      aria-label={`Marked as changed: ${stop ? 'since the last stop' : 'by the last step'}`}
      aria-pressed={stop}
      title={
        stop
          ? 'Changed since the last stop. Click for: by the last step'
          : 'Changed by the last step. Click for: since the last stop'
      }
      onClick={() => store.look({ since: stop ? 'step' : 'stop' })}
    >
      <i class="key key-changed" aria-hidden="true" />
      {stop ? 'since last stop' : 'last step'}
    </button>
  );
}
