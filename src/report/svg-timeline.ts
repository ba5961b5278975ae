// The timeline as a drawing: used bytes filled, external fragmentation as a line, marks for what failed, and the cursor.

import { countText } from '../view/numbers';
import type { TimelineView } from '../view/time/timeline';
import type { DrawingColours } from './colours';
import { markup, type Markup } from './escape';
import { text } from './svg-shapes';

export const TIMELINE_WIDTH = 1000;
export const TIMELINE_HEIGHT = 144;
const HEIGHT = 120;

/** @returns what stands inside an svg element of TIMELINE_WIDTH × TIMELINE_HEIGHT, whose top is at −4 */
export function timelineDrawing(t: TimelineView, colours: DrawingColours): Markup {
  const step = TIMELINE_WIDTH / t.used.length;
  const height = (value: number): string => (HEIGHT - value * (HEIGHT - 4)).toFixed(1);
  const used = runsOf(t.used, (v, from, to) => `M${(from * step).toFixed(1)} ${HEIGHT}V${height(v)}H${(to * step).toFixed(1)}V${HEIGHT}z`); // prettier-ignore
  const line = runsOf(t.fragmentation, (v, from, to) => `M${(from * step).toFixed(1)} ${height(v)}H${(to * step).toFixed(1)}`);
  const x = (operation: number): string => ((operation * TIMELINE_WIDTH) / Math.max(1, t.operations)).toFixed(1);
  const marks = t.marks.map((m) => {
    const colour = m.kind === 'refused' || m.kind === 'stopped' || m.kind === 'mismatch' ? colours.error : colours.description;
    const dash = colour === colours.error ? 'none' : '4 3';
    return markup`<g><title>${m.text}</title><path d="M${x(m.operation)} 0v${HEIGHT}" stroke="${colour}" stroke-dasharray="${dash}"/></g>`;
  });
  return markup`<path d="${used}" fill="${colours.used}" fill-opacity="0.55"/><path d="${line}" stroke="${colours.changed}" fill="none" stroke-width="1.4"/>${marks}
<path d="M0 ${HEIGHT}H${TIMELINE_WIDTH}" stroke="${colours.description}"/><path d="M${x(t.at)} -4v${HEIGHT + 4}" stroke="${colours.foreground}" stroke-width="1.5"/>
${text(0, HEIGHT + 14, '0', colours.description)}${text(TIMELINE_WIDTH, HEIGHT + 14, countText(t.operations), colours.description, { anchor: 'end' })}`;
}

/** A piece of path for each stretch of equal values; those below 0 are not drawn. */
function runsOf(values: Float32Array, piece: (value: number, from: number, to: number) => string): string {
  let path = '';
  for (let i = 0; i < values.length;) {
    let end = i + 1;
    while (end < values.length && values[end] === values[i]) end++;
    if (values[i]! >= 0) path += piece(values[i]!, i, end);
    i = end;
  }
  return path;
}
