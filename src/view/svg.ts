// A frame as a drawing: the address strip and the map, for reports and the command line. Every text is escaped; there is no script.

import type { Frame } from './frame';
import type { FoldBox, MapRow, MapView } from './map';
import { RUN_KINDS } from './map';
import { escaped } from './markup';
import type { StripView } from './strip';

const WIDTH = 1000;
const GUTTER = 110;
const MARGIN = 16;
const STRIP_HEIGHT = 30;

/** Light Modern's values of the contributed colours: a drawing is looked at on paper and in browsers. */
const FILL: Readonly<Record<string, string>> = {
  free: '#e3f2ee',
  used: '#1C6FC9',
  metadata: '#7A48BE',
  unread: '#ffffff',
  region: '#e4e4e4',
};
const STROKE: Readonly<Record<string, string>> = {
  free: '#0E7C62',
  used: '#1C6FC9',
  metadata: '#7A48BE',
  unread: '#767676',
  region: '#767676',
};

export function frameSvg(frame: Frame): string {
  const strip = stripSvg(frame.strip, 56);
  const map = frame.map === undefined ? undefined : mapSvg(frame.map, 150);
  const absent =
    frame.absence === undefined ? '' : text(MARGIN, 160, `${frame.absence.title} ${frame.absence.line}`, 13, 'start');
  const height = (map?.height ?? 40) + 170;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH + GUTTER + 2 * MARGIN} ${height}" font-family="monospace" font-size="11">`,
    `<title>${escaped(frame.title)}</title>`,
    '<defs><pattern id="slack" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="5" stroke="#1C6FC9" stroke-width="1.2"/></pattern></defs>',
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    text(MARGIN, 28, `${frame.title}   ${frame.status}`, 14, 'start'),
    strip,
    map?.body ?? absent,
    '</svg>',
  ].join('\n');
}

/** Regions side by side, each wide enough to be read; gaps between them with their length. */
function stripSvg(strip: StripView, y: number): string {
  const parts: string[] = [];
  const weights = strip.items.map((i) => (i.kind !== 'region' ? 0.8 : i.label === '' ? 1 : 3));
  const unit =
    (WIDTH + GUTTER) /
    Math.max(
      1,
      weights.reduce((sum, w) => sum + w, 0),
    );
  let x = MARGIN;
  for (const [i, item] of strip.items.entries()) {
    const width = weights[i]! * unit;
    parts.push(...stripItemSvg(item, x, y, width));
    x += width;
  }
  return parts.join('\n');
}

function stripItemSvg(item: StripView['items'][number], x: number, y: number, width: number): string[] {
  const middle = x + width / 2;
  if (item.kind === 'more') return [text(middle, y + 18, `${item.count} more`, 10, 'middle')];
  const size = text(middle, y + 44, item.shortSize, 9, 'middle');
  if (item.kind === 'gap') return [`<path d="M${x + 2} ${y + 15} h${width - 4}" stroke="#767676" stroke-dasharray="3 3"/>`, size];
  const free = item.look === 'free';
  const stroke = item.lost ? '#c72e0f' : free ? '#0E7C62' : '#767676';
  const dash = item.lost ? ' stroke-dasharray="4 3"' : '';
  const label = [item.mark, item.label].filter((t) => t !== '').join(' ');
  return [
    `<g><title>${escaped(item.spoken)}</title>`,
    `<rect x="${x + 1}" y="${y}" width="${width - 2}" height="${STRIP_HEIGHT}" fill="${free ? '#e3f2ee' : '#f0f0f0'}" stroke="${stroke}"${dash}/>`,
    text(middle, y + 19, label === '' ? item.letter : label, 12, 'middle'),
    size,
    '</g>',
  ];
}

function mapSvg(map: MapView, top: number): { body: string; height: number } {
  const parts: string[] = [];
  for (const item of map.items) {
    const y = top + item.y;
    switch (item.kind) {
      case 'heading':
        parts.push(text(MARGIN, y + 15, `${item.mark} ${item.title}  ${item.text}`, 11, 'start'));
        break;
      case 'gap':
      case 'footer':
        parts.push(text(MARGIN + GUTTER, y + 15, item.text, 10, 'start'));
        break;
      case 'fold':
        parts.push(text(MARGIN + GUTTER - 6, y + 17, item.size, 10, 'end'), ...foldSvg(item.boxes, y, map.rowHeight - 2));
        break;
      case 'row':
        parts.push(text(MARGIN + GUTTER - 6, y + 17, item.base, 10, 'end'), ...rowSvg(map, item, y));
        break;
    }
  }
  return { body: parts.join('\n'), height: map.to - map.from };
}

