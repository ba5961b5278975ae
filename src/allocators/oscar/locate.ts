// Where Oscar's own variables are. In a simulated kernel they have known addresses; in a dump they lie in .bss and in CR3, which may not
// even be part of the dump. What no option says is then found in the heap itself:
//
//   - pools of `struct vma` and `struct alias` are pages that consist of such structures from end to end;
//   - a live alias alone in its bucket points twice at `lookup + 16 · bucket`, so each of them tells where `lookup[]` is;
//   - the free ranges are the structures of a vma pool that are not marked as free, and their links lead to `vmem_free`;
//   - the tables are found from the leaf up: a page with the frame of a live object at the right entry, then a page that names it …

import { PAGE_SIZE, toNumber, TWO_32 } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { bucketOf } from './hash';
import { Alias, ENTRY_FLAGS, entryIndex, FREE_VMA, LEVEL_BYTES, ListHead, POOL_BYTES, Vma } from './layout';
import { readAlias, readVma, type AliasRecord, type VmaRecord } from './read-objects';
import type { TableRoot } from './read-tables';

const PAGE = 4096n;
/** Pages that are looked through: 4 GiB of used memory. */
const MOST_PAGES = 2 ** 20;

/** Objects that are tried before tables are given up. */
const MOST_TRIES = 16;

/** What stands in used pages, by what they look like. */
export interface FoundPools {
  /** Addresses of the pools. */
  readonly vmas: readonly bigint[];
  readonly aliases: readonly bigint[];
}

/** Pages of used memory, in ascending order. */
export function* usedPages(canonical: HeapSnapshot): Generator<bigint> {
  const { blocks } = canonical;
  let count = 0;
  let last = -1n;
  for (let i = 0; i < blocks.length; i++) {
    if (blocks.state(i) !== 'used') continue;
    const first = (blocks.base(i) / PAGE) * PAGE;
    for (let page = first > last ? first : last + PAGE; page < blocks.end(i); page += PAGE) {
      if (++count > MOST_PAGES) return;
      last = page;
      yield page;
    }
  }
}

/** Looks for pools in all used pages. */
export function findPools(reader: Reader, canonical: HeapSnapshot, start: number, end: number): FoundPools {
  const vmas: bigint[] = [];
  const aliases: bigint[] = [];
  let taken = 0n;
  for (const page of usedPages(canonical)) {
    if (page < taken) continue;
    // Most pages are refused by the links of their first structure.
    const near = toNumber(page);
    if (!mayBeHead(reader, near + Vma.list) && !mayBeHead(reader, near + Alias.list)) continue;
    const bytes = reader.view(page, POOL_BYTES);
    if (bytes === undefined) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (isVmaPool(view, start, end)) vmas.push(page);
    else if (isAliasPool(view, start, end)) aliases.push(page);
    else continue;
    taken = page + BigInt(POOL_BYTES);
  }
  return { vmas, aliases };
}

function isVmaPool(view: DataView, start: number, end: number): boolean {
  for (let at = 0; at < POOL_BYTES; at += Vma.bytes) {
    const size = unsigned(view, at + Vma.size);
    const addr = unsigned(view, at + Vma.addr);
    const free = size === FREE_VMA.size && addr === FREE_VMA.addr;
    if (!free && (addr < start || addr + size > end || size === 0 || addr % PAGE_SIZE !== 0 || size % PAGE_SIZE !== 0))
      return false;
    if (!isLink(view, at + Vma.list)) return false;
  }
  return true;
}

function isAliasPool(view: DataView, start: number, end: number): boolean {
  for (let at = 0; at + Alias.bytes <= POOL_BYTES; at += Alias.bytes) {
    const size = unsigned(view, at + Alias.size);
    const alias = unsigned(view, at + Alias.alias);
    const origin = unsigned(view, at + Alias.origin);
    const fresh = size === 0 && alias === 0 && origin === 0;
    const inPage = (view.getUint32(at + Alias.origin, true) ^ view.getUint32(at + Alias.alias, true)) & (PAGE_SIZE - 1);
    if (!fresh && (alias < start || alias + size > end || origin === 0 || inPage !== 0)) return false;
    if (!isLink(view, at + Alias.list)) return false;
  }
  return true;
}

/** 64 bits; what a double rounds lies beyond shadow address space in any case. */
function unsigned(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true);
}

function isLink(view: DataView, at: number): boolean {
  return isPointer(view, at + ListHead.next) && isPointer(view, at + ListHead.prev);
}

function isPointer(view: DataView, at: number): boolean {
  const low = view.getUint32(at, true);
  return (low & 7) === 0 && (low !== 0 || view.getUint32(at + 4, true) !== 0);
}

