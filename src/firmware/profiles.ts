// How the region list is made, by release: a row a release that changed it.
//
// Sources: plat/common/include/uk/plat/common/memory.h, plat/common/memory.c, plat/kvm/x86/{multiboot,lxboot,setup}.c,
// plat/common/bootinfo_fdt.c of each release. The rows of 0.18 rest on its list building; those of 0.19 and later are likely, not
// certain (as everything about T18).

import type { Release } from '../regions/release';
import { profileFor } from '../regions/release';

/** One descriptor of the area below 1 MiB that every KVM x86_64 boot inserts by itself. */
export interface LegacyRange {
  readonly base: bigint;
  readonly len: bigint;
  readonly what: string;
  /** WRITE beside READ: always, or with the VGA console compiled in. */
  readonly writable: 'yes' | 'no' | 'vga';
}

/** How coalesce works. */
export interface CoalesceProfile {
  /** What a descriptor covers: its `len`, or whole pages. */
  readonly extent: 'len' | 'pages';
  /** Round both outward to pages in place, and restore those that are not FREE when nothing was deleted (T15). */
  readonly roundsInPlace: boolean;
  /**
   * When the higher one lies in the left one, is there a rest behind it? `inside`: yes, even of length 0; `starts-inside`: when the
   * ends differ mod 2^64, even if it sticks out; `left-over`: when it lies inside and something is left.
   */
  readonly rest: 'inside' | 'starts-inside' | 'left-over';
  /** Overlapping items of one priority with different flags: −22, or an assertion. */
  readonly otherFlags: 'error' | 'assert';
  /** Descriptors are asserted valid, at least one of two overlapping ones of different priority FREE. */
  readonly asserts: 'none' | 'priority' | 'valid';
  /** May items of priority 1 overlap, or be merged where they touch? */
  readonly mergesKernel: boolean;
  /** The debug lines, where they exist. */
  readonly merging?: string;
}

export interface ListProfile {
  readonly from: Release;
  readonly name: 'C02' | 'C10' | 'T12' | 'T13' | 'T14' | 'T15' | 'T17' | 'T18';
  /**
   * `layout`: regions are linker symbols and one struct of ranges; `split`: the map is inserted around what is there already;
   * `coalesce`: everything is inserted as it comes, then coalesced.
   */
  readonly way: 'layout' | 'split' | 'coalesce';
  /** insert refuses a length of 0. */
  readonly refusesEmpty: boolean;
  /** Descriptors that fit where the configuration does not say. */
  readonly capacity: number;
  /** Flag that says "map this at boot", given to everything that is not FREE. */
  readonly mapFlag: number;
  /** Resources start in their page (`pg_off`), free memory is rounded outward to pages. */
  readonly pageOffsets: boolean;
  readonly coalesce: CoalesceProfile;
  readonly legacy: readonly LegacyRange[];
  /** ukplat_memregion_alloc: length of what it makes, and whether it must lie in the boot page table's range. */
  readonly alloc: { readonly fn: string; readonly file: string; readonly keepsLength: boolean; readonly mappedOnly: boolean };
  /** Type of the scratch copy of the command line; absent where there is none (0.18+). */
  readonly scratch: 'CMDLINE' | 'KERNEL' | undefined;
  /** Has the command line a region of its own? */
  readonly cmdlineRegion: boolean;
  /** uk_boot_early_init coalesces, after the early consoles inserted what they use. */
  readonly earlyInit: boolean;
  /** Highest address that a classic kernel's page table reaches. */
  readonly limit: bigint;
}

const RAW: CoalesceProfile = {
  extent: 'len',
  roundsInPlace: false,
  rest: 'inside',
  otherFlags: 'error',
  asserts: 'none',
  mergesKernel: true,
};
const ROUNDED: CoalesceProfile = {
  extent: 'len',
  roundsInPlace: true,
  rest: 'starts-inside',
  otherFlags: 'assert',
  asserts: 'priority',
  mergesKernel: true,
  merging: "Merging two overlapping mrd's.",
};
const PAGED: CoalesceProfile = {
  extent: 'pages',
  roundsInPlace: false,
  rest: 'left-over',
  otherFlags: 'assert',
  asserts: 'valid',
  mergesKernel: false,
  merging: 'Merging two overlapping mrds.',
};

