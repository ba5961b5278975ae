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
import { sizeText } from '../regions/text';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { assume, known, type Choices } from '../timeline/choices';
import { findUsedBootinfo } from './bootinfo';
import { archOf, possibleReleases } from './evidence';
import { findHeap, type FoundHeap } from './find-heap';
import { memoryOf, piecesOf, readerOfAll, rootOf, type FoundMap, type Memory } from './memory';
import type { FoundRoot } from './paging';
import { partOf, partProblem, type HeapPart } from './part';
import type { Check, KnownBuild } from './recognise';
import { readSources, type DumpPart, type Sources } from './sources';
import { understand } from './understand';

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
  /** What was found up to here, for whoever does not go on; absent before memory has a place. Going on is possible all the same. */
  readonly soFar?: () => OpenedDump;
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
  /** Not opened to its end: what was being done, and how far it was. */
  readonly stopped?: string;
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

  const choicesOf = (arch: Architecture | undefined, map: RegionMap): Pick<OpenedDump, 'choices' | 'assumed'> =>
    assume({ ...said, ...(arch && { arch }) }, map);
  const decodeWith = (choices: Choices, heap: bigint, reader: Reader): HeapSnapshot =>
    allocatorFor(choices.allocator)!.decode(reader, heap, {
      ...choices,
      ...(sources.symbols.size > 0 && { symbols: sources.symbols }),
    });
  const seenIn = (map: RegionMap | undefined, root: FoundRoot | undefined) => ({
    image: memory.image,
    space: root === undefined ? memory.space : ('paged' as const),
    reader: (): Reader => readerOfAll(memory, root),
    map: map ?? { kind: 'image' as const, descriptors: [], hints: {}, problems: [] },
    symbols: sources.symbols,
    ...(sources.workload && { workload: sources.workload }),
  });
  /** Without a heap, for this or another reason. */
  const without = (
    seen: ReturnType<typeof seenIn>,
    arch: Architecture | undefined,
    more: Pick<OpenedDump, 'stopped'>,
  ): OpenedDump => ({
    ...seen,
    ...choicesOf(arch, seen.map),
    ...more,
    releases: [],
    checks: [],
    problems: [...problems],
    notes: [...notes],
    decodeAs: (as, heap = 0n) => decodeWith(as, heap, seen.reader()),
  });
  const upTo = (map?: RegionMap, root?: FoundRoot) => (stopped: string) =>
    without(seenIn(map, root), said.arch ?? archOf(map), { stopped });

  // Descriptors stand in the kernel's data, which is mapped to itself: the same by either address.
  const boot = yield* telling('Looking for the region descriptors', mapOf(memory, sources, problems), upTo());
  const map = boot?.map;
  const arch = said.arch ?? archOf(map);
  const build: KnownBuild = {
    ...(options.allocator !== undefined && { allocator: options.allocator }),
    ...(options.release !== undefined && { release: options.release }),
    ...(arch !== undefined && { arch }),
    config: said.config,
    symbols: sources.symbols,
  };
  const root = yield* telling('Looking for page tables', rootOf(memory, sources, boot, said.config, arch), upTo(map));
  if (root !== undefined) notes.push(root.says);
  const seen = seenIn(map, root);

  const found = yield* telling(
    'Looking for a heap',
    findHeap({
      reader: seen.reader(),
      sources,
      known: build,
      map,
      releases: possibleReleases(options.release, map),
      ...(options.heap !== undefined && { said: options.heap }),
      pieces: () => piecesOf(memory, root),
    }),
    upTo(map, root),
  );
  for (const text of root?.walk.oddities ?? []) problems.push({ severity: 'warning', code: 'page-table', message: text });
  if ('problem' in found) {
    problems.push({ severity: 'error', code: 'no-heap', message: found.problem });
    return without(seen, arch, {});
  }

  const { heap } = found;
  notes.push(`heap at ${hex(heap.address)}: ${heap.says}`);
  const read = understand(seen.reader(), memory.image, heap, build, said, seen.map, sources, problems);
  const decodeAs = (as: Choices, address = heap.address): HeapSnapshot => decodeWith(as, address, seen.reader());
  const snapshot = decodeAs(read.choices);
  const part = partOf(memory, root, snapshot, seen.map);
  if (part !== undefined) problems.push(partProblem(part));
  return { ...seen, ...read, heap, snapshot, ...(part && { part }), problems, notes, decodeAs };
}

/** @param upTo what is known before it, as a dump that was stopped in it */
function* telling<T>(
  doing: string,
  work: Generator<number, T>,
  upTo?: (stopped: string) => OpenedDump,
): Generator<OpenProgress, T> {
  for (;;) {
    const next = work.next();
    if (next.done === true) return next.value;
    const bytes = next.value;
    const stopped = `${doing[0]!.toLowerCase()}${doing.slice(1)}${bytes > 0 ? `, ${sizeText(bytes)} looked at` : ''}`;
    yield { doing, bytes, ...(upTo && { soFar: () => upTo(stopped) }) };
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
