// Region descriptors in memory: an array of them, or struct ukplat_bootinfo with the list behind its header.
//
//   struct ukplat_bootinfo, in section .uk_bootinfo
//   +0   magic u32  0xb007b0b0       +4  version u8       +8  bootloader[16]     +24  bootprotocol[16]
//   +40  cmdline                     +48 cmdline_len (0.13+)                     +56  dtb, +64 efi_st (0.14+)
//   then the list: capacity u32, count u32, descriptors[]       at +48 (0.12), +56 (0.13), +72 (0.14 and later)
//
// Source: include/uk/plat/common/bootinfo.h. The build script of 0.17 computes `capacity` with the old descriptor size, so the
// field is larger than the array: only `count` is believed.

import { hex } from '../memory/address';
import type { MemoryImage, Piece } from '../memory/image';
import type { Reader } from '../memory/reader';
import type { Descriptor, Era, Field, FieldName, Hints, RegionMap } from '../regions/descriptor';
import { eraProfile, profileOfEra, unknownBits, type DescriptorLayout, type EraProfile } from '../regions/eras';
import type { Problem, TextRange } from '../regions/problem';
import { DEFAULT_RELEASE, compareReleases, isSet, type Config, type Release } from '../regions/release';
import { decodeUtf8 } from './gdb-text/value';

export const BOOTINFO_MAGIC = 0xb007b0b0;

/** Descriptors read at most: no kernel has more room than a few hundred. */
const MAX_DESCRIPTORS = 65536;

export interface ArrayOptions {
  readonly release?: Release;
  readonly config?: Config;
  /** `sizeof(struct ukplat_memregion_desc)`, where it is known. */
  readonly size?: number;
  /** Where the bytes stand in a text, for what is shown as text. */
  readonly place?: (address: bigint, length: number) => TextRange | undefined;
}

export interface DescriptorArray {
  readonly descriptors: readonly Descriptor[];
  readonly base: bigint;
  /** Bytes of one descriptor. */
  readonly size: number;
  readonly era: Era;
  readonly withName: boolean;
  /** How many there must be: the header's `count`, or what the caller said. */
  readonly count?: number;
  readonly hints: Hints;
  readonly problems: readonly Problem[];
}

/** A way to read an array. */
interface Shape {
  readonly profile: EraProfile;
  readonly withName: boolean;
  readonly size: number;
}

/** Where the list header stands in struct ukplat_bootinfo. */
const LIST_HEADERS: readonly { readonly from: Release; readonly offset: bigint }[] = [
  { from: '0.14.0', offset: 72n },
  { from: '0.13.0', offset: 56n },
  { from: '0.12.0', offset: 48n },
];

/** Reads what is at an address of an image: a bootinfo header if its magic is there, else an array of descriptors. */
export function readDescriptors(image: MemoryImage, address: bigint, options: ArrayOptions = {}): RegionMap {
  const reader = image.reader();
  const array = readBootinfo(reader, address, options) ?? readDescriptorArray(reader, address, undefined, options);
  const none: Problem[] =
    array.descriptors.length > 0 || array.problems.length > 0
      ? []
      : [{ severity: 'error', code: 'no-descriptors', message: `no region descriptors at ${hex(address)}` }];
  return { kind: 'image', descriptors: array.descriptors, hints: array.hints, problems: [...array.problems, ...none] };
}

/** Bytes of the magic in memory, and the version behind it. */
const MAGIC_BYTES = [0xb0, 0xb0, 0x07, 0xb0, 1] as const;

/** Places where a bootinfo header may stand: its magic and version at an 8-byte boundary, and a list that makes sense behind it. */
export function findBootinfo(image: MemoryImage, options: ArrayOptions = {}): bigint[] {
  const reader = image.reader();
  return [...image.pieces(2 ** 20, BOOTINFO_OVERLAP)].flatMap((piece) => bootinfosIn(piece, reader, options));
}

/** Bytes by which pieces of memory must overlap, so that no header is cut by their border. */
export const BOOTINFO_OVERLAP = MAGIC_BYTES.length - 1;

