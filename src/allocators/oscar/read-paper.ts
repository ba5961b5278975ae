// What memory holds of the preset paper: records, ready shadows, tables and the high-water mark, all at known addresses.

import { hex, toBigInt, toNumber } from '../../memory/address';
import { u64At, type Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import type { ShadowObject } from '../../snapshot/shadow';
import { byAddress } from './ascending';
import { objectPart } from './blocks';
import type { Decoded } from './decoder';
import { PaperObject, Statics, VMAP_START } from './layout';
import { checkBuckets, readAliases, type AliasRecord } from './read-objects';
import { readTables } from './read-tables';
import type { OscarSettings } from './settings';
import { checkCanonical, checkEntries, checkObjects, runsOf, spaceOf } from './shadow-space';
import type { CanonicalHeap } from './underneath';
import { readCounters } from './views';

export function readPaper(reader: Reader, below: CanonicalHeap, settings: OscarSettings, findings: FindingList): Decoded {
  const end = VMAP_START + settings.shadowPages * 4096;
  const records = readAliases(reader, toBigInt(Statics.lookup), 'lookup', findings);
  checkBuckets(records, 'lookup', findings);
  const objects = byAddress(
    records.map((r) => objectOf(reader, r)),
    (o) => o.base,
  );
  const ready = readAliases(reader, toBigInt(Statics.spares), 'spares', findings);
  const read = readTables(reader, [{ address: toBigInt(Statics.root), level: 4, base: 0 }], VMAP_START, end, findings);
  const mark = Number(reader.u64(toBigInt(Statics.hwm)) ?? BigInt(VMAP_START));
  const runs = runsOf({
    start: VMAP_START,
    mark: Math.min(Math.max(mark, VMAP_START), end),
    read,
    objects,
    spares: new Set(ready.map((r) => Number(r.origin))),
    free: [],
    guards: false,
  });
  checkObjects(objects, read, findings);
  checkCanonical(objects, findings);
  checkEntries(runs, read, true, findings);
  checkWords(reader, objects, records, findings);
  const levels = (level: number): number => read.tables.filter((t) => t.level === level).length;
  const counters = readCounters(reader);
  return {
    objects,
    runs,
    space: spaceOf(
      {
        kind: 'oscar',
        preset: 'paper',
        canonical: below.snapshot.allocator,
        start: BigInt(VMAP_START),
        end: BigInt(end),
        mark: BigInt(mark),
        runs,
        objects,
        free: [{ base: BigInt(mark), end: BigInt(end) }],
        tables: read.tables,
        counters,
      },
      reader,
    ),
    parts: objects.map((o) => objectPart(o, settings)),
    structs: [],
    lists: [],
    state: {
      objects: objects.length,
      spares: ready.map((r) => ({ page: hex(r.alias), pages: Number(r.size), shadow: hex(r.origin) })),
      hwm: hex(BigInt(mark)),
      tables: { L3: levels(3), L2: levels(2), L1: levels(1) },
      counters: { maps: counters.maps, unmaps: counters.unmaps, refreshes: counters.refreshes },
    },
  };
}

/** The canonical address in a record is the block's; the object lies behind its word, further in when it is aligned. */
function objectOf(reader: Reader, record: AliasRecord): ShadowObject {
  const at = toNumber(record.address);
  const base = u64At(reader, at + PaperObject.base) ?? record.alias - (record.alias % 4096n);
  const pages = Number(u64At(reader, at + PaperObject.pages) ?? 1n);
  const canonical = record.origin - (record.origin % 4096n) + (record.alias - base);
  return {
    pointer: record.alias,
    canonical,
    size: Number(record.size),
    base,
    pages: Math.min(pages, 2 ** 30),
    record: record.address,
  };
}

/** The word before each object is what free() reads. */
function checkWords(
  reader: Reader,
  objects: readonly ShadowObject[],
  records: readonly AliasRecord[],
  findings: FindingList,
): void {
  const origins = new Map(records.map((r) => [r.address, r.origin]));
  for (const object of objects) {
    const word = reader.u64(object.canonical - 8n);
    const wanted = origins.get(object.record)!;
    if (word === undefined || word === wanted) continue;
    const message = `the word before ${hex(object.pointer)} is ${hex(word)}, its canonical block is ${hex(wanted)}: something wrote over it`;
    findings.add('error', 'bad-inline-word', message, object.canonical - 8n);
  }
}
