// What of a mimalloc heap no two runs have in common: a cookie that comes from the clock, the address of the thread's data, and the time
// until a page waits.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import { Page, Segment, SEGMENT_SIZE } from './layout';

export function arbitrary(snapshot: HeapSnapshot, address: bigint): boolean {
  // A segment that was given back has kept both words.
  const inSegment = Number(address % BigInt(SEGMENT_SIZE));
  if ([Segment.cookie, Segment.thread_id].some((at) => inSegment >= at && inSegment < at + 8)) return true;
  const { tld } = snapshot.state as { tld?: { pages_reset?: readonly (readonly unknown[])[] } };
  return (tld?.pages_reset ?? []).some(([page]) => {
    const used = BigInt(String(page)) + BigInt(Page.used);
    return address >= used && address < used + 4n;
  });
}
