// What goes over a block or cell in a drawing: changed, found wrong, marked by the user, selected.

import { RunFlag } from '../view/map/map';
import type { DrawingColours } from './colours';
import { Markup, markup } from './escape';
import { rect, text, type Box } from './svg-shapes';

/** @param letter of a bookmark in it */
export function marksOver(flags: number, box: Box, colours: DrawingColours, letter: string): Markup {
  const inner = { x: box.x + 0.5, y: box.y + 0.5, width: box.width - 1, height: box.height - 1 };
  const parts: Markup[] = [];
  if ((flags & RunFlag.changed) !== 0) parts.push(changed(box, inner, colours));
  if ((flags & RunFlag.finding) !== 0) parts.push(rect(inner, 'none', { stroke: colours.error, strokeWidth: 1.5, dash: '2 1' }));
  if ((flags & RunFlag.bookmarked) !== 0) parts.push(bookmarked(box, colours, letter));
  if ((flags & RunFlag.selected) !== 0) parts.push(rect(inner, 'none', { stroke: colours.foreground, strokeWidth: 2.2 }));
  return Markup.join(parts);
}

/** What a filter or the legend leaves out recedes. */
export function dimmed(flags: number, drawn: Markup): Markup {
  return (flags & RunFlag.dimmed) === 0 ? drawn : markup`<g opacity="0.25">${drawn}</g>`;
}

function changed(box: Box, inner: Box, colours: DrawingColours): Markup {
  const corner = Math.min(7, box.width).toFixed(1);
  const from = (box.x + box.width - Math.min(7, box.width)).toFixed(1);
  return markup`${rect(inner, 'none', { stroke: colours.changed, strokeWidth: 1.5 })}<path d="M${from} ${box.y.toFixed(1)}h${corner}v${corner}z" fill="${colours.changed}"/>`;
}

function bookmarked(box: Box, colours: DrawingColours, letter: string): Markup {
  const [x, y] = [box.x + Math.min(6, box.width / 2), box.y + Math.min(6, box.height / 2)];
  const disc = markup`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${letter === '' ? 4 : 6}" fill="${colours.pinned}" stroke="${colours.background}" stroke-width="1.5"/>`;
  return markup`${disc}${text(x, y + 3, letter, colours.background, { size: 9, anchor: 'middle', bold: true })}`;
}