/** The same in one piece of memory; the list may reach beyond it. */
export function bootinfosIn({ base, bytes }: Piece, reader: Reader, options: ArrayOptions = {}): bigint[] {
  const found: bigint[] = [];
  for (let at = bytes.indexOf(MAGIC_BYTES[0]); at >= 0; at = bytes.indexOf(MAGIC_BYTES[0], at + 1)) {
    const address = base + BigInt(at);
    if (bytes[at + 2] !== MAGIC_BYTES[2] || address % 8n !== 0n || !MAGIC_BYTES.every((b, i) => bytes[at + i] === b)) continue;
    const list = readBootinfo(reader, address, options);
    if (list !== undefined && list.descriptors.length > 0 && list.descriptors.length === list.count) found.push(address);
  }
  return found;
}

/** The list of a bootinfo header; undefined where its magic is not. */
export function readBootinfo(reader: Reader, address: bigint, options: ArrayOptions = {}): DescriptorArray | undefined {
  if (reader.u32(address) !== BOOTINFO_MAGIC) return undefined;
  const { release } = options;
  const possible = LIST_HEADERS.filter((h) => release === undefined || compareReleases(h.from, release) <= 0);
  const headers = release === undefined || possible.length === 0 ? LIST_HEADERS : possible.slice(0, 1);
  let best: DescriptorArray | undefined;
  for (const { offset, from } of headers) {
    const capacity = reader.u32(address + offset);
    const count = reader.u32(address + offset + 4n);
    if (capacity === undefined || count === undefined) {
      best ??= cutHeader(address);
      continue;
    }
    if (count > MAX_DESCRIPTORS || (headers.length > 1 && (count === 0 || count > capacity))) continue;
    const eras: Era[] = from === '0.14.0' ? ['paged', 'typed'] : ['typed'];
    const found = readDescriptorArray(
      reader,
      address + offset + 8n,
      count,
      { ...options, ...(headers.length > 1 && { size: undefined }) },
      eras,
    );
    if (best === undefined || found.descriptors.length > best.descriptors.length) best = found;
  }
  return best ?? readDescriptorArray(reader, address + headers[0]!.offset + 8n, 0, options);
}

function cutHeader(address: bigint): DescriptorArray {
  const message = `the memory ends inside of the bootinfo header at ${hex(address)}, before the descriptor list`;
  const problems: Problem[] = [{ severity: 'error', code: 'cut-off', message }];
  return { descriptors: [], base: address, size: 0, era: 'typed', withName: false, hints: {}, problems };
}

/**
 * Reads an array of descriptors. The layout follows from release and configuration; what they leave open is found out: the
 * layout under which the most descriptors make sense.
 *
 * @param count how many there are; undefined: as long as they make sense
 */
export function readDescriptorArray(
  reader: Reader,
  base: bigint,
  count: number | undefined,
  options: ArrayOptions = {},
  eras: readonly Era[] = ['paged', 'typed', 'classic'],
): DescriptorArray {
  const shapes = possibleShapes(options, eras);
  let best: { shape: Shape; sensible: number } | undefined;
  for (const shape of shapes) {
    const sensible = shapes.length === 1 ? 1 : sensibleOnes(reader, base, count, shape);
    if (best === undefined || sensible > best.sensible) best = { shape, sensible };
  }
  const shape = best!.shape;
  const descriptors: Descriptor[] = [];
  const problems: Problem[] = [];
  for (let i = 0; i < (count ?? MAX_DESCRIPTORS); i++) {
    const address = base + BigInt(i * shape.size);
    const descriptor = descriptorAt(reader, address, shape, options.place);
    if (descriptor === undefined) {
      if (count !== undefined) problems.push(cutOff(i, count, address));
      break;
    }
    if (count === undefined && !isSensible(descriptor, shape.profile)) break;
    descriptors.push(descriptor);
  }
  if (shapes.length > 1 && descriptors.length > 0) problems.push(guessed(shape, descriptors));
  return {
    descriptors,
    base,
    size: shape.size,
    era: shape.profile.era,
    withName: shape.withName,
    ...(count !== undefined && { count }),
    hints: { ...(shape.withName && descriptors.length > 0 && { config: { CONFIG_UKPLAT_MEMRNAME: 'y' } }) },
    problems,
  };
}

function cutOff(index: number, count: number, address: bigint): Problem {
  const message = `the memory ends in descriptor ${index} of ${count}, at ${hex(address)}: the ${index} before it are used`;
  return { severity: 'error', code: 'cut-off', message };
}

