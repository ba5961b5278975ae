// What the heap view shows of tinyalloc beside blocks and lists: the descriptor table, and the way of a request through the lists.

import type { TinyallocDetails, TinyallocRequest } from '../../snapshot/details';
import type { Extent } from './checks';
import { Block } from './layout';
import type { ListName, Table, WalkedList } from './lists';
import type { TinyallocConfig } from './profiles';

/** The record that ukalloc puts in front of every payload. */
const RECORD = 16n;

/** Everything of a decoded heap that a request depends on. */
export interface DecodedTable {
  readonly lists: Readonly<Record<ListName, WalkedList>>;
  readonly states: Uint8Array;
  readonly table: Table;
  readonly extent: Extent;
  readonly alignment: bigint;
  readonly splitThresh: bigint;
  readonly config: TinyallocConfig;
}

export function tinyallocDetails(decoded: DecodedTable): TinyallocDetails {
  const { lists, states, table, extent, config } = decoded;
  return {
    kind: 'tinyalloc',
    table: table.blocks,
    descriptorSize: Block.bytes,
    states,
    free: lists.free.entries,
    used: lists.used.entries,
    fresh: lists.fresh.entries.map((e) => e.descriptor),
    top: extent.top,
    limit: extent.limit,
    compacts: config.compacts,
    splits: config.splits,
    splitThresh: decoded.splitThresh,
    from: extent.from,
    heads: { free: headOf(lists.free), used: headOf(lists.used), fresh: headOf(lists.fresh) },
    request: (size) => request(decoded, size),
  };
}

function headOf({ head, complete }: WalkedList): { readonly at: bigint; readonly complete: boolean } {
  return { at: head, complete };
}

/** Looks and takes as ta_alloc does, without writing. */
function request({ lists, extent, alignment, splitThresh, config }: DecodedTable, asked: bigint): TinyallocRequest {
  const { top, limit } = extent;
  const withRecord = BigInt.asUintN(64, asked + RECORD);
  const rounded = BigInt.asUintN(64, (withRecord + alignment - 1n) & -alignment);
  const common = { asked, withRecord, rounded };
  if (withRecord < asked) return { ...common, refused: 0, rest: 0n, outcome: 'none' };
  const fresh = lists.fresh.entries[0]?.descriptor;
  for (const [refused, { descriptor, addr, size }] of lists.free.entries.entries()) {
    const isTop = BigInt.asUintN(64, addr + size) >= top && BigInt.asUintN(64, addr + rounded) <= limit;
    const taken = { ...common, refused, descriptor, block: addr };
    if (isTop) return { ...taken, rest: 0n, outcome: 'top' };
    if (size < rounded) continue;
    const splits = config.splits && fresh !== undefined && size - rounded >= splitThresh;
    return splits ? { ...taken, rest: size - rounded, outcome: 'split' } : { ...taken, rest: 0n, outcome: 'whole' };
  }
  const refused = lists.free.entries.length;
  if (fresh === undefined || BigInt.asUintN(64, top + rounded) > limit) return { ...common, refused, rest: 0n, outcome: 'none' };
  return { ...common, refused, descriptor: fresh, block: top, rest: 0n, outcome: 'carved' };
}
