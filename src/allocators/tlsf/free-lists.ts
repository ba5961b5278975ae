// Walks TLSF's free lists by their own links and holds them against the bitmaps and against the blocks in memory.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import type { FreeList } from '../../snapshot/snapshot';
import { Header, REAL_FLI, Tlsf } from './layout';
import { insertClass } from './mapping';

/** Columns that are read: with more, a table is larger than any heap that was ever made of it. */
const MOST_COLUMNS = 1024;
/** Up to this L a row's bits fit its word; above, they lie in later rows' words and say nothing. */
export const LAST_IN_ONE_WORD = 5;

/** The control structure's words; absent ones count as 0 and are told. */
export interface Bitmaps {
  readonly fl: number;
  /** Word f of sl_bitmap, for every f that fl_bitmap can name. */
  readonly sl: readonly number[];
}

/** Where free blocks are, as the walk through memory found them. */
export interface FreeBlocks {
  /** Header → payload bytes. */
  readonly sizes: ReadonlyMap<bigint, number>;
  /** Can a header lie there? */
  contains(header: bigint): boolean;
  /** Was the physical walk complete, so that what it did not find is not there? */
  readonly complete: boolean;
}

export interface WalkedLists {
  readonly lists: readonly FreeList[];
  /** As `state.matrix` has it: heads with their lists, an address outside the heap included at the end. */
  readonly matrix: Readonly<Record<string, readonly string[]>>;
  /** Header → class, for every block that was reached. */
  readonly listed: ReadonlyMap<bigint, number>;
}

/** Rows from 24 on are read too: heaps of 1 GiB and more use what lies behind the tables. */
export function readBitmaps(reader: Reader, pool: bigint): Bitmaps {
  const fl = reader.u32(pool + BigInt(Tlsf.fl_bitmap)) ?? 0;
  const sl = Array.from({ length: 32 }, (_, f) =>
    f < REAL_FLI || ((fl >>> f) & 1) === 1 ? (reader.u32(pool + BigInt(Tlsf.sl_bitmap + 4 * f)) ?? 0) : 0,
  );
  return { fl, sl };
}

export function headAddress(pool: bigint, fl: number, sl: number, log2Sli: number): bigint {
  return pool + BigInt(Tlsf.matrix + 8 * (fl * 2 ** log2Sli + sl));
}

export function walkFreeLists(
  reader: Reader,
  pool: bigint,
  log2Sli: number,
  bitmaps: Bitmaps,
  free: FreeBlocks,
  findings: FindingList,
): WalkedLists {
  const columns = Math.min(2 ** log2Sli, MOST_COLUMNS);
  const listed = new Map<bigint, number>();
  const lists: FreeList[] = [];
  const matrix: Record<string, string[]> = {};
  for (let fl = 0; fl < 32; fl++) {
    for (let sl = 0; sl < columns; sl++) {
      if (fl >= REAL_FLI && (sl >= 32 || ((bitmaps.sl[fl]! >>> sl) & 1) === 0)) continue;
      const head = headAddress(pool, fl, sl, log2Sli);
      const first = reader.u64(head);
      const name = `(${fl},${sl})`;
      if (first === undefined) {
        findings.add('warning', 'absent-link', `list ${name}: its head at ${hex(head)} is not in the memory read`, head);
        continue;
      }
      if (log2Sli <= LAST_IN_ONE_WORD) checkBit(name, fl, sl, first !== 0n, bitmaps, pool, findings);
      if (first === 0n) continue;
      const walk = walkList(reader, head, fl, sl, log2Sli, free, listed, findings);
      matrix[`${fl},${sl}`] = walk.seen.map((a) => hex(a));
      lists.push({
        name: `matrix[${fl}][${sl}]`,
        head,
        sizeClass: fl * 2 ** log2Sli + sl,
        memberSize: 0,
        entries: walk.entries,
        complete: walk.complete,
      });
    }
  }
  if (log2Sli <= LAST_IN_ONE_WORD) checkRows(bitmaps, pool, findings);
  return { lists, matrix, listed };
}

