// Offsets over the map's columns.

import type { MapView } from '../../src/view/map';
import { hasProfile, PROFILE_GAP } from '../canvas/geometry';

export function Ticks({ map, gutter, cell }: { readonly map: MapView; readonly gutter: number; readonly cell: number }) {
  return (
    <div class="map-ticks" aria-hidden="true">
      {map.ticks.map((t, i) => (
        <span
          key={t.text}
          class={i === map.ticks.length - 1 ? 'last' : ''}
          style={{ left: `${String(gutter + t.cell * cell)}px` }}
        >
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
