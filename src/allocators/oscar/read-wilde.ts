// What memory holds of the port: records, free ranges and tables, from known addresses or found in the heap.

import { hex, toBigInt } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { Config } from '../../regions/release';
import type { FindingList } from '../../snapshot/findings';
import type { FreeList } from '../../snapshot/snapshot';
import { Statics, VMAP_START } from './layout';
import { aliasesInPools, findPools, findTables, rangesInPools, type FoundPools } from './locate';
import { checkBuckets, readAliases, readRanges, type AliasRecord, type VmaRecord } from './read-objects';
import { readTables, type ReadTables, type TableRoot } from './read-tables';
import { LOOKUP_SYMBOL, ROOT_SYMBOL } from './settings';
import type { CanonicalHeap } from './underneath';

export interface PortData {
  readonly records: readonly AliasRecord[];
  readonly ranges: readonly VmaRecord[];
  readonly read: ReadTables;
  readonly pools: FoundPools;
  /** Address of the root table, when it is known. */
  readonly root: bigint | undefined;
  /** Address of `lookup[]`, when it is known. */
  readonly lookup: bigint | undefined;
  readonly vmemFree: FreeList;
}

export function readPort(reader: Reader, canonical: CanonicalHeap, end: number, findings: FindingList): PortData {
  const pools = findPools(reader, canonical.snapshot, VMAP_START, end);
  return canonical.simulated ? readSimulated(reader, pools, end, findings) : readDump(reader, canonical, pools, end, findings);
}

function readSimulated(reader: Reader, pools: FoundPools, end: number, findings: FindingList): PortData {
  const lookup = toBigInt(Statics.lookup);
  const root = toBigInt(Statics.root);
  const head = toBigInt(Statics.vmem_free);
  const records = readAliases(reader, lookup, 'lookup', findings);
  checkBuckets(records, 'lookup', findings);
  const { ranges, complete } = readRanges(reader, head, BigInt(VMAP_START), BigInt(end), findings);
  const read = readTables(reader, [{ address: root, level: 4, base: 0 }], VMAP_START, end, findings);
  return { records, ranges, read, pools, root, lookup, vmemFree: listOf(head, ranges, complete) };
}

function readDump(reader: Reader, canonical: CanonicalHeap, pools: FoundPools, end: number, findings: FindingList): PortData {
  const { config } = canonical.options;
  const inPools = aliasesInPools(reader, pools.aliases);
  const lookup = addressIn(config, LOOKUP_SYMBOL) ?? inPools.lookup;
  const present = lookup !== undefined && reader.u64(lookup) !== undefined;
  let records: readonly AliasRecord[] = inPools.records;
  if (present) {
    records = readAliases(reader, lookup, 'lookup', findings);
    checkBuckets(records, 'lookup', findings);
  } else if (pools.aliases.length > 0) {
    const where = lookup === undefined ? '' : ` (its records say it is at ${hex(lookup)})`;
    const message = `the table of live objects, lookup[], is not in the memory read${where}: live objects are those whose links lead to it`;
    findings.add('info', 'lookup-absent', message, pools.aliases[0]);
  }

  const found = rangesInPools(reader, pools.vmas);
  const headPresent = found.head !== undefined && reader.u64(found.head) !== undefined;
  const { ranges, complete } = headPresent
    ? readRanges(reader, found.head!, BigInt(VMAP_START), BigInt(end), findings)
    : { ranges: found.ranges, complete: found.head !== undefined };

  const root = addressIn(config, ROOT_SYMBOL);
  const roots: TableRoot[] =
    root === undefined ? findTables(reader, canonical.snapshot, records) : [{ address: root, level: 4, base: 0 }];
  if (root === undefined) {
    const below =
      roots.length > 0 ? 'the tables below it were found from the frames of live objects' : 'no live object leads to its tables';
    findings.add('info', 'root-unknown', `the root table is not known (say ${ROOT_SYMBOL}); ${below}`);
  }
  const read = readTables(reader, roots, VMAP_START, end, findings);
  return { records, ranges, read, pools, root, lookup, vmemFree: listOf(found.head ?? 0n, ranges, complete) };
}

function listOf(head: bigint, ranges: readonly VmaRecord[], complete: boolean): FreeList {
  return { name: 'vmem_free', head, sizeClass: -1, memberSize: 0, entries: ranges.map((r) => r.address), complete };
}

function addressIn(config: Config, symbol: string): bigint | undefined {
  const text = config[symbol];
  return text !== undefined && /^(0x[0-9a-fA-F]{1,16}|\d{1,19})$/.test(text) ? BigInt(text) : undefined;
}
