// The structures that describe one place: of a canonical block those of the canonical allocator, then the object's record and the walk
// through the page tables; of a shadow address the record and the walk alone.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { runHolding, type ShadowObject, type ShadowSpace } from '../../snapshot/shadow';
import type { HeapSnapshot, StructField, StructView } from '../../snapshot/snapshot';
import type { Allocator } from '../ukalloc';
import { aliasView } from './views';

/** @param underneath allocators that may lie below */
export function inspect(
  reader: Reader,
  underneath: readonly Allocator[],
  snapshot: HeapSnapshot,
  address: bigint,
): readonly StructView[] {
  const space = snapshot.details;
  if (space?.kind !== 'oscar') return [];
  if (address >= space.start && address < space.end) {
    const run = runHolding(space, address);
    const object = run?.object === undefined ? undefined : space.objects[run.object];
    return [...(object === undefined ? [] : [aliasView(reader, object.record)]), walkView(space, address)];
  }
  const below = underneath.find((a) => a.id === space.canonical);
  const object = objectAt(space, snapshot, address);
  const table = space.tables.find((t) => address >= t.address && address < t.address + 4096n);
  return [
    ...(below?.inspect(reader, { ...snapshot, allocator: below.id }, address) ?? []),
    ...(object === undefined ? [] : [aliasView(reader, object.record), walkView(space, object.pointer)]),
    ...(table === undefined ? [] : [entryView(reader, table.address, table.level, address)]),
  ];
}

/** The live object in the block at an address. */
function objectAt(space: ShadowSpace, snapshot: HeapSnapshot, address: bigint): ShadowObject | undefined {
  const block = snapshot.blocks.holding(address);
  if (block?.state !== 'used') return undefined;
  return space.objects.find((o) => o.canonical >= block.base && o.canonical < block.base + BigInt(block.size));
}

/** The entries that translate a shadow address, as far as they are present. */
function walkView(space: ShadowSpace, address: bigint): StructView {
  const fields = space.walk(address).steps.flatMap(({ level, index, entry, value }): StructField[] =>
    entry === undefined
      ? []
      : [
          {
            name: `L${level}[${index}]`,
            address: entry,
            length: 8,
            kind: 'flags',
            ...(value !== undefined && { value }),
            note: entryNote(value),
          },
        ],
  );
  return { type: `page walk of ${hex(address)}`, address: fields.at(-1)?.address ?? 0n, length: 8, fields };
}

function entryView(reader: Reader, table: bigint, level: number, address: bigint): StructView {
  const index = (address - table) / 8n;
  const at = table + index * 8n;
  const value = reader.u64(at);
  const field: StructField = {
    name: `entry ${index}`,
    address: at,
    length: 8,
    kind: 'flags',
    ...(value !== undefined && { value }),
    note: entryNote(value),
  };
  return { type: `page table, level ${level}`, address: at, length: 8, fields: [field] };
}

function entryNote(entry: bigint | undefined): string {
  if (entry === undefined) return 'not in the memory read';
  if (entry === 0n) return 'never used, or cleared';
  if ((entry & 1n) === 0n) return 'revoked';
  return `present, writable → ${hex(entry & ~0x8000_0000_0000_0fffn)}`;
}
