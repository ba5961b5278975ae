// Region lists written down the way people talk about them.

import type { Descriptor, Era, Field, FieldName } from '../../src/regions/descriptor';
import type { RegionMap } from '../../src/regions/descriptor';

/** A descriptor from numbers; each field's place is line = descriptor, column = position of the field. */
export function descriptor(
  era: Era,
  values: Partial<Record<FieldName, bigint | number | string>>,
  name?: string,
  line = 0,
): Descriptor {
  const fields: Partial<Record<FieldName, Field>> = {};
  Object.entries(values).forEach(([key, value], column) => {
    const where = { line, column, endLine: line, endColumn: column + 1 };
    fields[key as FieldName] =
      typeof value === 'string' ? { text: value, where } : { value: BigInt(value), text: String(value), where };
  });
  return { era, fields, ...(name === undefined ? {} : { name }), where: { line, column: 0, endLine: line, endColumn: 80 } };
}

export function classic(base: bigint | number, len: bigint | number, flags: number, name?: string): Descriptor {
  return descriptor('classic', { base, len, flags }, name);
}

export function typed(pbase: bigint | number, len: bigint | number, type = 1, flags = 3, name?: string): Descriptor {
  return descriptor('typed', { pbase, vbase: pbase, len, type, flags }, name);
}

export function paged(
  pbase: bigint | number,
  len: bigint | number,
  type = 1,
  flags = 3,
  more: Partial<Record<FieldName, bigint | number>> = {},
): Descriptor {
  const pg_count = (BigInt(more.pg_off ?? 0) + BigInt(len) + 4095n) / 4096n;
  return descriptor('paged', { pbase, vbase: pbase, pg_off: 0, len, pg_count, type, flags, ...more });
}

export function mapOf(...descriptors: Descriptor[]): RegionMap {
  return { kind: 'memory-map', descriptors, hints: {}, problems: [] };
}
