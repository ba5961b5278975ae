// The panel: which panes stand where, by its width.

import type { Frame } from '../src/view/frame/frame';
import type { ClientEvents } from '../src/protocol/messages';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { onContextMenu } from './context';
import { useDrop } from './drop';
import { useSize } from './hooks';
import { useKeptFocus } from './focus';
import { act, KeyList, onKey } from './keys';
import { Later } from './later';
import { isFolded, Sash } from './pane';
import { Absence } from './panes/absence';
import { Banner } from './panes/banner';
import { Comparison } from './panes/comparison';
import { Changes, Figures, PinGone } from './panes/comparison-tables';
import { maximal } from './panes/maximal';
import { MapPane } from './panes/map/map';
import { Allocator, ByClass, Explain, Findings, HeldPane, Log, Marked, MetricsPane, Selected, Steps, Strip, Timeline, Toolbar, WhatIf } from './parts'; // prettier-ignore
import type { Store } from './store';

type Width = 'narrow' | 'medium' | 'normal' | 'wide';

/** Sizes before the user moves a sash, in CSS pixels. */
const PRESETS = { steps: 236, right: 372, lists: 236, own: 320, metrics: 198, log: 88 } as const;
/** The same where there is room for a call with its arguments, and for eight bytes beside long names. */
const WIDE_PRESETS: Presets = { ...PRESETS, steps: 300, right: 420 };
type Presets = Readonly<Record<keyof typeof PRESETS, number>>;

/** Cells and height of a row of the map. */
const ROWS: Readonly<Record<Width, { readonly cells: number; readonly rowHeight: number }>> = {
  narrow: { cells: 32, rowHeight: 20 },
  medium: { cells: 64, rowHeight: 28 },
  normal: { cells: 64, rowHeight: 28 },
  wide: { cells: 128, rowHeight: 38 },
};

