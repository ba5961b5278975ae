// Reads the main heap's queues and the queues of its tld, and holds them against the pages and segments that were found.

import { hex } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import { Queue, QUEUES, Segment, Tld, type Build } from './layout';
import type { DirectRun, PageRecord, QueueRecord, SegmentRecord } from './records';
import { BIN_FULL, BIN_HUGE, binOf, BLOCK_SIZES, KIND_HUGE, KIND_MEDIUM } from './size-classes';

/** Pages and segments by the address that links name them by. */
export interface Directory {
  readonly pages: ReadonlyMap<bigint, PageRecord>;
  readonly segments: ReadonlyMap<bigint, SegmentRecord>;
}

export function directoryOf(segments: readonly SegmentRecord[]): Directory {
  return {
    pages: new Map(segments.flatMap((s) => s.pages.map((p): [bigint, PageRecord] => [p.address, p]))),
    segments: new Map(segments.map((s) => [s.address, s])),
  };
}

export interface HeapRecord {
  readonly queues: readonly QueueRecord[];
  readonly direct: readonly DirectRun[];
  readonly pageCount: number | undefined;
}

/** @param heap address of `_mi_heap_main` */
export function readHeap(
  reader: Reader,
  heap: bigint,
  empty: bigint | undefined,
  build: Build,
  directory: Directory,
  findings: FindingList,
): HeapRecord {
  const queues: QueueRecord[] = [];
  const holder = new Map<bigint, number>();
  for (let bin = 0; bin < QUEUES; bin++) {
    const address = heap + BigInt(build.heap.pages + bin * Queue.size);
    queues.push(readQueue(reader, bin, address, directory, holder, findings));
  }
  const direct = readDirect(reader, heap, empty, build);
  checkDirect(direct, queues, heap, build, findings);
  const count = reader.u64(heap + BigInt(build.heap.page_count));
  const pageCount = count === undefined ? undefined : Number(BigInt.asIntN(53, count));
  checkQueued(pageCount, queues, holder, heap + BigInt(build.heap.page_count), directory, findings);
  return { queues, direct, pageCount };
}

function readQueue(
  reader: Reader,
  bin: number,
  address: bigint,
  directory: Directory,
  holder: Map<bigint, number>,
  findings: FindingList,
): QueueRecord {
  const name = bin === BIN_FULL ? 'the queue of full pages' : `pages[${bin}]`;
  const pages: bigint[] = [];
  const first = reader.u64(address);
  const last = reader.u64(address + BigInt(Queue.last));
  const done = (complete: boolean): QueueRecord => ({ bin, address, blockSize: BLOCK_SIZES[bin]!, pages, complete });
  if (first === undefined) return done(false);
  const blockSize = reader.u64(address + BigInt(Queue.block_size));
  if (blockSize !== undefined && blockSize !== BigInt(BLOCK_SIZES[bin]!)) {
    findings.add('error', 'bad-queue', `${name}: block_size is ${blockSize}, in every build ${BLOCK_SIZES[bin]!}`, address);
  }
  let from = address;
  let previous = 0n;
  for (let at = first; at !== 0n;) {
    const page = directory.pages.get(at);
    const link = from === address ? `${name} begins with ${hex(at)}` : `${name}: page ${hex(from)} links to ${hex(at)}`;
    if (page === undefined) {
      findings.add('error', 'queue-wild', `${link}, where no page descriptor of a segment is`, from);
      return done(false);
    }
    const other = holder.get(at);
    if (other !== undefined) {
      const what = other === bin ? 'which is in it already: a cycle' : `which is in pages[${other}] too`;
      findings.add('error', other === bin ? 'queue-cycle' : 'queue-shared', `${link}, ${what}`, from);
      return done(false);
    }
    if (page.prev !== previous) {
      const what = `prev of page ${hex(at)} is ${hex(page.prev)}, the page before it is ${hex(previous)}`;
      findings.add('error', 'queue-link', `${name}: ${what}`, at);
    }
    holder.set(at, bin);
    pages.push(at);
    checkMember(page, bin, name, findings);
    from = previous = at;
    at = page.next;
  }
  if (last !== undefined && last !== previous) {
    findings.add('error', 'queue-link', `${name}: last is ${hex(last)}, the walk ended at ${hex(previous)}`, address);
  }
  return done(true);
}

