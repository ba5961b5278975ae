// How high the map is in one column, where panes stand below each other.

import { useRef } from 'preact/hooks';
import type { MapView } from '../../../src/view/map/map';

/** Least height of the map where cells are shown, each of which has a card with this much to say. */
const CARD = 176;

/**
 * In one column the map is as high as what it shows, and does not become lower while one steps: what stands below would jump. A map
 * that was asked for by another level is another one.
 */
export function useOwnHeight(map: MapView, cells: number, unfolded: number): number {
  const tallest = useRef({ of: '', height: 0 });
  const of = [map.level, map.lines, map.rowHeight, cells, unfolded].join();
  const least = map.items.some((i) => i.kind === 'row' && i.aggregated) ? CARD : 0;
  const before = tallest.current.of === of ? tallest.current.height : 0;
  tallest.current = { of, height: Math.max(before, least, Math.ceil(map.height)) };
  return tallest.current.height;
}

/** What a map in one column could have, however low it is now: a level is fitted to that. Undefined where the pane has a height of its own. */
export function roomFor(view: HTMLElement): number | undefined {
  const pane = view.closest<HTMLElement>('.one-column .pane');
  return pane === null ? undefined : parseFloat(getComputedStyle(pane).maxHeight) - (pane.offsetHeight - view.clientHeight);
}
