// Opens a dump: all files that a person has of a kernel, together. Finds out where memory belongs, where the heap is, which allocator of
// which release it is of, and decodes it; says of each how it knows.

import { allocatorFor } from '../allocators/registry';
import type { RecordedOperation } from '../allocators/ukalloc';
import { hex } from '../memory/address';
import type { MemoryImage } from '../memory/image';
import type { Reader } from '../memory/reader';
import { readBootinfo, readDescriptors } from '../readers/descriptor-array';
import type { RegionMap } from '../regions/descriptor';
import type { AllocatorId } from '../regions/allocator-id';
import type { Problem } from '../regions/problem';
import type { Architecture, Config, Release } from '../regions/release';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { assume, known, type Choices } from '../timeline/choices';
import { findUsedBootinfo } from './bootinfo';
import {
  archOf,
  blockHeaders,
  descriptorForm,
  narrow,
  noBootinfo,
  possibleReleases,
  releasesText,
  symbolNames,
} from './evidence';
import { findHeap, type FoundHeap } from './find-heap';
import { memoryOf, piecesOf, readerOfAll, rootOf, type FoundMap, type Memory } from './memory';
import { partOf, partProblem, type HeapPart } from './part';
import { checksOf, functionCheck, optionsOf, releaseOf, type Check, type KnownBuild } from './recognise';
import { readSources, type DumpPart, type Sources } from './sources';

export type { DumpPart } from './sources';
export type { Check } from './recognise';
export type { FoundHeap } from './find-heap';
export type { HeapPart } from './part';

/** What is said beside the files; each overrides what they say and what memory shows. */
export interface OpenOptions {
  /** Address of the struct uk_alloc, or an expression for it: `*(struct uk_alloc **)0x177500`, `_uk_alloc_head`. */
  readonly heap?: string;
  /** Where the first byte of a raw binary lies. */
  readonly at?: bigint;
  readonly allocator?: AllocatorId;
  readonly release?: Release;
  readonly arch?: Architecture;
  readonly config?: Config;
}

/** How far opening is. */
export interface OpenProgress {
  /** What is being done, as people read it: `Looking for a heap`. */
  readonly doing: string;
  /** Bytes looked at in it. */
  readonly bytes: number;
}

export interface OpenedDump {
  /** Memory as the dump has it, by the addresses of `space`. */
  readonly image: MemoryImage;
  readonly space: 'physical' | 'virtual' | 'paged';
  /** A reader of the addresses that the kernel uses: those of the dump, or through its page tables. */
  reader(): Reader;
  /** The boot's region descriptors: of the image, else of a file beside it. No descriptors when there are none. */
  readonly map: RegionMap;
  readonly symbols: ReadonlyMap<string, bigint>;
  /** Recorded calls after the boot that a file brings, for a simulation beside the dump. */
  readonly workload?: { readonly operations: readonly RecordedOperation[]; readonly after: boolean | undefined };
  readonly choices: Choices;
  /** What of `choices` nobody said and memory does not tell. */
  readonly assumed: readonly string[];
  /** Releases whose heaps and descriptors look like these; the one in `choices` is among them unless it was said. */
  readonly releases: readonly Release[];
  /** Undefined when no heap was found: `problems` says why. */
  readonly heap?: FoundHeap;
  readonly snapshot?: HeapSnapshot;
  /** How allocator, release and options are known, each with what was found. */
  readonly checks: readonly Check[];
  /** What the dump holds of the heap, when that is not all of it. */
  readonly part?: HeapPart;
  readonly problems: readonly Problem[];
  /** What each file was taken for, and where memory, page tables and heap were found: a clause each. */
  readonly notes: readonly string[];
  /** Decodes the same heap as another build, or another address. */
  decodeAs(choices: Choices, heap?: bigint): HeapSnapshot;
}

/**
 * Opens the files of one dump, whatever their forms and in any order: memory (raw, sparse with its index, Intel HEX, S-records, Verilog
 * hex, ELF core, JSON), and what was kept beside it (nm output, `.dbg` file, `.config`, Kraftfile, GDB session, console log, calls).
 *
 * @param parts unpacked; `bytes` may be a Uint8Array, or `SparseBytes` filled from a stream, or any other `StoredBytes`
 * @returns always; what is wrong is in `problems`, and without a heap there is no `snapshot`
 */
