// What stands in allocated pages. The bitmap only tells that a page is taken; where a block begins and what was asked for is read
// from the headers that ifpages writes. Pages of `palloc` have none, and a header may be stale: so a header counts only where it
// is consistent with itself, with the bitmap and with the blocks before it.

import { PAGE_SIZE, toNumber } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { BlockBuilder } from '../../snapshot/blocks';
import { pageHeaderAt } from '../layers/decode';
import type { FoundPageHeader } from '../layers/decode';
import type { UkAllocProfile } from '../layers/profiles';
import { orderOf } from './layout';

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
  // A run may have a million pages: they are told by numbers, the signed readings of their addresses.
  const [first, last] = [toNumber(from), toNumber(from) + Number(to - from)];
  const candidates = headersIn(reader, first, last, profile, pageGranular);
  let page = first;
  while (page < last) {
    const found = candidates.get(page);
    if (found !== undefined) {
      const held = heldPages(found.pages, pageGranular);
      blocks.addAt(page, held * PAGE_SIZE, 'used', orderOf(held), found.asked, found.payload - page);
      page += held * PAGE_SIZE;
      continue;
    }
    let end = page + PAGE_SIZE;
    while (end < last && !candidates.has(end)) end += PAGE_SIZE;
    const pages = (end - page) / PAGE_SIZE;
    blocks.addAt(page, pages * PAGE_SIZE, 'used', isPowerOfTwo(pages) ? orderOf(pages) : -1, -1, 0);
    page = end;
  }
}

/** Headers in the run, by the block that they say they belong to. One at a block's start wins over one further in. */
function headersIn(
  reader: Reader,
  from: number,
  to: number,
  profile: UkAllocProfile,
  pageGranular: boolean,
): Map<number, FoundPageHeader> {
  const found = new Map<number, FoundPageHeader>();
  let inside = from; // pages below this lie in a block that began with a header: what stands there is payload, and not looked at
  for (let page = from; page < to; page = Math.max(page + PAGE_SIZE, inside)) {
    const there = pageHeaderAt(reader, page, profile);
    if (there === undefined) continue;
    const { base, pages } = there;
    const held = heldPages(pages, pageGranular) * PAGE_SIZE;
    if (base < from || base + held > to || (!pageGranular && base % held !== 0) || found.has(base)) continue;
    found.set(base, there);
    if (base === page) inside = page + held;
  }
  return found;
}

function isPowerOfTwo(n: number): boolean {
  return 2 ** orderOf(n) === n;
}
