// Aggregated cells: what lies in a cell's bytes as shares and counts, taken from running sums. A cell says what it holds, never more
// or less: nothing is rounded to empty or full, and what cannot be seen in it is counted.

import type { HeapSnapshot } from '../snapshot/snapshot';
import { sumsOf } from './block-sums';
import type { BlockSums } from './block-sums';
import { RunFlag } from './map-items';
import type { MapSurroundings } from './map-items';
import { CellColumns } from './map-columns';
import type { MapLabels } from './map-labels';
import type { Marks } from './map-marks';
import { NO_SHADE, SHADES } from './shades';
import type { Shading } from './shades';
import { REGION_LOOKS } from './strip';

/** Cells that a block fills before it is worth a label on a curve. */
const LABELLED_CELLS = 8;

export class CellBuilder {
  readonly columns = new CellColumns();
  private readonly snapshot: HeapSnapshot;
  private readonly around: MapSurroundings;
  private readonly shading: Shading;
  private readonly marks: Marks;
  private readonly labels: MapLabels;
  private readonly level: number;
  private readonly tintOf: (size: number) => number;
  private readonly sums: BlockSums;
  /** Blocks whose label stands in a cell already. */
  private readonly labelled = new Set<number>();
  private readonly shadeBytes = new Float64Array(SHADES);

  constructor(
    snapshot: HeapSnapshot,
    around: MapSurroundings,
    shading: Shading,
    marks: Marks,
    labels: MapLabels,
    level: number,
    tintOf: (size: number) => number,
  ) {
    this.snapshot = snapshot;
    this.around = around;
    this.shading = shading;
    this.marks = marks;
    this.labels = labels;
    this.level = level;
    this.tintOf = tintOf;
    this.sums = sumsOf(snapshot);
  }

  /** The cell that begins at `base`. @returns its flags */
  add(base: bigint): number {
    const bytes = 2 ** this.level;
    const end = base + BigInt(bytes);
    const sums = this.sums.over(base, end);
    const { blocks } = this.snapshot;
    const nothing = sums.usedBlocks + sums.freeBlocks === 0 && sums.metadata + sums.unread === 0;
    let first = nothing ? 0 : blocks.lastAtOrBelow(base);
    if (!nothing && (first < 0 || blocks.end(first) <= base)) first++;
    const last = nothing ? -1 : blocks.lastAtOrBelow(end - 1n);
    const whole = !nothing && first === last && blocks.base(first) <= base && blocks.end(first) >= end ? first : -1;
    const [shade, share] = this.mostUsed(first, last, base, end);
    let flags = this.marks.ofRange(base, end);
    if (this.marks.dims && !this.standsOut(first, last)) flags |= RunFlag.dimmed;
    this.columns.push({
      asked: sums.asked / bytes,
      slack: sums.slack / bytes,
      free: sums.free / bytes,
      metadata: sums.metadata / bytes,
      unread: sums.unread / bytes,
      tint: sums.largestFree === 0 ? 0 : this.tintOf(sums.largestFree),
      largestClass: sums.largestClass,
      largestFree: sums.largestFree,
      usedBlocks: sums.usedBlocks,
      freeBlocks: sums.freeBlocks,
      flags,
      shade,
      freeShade: this.freeShade(first, last),
      shadeShare: share,
      block: whole,
      label: this.labelOf(whole),
      region: nothing ? this.regionAt(base, end) : -1,
    });
    return flags;
  }

  private standsOut(first: number, last: number): boolean {
    for (let i = first; i <= last; i++) if (this.marks.standsOut(i)) return true;
    return false;
  }

  /** The shade of most used bytes, and its share of them. */
  private mostUsed(first: number, last: number, base: bigint, end: bigint): readonly [shade: number, share: number] {
    const { of } = this.shading;
    if (of.length === 0 || last < first) return [NO_SHADE, 0];
    const { blocks } = this.snapshot;
    const by = this.shadeBytes.fill(0);
    let used = 0;
    for (let i = first; i <= last; i++) {
      if (blocks.state(i) !== 'used') continue;
      const inside = i > first && i < last ? blocks.size(i) : Number(least(blocks.end(i), end) - most(blocks.base(i), base));
      used += inside;
      if (of[i] !== NO_SHADE) by[of[i]!]! += inside;
    }
    let best = 0;
    for (let shade = 1; shade < SHADES; shade++) if (by[shade]! > by[best]!) best = shade;
    return by[best]! > 0 ? [best, by[best]! / used] : [NO_SHADE, 0];
  }

  /** The shade of the largest free chunk in the cell. */
  private freeShade(first: number, last: number): number {
    const { of } = this.shading;
    if (of.length === 0) return NO_SHADE;
    const { blocks } = this.snapshot;
    let best = -1;
    for (let i = first; i <= last; i++)
      if (blocks.state(i) === 'free' && (best < 0 || blocks.size(i) > blocks.size(best))) best = i;
    return best < 0 ? NO_SHADE : of[best]!;
  }

  private labelOf(block: number): number {
    if (block < 0 || this.labelled.has(block)) return -1;
    const { blocks } = this.snapshot;
    if (blocks.size(block) < LABELLED_CELLS * 2 ** this.level) return -1;
    this.labelled.add(block);
    const owner = blocks.state(block) === 'used' ? this.around.owner(blocks.base(block), blocks.end(block)) : undefined;
    return this.labels.of(block, owner);
  }

  /** The look of the region that lies in a stretch without heap, or −1. */
  private regionAt(base: bigint, end: bigint): number {
    const span = this.around.spans.find((s) => s.base < end && s.pageEnd > base && s.look !== 'free');
    return span === undefined ? -1 : REGION_LOOKS.indexOf(span.look);
  }
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);
const most = (a: bigint, b: bigint) => (a > b ? a : b);
