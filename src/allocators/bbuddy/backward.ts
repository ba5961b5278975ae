// A free list from its end: where the links forward break off, the sentinel's pprev leads to the last chunk, and each chunk's pprev to the
// one before it. So of a list whose middle is damaged, or not in the dump, both ends are shown.

import type { Reader } from '../../memory/reader';
import type { PageLookup } from './free-lists';
import { Chunk } from './layout';

/**
 * Chunks at the end of a list, in list order, as far as pprev leads through whole chunks of this order that were not reached before. Stops
 * without a finding: what is wrong there is damage that the walk forward met, or memory that is absent.
 *
 * @param head address of free_head[order]
 * @param sentinel address of free_tail[order]
 */
export function walkBackward(
  reader: Reader,
  head: bigint,
  sentinel: bigint,
  order: number,
  pages: PageLookup,
  chunks: Map<bigint, number>,
): bigint[] {
  const found: bigint[] = [];
  const bytes = 4096n << BigInt(order);
  let after = sentinel;
  for (;;) {
    const link = reader.u64(after + BigInt(Chunk.pprev));
    if (link === undefined || link === head) break;
    const chunk = link - BigInt(Chunk.next);
    if (chunks.has(chunk) || chunk % bytes !== 0n || pages.regionOf(chunk, bytes) < 0) break;
    // A chunk that does not lead back, or says another order, is not taken on the word of one pointer.
    if (reader.u64(link) !== after || reader.u32(chunk + BigInt(Chunk.level)) !== order) break;
    chunks.set(chunk, order);
    found.push(chunk);
    after = chunk;
  }
  return found.reverse();
}
