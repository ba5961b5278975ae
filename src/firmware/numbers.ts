// The C code's arithmetic: unsigned 64-bit, with the macros of include/uk/essentials.h.

import type { Region } from '../regions/descriptor';

export const PAGE = 4096n;

export function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

export function alignDown(value: bigint): bigint {
  return value & ~(PAGE - 1n);
}

export function alignUp(value: bigint): bigint {
  return u64(value + PAGE - 1n) & ~(PAGE - 1n);
}

/** `PAGE_COUNT`. */
export function pageCount(bytes: bigint): bigint {
  return u64(bytes + PAGE - 1n) / PAGE;
}

/** `RANGE_CONTAIN(base0, len0, base1, len1)`: range 1 starts inside of range 0 and does not end behind it. */
export function contains(base0: bigint, len0: bigint, base1: bigint, len1: bigint): boolean {
  const end1 = u64(base1 + len1);
  const inside = base1 >= base0 && base1 < u64(base0 + len0);
  return inside && end1 >= base0 && end1 <= u64(base0 + len0);
}

/** `RANGE_OVERLAP`. */
export function overlap(base0: bigint, len0: bigint, base1: bigint, len1: bigint): boolean {
  return u64(base1 + len1) > base0 && base1 < u64(base0 + len0);
}

/** The pages that a descriptor covers, in bytes. */
export function pageBytes(region: Region): bigint {
  return u64(region.pgCount * PAGE);
}

/** A descriptor with `len` bytes at `base`, page count and virtual address as they follow. */
export function moved(region: Region, change: Partial<Region>): Region {
  return { ...region, ...change };
}