/** Could two links stand here? Asked of every used page, so without a bigint or an array for each. */
function mayBeHead(reader: Reader, at: number): boolean {
  return mayBePointer(reader, at + ListHead.next) && mayBePointer(reader, at + ListHead.prev);
}

function mayBePointer(reader: Reader, at: number): boolean {
  const low = reader.word(at);
  if (low === undefined || (low & 7) !== 0) return false;
  return low !== 0 || (reader.word(at + 4) ?? 0) !== 0;
}

/** Live objects as the pools alone tell, and the address of `lookup[]` that their links agree on. */
export function aliasesInPools(reader: Reader, pools: readonly bigint[]): { lookup: bigint | undefined; records: AliasRecord[] } {
  const all = new Map<bigint, AliasRecord>();
  const votes = new Map<bigint, number>();
  for (const pool of pools) {
    for (let i = 0; (i + 1) * Alias.bytes <= POOL_BYTES; i++) {
      const address = pool + BigInt(i * Alias.bytes);
      const record = readAlias(reader, toNumber(address), 0);
      if (record === undefined || record.alias === 0n) continue;
      const bucket = bucketOf(record.alias);
      all.set(address, { ...record, bucket });
      const offset = BigInt(bucket * ListHead.size);
      // Alone in its bucket, or first or last of it.
      for (const at of [address, address + BigInt(ListHead.prev)]) {
        const lookup = reader.u64(at)! - offset;
        votes.set(lookup, (votes.get(lookup) ?? 0) + 1);
      }
    }
  }
  const [lookup, count] = [...votes].reduce((best, vote) => (vote[1] > best[1] ? vote : best), [0n, 0]);
  if (count < 2) return { lookup: undefined, records: [] };
  return { lookup, records: [...all.values()].filter((r) => isOnBucket(reader, r, lookup, all)) };
}

/** Do the links of a record lead to its bucket's head? Those of a freed one lead to other free records. */
function isOnBucket(reader: Reader, record: AliasRecord, lookup: bigint, all: ReadonlyMap<bigint, AliasRecord>): boolean {
  const head = lookup + BigInt(record.bucket * ListHead.size);
  let link = record.address;
  for (let steps = 0; steps < 64; steps++) {
    const next = reader.u64(link);
    if (next === head) return true;
    if (next === undefined || all.get(next)?.bucket !== record.bucket) return false;
    link = next;
  }
  return false;
}

/** The free ranges as the pools alone tell, in list order, and the address of `vmem_free`. */
export function rangesInPools(reader: Reader, pools: readonly bigint[]): { head: bigint | undefined; ranges: VmaRecord[] } {
  const ranges = new Map<bigint, VmaRecord>();
  for (const pool of pools) {
    for (let i = 0; i < POOL_BYTES / Vma.bytes; i++) {
      const vma = readVma(reader, pool + BigInt(i * Vma.bytes));
      if (vma !== undefined && vma.size !== BigInt(FREE_VMA.size)) ranges.set(vma.address + BigInt(Vma.list), vma);
    }
  }
  const first = [...ranges.keys()].find((link) => !ranges.has(reader.u64(link + BigInt(ListHead.prev)) ?? 0n));
  if (first === undefined) return { head: undefined, ranges: [] };
  const ordered: VmaRecord[] = [];
  for (let link = first; ranges.has(link) && ordered.length < ranges.size; link = reader.u64(link) ?? 0n)
    ordered.push(ranges.get(link)!);
  return { head: reader.u64(first + BigInt(ListHead.prev)), ranges: ordered };
}

/** The highest tables that lead to the live objects, found from the leaves up. */
export function findTables(reader: Reader, canonical: HeapSnapshot, objects: readonly AliasRecord[]): TableRoot[] {
  const pages = [...usedPages(canonical)];
  const roots: TableRoot[] = [];
  const covered = new Set<number>();
  const tried = new Map<number, number>();
  for (const object of objects) {
    const page = toNumber(object.alias - (object.alias % PAGE));
    const top = Math.floor(page / LEVEL_BYTES[4]!);
    const tries = tried.get(top) ?? 0;
    if (covered.has(top) || tries === MOST_TRIES) continue;
    tried.set(top, tries + 1);
    // From the entry for the object's frame to the table that holds it, and so on, as long as one page alone fits.
    let target = object.origin - (object.origin % PAGE);
    for (let level = 1; level <= 3; level++) {
      const offset = BigInt(8 * entryIndex(page, level));
      const wanted = target + BigInt(ENTRY_FLAGS);
      const holders = pages.filter((p) => {
        const entry = reader.u64(p + offset);
        return entry !== undefined && BigInt.asUintN(63, entry) === wanted;
      });
      if (holders.length !== 1) break;
      target = holders[0]!;
      if (level < 3) continue;
      covered.add(top);
      roots.push({ address: target, level: 3, base: top * LEVEL_BYTES[4]! });
    }
  }
  return roots;
}
