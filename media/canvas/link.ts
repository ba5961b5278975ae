// The selected chunk's link to the next one of its list, drawn over the map.

import type { MapView } from '../../src/view/map/map';
import { RunFlag } from '../../src/view/map/map';
import type { Palette } from '../theme';
import { foldPlaces } from './geometry';
import type { Box, MapGeometry } from './geometry';

/** @param boxOf where bytes of a row stand: offset and size in the row, and its top */
export function paintLink(
  context: CanvasRenderingContext2D,
  map: MapView,
  palette: Palette,
  geometry: MapGeometry,
  boxOf: (from: number, size: number, y: number) => Box,
): void {
  if (map.linkText === '') return;
  const from = find(map, geometry, boxOf, RunFlag.selected);
  const to = find(map, geometry, boxOf, RunFlag.linked);
  if (from === undefined || to === undefined) return;
  const level = to.y === from.y;
  const down = to.y > from.y;
  const [x0, y0] = [from.x + from.w / 2, down ? from.y + from.h : from.y];
  const [x1, y1] = [to.x + to.w / 2, level || down ? to.y : to.y + to.h];
  const bend = level ? -26 : (y1 - y0) / 2;
  context.strokeStyle = context.fillStyle = palette.foreground;
  context.lineWidth = 1.3;
  context.setLineDash([4, 3]);
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0, y0 + bend, x1, y1 - (level ? -bend : bend), x1, y1);
  context.stroke();
  context.setLineDash([]);
  const tip = down || level ? -6 : 6;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x1 - 4, y1 + tip);
  context.lineTo(x1 + 4, y1 + tip);
  context.fill();
  context.font = `11px ${palette.uiFont}`;
  const width = context.measureText(map.linkText).width;
  context.fillStyle = palette.background;
  context.fillRect(x1 + 6, y1 + tip * 2 - 7, width + 6, 14);
  context.fillStyle = palette.foreground;
  context.fillText(map.linkText, x1 + 9, y1 + tip * 2);
}

/** Where the first run or fold box with a flag is drawn, if it is on screen. */
function find(
  map: MapView,
  geometry: MapGeometry,
  boxOf: (from: number, size: number, y: number) => Box,
  flag: number,
): Box | undefined {
  for (const item of map.items) {
    const y = item.y - geometry.top;
    if (item.kind === 'row' && !item.aggregated) {
      for (let i = item.first; i < item.first + item.count; i++)
        if ((map.runs.flags[i]! & flag) !== 0) return boxOf(map.runs.from[i]!, map.runs.size[i]!, y);
    } else if (item.kind === 'fold') {
      const found = foldPlaces(item, map, geometry).find(({ box }) => (box.flags & flag) !== 0);
      if (found !== undefined) return { x: found.place.x, y, w: found.place.w, h: map.foldHeight };
    }
  }
  return undefined;
}
