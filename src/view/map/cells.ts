// Aggregated cells: what lies in a cell's bytes as shares and counts, taken from running sums. A cell says what it holds, never more
// or less: nothing is rounded to empty or full, and what cannot be seen in it is counted.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import { sumsOf } from './block-sums';
import type { BlockSums } from './block-sums';
import { RunFlag } from './items';
import type { MapSurroundings } from './items';
import { CellColumns } from './columns';
import type { MapLabels } from './labels';
import type { Marks } from './marks';
import { NO_SHADE, SHADES } from './shades';
import type { Shading } from './shades';
import { REGION_LOOKS } from '../spans';

/** Cells that a block fills before it is worth a label on a curve. */
const LABELLED_CELLS = 8;
/** Of a cell that nothing is shaded in. */
const NOT_SHADED = [NO_SHADE, 0] as const;

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

  /** The cells from `base` on. @param order by place in the row, the number of the cell that stands there. @returns all flags */
  row(base: bigint, count: number, order: readonly number[] | undefined): number {
    const bytes = 2 ** this.level;
    const end = base + BigInt(count * bytes);
    const start = Number(base - this.sums.origin);
    // Most rows carry no mark, and then no cell of theirs is asked for one.
    const marked = this.marks.ofRange(base, end) !== 0;
    const foreign = this.around.spans.some((s) => s.base < end && s.pageEnd > base && s.look !== 'free');
    const found = this.sums.firstBeyond(start);
    let near = found;
    let flags = 0;
    for (let n = 0; n < count; n++) {
      const from = start + (order?.[n] ?? n) * bytes;
      // In a row each cell begins where the one before ended; along a curve they jump.
      const first = this.sums.firstBeyond(from, order === undefined ? near : found);
      const last = this.sums.lastAtOrBelow(from + bytes - 1, first);
      near = Math.max(found, last);
      const at = marked || foreign ? base + BigInt(from - start) : 0n;
      const own = marked ? this.marks.ofRange(at, at + BigInt(bytes)) : 0;
      flags |= this.add(first, last, from, own, foreign && last < first ? this.regionAt(at, at + BigInt(bytes)) : -1);
    }
    return flags;
  }

  /** A cell that begins at an offset and meets the blocks `[first, last]`. @returns its flags */
  private add(first: number, last: number, from: number, marks: number, region: number): number {
    const { sums, columns } = this;
    const bytes = 2 ** this.level;
    const to = from + bytes;
    const held = sums.ofBlocks(first, last, from, to);
    const whole = first === last && sums.offset(first) <= from && sums.endOffset(first) >= to ? first : -1;
    const [shade, share] = this.mostUsed(first, last, from, to);
    const flags = this.marks.dims && !this.standsOut(first, last) ? marks | RunFlag.dimmed : marks;
    const i = columns.claim();
    const { arrays } = columns;
    arrays.asked[i] = held.asked / bytes;
    arrays.slack[i] = held.slack / bytes;
    arrays.free[i] = held.free / bytes;
    arrays.metadata[i] = held.metadata / bytes;
    arrays.unread[i] = held.unread / bytes;
    arrays.tint[i] = held.largestFree === 0 ? 0 : this.tintOf(held.largestFree);
    arrays.largestClass[i] = held.largestClass;
    arrays.largestFree[i] = held.largestFree;
    arrays.usedBlocks[i] = held.usedBlocks;
    arrays.freeBlocks[i] = held.freeBlocks;
    arrays.flags[i] = flags;
    arrays.shade[i] = shade;
    arrays.freeShade[i] = this.freeShade(first, last);
    arrays.shadeShare[i] = share;
    arrays.block[i] = whole;
    arrays.label[i] = this.labelOf(whole);
    arrays.region[i] = region;
    return flags;
  }

  private standsOut(first: number, last: number): boolean {
    for (let i = first; i <= last; i++) if (this.marks.standsOut(i)) return true;
    return false;
  }

  /** The shade of most used bytes, and its share of them. */
  private mostUsed(first: number, last: number, from: number, to: number): readonly [shade: number, share: number] {
    const { of } = this.shading;
    if (of.length === 0 || last < first) return NOT_SHADED;
    const { sums } = this;
    const { blocks } = this.snapshot;
    const by = this.shadeBytes.fill(0);
    let used = 0;
    for (let i = first; i <= last; i++) {
      if (blocks.state(i) !== 'used') continue;
      const inside = i > first && i < last ? blocks.size(i) : Math.min(sums.endOffset(i), to) - Math.max(sums.offset(i), from);
      used += inside;
      if (of[i] !== NO_SHADE) by[of[i]!]! += inside;
    }
    let best = 0;
    for (let shade = 1; shade < SHADES; shade++) if (by[shade]! > by[best]!) best = shade;
    return by[best]! > 0 ? [best, by[best]! / used] : NOT_SHADED;
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
