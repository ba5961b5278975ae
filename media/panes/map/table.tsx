// The map for those who do not see it: the blocks as rows of a grid, or where cells hold many blocks, the cells with what they hold.

import type { Frame } from '../../../src/view/frame/frame';
import { bandPlace } from '../../../src/view/map/hilbert';
import type { Letters } from '../../../src/view/map/letters';
import type { MapRow, MapView } from '../../../src/view/map/map';
import { hex, percentText, sizeText } from '../../../src/view/numbers';

/** Rows of cells in the grid. */
const MOST_CELLS = 24;

interface Grid {
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly key: string;
    readonly index: number;
    readonly selected: boolean;
    readonly cells: readonly string[];
  }[];
  /** `Blocks, 45`: what the grid is called. */
  readonly label: string;
  readonly total: number;
}

export function gridOf(frame: Frame, map: MapView, selection: string | undefined, letters: Letters): Grid {
  const row = map.bytes === undefined ? cellRow(map, selection) : undefined;
  return row === undefined ? blocks(frame) : cells(map, row, selection, letters);
}

function blocks({ table }: Frame): Grid {
  return {
    columns: ['Address', 'Size', 'State', 'Class', 'Asked for', 'Slack', 'Owner'],
    rows: (table?.rows ?? []).map((r, i) => ({
      key: r.address,
      index: (table?.first ?? 0) + i + 1,
      selected: r.selected,
      cells: [r.address, r.size, r.state, r.sizeClass, r.asked, r.slack, r.owner],
    })),
    label: `Blocks, ${String(table?.total ?? 0)}`,
    total: table?.total ?? 0,
  };
}

/** The row of cells that holds the selection, or the first in the window; undefined where the map shows blocks. */
function cellRow(map: MapView, selection: string | undefined): MapRow | undefined {
  const rows = map.items.filter((i): i is MapRow => i.kind === 'row' && i.aggregated);
  const at = selection === undefined ? undefined : BigInt(selection);
  const holding = rows.find((r) => at !== undefined && at >= BigInt(r.base) && at < BigInt(r.base) + BigInt(map.rowBytes));
  return holding ?? rows.find((r) => r.y >= map.top);
}

/** The cells of a row in the order of their addresses, around the selection. */
function cells(map: MapView, row: MapRow, selection: string | undefined, letters: Letters): Grid {
  const c = map.aggregates;
  const [base, cellBytes] = [BigInt(row.base), BigInt(map.cellBytes)];
  const at = selection === undefined ? -1 : Number((BigInt(selection) - base) / cellBytes);
  const first = Math.max(0, Math.min(row.count - MOST_CELLS, at - MOST_CELLS / 2));
  const places = Array.from({ length: Math.min(MOST_CELLS, row.count) }, (_, i) => {
    const { x, y } = map.lines === 1 ? { x: first + i, y: 0 } : bandPlace(first + i);
    const address = base + BigInt(first + i) * cellBytes;
    return { n: y * map.cells + x, address, bookmarks: letters.namesIn(address, address + cellBytes) };
  });
  const marked = places.some((p) => p.bookmarks.length > 0);
  return {
    columns: ['Cell', 'Blocks', 'Free chunks', 'Asked for', 'Slack', 'Free', 'Largest free', ...(marked ? ['Bookmarks'] : [])],
    rows: places.map(({ n, address, bookmarks }, i) => ({
      key: hex(address),
      index: first + i + 1,
      selected: first + i === at,
      cells: [
        hex(address),
        String(c.usedBlocks[row.first + n]!),
        String(c.freeBlocks[row.first + n]!),
        percentText(c.asked[row.first + n]!),
        percentText(c.slack[row.first + n]!),
        percentText(c.free[row.first + n]!),
        sizeText(c.largestFree[row.first + n]!),
        ...(marked ? [bookmarks.join(', ')] : []),
      ],
    })),
    label: `Aggregated cells of ${sizeText(map.cellBytes)}, ${String(row.count)} in this row`,
    total: row.count,
  };
}

/** Not seen, but read. */
export function HiddenGrid({ grid }: { readonly grid: Grid }) {
  return (
    <div class="unseen" role="rowgroup">
      <div role="row">
        {grid.columns.map((c) => (
          <span key={c} role="columnheader">
            {c}
          </span>
        ))}
      </div>
      {grid.rows.map((r) => (
        <div
          key={r.key}
          role="row"
          id={r.selected ? 'map-selected' : undefined}
          aria-rowindex={r.index}
          aria-selected={r.selected}
        >
          {r.cells.map((text, c) => (
            <span key={grid.columns[c]} role="gridcell">
              {text}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
