// Reads a bbuddy heap out of any memory: regions and bitmaps, free lists by their links, used blocks by their headers; holds them
// against each other.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { hex, PAGE_SIZE } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { BlockBuilder, BlockTable } from '../../snapshot/blocks';
import { FindingList } from '../../snapshot/findings';
import { metricsOf } from '../../snapshot/metrics';
import type { FreeClass, FreeList, HeapArea, HeapSnapshot, StructView } from '../../snapshot/snapshot';
import { structAt, structField } from '../../snapshot/structs';
import { statsState, ukAllocView } from '../layers/decode';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions } from '../ukalloc';
import { walkFreeLists } from './free-lists';
import { Memr, NullPalloc, ORDERS, SentinelPalloc, type PallocLayout } from './layout';
import { buddyProfile, type BuddyProfile } from './profiles';
import { endOf, forEachRun, pageLookup, readRegions, type MemoryRegionRecord } from './regions';
import { addUsedBlocks } from './used-blocks';

const PAGE = BigInt(PAGE_SIZE);

/** @param heap address of the struct uk_alloc */
export function decode(reader: Reader, heap: bigint, options: AllocatorOptions): HeapSnapshot {
  const profile = buddyProfile(options.release);
  if (profile === undefined) throw new Error(`bbuddy: no profile for release ${options.release}`);
  const ukalloc = ukAllocProfile(options.release);
  const allocLayout = ukAllocLayout(ukalloc, options.config);
  const layout: PallocLayout = profile.pageGranular ? NullPalloc : SentinelPalloc;
  const palloc = heap + BigInt(allocLayout.size);
  const findings = new FindingList();

  const regions = readRegions(
    reader,
    palloc + BigInt(layout.memr_head),
    heap + BigInt(profile.pagesBeforeHeap * PAGE_SIZE),
    findings,
  );
  const walked = walkFreeLists(reader, palloc, layout, pageLookup(regions), findings);
  const blocks = new BlockBuilder();
  blocks.add(heap, profile.pagesBeforeHeap * PAGE_SIZE, 'metadata');
  for (const region of regions) {
    blocks.add(region.address, Number(region.firstPage - region.address), 'metadata');
    if (region.bitmap === undefined) blocks.add(region.firstPage, region.pages * PAGE_SIZE, 'unread');
    else addPages(reader, region, region.bitmap, walked.chunks, blocks, findings, profile, ukalloc);
  }
  const listed = countListed(walked.lists);
  const whole = !findings.has((code) => code.startsWith('absent-'));
  checkCount(reader, palloc, regions, listed, whole, findings);
  findings.addAbsent(reader.absent);

  const table = BlockTable.of(blocks);
  const free = reader.u64(palloc + BigInt(layout.nr_free_pages));
  const stats = statsState(reader, heap, allocLayout);
  const largest = walked.lists.findLast((l) => l.entries.length > 0);
  const largestRequest = largest === undefined ? 0 : largest.memberSize - ukalloc.header.added;
  let state: HeapSnapshot['state'] | undefined;
  return {
    allocator: 'bbuddy',
    release: options.release,
    profile: profile.name,
    heap,
    areas: areasOf(heap, regions, profile),
    blocks: table,
    lists: walked.lists,
    structs: [
      ukAllocView(reader, heap, allocLayout),
      pallocView(reader, palloc, layout, walked.lists),
      ...regions.map((r) => memrView(reader, r)),
    ],
    // Hashing bitmaps takes most of the time of a decode, and only golden traces and reports want it.
    get state() {
      return (state ??= stateOf(free, walked.lists, regions, stats));
    },
    metrics: metricsOf(table, largestRequest, classesOf(walked.lists)),
    findings: findings.all(),
    absent: reader.absent,
  };
}

/** Free chunks from the lists, used blocks from the bitmap, and what the two disagree about. */
function addPages(
  reader: Reader,
  region: MemoryRegionRecord,
  bitmap: Uint8Array,
  chunks: ReadonlyMap<bigint, number>,
  blocks: BlockBuilder,
  findings: FindingList,
  profile: BuddyProfile,
  ukalloc: ReturnType<typeof ukAllocProfile>,
): void {
  const address = (page: number) => region.firstPage + BigInt(page) * PAGE;
  forEachRun(bitmap, region.pages, (from, to, allocated) => {
    if (allocated) {
      addUsedBlocks(reader, address(from), address(to), ukalloc, profile.pageGranular, blocks);
      return;
    }
    let page = from;
    while (page < to) {
      const order = chunks.get(address(page));
      if (order !== undefined) {
        const pages = 2 ** order;
        blocks.add(address(page), pages * PAGE_SIZE, 'free', order);
        if (page + pages > to && page + pages <= region.pages) {
          findings.add(
            'error',
            'free-but-allocated',
            `chunk ${hex(address(page))} of order ${order} covers page ${hex(address(to))}, which the bitmap marks allocated`,
            address(to),
          );
        }
        page += pages;
        continue;
      }
      const start = page;
      while (page < to && !chunks.has(address(page))) page++;
      blocks.add(address(start), (page - start) * PAGE_SIZE, 'free', -1);
      // Where lists lead out of the memory read, pages that they would come to later are no damage.
      const cut = findings.has((code) => code.startsWith('absent-'));
      const what = page - start === 1 ? 'page is' : `${page - start} pages are`;
      findings.add(
        cut ? 'info' : 'error',
        'free-not-listed',
        `${what} free in the bitmap from ${hex(address(start))} on, but on no list that could be walked`,
        address(start),
      );
    }
  });
}

