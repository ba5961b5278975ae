// How much of the heap a dump holds: half a dump shows half a heap, and says which half.

import { hex } from '../memory/address';
import type { AddressRange } from '../memory/reader';
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
  /** Records of regions that are missing: where their memory ends is not known either. */
  readonly records: readonly bigint[];
}

/** Areas of the heap, and FREE regions that the boot gave it, that are not (whole) in the dump. */
export function partOf(
  memory: Memory,
  root: FoundRoot | undefined,
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
  const records = snapshot.findings.flatMap((f) => (f.code === 'absent-region' && f.address !== undefined ? [f.address] : []));
  const unknown = records.filter((a) => !missing.some((m) => a >= m.base && a < m.end));
  return missing.length === 0 && unknown.length === 0 ? undefined : { held, missing, records: unknown };
}

export function partProblem({ held, missing, records }: HeapPart): Problem {
  const text = (ranges: readonly AddressRange[]): string => {
    const shown = ranges.slice(0, 4).map((r) => `${hex(r.base)} – ${hex(r.end)} (${sizeText(r.end - r.base)})`);
    return ranges.length > 4 ? [...shown, `${ranges.length - 4} more`].join(', ') : shown.join(', ');
  };
  const lacking = [
    ...(missing.length > 0 ? [text(missing)] : []),
    ...records.slice(0, 4).map((a) => `the region that begins at ${hex(a)}, how large it is not being known`),
  ];
  const there = held.length === 0 ? 'nothing of it' : text(held);
  const message = `the dump holds only part of the heap: ${there}; missing is ${lacking.join(', and ')}`;
  return { severity: 'warning', code: 'part-of-heap', message };
}
