// The ledger of a heap that is mapped from frames (paging): the free regions went to the frame allocator, whose metadata and page
// tables come first. Which frame lies behind which page is not simulated, so these entries are counted, not located.

import { pagedHeap } from '../boot/paging';
import { framesAfterPagingInit } from '../boot/frames';
import { toRegions } from '../regions/regions';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { allocatorOf, optionsOf, type Explainable } from './explainable';
import type { LedgerEntry } from './ledger';

/** @param free bytes of the FREE regions; the entries add up to them */
export function pagedEntries(simulation: Explainable, free: bigint, snapshot: HeapSnapshot | undefined): LedgerEntry[] {
  const { regions, unknown, excluded } = toRegions(simulation.input.map);
  const { freeMemory } = simulation.input;
  const options = optionsOf(simulation);
  const input = { regions, unknown, excluded, allocator: allocatorOf(simulation), options, ...(freeMemory && { freeMemory }) };
  const frames = freeMemory?.[0] ?? framesAfterPagingInit(regions, options.config).free;
  const length = pagedHeap(input).length;
  // A recorded count of frames may be of another machine than this list: then only the whole is known.
  if (snapshot === undefined || length > frames || frames > free) return [{ kind: 'frames', bytes: free }];
  const { metadata, heap } = sums(snapshot);
  const rest = length - metadata - heap;
  if (rest < 0n) return [{ kind: 'frames', bytes: free }];
  return [
    { kind: 'heap', bytes: heap },
    { kind: 'metadata', bytes: metadata },
    { kind: 'cut', bytes: rest },
    { kind: 'frames', bytes: free - length },
  ];
}

function sums({ blocks }: HeapSnapshot): { readonly metadata: bigint; readonly heap: bigint } {
  let metadata = 0n;
  let heap = 0n;
  for (let i = 0; i < blocks.length; i++) {
    if (blocks.state(i) === 'metadata') metadata += BigInt(blocks.size(i));
    else heap += BigInt(blocks.size(i));
  }
  return { metadata, heap };
}
