// The way of one request through TLSF's grid: discs with the numbers of the steps in words, and the lines between them. Places are in
// cells: row 5 and column 8 is the middle of cell [5][8].

import type { TlsfDetails, TlsfRequest } from '../../snapshot/details';
import type { ProbeStep } from './probe';

export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

export interface GridDisc extends GridPlace {
  /** Number of the step, from 1. */
  readonly number: number;
  readonly tone: NonNullable<ProbeStep['tone']>;
}

export interface GridPath {
  readonly discs: readonly GridDisc[];
  /** Class at which the search starts, the one it finds, and the one that the rest goes to. */
  readonly search: GridPlace;
  readonly found?: GridPlace;
  readonly rest?: GridPlace;
  /** Searching along a row, to the cell that is found or out of the grid. */
  readonly along: readonly GridPlace[];
  /** From there to the cell that is found; empty where it is in the same row, or nothing is. */
  readonly down: readonly GridPlace[];
}

/** Right of the last column, where the way turns from one row to another. */
const BEYOND = 0.7;
/** Above the middle of a cell: just over its upper edge. */
const LANE = 0.62;

/** @param restClass class of the block that is split off */
export function pathOf(
  details: TlsfDetails,
  r: TlsfRequest,
  restClass: number | undefined,
  busy: (at: GridPlace) => boolean,
): GridPath {
  const place = (sizeClass: number): GridPlace => ({
    row: Math.floor(sizeClass / details.columns),
    column: sizeClass % details.columns,
  });
  const search = place(r.searchClass);
  const found = r.foundClass === undefined ? undefined : place(r.foundClass);
  const rest = restClass === undefined ? undefined : place(restClass);
  const edge = { row: search.row, column: details.columns - 1 + BEYOND };
  const sameRow = found?.row === search.row;
  const discs: GridDisc[] = [];
  const taken: GridPlace[] = [search, ...(found ? [found] : []), ...(rest ? [rest] : [])];
  const beside = (number: number, tone: GridDisc['tone'], at: GridPlace, order: readonly (readonly [number, number])[]) => {
    const places = order.map(([row, column]) => ({ row: at.row + row, column: at.column + column }));
    const inside = places.filter((p) => p.row >= 0 && p.row < details.rows && p.column >= 0 && p.column < details.columns);
    const clear = inside.filter((p) => !taken.some((t) => same(t, p)));
    const best = clear.find((p) => !busy(p)) ?? clear[0] ?? at;
    taken.push(best);
    discs.push({ number, tone, ...best });
  };
  beside(2, 'search', search, [UP, LEFT, DOWN, RIGHT]);
  if (found !== undefined) beside(4, 'found', found, [DOWN, UP, LEFT, RIGHT]);
  if (!sameRow) discs.push({ number: 3, tone: 'search', row: found === undefined ? search.row : (search.row + found.row) / 2, column: edge.column }); // prettier-ignore
  if (rest !== undefined) beside(6, 'free', rest, [LEFT, UP, DOWN, RIGHT]);
  const moves = found === undefined || !same(search, found);
  return {
    discs: discs.sort((a, b) => a.number - b.number),
    search,
    ...(found && { found }),
    ...(rest && { rest }),
    along: moves ? [search, sameRow ? found : edge] : [],
    down: found === undefined || sameRow ? [] : laneTo(found, edge),
  };
}

/** Between two rows of cells, so that the line hides no number, and from above into the cell. */
function laneTo(found: GridPlace, edge: GridPlace): GridPlace[] {
  const row = found.row - LANE;
  return [edge, { row, column: edge.column }, { row, column: found.column }];
}

const [UP, LEFT, DOWN, RIGHT] = [
  [-1, 0],
  [0, -1],
  [1, 0],
  [0, 1],
] as const;

function same(a: GridPlace, b: GridPlace): boolean {
  return a.row === b.row && a.column === b.column;
}
