// Walks bbuddy's free lists by their own links, in any memory: a simulated heap, a dump, a live kernel. Damage ends a walk, never
// the decoding: it becomes a finding at its address, and the next list is read.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import type { Severity } from '../../regions/problem';
import type { FreeList } from '../../snapshot/snapshot';
import { walkBackward } from './backward';
import { Chunk, ORDERS, type PallocLayout } from './layout';

/** Where a chunk may lie, and whether its pages are free by the bitmap. */
export interface PageLookup {
  /** Index of the region that holds `[page, page + bytes)`, −1 for none. */
  regionOf(page: bigint, bytes: bigint): number;
  /** Bitmap bit of a page in a region: allocated? Undefined when the bitmap is absent there. */
  isAllocated(region: number, page: bigint): boolean | undefined;
}

export interface WalkedLists {
  readonly lists: readonly FreeList[];
  /** Chunk address → order, for every chunk that was reached. */
  readonly chunks: ReadonlyMap<bigint, number>;
}

/** @param palloc address of the struct uk_bbpalloc */
export function walkFreeLists(
  reader: Reader,
  palloc: bigint,
  layout: PallocLayout,
  pages: PageLookup,
  findings: FindingList,
): WalkedLists {
  // Only where region records are missing can a chunk lie outside of all regions and still be right.
  const partial = findings.has((code) => code.startsWith('absent-'));
  const chunks = new Map<bigint, number>();
  const lists: FreeList[] = [];
  for (let order = 0; order < ORDERS; order++) {
    const head = palloc + BigInt(layout.free_head + 8 * order);
    const end = layout.free_tail === undefined ? 0n : palloc + BigInt(layout.free_tail + Chunk.size * order);
    const walk = walkList(reader, head, order, end, layout.free_tail !== undefined, partial, pages, chunks, findings);
    lists.push({ name: `free_head[${order}]`, head, sizeClass: order, memberSize: 4096 * 2 ** order, ...walk });
  }
  return { lists, chunks };
}

function walkList(
  reader: Reader,
  head: bigint,
  order: number,
  end: bigint,
  hasTails: boolean,
  partial: boolean,
  pages: PageLookup,
  chunks: Map<bigint, number>,
  findings: FindingList,
): Pick<FreeList, 'entries' | 'complete' | 'gap'> {
  const entries: bigint[] = [];
  const bytes = 4096n << BigInt(order);
  const list = `free_head[${order}]`;
  const broken = (code: string, message: string, address: bigint, severity: Severity = 'error') => {
    const rest = hasTails ? walkBackward(reader, head, end, order, pages, chunks) : [];
    const known =
      rest.length === 0 ? '' : `; from its end ${rest.length} more ${rest.length === 1 ? 'chunk is' : 'chunks are'} known`;
    findings.add(severity, code, `${list}: ${message}${known}`, address);
    return { entries: [...entries, ...rest], complete: false, ...(rest.length > 0 && { gap: entries.length }) };
  };
  let link = head;
  for (;;) {
    const chunk = reader.u64(link);
    if (chunk === undefined) return broken('absent-link', `the link at ${hex(link)} is not in the memory read`, link, 'warning');
    if (chunk === end) break;
    if (chunk === 0n) return broken('null-link', `the link at ${hex(link)} is NULL, the list's end is ${hex(end)}`, link);
    const before = chunks.get(chunk);
    if (before !== undefined) {
      const where = before === order ? 'is on this list already: a cycle' : `is on free_head[${before}] as well`;
      return broken(
        before === order ? 'list-cycle' : 'on-two-lists',
        `chunk ${hex(chunk)}, reached by the link at ${hex(link)}, ${where}`,
        chunk,
      );
    }
    const region = pages.regionOf(chunk, bytes);
    if (region < 0 && partial && reader.u64(chunk) === undefined) {
      return broken(
        'absent-chunk',
        `the link at ${hex(link)} leads to ${hex(chunk)}, which is not in the memory read`,
        chunk,
        'warning',
      );
    }
    if (region < 0)
      return broken(
        'wild-pointer',
        `the link at ${hex(link)} leads to ${hex(chunk)}, which no memory region holds as a chunk of this order`,
        link,
      );
    if (chunk % bytes !== 0n)
      return broken('misaligned-chunk', `chunk ${hex(chunk)} is not aligned to its ${hex(bytes)} bytes`, chunk);
    chunks.set(chunk, order);
    entries.push(chunk);
    checkChunk(reader, chunk, order, link, region, hasTails, pages, findings, list);
    link = chunk + BigInt(Chunk.next);
  }
  if (hasTails) checkSentinel(reader, end, link, list, findings);
  return { entries, complete: true };
}

/** What disagrees without stopping the walk. */
function checkChunk(
  reader: Reader,
  chunk: bigint,
  order: number,
  link: bigint,
  region: number,
  hasTails: boolean,
  pages: PageLookup,
  findings: FindingList,
  list: string,
): void {
  const level = reader.u32(chunk + BigInt(Chunk.level));
  if (level !== undefined && level !== order) {
    findings.add(
      'error',
      'bad-level',
      `${list}: chunk ${hex(chunk)} says order ${level}, its list is of order ${order}`,
      chunk + BigInt(Chunk.level),
    );
  }
  const pprev = reader.u64(chunk + BigInt(Chunk.pprev));
  if (pprev !== undefined && pprev !== link) {
    findings.add(
      'error',
      'bad-backlink',
      `${list}: pprev of chunk ${hex(chunk)} is ${hex(pprev)}, the link to it is at ${hex(link)}`,
      chunk + BigInt(Chunk.pprev),
    );
  }
  if (pages.isAllocated(region, chunk) === true) {
    findings.add('error', 'free-but-allocated', `${list}: chunk ${hex(chunk)} is marked allocated in the bitmap`, chunk);
  }
  if (!hasTails) return;
  const tail = chunk + (4096n << BigInt(order)) - BigInt(Chunk.tailSize);
  const tailLevel = reader.u32(tail);
  if (tailLevel !== undefined && tailLevel !== order) {
    findings.add('warning', 'bad-tail', `${list}: the tail of chunk ${hex(chunk)} says order ${tailLevel}, not ${order}`, tail);
  }
}

/** A list's sentinel points back at the last link and ends with NULL. */
function checkSentinel(reader: Reader, sentinel: bigint, link: bigint, list: string, findings: FindingList): void {
  const next = reader.u64(sentinel + BigInt(Chunk.next));
  if (next !== undefined && next !== 0n)
    findings.add('error', 'bad-sentinel', `${list}: its sentinel's next is ${hex(next)}, not NULL`, sentinel);
  const pprev = reader.u64(sentinel + BigInt(Chunk.pprev));
  if (pprev !== undefined && pprev !== link) {
    findings.add(
      'error',
      'bad-backlink',
      `${list}: pprev of its sentinel is ${hex(pprev)}, the last link is at ${hex(link)}`,
      sentinel + BigInt(Chunk.pprev),
    );
  }
}