function countListed(lists: readonly FreeList[]): bigint {
  return lists.reduce((sum, l) => sum + (BigInt(l.entries.length) << BigInt(l.sizeClass)), 0n);
}

/** nr_free_pages, the lists and the bitmaps tell the same number three ways. */
function checkCount(
  reader: Reader,
  palloc: bigint,
  regions: readonly MemoryRegionRecord[],
  listed: bigint,
  whole: boolean,
  findings: FindingList,
): void {
  const counter = reader.u64(palloc);
  if (counter === undefined) {
    findings.add('error', 'absent', `struct uk_bbpalloc at ${hex(palloc)} is not in the memory read`, palloc);
    return;
  }
  // Where a record or a bitmap is absent the sums say nothing.
  if (!whole || regions.some((r) => r.bitmap === undefined)) return;
  let clear = 0n;
  for (const region of regions)
    forEachRun(region.bitmap!, region.pages, (from, to, allocated) => void (clear += allocated ? 0n : BigInt(to - from)));
  if (counter !== clear) {
    findings.add(
      'error',
      'count-mismatch',
      `nr_free_pages is ${BigInt.asIntN(64, counter)}, the bitmaps have ${clear} free pages`,
      palloc,
    );
  }
  if (listed !== clear) {
    const formula = listed > clear && listed - clear <= BigInt(regions.length);
    findings.add(
      formula ? 'warning' : 'error',
      'list-bitmap-mismatch',
      `the lists hold ${listed} pages, the bitmaps have ${clear} free${formula ? ' (in 0.3 … 0.11 a region of 32450 + 32769·j pages lists one page more than its bitmap knows)' : ''}`,
      palloc,
    );
  }
}

function areasOf(heap: bigint, regions: readonly MemoryRegionRecord[], profile: BuddyProfile): HeapArea[] {
  const own = heap + BigInt(profile.pagesBeforeHeap) * PAGE;
  const first = regions.find((r) => r.address === own);
  const areas: HeapArea[] = [{ base: heap, end: first === undefined ? own : endOf(first), by: 'init' }];
  for (const region of regions) if (region !== first) areas.push({ base: region.address, end: endOf(region), by: 'addmem' });
  return areas.sort((a, b) => (a.base < b.base ? -1 : 1));
}

function classesOf(lists: readonly FreeList[]): FreeClass[] {
  return lists
    .filter((l) => l.entries.length > 0)
    .map((l) => ({
      name: `order ${l.sizeClass}`,
      sizeClass: l.sizeClass,
      count: l.entries.length,
      bytes: l.entries.length * l.memberSize,
    }));
}

function pallocView(reader: Reader, palloc: bigint, layout: PallocLayout, lists: readonly FreeList[]): StructView {
  const heads = Array.from({ length: ORDERS }, (_, order) => {
    const count = lists[order]!.entries.length;
    const note = count === 0 ? 'empty' : `${count} chunk${count === 1 ? '' : 's'}`;
    return structField(reader, `free_head[${order}]`, palloc + BigInt(layout.free_head + 8 * order), 'pointer', 8, note);
  });
  return {
    type: 'struct uk_bbpalloc',
    address: palloc,
    length: layout.size,
    fields: [
      structField(reader, 'nr_free_pages', palloc + BigInt(layout.nr_free_pages), 'count'),
      ...heads,
      structField(reader, 'memr_head', palloc + BigInt(layout.memr_head), 'pointer'),
    ],
  };
}

function memrView(reader: Reader, region: MemoryRegionRecord): StructView {
  return structAt(reader, 'struct uk_bbpalloc_memr', region.address, Memr.size, [
    ['next', Memr.next, 'pointer'],
    ['first_page', Memr.first_page, 'pointer'],
    ['nr_pages', Memr.nr_pages, 'count'],
    ['mm_alloc_bitmap_size', Memr.mm_alloc_bitmap_size, 'size'],
    ['mm_alloc_bitmap', Memr.mm_alloc_bitmap, 'pointer'],
  ]);
}

/** The state as golden traces have it. */
function stateOf(
  free: bigint | undefined,
  lists: readonly FreeList[],
  regions: readonly MemoryRegionRecord[],
  stats: Record<string, number> | undefined,
): HeapSnapshot['state'] {
  const filled = lists.filter((l) => l.entries.length > 0);
  return {
    nr_free_pages: free === undefined ? null : Number(BigInt.asIntN(64, free)),
    free: Object.fromEntries(filled.map((l) => [String(l.sizeClass), l.entries.map((a) => hex(a))])),
    memr: regions.map(memrState),
    ...(stats !== undefined && { stats }),
  };
}

function memrState(region: MemoryRegionRecord): Record<string, unknown> {
  return {
    addr: hex(region.address),
    first_page: hex(region.firstPage),
    nr_pages: region.pages,
    mm_alloc_bitmap_size: Number(region.bitmapSize),
    mm_alloc_bitmap: hex(region.bitmapAddress),
    bitmap_sha256: region.bitmap === undefined ? null : bytesToHex(sha256(region.bitmap)),
  };
}
