// The selected block: its structures byte by byte, where its bytes went, why it is as it is.

import { useRef } from 'preact/hooks';
import type { Merge } from '../../src/view/buddy';
import type { Frame } from '../../src/view/frame/frame';
import type { SelectedView } from '../../src/view/selected';
import { LAST_STEP } from '../../src/view/viewport';
import { useRoving } from '../hooks';
import type { CellView } from '../../src/view/map/cell';
import { Letters } from '../../src/view/map/letters';
import { Pane } from '../pane';
import type { Store } from '../store';
import { Tool } from '../tool';
import { CellCard } from './cell';
import { FindingsHere } from './findings';
import { Linked } from './linked';
import { Region } from './region';
import { Payload, Structs } from './structs';

interface Props {
  readonly store: Store;
  readonly frame: Frame;
  readonly brief?: boolean;
}

export function Selected({ store, frame: { selected, region, cell }, brief = false }: Props) {
  const base = selected?.base ?? region?.base;
  const tools = (
    <span class="selected-tools">
      <Tool
        icon="arrow-left"
        label="Back through selections"
        title="Back (Alt+←)"
        disabled={!store.canGoBack}
        onClick={() => store.goBack()}
      />
      <Tool
        icon="arrow-right"
        label="Forward through selections"
        title="Forward (Alt+→)"
        disabled={!store.canGoForward}
        onClick={() => store.goForward()}
      />
      {base !== undefined && <Tool icon="copy" label={`Copy ${base}`} onClick={() => store.copy(base)} />}
    </span>
  );
  return (
    <Pane
      store={store}
      name="selected"
      title="Selected"
      summary={base === undefined ? 'nothing' : `${(selected ?? region)!.title} ${base}`}
      tools={tools}
    >
      {selected !== undefined ? (
        <Details store={store} selected={selected} cell={cell} brief={brief} />
      ) : region !== undefined ? (
        <Region store={store} region={region} brief={brief} />
      ) : (
        <p class="nothing">Select a block in the map, a list or by its address (Ctrl+G).</p>
      )}
    </Pane>
  );
}

function Details({
  store,
  selected,
  cell,
  brief,
}: {
  readonly store: Store;
  readonly selected: SelectedView;
  /** The map's cell that the selection is in, where it holds more than that. */
  readonly cell: CellView | undefined;
  readonly brief: boolean;
}) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  return (
    <div class="details" ref={body} tabIndex={-1}>
      {brief ? (
        <BriefTitle store={store} selected={selected} />
      ) : (
        <>
          <p class="selected-title">
            <strong>{selected.title}</strong> <span>{selected.size}</span>
          </p>
          <p class="selected-range">
            {selected.range} <span>(end excl.)</span>
          </p>
        </>
      )}
      <FindingsHere findings={selected.findings} />
      {brief ? (
        selected.brief.why !== '' && <p><Linked store={store} text={selected.brief.why} /></p>
      ) : (
        <>
          {cell !== undefined && <CellCard cell={cell} bookmarks={namesIn(store, cell)} />}
          {selected.merge !== undefined && <WhyNotMerged store={store} merge={selected.merge} />}
          {selected.shares.length > 0 && <Shares selected={selected} />}
          {selected.history.length > 0 && (
            <dl class="history">
              {selected.history.map((h) => (
                <div key={h.label}>
                  <dt>{h.label}</dt>
                  <dd>
                    {h.text}
                    {h.operation !== undefined && (
                      <>
                        {', '}
                        <button class="link" data-rove={`step${String(h.operation)}`} onClick={() => store.seek({ operation: h.operation!, step: h.step ?? LAST_STEP })}>
                          step {h.operation + 1}
                        </button>
                      </>
                    )}
                    {h.label === 'Last change' && h.operation === undefined && (
                      <>
                        {', '}
                        <button class="link" data-rove="last-change" onClick={() => void store.lastChange()}>
                          find the step
                        </button>
                      </>
                    )}
                  </dd>
                </div>
              ))}
            </dl>
          )}
          {selected.structs.length > 0 && <Structs store={store} structs={selected.structs} />}
          {selected.payload.length > 0 && <Payload lines={selected.payload} />}
        </>
      )}
    </div>
  ); // prettier-ignore
}

/** In a narrow panel: what, what it links to, and where, in one line. */
function BriefTitle({ store, selected: { title, range, brief } }: { readonly store: Store; readonly selected: SelectedView }) {
  const { link } = brief;
  return (
    <p class="selected-title brief" title={`${range} (end excl.)`}>
      <strong>{title}</strong> <span>{brief.size}</span>
      {link !== undefined && (
        <span class="brief-link">
          <span aria-hidden="true">→</span>{' '}
          <button
            class="link code"
            data-rove="brief-link"
            title={link.text}
            aria-label={`${link.text}: ${link.address}`}
            onClick={() => store.select(link.address)}
          >
            {link.address}
          </button>
        </span>
      )}
      <span class="selected-range">{brief.from}</span>
    </p>
  );
}

function WhyNotMerged({ store, merge }: { readonly store: Store; readonly merge: Merge }) {
  return (
    <div class="why">
      <h3>Why it is not merged</h3>
      <div
        class="merge"
        role="img"
        aria-label={`${merge.partsText}: ${merge.parts.map((p) => `${p.base} ${p.label}`).join(', ')}`}
      >
        {merge.parts.map((p) => (
          <span
            key={p.base}
            class={`part fits part-${p.state}${p.self ? ' self' : ''}`}
            style={{ flexGrow: String(p.share) }}
            title={`${p.base} ${p.label}`}
          >
            <span class="part-label">{p.label}</span>
          </span>
        ))}
      </div>
      <p class="merge-parent">{merge.partsText}</p>
      <p>
        <Linked store={store} text={merge.text} />
      </p>
    </div>
  );
}

function Shares({ selected }: { readonly selected: SelectedView }) {
  return (
    <div class="where">
      <h3>Where its bytes went</h3>
      <div class="merge" role="img" aria-label={selected.shares.map((s) => `${s.label} ${s.bytes}`).join(', ')}>
        {selected.shares.map((s) => (
          <span
            key={s.kind}
            class={`part fits share-${s.kind}`}
            style={{ flexGrow: String(s.share) }}
            title={`${s.label} ${s.bytes}`}
          >
            <span class="part-label">
              {s.label} {s.bytes}
            </span>
          </span>
        ))}
      </div>
      <p>{selected.shareText}</p>
    </div>
  );
}

/** Bookmarks in a cell, by name. */
function namesIn({ frame }: Store, { address, end }: CellView): string[] {
  return new Letters(frame?.marked?.bookmarks ?? []).namesIn(BigInt(address), BigInt(end));
}
