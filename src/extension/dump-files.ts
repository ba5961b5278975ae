// Files that belong together, understood together: a memory image, and whatever says where its heap is and what made it.

import type { MemoryImage } from '../memory/image';
import { findBootinfo, readDescriptors } from '../readers/descriptor-array';
import { detect } from '../readers/detect';
import type { DetectedKind } from '../readers/detect';
import { readElfCore } from '../readers/elf-core';
import { readIntelHex } from '../readers/intel-hex';
import { hintsFromConfig, readKconfig } from '../readers/kconfig';
import { readKraftfile } from '../readers/kraftfile';
import { entryFor, readIndex, readIndexedImage, readRawImage } from '../readers/raw-image';
import { readRegions } from '../readers/read-regions';
import { readSRecords } from '../readers/s-record';
import { readSymbols } from '../readers/symbols';
import { textOf } from '../readers/text-encoding';
import { isUkbootDump, readUkbootDump } from '../readers/ukboot-dump';
import { readVerilogHex } from '../readers/verilog-hex';
import type { Descriptor, RegionMap } from '../regions/descriptor';
import { flagNames, profileOfEra } from '../regions/eras';
import type { Problem } from '../regions/problem';
import { DEFAULT_RELEASE } from '../regions/release';
import { known } from '../timeline/choices';
import type { NamedHints } from '../timeline/choices';

/** A file that was given, unpacked. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What the user says; it counts more than what any file says. Addresses are unsigned. */
export interface Said {
  /** Where a raw image begins. */
  readonly at?: bigint;
  /** Address of the heap's `struct uk_alloc`. */
  readonly heap?: bigint;
}

export interface FileProblem {
  readonly file: string;
  readonly problem: Problem;
}

/** What the files say together. */
export interface DumpReading {
  /** The file with the memory, and what it is in words; undefined when none of them has memory. */
  readonly memory?: { readonly name: string; readonly source: string; readonly image: MemoryImage };
  readonly map?: RegionMap;
  readonly symbols?: ReadonlyMap<string, bigint>;
  readonly hints: readonly NamedHints[];
  readonly heap?: bigint;
  /** A place where the heap may be, for the user to confirm: the first free region makes the first heap. */
  readonly likelyHeap?: bigint;
  readonly problems: readonly FileProblem[];
  /** What is missing, most pressing first. */
  readonly lacks?: 'memory' | 'address' | 'heap';
}

/** Names of the pointer to the first registered allocator: since 0.5, and before. */
const HEAD_SYMBOLS = ['_uk_alloc_head', 'uk_alloc_head'];

const MEMORY_SOURCES: Readonly<Partial<Record<DetectedKind, string>>> = {
  elf: 'ELF core',
  'intel-hex': 'Intel HEX dump',
  's-record': 'S-record dump',
  'verilog-hex': 'Verilog hex dump',
  raw: 'RAM dump',
};

/** Kinds that help to understand a memory image. */
export const HELPING_KINDS: readonly DetectedKind[] = ['dump-index', 'symbols', 'kconfig', 'kraftfile', 'gdb', 'serial-log'];

/** Reads the files together. Never throws on what stands in them. */
export function readDumpFiles(files: readonly GivenFile[], said: Said = {}): DumpReading {
  const found = files.map((file) => ({ ...file, kind: detect(file.name, file.bytes), text: textOf(file.bytes) ?? '' }));
  const json = found.find((f) => isUkbootDump(f.text.slice(0, 64)));
  const memoryFile = json ?? found.find((f) => MEMORY_SOURCES[f.kind] !== undefined);
  const problems: FileProblem[] = [];
  const note = (file: string, list: readonly Problem[]): void => {
    for (const problem of list) problems.push({ file, problem });
  };

  const texts = readTexts(found, note);
  if (memoryFile === undefined) return { ...texts, problems, lacks: 'memory' };
  const rest = { ...texts, problems };
  if (json !== undefined) {
    const dump = readUkbootDump(json.text);
    note(json.name, dump.problems);
    const memory = { name: json.name, source: 'heap image', image: dump.image };
    const symbols = texts.symbols ?? dump.symbols;
    const hints = [{ from: json.name, hints: dump.hints }, ...texts.hints];
    return finish({ ...rest, memory, hints, symbols, ...(dump.heap !== undefined && { heap: dump.heap }) }, said);
  }
  const dump = readMemory(memoryFile, found, said);
  if (dump === undefined) return { ...rest, lacks: 'address' };
  note(memoryFile.name, dump.problems);
  if (dump.image.segments.length + dump.image.zero.length === 0) return { ...rest, lacks: 'memory' };
  const memory = { name: memoryFile.name, source: MEMORY_SOURCES[memoryFile.kind] ?? 'memory image', image: dump.image };
  const hints = [{ from: memoryFile.name, hints: dump.arch === undefined ? {} : { arch: dump.arch } }, ...texts.hints];
  const map = texts.map ?? regionsIn(dump.image, hints);
  return finish({ ...rest, memory, hints, ...(map !== undefined && { map }) }, said);
}

