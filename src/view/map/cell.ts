// One aggregated cell, enlarged: what lies in its bytes as layers drawn to scale, with counts and shares. The host makes it for the
// selection, the webview for the cell under the pointer.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import { sumsOf } from './block-sums';
import type { RangeSums } from './block-sums';
import type { Cells, MapView } from './map';
import { classPrefix } from './labels';
import { FOLD_CELLS } from './layout';
import { counted, groupedAddress, hex, percentText, sizeText } from '../numbers';
import { NO_SHADE } from './shades';
import { REGION_LOOKS } from '../spans';

export const CELL_LAYERS = ['outside', 'unread', 'free', 'slack', 'asked', 'metadata'] as const;
export type CellLayer = (typeof CELL_LAYERS)[number];

export interface CellPart {
  readonly kind: CellLayer;
  readonly label: string;
  /** `38 %`; never 0 or 100 for what is a little, or not quite all. */
  readonly text: string;
  readonly note: string;
  /** 0 … 1 of the cell. */
  readonly share: number;
}

export interface CellView {
  readonly address: string;
  readonly end: string;
  /** `0x0010 0416 0000 + 64 KiB` */
  readonly range: string;
  /** `4 blocks · 2 free chunks · largest o2 = 16 KiB` */
  readonly counts: string;
  /** From top to bottom, as in the map; what is not there is left out. */
  readonly parts: readonly CellPart[];
}

/** What a cell holds: instead of bytes, shares of the cell. */
export type CellSums = RangeSums;

const LABELS: Readonly<Record<CellLayer, string>> = {
  outside: 'not heap',
  unread: 'not in dump',
  free: 'free',
  slack: 'slack',
  asked: 'asked for',
  metadata: 'allocator',
};

/** @param prefix of a size class's number where it says something to people: `o` */
export function cellView(sums: CellSums, address: bigint, bytes: number, prefix: string): CellView {
  const { asked, slack, free, metadata, unread } = sums;
  const outside = Math.max(0, 1 - asked - slack - free - metadata - unread);
  const shares = { outside: outside < 1e-9 ? 0 : outside, unread, free, slack, asked, metadata };
  const order = prefix === '' || sums.largestClass < 0 ? '' : prefix + String(sums.largestClass);
  const largest = sums.largestFree === 0 ? '' : `largest ${order === '' ? '' : order + ' = '}${sizeText(sums.largestFree)}`;
  const notes: Partial<Record<CellLayer, string>> = {
    free: largest === '' ? '' : `shade = largest chunk, ${order === '' ? sizeText(sums.largestFree) : order}`,
    slack: 'lost inside of blocks',
  };
  return {
    address: hex(address),
    end: hex(address + BigInt(bytes)),
    range: `${groupedAddress(address)} + ${sizeText(bytes)}`,
    counts: [counted(sums.usedBlocks, 'block'), counted(sums.freeBlocks, 'free chunk'), largest]
      .filter((t) => t !== '')
      .join(' · '),
    parts: CELL_LAYERS.filter((kind) => shares[kind] > 0).map((kind) => ({
      kind,
      label: LABELS[kind],
      text: percentText(shares[kind]),
      note: notes[kind] ?? '',
      share: shares[kind],
    })),
  };
}

/** The cell that holds an address, of a map whose cells are aggregated; undefined where one block is drawn over many cells. */
export function cellAt(snapshot: HeapSnapshot, address: bigint, level: number): CellView | undefined {
  const block = snapshot.blocks.holding(address);
  const bytes = 2 ** level;
  if (block !== undefined && block.size >= FOLD_CELLS * bytes) return undefined;
  const base = (address >> BigInt(level)) << BigInt(level);
  const sums = sumsOf(snapshot).over(base, base + BigInt(bytes));
  const { asked, slack, free, metadata, unread } = sums;
  const shares = {
    asked: asked / bytes,
    slack: slack / bytes,
    free: free / bytes,
    metadata: metadata / bytes,
    unread: unread / bytes,
  };
  return cellView({ ...sums, ...shares }, base, bytes, classPrefix(snapshot));
}

/** A cell of a frame's columns; undefined where other memory than the heap is. */
export function cellOfMap(map: MapView, i: number, address: bigint): CellView | undefined {
  const c: Cells = map.aggregates;
  if (c.region[i]! >= 0) return undefined;
  const sums: CellSums = {
    asked: c.asked[i]!,
    slack: c.slack[i]!,
    free: c.free[i]!,
    metadata: c.metadata[i]!,
    unread: c.unread[i]!,
    usedBlocks: c.usedBlocks[i]!,
    freeBlocks: c.freeBlocks[i]!,
    largestFree: c.largestFree[i]!,
    largestClass: c.largestClass[i]!,
  };
  const bytes = BigInt(map.cellBytes);
  return cellView(sums, address - (address % bytes), map.cellBytes, map.classPrefix);
}

/** What is in a cell without heap. */
export function lookOfCell({ aggregates }: MapView, i: number): string {
  return REGION_LOOKS[aggregates.region[i]!] ?? 'unknown';
}

/** Whose most of a cell is, where the map is coloured by that; else empty. */
export function shadeText({ aggregates: { shade, shadeShare }, legend }: MapView, i: number): string {
  const entry = shade[i] === NO_SHADE ? undefined : legend.find((l) => l.shade === shade[i]);
  return entry === undefined ? '' : `${entry.text}: ${percentText(shadeShare[i]!)} of used`;
}