function checkMember(page: PageRecord, bin: number, name: string, findings: FindingList): void {
  if (!page.inUse) {
    findings.add('error', 'queue-page-free', `${name}: page ${hex(page.address)} is not in use`, page.address);
    return;
  }
  const own = binOf(page.blockSize);
  if (bin !== BIN_FULL && own !== bin) {
    const what = `page ${hex(page.address)} has blocks of ${page.blockSize} B, which belong to bin ${own}`;
    findings.add('error', 'queue-other-bin', `${name}: ${what}`, page.address);
  }
  if (page.inFull !== (bin === BIN_FULL)) {
    const what = page.inFull ? 'is marked in_full' : 'is not marked in_full';
    findings.add('error', 'queue-in-full', `${name}: page ${hex(page.address)} ${what}`, page.address);
  }
}

function checkQueued(
  pageCount: number | undefined,
  queues: readonly QueueRecord[],
  holder: ReadonlyMap<bigint, number>,
  where: bigint,
  directory: Directory,
  findings: FindingList,
): void {
  if (!queues.every((q) => q.complete)) return;
  for (const page of directory.pages.values()) {
    if (!page.inUse || page.segment.kind === KIND_HUGE || holder.has(page.address)) continue;
    findings.add('error', 'page-not-queued', `page ${hex(page.address)} is in use, but in no queue of the heap`, page.address);
  }
  if (pageCount !== undefined && pageCount !== holder.size) {
    findings.add('error', 'page-count', `page_count is ${pageCount}, the queues hold ${holder.size} pages`, where);
  }
  const huge = queues[BIN_HUGE];
  if (huge !== undefined && huge.pages.length > 0) {
    findings.add('error', 'queue-other-bin', 'the queue of huge pages is never used, but has pages', huge.address);
  }
}

function readDirect(reader: Reader, heap: bigint, empty: bigint | undefined, build: Build): DirectRun[] {
  const runs: { first: number; last: number; page: bigint }[] = [];
  for (let i = 0; i < build.heap.directEntries; i++) {
    const page = reader.u64(heap + BigInt(build.heap.pages_free_direct + 8 * i));
    if (page === undefined || page === empty || page === 0n) continue;
    const run = runs.at(-1);
    if (run?.page === page && run.last === i - 1) run.last = i;
    else runs.push({ first: i, last: i, page });
  }
  return runs;
}

/** Each entry is the first page of the queue that serves its size. Without the empty page's address a stray entry may be that. */
function checkDirect(
  direct: readonly DirectRun[],
  queues: readonly QueueRecord[],
  heap: bigint,
  build: Build,
  findings: FindingList,
): void {
  for (const { first, last, page } of direct) {
    for (let i = first; i <= last; i++) {
      const queue = queues[binOf(i * 8)];
      if (queue === undefined || !queue.complete || queue.pages[0] === page) continue;
      const serves = queue.pages[0] === undefined ? 'empty' : `led by ${hex(queue.pages[0])}`;
      const what = `pages_free_direct[${i}] is ${hex(page)}, but pages[${queue.bin}], which serves ${i * 8} B, is ${serves}`;
      findings.add('error', 'direct-mismatch', what, heap + BigInt(build.heap.pages_free_direct + 8 * i));
    }
  }
}

export interface TldRecord {
  readonly heartbeat: number | undefined;
  readonly smallFree: readonly bigint[];
  readonly mediumFree: readonly bigint[];
  /** Page descriptor and time of expiry, newest first. */
  readonly pagesReset: readonly (readonly [page: bigint, expire: number])[];
  readonly count: number | undefined;
  readonly peakCount: number | undefined;
  readonly currentSize: bigint | undefined;
  readonly peakSize: bigint | undefined;
  readonly regionIdx: number | undefined;
}

