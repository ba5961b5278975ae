// Is this a tinyalloc heap? struct tinyalloc points at its Heap and that at its table, both of which stand right behind it.

import type { Reader } from '../../memory/reader';
import { withIfmalloc } from '../layers/ifmalloc';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions, Recognition } from '../ukalloc';
import { Heap, MOST_DESCRIPTORS, TABLE, Tinyalloc } from './layout';
import { tinyallocProfile } from './profiles';

export function recognise(reader: Reader, heap: bigint, given: AllocatorOptions): Recognition | undefined {
  if (tinyallocProfile(given.release) === undefined) return undefined;
  const options = withIfmalloc(given);
  const priv = heap + BigInt(ukAllocLayout(ukAllocProfile(options.release), options.config).size);
  const at = (offset: number): bigint | undefined => reader.u64(priv + BigInt(offset));
  const owns = at(Tinyalloc.heap) === priv + BigInt(Tinyalloc.size);
  const table = at(Tinyalloc.size + Heap.blocks) === priv + BigInt(TABLE);
  const count = at(Tinyalloc.heap_max_blocks);
  if (!owns && !table) return undefined;
  const sane = count !== undefined && count > 0n && count <= BigInt(MOST_DESCRIPTORS);
  if (!sane && !(owns && table)) return undefined;
  const says = `heap and blocks point at what stands right behind struct tinyalloc${sane ? `, whose table has ${count} descriptors` : ''}`;
  return {
    says:
      owns && table
        ? says
        : `${owns ? 'heap' : 'blocks'} points at what stands right behind struct tinyalloc, the other of the two does not`,
    words: (owns ? 1 : 0) + (table ? 1 : 0) + (sane ? 1 : 0),
  };
}
