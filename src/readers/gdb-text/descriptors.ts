// Region descriptors among the values that GDB printed.

import { FIELD_NAMES, type Descriptor, type Era, type Field, type FieldName } from '../../regions/descriptor';
import { bitsNamed, profileOfEra } from '../../regions/eras';
import type { Release } from '../../regions/release';
import type { Screen } from './screen';
import { decodeUtf8, textOfString, type GdbValue, type ListValue } from './value';

/** Descriptors that stand together. */
export interface Found {
  readonly descriptors: readonly ListValue[];
  /** A descriptor by itself, not in an array. */
  readonly single: boolean;
  /** The array, or the descriptor. */
  readonly value: ListValue;
}

/** Most descriptors that all `<repeats N times>` of a session may stand for: no kernel has more room than that. */
export const MAX_REPEATED = 4096;

/** Finds descriptors anywhere in a value: by themselves, in arrays, in a struct that holds the array. */
export function collectDescriptors(value: GdbValue, found: Found[], budget: { repeats: number }, depth = 0): void {
  if (value.kind !== 'list' || depth > 8) return;
  if (isDescriptor(value)) {
    found.push({ descriptors: [value], single: true, value });
    return;
  }
  const elements = value.entries.filter((e) => e.name === undefined && e.value.kind === 'list' && isDescriptor(e.value));
  if (elements.length > 0) {
    const descriptors: ListValue[] = [];
    let missing = value.missing;
    for (const { value: element, repeats } of elements) {
      const more = Math.min(repeats - 1, budget.repeats);
      if (more < repeats - 1 && missing === 'nothing') missing = 'elided';
      budget.repeats -= more;
      for (let i = 0; i <= more; i++) descriptors.push(element as ListValue);
    }
    found.push({ descriptors, single: false, value: { ...value, missing } });
    return;
  }
  for (const entry of value.entries) collectDescriptors(entry.value, found, budget, depth + 1);
}

function isDescriptor(value: ListValue): boolean {
  const has = (name: string): boolean => value.entries.some((e) => e.name === name);
  return (has('pbase') || has('base')) && (has('len') || value.missing === 'cut');
}

/** A variable that nothing was stored in yet: all zero. */
export function isUnset({ fields, name }: Descriptor): boolean {
  return (name ?? '') === '' && Object.values(fields).every((field) => field.value === 0n);
}

/** Is a value that broke off before its first descriptor one of those that would have had some? */
export function aboutDescriptors(value: GdbValue, command: string): boolean {
  if (/\bmrds?\b|memregion|bootinfo/.test(command)) return true;
  return value.kind === 'list' && value.entries.some((e) => e.name === 'mrds' || isFieldName(e.name));
}

function isFieldName(name: string | undefined): name is FieldName {
  return FIELD_NAMES.some((f) => f === name);
}

/** Bits of a field in memory: what a negative or too large number is cut to. */
function bitsOf(name: FieldName, era: Era): number {
  if (name === 'type') return 16;
  return name === 'flags' ? (era === 'classic' ? 32 : 16) : 64;
}

/** A name as GDB prints it: text, a pointer with its text, or the numbers of its characters. */
function nameFrom(value: GdbValue): string | undefined {
  if (value.kind === 'string') return textOfString(value);
  if (value.kind === 'number') return value.string && textOfString(value.string);
  if (value.kind !== 'list') return undefined;
  let bytes = '';
  for (const { value: element, repeats } of value.entries) {
    if (element.kind !== 'number') return undefined;
    if (element.value === 0n) return decodeUtf8(bytes);
    bytes += String.fromCharCode(Number(BigInt.asUintN(8, element.value))).repeat(Math.min(repeats, 256));
  }
  return value.missing === 'nothing' ? decodeUtf8(bytes) : undefined;
}

/**
 * A printed struct as a descriptor; undefined when it is not whole. Which fields it has tells its era.
 *
 * @param release decides what names of types and flags stand for
 */
export function descriptorFrom(value: ListValue, screen: Screen, release: Release): Descriptor | undefined {
  if (value.missing === 'cut') return undefined;
  const names = new Set(value.entries.map((e) => e.name));
  const era: Era = names.has('pg_off') || names.has('pg_count') ? 'paged' : names.has('pbase') ? 'typed' : 'classic';
  const fields: Partial<Record<FieldName, Field>> = {};
  let name: string | undefined;
  for (const entry of value.entries) {
    if (entry.name === 'name') name = nameFrom(entry.value);
    else if (isFieldName(entry.name)) fields[entry.name] = fieldFrom(entry.name, entry.value, era, screen, release);
  }
  return { era, fields, ...(name !== undefined && { name }), where: screen.range(value.start, value.end) };
}

function fieldFrom(name: FieldName, value: GdbValue, era: Era, screen: Screen, release: Release): Field {
  const where = screen.range(value.start, value.end);
  if (value.kind === 'number') {
    return { value: BigInt.asUintN(bitsOf(name, era), value.value), text: screen.text.slice(value.start, value.end), where };
  }
  const text = value.kind === 'word' ? value.text : screen.text.slice(value.start, value.end);
  const bits = value.kind === 'word' ? bitsOfWords(name, value.text, era, release) : undefined;
  return { ...(bits !== undefined && { value: bits }), text, where };
}

/** `UKPLAT_MEMRF_READ | UKPLAT_MEMRF_WRITE`, `(READ | unknown: 0x10)` */
function bitsOfWords(name: FieldName, text: string, era: Era, release: Release): bigint | undefined {
  if (name !== 'type' && name !== 'flags') return undefined;
  const profile = profileOfEra(era, release);
  let bits = 0;
  for (const word of text.split('|').map((w) => w.trim().replace(/^unknown:\s*/, ''))) {
    const one = /^(0x[0-9a-fA-F]+|\d+)$/.test(word) ? Number(word) : bitsNamed(word, name, profile);
    if (one === undefined) return undefined;
    bits |= one;
  }
  return BigInt(bits);
}
