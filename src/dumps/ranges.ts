// Sets of addresses as ascending, disjoint ranges.

import type { AddressRange } from '../memory/reader';

/** The set with a range added; ranges that touch become one. */
export function addRange(ranges: readonly AddressRange[], added: AddressRange): AddressRange[] {
  const first = firstEndingAt(ranges, added.base);
  let last = first;
  let { base, end } = added;
  for (; last < ranges.length && ranges[last]!.base <= end; last++) {
    const range = ranges[last]!;
    if (range.base < base) base = range.base;
    if (range.end > end) end = range.end;
  }
  return [...ranges.slice(0, first), { base, end }, ...ranges.slice(last)];
}

/** The set without a range. */
export function without(ranges: readonly AddressRange[], taken: AddressRange): AddressRange[] {
  const first = firstEndingAt(ranges, taken.base + 1n);
  const out = ranges.slice(0, first);
  let i = first;
  for (; i < ranges.length && ranges[i]!.base < taken.end; i++) {
    const { base, end } = ranges[i]!;
    if (base < taken.base) out.push({ base, end: taken.base });
    if (end > taken.end) out.push({ base: taken.end, end });
  }
  return [...out, ...ranges.slice(i)];
}

/** Index of the first range whose end is at or behind `a`. */
function firstEndingAt(ranges: readonly AddressRange[], a: bigint): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle]!.end < a) low = middle + 1;
    else high = middle;
  }
  return low;
}