function foldSvg(boxes: readonly FoldBox[], y: number, height: number): string[] {
  let x = MARGIN + GUTTER;
  return boxes.flatMap((box) => {
    const width = box.weight * WIDTH;
    const drawn = [
      rect(x, y, width, height, FILL[box.kind]!, STROKE[box.kind]!),
      text(x + width / 2, y + height / 2 - 1, box.label, 9, 'middle', box.kind === 'used' ? '#ffffff' : '#1f1f1f'),
      text(x + width / 2, y + height - 4, box.size, 8, 'middle', box.kind === 'used' ? '#ffffff' : '#1f1f1f'),
    ];
    x += width;
    return drawn;
  });
}

function rowSvg(map: MapView, row: MapRow, y: number): string[] {
  const indexes = Array.from({ length: row.count }, (_, i) => row.first + i);
  return row.aggregated ? indexes.flatMap((i) => cellSvg(map, i, i - row.first, y)) : indexes.flatMap((i) => runSvg(map, i, y));
}

/** An aggregated cell: filled from below by what is used of it. */
function cellSvg(map: MapView, index: number, column: number, y: number): string[] {
  const { aggregates, cells, rowHeight } = map;
  const width = WIDTH / cells;
  const x = MARGIN + GUTTER + column * width;
  const height = rowHeight - 2;
  const used = height * (aggregates.asked[index]! + aggregates.slack[index]!);
  return [
    rect(x, y, width - 1, height, FILL.free!, STROKE.free!),
    rect(x, y + height - used, width - 1, used, FILL.used!, 'none'),
  ];
}

/** A run of bytes: used ones solid as far as they were asked for, hatched for the rest. */
function runSvg(map: MapView, index: number, y: number): string[] {
  const { runs, rowBytes, labels } = map;
  const height = map.rowHeight - 2;
  const kind = RUN_KINDS[runs.kind[index]!]!;
  const from = Math.max(0, runs.from[index]!);
  const to = Math.min(rowBytes, runs.from[index]! + runs.size[index]!);
  if (to <= from) return [];
  const scale = WIDTH / rowBytes;
  const x = MARGIN + GUTTER + from * scale;
  const width = (to - from) * scale;
  const drawn = [rect(x, y, width, height, kind === 'used' ? 'url(#slack)' : FILL[kind]!, STROKE[kind]!)];
  const solid = Math.min(to, runs.from[index]! + runs.solid[index]!) - from;
  if (kind === 'used' && solid > 0) drawn.push(rect(x, y, solid * scale, height, FILL.used!, 'none'));
  const label = runs.label[index]! < 0 ? undefined : labels[runs.label[index]!]!.find((l) => l.length * 6 < width - 4);
  if (label !== undefined) drawn.push(...labelSvg(label, kind, x + width / 2, y, height));
  return drawn;
}

/** Over solid and hatch a label stands on a chip of the background. */
function labelSvg(label: string, kind: string, middle: number, y: number, height: number): string[] {
  const width = label.length * 6 + 6;
  const chip = kind === 'used' ? [rect(middle - width / 2, y + 4, width, height - 8, '#ffffff', 'none')] : [];
  return [...chip, text(middle, y + 16, label, 10, 'middle', kind === 'metadata' ? '#ffffff' : '#1f1f1f')];
}

function rect(x: number, y: number, width: number, height: number, fill: string, stroke: string): string {
  return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(0.5, width).toFixed(1)}" height="${height.toFixed(1)}" fill="${fill}" stroke="${stroke}"/>`;
}

function text(x: number, y: number, value: string, size: number, anchor: 'start' | 'middle' | 'end', fill = '#1f1f1f'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" text-anchor="${anchor}" fill="${fill}">${escaped(value)}</text>`;
}
