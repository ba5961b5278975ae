// How much memory the frame allocator has when heap_init asks (plat/common/paging.c, lib/ukfallocbuddy): every FREE region less its
// metadata, less the page tables of the kernel's own mappings.

import type { Region } from '../regions/descriptor';
import { TYPE_FREE } from '../regions/eras';
import { isSet, type Config } from '../regions/release';

const PAGE = 4096n;
/** struct buddy_framealloc, rounded up to 8. With LIBUKFALLOC_STATS struct uk_falloc grows from 48 to 72 bytes. */
const ALLOCATOR_SIZE = 368n;
const STATS_EXTRA = 24n;
/** struct bfa_zone without its bitmap pointers. */
const ZONE_FIXED = 40n;
/** The direct map: 512 GiB from −512 GiB on, in 1 GiB pages: one third-level table beside the root. */
const DIRECT_MAP_TABLES = 2;
/** A mapping of more than 1 TiB is not believed: the walk over its tables would not end in reasonable time. */
const MOST_MAPPED_PAGES = 2n ** 28n;
const LEVEL_SHIFT = [12n, 21n, 30n, 39n] as const;

/** ceil(n / 512), as often as there are levels: page tables that may be needed to map `pages` pages. */
export function pageTablePages(pages: bigint): bigint {
  let sum = 0n;
  let n = pages;
  for (let level = 0; level < 4; level++) {
    n = (n + 511n) / 512n;
    sum += n;
  }
  return sum;
}

/** Page tables of one address space: which exist is all that counts here. */
export class PageTables {
  private readonly tables = new Set<string>();

  get count(): number {
    return this.tables.size;
  }

  /** Maps `[vaddr, vaddr + length)` to consecutive frames with the largest pages that alignment and length allow. */
  map(vaddr: bigint, paddr: bigint, length: bigint): void {
    let v = vaddr;
    let p = paddr;
    const end = vaddr + length;
    while (v < end) {
      let level = 2;
      const fits = (l: number): boolean => {
        const size = 1n << LEVEL_SHIFT[l]!;
        return v % size === 0n && p % size === 0n && end - v >= size;
      };
      while (level > 0 && !fits(level)) level--;
      this.touch(v, level);
      // Pages of one size up to where a larger one fits, or the table ends, lie in the same table: pass them together.
      const size = 1n << LEVEL_SHIFT[level]!;
      const table = 1n << LEVEL_SHIFT[level + 1]!;
      const room = table - (v % table);
      const whole = ((end - v) / size) * size;
      const step = level === 2 || room >= whole ? (room < whole ? room : whole) : room;
      v += step;
      p += step;
    }
  }

  /** The tables above one page of a level exist from now on. */
  private touch(vaddr: bigint, level: number): void {
    for (let l = level; l < 3; l++) this.tables.add(`${String(l)}:${(vaddr >> LEVEL_SHIFT[l + 1]!).toString(16)}`);
  }
}

/** Bytes that a zone's metadata takes in front of `frames` frames: the record and a bitmap a level. */
function zoneMetadata(frames: bigint, levels: number): bigint {
  let size = ZONE_FIXED + 8n * BigInt(levels);
  for (let level = 0n; level < BigInt(levels); level++) {
    const bits = (frames + (1n << level) - 1n) >> level;
    size += (((bits + 7n) / 8n + 7n) / 8n) * 8n;
  }
  return size;
}

export interface FrameState {
  /** Bytes of free frames after ukplat_paging_init. */
  readonly free: bigint;
  /** The kernel's page tables so far. */
  readonly tables: PageTables;
}

/** `ukplat_paging_init` on a region list. */
export function framesAfterPagingInit(regions: readonly Region[], config: Config): FrameState {
  const order = Number(config.CONFIG_LIBUKFALLOCBUDDY_MAX_ALLOC_ORDER ?? 30);
  const levels = Number.isFinite(order) && order >= 12 && order < 44 ? order - 11 : 19;
  const own = ALLOCATOR_SIZE + (isSet(config, 'CONFIG_LIBUKFALLOC_STATS') ? STATS_EXTRA : 0n);
  let free = 0n;
  let first = true;
  for (const region of regions) {
    if (region.type !== TYPE_FREE) continue;
    let start = (region.pbase + PAGE - 1n) & -PAGE;
    let length = ((region.pbase + region.len) & -PAGE) - start;
    if (first) {
      if (own >= length) continue;
      start += own;
      length -= own;
    }
    const metadata = zoneMetadata(length / PAGE, levels);
    if (metadata >= length) continue;
    first = false;
    free += ((length - metadata) / PAGE) * PAGE;
  }
  const tables = new PageTables();
  for (const region of regions) {
    if (region.type === TYPE_FREE || region.type === 0 || region.vbase === 2n ** 64n - 1n) continue;
    const pages = region.pgCount > 0n ? region.pgCount : (region.len + PAGE - 1n) / PAGE;
    if (pages > 0n && pages <= MOST_MAPPED_PAGES) tables.map(region.vbase, region.pbase, pages * PAGE);
  }
  return { free: free - BigInt(DIRECT_MAP_TABLES + tables.count) * PAGE, tables };
}
