// A pane: a section with a header that folds it, and the sashes between panes.

import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { toggleMaximised } from './maximise';
import type { Store } from './store';
import { Tool } from './tool';

export interface PaneProps {
  readonly store: Store;
  /** Name under which its state is kept, and by which F6 finds it. */
  readonly name: string;
  readonly title: string;
  readonly subtitle?: string;
  /** What a folded pane says in its header. */
  readonly summary?: string;
  /** Is it folded unless the user opened it? */
  readonly folded?: boolean;
  /** Open, it has no header: what it shows says what it is. */
  readonly bare?: boolean;
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Pane({
  store,
  name,
  title,
  subtitle = '',
  summary = '',
  folded: foldedAtFirst = false,
  bare = false,
  tools,
  children,
}: PaneProps) {
  const maximised = store.layout.maximised === name;
  const folded = !maximised && isFolded(store, name, foldedAtFirst);
  const verb = maximised ? 'Restore' : 'Maximise';
  return (
    <section class={`pane pane-${name}${folded ? ' folded' : ''}`} aria-label={title} data-pane={name}>
      {(!bare || folded || maximised) && (
        <header
          class="pane-header"
          onDblClick={(e) => {
            if (!(e.target as Element).closest('button, select, input')) toggleMaximised(store, name);
          }}
        >
          {!maximised && (
            <button
              class="twistie"
              aria-expanded={!folded}
              aria-label={`${title}, ${folded ? 'folded' : 'open'}`}
              onClick={() => store.toggleFolded(name, !folded)}
            >
              <span class={`codicon codicon-chevron-${folded ? 'right' : 'down'}`} aria-hidden="true" />
            </button>
          )}
          <h2>{title}</h2>
          <span class="pane-subtitle" title={folded ? summary : subtitle}>
            {(folded ? summary : subtitle).split(' · ').map((part, i) => (
              <span key={i}>
                {i > 0 && ' · '}
                {part}
              </span>
            ))}
          </span>
          {!folded && tools}
          <Tool
            icon={maximised ? 'screen-normal' : 'screen-full'}
            label={`${verb} ${title}`}
            title={`${verb} (z)`}
            pressed={maximised}
            class="maximise"
            onClick={() => toggleMaximised(store, name)}
          />
        </header>
      )}
      {!folded && <div class="pane-body">{children}</div>}
    </section>
  );
}

export function isFolded(store: Store, name: string, foldedAtFirst = false): boolean {
  const { folded } = store.layout;
  return folded.includes(name) || (foldedAtFirst && !folded.includes('-' + name));
}

export interface SashProps {
  readonly store: Store;
  /** Size that it changes. */
  readonly name: string;
  readonly label: string;
  /** `x`: between columns; the size is that of what is before (`1`) or after (`-1`) it. */
  readonly axis: 'x' | 'y';
  readonly sign: 1 | -1;
  readonly size: number;
  readonly least: number;
  readonly most: number;
  readonly preset: number;
}

/** Drag, or arrows; a double click brings the first size back. */
export function Sash({ store, name, label, axis, sign, size, least, most, preset }: SashProps) {
  const from = useRef<{ readonly at: number; readonly size: number } | undefined>(undefined);
  const set = (value: number) =>
    store.arrange({ sizes: { ...store.layout.sizes, [name]: Math.round(Math.min(most, Math.max(least, value))) } });
  const place = (e: PointerEvent) => (axis === 'x' ? e.clientX : e.clientY);
  const keys = axis === 'x' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  return (
    <div
      class={`sash sash-${axis}`}
      role="separator"
      aria-orientation={axis === 'x' ? 'vertical' : 'horizontal'}
      aria-label={label}
      aria-valuenow={Math.round(size)}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        from.current = { at: place(e), size };
      }}
      onPointerMove={(e) => {
        if (from.current !== undefined) set(from.current.size + sign * (place(e) - from.current.at));
      }}
      onPointerUp={() => (from.current = undefined)}
      onDblClick={() => set(preset)}
      onKeyDown={(e) => {
        const by = keys.indexOf(e.key) * 2 - 1;
        if (!keys.includes(e.key)) return;
        e.preventDefault();
        set(size + sign * by * 16);
      }}
    />
  );
}
