// The files that are given together, each by what it is: memory, symbols, a configuration, a session, a console log, a list of calls. The
// name decides nothing that the content decides.

import type { RecordedOperation } from '../allocators/ukalloc';
import { hex } from '../memory/address';
import { MemoryImage } from '../memory/image';
import { readBytes, type Bytes } from '../memory/stored-bytes';
import { detect, KIND_TITLES, type DetectedKind } from '../readers/detect';
import type { Dump } from '../readers/dump';
import { readElfCore } from '../readers/elf-core';
import { readElfSymbols } from '../readers/elf-symbols';
import { readGdbMemory, sessionFacts, type SessionFacts } from '../readers/gdb-text';
import { readMemoryTree, type RamRange } from '../readers/info-mtree';
import { readInput } from '../readers/input';
import { readIntelHex } from '../readers/intel-hex';
import { hintsFromConfig, readKconfig } from '../readers/kconfig';
import { readKraftfile } from '../readers/kraftfile';
import { entryFor, readIndex, readIndexedImage, readRawImage, type Index } from '../readers/raw-image';
import { readSRecords } from '../readers/s-record';
import { readSymbols } from '../readers/symbols';
import { textOf } from '../readers/text-encoding';
import { isUkbootDump, readUkbootDump } from '../readers/ukboot-dump';
import { readVerilogHex } from '../readers/verilog-hex';
import { readWorkload } from '../readers/workload';
import type { RegionMap } from '../regions/descriptor';
import type { Problem } from '../regions/problem';
import type { NamedHints } from '../timeline/choices';
import { placeRaw } from './place-raw';

/** One file, unpacked. */
export interface DumpPart {
  readonly name: string;
  readonly bytes: Bytes;
}

export type AddressSpace = 'physical' | 'virtual';

/** Memory that one file holds. */
export interface MemoryPart {
  readonly name: string;
  readonly kind: DetectedKind | 'ukboot-dump';
  readonly space: AddressSpace;
  readonly image: MemoryImage;
}

/** Everything that the files say. */
export interface Sources {
  readonly memories: readonly MemoryPart[];
  readonly symbols: ReadonlyMap<string, bigint>;
  /** In the order in which they count. */
  readonly hints: readonly NamedHints[];
  /** Region descriptors of a session, a log or a memory-map file. */
  readonly map?: RegionMap;
  readonly sessions: readonly SessionFacts[];
  /** Address of a heap as a dump itself says it. */
  readonly heap?: bigint;
  readonly pageTableRoot?: { readonly address: bigint; readonly from: string };
  /** Recorded calls after the boot, and whether the kernel's own come before them. */
  readonly workload?: { readonly operations: readonly RecordedOperation[]; readonly after: boolean | undefined };
  readonly problems: readonly Problem[];
  /** What each file was taken for, a clause each. */
  readonly read: readonly string[];
}

export interface SourceOptions {
  /** Where the first byte of a raw binary lies. */
  readonly at?: bigint;
}

/** Bytes by which the kind of a file is told. */
const LOOKED_AT = 2 ** 20;
/** Texts larger than this are not read. */
const LARGEST_TEXT = 256 * 2 ** 20;

/** Reads all parts. Yields now and then the bytes looked at, while a raw binary is searched for where it belongs. Never throws. */
export function* readSources(parts: readonly DumpPart[], options: SourceOptions): Generator<number, Sources> {
  const reading = new SourceReading(options);
  const kinds = parts.map((part): [DumpPart, DetectedKind] => [part, kindOf(part)]);
  for (const [part, kind] of kinds) if (kind === 'dump-index') reading.addIndex(part);
  // Texts first: what a session says of RAM places a raw binary.
  for (const [part, kind] of kinds) if (!isMemory(kind) && kind !== 'dump-index') reading.addText(part, kind);
  for (const [part, kind] of kinds) if (isMemory(kind)) yield* reading.addMemory(part, kind);
  return reading.done();
}

function kindOf({ name, bytes }: DumpPart): DetectedKind {
  return detect(name, readBytes(bytes, 0, LOOKED_AT));
}

function isMemory(kind: DetectedKind): boolean {
  return kind === 'elf' || kind === 'raw' || kind === 'intel-hex' || kind === 's-record' || kind === 'verilog-hex';
}

