// Region maps for tests, written shortly.

import type { Descriptor, Era, FieldName, RegionMap } from '../../src/regions/descriptor';

const field = (value: bigint): { value: bigint; text: string } => ({ value, text: `0x${value.toString(16)}` });

/** A 0.17 descriptor with everything that follows from base, length and type filled in. */
export function paged(base: bigint, len: bigint, type = 1, flags = 3, name = ''): Descriptor {
  return descriptor(
    'paged',
    { pbase: base, vbase: base, pg_off: 0n, len, pg_count: (len + 4095n) / 4096n, type: BigInt(type), flags: BigInt(flags) },
    name,
  );
}

/** A 0.12 … 0.16 descriptor. */
export function typed(base: bigint, len: bigint, type = 1, flags = 3, name = ''): Descriptor {
  return descriptor('typed', { pbase: base, vbase: base, len, type: BigInt(type), flags: BigInt(flags) }, name);
}

/** A descriptor up to 0.11; 0x31 is ALLOCATABLE. */
export function classic(base: bigint, len: bigint, flags = 0x31, name = ''): Descriptor {
  return descriptor('classic', { base, len, flags: BigInt(flags) }, name);
}

export function mapOf(...descriptors: Descriptor[]): RegionMap {
  return { kind: 'memory-map', descriptors, hints: {}, problems: [] };
}

function descriptor(era: Era, values: Partial<Record<FieldName, bigint>>, name: string): Descriptor {
  const fields = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, field(value)]));
  return { era, fields, name };
}
