// The key to a map's drawing. Nothing in it is told by colour alone: solid, hatched and hollow are in the key as they are in the map, and
// where colours tell more than states, each has a number that stands in its blocks as well.

import type { MapView } from '../view/map/map';
import type { LegendEntry } from '../view/map/shades';
import { shadeColour, type DrawingColours } from './colours';
import { Markup, markup } from './escape';
import { rect, text } from './svg-shapes';

const LINE = 18;
const CHARACTER = 7;

const STATES = [
  ['asked for', 'used', 1],
  ['slack', 'slack', 1],
  ['free', 'free', 0.2],
  ['allocator', 'metadata', 1],
  ['changed by the last step', 'changed', 1],
] as const;

interface Place {
  readonly x: number;
  readonly y: number;
  /** Where a line ends. */
  readonly right: number;
}

/** The number of an entry, as blocks and key have it: 1 for the least. */
export function shadeNumber({ shade }: Pick<LegendEntry, 'shade'>): string {
  return String(shade + 1);
}

/** Height of the key: a line for the states, more for what the colours mean. */
export function legendHeight(map: MapView, { x, right }: Omit<Place, 'y'>): number {
  return LINE + entryPlaces(map, { x, y: 0, right }).height;
}

/** @param place of the first line's baseline */
export function legendDrawing(map: MapView, colours: DrawingColours, place: Place): Markup {
  const coloured = map.legend.length > 0;
  const entries = entryPlaces(map, { ...place, y: place.y + LINE }).placed.map(({ entry, words, x, y }) =>
    markup`${shadeKey(entry, colours, x, y - 8)}${text(x + 18, y + 1, words, colours.foreground, { size: 11 })}`,
  ); // prettier-ignore
  const note = map.legendNote === '' ? markup`` : text(place.x, place.y + LINE, map.legendNote, colours.description);
  return markup`${states(colours, place, coloured)}${entries}${note}`;
}

/** A square of an entry's colour, with its number. */
export function shadeKey(entry: LegendEntry, colours: DrawingColours, x: number, y: number): Markup {
  const box = rect({ x, y, width: 13, height: 12 }, shadeColour(entry.shade, colours)!);
  return markup`${box}${text(x + 6.5, y + 9.5, shadeNumber(entry), colours.background, { size: 10, anchor: 'middle', bold: true })}`;
}

/** Shapes only, where colours mean something else. */
function states(colours: DrawingColours, place: Place, coloured: boolean): Markup {
  let { x } = place;
  const { y } = place;
  return Markup.join(
    STATES.map(([label, kind, opacity]) => {
      const own = kind === 'slack' ? colours.used : colours[kind];
      const colour = coloured && kind !== 'metadata' && kind !== 'changed' ? colours.description : own;
      const box = { x, y: y - 8, width: 10, height: 10 };
      const hatch = kind === 'slack' ? markup`<path d="M${x} ${y + 2}l10 -10M${x + 5} ${y + 2}l5 -5M${x} ${y - 3}l5 -5" stroke="${colour}"/>` : markup``; // prettier-ignore
      const key = markup`${rect(box, kind === 'slack' || kind === 'changed' ? 'none' : colour, { opacity, stroke: colour })}${hatch}${text(x + 16, y + 1, label, colours.foreground, { size: 11 })}`;
      x += 32 + label.length * CHARACTER;
      return key;
    }),
  );
}

interface PlacedEntry {
  readonly entry: LegendEntry;
  readonly words: string;
  readonly x: number;
  readonly y: number;
}

/** Entries side by side, in as many lines as they need. */
function entryPlaces({ legend, legendNote }: MapView, place: Place): { placed: readonly PlacedEntry[]; height: number } {
  let { x, y } = place;
  const placed = legend.map((entry) => {
    const words = `${entry.text}: ${entry.amount}`;
    const width = 18 + [...words].length * CHARACTER;
    if (x > place.x && x + width > place.right) [x, y] = [place.x, y + LINE];
    const at = { entry, words, x, y };
    x += width + 14;
    return at;
  });
  return { placed, height: legend.length > 0 ? y - place.y + LINE : legendNote === '' ? 0 : LINE };
}
