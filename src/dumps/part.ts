// How much of the heap a dump holds: half a dump shows half a heap, and says which half.

import { hex } from '../memory/address';
import type { AddressRange, Reader } from '../memory/reader';
import type { RegionMap } from '../regions/descriptor';
import type { Problem } from '../regions/problem';
import { sizeText } from '../regions/text';
import type { HeapSnapshot } from '../snapshot/snapshot';
import type { Memory } from './memory';
import { isPaged, type FoundRoot } from './paging';

/** Parts `[base, end)` of the heap that are in the dump, and those that are not. */
export interface HeapPart {
  readonly held: readonly AddressRange[];
  readonly missing: readonly AddressRange[];
}

/** Areas of the heap, and FREE regions that the boot gave it, that are not (whole) in the dump. */
export function partOf(
  memory: Memory,
  root: FoundRoot | undefined,
  reader: Reader,
  snapshot: HeapSnapshot,
  map: RegionMap,
): HeapPart | undefined {
  if (root !== undefined || (memory.virtual !== undefined && isPaged(map, {}))) return undefined;
  const areas: AddressRange[] = [...snapshot.areas];
  for (const { fields } of map.descriptors) {
    const [base, len] = [(fields.vbase ?? fields.base)?.value, fields.len?.value];
    const free = fields.type?.value === 1n;
    if (!free || base === undefined || len === undefined || base + len > 1n << 64n || snapshot.allocator !== 'bbuddy') continue;
    if (!areas.some((a) => a.base < base + len && base < a.end)) areas.push({ base, end: base + len });
  }
  const held: AddressRange[] = [];
  const missing: AddressRange[] = [];
  for (const { base, end } of areas) {
    let at = base;
    for (const range of memory.image.present(base, end)) {
      if (range.base > at) missing.push({ base: at, end: range.base });
      held.push(range);
      at = range.end;
    }
    if (at < end) missing.push({ base: at, end });
  }
  const absent = reader.absent.length > 0 || snapshot.absent.length > 0;
  return missing.length === 0 && !absent ? undefined : missing.length === 0 ? undefined : { held, missing };
}

export function partProblem({ held, missing }: HeapPart): Problem {
  const text = (ranges: readonly AddressRange[]): string => {
    const shown = ranges.slice(0, 4).map((r) => `${hex(r.base)} – ${hex(r.end)} (${sizeText(r.end - r.base)})`);
    return ranges.length > 4 ? [...shown, `${ranges.length - 4} more`].join(', ') : shown.join(', ');
  };
  const message = `the dump holds only part of the heap: ${held.length === 0 ? 'nothing' : text(held)} is there; missing is ${text(missing)}`;
  return { severity: 'warning', code: 'part-of-heap', message };
}