function guessed(shape: Shape, descriptors: readonly Descriptor[]): Problem {
  const name = shape.withName ? 'with' : 'without';
  const message =
    `the descriptors are read as ${shape.size} bytes each (${shape.profile.era}, ${name} name), ` +
    `the layout under which they make most sense: say the release and CONFIG_UKPLAT_MEMRNAME to be sure`;
  const where = descriptors[0]!.where;
  return { severity: 'info', code: 'layout-guessed', message, ...(where && { where }) };
}

function possibleShapes({ release, config, size }: ArrayOptions, eras: readonly Era[]): Shape[] {
  const nameKnown = config?.CONFIG_UKPLAT_MEMRNAME !== undefined;
  const named = config !== undefined && isSet(config, 'CONFIG_UKPLAT_MEMRNAME');
  const profiles = release !== undefined ? [eraProfile(release)] : eras.map((era) => profileOfEra(era, DEFAULT_RELEASE));
  const shapes = profiles.flatMap((profile) =>
    [true, false].map((withName): Shape => ({ profile, withName, size: sizeOf(profile.layout, withName) })),
  );
  const possible = shapes.filter(
    (s) => (size === undefined || s.size === size) && (size !== undefined || !nameKnown || s.withName === named),
  );
  return possible.length > 0 ? possible : shapes;
}

function sizeOf(layout: DescriptorLayout, withName: boolean): number {
  return withName ? layout.sizeWithName : layout.size;
}

/** How many of the first descriptors make sense under a layout. */
function sensibleOnes(reader: Reader, base: bigint, count: number | undefined, shape: Shape): number {
  const most = Math.min(count ?? 64, 64);
  let sensible = 0;
  for (let i = 0; i < most; i++) {
    const descriptor = descriptorAt(reader, base + BigInt(i * shape.size), shape);
    if (descriptor === undefined || (!isSensible(descriptor, shape.profile) && count === undefined)) break;
    if (isSensible(descriptor, shape.profile)) sensible++;
  }
  return sensible;
}

/** Could a kernel have written this? Known type, known flags, a name of readable characters, page counts that fit the length. */
function isSensible(descriptor: Descriptor, profile: EraProfile): boolean {
  const { fields, name } = descriptor;
  const value = (field: FieldName): bigint => fields[field]?.value ?? 0n;
  const [type, flags, len] = [Number(value('type')), Number(value('flags')), value('len')];
  if (unknownBits(flags, profile.flags) !== 0 || (name !== undefined && /[^\x20-\x7e]/.test(name))) return false;
  if ((value('pbase') | value('base')) + len > 1n << 64n || len >= 1n << 56n) return false;
  if (profile.era === 'classic') return flags !== 0;
  if (!profile.types.some((t) => t.bit === type) || (type & (type - 1)) !== 0) return false;
  if (profile.era === 'typed') return flags !== 0 || len !== 0n;
  const offset = value('pg_off');
  return value('pbase') % 4096n === 0n && offset < 4096n && value('pg_count') === (offset + len + 4095n) / 4096n;
}

function descriptorAt(reader: Reader, address: bigint, shape: Shape, place?: ArrayOptions['place']): Descriptor | undefined {
  const bytes = reader.bytes(address, shape.size);
  if (bytes === undefined) return undefined;
  const fields: Partial<Record<FieldName, Field>> = {};
  for (const { name, offset, bytes: length } of shape.profile.layout.fields) {
    const value = littleEndian(bytes, offset, length);
    const where = place?.(address + BigInt(offset), length);
    fields[name] = { value, text: hex(value), ...(where && { where }) };
  }
  const name = shape.withName && shape.profile.layout.name.kind === 'array' ? nameIn(bytes, shape.profile.layout) : undefined;
  const where = place?.(address, shape.size);
  return { era: shape.profile.era, fields, ...(name !== undefined && { name }), ...(where && { where }) };
}

function nameIn(bytes: Uint8Array, layout: DescriptorLayout): string {
  let text = '';
  for (let i = layout.name.offset; i < layout.name.offset + layout.name.bytes && bytes[i] !== 0; i++) {
    text += String.fromCharCode(bytes[i]!);
  }
  return decodeUtf8(text);
}

function littleEndian(bytes: Uint8Array, offset: number, length: number): bigint {
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[offset + i]!);
  return value;
}
