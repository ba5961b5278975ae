// What a kernel finds when it is entered, before it has a region list: the firmware's (or boot loader's) memory map, and what was
// loaded into that memory. `src/firmware/` makes the list from it.

import type { TextRange } from './problem';

/** Who says what memory there is. */
export const FIRMWARE_PROTOCOLS = ['multiboot', 'lxboot', 'efi', 'devicetree', 'xen'] as const;
export type FirmwareProtocol = (typeof FIRMWARE_PROTOCOLS)[number];

/** As a sentence names them. */
export const PROTOCOL_TITLES: Readonly<Record<FirmwareProtocol, string>> = {
  multiboot: 'multiboot memory map',
  lxboot: 'Linux boot protocol e820 map',
  efi: 'EFI memory map',
  devicetree: 'device tree',
  xen: 'Xen start info',
};

/** What an entry says about its memory, whatever number or word its protocol has for it. */
export const ENTRY_KINDS = [
  'usable',
  'reserved',
  'acpi',
  'nvs',
  'unusable',
  'persistent',
  'loader',
  'boot-services',
  'runtime',
  'mmio',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** One entry of the map, `[base, base + len)`, as the firmware says it: unaligned, out of order or overlapping if it does. */
export interface FirmwareEntry {
  readonly base: bigint;
  readonly len: bigint;
  readonly kind: EntryKind;
  /** The protocol's own number or word, where it is known: `1`, `usable`, `EfiConventionalMemory`. */
  readonly type: string;
  readonly where?: TextRange;
}

/** Something that lies in memory: a load segment, a module, a blob. `len` in bytes. */
export interface LoadedRange {
  readonly base: bigint;
  readonly len: bigint;
  readonly name: string;
  readonly where?: TextRange;
}

/** A load segment of the image, or in the classic era one of its sections (`text`, `rodata`, `bss`, …). */
export interface KernelSegment extends LoadedRange {
  /** READ 1, WRITE 2, EXECUTE 4, from the program header. */
  readonly permissions: number;
}

/** The command line where the boot loader put it. `len` without the terminator. */
export interface CommandLine {
  readonly base: bigint;
  readonly len: bigint;
  readonly where?: TextRange;
}

export interface FirmwareMap {
  readonly protocol: FirmwareProtocol;
  readonly entries: readonly FirmwareEntry[];
  /** Empty when the input does not say where the image lies: then the heap lies over it, which is reported. */
  readonly kernel: readonly KernelSegment[];
  readonly cmdline?: CommandLine;
  /** Modules and initial RAM disks, in the loader's order. */
  readonly modules: readonly LoadedRange[];
  /** The blob of the device tree (arm64). */
  readonly devicetree?: LoadedRange;
  /** Memory-mapped consoles that the early console drivers insert (0.17 and later). */
  readonly devices: readonly LoadedRange[];
  /** Name of the image: the kernel command line begins with it on arm64, and stands for it where there is none. */
  readonly image: string;
}

/** The kind behind a type number of e820 and multiboot: 1 is usable, what is not known is reserved. */
export function e820Kind(type: bigint): EntryKind {
  return E820_KINDS[String(type)] ?? 'reserved';
}

const E820_KINDS: Readonly<Record<string, EntryKind>> = {
  1: 'usable',
  2: 'reserved',
  3: 'acpi',
  4: 'nvs',
  5: 'unusable',
  7: 'persistent',
};

/** The kind behind an EFI memory type (UEFI specification, EFI_MEMORY_TYPE). */
export function efiKind(type: bigint): EntryKind {
  return EFI_KINDS[Number(type)] ?? 'reserved';
}

const EFI_KINDS: readonly EntryKind[] = [
  'reserved',
  'loader',
  'loader',
  'boot-services',
  'boot-services',
  'runtime',
  'runtime',
  'usable',
  'unusable',
  'acpi',
  'nvs',
  'mmio',
  'mmio',
  'reserved',
  'persistent',
];
