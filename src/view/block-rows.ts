// The blocks as a table: what the map shows, for a screen reader and for export.

import type { HeapSnapshot } from '../snapshot/snapshot';
import { bytesText, hex, sizeText, UNKNOWN } from './numbers';
import type { Owner } from './time/owners';

export interface BlockRow {
  readonly address: string;
  readonly size: string;
  readonly state: string;
  readonly sizeClass: string;
  readonly asked: string;
  readonly slack: string;
  readonly owner: string;
}

/** Rows `[first, first + count)` of the blocks in address order. */
export function blockRows(
  snapshot: HeapSnapshot,
  first: number,
  count: number,
  ownerOf: (base: bigint, end: bigint) => Owner | undefined,
): BlockRow[] {
  const { blocks } = snapshot;
  const rows: BlockRow[] = [];
  for (let i = Math.max(0, first); i < Math.min(blocks.length, first + count); i++) {
    const b = blocks.at(i);
    const told = b.state === 'used';
    rows.push({
      address: hex(b.base),
      size: sizeText(b.size),
      state: b.state,
      sizeClass: b.sizeClass < 0 ? '' : String(b.sizeClass),
      asked: !told ? '' : b.asked < 0 ? UNKNOWN : bytesText(b.asked),
      slack: !told ? '' : b.asked < 0 ? UNKNOWN : bytesText(b.size - b.asked),
      owner: told ? (ownerOf(b.base, blocks.end(i))?.text ?? '') : '',
    });
  }
  return rows;
}
