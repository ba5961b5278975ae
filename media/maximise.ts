// One pane in the place of all that stands in columns: which, and how it is asked for. It is kept with the panel's layout.

import type { Store } from './store';

/** The pane that was asked to take the others' place; whether it is there to do so is for the layout to say. */
export function maximisedPane(store: Store): string | undefined {
  const { maximised = '' } = store.layout;
  return maximised === '' ? undefined : maximised;
}

/** A pane takes the place of the others, or gives it back. */
export function toggleMaximised(store: Store, name: string): void {
  setMaximised(store, store.layout.maximised === name ? '' : name);
}

/** What the key and the command do: the pane with the focus, else the one that says most of the allocator. */
export function maximiseHere(store: Store): void {
  if (isShown()) {
    restore(store);
    return;
  }
  const here = document.activeElement?.closest<HTMLElement>('.pane')?.dataset.pane;
  const first = document.querySelector(`.pane-${store.frame?.own === undefined ? 'map' : 'lists'}`);
  const name = here ?? (first ?? document.querySelector('.pane'))?.getAttribute('data-pane') ?? undefined;
  if (name !== undefined) setMaximised(store, name);
}

/** Gives the place back; false when no pane has taken it. */
export function restore(store: Store): boolean {
  if (!isShown()) return false;
  setMaximised(store, '');
  return true;
}

/** A pane that was maximised may not be there now, as a comparison after its end: nothing is maximised then. */
function isShown(): boolean {
  return document.querySelector('.maximal') !== null;
}

function setMaximised(store: Store, name: string): void {
  const before = name === '' ? store.layout.maximised : name;
  const title = document.querySelector(`[data-pane="${CSS.escape(before ?? '')}"]`)?.getAttribute('aria-label') ?? 'Pane';
  const onButton = document.activeElement?.matches('.maximise') === true;
  store.announcement = name === '' ? `${title} restored.` : `${title} maximised. Escape restores.`;
  store.arrange({ maximised: name });
  // The pane is drawn anew in its other place, and the focus would be lost on the way.
  setTimeout(() => {
    if (document.activeElement !== document.body) return;
    const pane = document.querySelector<HTMLElement>(`.pane[data-pane="${CSS.escape(before ?? '')}"]`);
    const button = pane?.querySelector<HTMLElement>('.maximise');
    const stop = pane?.querySelector<HTMLElement>('[data-stop], .pane-body [tabindex="0"]');
    (onButton ? button : (stop ?? button))?.focus();
  }, 0);
}
