// Where two tables of blocks differ.

import type { BlockTable } from '../../snapshot/blocks';

/** The smallest stretch that begins and ends with a block in both tables, or in the one that has any there. */
export interface Difference {
  readonly base: bigint;
  readonly end: bigint;
}

/** In ascending order; goes through both tables once. */
export function differences(a: BlockTable, b: BlockTable): Difference[] {
  const found: Difference[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(a, i, b, j)) {
      i++;
      j++;
      continue;
    }
    const base = j >= b.length || (i < a.length && a.base(i) < b.base(j)) ? a.base(i) : b.base(j);
    let end = base;
    // Takes blocks on both sides until neither reaches beyond where the other ends.
    for (let grew = true; grew;) {
      grew = false;
      for (; i < a.length && (a.base(i) < end || a.base(i) === base); i++, grew = true) if (a.end(i) > end) end = a.end(i);
      for (; j < b.length && (b.base(j) < end || b.base(j) === base); j++, grew = true) if (b.end(j) > end) end = b.end(j);
    }
    found.push({ base, end });
  }
  return found;
}

function same(a: BlockTable, i: number, b: BlockTable, j: number): boolean {
  return (
    a.base(i) === b.base(j) &&
    a.size(i) === b.size(j) &&
    a.state(i) === b.state(j) &&
    a.sizeClass(i) === b.sizeClass(j) &&
    a.asked(i) === b.asked(j)
  );
}
