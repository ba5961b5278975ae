// The structures that describe one place in a bbuddy heap: a free chunk's head and tail, a used block's page header, the bitmap word.

import type { Reader } from '../../memory/reader';
import type { HeapSnapshot, StructView } from '../../snapshot/snapshot';
import { structAt, structField } from '../../snapshot/structs';
import { pageHeaderAt, pageHeaderView } from '../layers/decode';
import { headerOf } from '../layers/ifpages';
import { ukAllocProfile } from '../layers/profiles';
import { toBigInt, toNumber } from '../../memory/address';
import { Chunk, ORDERS, SentinelPalloc } from './layout';
import { buddyProfile } from './profiles';

export function inspect(reader: Reader, snapshot: HeapSnapshot, address: bigint): readonly StructView[] {
  const block = snapshot.blocks.holding(address);
  if (block === undefined) return [];
  const ukalloc = ukAllocProfile(snapshot.release);
  const profile = buddyProfile(snapshot.release);
  if (block.state === 'metadata') {
    const sentinel = sentinelAt(reader, snapshot, address);
    if (sentinel !== undefined) return [sentinel];
    const memr = snapshot.structs.find((s) => s.address === block.base && s.type === 'struct uk_bbpalloc_memr');
    return memr !== undefined
      ? [memr]
      : snapshot.structs.filter((s) => s.address >= block.base && s.address < block.base + BigInt(block.size));
  }
  const views: StructView[] = [];
  if (block.state === 'free' && block.sizeClass >= 0) {
    const granular = profile?.pageGranular === true;
    const level = granular ? 'page_order' : 'level';
    views.push(
      structAt(reader, granular ? 'chunk head' : 'chunk_head_t', block.base, Chunk.size, [
        ['next', Chunk.next, 'pointer'],
        ['pprev', Chunk.pprev, 'pointer'],
        [level, Chunk.level, 'count', 4],
      ]),
    );
    if (!granular) {
      const tail = block.base + BigInt(block.size - Chunk.tailSize);
      views.push(structAt(reader, 'chunk_tail_t', tail, Chunk.tailSize, [['level', 0, 'count', 4]]));
    }
  } else if (block.state === 'used' && block.payload !== block.base) {
    // Where another allocator stands on this one, what it hands out may lie anywhere in a page that has no header.
    const payload = toNumber(block.payload);
    const header = headerOf(payload);
    if (pageHeaderAt(reader, header, ukalloc)?.payload === payload)
      views.push(pageHeaderView(reader, toBigInt(header), ukalloc.header));
  }
  views.push(...bitmapWord(reader, snapshot, block.base, Math.max(1, block.size / 4096)));
  return views;
}

/** The list's sentinel that holds an address, where it lies in free_tail[]. */
function sentinelAt(reader: Reader, snapshot: HeapSnapshot, address: bigint): StructView | undefined {
  const palloc = snapshot.structs.find((s) => s.type === 'struct uk_bbpalloc');
  if (palloc?.length !== SentinelPalloc.size) return undefined;
  const first = palloc.address + BigInt(SentinelPalloc.free_tail);
  const order = (address - first) / BigInt(Chunk.size);
  if (address < first || order >= BigInt(ORDERS)) return undefined;
  const name = `free_tail[${order}]`;
  return structAt(reader, 'struct uk_bbpalloc', first + order * BigInt(Chunk.size), Chunk.size, [
    [`${name}.next`, Chunk.next, 'pointer'],
    [`${name}.pprev`, Chunk.pprev, 'pointer'],
    [`${name}.level`, Chunk.level, 'count', 4],
  ]);
}

/** The 64-bit bitmap word that holds the block's first page, with the block's bits named. */
function bitmapWord(reader: Reader, snapshot: HeapSnapshot, page: bigint, pages: number): StructView[] {
  const memr = snapshot.structs.filter((s) => s.type === 'struct uk_bbpalloc_memr');
  for (const view of memr) {
    const value = (name: string) => view.fields.find((f) => f.name === name)?.value;
    const first = value('first_page');
    const count = value('nr_pages');
    const bitmap = value('mm_alloc_bitmap');
    if (first === undefined || count === undefined || bitmap === undefined) continue;
    if (page < first || page >= first + count * 4096n) continue;
    const bit = (page - first) / 4096n;
    const word = bitmap + (bit / 64n) * 8n;
    const from = bit % 64n;
    const to = from + BigInt(pages) - 1n;
    const field = structField(reader, `word ${bit / 64n}`, word, 'flags', 8);
    const note = bitsNote(field.value, from, to);
    return [{ type: 'mm_alloc_bitmap', address: word, length: 8, fields: [{ ...field, note }] }];
  }
  return [];
}

/** `bits 7–8 are 0 = free`: what a word says of the bits `from` … `to`, of which those from 64 on are in later words. */
function bitsNote(word: bigint | undefined, from: bigint, to: bigint): string {
  const last = to > 63n ? 63n : to;
  const many = to > from;
  const bits = !many ? `bit ${from}` : to > 63n ? `bits ${from}–63 and on` : `bits ${from}–${to}`;
  if (word === undefined) return `${bits}: 1 is allocated`;
  const mask = (1n << (last - from + 1n)) - 1n;
  const own = (word >> from) & mask;
  const are = many ? 'are' : 'is';
  return own === 0n
    ? `${bits} ${are} 0 = free`
    : own === mask
      ? `${bits} ${are} 1 = allocated`
      : `${bits} differ: 1 is allocated`;
}
