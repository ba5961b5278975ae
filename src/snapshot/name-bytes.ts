// What a byte of a heap belongs to, by name: a field of a structure, an element of an array that one points to, a part of a block.

import { hex } from '../memory/address';
import type { HeapSnapshot, StructField, StructView } from './snapshot';

export interface ByteName {
  /** `struct uk_bbpalloc` */
  readonly structure: string;
  /** Where the structure begins. */
  readonly address: bigint;
  /** `free_head[3]`, `mm_alloc_bitmap[0x12]`, `+0x30`. */
  readonly field: string;
  /** Bytes of the field from its start; `[start, start + length)` holds the byte. */
  readonly start: bigint;
  readonly length: number;
}

/** Arrays that are named by a pointer and their size: `mm_alloc_bitmap` and `mm_alloc_bitmap_size`. */
const SIZE_OF = (name: string): string => `${name}_size`;

/** @param inspect structures that describe a place (`Allocator.inspect` over the same memory) */
export function nameOfByte(
  snapshot: HeapSnapshot,
  inspect: (address: bigint) => readonly StructView[],
  address: bigint,
): ByteName | undefined {
  const structs = [...inspect(address), ...snapshot.structs];
  for (const view of structs) {
    const field = view.fields.find((f) => address >= f.address && address < f.address + BigInt(f.length));
    if (field !== undefined) return named(view, field.name, field.address, field.length);
  }
  for (const view of structs) {
    const array = view.fields.find((f) => inArray(view, f, address));
    if (array !== undefined) return named(view, `${array.name}[${hex(address - array.value!)}]`, address, 1);
  }
  const around = structs.find((s) => address >= s.address && address < s.address + BigInt(s.length));
  if (around !== undefined) return named(around, `+${hex(address - around.address)}`, address, 1);
  const block = snapshot.blocks.holding(address);
  if (block === undefined) return undefined;
  const type = `${block.state} block`;
  return { structure: type, address: block.base, field: `+${hex(address - block.base)}`, start: address, length: 1 };
}

function named(view: StructView, field: string, start: bigint, length: number): ByteName {
  return { structure: view.type, address: view.address, field, start, length };
}

function inArray(view: StructView, field: StructField, address: bigint): boolean {
  if (field.kind !== 'pointer' || field.value === undefined) return false;
  const size = view.fields.find((f) => f.name === SIZE_OF(field.name))?.value;
  return size !== undefined && address >= field.value && address < field.value + size;
}
