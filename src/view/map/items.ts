// What a window of the map is made of: rows, folds, headings; and the columns that hold their blocks. Plain data.

import type { AddressRange, Reader } from '../../memory/reader';
import type { StructView } from '../../snapshot/snapshot';
import type { Matches } from '../search/matches';
import type { Holders, Owner } from '../time/owners';
import type { RegionSpan } from '../spans';

/** What a run of bytes in a row is. `region` is memory of another region that lies in the same row. */
export const RUN_KINDS = ['free', 'used', 'metadata', 'unread', 'region'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** Bits of `flags`. */
export const RunFlag = {
  changed: 1,
  selected: 2,
  finding: 4,
  dimmed: 8,
  linked: 16,
  beside: 32,
  ranged: 64,
  bookmarked: 128,
} as const;

export interface MapRow {
  readonly kind: 'row';
  readonly y: number;
  readonly base: string;
  /** Runs `[first, first + count)` of `runs`, or cells `[first, first + cells)` of `cells`. */
  readonly aggregated: boolean;
  /** Along a curve, `count` cells stand line by line, as they are drawn. */
  readonly first: number;
  readonly count: number;
  readonly changed: boolean;
  readonly finding: boolean;
  /** Set in the first row of an opened fold: closing it takes this address out of `unfolded`. */
  readonly foldBase?: string;
}

export interface FoldBox {
  readonly base: string;
  readonly end: string;
  readonly kind: RunKind;
  readonly label: string;
  readonly size: string;
  /** Share of the fold's width, between 0 and 1. */
  readonly weight: number;
  readonly flags: number;
  readonly tint: number;
  readonly shade: number;
}

export type MapItem =
  | MapRow
  | { readonly kind: 'heading'; readonly y: number; readonly mark: string; readonly title: string; readonly text: string }
  | { readonly kind: 'gap' | 'footer'; readonly y: number; readonly text: string }
  | {
      readonly kind: 'fold';
      readonly y: number;
      readonly base: string;
      readonly size: string;
      readonly boxes: readonly FoldBox[];
      readonly more: number;
    };

/** Runs of all rows in the window, as columns. Offsets are bytes from the row's base, and may reach beyond the row on both sides. */
export interface Runs {
  readonly kind: Uint8Array;
  readonly from: Float64Array;
  readonly size: Float64Array;
  /** Bytes that are drawn solid, from `from` on; equals `size` where there is no slack. */
  readonly solid: Float64Array;
  /** Order, bin or class; −1 where there is none. For `region`: index into REGION_LOOKS. */
  readonly sizeClass: Int16Array;
  /** 0 for the smallest block … 1 for one as large as the heap. */
  readonly tint: Float32Array;
  readonly flags: Uint8Array;
  /** Operation that the block is held by since; −1 when it is not known. */
  readonly since: Int32Array;
  /** Index into `labels`, or −1. */
  readonly label: Int32Array;
  /** Which of the SHADES the legend gives the block; NO_SHADE for the colour of its state. */
  readonly shade: Uint8Array;
}

/** Aggregated cells, as columns; shares of a cell's bytes. What they leave of 1 is not heap. */
export interface Cells {
  readonly asked: Float32Array;
  readonly slack: Float32Array;
  readonly free: Float32Array;
  readonly metadata: Float32Array;
  readonly unread: Float32Array;
  readonly tint: Float32Array;
  readonly largestClass: Int16Array;
  readonly largestFree: Float64Array;
  readonly usedBlocks: Uint32Array;
  readonly freeBlocks: Uint32Array;
  readonly flags: Uint8Array;
  /** The shade of most used bytes of the cell, and the largest free chunk's; NO_SHADE where there is none. */
  readonly shade: Uint8Array;
  readonly freeShade: Uint8Array;
  /** Share of the cell's used bytes that are of `shade`. */
  readonly shadeShare: Float32Array;
  /** Index of the one block that fills the cell; −1 where several do. */
  readonly block: Int32Array;
  /** Index into `labels` in the first cell of a block that fills many, else −1. */
  readonly label: Int32Array;
  /** What is there instead of heap: index into REGION_LOOKS, or −1. */
  readonly region: Int8Array;
}

/** What the map shows besides the snapshot. */
export interface MapSurroundings {
  readonly spans: readonly RegionSpan[];
  /** ① ② … by region, in the order in which memory came to the heap. */
  readonly marks: ReadonlyMap<number, string>;
  /** One phrase on how an area came to the heap. */
  readonly areaText: (index: number) => string;
  readonly owner: (base: bigint, end: bigint) => Owner | undefined;
  /** The operation that gave back what another one was given; undefined where that is not known, or not yet. */
  readonly freed: (operation: number) => number | undefined;
  /** The same for all blocks at once; undefined where memory alone is known. */
  readonly holders: () => Holders | undefined;
  readonly reader: Reader;
  readonly inspect: (address: bigint) => readonly StructView[];
  readonly changed: readonly AddressRange[];
  /** Bytes that are not what they were, ascending. */
  readonly differing: readonly AddressRange[];
  readonly selected: AddressRange | undefined;
  /** The second block, the marked range, and bookmarked addresses in ascending order. */
  readonly beside: AddressRange | undefined;
  readonly range: AddressRange | undefined;
  readonly bookmarks: readonly bigint[];
  /** The block that the selected one links to, and what the link is called. */
  readonly linked: { readonly base: bigint; readonly text: string } | undefined;
  readonly matches: Matches | undefined;
}
