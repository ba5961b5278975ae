// Offsets over the map's columns.

import type { MapView } from '../../../src/view/map/map';
import { hasProfile, PROFILE_GAP } from '../../canvas/geometry';

export function Ticks({ map, gutter, cell }: { readonly map: MapView; readonly gutter: number; readonly cell: number }) {
  return (
    <div class="map-ticks" aria-hidden="true">
      {fitting(map.ticks, cell).map((t, i, ticks) => (
        <span key={t.text} class={i === ticks.length - 1 ? 'last' : ''} style={{ left: `${String(gutter + t.cell * cell)}px` }}>
          {t.text}
        </span>
      ))}
      {hasProfile(map) && (
        <span class="profile-title" style={{ left: `${String(gutter + map.cells * cell + PROFILE_GAP)}px` }}>
          used per row
        </span>
      )}
    </div>
  );
}

/** Pixels of a digit, and between two offsets. */
const DIGIT = 7;
const GAP = 6;

/** Offsets that stand free of each other; the last stands left of its place and is always there. */
function fitting(ticks: MapView['ticks'], cell: number): MapView['ticks'] {
  const last = ticks.at(-1);
  let end = -Infinity;
  return ticks.filter((t) => {
    const wide = t.text.length * DIGIT;
    if (t === last) return true;
    const from = t.cell * cell;
    const fits = from >= end && (last === undefined || from + wide + GAP <= last.cell * cell - last.text.length * DIGIT);
    if (fits) end = from + wide + GAP;
    return fits;
  });
}
