// A frame as a drawing: the address strip and the map, for reports and the command line. There is no script in it.

import type { NamedPlace } from '../view/search/bookmarks';
import type { Frame } from '../view/frame/frame';
import type { MapView } from '../view/map/map';
import type { StripItem, StripView } from '../view/strip';
import { regionColour, type DrawingColours } from './colours';
import { Markup, markup } from './escape';
import { GUTTER, mapDrawing, MARGIN, ROW_WIDTH } from './svg-map';
import { legendDrawing, legendHeight } from './svg-legend';
import { definitions, rect, text } from './svg-shapes';
import { TIMELINE_HEIGHT, TIMELINE_WIDTH, timelineDrawing } from './svg-timeline';

const WIDTH = ROW_WIDTH + GUTTER + 2 * MARGIN;
const STRIP_HEIGHT = 78;
/** Narrowest box in which a size can be read. */
const LEAST_BOX = 46;
const BOX = 30;

/** Where the key to the map stands. */
const KEY = { x: MARGIN + GUTTER, right: WIDTH - MARGIN } as const;

/** Strip and map in one drawing that stands alone, with title, legend and background. */
export function frameSvg(frame: Frame, colours: DrawingColours): string {
  const strip = stripDrawing(frame.strip, colours, 48);
  const top = 48 + strip.height + 18;
  const map = frame.map === undefined ? undefined : keyedMap(frame.map, colours, top, 'f', frame.marked?.bookmarks);
  const line = frame.absence === undefined ? '' : `${frame.absence.title} ${frame.absence.line}`;
  const title = `${frame.title}   ${frame.status}`;
  const height = top + (map?.height ?? 62);
  const body = markup`${definitions(colours, 'f', shadesOf(frame.map))}${rect({ x: 0, y: 0, width: WIDTH, height }, colours.background)}
${text(MARGIN, 28, title, colours.foreground, { size: 14 })}
${strip.body}
${map === undefined ? text(MARGIN, top + 22, line, colours.foreground, { size: 13 }) : map.body}`;
  return svg(title, height + MARGIN, body);
}

/** The map below its key, whose first line's baseline is at `y`. */
function keyedMap(
  map: MapView,
  colours: DrawingColours,
  y: number,
  id: string,
  bookmarks: readonly NamedPlace[] = [],
): { body: Markup; height: number } {
  const room = legendHeight(map, KEY) + 4;
  const { body, height } = mapDrawing(map, colours, y + room, id, bookmarks);
  return { body: markup`${legendDrawing(map, colours, { ...KEY, y })}${body}`, height: room + height };
}

function shadesOf(map: MapView | undefined): number[] {
  return map?.legend.map((l) => l.shade) ?? [];
}

/** Panes that are drawn from the frame; the others are pictures of what stands on the screen. */
export const DRAWN_PANES = ['strip', 'map', 'timeline'] as const;
export type DrawnPane = (typeof DRAWN_PANES)[number];

/** One pane as it is in a frame, in a drawing that stands alone; undefined where the frame has none, or none in lines. */
export function paneSvg(frame: Frame, pane: DrawnPane, colours: DrawingColours): string | undefined {
  const { map, timeline } = frame;
  switch (pane) {
    case 'strip': {
      const { body, height } = stripDrawing(frame.strip, colours, 8);
      return svg(`Memory regions: ${frame.strip.lines.join(', ')}`, height + 12, markup`${definitions(colours, 'f')}${paper(colours, height + 12)}${body}`);
    }
    case 'map': {
      // Single bytes are a picture, not lines.
      if (map === undefined || map.bytes !== undefined) return undefined;
      const { body, height } = keyedMap(map, colours, 18, 'f', frame.marked?.bookmarks);
      return svg(`${frame.title}: ${map.title}`, height + 22, markup`${definitions(colours, 'f', shadesOf(map))}${paper(colours, height + 22)}${body}`);
    }
    case 'timeline': {
      if (timeline === undefined) return undefined;
      const height = TIMELINE_HEIGHT + 2 * MARGIN;
      return svg(timeline.spoken, height, markup`${paper(colours, height)}<g transform="translate(${(WIDTH - TIMELINE_WIDTH) / 2} ${MARGIN})">${timelineDrawing(timeline, colours)}</g>`);
    }
  }
} // prettier-ignore

