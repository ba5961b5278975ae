// Keys of the panel, and the list of them that `?` shows.

import type { ViewAction } from '../src/protocol/messages';
import { nextColouring, switchShape, zoom } from './panes/map/tools';
import { clearOne, goToChange, nextBookmark, startNaming, toggleBookmark, toggleComparison } from './marks';
import { maximiseHere, restore } from './maximise';
import { stopOf } from './focus';
import { togglePlaying } from './play';
import type { Store } from './store';

export const KEYS: readonly (readonly [string, string])[] = [
  ['.  ,', 'C-level step forward, back'],
  ['Shift+.  Shift+,', 'whole operation forward, back'],
  ['Home  End', 'in the timeline: start, end'],
  ['Space', 'play, pause'],
  ['← → ↑ ↓', 'in the map: by cell and row'],
  ['Ctrl+← Ctrl+→', 'in the map: by block'],
  ['n  p', 'next, previous in the free list; while comparing: change'],
  ['b', 'buddy'],
  ['l', 'step that last changed the selected block'],
  ['m  Shift+M  F2', 'bookmark, next bookmark, name of a bookmark'],
  ['k  v', 'pin this state, compare with a pinned one, here or in another heap view'],
  ['Ctrl+click, drag', 'in the map: second block, range'],
  ['F8  Shift+F8', 'next, previous finding'],
  ['Alt+←  Alt+→', 'back and forward through selections'],
  ['Ctrl+G  Ctrl+F', 'address, step or filter'],
  ['+  −  0', 'zoom in, out, fit'],
  ['h  c', 'map: rows or Hilbert curve, next colouring'],
  ['Enter', 'open, or unfold'],
  ['F6  Shift+F6', 'next, previous pane'],
  ['z', 'maximise the pane, or restore it'],
  ['Esc', 'restore a maximised pane, clear filter, comparison, range, selection'],
];

/** Carries out a key pressed anywhere in the panel; true when it was one of ours. */
export function onKey(e: KeyboardEvent, store: Store): boolean {
  const typing = e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement;
  const modified = e.ctrlKey || e.altKey || e.metaKey;
  // What is typed into a box is for the box: VS Code would take it for a key of its own.
  if (typing && !modified && !/^F\d/.test(e.key)) e.stopPropagation();
  if (isCommandKey(e) && keysAreCommands()) return false;
  if (e.key === 'F6') return act(store, e.shiftKey ? 'previousPane' : 'nextPane');
  if (e.key === 'F2') return act(store, 'nameBookmark');
  if (e.key === 'F8') return act(store, e.shiftKey ? 'previousFinding' : 'nextFinding');
  if ((e.ctrlKey || e.metaKey) && (e.key === 'g' || e.key === 'f')) return act(store, 'find');
  if (e.altKey && e.key === 'ArrowLeft') return act(store, 'selectionBack');
  if (e.altKey && e.key === 'ArrowRight') return act(store, 'selectionForward');
  if (typing || modified) return false;
  switch (e.key) {
    // With Shift, the same keys go over whole operations; layouts differ in what they then call them.
    case '.':
      return (store.move(e.shiftKey ? 'stepOver' : 'stepForward'), true);
    case ',':
      return (store.move(e.shiftKey ? 'stepBackOver' : 'stepBack'), true);
    case '>':
    case ':':
      return (store.move('stepOver'), true);
    case '<':
    case ';':
      return (store.move('stepBackOver'), true);
    case ' ':
      if (e.target instanceof HTMLButtonElement || e.target instanceof HTMLSelectElement) return false;
      return act(store, 'play');
    case 'n':
      return act(store, 'nextFree');
    case 'p':
      return act(store, 'previousFree');
    case 'b':
      return act(store, 'buddy');
    case 'm':
      return act(store, 'bookmark');
    case 'M':
      return act(store, 'nextBookmark');
    case 'k':
      return act(store, 'pin');
    case 'v':
      return act(store, 'compare');
    case 'l':
      return act(store, 'lastChange');
    case 'z':
      return act(store, 'maximise');
    case '+':
    case '=':
      return act(store, 'zoomIn');
    case '-':
      return act(store, 'zoomOut');
    case '0':
      return act(store, 'zoomFit');
    case 'h':
      return act(store, 'mapShape');
    case 'c':
      return act(store, 'mapColouring');
    case '?':
      return act(store, 'keys');
    case 'Escape':
      if (store.keysShown) store.showKeys(false);
      else if (!restore(store)) clearOne(store);
      return true;
    default:
      return false;
  }
}

