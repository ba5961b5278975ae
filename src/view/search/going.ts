// From one block to another: in order of address, in a list, on the map, among findings and matches.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import { buddyOf } from '../buddy';
import { shapeAt } from '../map/map';
import { addressBeside, cellBeside, layoutMap } from '../map/layout';
import type { Matches } from './matches';
import { hex } from '../numbers';
import type { Viewport } from '../viewport';

export const NEIGHBOURS = ['cellLeft', 'cellRight', 'rowUp', 'rowDown', 'nextBlock', 'previousBlock', 'nextFree', 'previousFree', 'buddy', 'nextFinding', 'previousFinding', 'nextMatch', 'previousMatch'] as const; // prettier-ignore
export type Neighbour = (typeof NEIGHBOURS)[number];

/**
 * The block to go to from the one at `address`; null where there is none.
 *
 * @param level address bits of a cell of the map as it was drawn last
 */
export function neighbourOf(
  snapshot: HeapSnapshot,
  address: string,
  way: Neighbour,
  viewport: Viewport,
  level: number,
  matches: Matches | undefined,
): string | null {
  const { blocks, lists, findings } = snapshot;
  const at = blocks.lastAtOrBelow(BigInt(address));
  const block = blocks.holding(BigInt(address));
  const blockAt = (i: number) => (i >= 0 && i < blocks.length ? hex(blocks.base(i)) : null);
  switch (way) {
    case 'nextBlock':
      return blockAt(at + 1);
    case 'previousBlock':
      return blockAt(at - 1);
    case 'buddy':
      return block === undefined || blocks.holding(buddyOf(block.base, block.size)) === undefined
        ? null
        : hex(buddyOf(block.base, block.size));
    case 'nextFree':
    case 'previousFree': {
      const list = block && lists.find((l) => l.entries.includes(block.base));
      const entry = list?.entries[list.entries.indexOf(block!.base) + (way === 'nextFree' ? 1 : -1)];
      return entry === undefined ? null : hex(entry);
    }
    case 'nextFinding':
    case 'previousFinding': {
      const places = findings
        .flatMap((f) => (f.address === undefined || f.severity === 'info' ? [] : [f.address]))
        .sort((a, b) => (a < b ? -1 : 1));
      const from = BigInt(address);
      const place =
        way === 'nextFinding' ? (places.find((p) => p > from) ?? places[0]) : (places.findLast((p) => p < from) ?? places.at(-1));
      return place === undefined ? null : hex(place);
    }
    case 'cellLeft':
    case 'cellRight':
    case 'rowUp':
    case 'rowDown':
      return besideOnMap(snapshot, BigInt(address), way, viewport, level);
    case 'nextMatch':
    case 'previousMatch':
      return blockAt(matches?.beside(at, way === 'nextMatch' ? 1 : -1) ?? -1);
  }
}

/** One cell or row further on the map as it was drawn last; what is between the heap's areas is jumped over. */
function besideOnMap(
  snapshot: HeapSnapshot,
  address: bigint,
  way: 'cellLeft' | 'cellRight' | 'rowUp' | 'rowDown',
  { map }: Viewport,
  level: number,
): string | null {
  const { blocks } = snapshot;
  const layout = layoutMap(snapshot, shapeAt(snapshot, map, level), new Set(map.unfolded.map((u) => BigInt(u))));
  if (layout.lines > 1) {
    const [dx, dy] = { cellLeft: [-1, 0], cellRight: [1, 0], rowUp: [0, -1], rowDown: [0, 1] }[way] as [number, number];
    const beside = cellBeside(layout, address, dx, dy);
    return beside === undefined ? null : nearestBlock(snapshot, beside, dx + dy > 0 ? 1 : -1, level);
  }
  if (way === 'rowUp' || way === 'rowDown') {
    const beside = addressBeside(layout, address, way === 'rowDown' ? 1 : -1);
    return beside === undefined ? null : nearestBlock(snapshot, beside, way === 'rowDown' ? 1 : -1, level);
  }
  const beside = address + (way === 'cellRight' ? 1n : -1n) * (1n << BigInt(level));
  return blocks.holding(beside) === undefined ? nearestBlock(snapshot, beside, way === 'cellRight' ? 1 : -1, level) : hex(beside);
}

/** The address itself when a block holds it, else the first cell of the next block above, or the last one of the next below. */
function nearestBlock({ blocks }: HeapSnapshot, address: bigint, by: 1 | -1, level: number): string | null {
  if (blocks.holding(address) !== undefined) return hex(address);
  const below = blocks.lastAtOrBelow(address);
  const i = by > 0 ? below + 1 : below;
  if (i < 0 || i >= blocks.length) return null;
  const lastCell = ((blocks.end(i) - 1n) >> BigInt(level)) << BigInt(level);
  return hex(by > 0 || lastCell < blocks.base(i) ? blocks.base(i) : lastCell);
}
