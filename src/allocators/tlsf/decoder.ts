// Reads a TLSF heap out of any memory: areas and blocks by their sizes, free lists by their links, and holds them against each
// other, against the bitmaps and against the records of the ukalloc layer.

import { hex, toBigInt, toNumber } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { BlockBuilder, BlockTable } from '../../snapshot/blocks';
import { FindingList } from '../../snapshot/findings';
import { metricsOf } from '../../snapshot/metrics';
import type { FreeClass, HeapArea, HeapSnapshot } from '../../snapshot/snapshot';
import { ifmallocRecord, ukAllocView } from '../layers/decode';
import { withIfmalloc } from '../layers/ifmalloc';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions } from '../ukalloc';
import { tlsfDetails } from './details';
import { FreeBlocks } from './free-blocks';
import { LAST_IN_ONE_WORD, readBitmaps, walkFreeLists, type WalkedLists } from './free-lists';
import { areaOffset, FREE, Header, SIGNATURE, SPLIT_REST, Tlsf } from './layout';
import { classOfBlock, classRange, insertClass, roundedRequest, searchClass } from './mapping';
import { readAreas, walkBlocks, type AreaRecord, type PhysicalBlocks } from './physical';
import { log2Sli, tlsfProfile } from './profiles';
import { areaView, controlView } from './structs';

/** From so many blocks on, `state` leaves them out. */
const BLOCKS_IN_STATE = 2000;
const GIB = 2 ** 30;

/** @param heap address of the struct uk_alloc */
export function decode(reader: Reader, heap: bigint, given: AllocatorOptions): HeapSnapshot {
  const options = withIfmalloc(given);
  const profile = tlsfProfile(options.release);
  if (profile === undefined) throw new Error(`tlsf: no profile for release ${options.release}`);
  const layout = ukAllocLayout(ukAllocProfile(options.release), options.config);
  const pool = heap + BigInt(layout.size);
  const { value: l, problem } = log2Sli(options.config);
  const findings = new FindingList();
  if (problem !== undefined) findings.add('error', 'bad-option', problem);

  const signature = reader.u32(pool + BigInt(Tlsf.tlsf_signature));
  checkSignature(signature, pool, findings);
  tellColumns(l, pool, findings);
  const areas = signature === SIGNATURE ? readAreas(reader, pool, findings) : [];
  const physical = walkBlocks(reader, areas, findings);
  const bitmaps = readBitmaps(reader, pool);
  const free = new FreeBlocks(physical, areas);
  const walked =
    signature === SIGNATURE
      ? walkFreeLists(reader, pool, l, bitmaps, free, findings)
      : { lists: [], matrix: () => ({}), isListed: () => false };

  const blocks = new BlockBuilder(physical.length + 1); // all of them, and the control structure
  const offset = areaOffset(l);
  if (signature === SIGNATURE) blocks.add(heap, layout.size + offset, 'metadata');
  const layered = reader.u64(heap) !== 0n; // pools that are used without ukalloc have no struct and no records
  addBlocks(reader, physical, areas, l, layered, blocks, findings);
  for (let i = 0; i < free.length; i++) {
    const size = free.sizes[i]!;
    if (!walked.isListed(i)) {
      const header = toBigInt(free.headers[i]!);
      const { fl, sl } = insertClass(BigInt(size), l);
      const message = `the free block ${hex(header)} of ${size} bytes is on no list; it belongs into (${fl},${sl})`;
      findings.add('error', 'free-not-listed', message, header);
    }
    if (size >= GIB) tellHuge(toBigInt(free.headers[i]!), size, findings);
  }
  findings.addAbsent(reader.absent);

  const table = BlockTable.of(blocks);
  const listBytes = walked.lists.map(({ entries }) => entries.reduce((sum, h) => sum + (free.sizeOf(toNumber(h)) ?? 0), 0));
  const details = tlsfDetails(reader, pool, l, bitmaps, walked, listBytes, free);
  let matrix: ReturnType<WalkedLists['matrix']> | undefined;
  return {
    allocator: 'tlsf',
    release: options.release,
    profile: profile.name,
    heap,
    areas: areas.map(({ info, end }): HeapArea => {
      const first = info - BigInt(Header.payload) === pool + BigInt(offset);
      return {
        base: first ? heap : info - BigInt(Header.payload),
        end: end + BigInt(Header.bytes),
        by: first ? 'init' : 'addmem',
      };
    }),
    blocks: table,
    lists: walked.lists,
    structs: [
      ukAllocView(reader, heap, layout),
      controlView(reader, pool, l, walked.lists),
      ...areas.map(({ info }) => areaView(reader, info)),
    ],
    state: {
      tlsf: hex(pool),
      signature: signature === undefined ? null : `0x${signature.toString(16)}`,
      fl_bitmap: `0x${bitmaps.fl.toString(16)}`,
      sl_bitmap: Object.fromEntries(bitmaps.sl.flatMap((w, f) => (w === 0 ? [] : [[String(f), `0x${w.toString(16)}`]]))),
      get matrix() {
        return (matrix ??= walked.matrix());
      },
      areas: areas.map(({ info, end }) => [hex(info), hex(end)]),
      nblocks: physical.length,
      ...(physical.length < BLOCKS_IN_STATE && { blocks: blocksState(physical) }),
    },
    metrics: metricsOf(table, largestRequest(walked, l), classesOf(walked, listBytes, l)),
    findings: findings.all(),
    details,
    absent: reader.absent,
  };
}

function blocksState({ length, headers, sizes, flags }: PhysicalBlocks): unknown[] {
  return Array.from({ length }, (_, i) => [hex(headers[i]!), `0x${sizes[i]!.toString(16)}`, flags[i]!]);
}