type Found = GivenFile & { readonly kind: DetectedKind; readonly text: string };

/** What the texts among the files say: symbols, configuration, regions. */
function readTexts(
  files: readonly Found[],
  note: (file: string, problems: readonly Problem[]) => void,
): Pick<DumpReading, 'symbols' | 'hints' | 'map'> {
  const hints: NamedHints[] = [];
  let symbols: ReadonlyMap<string, bigint> | undefined;
  for (const { name, kind, text } of files) {
    if (kind === 'symbols') {
      symbols = new Map([...readSymbols(text), ...(symbols ?? [])]);
    } else if (kind === 'kconfig') {
      const read = readKconfig(text);
      note(name, read.problems);
      hints.push({ from: name, hints: hintsFromConfig(read.config) });
    } else if (kind === 'kraftfile') {
      hints.push({ from: name, hints: readKraftfile(text).hints });
    }
  }
  let map: RegionMap | undefined;
  const { release, config } = known(hints);
  for (const { name, bytes, kind } of files) {
    if (kind !== 'gdb' && kind !== 'serial-log' && kind !== 'memory-map') continue;
    const read = readRegions(name, bytes, { ...(release && { release }), ...(Object.keys(config).length > 0 && { config }) });
    hints.push({ from: name, hints: read.hints });
    if (map === undefined && read.descriptors.length > 0) map = read;
  }
  return { hints, ...(symbols && { symbols }), ...(map && { map }) };
}

/** The image of a file; undefined for raw bytes that nothing places. */
function readMemory(file: Found, files: readonly Found[], said: Said) {
  switch (file.kind) {
    case 'elf': {
      const physical = readElfCore(file.bytes, 'physical');
      return physical.hasVirtual ? readElfCore(file.bytes, 'virtual') : physical;
    }
    case 'intel-hex':
      return { ...readIntelHex(file.text), arch: undefined };
    case 's-record':
      return { ...readSRecords(file.text), arch: undefined };
    case 'verilog-hex':
      return { ...readVerilogHex(file.text), arch: undefined };
    default: {
      if (said.at !== undefined) return { ...readRawImage(file.bytes, said.at), arch: undefined };
      for (const index of files.filter((f) => f.kind === 'dump-index')) {
        const entry = entryFor(readIndex(index.text), file.name);
        if (entry !== undefined && entry.segments.length > 0) return { ...readIndexedImage(file.bytes, entry), arch: undefined };
      }
      return undefined;
    }
  }
}

/** The region list in an image, by the magic number of its bootinfo. */
function regionsIn(image: MemoryImage, hints: readonly NamedHints[]): RegionMap | undefined {
  const { release, config } = known(hints);
  const options = { ...(release && { release }), config };
  // Of several copies the first is the image as it was loaded, the last the one in use.
  const address = findBootinfo(image, options).at(-1);
  return address === undefined ? undefined : readDescriptors(image, address, options);
}

/** Where the heap is: said, in the dump itself, or where a symbol points. */
function finish(reading: DumpReading, said: Said): DumpReading {
  const heap = said.heap ?? reading.heap ?? pointedAt(reading);
  if (heap !== undefined) return { ...reading, heap };
  const likely = reading.map?.descriptors.find(isFree)?.fields;
  const at = likely?.vbase?.value ?? likely?.pbase?.value ?? likely?.base?.value;
  return { ...reading, lacks: 'heap', ...(at !== undefined && at < (1n << 64n) - 1n && { likelyHeap: at }) };
}

function pointedAt({ memory, symbols }: DumpReading): bigint | undefined {
  const head = HEAD_SYMBOLS.map((name) => symbols?.get(name)).find((a) => a !== undefined);
  const heap = head === undefined ? undefined : memory?.image.reader().u64(head);
  return heap === 0n ? undefined : heap;
}

/** `UKPLAT_MEMRT_FREE`, or in the classic era a region that may be allocated from. */
function isFree({ era, fields }: Descriptor): boolean {
  if (era !== 'classic') return fields.type?.value === 1n;
  return flagNames(Number(fields.flags?.value ?? 0n), profileOfEra(era, DEFAULT_RELEASE)).includes('ALLOCATABLE');
}