/** @param tld address of `tld_main` */
export function readTld(reader: Reader, tld: bigint, directory: Directory, findings: FindingList): TldRecord {
  const count = (offset: number): number | undefined => {
    const value = reader.u64(tld + BigInt(offset));
    return value === undefined ? undefined : Number(BigInt.asIntN(64, value));
  };
  return {
    heartbeat: count(Tld.heartbeat),
    smallFree: segmentQueue(reader, tld + BigInt(Tld.small_free), 'small_free', directory, findings),
    mediumFree: segmentQueue(reader, tld + BigInt(Tld.medium_free), 'medium_free', directory, findings),
    pagesReset: resetQueue(reader, tld + BigInt(Tld.pages_reset), directory, findings),
    count: checkedCount(count(Tld.count), tld + BigInt(Tld.count), directory, findings),
    peakCount: count(Tld.peak_count),
    currentSize: reader.u64(tld + BigInt(Tld.current_size)),
    peakSize: reader.u64(tld + BigInt(Tld.peak_size)),
    regionIdx: count(Tld.region_idx),
  };
}

function segmentQueue(
  reader: Reader,
  address: bigint,
  name: 'small_free' | 'medium_free',
  directory: Directory,
  findings: FindingList,
): bigint[] {
  const members: bigint[] = [];
  const seen = new Set<bigint>();
  const kind = name === 'small_free' ? 0 : 1;
  let from = address;
  for (let at = reader.u64(address) ?? 0n; at !== 0n;) {
    const segment = directory.segments.get(at);
    const damage = (code: string, what: string): void => findings.add('error', code, `${name}: ${hex(at)} ${what}`, from);
    if (segment === undefined) {
      damage('queue-wild', 'is no segment');
      return members;
    }
    if (seen.has(at)) {
      damage('queue-cycle', 'is in it already: a cycle');
      return members;
    }
    if (segment.kind !== kind) damage('queue-other-bin', 'is a segment of another page kind');
    if (segment.used === segment.capacity) damage('segment-queue', 'has no free page');
    seen.add(at);
    members.push(at);
    from = at + BigInt(Segment.next);
    at = segment.next;
  }
  for (const segment of directory.segments.values()) {
    if (segment.kind !== kind || segment.kind > KIND_MEDIUM || segment.used >= segment.capacity || seen.has(segment.address))
      continue;
    const what = `segment ${hex(segment.address)} has free pages, but is not in ${name}: they are out of reach`;
    findings.add('error', 'segment-queue', what, segment.address);
  }
  return members;
}

function resetQueue(reader: Reader, address: bigint, directory: Directory, findings: FindingList): (readonly [bigint, number])[] {
  const members: (readonly [bigint, number])[] = [];
  const seen = new Set<bigint>();
  let from = address;
  for (let at = reader.u64(address) ?? 0n; at !== 0n;) {
    const page = directory.pages.get(at);
    const damage = (code: string, what: string): void => findings.add('error', code, `pages_reset: ${hex(at)} ${what}`, from);
    if (page === undefined) {
      damage('queue-wild', 'is no page descriptor of a segment');
      return members;
    }
    if (seen.has(at)) {
      damage('queue-cycle', 'is in it already: a cycle');
      return members;
    }
    if (page.inUse) damage('reset-in-use', 'is in use');
    seen.add(at);
    members.push([at, page.used]);
    from = at;
    at = page.next;
  }
  checkFreePages(seen, directory, findings);
  return members;
}

/** A page that was given back is all zero but for its size: what stands there came from a free too many. */
function checkFreePages(waiting: ReadonlySet<bigint>, directory: Directory, findings: FindingList): void {
  for (const page of directory.pages.values()) {
    if (page.inUse || (page.localFree === 0n && page.free === 0n && (waiting.has(page.address) || page.used === 0))) continue;
    const what = `page ${hex(page.address)} is not in use, but something was freed into it: a double free`;
    findings.add('error', 'free-into-free-page', what, page.address);
  }
}

function checkedCount(count: number | undefined, where: bigint, directory: Directory, findings: FindingList): number | undefined {
  const owned = [...directory.segments.values()].filter((s) => s.kind !== KIND_HUGE).length;
  if (count !== undefined && count !== owned) {
    findings.add('error', 'segment-count', `tld counts ${count} segments, ${owned} with pages in use were found`, where);
  }
  return count;
}
