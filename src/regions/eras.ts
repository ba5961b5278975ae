// What a region descriptor is made of, by release: the bits of its type and flags, and where each field lies.
//
//   classic   ≤ 0.11          +0 base       +8 len                 +16 flags (int)                        [+24 name pointer]  24, 32
//   typed     0.12 … 0.16     +0 pbase      +8 vbase    +16 len    +24 type u16   +26 flags u16           [+28 name[36]]      32, 64
//   paged     0.17 and later  +0 pbase      +8 vbase    +16 pg_off +24 len        +32 pg_count
//                             +40 type u16  +42 flags u16                                                 [+44 name[36]]      48, 80
//
// The name is there with CONFIG_UKPLAT_MEMRNAME only.
// Source: include/uk/plat/memory.h of each release. The numbers of 0.19 and later are those of 0.18: likely, not certain.

import type { Era, FieldName } from './descriptor';
import { compareReleases, profileFor } from './release';
import type { Release } from './release';

/** One bit of `type` or `flags`. */
export interface NamedBit {
  /** As memory-map files and people write it: `FREE`. */
  readonly name: string;
  /** The macro in C: `UKPLAT_MEMRT_FREE`. */
  readonly macro: string;
  readonly bit: number;
  /** What the kernel prints for a type; empty for FREE. */
  readonly printed: string;
}

/** A macro that stands for several bits, or for none of the single ones. */
export interface NamedMask {
  readonly name: string;
  readonly macro: string;
  readonly mask: number;
}

export interface FieldLayout {
  readonly name: FieldName;
  readonly offset: number;
  readonly bytes: 2 | 4 | 8;
}

export interface DescriptorLayout {
  readonly fields: readonly FieldLayout[];
  readonly name: { readonly kind: 'pointer' | 'array'; readonly offset: number; readonly bytes: number };
  /** Bytes of a descriptor without and with CONFIG_UKPLAT_MEMRNAME. */
  readonly size: number;
  readonly sizeWithName: number;
}

export interface EraProfile {
  readonly from: Release;
  readonly era: Era;
  /** Empty in the classic era. */
  readonly types: readonly NamedBit[];
  readonly typeMasks: readonly NamedMask[];
  readonly flags: readonly NamedBit[];
  readonly flagMasks: readonly NamedMask[];
  readonly layout: DescriptorLayout;
}

const type = (name: string, bit: number, printed: string): NamedBit => ({ name, macro: `UKPLAT_MEMRT_${name}`, bit, printed });
const flag = (name: string, bit: number): NamedBit => ({ name, macro: `UKPLAT_MEMRF_${name}`, bit, printed: name.toLowerCase() });
const flagMask = (name: string, mask: number): NamedMask => ({ name, macro: `UKPLAT_MEMRF_${name}`, mask });

const CLASSIC_LAYOUT: DescriptorLayout = {
  fields: [
    { name: 'base', offset: 0, bytes: 8 },
    { name: 'len', offset: 8, bytes: 8 },
    { name: 'flags', offset: 16, bytes: 4 },
  ],
  name: { kind: 'pointer', offset: 24, bytes: 8 },
  size: 24,
  sizeWithName: 32,
};

const TYPED_LAYOUT: DescriptorLayout = {
  fields: [
    { name: 'pbase', offset: 0, bytes: 8 },
    { name: 'vbase', offset: 8, bytes: 8 },
    { name: 'len', offset: 16, bytes: 8 },
    { name: 'type', offset: 24, bytes: 2 },
    { name: 'flags', offset: 26, bytes: 2 },
  ],
  name: { kind: 'array', offset: 28, bytes: 36 },
  size: 32,
  sizeWithName: 64,
};

