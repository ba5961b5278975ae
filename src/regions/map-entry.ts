// A descriptor as an entry of a memory-map file's "regions", to be pasted there or elsewhere.

import { hex } from '../memory/address';
import type { Descriptor, FieldName } from './descriptor';
import { flagNames, profileOfEra, typeName, unknownBits } from './eras';
import type { EraProfile } from './eras';
import type { Release } from './release';

/** One line of JSON with the fields in the order of the struct. A field whose value is not known keeps its text: the reader asks for it there. */
export function mapEntry(descriptor: Descriptor, release: Release): string {
  const profile = profileOfEra(descriptor.era, release);
  const entries: [string, unknown][] = [];
  for (const { name } of profile.layout.fields) {
    const field = descriptor.fields[name];
    if (field !== undefined) entries.push([name, field.value === undefined ? field.text : written(name, field.value, profile)]);
  }
  if (descriptor.name !== undefined && descriptor.name !== '') entries.push(['name', descriptor.name]);
  const body = entries.map(([key, value]) => `${JSON.stringify(key)}: ${textOf(value)}`).join(', ');
  return `{ ${body} }`;
}

function written(name: FieldName, value: bigint, profile: EraProfile): unknown {
  // Only what fits has names for its bits.
  const fits = value >= 0n && value < 1n << 32n;
  if (name === 'type' && fits && value !== 0n && unknownBits(Number(value), profile.types) === 0)
    return typeName(Number(value), profile);
  if (name === 'flags' && fits) return flagNames(Number(value), profile);
  const number = name === 'pg_off' ? BigInt.asIntN(64, value) : value;
  const counted = name === 'pg_off' || name === 'pg_count';
  return counted && number < 1n << 31n && number > -(1n << 31n) ? Number(number) : hex(value);
}

function textOf(value: unknown): string {
  return Array.isArray(value) ? `[${value.map((v) => JSON.stringify(v)).join(', ')}]` : JSON.stringify(value);
}
