// Raw memory dumps: flat, at an address; or sparse, with an index that says where each piece of the file belongs.
//
//   index.json: a list of entries, or one entry
//   { "file": "mem/ram-main-1.sparse.bin.gz", "stage": "main-1", "addressSpace": "physical",
//     "base": "0x0", "length": 67108864,                                      flat, or
//     "segments": [{ "base": "0x0", "length": 8192, "offset": 0 }, …], "length": 299008, "covers": ["0x0", "0x4000000"] }
//
// What `covers` names and no segment holds reads as zeros; without it, it is not there.

import { hex } from '../memory/address';
import { MemoryImage, type Segment } from '../memory/image';
import type { AddressRange } from '../memory/reader';
import type { Bytes } from '../memory/stored-bytes';
import type { Problem } from '../regions/problem';
import { TOP, overlapProblem, problem, type Dump } from './dump';
import { found, isObject, parseJson, readInteger, type JsonObject } from './json-values';
import { disjointSegments } from './overlay';

export interface IndexSegment {
  readonly base: bigint;
  readonly length: bigint;
  /** Place in the unpacked file. */
  readonly offset: bigint;
}

/** One dump of an index. */
export interface IndexEntry {
  /** As written, with folder and `.gz`. */
  readonly file: string;
  readonly stage: string;
  /** `physical`, `virtual`, `ELF core` */
  readonly addressSpace: string;
  /** Bytes of the unpacked file. */
  readonly length?: bigint;
  /** Flat dumps have one segment; a core says its addresses itself and has none. */
  readonly segments: readonly IndexSegment[];
  readonly covers?: AddressRange;
  readonly note: string;
}

export interface Index {
  readonly entries: readonly IndexEntry[];
  readonly problems: readonly Problem[];
}

/** Reads an index. Entries that cannot be read are problems. */
export function readIndex(text: string): Index {
  const json = parseJson(text);
  const list = Array.isArray(json) ? json : isObject(json) ? [json] : undefined;
  const problems: Problem[] = [];
  const entries: IndexEntry[] = [];
  if (list === undefined) {
    const message = typeof json === 'string' ? json : `expected a list of dumps, found ${found(json)}`;
    return { entries, problems: [problem('error', 'not-json', message)] };
  }
  for (const [i, item] of list.entries()) {
    const entry = isObject(item) ? readEntry(item) : `expected an object, found ${found(item)}`;
    if (typeof entry === 'string') problems.push(problem('error', 'index', `dump ${i} of the index: ${entry}`));
    else entries.push(entry);
  }
  return { entries, problems };
}

function readEntry(item: JsonObject): IndexEntry | string {
  const text = (name: string): string => (typeof item[name] === 'string' ? item[name] : '');
  const length = readInteger(item.length);
  if (item.length !== undefined && (length === undefined || length < 0n))
    return `"length" must be a number of bytes, found ${found(item.length)}`;
  const segments: IndexSegment[] = [];
  if (Array.isArray(item.segments)) {
    for (const [i, part] of item.segments.entries()) {
      const [base, size, offset] = isObject(part) ? [part.base, part.length, part.offset].map(addressOf) : [];
      if (base === undefined || size === undefined || offset === undefined) {
        return `segment ${i} needs "base", "length" and "offset", found ${found(part)}`;
      }
      segments.push({ base, length: size, offset });
    }
  } else if (item.base !== undefined) {
    const base = addressOf(item.base);
    if (base === undefined) return `"base" must be an address, found ${found(item.base)}`;
    if (length === undefined) return 'a flat dump needs "length"';
    segments.push({ base, length, offset: 0n });
  }
  const covers = item.covers === undefined ? undefined : readCovers(item.covers);
  if (item.covers !== undefined && covers === undefined) return `"covers" must be [first, end], found ${found(item.covers)}`;
  return {
    file: text('file'),
    stage: text('stage'),
    addressSpace: text('addressSpace'),
    ...(length !== undefined && { length }),
    segments,
    ...(covers && { covers }),
    note: text('note'),
  };
}

