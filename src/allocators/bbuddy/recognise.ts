// Is this a binary buddy? Its lists hold pointers to themselves, which no other memory does.

import { PAGE_SIZE } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions, Recognition } from '../ukalloc';
import { Chunk, Memr, NullPalloc, ORDERS, SentinelPalloc } from './layout';
import { buddyProfile } from './profiles';

/** Orders of which no machine has a chunk (2^28 pages are 1 TiB); their lists are always empty. */
const ALWAYS_EMPTY = 28;
/** Of the lists that are always empty so many must be in order: some may be damaged. */
const LEAST = 16;

export function recognise(reader: Reader, heap: bigint, options: AllocatorOptions): Recognition | undefined {
  const profile = buddyProfile(options.release);
  if (profile === undefined || heap % BigInt(PAGE_SIZE) !== 0n) return undefined;
  const palloc = heap + BigInt(ukAllocLayout(ukAllocProfile(options.release), options.config).size);
  return profile.pageGranular ? withoutSentinels(reader, palloc) : withSentinels(reader, palloc);
}

/** Up to 0.19: an empty list's head is the address of its own tail, and that tail's pprev the address of the head. */
function withSentinels(reader: Reader, palloc: bigint): Recognition | undefined {
  let own = 0;
  let words = 0;
  for (let order = 0; order < ORDERS; order++) {
    const head = palloc + BigInt(SentinelPalloc.free_head + 8 * order);
    const tail = palloc + BigInt(SentinelPalloc.free_tail + Chunk.size * order);
    if (reader.u64(head) !== tail) continue;
    own++;
    words += reader.u64(tail + BigInt(Chunk.pprev)) === head ? 2 : 1;
  }
  if (own < LEAST) return undefined;
  return { says: `${own} of its ${ORDERS} list heads point at their own sentinel, as those of empty lists do`, words };
}

/** From 0.20 on: no sentinels; what is certain is the record of the newest region. */
function withoutSentinels(reader: Reader, palloc: bigint): Recognition | undefined {
  for (let order = ALWAYS_EMPTY; order < ORDERS; order++)
    if (reader.u64(palloc + BigInt(NullPalloc.free_head + 8 * order)) !== 0n) return undefined;
  const memr = reader.u64(palloc + BigInt(NullPalloc.memr_head));
  if (memr === undefined || memr === 0n || memr % BigInt(PAGE_SIZE) !== 0n) return undefined;
  const field = (offset: number): bigint | undefined => reader.u64(memr + BigInt(offset));
  const [bitmap, size, first] = [Memr.mm_alloc_bitmap, Memr.mm_alloc_bitmap_size, Memr.first_page].map(field);
  if (bitmap !== memr + BigInt(Memr.size) || size === undefined || first !== bitmap + size) return undefined;
  return { says: 'the lists of the largest orders are empty, and memr_head leads to a region record that fits itself', words: 4 };
}
