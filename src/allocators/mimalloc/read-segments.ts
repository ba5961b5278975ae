// Finds and reads segments. Each begins at a 4 MiB boundary with a header whose `cookie` is its address XOR one secret number, so
// they are found in any memory; the table of mem regions only confirms them.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import { Page, PageBit, PageFlag, Segment, SEGMENT_SIZE, segmentInfoSize, type Build, type PageLayout } from './layout';
import type { PageRecord, SegmentRecord } from './records';
import { HUGE_BLOCK_SIZE, KIND_HUGE, KIND_MEDIUM, PAGE_KINDS, PAGE_SHIFT, SEGMENT_CAPACITY } from './size-classes';

const SEGMENT = BigInt(SEGMENT_SIZE);
/** 4 MiB boundaries that are looked at: 4 TiB of heap. */
const MOST_BOUNDARIES = 2 ** 20;
/** Bytes of the header up to `pages[]`. */
const HEADER = Segment.pages;

export interface FoundSegments {
  /** Segments with pages in use, by address. */
  readonly segments: readonly SegmentRecord[];
  /** Headers of segments that were given back. */
  readonly freed: readonly SegmentRecord[];
  /** The main heap's cookie, known or guessed; undefined when nothing tells it. */
  readonly cookie: bigint | undefined;
}

/** Looks at every 4 MiB boundary of `[from, to)`. */
export function findSegments(
  reader: Reader,
  from: bigint,
  to: bigint,
  known: bigint | undefined,
  build: Build,
  findings: FindingList,
): FoundSegments {
  const headers = new Map<bigint, DataView>();
  const first = (from + SEGMENT - 1n) & -SEGMENT;
  for (let at = first, looked = 0; at < to && looked < MOST_BOUNDARIES; at += SEGMENT, looked++) {
    const bytes = reader.bytes(at, HEADER);
    if (bytes !== undefined) headers.set(at, viewOf(bytes));
  }
  const cookie = known ?? guessCookie(headers);
  const segments: SegmentRecord[] = [];
  const freed: SegmentRecord[] = [];
  let covered = 0n; // where the last segment ends: what stands at boundaries below is a huge block's payload
  for (const [at, header] of headers) {
    if (at < covered || cookie === undefined || (header.getBigUint64(Segment.cookie, true) ^ at) !== cookie) continue;
    const segment = readSegment(reader, at, header, build, findings);
    if (segment === undefined) continue;
    if (segment.used === 0) freed.push(segment);
    else {
      segments.push(segment);
      covered = at + BigInt(segment.size);
    }
  }
  return { segments, freed, cookie };
}

/** The value of `address ^ cookie` that most consistent headers share. */
function guessCookie(headers: ReadonlyMap<bigint, DataView>): bigint | undefined {
  const votes = new Map<bigint, number>();
  for (const [at, header] of headers) {
    const kind = header.getUint32(Segment.page_kind, true);
    const consistent =
      kind < PAGE_KINDS.length &&
      header.getBigUint64(Segment.capacity, true) === BigInt(SEGMENT_CAPACITY[kind]!) &&
      header.getBigUint64(Segment.page_shift, true) === BigInt(PAGE_SHIFT[kind]!);
    if (!consistent) continue;
    const cookie = header.getBigUint64(Segment.cookie, true) ^ at;
    votes.set(cookie, (votes.get(cookie) ?? 0) + 1);
  }
  let best: bigint | undefined;
  for (const [cookie, count] of votes) if (best === undefined || count > votes.get(best)!) best = cookie;
  return best;
}

