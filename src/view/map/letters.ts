// The letter of the bookmark that lies in a block or cell of the map; of several the first, and how many there are besides.

import { bandIndex } from './hilbert';
import { RunFlag } from './items';
import type { FoldBox, MapRow } from './items';
import type { MapView } from './map';
import type { NamedPlace } from '../search/bookmarks';

export class Letters {
  private readonly places: readonly { readonly at: bigint; readonly letter: string; readonly name: string }[];

  constructor(bookmarks: readonly NamedPlace[]) {
    this.places = bookmarks.map(({ address, letter, label }) => ({
      at: BigInt(address),
      letter,
      name: label === '' ? letter : `${letter} ${label}`,
    }));
  }

  /** All in `[base, end)`, with their names: `A`, `B receive ring`. */
  namesIn(base: bigint, end: bigint): string[] {
    return this.places.filter((p) => p.at >= base && p.at < end).map((p) => p.name);
  }

  /** Of a block in a row, as `A` or `A+2`: the same in all of its rows. Empty without a bookmark, here and below. */
  ofRun({ runs }: MapView, row: MapRow, index: number): string {
    if (!isMarked(runs.flags[index]!)) return '';
    const base = BigInt(row.base) + BigInt(runs.from[index]!);
    return this.in(base, base + BigInt(runs.size[index]!));
  }

  ofBox(box: FoldBox): string {
    return isMarked(box.flags) ? this.in(BigInt(box.base), BigInt(box.end)) : '';
  }

  /** @param n number of the cell among the row's cells as they are drawn, along a curve too */
  ofCell({ aggregates, lines, cells, cellBytes }: MapView, row: MapRow, n: number): string {
    if (!isMarked(aggregates.flags[row.first + n]!)) return '';
    const place = lines === 1 ? n : bandIndex(n % cells, Math.floor(n / cells));
    const base = BigInt(row.base) + BigInt(place) * BigInt(cellBytes);
    return this.in(base, base + BigInt(cellBytes));
  }

  private in(base: bigint, end: bigint): string {
    const [first, ...more] = this.places.filter((p) => p.at >= base && p.at < end);
    return first === undefined ? '' : more.length === 0 ? first.letter : `${first.letter}+${String(more.length)}`;
  }
}

function isMarked(flags: number): boolean {
  return (flags & RunFlag.bookmarked) !== 0;
}