const PAGED_LAYOUT: DescriptorLayout = {
  fields: [
    { name: 'pbase', offset: 0, bytes: 8 },
    { name: 'vbase', offset: 8, bytes: 8 },
    { name: 'pg_off', offset: 16, bytes: 8 },
    { name: 'len', offset: 24, bytes: 8 },
    { name: 'pg_count', offset: 32, bytes: 8 },
    { name: 'type', offset: 40, bytes: 2 },
    { name: 'flags', offset: 42, bytes: 2 },
  ],
  name: { kind: 'array', offset: 44, bytes: 36 },
  size: 48,
  sizeWithName: 80,
};

const [FREE, RESERVED, KERNEL, INITRD] = [
  type('FREE', 1, ''),
  type('RESERVED', 2, 'rsvd'),
  type('KERNEL', 4, 'krnl'),
  type('INITRD', 8, 'ramd'),
];
const TYPES_12 = [
  FREE,
  RESERVED,
  KERNEL,
  INITRD,
  type('CMDLINE', 0x10, 'cmdl'),
  type('DEVICETREE', 0x20, 'dtb '),
  type('STACK', 0x40, 'stck'),
];
const TYPES_17 = [...TYPES_12, type('DEVICE', 0x80, 'device')];
const TYPES_18 = [
  FREE,
  RESERVED,
  KERNEL,
  INITRD,
  type('DEVICETREE', 0x10, 'dtb '),
  type('STACK', 0x20, 'stck'),
  type('DEVICE', 0x40, 'device'),
];
const ANY: NamedMask = { name: 'ANY', macro: 'UKPLAT_MEMRT_ANY', mask: 0xffff };

const PERMISSIONS = [flag('READ', 1), flag('WRITE', 2), flag('EXECUTE', 4)];
const PERMISSION_MASKS = [flagMask('PERMS', 7), flagMask('ALL', 0xffff)];
const FLAGS_04 = [flag('FREE', 1), flag('RESERVED', 2), flag('EXTRADATA', 4), flag('READABLE', 0x10), flag('WRITABLE', 0x20)];
const MASKS_04 = [flagMask('ALLOCATABLE', 0x31), flagMask('INITRD', 0x14)];

const CLASSIC = { era: 'classic', types: [], typeMasks: [], layout: CLASSIC_LAYOUT } as const;

/** Ascending; `eraProfile` picks. */
export const ERA_PROFILES: readonly EraProfile[] = [
  {
    ...CLASSIC,
    from: '0.2.0',
    flags: [flag('FREE', 1), flag('RESERVED', 2), flag('READABLE', 4), flag('WRITABLE', 8)],
    flagMasks: [flagMask('ALLOCATABLE', 0xd)],
  },
  { ...CLASSIC, from: '0.4.0', flags: FLAGS_04, flagMasks: MASKS_04 },
  { ...CLASSIC, from: '0.10.0', flags: [...FLAGS_04, flag('EXECUTABLE', 0x40)], flagMasks: MASKS_04 },
  {
    from: '0.12.0',
    era: 'typed',
    types: TYPES_12,
    typeMasks: [ANY],
    flags: [...PERMISSIONS, flag('UNMAP', 0x10), flag('MAP', 0x20)],
    flagMasks: PERMISSION_MASKS,
    layout: TYPED_LAYOUT,
  },
  {
    from: '0.17.0',
    era: 'paged',
    types: TYPES_17,
    typeMasks: [ANY],
    flags: PERMISSIONS,
    flagMasks: PERMISSION_MASKS,
    layout: PAGED_LAYOUT,
  },
  {
    from: '0.18.0',
    era: 'paged',
    types: TYPES_18,
    typeMasks: [ANY],
    flags: PERMISSIONS,
    flagMasks: PERMISSION_MASKS,
    layout: PAGED_LAYOUT,
  },
];

/** Bits that a descriptor needs for heap_init to look at it: `UKPLAT_MEMRT_FREE`. */
export const TYPE_FREE = 1;
export const TYPE_RESERVED = 2;
export const FLAG_READ = 1;
export const FLAG_WRITE = 2;
export const FLAG_EXECUTE = 4;