function paper(colours: DrawingColours, height: number): Markup {
  return rect({ x: 0, y: 0, width: WIDTH, height }, colours.background);
}

/** The strip alone. */
export function stripSvg(strip: StripView, colours: DrawingColours, id: string): Markup {
  const { body, height } = stripDrawing(strip, colours, 4);
  return figure(`Address space: ${strip.lines.join(', ')}`, height + 8, markup`${definitions(colours, id)}${body}`);
}

/** The map alone, with its legend. */
export function mapSvg(map: MapView, colours: DrawingColours, id: string, bookmarks: readonly NamedPlace[] = []): Markup {
  const { body, height } = keyedMap(map, colours, 12, id, bookmarks);
  return figure(map.title, 12 + height, markup`${definitions(colours, id, shadesOf(map))}${body}`);
}

function svg(title: string, height: number, body: Markup): string {
  return markup`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11">
<title>${title}</title>
${body}
</svg>`.text;
}

/** Inside a page: as wide as the page lets it be. */
function figure(title: string, height: number, body: Markup): Markup {
  return markup`<svg viewBox="0 0 ${WIDTH} ${height.toFixed(0)}" role="img" aria-label="${title}" font-family="monospace" font-size="11">
${body}
</svg>`;
}

/** Regions side by side, each wide enough to be read, in as many lines as that takes; gaps between them with their length. */
function stripDrawing(strip: StripView, colours: DrawingColours, y: number): { body: Markup; height: number } {
  const { items } = strip;
  const most = Math.floor((WIDTH - 2 * MARGIN) / LEAST_BOX);
  const lines = Math.max(1, Math.ceil(items.length / most));
  const inLine = Math.max(1, Math.ceil(items.length / lines));
  const step = Math.min(160, (WIDTH - 2 * MARGIN) / inLine);
  const parts = items.map((item, i) =>
    stripItem(item, colours, MARGIN + (i % inLine) * step, y + Math.floor(i / inLine) * STRIP_HEIGHT, step),
  );
  return { body: Markup.join(parts, '\n'), height: lines * STRIP_HEIGHT };
}

function stripItem(item: StripItem, colours: DrawingColours, x: number, y: number, step: number): Markup {
  const centre = x + step / 2;
  const below = (line: string, at: number, colour: string) => text(centre, y + at, line, colour, { size: 9, anchor: 'middle' });
  if (item.kind === 'gap')
    return markup`<g><title>${`gap of ${item.size}, ${item.base} – ${item.end}`}</title><path d="M${(x + 3).toFixed(1)} ${y + BOX / 2}h${(step - 6).toFixed(1)}" stroke="${colours.description}" stroke-dasharray="3 3"/>${below(item.shortSize, BOX + 12, colours.description)}</g>`;
  if (item.kind === 'more')
    return markup`<g>${below(`${String(item.count)} more`, BOX / 2 + 4, colours.foreground)}${below(item.size, BOX + 12, colours.description)}</g>`;
  if (item.kind === 'area')
    return markup`<g><title>${item.spoken}</title>
${rect({ x: x + 1, y, width: step - 2, height: BOX }, colours.free, { opacity: 0.12, stroke: colours.free })}${text(centre, y + 20, item.name, colours.foreground, { size: 11, anchor: 'middle' })}
${below(item.shortSize, BOX + 12, colours.foreground)}</g>`;
  const colour = item.lost ? colours.error : regionColour(item.look, colours);
  const box = { x: x + 1, y, width: step - 2, height: BOX };
  const mark = item.mark === '' ? item.letter : item.mark;
  const label = item.name !== '' && item.name.length * 5.4 < step ? item.name : '';
  return markup`<g><title>${[item.spoken, item.label, item.reason].filter((t) => t !== '').join('. ')}</title>
${rect(box, colour, { opacity: item.look === 'free' ? 0.12 : 0.3, stroke: colour, dash: item.lost ? '4 3' : '' })}${text(centre, y + 20, mark, colours.foreground, { size: 13, anchor: 'middle' })}
${below(item.shortSize, BOX + 12, colours.foreground)}${below(label, BOX + 23, colours.description)}${below(item.label.length * 5.4 < step + 6 ? item.label : (item.decision ?? ''), BOX + 34, item.lost ? colours.error : colours.description)}</g>`;
}
