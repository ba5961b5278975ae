// What every decoder reads alike: the struct uk_alloc, its statistics, and the headers that the malloc layers put before payloads.

import { PAGE_SIZE } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FieldSpec } from '../../snapshot/structs';
import { structAt } from '../../snapshot/structs';
import type { StructView } from '../../snapshot/snapshot';
import { pagesFor } from './ifpages';
import type { PageHeader, UkAllocProfile } from './profiles';
import { CALLBACKS, STATS_FIELDS, type UkAllocLayout } from './struct';

/** The largest order that a header of 0.3 is believed. */
const MOST_ORDER = 40;

/** The struct uk_alloc at `heap`, with its statistics when the build keeps them. */
export function ukAllocView(reader: Reader, heap: bigint, layout: UkAllocLayout): StructView {
  const fields: FieldSpec[] = [];
  for (const name of CALLBACKS) {
    const offset = layout.callbacks[name];
    if (offset !== undefined) fields.push([name, offset, 'pointer']);
  }
  if (layout.stats !== undefined) {
    for (const [i, name] of STATS_FIELDS.entries()) fields.push([`_stats.${name}`, layout.stats + i * 8, 'count']);
  }
  fields.push(['next', layout.next, 'pointer']);
  return structAt(reader, 'struct uk_alloc', heap, layout.size, fields);
}

/** The statistics as golden traces write them (`state.stats`); undefined in builds without, or when absent from memory. */
export function statsState(reader: Reader, heap: bigint, layout: UkAllocLayout): Record<string, number> | undefined {
  if (layout.stats === undefined) return undefined;
  const out: Record<string, number> = {};
  for (const [i, name] of STATS_FIELDS.entries()) {
    const value = reader.u64(heap + BigInt(layout.stats + i * 8));
    if (value === undefined) return undefined;
    out[name] = Number(BigInt.asIntN(64, value));
  }
  return out;
}

/** A header of the ifpages layer that is consistent with itself. Addresses are signed readings: there may be thousands of headers. */
export interface FoundPageHeader {
  readonly base: number;
  readonly pages: number;
  /** Bytes asked for; −1 in releases whose header does not keep them. */
  readonly asked: number;
  readonly payload: number;
}

/**
 * Looks for a header of the ifpages layer at the start of a page. Memory that was never a header, or is one no more, is told
 * apart by consistency: the base lies at or below the page, the page lies in the block, and the size fits the page count.
 *
 * @param page signed reading of its address
 */
export function pageHeaderAt(reader: Reader, page: number, profile: UkAllocProfile): FoundPageHeader | undefined {
  const { header } = profile;
  if (header.counts === 'order') return orderHeaderAt(reader, page, header);
  const base = reader.ptr(page + header.fields.base);
  if (base === undefined || base === 0 || base > page || base < 0 !== page < 0 || base % PAGE_SIZE !== 0) return undefined;
  const pages = reader.ptr(page + header.fields.num_pages);
  if (pages === undefined || pages <= 0 || pages > 2 ** 40 || page >= base + pages * PAGE_SIZE) return undefined;
  if (header.fields.size === undefined) return { base, pages, asked: -1, payload: page + header.payload };
  const asked = reader.ptr(page + header.fields.size);
  if (asked === undefined || asked <= 0 || asked > pages * PAGE_SIZE) return undefined;
  return consistent(page, base, pages, asked, header);
}

/**
 * The one word that a block of 0.3 begins with: its order. A zero word may be the header of a single page as well as the first
 * bytes of a page from `palloc`, so it tells where a block ends, but not where its payload begins.
 */
function orderHeaderAt(reader: Reader, page: number, header: PageHeader): FoundPageHeader | undefined {
  const order = reader.ptr(page);
  if (order === undefined || order < 0 || order > MOST_ORDER || page % (PAGE_SIZE * 2 ** order) !== 0) return undefined;
  return { base: page, pages: 2 ** order, asked: -1, payload: page + (order === 0 ? 0 : header.payload) };
}

/** Holds size against page count as malloc and posix_memalign compute it. The alignment is not stored; any that fits will do. */
function consistent(page: number, base: number, pages: number, asked: number, header: PageHeader): FoundPageHeader | undefined {
  if (page === base && pagesFor(asked, header.added) === pages) return { base, pages, asked, payload: page + header.payload };
  for (let align = header.rounded; align <= pages * PAGE_SIZE; align *= 2) {
    const pad =
      align > PAGE_SIZE ? PAGE_SIZE : align === PAGE_SIZE || (align === header.rounded && page === base) ? 0 : header.size;
    const padded = align === header.rounded ? [0, header.size] : [pad];
    const payload = Math.ceil((base + header.size) / align) * align;
    const at = (Math.ceil(payload / PAGE_SIZE) - 1) * PAGE_SIZE;
    if (at === page && padded.some((p) => pagesFor(asked, p + align) === pages)) return { base, pages, asked, payload };
  }
  return undefined;
}

/** The header as a structure, for the detail pane. */
export function pageHeaderView(reader: Reader, page: bigint, header: PageHeader): StructView {
  const { fields } = header;
  if (header.counts === 'order') return structAt(reader, 'size_t', page, header.size, [['order', 0, 'count']]);
  const specs: FieldSpec[] = [];
  if (fields.size !== undefined) specs.push(['size', fields.size, 'size']);
  specs.push(['num_pages', fields.num_pages, 'count'], ['base', fields.base, 'pointer']);
  return structAt(reader, 'struct metadata_ifpages', page, header.size, specs);
}

/** A record of the ifmalloc layer that belongs to a block of the backend. */
export interface FoundRecord {
  /** Bytes from the backend's block to the address given to the caller. */
  readonly offset: number;
  /** Bytes that the caller asked for; with an alignment, the most that it can have been. */
  readonly asked: number;
}

/**
 * Looks for the ifmalloc record of a block that the backend gave at `q`: right there for malloc, further in for posix_memalign,
 * whose alignment is not stored. Records of earlier owners may still stand in the block; the one that explains its size is taken,
 * else the one that asks for most of it.
 *
 * @param q signed reading of a canonical address
 * @param room bytes of the block: a record of more was never made by this layer
 * @param explains would the backend have given a block of `room` for so many bytes?
 */
export function ifmallocRecord(
  reader: Reader,
  q: number,
  room: number,
  explains: (real: number) => boolean,
): FoundRecord | undefined {
  let best: (FoundRecord & { readonly real: number }) | undefined;
  let last = 0;
  for (let align = 0; align < room; align = align === 0 ? 16 : align * 2) {
    const payload = align === 0 ? q + 16 : Math.ceil((q + 16) / align) * align;
    if (payload > q + room || payload === last) continue;
    last = payload;
    const real = reader.ptr(payload - 16);
    const added = align <= 16 ? 16 : align + 16; // below 16 the alignment is 16, and nothing is added for it
    if (reader.ptr(payload - 8) !== q || real === undefined || real < added || real > room) continue;
    const found = { offset: payload - q, asked: real - added, real };
    if (explains(real)) return found;
    if (best === undefined || real > best.real) best = found;
  }
  return best;
}

/** The record as a structure, for the detail pane. */
export function ifmallocRecordView(reader: Reader, payload: bigint): StructView {
  return structAt(reader, 'struct metadata_ifmalloc', payload - 16n, 16, [
    ['size', 0, 'size'],
    ['base', 8, 'pointer'],
  ]);
}