export function openDump(parts: readonly DumpPart[], options: OpenOptions = {}): OpenedDump {
  const opening = openingDump(parts, options);
  for (;;) {
    const next = opening.next();
    if (next.done === true) return next.value;
  }
}

/** As `openDump`, but yields how far it is, about once a megabyte of searching: for progress, and to stop by not going on. */
export function* openingDump(parts: readonly DumpPart[], options: OpenOptions = {}): Generator<OpenProgress, OpenedDump> {
  const sources = yield* telling(
    'Finding where memory belongs',
    readSources(parts, options.at === undefined ? {} : { at: options.at }),
  );
  const problems: Problem[] = [...sources.problems];
  const notes: string[] = [...sources.read];
  const said = known([
    { from: 'what was said', hints: { ...definedOf(options), config: options.config ?? {} } },
    ...sources.hints,
  ]);
  const memory = memoryOf(sources);
  if (memory.image.segments.length === 0 && memory.image.zero.length === 0) {
    problems.push({ severity: 'error', code: 'no-memory', message: 'none of these files holds memory' });
  }

  // Descriptors stand in the kernel's data, which is mapped to itself: the same by either address.
  const boot = yield* telling('Looking for the region descriptors', mapOf(memory, sources, problems));
  const map = boot?.map;
  const arch = said.arch ?? archOf(map);
  const build: KnownBuild = {
    ...(options.allocator !== undefined && { allocator: options.allocator }),
    ...(options.release !== undefined && { release: options.release }),
    ...(arch !== undefined && { arch }),
    config: said.config,
    symbols: sources.symbols,
  };
  const root = yield* telling('Looking for page tables', rootOf(memory, sources, boot, said.config, arch));
  if (root !== undefined) notes.push(root.says);
  const paged = root !== undefined;
  const makeReader = (): Reader => readerOfAll(memory, root);
  const reader = makeReader();

  const found = yield* telling(
    'Looking for a heap',
    findHeap({
      reader,
      sources,
      known: build,
      map,
      releases: possibleReleases(options.release, map),
      ...(options.heap !== undefined && { said: options.heap }),
      pieces: () => piecesOf(memory, root),
    }),
  );
  for (const text of root?.walk.oddities ?? []) problems.push({ severity: 'warning', code: 'page-table', message: text });
  const common = {
    image: memory.image,
    space: paged ? ('paged' as const) : memory.space,
    reader: makeReader,
    map: map ?? { kind: 'image', descriptors: [], hints: {}, problems: [] },
    symbols: sources.symbols,
    ...(sources.workload && { workload: sources.workload }),
  };
  const decodeWith = (choices: Choices, heap: bigint): HeapSnapshot =>
    allocatorFor(choices.allocator)!.decode(makeReader(), heap, {
      ...choices,
      ...(sources.symbols.size > 0 && { symbols: sources.symbols }),
    });
  if ('problem' in found) {
    problems.push({ severity: 'error', code: 'no-heap', message: found.problem });
    const { choices, assumed } = assume({ ...said, ...(arch && { arch }) }, common.map);
    const decodeAs = (as: Choices, heap = 0n): HeapSnapshot => decodeWith(as, heap);
    return { ...common, choices, assumed, releases: [], checks: [], problems, notes, decodeAs };
  }

  const { heap } = found;
  notes.push(`heap at ${hex(heap.address)}: ${heap.says}`);
  const read = understand(makeReader(), memory.image, heap, build, said, common.map, sources, problems);
  const decodeAs = (as: Choices, address = heap.address): HeapSnapshot => decodeWith(as, address);
  const snapshot = decodeAs(read.choices);
  const part = partOf(memory, root, snapshot, common.map);
  if (part !== undefined) problems.push(partProblem(part));
  return { ...common, ...read, heap, snapshot, ...(part && { part }), problems, notes, decodeAs };
}

function* telling<T>(doing: string, work: Generator<number, T>): Generator<OpenProgress, T> {
  for (;;) {
    const next = work.next();
    if (next.done === true) return next.value;
    yield { doing, bytes: next.value };
  }
}

function definedOf({ allocator, release, arch }: OpenOptions): Partial<Pick<OpenOptions, 'allocator' | 'release' | 'arch'>> {
  return { ...(allocator && { allocator }), ...(release && { release }), ...(arch && { arch }) };
}