function checkSignature(signature: number | undefined, pool: bigint, findings: FindingList): void {
  if (signature === undefined) {
    findings.add('error', 'absent', `the control structure at ${hex(pool)} is not in the memory read`, pool);
  } else if (signature !== SIGNATURE) {
    const message = `tlsf_signature at ${hex(pool)} is 0x${signature.toString(16)}, not 0x2a59fa59: no TLSF pool begins here`;
    findings.add('error', 'no-signature', message, pool);
  }
}

/** The values of CONFIG_TLSF_LOG2_SLI that compile but do not work. */
function tellColumns(l: number, pool: bigint, findings: FindingList): void {
  const option = `CONFIG_TLSF_LOG2_SLI=${l}`;
  if (l > LAST_IN_ONE_WORD) {
    const what =
      l > 7
        ? 'the first small request divides by zero'
        : "a row has more columns than its word has bits, so bits land in the next row's word and most requests get NULL";
    findings.add('warning', 'log2-sli', `${option}: ${what}. Usable values are 3 to 5.`, pool);
  } else if (l < 3) {
    const message = `${option}: the classes below 128 bytes are wider than 16 bytes, so a request can be given a smaller block and run over its end`;
    findings.add('warning', 'log2-sli', message, pool);
  }
}

function tellHuge(header: bigint, size: number, findings: FindingList): void {
  const column = Math.floor((size - GIB) / 2 ** 25);
  const why =
    'TLSF has tables for sizes below 1 GiB. The list of a larger block is kept in words behind them: padding, the area info, or payload of the first block';
  findings.add(
    'warning',
    'huge-block',
    `free block ${hex(header)} has ${size} bytes, ${column} steps above 1 GiB. ${why}.`,
    header,
  );
}

/** The blocks of all areas for display; what lies behind a place where the walk had to stop is unread. */
function addBlocks(
  reader: Reader,
  physical: PhysicalBlocks,
  areas: readonly AreaRecord[],
  l: number,
  layered: boolean,
  blocks: BlockBuilder,
  findings: FindingList,
): void {
  const ends = areas.map(({ end }) => toNumber(end));
  const firsts = areas.map(({ info }) => toNumber(info) - Header.payload);
  for (let i = 0; i < physical.length; i++) {
    const header = physical.headers[i]!;
    const size = physical.sizes[i]!;
    const end = ends[physical.areas[i]!]!;
    if (header === end || header === firsts[physical.areas[i]!]) {
      blocks.addAt(header, Header.bytes + (header === end ? 0 : size), 'metadata', -1, -1, 0);
    } else if (header === physical.reached[physical.areas[i]!]) {
      blocks.addAt(header, end - header + Header.bytes, 'unread', -1, -1, 0);
    } else {
      const sizeClass = classOfBlock(size, l);
      const isFree = (physical.flags[i]! & FREE) !== 0;
      if (!isFree && layered) addUsed(reader, header, size, l, sizeClass, blocks, findings);
      else blocks.addAt(header, Header.bytes + size, isFree ? 'free' : 'used', sizeClass, -1, Header.payload);
    }
  }
  for (const [i, end] of ends.entries()) {
    const reached = physical.reached[i]!;
    // A header that is absent was not met: nothing was added for it.
    if (reached !== end && !physical.headers.subarray(0, physical.length).includes(reached))
      blocks.addAt(reached, end - reached + Header.bytes, 'unread', -1, -1, 0);
  }
}

function addUsed(
  reader: Reader,
  header: number,
  size: number,
  l: number,
  sizeClass: number,
  blocks: BlockBuilder,
  findings: FindingList,
): void {
  const payload = header + Header.payload;
  const record = size === 0 ? undefined : ifmallocRecord(reader, payload, size, (real) => explains(real, size, l));
  if (record === undefined && size > 0) {
    const message = `the used block ${hex(header)} has no record of the ukalloc layer that agrees with it`;
    findings.add('warning', 'bad-record', message, toBigInt(payload));
  }
  const { asked, offset } = record ?? { asked: -1, offset: 0 };
  blocks.addAt(header, Header.bytes + size, 'used', sizeClass, asked, Header.payload + offset);
}

/** Would a request for `real` bytes have been given a block of `size`: rounded to a class, and a rest too small to split off? */
function explains(real: number, size: number, l: number): boolean {
  const rest = size - (real < GIB ? roundedRequest(real, l) : Number(searchClass(BigInt(real), l).rounded));
  return rest >= 0 && rest < SPLIT_REST;
}

/** Largest `uk_malloc` that gets a block: the start of the largest class with one, less the record. */
function largestRequest({ lists }: WalkedLists, l: number): number {
  let largest = 0;
  for (const list of lists) {
    if (list.entries.length === 0) continue;
    const { from } = classRange({ fl: Math.floor(list.sizeClass / 2 ** l), sl: list.sizeClass % 2 ** l }, l);
    largest = Math.max(largest, Math.floor(from / 16) * 16);
  }
  return Math.max(0, largest - 16);
}

function classesOf({ lists }: WalkedLists, listBytes: readonly number[], l: number): FreeClass[] {
  return lists.flatMap(({ sizeClass, entries }, i) => {
    if (entries.length === 0) return [];
    const fl = Math.floor(sizeClass / 2 ** l);
    const sl = sizeClass % 2 ** l;
    const { from, to } = classRange({ fl, sl }, l);
    const bytes = entries.length * Header.bytes + listBytes[i]!;
    return [{ name: `(${fl},${sl}): ${from} … ${to - 1} B`, sizeClass, count: entries.length, bytes }];
  });
}
