// The table of mem regions (src/memory.c): 256 MiB each, a bit per 4 MiB in five fields.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import { MAX_REGIONS, MemRegion, SEGMENT_SIZE } from './layout';
import type { MemRegionRecord, SegmentRecord } from './records';

const SEGMENT = BigInt(SEGMENT_SIZE);

/**
 * Slots in order, cleared ones too.
 *
 * @param regions address of the static table
 * @param count address of `regions_count`
 */
export function readMemRegions(reader: Reader, regions: bigint, count: bigint, findings: FindingList): MemRegionRecord[] {
  const slots: MemRegionRecord[] = [];
  const said = reader.u64(count) ?? 0n;
  if (said > BigInt(MAX_REGIONS))
    findings.add('error', 'bad-count', `regions_count is ${said}, the table has ${MAX_REGIONS} slots`, count);
  for (let index = 0; index < Number(said) && index < MAX_REGIONS; index++) {
    const address = regions + BigInt(index * MemRegion.size);
    const word = (offset: number): bigint => reader.u64(address + BigInt(offset)) ?? 0n;
    const start = word(MemRegion.start);
    slots.push({
      index,
      address,
      info: Number(word(MemRegion.info) & 0xffn), // the upper half is never written
      start,
      inUse: word(MemRegion.in_use),
      dirty: word(MemRegion.dirty),
      commit: word(MemRegion.commit),
      reset: word(MemRegion.reset),
    });
    if (start % SEGMENT !== 0n)
      findings.add('error', 'bad-region', `regions[${index}] begins at ${hex(start)}, no multiple of 4 MiB`, address);
  }
  return slots;
}

/** The bits of a segment in its region's fields; undefined for one that came directly. */
export function blocksOf(
  segment: SegmentRecord,
): { readonly index: number; readonly bit: number; readonly blocks: number } | undefined {
  if ((segment.memid & 1n) === 1n) return undefined;
  const place = Number(segment.memid >> 1n);
  return { index: Math.floor(place / 64), bit: place % 64, blocks: Math.ceil(segment.size / SEGMENT_SIZE) };
}

/** The regions that segments come from, by their `memid`, where the table itself is not known. */
export function inferMemRegions(segments: readonly SegmentRecord[]): MemRegionRecord[] {
  const found = new Map<number, MemRegionRecord>();
  for (const segment of segments) {
    const place = blocksOf(segment);
    if (place === undefined || place.index >= MAX_REGIONS) continue;
    const { index, bit, blocks } = place;
    const start = segment.address - BigInt(bit) * SEGMENT;
    const mask = BigInt.asUintN(64, ((1n << BigInt(blocks)) - 1n) << BigInt(bit));
    const inUse = mask | (found.get(index)?.inUse ?? 0n);
    found.set(index, { index, address: 0n, info: 1, start, inUse, dirty: 0n, commit: 0n, reset: 0n });
  }
  return [...found.values()].sort((a, b) => a.index - b.index);
}

/** Holds the `in_use` bits against the segments that were found. */
export function checkMemRegions(
  slots: readonly MemRegionRecord[],
  segments: readonly SegmentRecord[],
  findings: FindingList,
): void {
  const covered = slots.map(() => 0n);
  for (const segment of segments) {
    const place = blocksOf(segment);
    if (place === undefined) continue;
    const slot = slots[place.index];
    const bad = (what: string): void =>
      findings.add('error', 'region-bits', `segment ${hex(segment.address)}: ${what}`, segment.address);
    if (slot === undefined || slot.info === 0) {
      bad(`memid ${segment.memid} names regions[${place.index}], which is not there`);
      continue;
    }
    if (slot.start + BigInt(place.bit) * SEGMENT !== segment.address)
      bad(`memid ${segment.memid} names another place in regions[${place.index}]`);
    const mask = BigInt.asUintN(64, ((1n << BigInt(place.blocks)) - 1n) << BigInt(place.bit));
    if ((covered[place.index]! & mask) !== 0n) bad(`overlaps another segment in regions[${place.index}]`);
    if ((slot.inUse & mask) !== mask) bad(`its blocks are free in regions[${place.index}].in_use: they will be handed out again`);
    covered[place.index]! |= mask;
  }
  for (const [index, slot] of slots.entries()) {
    const stray = slot.inUse & ~covered[index]!;
    if (slot.info === 0 || stray === 0n) continue;
    const bit = [...Array(64).keys()].find((b) => ((stray >> BigInt(b)) & 1n) === 1n)!;
    const what = `regions[${index}].in_use has ${hex(stray)} set where no segment with pages in use is found`;
    findings.add('error', 'region-bits', what, slot.start + BigInt(bit) * SEGMENT);
  }
}