/**
 * The list of the bootinfo that `bi_bootinfo` points to, else of the one that is in use, else of a file beside the dump. How its descriptors
 * are laid out is seen from themselves, whatever release was said.
 */
function* mapOf({ image, physical }: Memory, sources: Sources, problems: Problem[]): Generator<number, FoundMap | undefined> {
  for (const part of [image, ...(physical === undefined || physical === image ? [] : [physical])]) {
    const symbol = sources.symbols.get('bi_bootinfo');
    const pointed = symbol === undefined ? undefined : part.reader().u64(symbol);
    const valid = pointed !== undefined && (readBootinfo(part.reader(), pointed)?.descriptors.length ?? 0) > 0;
    const at = valid ? pointed : yield* findUsedBootinfo(part);
    if (at === undefined) continue;
    const map = readDescriptors(part, at);
    problems.push(...map.problems.filter((p) => p.severity !== 'info'));
    return { map, address: at };
  }
  return sources.map && { map: sources.map };
}

type Understood = Pick<OpenedDump, 'choices' | 'assumed' | 'releases' | 'checks'>;

/** Holds what was said against what the structures tell. */
function understand(
  reader: Reader,
  image: MemoryImage,
  heap: FoundHeap,
  build: KnownBuild,
  said: ReturnType<typeof known>,
  map: RegionMap,
  sources: Sources,
  problems: Problem[],
): Understood {
  const [reading] = heap.readings;
  const given = { ...said, ...(build.arch && { arch: build.arch }) };
  if (reading === undefined) {
    problems.push({
      severity: 'warning',
      code: 'not-recognised',
      message: `no allocator's structures were recognised at ${hex(heap.address)}: it is read as said or assumed`,
    });
    return { ...assume(given, map), releases: [], checks: [] };
  }
  const evidence = [
    ...descriptorForm(map),
    ...[symbolNames(sources.symbols), noBootinfo(image, reading, map), blockHeaders(reader, heap.address, reading, build)].filter(
      (n) => n !== undefined,
    ),
  ];
  const { releases, checks } = narrow(reading.releases, evidence);
  const functions = functionCheck(reading, sources.symbols);
  const release = releaseOf({ ...reading, releases }, said.release);
  const allocator = reading.allocator.id;
  // What memory shows of the layout counts more than a configuration that was found beside it, but not more than what was said.
  const config = { ...reading.config, ...said.config };
  const options = optionsOf(reading.allocator, release, { ...build, config });
  for (const check of checks.filter((c) => !c.holds)) {
    problems.push({ severity: 'warning', code: 'release-differs', message: `read as ${release}, but ${check.says}` });
  }
  if (said.allocator !== undefined && said.allocator !== allocator) {
    const message = `the allocator is said to be ${said.allocator}, but what stands at ${hex(heap.address)} is ${allocator}`;
    problems.push({ severity: 'warning', code: 'allocator-differs', message });
  }
  const assumed =
    said.release === undefined && releases.length > 1
      ? [`release ${release} of ${releasesText(releases)}, which look the same`]
      : [];
  return {
    choices: { release, allocator, arch: options.arch, config: options.config },
    assumed,
    releases,
    checks: [
      ...checksOf(reading, heap.address),
      ...(functions ? [functions] : []),
      ...checks,
      ...optionChecks(reading.config, map, said.config),
    ],
  };
}

/** The name option shows in the size of descriptors, the others in the layout of struct uk_alloc. */
function optionChecks(read: Config, map: RegionMap, said: Config): Check[] {
  const checks: Check[] = [];
  const named = map.descriptors.length === 0 ? undefined : map.descriptors.some((d) => d.name !== undefined);
  if (named !== undefined && map.kind === 'image') {
    const text = said.CONFIG_UKPLAT_MEMRNAME;
    const says = `the descriptors have ${named ? '' : 'no '}names: CONFIG_UKPLAT_MEMRNAME=${named ? 'y' : 'n'}`;
    checks.push({ about: 'options', by: 'descriptors', says, holds: text === undefined || (text === 'y') === named });
  }
  for (const [symbol, value] of Object.entries(read)) {
    const by = symbol.startsWith('CONFIG_LIBUKALLOC_') ? 'struct uk_alloc' : 'private structure';
    checks.push({
      about: 'options',
      by,
      says: `${symbol}=${value}`,
      holds: said[symbol] === undefined || said[symbol] === value,
    });
  }
  return checks;
}
