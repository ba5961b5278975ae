// Structures as they stand in memory, field by field.

import type { Reader } from '../memory/reader';
import type { FieldKind, StructField, StructView } from './snapshot';

/** One field to be read: name, offset, kind, and bytes when they are not 8. */
export type FieldSpec = readonly [name: string, offset: number, kind: FieldKind, length?: 1 | 2 | 4 | 8];

/** Reads one little-endian value of 1, 2, 4 or 8 bytes. */
export function readValue(reader: Reader, address: bigint, length: number): bigint | undefined {
  if (length === 8) return reader.u64(address);
  const value = length === 4 ? reader.u32(address) : length === 2 ? reader.u16(address) : reader.u8(address);
  return value === undefined ? undefined : BigInt(value);
}

export function structField(
  reader: Reader,
  name: string,
  address: bigint,
  kind: FieldKind,
  length = 8,
  note?: string,
): StructField {
  const value = readValue(reader, address, length);
  return { name, address, length, kind, ...(value !== undefined && { value }), ...(note !== undefined && { note }) };
}

/** Reads a structure whose fields are given by a layout. */
export function structAt(
  reader: Reader,
  type: string,
  address: bigint,
  length: number,
  fields: readonly FieldSpec[],
): StructView {
  return {
    type,
    address,
    length,
    fields: fields.map(([name, offset, kind, size]) => structField(reader, name, address + BigInt(offset), kind, size)),
  };
}
