// The Hilbert curve through a square of cells: neighbours in memory are neighbours on the curve, and every aligned power-of-two
// stretch of memory is a square or half of one. So a buddy is always the other half, as it is in rows.

/** Cells on a side of a square: a power of two. */
export const HILBERT_SIDE = 32;
/** Cells of a square. */
export const HILBERT_CELLS = HILBERT_SIDE * HILBERT_SIDE;

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Column and line of the cell number `d` of a square; 0 is at the top left, the last one at the top right. */
export function hilbertPlace(d: number, side = HILBERT_SIDE): Place {
  let x = 0;
  let y = 0;
  let rest = d;
  for (let s = 1; s < side; s *= 2) {
    const right = 1 & (rest >> 1);
    const down = 1 & (rest ^ right);
    [x, y] = turned(s, x, y, right, down);
    x += s * right;
    y += s * down;
    rest >>= 2;
  }
  return { x, y };
}

/** Number of the cell in a column and line: the inverse of `hilbertPlace`. */
export function hilbertIndex({ x: column, y: line }: Place, side = HILBERT_SIDE): number {
  let d = 0;
  let [x, y] = [column, line];
  for (let s = side / 2; s > 0; s /= 2) {
    const right = (x & s) > 0 ? 1 : 0;
    const down = (y & s) > 0 ? 1 : 0;
    d += s * s * ((3 * right) ^ down);
    [x, y] = turned(s, x & (s - 1), y & (s - 1), right, down);
  }
  return d;
}

/** A quarter's own curve, turned as the quarter lies: the first is mirrored on one diagonal, the last on the other. */
function turned(side: number, x: number, y: number, right: number, down: number): [number, number] {
  if (down === 1) return [x, y];
  return right === 1 ? [side - 1 - y, side - 1 - x] : [y, x];
}

/** A band is a row of squares side by side: the cell in a column and line of a band of `columns` cells. */
export function bandIndex(column: number, line: number): number {
  const square = Math.floor(column / HILBERT_SIDE);
  return square * HILBERT_CELLS + hilbertIndex({ x: column % HILBERT_SIDE, y: line });
}

/** Column and line of the cell number `index` of a band. */
export function bandPlace(index: number): Place {
  const square = Math.floor(index / HILBERT_CELLS);
  const { x, y } = hilbertPlace(index % HILBERT_CELLS);
  return { x: square * HILBERT_SIDE + x, y };
}