const LOW_14: readonly LegacyRange[] = [
  { base: 0xa0000n, len: 0x40000n, what: 'video memory and option ROMs', writable: 'yes' },
  { base: 0xe0000n, len: 0x20000n, what: 'BIOS ROM', writable: 'no' },
];
const BIOS: LegacyRange = { base: 0xe0000n, len: 0x20000n, what: 'BIOS ROM', writable: 'no' };
/** What the VGA driver inserts in 0.18+, and the boot code before. */
export const VIDEO: LegacyRange = { base: 0xa0000n, len: 0x20000n, what: 'video memory', writable: 'vga' };

const GIB = 1n << 30n;
const MEMORY_C = 'plat/common/memory.c';
const OWN_ALLOC = { fn: 'bootmemory_palloc', file: 'plat/kvm/x86/setup.c', keepsLength: false, mappedOnly: true } as const;
const ALLOC_14 = { fn: 'ukplat_memregion_alloc', file: MEMORY_C, keepsLength: false, mappedOnly: true } as const;
const ALLOC_15 = { ...ALLOC_14, keepsLength: true } as const;
const ALLOC_17 = { ...ALLOC_15, mappedOnly: false } as const;

const CLASSIC = {
  way: 'layout',
  refusesEmpty: false,
  capacity: 32,
  mapFlag: 0,
  pageOffsets: false,
  coalesce: RAW,
  legacy: [],
  alloc: OWN_ALLOC,
  scratch: undefined,
  cmdlineRegion: false,
  earlyInit: false,
} as const;
const TYPED = {
  ...CLASSIC,
  way: 'split',
  mapFlag: 0x20,
  scratch: 'CMDLINE',
  cmdlineRegion: true,
  limit: 4n * GIB,
} as const;
const T14 = {
  ...TYPED,
  way: 'coalesce',
  capacity: 128,
  legacy: LOW_14,
  alloc: ALLOC_14,
  scratch: 'KERNEL',
} as const;
const T15 = { ...T14, refusesEmpty: true, coalesce: ROUNDED, alloc: ALLOC_15 } as const;
const T17 = {
  ...T15,
  mapFlag: 0,
  pageOffsets: true,
  coalesce: PAGED,
  legacy: [VIDEO, BIOS, BIOS],
  alloc: ALLOC_17,
} as const;

const PROFILES: readonly ListProfile[] = [
  { ...CLASSIC, name: 'C02', from: '0.2.0', limit: GIB },
  { ...CLASSIC, name: 'C10', from: '0.10.0', limit: 4n * GIB },
  { ...TYPED, name: 'T12', from: '0.12.0' },
  { ...TYPED, name: 'T13', from: '0.13.0' },
  { ...T14, name: 'T14', from: '0.14.0' },
  { ...T15, name: 'T15', from: '0.15.0' },
  { ...T17, name: 'T17', from: '0.17.0' },
  { ...T17, name: 'T18', from: '0.18.0', scratch: undefined, legacy: [BIOS, BIOS], cmdlineRegion: false, earlyInit: true },
];

export function listProfile(release: Release): ListProfile {
  return profileFor(PROFILES, release) ?? PROFILES[0]!;
}

/** The range that the boot page table maps, `[base, end)`: what lies outside of it cannot be used without paging. */
export function mappedRange(arch: 'x86_64' | 'arm64'): { readonly base: bigint; readonly end: bigint } {
  // plat/kvm/x86/pagetable64.S and plat/kvm/arm/qemu_bpt64.S, bpt_unmap_mrd.
  return arch === 'x86_64' ? { base: 0n, end: 4n * GIB } : { base: GIB, end: 255n * GIB };
}
