// A drawing in a fixed-width font: a line of labels for the axis, then a line a row.

import type { Bar, Drawing, Look } from '../allocators/reasoning';

const WIDTH = 76;
const FILL: Readonly<Record<Look, string>> = { free: ' ', used: '#', metadata: '=', other: '/', missing: '.', hole: '~' };

/** Lines of plain text, none longer than about 100 columns; bars that are narrower than a column still get one. */
export function drawingLines({ ticks, rows }: Drawing): string[] {
  const labelWidth = Math.max(...rows.map((r) => r.label.length), 0) + 2;
  const axis = axisLine(ticks);
  const lines = axis === '' ? [] : [' '.repeat(labelWidth) + axis];
  for (const row of rows) {
    const mark = row.marked === true ? '>' : ' ';
    const end = row.end === undefined ? '' : `  ${row.end}`;
    lines.push((mark + row.label).padEnd(labelWidth) + barsLine(row.bars) + end);
  }
  return lines.map((l) => l.trimEnd());
}

/** Labels at their places; one that would run into its neighbour is left out. */
function axisLine(ticks: Drawing['ticks']): string {
  let line = '';
  for (const { at, text } of [...ticks].sort((a, b) => a.at - b.at)) {
    const column = Math.round(at * WIDTH);
    if (column < line.length + (line === '' ? 0 : 1)) continue;
    line = line.padEnd(column) + text;
  }
  return line;
}

function barsLine(bars: readonly Bar[]): string {
  const cells = Array.from({ length: WIDTH + 1 }, () => ' ');
  for (const bar of bars) {
    const from = Math.min(WIDTH - 1, Math.floor(bar.from * WIDTH));
    const to = Math.max(from + 1, Math.min(WIDTH, Math.round(bar.to * WIDTH)));
    const room = to - from - 1;
    const text = bar.text.length + 2 <= room ? ` ${bar.text} ` : bar.text.length <= room ? bar.text : '';
    const left = Math.floor((room - text.length) / 2);
    const inner = (FILL[bar.look].repeat(Math.max(0, left)) + text).padEnd(Math.max(0, room), FILL[bar.look]);
    cells[from] = '|';
    [...inner].forEach((c, i) => (cells[from + 1 + i] = c));
    cells[to] = '|';
  }
  return cells.join('');
}
