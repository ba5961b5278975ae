// What the original does wrong, or what a reader of the heap should know: as findings, with the reason and the numbers of this heap.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import type { LostRange, LostReason } from '../../snapshot/mimalloc';
import type { HeapMap } from './heap-map';
import { REGION_SIZE, SEGMENT_SIZE } from './layout';
import type { MimallocProfile } from './profiles';
import { blocksOf } from './read-regions';
import type { MemRegionRecord, PageLists, PageRecord, SegmentRecord } from './records';
import { KIND_HUGE } from './size-classes';

const MIB = 2 ** 20;
/** Free blocks of a page that are looked at for zeros, and bytes of each. */
const BLOCKS_LOOKED_AT = 8;
const BYTES_LOOKED_AT = 256;

const WHY: Readonly<Record<LostReason, string>> = {
  misfit: 'did not come out aligned to 4 MiB: mimalloc gave them back, but the region allocator takes nothing back',
  alignment: 'lie before and behind what was aligned, or did not come out aligned',
  'leaked segment': 'were segments that came directly, not from a mem region: freeing one gives nothing back',
};

export interface Remarkable {
  readonly heap: bigint;
  readonly first: bigint;
  readonly heapBase: bigint;
  readonly heapTop: bigint;
  readonly map: HeapMap;
  readonly regions: readonly MemRegionRecord[];
  readonly segments: readonly SegmentRecord[];
  readonly lists: ReadonlyMap<PageRecord, PageLists>;
  /** Were the mem regions readable? */
  readonly regionsKnown: boolean;
  /** The largest request that succeeds now. */
  readonly largest: number;
}

export function remarkOnPort(profile: MimallocProfile, heap: bigint, findings: FindingList): void {
  if (profile.fits) return;
  findings.add(
    'info',
    'port-does-not-fit',
    'The port reads uk_thread->prv, which 0.11 removed: it only builds with a change that was never merged. The allocator itself is the same.',
    heap,
  );
}

/** A heap after the switch. */
export function remarkOnHeap(reader: Reader, r: Remarkable, findings: FindingList): void {
  remarkOnLost(r, findings);
  remarkOnSize(r, findings);
  if (r.map.early.end > r.map.early.base) {
    const what = `${mib(r.map.early)} below ${hex(r.map.early.end)} were handed out before the switch and stay taken. Passed to free or realloc now, such a pointer makes mimalloc read a segment header where none is.`;
    findings.add('info', 'early-objects', what, r.map.early.base);
  }
  for (const region of r.regions) {
    if (region.info !== 0) continue;
    const what = `regions[${region.index}] was cleared by a forced collect while nothing was in it: its 256 MiB are lost, the slot is never used again`;
    findings.add('warning', 'cleared-region', what, region.address);
  }
  for (const segment of r.segments) {
    const page = segment.pages[0];
    if (segment.kind !== KIND_HUGE || page?.hasAligned !== true || segment.size <= SEGMENT_SIZE) continue;
    const what = `huge segment ${hex(segment.address)} holds an aligned object. If its alignment is 4 MiB or more, freeing it reads the payload as a segment header.`;
    findings.add('warning', 'aligned-huge', what, segment.address);
  }
  for (const [page, lists] of r.lists) checkZero(reader, page, lists, findings);
}

function remarkOnLost(r: Remarkable, findings: FindingList): void {
  const total = r.map.lost.reduce((sum, l) => sum + length(l), 0);
  if (total < MIB) return;
  const size = Number(r.heapTop - r.heap);
  const parts = (Object.keys(WHY) as LostReason[]).flatMap((why) => {
    const bytes = r.map.lost.filter((l) => l.why === why).reduce((sum, l) => sum + length(l), 0);
    return bytes === 0 ? [] : [`${text(bytes)} ${WHY[why]}`];
  });
  findings.add(
    'warning',
    'lost-memory',
    `${text(total)} of ${text(size)} can no longer be used: ${parts.join('; ')}.`,
    r.map.lost[0]!.base,
  );
}

function remarkOnSize(r: Remarkable, findings: FindingList): void {
  if (r.largest === 0) {
    const what = `no malloc can succeed any more: no page has a block left, and the ${text(Number(r.heapTop - r.heapBase))} that are left cannot hold a segment aligned to 4 MiB, for which up to 12 MiB are asked`;
    findings.add('warning', 'no-memory', what, r.heapBase);
  }
  const whole = Number(r.heapTop - r.first);
  if (whole < REGION_SIZE) {
    const what = `the heap is smaller than a mem region (256 MiB), so every 4 MiB segment comes directly: it costs 12 MiB where the bump pointer is not aligned, and never comes back. It works until the pointer ends.`;
    findings.add('info', 'no-mem-region', what, r.heap);
    return;
  }
  const left = Number(r.heapTop - r.heapBase);
  const full = r.regions.every((region) => region.info === 0 || region.inUse === 0xffff_ffff_ffff_ffffn);
  const unaligned = r.heapBase % BigInt(SEGMENT_SIZE) !== 0n;
  if (r.regionsKnown && full && unaligned && left >= REGION_SIZE && left < 2 * REGION_SIZE + SEGMENT_SIZE) {
    const what = `${text(left)} are left, too little for an aligned mem region: the next segment first loses 256 MiB in the attempt, then comes directly`;
    findings.add('warning', 'region-attempt', what, r.heapBase);
  }
  const direct = r.segments.filter((s) => blocksOf(s) === undefined).length;
  if (direct > 0) {
    const what = `${direct} segment${direct === 1 ? '' : 's'} came directly from the region allocator: when freed, the memory is lost for ever`;
    findings.add('info', 'direct-segments', what, r.segments.find((s) => blocksOf(s) === undefined)!.address);
  }
}

/**
 * A page that counts as zero lets calloc clear 8 bytes only. That holds when RAM was zero at boot; where it was not, calloc returns
 * garbage. Blocks on `free` of such a page were never given out, so all but their link must be zero.
 */
function checkZero(reader: Reader, page: PageRecord, lists: PageLists, findings: FindingList): void {
  if (!page.isZero || page.blockSize <= 8) return;
  const length = Math.min(page.blockSize, BYTES_LOOKED_AT) - 8;
  for (const index of lists.free.blocks.slice(0, BLOCKS_LOOKED_AT)) {
    const block = page.start + BigInt(index) * BigInt(page.blockSize);
    const bytes = reader.bytes(block + 8n, length);
    const at = bytes?.findIndex((b) => b !== 0) ?? -1;
    if (at < 0) continue;
    const what = `page ${hex(page.address)} counts as zero, but its free block ${hex(block)} is not: calloc clears only the first 8 bytes of it and returns garbage (the RAM was dirty at boot, or a freed block was written to)`;
    findings.add('warning', 'not-zero', what, block + 8n + BigInt(at));
    return;
  }
}

function length(range: LostRange): number {
  return Number(range.end - range.base);
}

function mib(range: { readonly base: bigint; readonly end: bigint }): string {
  return text(Number(range.end - range.base));
}

function text(bytes: number): string {
  return bytes >= MIB
    ? `${(bytes / MIB).toFixed(1).replace('.0', '')} MiB`
    : bytes >= 1024
      ? `${(bytes / 1024).toFixed(1).replace('.0', '')} KiB`
      : `${bytes} B`;
}
