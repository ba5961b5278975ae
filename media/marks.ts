// What the user marks: bookmarks, a second block, a range, a pinned step. All of it lives in the viewport, and so comes back after a
// reload.

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
  store.look({ bookmarks: had ? bookmarks.filter((b) => b !== at) : [...bookmarks, at] });
  store.say(had ? `Bookmark at ${at} removed.` : `Bookmark at ${at} set.`);
}

export function removeBookmark(store: Store, address: string): void {
  store.look({ bookmarks: (store.viewport.bookmarks ?? []).filter((b) => b !== address) });
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

/** The step now becomes what others are compared with; again, and nothing is. */
export function togglePin(store: Store): void {
  const cursor = store.frame?.moment?.cursor;
  if (cursor === undefined) return;
  const { pin } = store.viewport;
  if (pin !== undefined && pin.operation === cursor.operation && pin.step === cursor.step) {
    store.forget('pin', 'comparing');
    store.say('Pin removed.');
  } else {
    store.look({ pin: cursor });
    store.say(`Step ${store.frame?.moment?.step ?? ''} is pinned.`);
  }
}

/** Shows the pinned step and the one now above each other, or the map again. */
export function toggleComparison(store: Store): void {
  const { pin, comparing } = store.viewport;
  if (comparing === true) store.forget('comparing');
  else if (pin === undefined) store.say('Pin a step first (k), then go to another one.');
  else store.look({ comparing: true });
}

/** Esc: takes away one thing that was set, the least first. False when there was nothing. */
export function clearOne(store: Store): boolean {
  const { filter, comparing, range, beside, selection } = store.viewport;
  if (filter !== '') store.setFilter('');
  else if (comparing === true) store.forget('comparing');
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