export function eraProfile(release: Release): EraProfile {
  return profileFor(ERA_PROFILES, release) ?? ERA_PROFILES[0]!;
}

export function eraOf(release: Release): Era {
  return eraProfile(release).era;
}

/** The profile for descriptors of `era`: the release's own, else the nearest release whose descriptors are of that era. */
export function profileOfEra(era: Era, release: Release): EraProfile {
  const own = eraProfile(release);
  if (own.era === era) return own;
  const others = ERA_PROFILES.filter((p) => p.era === era);
  return compareReleases(others[0]!.from, release) > 0 ? others[0]! : others.at(-1)!;
}

/** Bytes of one descriptor in memory. */
export function descriptorSize(release: Release, withName: boolean): number {
  const { layout } = eraProfile(release);
  return withName ? layout.sizeWithName : layout.size;
}

/** `FREE`; `FREE | RESERVED` for several bits; hex for unknown ones; `none` for 0. */
export function typeName(value: number, profile: EraProfile): string {
  if (value === 0) return 'none';
  return bitNames(value, profile.types).join(' | ');
}

/** `['READ', 'WRITE']`; bits without a name come last, together, as hex. */
export function flagNames(value: number, profile: EraProfile): string[] {
  return bitNames(value, profile.flags);
}

function bitNames(value: number, bits: readonly NamedBit[]): string[] {
  const names = bits.filter((b) => (value & b.bit) !== 0).map((b) => b.name);
  const rest = unknownBits(value, bits);
  return rest === 0 ? names : [...names, '0x' + rest.toString(16)];
}

/** The bits of `value` that no entry names. */
export function unknownBits(value: number, bits: readonly NamedBit[]): number {
  return (value & ~bits.reduce((all, b) => all | b.bit, 0)) >>> 0;
}

/** `rwx` as the kernel prints it, `-` for a missing permission. */
export function permissionsText(flags: number): string {
  return (flags & FLAG_READ ? 'r' : '-') + (flags & FLAG_WRITE ? 'w' : '-') + (flags & FLAG_EXECUTE ? 'x' : '-');
}

/** The bits behind `rwx` as the kernel prints it. */
export function permissionBits(text: string): number {
  return (text[0] === 'r' ? FLAG_READ : 0) | (text[1] === 'w' ? FLAG_WRITE : 0) | (text[2] === 'x' ? FLAG_EXECUTE : 0);
}

/** The bits behind a name in a `type` or `flags` field: `FREE`, `UKPLAT_MEMRT_FREE`, `PERMS`. */
export function bitsNamed(name: string, field: 'type' | 'flags', profile: EraProfile): number | undefined {
  const [bits, masks] = field === 'type' ? [profile.types, profile.typeMasks] : [profile.flags, profile.flagMasks];
  return (
    bits.find((b) => b.name === name || b.macro === name)?.bit ?? masks.find((m) => m.name === name || m.macro === name)?.mask
  );
}

/** Every macro of a release and its value, for readers of C. */
export function macrosOf(release: Release): ReadonlyMap<string, bigint> {
  const { types, typeMasks, flags, flagMasks } = eraProfile(release);
  const bits = [...types, ...flags].map((b): [string, bigint] => [b.macro, BigInt(b.bit)]);
  const masks = [...typeMasks, ...flagMasks].map((m): [string, bigint] => [m.macro, BigInt(m.mask)]);
  return new Map([...bits, ...masks]);
}

/** The flags that the classic heap_init asks for, all of them. */
export function allocatableMask(profile: EraProfile): number {
  return profile.flagMasks.find((m) => m.name === 'ALLOCATABLE')?.mask ?? 0;
}

/** Would heap_init give this region to the allocator? */
export function isHeapCandidate(type: number, flags: number, profile: EraProfile): boolean {
  if (profile.era !== 'classic') return (type & TYPE_FREE) !== 0;
  const mask = allocatableMask(profile);
  return (flags & mask) === mask;
}
