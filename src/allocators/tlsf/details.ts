// What the heap view shows of TLSF beside blocks and lists: the grid of classes, and the way of a request through it.

import { toNumber } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { TlsfDetails, TlsfRequest } from '../../snapshot/details';
import type { FreeBlocks } from './free-blocks';
import { headAddress, type Bitmaps, type WalkedLists } from './free-lists';
import { Header, REAL_FLI, SPLIT_REST } from './layout';
import { classRange, insertClass, lowestBit, searchClass } from './mapping';

/** The record that ukalloc puts in front of every payload. */
const RECORD = 16n;

/** @param listBytes payload bytes of the members of each list */
export function tlsfDetails(
  reader: Reader,
  pool: bigint,
  log2Sli: number,
  bitmaps: Bitmaps,
  { lists }: WalkedLists,
  listBytes: readonly number[],
  free: FreeBlocks,
): TlsfDetails {
  const columns = 2 ** log2Sli;
  const counts = new Uint32Array(REAL_FLI * columns);
  const bytes = new Float64Array(REAL_FLI * columns);
  for (const [i, list] of lists.entries()) {
    if (list.sizeClass >= counts.length) continue; // rows that do not exist
    counts[list.sizeClass] = list.entries.length;
    bytes[list.sizeClass] = listBytes[i]!;
  }
  const place = (sizeClass: number) => ({ fl: Math.floor(sizeClass / columns), sl: sizeClass % columns });
  return {
    kind: 'tlsf',
    rows: REAL_FLI,
    columns,
    flBitmap: bitmaps.fl,
    slBitmap: bitmaps.sl.slice(0, REAL_FLI),
    counts,
    bytes,
    range: (sizeClass) => classRange(place(sizeClass), log2Sli),
    headAddress: (sizeClass) => headAddress(pool, place(sizeClass).fl, place(sizeClass).sl, log2Sli),
    request: (size) => request(reader, pool, log2Sli, bitmaps, free, size),
  };
}

/** Maps, searches and takes as malloc_ex does, without writing. */
function request(reader: Reader, pool: bigint, log2Sli: number, bitmaps: Bitmaps, free: FreeBlocks, asked: bigint): TlsfRequest {
  const columns = 2 ** log2Sli;
  const withRecord = BigInt.asUintN(64, asked + RECORD);
  const search = searchClass(withRecord, log2Sli);
  const own = insertClass(search.aligned, log2Sli);
  const common = {
    asked,
    withRecord,
    aligned: search.aligned,
    rounded: search.rounded,
    ownClass: own.fl * columns + own.sl,
    searchClass: search.fl * columns + search.sl,
  };
  const none = { ...common, rest: 0, outcome: 'none' } as const;
  if (withRecord < asked) return none;
  const found = findList(bitmaps, search.fl, search.sl);
  const block = found === undefined ? 0n : (reader.u64(headAddress(pool, found.fl, found.sl, log2Sli)) ?? 0n);
  if (found === undefined || block === 0n) return none;
  const held = free.sizeOf(toNumber(block));
  const taken = { ...common, foundClass: found.fl * columns + found.sl, block };
  if (held === undefined || BigInt(held) < search.rounded) return { ...taken, rest: 0, outcome: 'overrun' };
  const rest = held - Number(search.rounded);
  const payload = block + BigInt(Header.bytes);
  const given = { ...taken, blockSize: held, result: payload + RECORD };
  return rest >= SPLIT_REST
    ? { ...given, rest: rest - Header.bytes, restBlock: payload + search.rounded, outcome: 'split' }
    : { ...given, rest: 0, outcome: 'whole' };
}

/** First list at or above (fl, sl) by the bitmaps. */
function findList(bitmaps: Bitmaps, fl: number, sl: number): { fl: number; sl: number } | undefined {
  const word = (bitmaps.sl[fl] ?? 0) & (-1 << sl);
  if (word !== 0) return { fl, sl: lowestBit(word) };
  const row = lowestBit(bitmaps.fl & (-1 << (fl + 1)));
  return row > 0 ? { fl: row, sl: lowestBit(bitmaps.sl[row]!) } : undefined;
}
