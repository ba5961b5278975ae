// Bytes that changed, looked up by where they stand: ranges are ascending and disjoint.

import type { AddressRange } from '../../memory/reader';

/** The parts of `[base, base + length)` that the ranges cover, as offsets `[from, end)`. */
export function partsWithin(
  ranges: readonly AddressRange[],
  base: bigint,
  length: number,
): readonly (readonly [from: number, end: number])[] {
  const parts: (readonly [number, number])[] = [];
  const top = base + BigInt(length);
  for (let i = firstReaching(ranges, base); i < ranges.length && ranges[i]!.base < top; i++) {
    const { base: from, end } = ranges[i]!;
    parts.push([from < base ? 0 : Number(from - base), end > top ? length : Number(end - base)]);
  }
  return parts;
}

/** The same, offset by offset. */
export function offsetsWithin(ranges: readonly AddressRange[], base: bigint, length: number): readonly number[] {
  return partsWithin(ranges, base, length).flatMap(([from, end]) => Array.from({ length: end - from }, (_, i) => from + i));
}

/** Index of the first range that ends above an address. */
export function firstReaching(ranges: readonly AddressRange[], address: bigint): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.end <= address) low = middle + 1;
    else high = middle;
  }
  return low;
}