export function App({ store }: { readonly store: Store }) {
  const root = useRef<HTMLDivElement>(null);
  const [, setDrawn] = useState(0);
  const { width } = useSize(root);
  const onDrop = useCallback((drop: ClientEvents['drop']) => store.dropped(drop), [store]);
  const dropping = useDrop(root, onDrop);
  useEffect(() => store.subscribe(() => setDrawn((n) => n + 1)), [store]);
  useEffect(() => store.onAction((action) => act(store, action)), [store]);
  useEffect(() => {
    // On the document: after a click beside everything the page itself has the focus.
    const listen = (e: KeyboardEvent) => {
      if (onKey(e, store)) e.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [store]);
  useKeptFocus();
  useEffect(() => {
    if (width > 0) store.start();
  }, [width > 0]);
  const { frame } = store;
  const layout: Width = width < 700 ? 'narrow' : width < 1100 ? 'medium' : width < 1800 ? 'normal' : 'wide';
  return (
    <div
      class={`app ${layout}${frame?.stale === true ? ' stale' : ''}`}
      ref={root}
      onContextMenu={(e) => onContextMenu(e, e.currentTarget, store)}
    >
      {frame === undefined ? <p class="nothing">Reading…</p> : width > 0 && <Panel store={store} frame={frame} layout={layout} />}
      {dropping && (
        <p class="drop-hint">Drop an image, and with it a transcript, symbols or a configuration, to import the dump</p>
      )}
      {store.keysShown && <KeyList store={store} />}
      <div class="unseen" role="status" aria-live="polite">
        {store.announcement}
      </div>
    </div>
  );
}

interface PanelProps {
  readonly store: Store;
  readonly frame: Frame;
  readonly layout: Width;
}

function Panel({ store, frame, layout }: PanelProps) {
  const narrow = layout === 'narrow';
  const common = { store, selected: store.viewport.selection, wide: layout === 'wide', narrow };
  const strip = (
    <>
      {frame.stripBefore && <Strip {...common} strip={frame.stripBefore} title="before" />}
      <Strip {...common} strip={frame.strip} {...(frame.stripBefore && { title: 'after' })} />
    </>
  );
  const timeline = frame.timeline && <Timeline store={store} frame={frame} timeline={frame.timeline} small={narrow} />;
  const alone = maximal({ store, frame, ...ROWS[layout] });
  const columns = narrow ? (
    <OneColumn store={store} frame={frame} layout={layout} />
  ) : (
    <Columns store={store} frame={frame} layout={layout} />
  );
  return (
    <>
      <Toolbar store={store} frame={frame} narrow={narrow} />
      {frame.banner !== undefined && <Banner store={store} banner={frame.banner} />}
      {strip}
      {alone ?? columns}
      {alone === undefined && <HeldPane store={store} frame={frame} />}
      {alone === undefined && <WhatIf store={store} frame={frame} />}
      {timeline}
      {(layout === 'normal' || layout === 'wide') && frame.log !== undefined && store.layout.maximised !== 'log' && (
        <LogRow store={store} frame={frame} layout={layout} />
      )}
    </>
  );
}

function presetsOf(layout: Width): Presets {
  return layout === 'wide' ? WIDE_PRESETS : PRESETS;
}

function sizeOf(store: Store, layout: Width, name: keyof Presets): number {
  return store.layout.sizes[name] ?? presetsOf(layout)[name];
}

function Columns({ store, frame, layout }: PanelProps) {
  const medium = layout === 'medium';
  const presets = presetsOf(layout);
  const steps = !medium && frame.steps !== undefined;
  const left = isFolded(store, 'steps') ? 140 : sizeOf(store, layout, 'steps');
  const right = Math.min(sizeOf(store, layout, 'right'), medium ? 320 : 640);
  return (
    <main class="columns">
      {steps && (
        <>
          <div class="column" style={{ width: `${String(left)}px` }}>
            <Steps store={store} frame={frame} />
          </div>
          <Sash
            store={store}
            name="steps"
            label="Width of steps"
            axis="x"
            sign={1}
            size={left}
            least={140}
            most={480}
            preset={presets.steps}
          />
        </>
      )}
      <div class="column grow">
        <Centre store={store} frame={frame} layout={layout} />
        {medium && <Steps store={store} frame={frame} folded />}
        {medium && <Log store={store} frame={frame} folded />}
      </div>
      {frame.metrics !== undefined && (
        <>
          <Sash
            store={store}
            name="right"
            label="Width of details"
            axis="x"
            sign={-1}
            size={right}
            least={220}
            most={640}
            preset={presets.right}
          />
          <div class="column" style={{ width: `${String(right)}px` }}>
            <div class="right-panes">
              <Later>
                {frame.comparison !== undefined && <Changes store={store} comparison={frame.comparison} />}
                <Selected store={store} frame={frame} />
                <ByClass store={store} frame={frame} />
                <Marked store={store} frame={frame} />
                <Findings store={store} frame={frame} />
                <Explain store={store} frame={frame} />
              </Later>
            </div>
            <Sash
              store={store}
              name="metrics"
              label="Height of metrics"
              axis="y"
              sign={-1}
              size={sizeOf(store, layout, 'metrics')}
              least={60}
              most={500}
              preset={presets.metrics}
            />
            <div
              class="fixed giving"
              style={{ height: isFolded(store, 'metrics') ? '24px' : `${String(sizeOf(store, layout, 'metrics'))}px` }}
            >
              {frame.comparison === undefined ? (
                <MetricsPane store={store} metrics={frame.metrics} />
              ) : (
                <Figures store={store} comparison={frame.comparison} />
              )}
            </div>
          </div>
        </>
      )}
    </main>
  );
}

function Centre({ store, frame, layout }: PanelProps) {
  if (frame.map === undefined)
    return (
      <>
        <Absence store={store} frame={frame} />
        {frame.region !== undefined && <Selected store={store} frame={frame} />}
        <Explain store={store} frame={frame} open />
      </>
    );
  if (frame.comparison !== undefined) return <Comparison store={store} comparison={frame.comparison} />;
  // An allocator's own picture needs more room than a list of orders.
  const name = frame.own === undefined ? 'lists' : 'own';
  const height = isFolded(store, 'lists') ? 24 : sizeOf(store, layout, name);
  return (
    <>
      {frame.pinGone !== undefined && <PinGone store={store} text={frame.pinGone} />}
      <MapPane store={store} frame={frame} map={frame.map} {...ROWS[layout]} />
      {frame.lists !== undefined && (
        <>
          <Sash
            store={store}
            name={name}
            label="Height of free lists"
            axis="y"
            sign={-1}
            size={height}
            least={60}
            most={600}
            preset={presetsOf(layout)[name]}
          />
          <div class="fixed giving" style={{ height: `${String(height)}px` }}>
            <Allocator store={store} frame={frame} lists={frame.lists} />
          </div>
        </>
      )}
    </>
  );
}

function LogRow({ store, frame, layout }: PanelProps) {
  const presets = presetsOf(layout);
  const height = isFolded(store, 'log') ? 24 : sizeOf(store, layout, 'log');
  return (
    <aside aria-label="Kernel log">
      <Sash
        store={store}
        name="log"
        label="Height of the log"
        axis="y"
        sign={-1}
        size={height}
        least={48}
        most={400}
        preset={presets.log}
      />
      <div class="fixed" style={{ height: `${String(height)}px` }}>
        <Log store={store} frame={frame} />
      </div>
    </aside>
  );
}

function OneColumn({ store, frame }: PanelProps) {
  return (
    <main class="one-column">
      {frame.pinGone !== undefined && <PinGone store={store} text={frame.pinGone} />}
      {frame.map === undefined ? (
        <Absence store={store} frame={frame} />
      ) : frame.comparison !== undefined ? (
        <Comparison store={store} comparison={frame.comparison} narrow />
      ) : (
        <MapPane store={store} frame={frame} map={frame.map} {...ROWS.narrow} />
      )}
      {frame.comparison !== undefined && <Changes store={store} comparison={frame.comparison} />}
      {(frame.map ?? frame.region) !== undefined && <Selected store={store} frame={frame} brief />}
      <Marked store={store} frame={frame} />
      <Findings store={store} frame={frame} />
      {frame.map === undefined && <Explain store={store} frame={frame} open />}
      {frame.comparison !== undefined ? (
        <Figures store={store} comparison={frame.comparison} />
      ) : (
        frame.metrics !== undefined && <MetricsPane store={store} metrics={frame.metrics} grid />
      )}
      {frame.lists !== undefined && <Allocator store={store} frame={frame} lists={frame.lists} folded />}
      {frame.map !== undefined && <Explain store={store} frame={frame} />}
      <Steps store={store} frame={frame} />
      <Log store={store} frame={frame} folded />
    </main>
  );
}