function addressOf(value: unknown): bigint | undefined {
  const number = readInteger(value);
  return number !== undefined && number >= 0n && number < TOP ? number : undefined;
}

function readCovers(value: unknown): AddressRange | undefined {
  const [base, end] = Array.isArray(value) ? value.map(readInteger) : [];
  return base !== undefined && end !== undefined && base >= 0n && base <= end && end <= TOP ? { base, end } : undefined;
}

/** The entry of an index that describes a file, by its name with or without folder and `.gz`. */
export function entryFor(index: Index, file: string): IndexEntry | undefined {
  const plain = (name: string): string => name.replace(/^.*[/\\]/, '').replace(/\.gz$/, '');
  return index.entries.find((e) => e.file === file) ?? index.entries.find((e) => plain(e.file) === plain(file));
}

/** A flat dump that begins at `base`. The image is a view of `bytes`. */
export function readRawImage(bytes: Bytes, base: bigint): Dump {
  const start = BigInt.asUintN(64, base);
  const room = TOP - start;
  if (room >= BigInt(bytes.length)) return { image: MemoryImage.of([{ base: start, bytes }]), problems: [] };
  const message = `a dump of ${bytes.length} bytes at ${hex(start)} goes beyond the last 64-bit address: is its base right?`;
  return {
    image: MemoryImage.of([{ base: start, bytes: bytes.subarray(0, Number(room)) }]),
    problems: [problem('error', 'beyond-top', message)],
  };
}

/** A dump as its index describes it. The image is views of `bytes`. */
export function readIndexedImage(bytes: Bytes, entry: IndexEntry): Dump {
  const problems: Problem[] = [];
  const length = BigInt(bytes.length);
  if (entry.length !== undefined && entry.length !== length) {
    const message = `the index says ${entry.length} bytes, the file has ${length}: is it the right file, and unpacked?`;
    problems.push(problem('error', 'wrong-length', message));
  }
  const segments: Segment[] = [];
  for (const { base, length: size, offset } of entry.segments) {
    const fits = offset >= length ? 0n : offset + size > length ? length - offset : size;
    const below = base + fits > TOP ? TOP - base : fits;
    if (below < size) {
      const what =
        below < fits
          ? 'goes beyond the last 64-bit address'
          : `needs ${size} bytes at ${offset} of the file, which ends at ${length}`;
      problems.push(problem('error', 'cut-off', `the segment at ${hex(base)} ${what}`));
    }
    if (below > 0n) segments.push({ base, bytes: bytes.subarray(Number(offset), Number(offset + below)) });
  }
  if (entry.segments.length === 0) {
    problems.push(problem('error', 'no-memory', 'the index does not say where the file lies: expected "base" or "segments"'));
  }
  const outside =
    entry.covers && entry.segments.find((s) => s.base < entry.covers!.base || s.base + s.length > entry.covers!.end);
  if (outside !== undefined)
    problems.push(problem('warning', 'outside', `the segment at ${hex(outside.base)} lies outside of what the dump covers`));
  const overlaps = [...overlapProblem(segments), ...overlapInFile(entry.segments)];
  return {
    image: MemoryImage.of(disjointSegments(segments), entry.covers ? [entry.covers] : []),
    problems: [...problems, ...overlaps],
  };
}

/** Two segments that use the same bytes of the file: an index for another file, or a wrong offset. */
function overlapInFile(segments: readonly IndexSegment[]): Problem[] {
  const sorted = [...segments].sort((a, b) => (a.offset < b.offset ? -1 : 1));
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1]!, sorted[i]!];
    if (before.offset + before.length <= after.offset) continue;
    return [
      problem('warning', 'overlap', `the segments at ${hex(before.base)} and ${hex(after.base)} take the same bytes of the file`),
    ];
  }
  return [];
}
