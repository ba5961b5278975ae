// Walks TLSF's free lists by their own links and holds them against the bitmaps and against the blocks in memory.

import { hex, toBigInt, toNumber } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import type { FreeList } from '../../snapshot/snapshot';
import type { FreeBlocks } from './free-blocks';
import { Header, REAL_FLI, Tlsf } from './layout';
import { classOfBlock, insertClass } from './mapping';

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

export interface WalkedLists {
  readonly lists: readonly FreeList[];
  /** As `state.matrix` has it: heads with their lists, an address outside the heap included at the end. */
  matrix(): Readonly<Record<string, readonly string[]>>;
  /** Was the free block of this index reached? */
  isListed(index: number): boolean;
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
  const listed = new Listed(free);
  const lists: FreeList[] = [];
  const seen: [place: string, members: readonly bigint[]][] = [];
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
      seen.push([`${fl},${sl}`, walk.seen]);
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
  return {
    lists,
    matrix: () => Object.fromEntries(seen.map(([place, members]) => [place, members.map((a) => hex(a))])),
    isListed: (index) => listed.isListed(index),
  };
}

/** The list on which each block was met. */
class Listed {
  private readonly free: FreeBlocks;
  /** Class + 1 of each free block; 0 where it was not met. */
  private readonly classes: Int32Array;
  /** The same for what is no free block, header → class. */
  private readonly others = new Map<number, number>();

  constructor(free: FreeBlocks) {
    this.free = free;
    this.classes = new Int32Array(free.length);
  }

  isListed(index: number): boolean {
    return this.classes[index] !== 0;
  }

  /** The class of the list on which a block was met before; otherwise it is now. */
  meet(header: number, own: number): number | undefined {
    const i = this.free.indexOf(header);
    const before = i < 0 ? this.others.get(header) : this.classes[i] === 0 ? undefined : this.classes[i]! - 1;
    if (before !== undefined) return before;
    if (i < 0) this.others.set(header, own);
    else this.classes[i] = own + 1;
    return undefined;
  }
}

/** Why a list's walk stopped early, or nothing. */
function walkList(
  reader: Reader,
  head: bigint,
  fl: number,
  sl: number,
  log2Sli: number,
  free: FreeBlocks,
  listed: Listed,
  findings: FindingList,
): { seen: readonly bigint[]; entries: readonly bigint[]; complete: boolean } {
  const entries: bigint[] = [];
  const own = fl * 2 ** log2Sli + sl;
  const list = `list (${fl},${sl})`;
  let link = toNumber(head);
  let previous = 0;
  for (;;) {
    const block = reader.ptr(link);
    if (block === undefined) {
      findings.add('warning', 'absent-link', `${list}: the link at ${hex(link)} is not in the memory read`, toBigInt(link));
      return { seen: entries, entries, complete: false };
    }
    if (block === 0) return { seen: entries, entries, complete: true };
    if (!free.contains(block)) {
      const wild = reader.u64(toBigInt(link))!;
      const message = `${list}: the link at ${hex(link)} leads to ${hex(wild)}, outside the heap`;
      findings.add('error', 'wild-pointer', message, toBigInt(link));
      return { seen: [...entries, wild], entries, complete: false };
    }
    const before = listed.meet(block, own);
    if (before !== undefined) {
      const other = `(${Math.floor(before / 2 ** log2Sli)},${before % 2 ** log2Sli})`;
      const message = `${list}: block ${hex(block)}, reached by the link at ${hex(link)}, is on ${before === own ? 'it already: a cycle' : `list ${other} as well`}`;
      findings.add('error', before === own ? 'list-cycle' : 'on-two-lists', message, toBigInt(block));
      return { seen: entries, entries, complete: false };
    }
    entries.push(toBigInt(block));
    checkMember(reader, block, previous, fl, sl, log2Sli, free, findings);
    previous = block;
    link = block + Header.next;
  }
}

/** What disagrees about a member without stopping the walk. */
function checkMember(
  reader: Reader,
  block: number,
  previous: number,
  fl: number,
  sl: number,
  log2Sli: number,
  free: FreeBlocks,
  findings: FindingList,
): void {
  const back = reader.ptr(block + Header.prev);
  if (back !== undefined && back !== previous) {
    const at = toBigInt(block + Header.prev);
    const want = previous === 0 ? 'NULL, it being the first' : hex(previous);
    const message = `list (${fl},${sl}): prev of block ${hex(block)} is ${hex(reader.u64(at)!)}, not ${want}`;
    findings.add('error', 'bad-backlink', message, at);
  }
  const size = free.sizeOf(block);
  if (size === undefined) {
    if (free.complete) {
      const message = `list (${fl},${sl}): ${hex(block)} is listed as free, but no free block begins there`;
      findings.add('error', 'listed-not-free', message, toBigInt(block));
    }
    return;
  }
  if (log2Sli <= LAST_IN_ONE_WORD && classOfBlock(size, log2Sli) === fl * 2 ** log2Sli + sl) return;
  const right = insertClass(BigInt(size), log2Sli);
  if (right.fl !== fl || right.sl !== sl) {
    const message = `list (${fl},${sl}): block ${hex(block)} has ${size} bytes and belongs into (${right.fl},${right.sl})`;
    findings.add('error', 'wrong-class', message, toBigInt(block + Header.size));
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
