// bbuddy's memory regions and their bitmaps, read from any memory.

import { hex, PAGE_SIZE } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { FindingList } from '../../snapshot/findings';
import { Memr } from './layout';
import type { PageLookup } from './free-lists';

/** More regions than any platform describes; a longer chain is damage. */
const MOST_REGIONS = 4096;
/** A bitmap larger than this (it covers 8 TiB of pages) is not read but reported. */
const LARGEST_BITMAP = 2n ** 28n;

export interface MemoryRegionRecord {
  readonly address: bigint;
  readonly firstPage: bigint;
  readonly pages: number;
  readonly bitmapSize: bigint;
  readonly bitmapAddress: bigint;
  /**
   * The whole bitmap, one bit a page, 1 = allocated; longer than `pages` say. Undefined when it is not (whole) in memory.
   */
  readonly bitmap?: Uint8Array;
}

/** End of the last page that the bitmap covers. */
export function endOf(region: MemoryRegionRecord): bigint {
  return region.firstPage + BigInt(region.pages) * BigInt(PAGE_SIZE);
}

/**
 * The chain from `memr_head`, newest first. Where it leads out of the memory read, the record of init's own region is looked for
 * where init puts it, so that a dump of the first region alone shows what it holds.
 *
 * @param head address of that pointer
 * @param own where init puts its region's record
 */
export function readRegions(reader: Reader, head: bigint, own: bigint, findings: FindingList): MemoryRegionRecord[] {
  const regions = followChain(reader, head, findings);
  if (regions.length > 0 && regions.at(-1)!.last) return regions.map((r) => r.record);
  const found = regions.map((r) => r.record);
  if (reader.u64(head) !== 0n && !found.some((r) => r.address === own)) {
    const record = readRegion(reader, own, own, new FindingList());
    if (record !== undefined) found.push(record);
  }
  return found;
}

interface ChainedRegion {
  readonly record: MemoryRegionRecord;
  /** Its `next` is NULL: the chain is whole. */
  readonly last: boolean;
}

function followChain(reader: Reader, head: bigint, findings: FindingList): ChainedRegion[] {
  const regions: ChainedRegion[] = [];
  const seen = new Set<bigint>();
  let link = head;
  while (regions.length < MOST_REGIONS) {
    const address = reader.u64(link);
    if (address === undefined) {
      findings.add('warning', 'absent-link', `memr_head: the link at ${hex(link)} is not in the memory read`, link);
      return regions;
    }
    if (address === 0n) return regions;
    if (seen.has(address)) {
      findings.add('error', 'list-cycle', `memr_head: region record ${hex(address)} is on the list already: a cycle`, address);
      return regions;
    }
    seen.add(address);
    const region = readRegion(reader, address, link, findings);
    if (region === undefined) return regions;
    link = address + BigInt(Memr.next);
    regions.push({ record: region, last: reader.u64(link) === 0n });
  }
  findings.add('error', 'list-too-long', `memr_head: more than ${MOST_REGIONS} region records`, link);
  return regions;
}

function readRegion(reader: Reader, address: bigint, link: bigint, findings: FindingList): MemoryRegionRecord | undefined {
  const at = (offset: number) => reader.u64(address + BigInt(offset));
  const firstPage = at(Memr.first_page);
  const count = at(Memr.nr_pages);
  const bitmapSize = at(Memr.mm_alloc_bitmap_size);
  const bitmapAddress = at(Memr.mm_alloc_bitmap);
  if (firstPage === undefined || count === undefined || bitmapSize === undefined || bitmapAddress === undefined) {
    findings.add(
      'warning',
      'absent-region',
      `region record ${hex(address)} is not in the memory read: its pages cannot be shown`,
      address,
    );
    return undefined;
  }
  const sane =
    address % 4096n === 0n && bitmapAddress === address + BigInt(Memr.size) && count <= bitmapSize * 8n && bitmapSize < 2n ** 40n;
  if (!sane || firstPage !== bitmapAddress + bitmapSize || firstPage + count * 4096n > 2n ** 64n) {
    const values = `first_page ${hex(firstPage)}, nr_pages ${count}, bitmap ${hex(bitmapAddress)} of ${bitmapSize} B`;
    findings.add(
      'error',
      'wild-pointer',
      `the link at ${hex(link)} leads to ${hex(address)}, which is no region record (${values})`,
      link,
    );
    return undefined;
  }
  const bitmap = bitmapSize <= LARGEST_BITMAP ? reader.bytes(bitmapAddress, Number(bitmapSize)) : undefined;
  if (bitmap === undefined)
    findings.add(
      'error',
      'absent-bitmap',
      `the bitmap of region ${hex(address)} is not (whole) in the memory read`,
      bitmapAddress,
    );
  return { address, firstPage, pages: Number(count), bitmapSize, bitmapAddress, ...(bitmap !== undefined && { bitmap }) };
}

/** Looks pages up in the regions. */
export function pageLookup(regions: readonly MemoryRegionRecord[]): PageLookup {
  return {
    // A chunk may reach one page past nr_pages: the defect of the formula in 0.3 … 0.11.
    regionOf: (page, bytes) => regions.findIndex((r) => page >= r.firstPage && page + bytes <= endOf(r) + 4096n),
    isAllocated: (index, page) => {
      const region = regions[index]!;
      const bit = Number((page - region.firstPage) / 4096n);
      if (region.bitmap === undefined || bit >= region.pages) return undefined;
      return isSet(region.bitmap, bit);
    },
  };
}

export function isSet(bitmap: Uint8Array, bit: number): boolean {
  return ((bitmap[bit >>> 3]! >>> (bit & 7)) & 1) === 1;
}

/** Calls `visit` with each maximal run of equal bits among the first `pages`. Whole equal bytes are passed over quickly. */
export function forEachRun(
  bitmap: Uint8Array,
  pages: number,
  visit: (from: number, to: number, allocated: boolean) => void,
): void {
  let from = 0;
  while (from < pages) {
    const allocated = isSet(bitmap, from);
    const whole = allocated ? 0xff : 0;
    let to = from + 1;
    while (to < pages) {
      if ((to & 7) === 0 && bitmap[to >>> 3] === whole && to + 8 <= pages) to += 8;
      else if (isSet(bitmap, to) === allocated) to++;
      else break;
    }
    visit(from, to, allocated);
    from = to;
  }
}
