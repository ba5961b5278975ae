// Which descriptors cover the same memory. A sweep over the sorted starts: what matters at each start is which earlier
// regions reach past it. Only the few that reach furthest are kept, so a list of 100 000 identical regions costs no more
// than one of 100 000 neighbours; every region that overlaps anything is still in at least one pair.

/** A descriptor's memory: whole pages in the paged era, bytes before. */
export interface Extent {
  readonly index: number;
  readonly base: bigint;
  /** One past the last byte; may be beyond 2^64 where a length overflows. */
  readonly end: bigint;
  readonly free: boolean;
  /** The bytes of the resource itself, without the rest of its first and last page. */
  readonly firstByte: bigint;
  readonly lastEnd: bigint;
}

export interface Overlap {
  /** The one that starts first, or is first in the list where both start together. */
  readonly left: Extent;
  readonly right: Extent;
  /** Only the pages meet: the bytes of the two resources do not. */
  readonly pagesOnly: boolean;
}

/** Earlier regions remembered at a time, of the free ones and of the others: few once a list has shown that it is a mess. */
const KEPT = 8;
const KEPT_IN_A_MESS = 1;
const MESS = 1000;

/** Pairs in the order of their right member's start. Empty extents overlap nothing. */
export function overlaps(extents: readonly Extent[]): Overlap[] {
  const sorted = extents.filter((e) => e.end > e.base).sort((a, b) => compare(a.base, b.base) || a.index - b.index);
  const reaching: Record<'free' | 'other', Extent[]> = { free: [], other: [] };
  const found: Overlap[] = [];
  for (const right of sorted) {
    for (const kind of ['free', 'other'] as const) {
      const open = reaching[kind].filter((left) => left.end > right.base);
      for (const left of open)
        found.push({ left, right, pagesOnly: left.lastEnd <= right.firstByte || right.lastEnd <= left.firstByte });
      reaching[kind] = open;
    }
    keep(reaching[right.free ? 'free' : 'other'], right, found.length < MESS ? KEPT : KEPT_IN_A_MESS);
  }
  return found;
}

/** Inserts by end, furthest first, and drops the shortest when there are too many. */
function keep(open: Extent[], extent: Extent, kept: number): void {
  const at = open.findIndex((e) => e.end < extent.end);
  open.splice(at < 0 ? open.length : at, 0, extent);
  if (open.length > kept) open.length = kept;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
