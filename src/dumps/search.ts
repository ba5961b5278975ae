// Looks for heaps in a dump that nothing points into: goes through all memory for what begins like a struct uk_alloc, and keeps the places
// behind which an allocator's own structures stand.

import type { Piece } from '../memory/image';
import type { Reader } from '../memory/reader';
import type { AllocatorId } from '../regions/allocator-id';
import { mayBegin } from './header';
import type { Release } from '../regions/release';
import { readingsAt, SAMPLE_RELEASES, type KnownBuild, type Reading } from './recognise';

export interface SearchHit {
  readonly heap: bigint;
  readonly allocator: AllocatorId;
  /** Words of memory that agree. */
  readonly words: number;
}

/** Bytes of a header that are looked at before anything else. */
const HEADER = 48;
/** Places that are tried at most: tables of functions are many in some kernels, and damage can make more. */
const MOST_TRIED = 100_000;
/** So many words that agree are no chance: nothing behind is looked at. */
const CERTAIN = 32;
/** Hits that are kept. */
const MOST_HITS = 64;

/**
 * Goes through `pieces` (which should overlap by 48 bytes). Yields the bytes looked at so far, for progress and cancellation.
 *
 * @param releases those that the heap may be of
 * @returns hits, those that are least likely chance first
 */
export function* searchHeaps(
  pieces: Iterable<Piece>,
  reader: Reader,
  known: KnownBuild,
  releases: readonly Release[],
): Generator<number, readonly SearchHit[]> {
  const samples = SAMPLE_RELEASES.filter((r) => releases.includes(r));
  const tryAs = samples.length > 0 ? samples : releases.slice(0, 1);
  const hits = new Map<bigint, SearchHit>();
  let done = 0;
  let tried = 0;
  for (const piece of pieces) {
    const words = wordsOf(piece);
    for (let at = 0; at + HEADER / 8 <= words.words.length && tried < MOST_TRIED && hits.size < MOST_HITS; at++) {
      if (!mayBegin(words.words, at)) continue;
      const heap = words.base + BigInt(8 * at);
      if (hits.has(heap)) continue;
      tried++;
      const best = readingsAt(reader, heap, known, tryAs)[0];
      if (best !== undefined && isBelievable(best, heap))
        hits.set(heap, { heap, allocator: best.allocator.id, words: best.recognition.words });
      // Each trial may take as long as the rest of a piece.
      yield done + 8 * at;
    }
    done += piece.bytes.length;
    if ([...hits.values()].some((h) => h.words >= CERTAIN)) break;
    yield done;
  }
  return [...hits.values()].sort((a, b) => b.words - a.words || (a.heap < b.heap ? -1 : 1));
}

/** Two words may agree by chance in a million places; at the start of a page, where regions begin, there are fewer of them. */
function isBelievable({ recognition }: Reading, heap: bigint): boolean {
  return recognition.words > 2 || heap % 4096n === 0n;
}

/** The 64-bit words of a piece, from the first address that is a multiple of 8 on. */
function wordsOf({ base, bytes }: Piece): { readonly words: BigUint64Array; readonly base: bigint } {
  const skip = Number(-base & 7n);
  const count = Math.max(0, (bytes.length - skip) >> 3);
  const start = bytes.byteOffset + skip;
  // A typed array wants its words aligned in its buffer; what lies otherwise is copied.
  const words =
    start % 8 === 0
      ? new BigUint64Array(bytes.buffer, start, count)
      : new BigUint64Array(bytes.slice(skip, skip + count * 8).buffer);
  return { words, base: base + BigInt(skip) };
}
