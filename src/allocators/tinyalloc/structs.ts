// tinyalloc's structures as they stand in memory, for the detail panes.

import type { Reader } from '../../memory/reader';
import type { HeapSnapshot, StructView } from '../../snapshot/snapshot';
import { structAt, structField } from '../../snapshot/structs';
import { ifmallocRecordView } from '../layers/decode';
import { Block, Heap, Tinyalloc } from './layout';
import type { ListName, WalkedList } from './lists';

export function tinyallocView(reader: Reader, priv: bigint): StructView {
  return structAt(reader, 'struct tinyalloc', priv, Tinyalloc.size, [
    ['heap', Tinyalloc.heap, 'pointer'],
    ['heap_limit', Tinyalloc.heap_limit, 'pointer'],
    ['heap_split_thresh', Tinyalloc.heap_split_thresh, 'size'],
    ['heap_alignment', Tinyalloc.heap_alignment, 'size'],
    ['heap_max_blocks', Tinyalloc.heap_max_blocks, 'count'],
  ]);
}

export function heapView(reader: Reader, heap: bigint, lists: Readonly<Record<ListName, WalkedList>>): StructView {
  const list = (name: ListName) => {
    const count = lists[name].entries.length;
    return structField(reader, name, heap + BigInt(Heap[name]), 'pointer', 8, `${count} descriptor${count === 1 ? '' : 's'}`);
  };
  return {
    type: 'Heap',
    address: heap,
    length: Heap.size,
    fields: [
      list('free'),
      list('used'),
      list('fresh'),
      structField(reader, 'top', heap + BigInt(Heap.top), 'pointer', 8, 'first address never handed out'),
      structField(reader, 'blocks', heap + BigInt(Heap.blocks), 'pointer', 8, 'the descriptor table'),
    ],
  };
}

function descriptorView(reader: Reader, descriptor: bigint): StructView {
  return structAt(reader, 'Block', descriptor, Block.bytes, [
    ['addr', Block.addr, 'pointer'],
    ['next', Block.next, 'pointer'],
    ['size', Block.size, 'size'],
  ]);
}

/** A block's descriptor and record; in the allocator's own memory the descriptor or structure that holds the address. */
export function inspect(reader: Reader, snapshot: HeapSnapshot, address: bigint): readonly StructView[] {
  const block = snapshot.blocks.holding(address);
  const { details } = snapshot;
  if (block === undefined || details?.kind !== 'tinyalloc') return [];
  if (block.state === 'metadata') {
    const size = BigInt(Block.bytes);
    if (address >= details.table) return [descriptorView(reader, address - ((address - details.table) % size))];
    return snapshot.structs.filter((s) => address >= s.address && address < s.address + BigInt(s.length));
  }
  const own = [...details.free, ...details.used].find((d) => d.addr === block.base);
  if (own === undefined) return snapshot.structs.filter((s) => s.type === 'Heap'); // untouched: only top tells
  const views = [descriptorView(reader, own.descriptor)];
  if (block.state === 'used' && block.asked >= 0) views.push(ifmallocRecordView(reader, block.payload));
  return views;
}
