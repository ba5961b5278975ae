// A frame as a drawing: the address strip and the map, for reports and the command line. There is no script in it.

import type { Frame } from '../view/frame';
import type { StripItem, StripView } from '../view/strip';
import { regionColour, type DrawingColours } from './colours';
import { Markup, markup } from './escape';
import { GUTTER, mapDrawing, MARGIN, ROW_WIDTH } from './svg-map';
import { definitions, rect, text } from './svg-shapes';
import { TIMELINE_HEIGHT, TIMELINE_WIDTH, timelineDrawing } from './svg-timeline';

const WIDTH = ROW_WIDTH + GUTTER + 2 * MARGIN;
const STRIP_HEIGHT = 78;
/** Narrowest box in which a size can be read. */
const LEAST_BOX = 46;
const BOX = 30;

/** Strip and map in one drawing that stands alone, with title, legend and background. */
export function frameSvg(frame: Frame, colours: DrawingColours): string {
  const strip = stripDrawing(frame.strip, colours, 48);
  const top = 48 + strip.height + 40;
  const map = frame.map === undefined ? undefined : mapDrawing(frame.map, colours, top);
  const line = frame.absence === undefined ? '' : `${frame.absence.title} ${frame.absence.line}`;
  const title = `${frame.title}   ${frame.status}`;
  const body = markup`${definitions(colours, 'f')}${rect({ x: 0, y: 0, width: WIDTH, height: top + (map?.height ?? 40) }, colours.background)}
${text(MARGIN, 28, title, colours.foreground, { size: 14 })}
${strip.body}
${map === undefined ? text(MARGIN, top, line, colours.foreground, { size: 13 }) : markup`${legend(colours, top - 22)}${map.body}`}`;
  return svg(title, top + (map?.height ?? 40) + MARGIN, body);
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
      const { body, height } = mapDrawing(map, colours, 36);
      return svg(`${frame.title}: ${map.title}`, height + 40, markup`${definitions(colours, 'f')}${paper(colours, height + 40)}${legend(colours, 18)}${body}`);
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
export function mapSvg(map: NonNullable<Frame['map']>, colours: DrawingColours, id: string): Markup {
  const { body, height } = mapDrawing(map, colours, 30, id);
  return figure(map.title, 30 + height, markup`${definitions(colours, id)}${legend(colours, 12)}${body}`);
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
  const colour = item.lost ? colours.error : regionColour(item.look, colours);
  const box = { x: x + 1, y, width: step - 2, height: BOX };
  const mark = item.mark === '' ? item.letter : item.mark;
  const label = item.name !== '' && item.name.length * 5.4 < step ? item.name : '';
  return markup`<g><title>${[item.spoken, item.label, item.reason].filter((t) => t !== '').join('. ')}</title>
${rect(box, colour, { opacity: item.look === 'free' ? 0.12 : 0.3, stroke: colour, dash: item.lost ? '4 3' : '' })}${text(centre, y + 20, mark, colours.foreground, { size: 13, anchor: 'middle' })}
${below(item.shortSize, BOX + 12, colours.foreground)}${below(label, BOX + 23, colours.description)}${below(item.label.length * 5.4 < step + 6 ? item.label : (item.decision ?? ''), BOX + 34, item.lost ? colours.error : colours.description)}</g>`;
}

const LEGEND = [
  ['asked for', 'used', 1],
  ['slack', 'slack', 1],
  ['free', 'free', 0.2],
  ['allocator', 'metadata', 1],
  ['changed by the last step', 'changed', 1],
] as const;

/** Nothing is told by colour alone: solid, hatched and hollow are in the key as they are in the map. */
function legend(colours: DrawingColours, y: number): Markup {
  let x = MARGIN + GUTTER;
  return Markup.join(
    LEGEND.map(([label, kind, opacity]) => {
      const colour = kind === 'slack' ? colours.used : colours[kind];
      const box = { x, y: y - 8, width: 10, height: 10 };
      const hatch = kind === 'slack' ? markup`<path d="M${x} ${y + 2}l10 -10M${x + 5} ${y + 2}l5 -5M${x} ${y - 3}l5 -5" stroke="${colour}"/>` : markup``; // prettier-ignore
      const key = markup`${rect(box, kind === 'slack' || kind === 'changed' ? 'none' : colour, { opacity, stroke: colour })}${hatch}${text(x + 16, y + 1, label, colours.foreground, { size: 11 })}`;
      x += 32 + label.length * 7;
      return key;
    }),
  );
}
