// From descriptors as a reader found them to regions that a boot can work on.

import type { Descriptor, Field, FieldName, Region, RegionMap } from './descriptor';
import { eraProfile } from './eras';
import type { TextRange } from './problem';
import type { Release } from './release';
import { rangeText } from './text';
import { hex } from '../memory/address';

/** The descriptors with every number known, and the indices of the others. */
export interface KnownRegions {
  readonly regions: readonly Region[];
  readonly unknown: readonly number[];
  /** Those that an earlier one rules out: the other arm of an `#if` that nothing decides. */
  readonly excluded: readonly number[];
}

export function toRegions(map: Pick<RegionMap, 'descriptors'>): KnownRegions {
  const regions: Region[] = [];
  const unknown: number[] = [];
  const excluded: number[] = [];
  const taken = new Set<number>();
  map.descriptors.forEach((descriptor, index) => {
    if (descriptor.excludes?.some((other) => taken.has(other)) === true) {
      excluded.push(index);
      return;
    }
    taken.add(index);
    const region = toRegion(descriptor, index);
    if (region === undefined) unknown.push(index);
    else regions.push(region);
  });
  return { regions, unknown, excluded };
}

/** Undefined when a number is not known, or does not fit its field. */
export function toRegion(descriptor: Descriptor, index: number): Region | undefined {
  const { era } = descriptor;
  const value = (name: FieldName, bits = 64): bigint | undefined => {
    const v = descriptor.fields[name]?.value;
    return v === undefined || v < 0n || v >> BigInt(bits) > 0n ? undefined : v;
  };
  const pbase = value(era === 'classic' ? 'base' : 'pbase');
  const vbase = value(era === 'classic' ? 'base' : 'vbase');
  const len = value('len');
  const type = era === 'classic' ? 0n : value('type', 16);
  const flags = value('flags', era === 'classic' ? 32 : 16);
  const pgOff = era === 'paged' ? value('pg_off') : 0n;
  const pgCount = era === 'paged' ? value('pg_count') : len && (len + 4095n) / 4096n;
  if (pbase === undefined || vbase === undefined || len === undefined || type === undefined || flags === undefined)
    return undefined;
  if (pgOff === undefined || pgCount === undefined) return undefined;
  return {
    index,
    pbase,
    vbase,
    pgOff: BigInt.asIntN(64, pgOff),
    len,
    pgCount,
    type: Number(type),
    flags: Number(flags),
    name: descriptor.name ?? '',
  };
}

/** `region 3 "heap" 0x12000…0xa0000`, with what is known. */
export function describeDescriptor(descriptor: Descriptor, index: number): string {
  const base = descriptor.fields[descriptor.era === 'classic' ? 'base' : 'pbase']?.value;
  const len = descriptor.fields.len?.value;
  const name = descriptor.name === undefined || descriptor.name === '' ? '' : ` "${descriptor.name}"`;
  const place = base === undefined ? '' : len === undefined ? ` at ${hex(base)}` : ` ${rangeText(base, base + len)}`;
  return `Region ${index}${name}${place}`;
}

/** A region whose numbers are all known, as a descriptor of its release's era; `where` is the place that it came from. */
export function toDescriptor(region: Region, release: Release, where?: TextRange): Descriptor {
  const { layout, era } = eraProfile(release);
  const values: Readonly<Record<FieldName, bigint>> = {
    base: region.pbase,
    pbase: region.pbase,
    vbase: region.vbase,
    pg_off: BigInt.asUintN(64, region.pgOff),
    len: region.len,
    pg_count: region.pgCount,
    type: BigInt(region.type),
    flags: BigInt(region.flags),
  };
  const fields: Partial<Record<FieldName, Field>> = {};
  for (const { name } of layout.fields) fields[name] = { value: values[name], text: hex(values[name]) };
  return { era, fields, ...(region.name !== '' && { name: region.name }), ...(where && { where }) };
}