class SourceReading {
  private readonly options: SourceOptions;
  private readonly indexes: Index[] = [];
  private readonly memories: MemoryPart[] = [];
  private readonly symbols = new Map<string, bigint>();
  private readonly hints: NamedHints[] = [];
  private readonly sessions: SessionFacts[] = [];
  private readonly ram: RamRange[] = [];
  private readonly problems: Problem[] = [];
  private readonly read: string[] = [];
  /** Memory that sessions show: counts only where no dump is given. */
  private readonly shown: MemoryPart[] = [];
  private map: RegionMap | undefined;
  private heap: bigint | undefined;
  private root: Sources['pageTableRoot'];
  private workload: Sources['workload'];

  constructor(options: SourceOptions) {
    this.options = options;
  }

  addIndex(part: DumpPart): void {
    const index = readIndex(this.textOf(part));
    this.indexes.push(index);
    this.keep(part, index.problems);
  }

  addText(part: DumpPart, kind: DetectedKind): void {
    const text = this.textOf(part);
    this.read.push(`${part.name}: ${KIND_TITLES[kind]}`);
    if (isUkbootDump(text.slice(0, 200))) {
      this.addUkbootDump(part, text);
      return;
    }
    switch (kind) {
      case 'symbols': {
        this.addSymbols(readSymbols(text));
        return;
      }
      case 'kconfig': {
        const { config, problems } = readKconfig(text);
        this.hints.push({ from: part.name, hints: { ...hintsFromConfig(config), config } });
        this.keep(part, problems);
        return;
      }
      case 'kraftfile':
        this.hints.push({ from: part.name, hints: readKraftfile(text).hints });
        return;
      case 'heap-calls':
      case 'alloc-trace':
      case 'operations':
      case 'golden-trace': {
        this.addWorkload(part, text);
        return;
      }
      case 'gdb': {
        this.addSession(part, text);
        return;
      }
      case 'state':
      case 'text':
      case 'gzip':
      case 'empty':
        this.problems.push({
          severity: 'warning',
          code: 'unused',
          message: `${part.name}: ${KIND_TITLES[kind]} is of no use here`,
        });
        return;
      default: {
        this.addMap(part, readInput(part.name, whole(part.bytes)));
        return;
      }
    }
  }

  *addMemory(part: DumpPart, kind: DetectedKind): Generator<number, void> {
    this.read.push(`${part.name}: ${KIND_TITLES[kind]}`);
    const entry = this.indexes.map((i) => entryFor(i, part.name)).find((e) => e !== undefined && e.segments.length > 0);
    if (kind === 'elf') {
      this.addElf(part);
      return;
    }
    if (kind === 'raw' || entry !== undefined) {
      if (entry !== undefined) {
        const space = entry.addressSpace === 'virtual' ? 'virtual' : 'physical';
        // The index of a dump in a text format gives the length of what it holds, which its records give already.
        if (kind === 'raw') {
          this.addImage(part, kind, space, readIndexedImage(part.bytes, entry));
          return;
        }
      } else {
        const base = this.options.at ?? (yield* this.place(part));
        if (base !== undefined) {
          this.addImage(part, kind, 'physical', readRawImage(part.bytes, base));
          return;
        }
        this.problems.push({
          severity: 'error',
          code: 'no-base',
          message: `${part.name}: a raw binary does not say where it belongs, and nothing in it tells: give the address of its first byte, or its index`,
        });
        return;
      }
    }
    const text = this.textOf(part);
    const dump = kind === 'intel-hex' ? readIntelHex(text) : kind === 's-record' ? readSRecords(text) : readVerilogHex(text);
    this.addImage(part, kind, 'physical', dump);
  }

  done(): Sources {
    const memories = this.memories.length > 0 ? this.memories : this.shown;
    return {
      memories,
      symbols: this.symbols,
      hints: this.hints,
      ...(this.map && { map: this.map }),
      sessions: this.sessions,
      ...(this.heap !== undefined && { heap: this.heap }),
      ...(this.root && { pageTableRoot: this.root }),
      ...(this.workload && { workload: this.workload }),
      problems: this.problems,
      read: this.read,
    };
  }

