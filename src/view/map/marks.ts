// The marks of a range of the map: changed by the last step, selected, something wrong in it, what the user marked, dimmed by a filter or the legend.

import type { AddressRange } from '../../memory/reader';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { RunFlag } from './items';
import type { MapSurroundings } from './items';
import type { Shading } from './shades';

export class Marks {
  private readonly snapshot: HeapSnapshot;
  private readonly around: MapSurroundings;
  private readonly shading: Shading;
  private readonly only: number;

  /** @param only the shade that stands out, or −1 */
  constructor(snapshot: HeapSnapshot, around: MapSurroundings, shading: Shading, only: number) {
    this.snapshot = snapshot;
    this.around = around;
    this.shading = shading;
    this.only = shading.of.length === 0 ? -1 : only;
  }

  /** Can a block be dimmed at all? */
  get dims(): boolean {
    return this.around.matches !== undefined || this.only >= 0;
  }

  ofBlock(i: number): number {
    const { blocks } = this.snapshot;
    let flags = this.ofRange(blocks.base(i), blocks.end(i));
    if (this.around.linked?.base === blocks.base(i)) flags |= RunFlag.linked;
    if (this.dims && !this.standsOut(i)) flags |= RunFlag.dimmed;
    return flags;
  }

  /** @returns bits of RunFlag */
  ofRange(base: bigint, end: bigint): number {
    const { changed, selected, beside, range, bookmarks } = this.around;
    let flags = 0;
    if (overlaps(changed, base, end)) flags |= RunFlag.changed;
    if (selected !== undefined && selected.base < end && selected.end > base) flags |= RunFlag.selected;
    if (beside !== undefined && beside.base < end && beside.end > base) flags |= RunFlag.beside;
    if (range !== undefined && range.base < end && range.end > base) flags |= RunFlag.ranged;
    if (bookmarks.some((b) => b >= base && b < end)) flags |= RunFlag.bookmarked;
    if (hasFinding(this.snapshot, base, end)) flags |= RunFlag.finding;
    return flags;
  }

  /** Does a block match the filter and the chosen entry of the legend? */
  standsOut(i: number): boolean {
    if (this.only >= 0 && this.shading.of[i] !== this.only) return false;
    return this.around.matches?.has(i) !== false;
  }
}

/** Is something wrong in `[base, end)`? */
export function hasFinding({ findings }: HeapSnapshot, base: bigint, end: bigint): boolean {
  return findings.some((f) => f.address !== undefined && f.severity !== 'info' && f.address >= base && f.address < end);
}

/** Does one of the sorted, disjoint ranges meet `[base, end)`? */
export function overlaps(ranges: readonly AddressRange[], base: bigint, end: bigint): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.end <= base) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low]!.base < end;
}
