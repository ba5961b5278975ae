// What the user marks: bookmarks, a second block, a range, a pinned step. All of it lives in the viewport, and so comes back after a
// reload.

import { plainLabel } from '../src/view/search/bookmarks';
import type { NamedPlace } from '../src/view/search/bookmarks';
import type { PinName } from '../src/view/compare/comparing';
import { restore } from './maximise';
import { isFolded } from './pane';
import type { Store } from './store';

/** Sets a bookmark at the selection, or takes it away. */
export function toggleBookmark(store: Store): void {
  const { selection, bookmarks = [] } = store.viewport;
  const at = selected(store) ?? selection;
  if (at === undefined) {
    store.say('Select a block to bookmark it.');
    return;
  }
  const had = bookmarks.includes(at);
  if (had) removeBookmark(store, at);
  else store.look({ bookmarks: [...bookmarks, at] });
  store.say(had ? `Bookmark at ${at} removed.` : `Bookmark at ${at} set.`);
}

/** Its name goes with it. */
export function removeBookmark(store: Store, address: string): void {
  const { bookmarks = [], bookmarkLabels = {} } = store.viewport;
  store.look({ bookmarks: bookmarks.filter((b) => b !== address), bookmarkLabels: withLabel(bookmarkLabels, address, '') });
}

/** F2: the name of the bookmark that has the focus, or of the selected block's, can be typed. */
export function startNaming(store: Store): void {
  const { bookmarks = [] } = store.viewport;
  const focused = document.activeElement?.closest<HTMLElement>('[data-bookmark]')?.dataset['bookmark'];
  const address = focused ?? selected(store);
  if (address === undefined || !bookmarks.includes(address)) {
    store.say(bookmarks.length === 0 ? 'There are no bookmarks: m sets one.' : 'Select a bookmarked block to name its bookmark.');
    return;
  }
  // The box stands in the list of bookmarks.
  if (store.layout.maximised !== 'marked') restore(store);
  if (isFolded(store, 'marked')) store.toggleFolded('marked', false);
  store.setNaming(address);
}

/** Gives a bookmark a name, or takes it away where that is empty. */
export function nameBookmark(store: Store, { letter, address, label }: NamedPlace, typed: string): void {
  const named = plainLabel(typed);
  store.setNaming(undefined);
  if (named === label) return;
  store.look({ bookmarkLabels: withLabel(store.viewport.bookmarkLabels ?? {}, address, named) });
  store.say(named === '' ? `Bookmark ${letter} has no name now.` : `Bookmark ${letter} is named ${named}.`);
}

function withLabel(labels: Readonly<Record<string, string>>, address: string, label: string): Readonly<Record<string, string>> {
  const others = Object.entries(labels).filter(([at]) => at !== address);
  return Object.fromEntries(label === '' ? others : [...others, [address, label]]);
}

/** Goes to the bookmark after the one that is selected. */
export function nextBookmark(store: Store): void {
  const { bookmarks = [] } = store.viewport;
  if (bookmarks.length === 0) store.say('There are no bookmarks: m sets one.');
  else store.select(bookmarks[(bookmarks.indexOf(selected(store) ?? '') + 1) % bookmarks.length]);
}

/** Holds another block against the selected one; without one that becomes the selection. */
export function selectBeside(store: Store, address: string): void {
  if (store.viewport.selection === undefined) store.select(address, false);
  else store.look({ beside: address });
}

/** Is the state that is shown pinned? */
export function isPinned({ frame, viewport: { pin } }: Store): boolean {
  const cursor = frame?.moment?.cursor;
  if (cursor === undefined) return frame?.pins.some((p) => p.here) === true;
  return pin !== undefined && pin.operation === cursor.operation && pin.step === cursor.step;
}

/** Holds a pinned state against what is shown. */
export function compareWith(store: Store, { id, name, cursor }: PinName): void {
  // A step of this panel's own simulation is a place in time: that is found again after a reload.
  if (cursor !== undefined) {
    store.forget('against');
    store.look({ pin: cursor, comparing: true });
  } else store.look({ against: { id, name }, comparing: true });
}

/** Shows the pinned state and the one now above each other, or the map again. */
export function toggleComparison(store: Store): void {
  const { pin, against, comparing } = store.viewport;
  const pins = store.frame?.pins ?? [];
  const other = pins.findLast((p) => !p.here);
  if (comparing === true) stopComparing(store);
  else if (pins.some((p) => p.id === against?.id) || (against === undefined && pin !== undefined))
    store.look({ comparing: true });
  else if (other !== undefined) compareWith(store, other);
  else store.say('Pin a state first (k): then go to another step, or to another heap view.');
}

/** Back to the map. A state that is gone is forgotten with it. */
export function stopComparing(store: Store): void {
  store.forget('comparing', ...(store.frame?.pinGone === undefined ? [] : (['against'] as const)));
}

/** Selects the change after or before the one at the selection; false where nothing is compared. */
export function goToChange(store: Store, way: 'next' | 'previous'): boolean {
  const { comparison } = store.frame ?? {};
  if (comparison === undefined) return false;
  store.select(comparison[way]);
  return true;
}

/** Esc: takes away one thing that was set, the least first. False when there was nothing. */
export function clearOne(store: Store): boolean {
  const { filter, comparing, range, beside, selection } = store.viewport;
  if (filter !== '') store.setFilter('');
  else if (comparing === true) stopComparing(store);
  else if (range !== undefined) store.forget('range');
  else if (beside !== undefined) store.forget('beside');
  else if (selection !== undefined) store.select(undefined);
  else return false;
  return true;
}

/** Start of the selected block. */
function selected(store: Store): string | undefined {
  return store.frame?.selected?.base;
}
