// Viewports that follow others: what an earlier panel kept, and what the host has moved.

import type { Frame } from '../src/view/frame/frame';
import { FIRST_VIEWPORT } from '../src/view/viewport';
import type { Viewport, Window } from '../src/view/viewport';

/** Keys of what may be left out. */
type Optional<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** The same without some of what may be left out. */
export function without<T extends object>(whole: T, ...keys: readonly Optional<T>[]): T {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => !(keys as readonly string[]).includes(key))) as T;
}

/** A viewport as an earlier version of the panel may have kept it, what it did not know yet filled in. */
export function restored(viewport: Viewport): Viewport {
  return { ...FIRST_VIEWPORT, ...viewport, map: { ...FIRST_VIEWPORT.map, ...viewport.map } };
}

/** With what the host moved: the map to what it was asked to reveal, lists to what is current. */
export function adopted(viewport: Viewport, frame: Frame): Viewport {
  const { map, steps, log } = viewport;
  return {
    ...viewport,
    map: frame.map?.revealed === true ? { ...without(map, 'reveal', 'revealAt'), top: frame.map.top } : map,
    steps: followed(steps, frame.steps?.first),
    log: followed(log, frame.log?.first),
  };
}

/** A list's window, gone along with the cursor; the same object where it has not moved. */
function followed(window: Window, first: number | undefined): Window {
  return !window.follow || first === undefined || first === window.first ? window : { ...window, first };
}
