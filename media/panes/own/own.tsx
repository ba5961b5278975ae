// The allocator's own picture in place of its free lists, with the lists one click away.

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Frame } from '../../../src/view/frame/frame';
import type { ListsView } from '../../../src/view/lists';
import type { OwnView } from '../../../src/view/own/own';
import type { OwnFinding } from '../../../src/view/own/own-findings';
import type { Probe } from '../../../src/view/own/probe';
import { useRoving } from '../../hooks';
import { Pane } from '../../pane';
import type { Store } from '../../store';
import { Tool } from '../../tool';
import { Lists, ListTree } from '../lists';
import { Mimalloc } from './mimalloc';
import { Oscar } from './oscar';
import { Region } from './region';
import { Tinyalloc } from './tinyalloc';
import { Tlsf } from './tlsf';

const TITLES: Readonly<Record<OwnView['kind'], string>> = {
  tlsf: 'Free lists',
  tinyalloc: 'Descriptors',
  region: 'Bump pointer',
  mimalloc: 'Segments and queues',
  oscar: 'Shadow pages over frames',
};

interface Props {
  readonly store: Store;
  readonly own: OwnView;
  readonly lists: ListsView;
  readonly folded?: boolean;
}

/** The allocator's pane: its own picture where it has one, else its free lists. */
export function Allocator({
  store,
  frame,
  lists,
  folded = false,
}: {
  readonly store: Store;
  readonly frame: Frame;
  readonly lists: ListsView;
  readonly folded?: boolean;
}) {
  if (frame.own === undefined) return <Lists store={store} lists={lists} folded={folded} />;
  return <OwnPane store={store} own={frame.own} lists={lists} folded={folded} />;
}

export function allocatorTitle({ own }: Frame): string {
  return own === undefined ? 'Free lists' : TITLES[own.kind];
}

function OwnPane({ store, own, lists, folded = false }: Props) {
  const asLists = store.layout.asLists === true;
  const toggle = (
    <Tool icon="list-tree" label="Show as lists" pressed={asLists} onClick={() => store.arrange({ asLists: !asLists })} />
  );
  return (
    <Pane
      store={store}
      name="lists"
      title={TITLES[own.kind]}
      subtitle={asLists ? lists.title : own.title}
      summary={lists.summary}
      folded={folded}
      tools={toggle}
    >
      {asLists ? <ListTree store={store} lists={lists} /> : <Picture store={store} own={own} />}
    </Pane>
  );
}

function Picture({ store, own }: { readonly store: Store; readonly own: OwnView }) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  return (
    <div class={`own own-${own.kind}`} ref={body} tabIndex={-1}>
      <div class="own-content">
        {own.kind === 'tlsf' && <Tlsf store={store} view={own} />}
        {own.kind === 'tinyalloc' && <Tinyalloc store={store} view={own} />}
        {own.kind === 'region' && <Region store={store} view={own} />}
        {own.kind === 'mimalloc' && <Mimalloc store={store} view={own} />}
        {own.kind === 'oscar' && <Oscar store={store} view={own} />}
      </div>
    </div>
  );
}

/** What is wrong with the heap, above a picture that would not show it. */
export function OwnFindings({ store, findings }: { readonly store: Store; readonly findings: readonly OwnFinding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul class="own-findings" aria-label="What is wrong">
      {findings.map(({ severity, message, address }, i) => (
        <li key={i} class={severity}>
          <span class={`codicon codicon-${severity}`} aria-hidden="true" /> <span class="unseen">{severity}: </span>
          {message}{' '}
          {address !== '' && (
            <button class="link code" data-rove={`finding${String(i)}`} onClick={() => store.select(address)}>
              {address}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A box for a size or an address, and what it would meet, step by step. */
export function ProbeBox({
  store,
  probe,
  label,
  placeholder,
}: {
  readonly store: Store;
  readonly probe: Probe;
  readonly label: string;
  readonly placeholder: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  const tried = store.viewport.probe;
  // What a click elsewhere tries stands in the box; while the user types there, the box is ahead of the state.
  useLayoutEffect(() => {
    if (input.current !== null && input.current !== document.activeElement) input.current.value = tried;
  }, [tried]);
  const marked = probe.steps.some((s) => s.mark !== undefined);
  return (
    <div class="probe">
      <h3>{probe.title}</h3>
      <input
        type="text"
        class="probe-input"
        aria-label={label}
        placeholder={placeholder}
        spellcheck={false}
        autocomplete="off"
        ref={input}
        defaultValue={tried}
        onInput={(e) => store.look({ probe: e.currentTarget.value })}
      />
      {probe.answer !== undefined && <p class="probe-answer">{probe.answer}</p>}
      {probe.steps.length > 0 && (marked ? <Trail probe={probe} /> : <Numbered probe={probe} />)}
      {probe.note !== '' && <p class="probe-note">{probe.note}</p>}
    </div>
  );
}

/** Steps with the numbers that stand in the picture too. */
function Numbered({ probe }: { readonly probe: Probe }) {
  return (
    <ol>
      {probe.steps.map((s, i) => (
        <li key={i}>
          <span class={`disc disc-${s.tone ?? 'plain'}`} aria-hidden="true">
            {i + 1}
          </span>
          <strong>{s.title}</strong>
          <span class="probe-text">{s.text}</span>
        </li>
      ))}
    </ol>
  );
}

/** Steps of which each lets through or not: in one line, then with what was read. */
function Trail({ probe }: { readonly probe: Probe }) {
  return (
    <>
      <p class="trail">
        {probe.steps.map((s, i) => (
          <span key={i} class={s.mark === '✗' ? 'stops' : ''}>
            {s.title} {s.mark}
          </span>
        ))}
      </p>
      <ol class="trail-values">
        {probe.steps.map((s, i) => (
          <li key={i}>
            <strong>{s.title}</strong> <span class="code">{s.text}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
