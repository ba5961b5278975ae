// Where is the heap? What was said comes first, then what symbols, sessions and descriptors lead to, then a search, which is a guess.

import { ukAllocLayout } from '../allocators/layers/struct';
import { ukAllocProfile } from '../allocators/layers/profiles';
import { heapBase } from '../boot/paging';
import { hex } from '../memory/address';
import type { Piece } from '../memory/image';
import type { Reader } from '../memory/reader';
import type { RegionMap } from '../regions/descriptor';
import { DEFAULT_RELEASE, type Release } from '../regions/release';
import { evaluateAddress } from './expression';
import { readingsAt, type KnownBuild, type Reading } from './recognise';
import { searchHeaps } from './search';
import type { Sources } from './sources';

export const FOUND_BY = ['said', 'dump', 'symbol', 'session', 'descriptors', 'search'] as const;
export type FoundBy = (typeof FOUND_BY)[number];

export interface FoundHeap {
  /** Address of the struct uk_alloc. */
  readonly address: bigint;
  readonly by: FoundBy;
  /** A clause: `_uk_alloc_head at 0x177500 points there`. */
  readonly says: string;
  /** What stands there, best first; empty when nothing was recognised. */
  readonly readings: readonly Reading[];
  /** Found by a search alone, or not recognised. */
  readonly guess: boolean;
}

export interface HeapSearch {
  readonly reader: Reader;
  readonly sources: Sources;
  readonly known: KnownBuild;
  readonly map: RegionMap | undefined;
  /** Releases that the heap may be of, by all that is known of the kernel. */
  readonly releases: readonly Release[];
  /** Address or expression. */
  readonly said?: string;
  /** All memory, for the search. */
  pieces(): Iterable<Piece>;
}

/** Names of the pointer to the first registered allocator: since 0.5, and before. */
const HEAD_SYMBOLS = ['_uk_alloc_head', 'uk_alloc_head'];

interface Candidate {
  readonly address: bigint;
  readonly by: FoundBy;
  readonly says: string;
}

export type HeapResult = { readonly heap: FoundHeap } | { readonly problem: string };

/** Yields the bytes looked at, while it searches. */
export function* findHeap(search: HeapSearch): Generator<number, HeapResult> {
  if (search.said !== undefined) return said(search, search.said);
  let first: FoundHeap | undefined;
  let why: string | undefined;
  for (const candidate of candidates(search)) {
    if (typeof candidate === 'string') {
      why ??= candidate;
      continue;
    }
    const found = tryAt(search, candidate);
    if (found.readings.length > 0) return { heap: found };
    if (candidate.by === 'dump' || candidate.by === 'symbol') first ??= found;
  }
  const [best] = yield* searchHeaps(search.pieces(), search.reader, search.known, search.releases);
  if (best !== undefined) {
    const says = `a search through all memory found it: ${best.words} words agree`;
    return { heap: { ...tryAt(search, { address: best.heap, by: 'search', says }), guess: true } };
  }
  if (first !== undefined) return { heap: first };
  return {
    problem: why ?? 'no heap was found: give its address, symbols (nm output or the .dbg file), or a session that prints it',
  };
}

function tryAt({ reader, known, releases }: HeapSearch, { address, by, says }: Candidate): FoundHeap {
  const readings = readingsAt(reader, address, known, releases);
  return { address, by, says, readings, guess: readings.length === 0 };
}

/** What a person typed: the address of the structure, or of a pointer to it. */
function said(search: HeapSearch, text: string): HeapResult {
  const { reader, sources, known } = search;
  const layout = ukAllocLayout(ukAllocProfile(known.release ?? DEFAULT_RELEASE), known.config);
  const fields: Readonly<Record<string, number>> = { ...layout.callbacks, next: layout.next, priv: layout.size };
  const field = (name: string): bigint | undefined => (fields[name] === undefined ? undefined : BigInt(fields[name]));
  const value = evaluateAddress(text, { reader, symbols: sources.symbols, field });
  if (value.kind === 'problem') return { problem: `${text}: ${value.message}` };
  const direct = tryAt(search, { address: value.address, by: 'said', says: `${text} was given` });
  if (direct.readings.length > 0) return { heap: direct };
  const pointee = reader.u64(value.address);
  if (pointee !== undefined && pointee !== 0n) {
    const through = tryAt(search, { address: pointee, by: 'said', says: `${text} was given, and is a pointer to it` });
    if (through.readings.length > 0) return { heap: through };
  }
  return { heap: direct };
}

/** Candidates, the surest first; a string says why one that should be there is not. */
function* candidates({ sources, reader, map, known }: HeapSearch): Generator<Candidate | string> {
  if (sources.heap !== undefined) yield { address: sources.heap, by: 'dump', says: 'the dump says so itself' };
  const name = HEAD_SYMBOLS.find((n) => sources.symbols.has(n));
  if (name !== undefined) {
    const head = sources.symbols.get(name)!;
    const heap = reader.u64(head);
    if (heap === undefined) yield `${hex(head)}, where ${name} is, is not in the dump`;
    else if (heap === 0n) yield `${name} at ${hex(head)} is NULL: no allocator is registered in this dump`;
    else yield { address: heap, by: 'symbol', says: `${name} at ${hex(head)} points there` };
  }
  for (const address of sources.sessions.flatMap((s) => s.heaps)) yield { address, by: 'session', says: 'a session prints it' };
  for (const { fields } of map?.descriptors ?? []) {
    const base = (fields.vbase ?? fields.base)?.value;
    const free = fields.type === undefined ? ((fields.flags?.value ?? 0n) & 1n) === 1n : fields.type.value === 1n;
    if (!free || base === undefined || base === (1n << 64n) - 1n) continue;
    yield { address: base, by: 'descriptors', says: 'it begins a FREE region of the boot' };
  }
  yield { address: heapBase(known.config), by: 'descriptors', says: 'CONFIG_LIBUKBOOT_HEAP_BASE is there' };
}