/** In VS Code these keys are commands, which users may bind to other keys; VS Code hears them and sends the command back. */
function isCommandKey(e: KeyboardEvent): boolean {
  if ((e.ctrlKey || e.metaKey) && (e.key === 'g' || e.key === 'f')) return true;
  if (e.altKey && (e.key === 'ArrowLeft' || e.key === 'ArrowRight')) return true;
  return COMMAND_KEYS.has(e.key);
}

const COMMAND_KEYS: ReadonlySet<string> = new Set([...'.,>:<;bhc+=-0?mMkvlznp', 'F2', 'F6', 'F8']);

/** The page says so where somebody turns keys into commands. */
function keysAreCommands(): boolean {
  return document.body.dataset.keys === 'commands';
}

/** What keys and the commands of VS Code have in common. */
export function act(store: Store, action: ViewAction): boolean {
  const map = store.frame?.map;
  switch (action) {
    case 'zoomIn':
    case 'zoomOut':
      if (map !== undefined) zoom(store, map, action === 'zoomIn' ? -1 : 1);
      return true;
    case 'zoomFit':
      store.lookAtMap({ zoom: 'fit' });
      return true;
    case 'mapShape':
      switchShape(store);
      return true;
    case 'mapColouring':
      nextColouring(store);
      return true;
    case 'find': {
      const input = document.getElementById('search') as HTMLInputElement | null;
      input?.focus();
      input?.select();
      return true;
    }
    case 'nextPane':
    case 'previousPane':
      focusPane(action === 'nextPane' ? 1 : -1);
      return true;
    case 'nextFinding':
    case 'previousFinding':
    case 'buddy':
      void store.neighbour(action);
      return true;
    case 'nextFree':
    case 'previousFree':
      // While two states are compared, it is the changes that are gone through.
      if (!goToChange(store, action === 'nextFree' ? 'next' : 'previous')) void store.neighbour(action);
      return true;
    case 'keys':
      store.showKeys(!store.keysShown);
      return true;
    case 'play':
      togglePlaying(store);
      return true;
    case 'bookmark':
      toggleBookmark(store);
      return true;
    case 'nextBookmark':
      nextBookmark(store);
      return true;
    case 'nameBookmark':
      startNaming(store);
      return true;
    case 'pin':
      store.togglePin();
      return true;
    case 'compare':
      toggleComparison(store);
      return true;
    case 'lastChange':
      void store.lastChange();
      return true;
    case 'maximise':
      maximiseHere(store);
      return true;
    case 'selectionBack':
      store.goBack();
      return true;
    case 'selectionForward':
      store.goForward();
      return true;
  }
}

/** Goes to the stop of the next pane: what is marked `data-stop`, or the element of the pane that Tab would reach first. */
function focusPane(by: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')];
  const here = panes.findLastIndex((p) => p.contains(document.activeElement));
  for (let n = 1; n <= panes.length; n++) {
    const pane = panes[((((here < 0 ? (by > 0 ? -1 : 0) : here) + n * by) % panes.length) + panes.length) % panes.length]!;
    const stop = stopOf(pane);
    if (stop === null || stop === document.activeElement) continue;
    stop.focus();
    return;
  }
}

export function KeyList({ store }: { readonly store: Store }) {
  return (
    <div class="keys" role="dialog" aria-label="Keys" aria-modal="false">
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([keys, text]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <button class="link" onClick={() => store.showKeys(false)}>
        Close
      </button>
    </div>
  );
}