  /** Where RAM of this length lies by the session, else where the contents say that they are. */
  private *place(part: DumpPart): Generator<number, bigint | undefined> {
    const range = this.ram.find((r) => r.end - r.base === BigInt(part.bytes.length) && r.offset === 0n);
    if (range !== undefined) return range.base;
    const placed = yield* placeRaw(part.bytes);
    if (placed === undefined) return undefined;
    const message = `${part.name}: taken to begin at ${hex(placed.base)}: ${placed.says}. Give the address to be sure`;
    this.problems.push({ severity: 'info', code: 'base-guessed', message });
    return placed.base;
  }

  private addElf(part: DumpPart): void {
    const { symbols, problems } = readElfSymbols(part.bytes);
    this.addSymbols(symbols);
    this.keep(part, problems);
    const core = readElfCore(part.bytes, 'physical');
    if (core.arch !== undefined) this.hints.push({ from: part.name, hints: { arch: core.arch } });
    // A kernel's image is no dump: its data are as they were built.
    if (!core.isCore && symbols.size > 0) return;
    if (core.pageTableRoot !== undefined) this.root = { address: core.pageTableRoot, from: `CR3 in the note of ${part.name}` };
    if (core.hasVirtual) {
      this.addImage(part, 'elf', 'virtual', readElfCore(part.bytes, 'virtual'));
      // GDB's own cores have no physical addresses: all of them are 0.
      if (core.segments.some((s) => s.paddr !== 0n))
        this.memories.push({ name: part.name, kind: 'elf', space: 'physical', image: core.image });
    } else this.addImage(part, 'elf', 'physical', core);
  }

  private addUkbootDump(part: DumpPart, text: string): void {
    const dump = readUkbootDump(text);
    this.heap ??= dump.heap;
    this.addSymbols(dump.symbols);
    this.hints.push({ from: part.name, hints: dump.hints });
    this.addImage(part, 'ukboot-dump', 'virtual', dump);
  }

  private addSession(part: DumpPart, text: string): void {
    const facts = sessionFacts(text);
    this.sessions.push(facts);
    this.addSymbols(facts.symbols);
    this.ram.push(...readMemoryTree(text));
    if (facts.pageTableRoot !== undefined) this.root ??= { address: facts.pageTableRoot, from: `cr3 in ${part.name}` };
    this.addMap(part, readInput(part.name, whole(part.bytes)), facts.config);
    const memory = readGdbMemory(text);
    if (memory.image.segments.length > 0)
      this.shown.push({ name: part.name, kind: 'gdb', space: 'virtual', image: memory.image });
  }

  private addMap(part: DumpPart, reading: ReturnType<typeof readInput>, config: SessionFacts['config'] = {}): void {
    const { map, workload } = reading;
    this.hints.push({ from: part.name, hints: { ...map.hints, config: { ...config, ...map.hints.config } } });
    if (map.descriptors.length > 0 && (this.map === undefined || this.map.descriptors.length < map.descriptors.length)) {
      this.map = map;
      this.keep(part, map.problems);
    }
    if (workload.length > 0) this.workload ??= { operations: workload, after: undefined };
  }

  private addWorkload(part: DumpPart, text: string): void {
    const { operations, format, problems } = readWorkload(text);
    this.keep(part, problems);
    const after = format === 'heap-calls' ? true : format === 'alloc-trace' ? false : undefined;
    this.workload ??= { operations: operations.filter((o) => o.operation.op !== 'init'), after };
  }

  private addSymbols(symbols: ReadonlyMap<string, bigint>): void {
    for (const [name, address] of symbols) if (!this.symbols.has(name)) this.symbols.set(name, address);
  }

  private addImage(part: DumpPart, kind: MemoryPart['kind'], space: AddressSpace, dump: Dump): void {
    this.keep(part, dump.problems);
    if (dump.image.segments.length > 0 || dump.image.zero.length > 0)
      this.memories.push({ name: part.name, kind, space, image: dump.image });
  }

  private keep(part: DumpPart, problems: readonly Problem[]): void {
    this.problems.push(...problems.map((p) => ({ ...p, message: `${part.name}: ${p.message}` })));
  }

  private textOf(part: DumpPart): string {
    if (part.bytes.length > LARGEST_TEXT) {
      this.problems.push({
        severity: 'error',
        code: 'too-large',
        message: `${part.name}: ${part.bytes.length} bytes are too much for a text`,
      });
      return '';
    }
    return textOf(whole(part.bytes)) ?? '';
  }
}

function whole(bytes: Bytes): Uint8Array {
  return readBytes(bytes, 0, bytes.length);
}
