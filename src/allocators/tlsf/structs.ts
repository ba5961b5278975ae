// TLSF's structures as they stand in memory, for the detail panes.

import type { Reader } from '../../memory/reader';
import type { FreeList, HeapSnapshot, StructField, StructView } from '../../snapshot/snapshot';
import { structAt, structField } from '../../snapshot/structs';
import { ifmallocRecordView } from '../layers/decode';
import { AreaInfo, controlSize, FREE, Header, PREV_FREE, REAL_FLI, SIZE_MASK, Tlsf } from './layout';

/** tlsf_t: its words, the rows of sl_bitmap, and the heads of `matrix` that are not NULL. */
export function controlView(reader: Reader, pool: bigint, log2Sli: number, lists: readonly FreeList[]): StructView {
  const at = (offset: number): bigint => pool + BigInt(offset);
  const rows = Array.from({ length: REAL_FLI }, (_, f): StructField => {
    const from = f === 0 ? 0 : 2 ** (f + 6);
    return structField(reader, `sl_bitmap[${f}]`, at(Tlsf.sl_bitmap + 4 * f), 'flags', 4, `${from} … ${2 ** (f + 7) - 1} B`);
  });
  return {
    type: 'tlsf_t',
    address: pool,
    length: controlSize(log2Sli),
    fields: [
      structField(reader, 'tlsf_signature', at(Tlsf.tlsf_signature), 'number', 4, '0x2A59FA59 marks a pool'),
      structField(reader, 'area_head', at(Tlsf.area_head), 'pointer'),
      structField(reader, 'fl_bitmap', at(Tlsf.fl_bitmap), 'flags', 4, 'bit f: row f has a free block'),
      ...rows,
      ...lists.map((list) => {
        const count = list.entries.length;
        return structField(reader, list.name, list.head, 'pointer', 8, `${count} free block${count === 1 ? '' : 's'}`);
      }),
    ],
  };
}

export function areaView(reader: Reader, info: bigint): StructView {
  return structAt(reader, 'area_info_t', info, AreaInfo.bytes, [
    ['end', AreaInfo.end, 'pointer'],
    ['next', AreaInfo.next, 'pointer'],
  ]);
}

/** A block's header, with the links of its list while it is free. */
export function headerView(reader: Reader, header: bigint): StructView {
  const at = (offset: number): bigint => header + BigInt(offset);
  const word = reader.u64(at(Header.size));
  const flags = word === undefined ? 0 : Number(word & 3n);
  const isFree = (flags & FREE) !== 0;
  const previousFree = (flags & PREV_FREE) !== 0;
  const size = word === undefined ? '' : `${(Number(word & 0xffff_ffffn) & SIZE_MASK) >>> 0} B, `;
  const note = `${size}${isFree ? 'free' : 'used'}, the one before is ${previousFree ? 'free' : 'used'}`;
  const fields = [
    structField(reader, 'prev_hdr', at(Header.prev_hdr), 'pointer', 8, previousFree ? 'valid' : 'stale: the one before is used'),
    structField(reader, 'size', at(Header.size), 'flags', 8, note),
  ];
  if (isFree) {
    fields.push(structField(reader, 'ptr.free_ptr.prev', at(Header.prev), 'pointer'));
    fields.push(structField(reader, 'ptr.free_ptr.next', at(Header.next), 'pointer'));
  }
  return { type: 'bhdr_t', address: header, length: isFree ? 32 : Header.bytes, fields };
}

/** Header, record and the neighbour's header of the block that holds an address; the structure that holds it otherwise. */
export function inspect(reader: Reader, snapshot: HeapSnapshot, address: bigint): readonly StructView[] {
  const block = snapshot.blocks.holding(address);
  if (block === undefined) return [];
  if (block.state === 'metadata') {
    const held = snapshot.structs.filter((s) => s.address >= block.base && s.address < block.base + BigInt(block.size));
    return block.base === snapshot.heap ? held : [headerView(reader, block.base), ...held];
  }
  const views = [headerView(reader, block.base)];
  if (block.state === 'used' && block.asked >= 0) views.push(ifmallocRecordView(reader, block.payload));
  const next = block.base + BigInt(block.size);
  if (snapshot.blocks.holding(next) !== undefined) {
    const { fields, ...view } = headerView(reader, next);
    views.push({ ...view, type: 'bhdr_t of the next block', fields: fields.slice(0, 2), length: Header.bytes });
  }
  return views;
}
