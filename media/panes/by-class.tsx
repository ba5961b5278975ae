// Free chunks by order or class, in figures: beside an aggregated map, which shows no chunk by itself, while the lists are not in sight.

import { useRef } from 'preact/hooks';
import { PAGE_LEVEL } from '../../src/view/map/layout';
import type { Frame } from '../../src/view/frame/frame';
import { countText } from '../../src/view/numbers';
import { useRoving } from '../hooks';
import { isFolded, Pane } from '../pane';
import type { Store } from '../store';

/** Is the map aggregated, and are there lists that are not in sight? */
export function showsClasses(store: Store, { map, lists, own, comparison }: Frame): boolean {
  const inSight = !isFolded(store, 'lists') && (own === undefined || store.layout.asLists === true);
  const some = lists?.rows.some((r) => r.count > 0) === true;
  return map !== undefined && map.level > PAGE_LEVEL && some && !inSight && comparison === undefined;
}

export function classesTitle({ map }: Frame): string {
  return map?.classPrefix === 'o' ? 'Free by order' : 'Free by class';
}

export function ByClass({ store, frame }: { readonly store: Store; readonly frame: Frame }) {
  const body = useRef<HTMLDivElement>(null);
  useRoving(body);
  const { lists } = frame;
  if (lists === undefined || !showsClasses(store, frame)) return null;
  const rows = lists.rows.filter((r) => r.count > 0);
  const title = classesTitle(frame);
  return (
    <Pane store={store} name="classes" title={title} subtitle="chunks · bytes" summary={lists.summary}>
      <div class="by-class" ref={body} tabIndex={-1}>
        <table aria-label={title}>
          <tbody>
            {rows.map((row) => (
              <tr key={row.symbol} class={row.selected ? 'selected' : ''} title={row.symbol}>
                <th scope="row">
                  <button
                    class="plain"
                    data-rove={row.symbol}
                    title={`Select the first of ${row.symbol}`}
                    onClick={() => store.select(row.members[0]?.address)}
                  >
                    {row.name}
                  </button>
                </th>
                <td class="number">×{countText(row.count)}</td>
                <td class="by-class-bar" aria-hidden="true">
                  <span class="list-share">
                    <span style={{ width: `${String(row.share * 100)}%` }} />
                  </span>
                </td>
                <td class="number">{row.bytes}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p class="dim">{lists.sum}</p>
      </div>
    </Pane>
  );
}
