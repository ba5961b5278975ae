// What stands in allocated pages. The bitmap only tells that a page is taken; where a block begins and what was asked for is read
// from the headers that ifpages writes. Pages of `palloc` have none, and a header may be stale: so a header counts only where it
// is consistent with itself, with the bitmap and with the blocks before it.

import { PAGE_SIZE } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { BlockBuilder } from '../../snapshot/blocks';
import { pageHeaderAt } from '../layers/decode';
import type { UkAllocProfile } from '../layers/profiles';
import { orderOf } from './layout';

const PAGE = BigInt(PAGE_SIZE);

interface Candidate {
  readonly pages: number;
  readonly asked: number;
  readonly payload: bigint;
}

/** Pages that a request for `pages` holds. */
export function heldPages(pages: number, pageGranular: boolean): number {
  return pageGranular ? pages : 2 ** orderOf(pages);
}

/**
 * Adds the blocks of one run of allocated pages `[from, to)`.
 *
 * A block whose size memory does not tell reaches to the next block that begins with a header, or to the end of the run.
 */
export function addUsedBlocks(
  reader: Reader,
  from: bigint,
  to: bigint,
  profile: UkAllocProfile,
  pageGranular: boolean,
  blocks: BlockBuilder,
): void {
  const candidates = headersIn(reader, from, to, profile, pageGranular);
  let page = from;
  while (page < to) {
    const found = candidates.get(page);
    if (found !== undefined) {
      const held = heldPages(found.pages, pageGranular);
      blocks.add(page, held * PAGE_SIZE, 'used', orderOf(held), found.asked, found.payload);
      page += BigInt(held) * PAGE;
      continue;
    }
    let end = page + PAGE;
    while (end < to && !candidates.has(end)) end += PAGE;
    const pages = Number((end - page) / PAGE);
    blocks.add(page, pages * PAGE_SIZE, 'used', isPowerOfTwo(pages) ? orderOf(pages) : -1);
    page = end;
  }
}

/** Headers in the run, by the block that they say they belong to. One at a block's start wins over one further in. */
function headersIn(
  reader: Reader,
  from: bigint,
  to: bigint,
  profile: UkAllocProfile,
  pageGranular: boolean,
): Map<bigint, Candidate> {
  const found = new Map<bigint, Candidate>();
  let inside = from; // pages below this lie in a block that began with a header: what stands there is payload, and not looked at
  for (let page = from; page < to; page = page + PAGE > inside ? page + PAGE : inside) {
    const header = pageHeaderAt(reader, page, profile);
    if (header === undefined || header.base < from) continue;
    const held = BigInt(heldPages(header.pages, pageGranular)) * PAGE;
    if (header.base + held > to || (!pageGranular && header.base % held !== 0n)) continue;
    if (found.has(header.base)) continue;
    found.set(header.base, header);
    if (header.base === page) inside = page + held;
  }
  return found;
}

function isPowerOfTwo(n: number): boolean {
  return 2 ** orderOf(n) === n;
}