function readSegment(
  reader: Reader,
  address: bigint,
  header: DataView,
  build: Build,
  findings: FindingList,
): SegmentRecord | undefined {
  const word = (offset: number): bigint => header.getBigUint64(offset, true);
  const kind = header.getUint32(Segment.page_kind, true);
  const bad = (what: string, offset: number): void => {
    findings.add('error', 'bad-segment', `segment ${hex(address)}: ${what}`, address + BigInt(offset));
  };
  if (kind >= PAGE_KINDS.length) {
    bad(`page_kind ${kind} is none of small, medium, large and huge`, Segment.page_kind);
    return undefined;
  }
  const capacity = SEGMENT_CAPACITY[kind]!;
  if (word(Segment.capacity) !== BigInt(capacity)) {
    bad(`capacity is ${word(Segment.capacity)}, a ${PAGE_KINDS[kind]} segment has ${capacity}`, Segment.capacity);
  }
  if (word(Segment.page_shift) !== BigInt(PAGE_SHIFT[kind]!)) {
    bad(
      `page_shift is ${word(Segment.page_shift)}, for ${PAGE_KINDS[kind]} pages it is ${PAGE_SHIFT[kind]!}`,
      Segment.page_shift,
    );
  }
  let size = Number(word(Segment.segment_size));
  if (kind !== KIND_HUGE && size !== SEGMENT_SIZE) {
    bad(`segment_size is ${size}, a ${PAGE_KINDS[kind]} segment has 4 MiB`, Segment.segment_size);
    size = SEGMENT_SIZE;
  } else if (size > 2 ** 47 || size < HEADER) {
    bad(`segment_size ${size} is no size of a segment`, Segment.segment_size);
    return undefined;
  }
  const infoSize = segmentInfoSize(capacity, build.page);
  if (word(Segment.segment_info_size) !== BigInt(infoSize)) {
    bad(`segment_info_size is ${word(Segment.segment_info_size)}, expected ${infoSize}`, Segment.segment_info_size);
  }
  const segment: SegmentRecord = {
    address,
    memid: word(Segment.memid),
    committed: header.getUint8(Segment.mem_is_committed),
    used: Number(BigInt.asIntN(53, word(Segment.used))),
    capacity,
    size,
    infoSize,
    pageShift: PAGE_SHIFT[kind]!,
    threadId: word(Segment.thread_id),
    kind,
    next: word(Segment.next),
    prev: word(Segment.prev),
    pages: [],
  };
  for (let index = 0; index < capacity; index++) {
    const at = address + BigInt(Segment.pages + index * build.page.size);
    const bytes = reader.bytes(at, build.page.size);
    if (bytes === undefined) {
      const what = `descriptors from page ${index} of ${capacity} on are not in the memory read: the page table is cut off`;
      findings.add('error', 'page-table-cut', `segment ${hex(address)}: ${what}`, at);
      break;
    }
    segment.pages.push(readPage(segment, index, at, viewOf(bytes), build.page, findings));
  }
  checkUsed(segment, findings);
  return segment;
}

function readPage(
  segment: SegmentRecord,
  index: number,
  address: bigint,
  d: DataView,
  layout: PageLayout,
  findings: FindingList,
): PageRecord {
  const bits = d.getUint8(Page.bits);
  const flags = d.getUint8(Page.flags);
  const zero = d.getUint8(Page.zero);
  const inUse = (bits & PageBit.segment_in_use) !== 0;
  const xblockSize = d.getUint32(layout.xblock_size, true);
  const area = blockArea(segment, index, xblockSize);
  if (d.getUint8(Page.segment_idx) !== index) {
    const what = `page descriptor ${hex(address)}: segment_idx is ${d.getUint8(Page.segment_idx)}, its place is ${index}`;
    findings.add('error', 'bad-page', what, address);
  }
  return {
    address,
    segment,
    index,
    inUse,
    isReset: (bits & PageBit.is_reset) !== 0,
    isCommitted: (bits & PageBit.is_committed) !== 0,
    isZeroInit: (bits & PageBit.is_zero_init) !== 0,
    capacity: d.getUint16(Page.capacity, true),
    reserved: d.getUint16(Page.reserved, true),
    inFull: (flags & PageFlag.in_full) !== 0,
    hasAligned: (flags & PageFlag.has_aligned) !== 0,
    isZero: (zero & 1) !== 0,
    retireExpire: zero >> 1,
    free: d.getBigUint64(Page.free, true),
    used: d.getUint32(layout.used, true),
    xblockSize,
    localFree: d.getBigUint64(layout.local_free, true),
    xthreadFree: d.getBigUint64(layout.xthread_free, true),
    xheap: d.getBigUint64(layout.xheap, true),
    next: d.getBigUint64(layout.next, true),
    prev: d.getBigUint64(layout.prev, true),
    ...(layout.keys !== undefined && { keys: [d.getBigUint64(layout.keys, true), d.getBigUint64(layout.keys + 8, true)] }),
    ...area,
  };
}

/** Where the blocks of a page lie: `_mi_segment_page_start`. */
function blockArea(segment: SegmentRecord, index: number, xblockSize: number): { start: bigint; end: bigint; blockSize: number } {
  const own = segment.capacity === 1;
  const raw = segment.address + (BigInt(index) << BigInt(segment.pageShift));
  const end = own ? segment.address + BigInt(segment.size) : raw + (1n << BigInt(segment.pageShift));
  let start = index === 0 ? raw + BigInt(segment.infoSize) : raw;
  const blockSize = xblockSize < HUGE_BLOCK_SIZE ? xblockSize : Number(end - start);
  if (index === 0 && segment.kind <= KIND_MEDIUM && blockSize > 0) {
    const rest = start % BigInt(blockSize);
    if (rest !== 0n) start += BigInt(blockSize) - rest;
  }
  return { start, end, blockSize };
}

function checkUsed(segment: SegmentRecord, findings: FindingList): void {
  if (segment.pages.length < segment.capacity) return;
  const inUse = segment.pages.filter((p) => p.inUse).length;
  if (inUse === segment.used) return;
  const what = `used is ${segment.used}, but ${inUse} page${inUse === 1 ? ' is' : 's are'} marked in use`;
  findings.add('error', 'segment-count', `segment ${hex(segment.address)}: ${what}`, segment.address + BigInt(Segment.used));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