/** Why a list's walk stopped early, or nothing. */
function walkList(
  reader: Reader,
  head: bigint,
  fl: number,
  sl: number,
  log2Sli: number,
  free: FreeBlocks,
  listed: Map<bigint, number>,
  findings: FindingList,
): { seen: bigint[]; entries: bigint[]; complete: boolean } {
  const seen: bigint[] = [];
  const entries: bigint[] = [];
  const own = fl * 2 ** log2Sli + sl;
  const list = `list (${fl},${sl})`;
  let link = head;
  let previous = 0n;
  for (;;) {
    const block = reader.u64(link);
    if (block === undefined) {
      findings.add('warning', 'absent-link', `${list}: the link at ${hex(link)} is not in the memory read`, link);
      return { seen, entries, complete: false };
    }
    if (block === 0n) return { seen, entries, complete: true };
    const before = listed.get(block);
    if (before !== undefined) {
      const other = `(${Math.floor(before / 2 ** log2Sli)},${before % 2 ** log2Sli})`;
      const message = `${list}: block ${hex(block)}, reached by the link at ${hex(link)}, is on ${before === own ? 'it already: a cycle' : `list ${other} as well`}`;
      findings.add('error', before === own ? 'list-cycle' : 'on-two-lists', message, block);
      return { seen, entries, complete: false };
    }
    seen.push(block);
    if (!free.contains(block)) {
      findings.add('error', 'wild-pointer', `${list}: the link at ${hex(link)} leads to ${hex(block)}, outside the heap`, link);
      return { seen, entries, complete: false };
    }
    entries.push(block);
    listed.set(block, own);
    checkMember(reader, block, previous, fl, sl, log2Sli, free, findings);
    previous = block;
    link = block + BigInt(Header.next);
  }
}

/** What disagrees about a member without stopping the walk. */
function checkMember(
  reader: Reader,
  block: bigint,
  previous: bigint,
  fl: number,
  sl: number,
  log2Sli: number,
  free: FreeBlocks,
  findings: FindingList,
): void {
  const list = `list (${fl},${sl})`;
  const back = reader.u64(block + BigInt(Header.prev));
  if (back !== undefined && back !== previous) {
    const want = previous === 0n ? 'NULL, it being the first' : hex(previous);
    const message = `${list}: prev of block ${hex(block)} is ${hex(back)}, not ${want}`;
    findings.add('error', 'bad-backlink', message, block + BigInt(Header.prev));
  }
  const size = free.sizes.get(block);
  if (size === undefined) {
    if (free.complete) {
      const message = `${list}: ${hex(block)} is listed as free, but no free block begins there`;
      findings.add('error', 'listed-not-free', message, block);
    }
    return;
  }
  const right = insertClass(BigInt(size), log2Sli);
  if (right.fl !== fl || right.sl !== sl) {
    const message = `${list}: block ${hex(block)} has ${size} bytes and belongs into (${right.fl},${right.sl})`;
    findings.add('error', 'wrong-class', message, block + BigInt(Header.size));
  }
}

function checkBit(
  name: string,
  fl: number,
  sl: number,
  filled: boolean,
  bitmaps: Bitmaps,
  pool: bigint,
  findings: FindingList,
): void {
  const bit = ((bitmaps.sl[fl]! >>> sl) & 1) === 1;
  if (bit === filled) return;
  const at = pool + BigInt(Tlsf.sl_bitmap + 4 * fl);
  const message = filled
    ? `list ${name} has blocks, but its bit in sl_bitmap[${fl}] is clear: no request finds them`
    : `list ${name} is empty, but its bit in sl_bitmap[${fl}] is set: requests that end there get NULL`;
  findings.add('error', filled ? 'bit-clear' : 'bit-set', message, at);
}

/** fl_bitmap against the rows' words. */
function checkRows(bitmaps: Bitmaps, pool: bigint, findings: FindingList): void {
  const at = pool + BigInt(Tlsf.fl_bitmap);
  for (let fl = 0; fl < 32; fl++) {
    const bit = ((bitmaps.fl >>> fl) & 1) === 1;
    const word = bitmaps.sl[fl]!;
    if (bit && word === 0) {
      findings.add('error', 'row-bit-set', `fl_bitmap names row ${fl}, but sl_bitmap[${fl}] is 0`, at);
    } else if (!bit && word !== 0 && fl < REAL_FLI) {
      const message = `sl_bitmap[${fl}] is 0x${word.toString(16)}, but fl_bitmap does not name row ${fl}: larger requests do not look there`;
      findings.add('error', 'row-bit-clear', message, at);
    }
  }
}
