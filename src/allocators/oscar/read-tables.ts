// Reads the page tables of shadow address space in any memory.

import { hex, TWO_32 } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import type { ShadowTable } from '../../snapshot/shadow';
import { ENTRIES, LEVEL_BYTES, PRESENT, PROTECTED } from './layout';

/** More tables than this (256 MiB of them) are not read but reported. */
const MOST_TABLES = 65536;
/** An entry that maps 2 MiB or 1 GiB itself, which neither preset makes. */
const HUGE = 0x80;
const PAGE = 4096;
const TABLE_BYTES = 4096;

/** A table to begin with: the root, or one below it when the root is not known. */
export interface TableRoot {
  readonly address: bigint;
  readonly level: 2 | 3 | 4;
  /** First address that it translates. */
  readonly base: number;
}

/** What a leaf entry says. */
export type LeafState = 'present' | 'revoked' | 'protected' | 'zero' | 'bad';

/** Looked at while memory is as it was read. */
export class Leaf {
  readonly address: bigint;
  /** First shadow address that it translates. */
  readonly base: number;
  private readonly view: DataView;

  constructor(address: bigint, base: number, bytes: Uint8Array) {
    this.address = address;
    this.base = base;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  state(index: number): LeafState {
    const lo = this.view.getUint32(index * 8, true);
    if ((lo & PRESENT) !== 0) return 'present';
    const hi = this.view.getUint32(index * 8 + 4, true);
    if (lo === 0 && hi === 0) return 'zero';
    if (lo === 0xffff_fffe && hi === 0xffff_ffff) return 'revoked';
    return (lo & PROTECTED) !== 0 ? 'protected' : 'bad';
  }

  /** Frame of a present entry: signed reading. The no-execute bit is not part of it. */
  frame(index: number): number {
    return frameIn(this.view.getUint32(index * 8, true), this.view.getInt32(index * 8 + 4, true));
  }

  value(index: number): bigint {
    return this.view.getBigUint64(index * 8, true);
  }

  entryAddress(index: number): bigint {
    return this.address + BigInt(index * 8);
  }
}

/** Signed reading of the address in a present entry, given its halves. */
export function frameIn(lo: number, hi: number): number {
  const high = hi < 0 && ((hi >>> 20) & 0x7ff) === 0 ? hi & 0xfffff : hi;
  return lo - (lo & (PAGE - 1)) + high * TWO_32;
}

export interface ReadTables {
  readonly tables: readonly ShadowTable[];
  /** Leaf tables by `first address / 2 MiB`. */
  readonly leaves: ReadonlyMap<number, Leaf>;
}

/** @param start,end only tables that translate addresses in `[start, end)` are read */
export function readTables(
  reader: Reader,
  roots: readonly TableRoot[],
  start: number,
  end: number,
  findings: FindingList,
): ReadTables {
  const tables: ShadowTable[] = [];
  const leaves = new Map<number, Leaf>();
  const seen = new Set<bigint>();

  function read(address: bigint, level: 1 | 2 | 3 | 4, base: number, link: bigint): void {
    if (seen.has(address)) {
      findings.add(
        'error',
        'table-twice',
        `the entry at ${hex(link)} names table ${hex(address)}, which another entry names already`,
        link,
      );
      return;
    }
    if (tables.length >= MOST_TABLES) {
      if (tables.length === MOST_TABLES) findings.add('error', 'too-many-tables', `more than ${MOST_TABLES} page tables`, link);
      return;
    }
    const bytes = reader.view(address, TABLE_BYTES);
    if (bytes === undefined) {
      const code = level === 4 ? 'absent' : 'wild-pointer';
      findings.add('error', code, `the L${level} table ${hex(address)}, named at ${hex(link)}, is not in the memory read`, link);
      return;
    }
    seen.add(address);
    tables.push({ address, level, base: BigInt(base) });
    if (level === 1) {
      leaves.set(base / LEVEL_BYTES[2]!, new Leaf(address, base, bytes));
      return;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const span = LEVEL_BYTES[level]!;
    const first = Math.max(0, Math.floor((start - base) / span));
    const last = Math.min(ENTRIES - 1, Math.floor((end - 1 - base) / span));
    for (let i = first; i <= last; i++) {
      const entry = view.getBigUint64(i * 8, true);
      if (entry === 0n) continue;
      const at = address + BigInt(i * 8);
      const lo = Number(entry & 0xfffn);
      if ((lo & PRESENT) === 0 || (lo & HUGE) !== 0) {
        findings.add('error', 'bad-entry', `the L${level} entry at ${hex(at)} is ${hex(entry)}: neither 0 nor a table`, at);
        continue;
      }
      read(entry - BigInt(lo), (level - 1) as 1 | 2 | 3, base + i * span, at);
    }
  }

  for (const root of roots) read(root.address, root.level, root.base, root.address);
  return { tables, leaves };
}
