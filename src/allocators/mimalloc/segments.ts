// Segments and the pages in them (src/segment.c): 4 MiB each, or one of its own size for a huge block.

import { hex, NULL } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import { Page, PageBit, Segment, SEGMENT_MASK, SEGMENT_SIZE, segmentInfoSize, Tld } from './layout';
import type { OsMemory } from './os';
import { PagesToReset } from './pages-to-reset';
import {
  hugeSegmentSize,
  KIND_HUGE,
  KIND_LARGE,
  KIND_MEDIUM,
  KIND_SMALL,
  kindOf,
  PAGE_KINDS,
  PAGE_SHIFT,
  SEGMENT_CAPACITY,
} from './size-classes';
import { COOKIE, Statics, Surroundings } from './statics';

const FILE = 'src/segment.c';
const STEP_NEW = stepKind(
  'mi_segment_alloc',
  FILE,
  (segment, kind, size) =>
    `new ${PAGE_KINDS[kind] ?? ''} segment at ${hex(segment)}, ${String(size / 1024)} KiB: write header and page descriptors`,
);
const STEP_COUNT = stepKind('mi_segments_track_size', FILE, (count) => `segments owned: ${String(count)}`);
const STEP_ENQUEUE = stepKind(
  'mi_segment_enqueue',
  FILE,
  (segment, kind) => `${hex(segment)} has free pages: append it to ${queueName(kind)}`,
);
const STEP_DEQUEUE = stepKind(
  'mi_segment_queue_remove',
  FILE,
  (segment, kind) => `take segment ${hex(segment)} out of ${queueName(kind)}`,
);
const STEP_CLAIM = stepKind(
  'mi_segment_page_claim',
  FILE,
  (segment, index, used, capacity) =>
    `claim page ${String(index)} of segment ${hex(segment)}: ${String(used)} of ${String(capacity)} in use`,
);
const STEP_HUGE = stepKind(
  'mi_segment_huge_page_alloc',
  FILE,
  (segment) => `${hex(segment)} belongs to no thread: thread_id = 0`,
);
const STEP_CLEAR = stepKind(
  'mi_segment_page_clear',
  FILE,
  (segment, index, used) => `page ${String(index)} of segment ${hex(segment)} is free: ${String(used)} left in use`,
);
const STEP_FREE = stepKind('mi_segment_os_free', FILE, (segment) => `segment ${hex(segment)} has no page in use: give it back`);

function queueName(kind: number): string {
  return kind === KIND_SMALL ? 'small_free' : 'medium_free';
}

export function segmentOf(p: number): number {
  return p - (p & SEGMENT_MASK);
}

export class Segments {
  private readonly mem: SimMemory;
  private readonly os: OsMemory;
  private readonly toReset: PagesToReset;

  constructor(mem: SimMemory, os: OsMemory) {
    this.mem = mem;
    this.os = os;
    this.toReset = new PagesToReset(mem);
  }

  /** `_mi_segment_page_alloc`: a free page for blocks of a size, its descriptor's address; NULL when memory is out. */
  allocatePage(blockSize: number): number {
    const kind = kindOf(blockSize);
    const page = kind <= KIND_MEDIUM ? this.pageFromQueue(kind) : this.pageOfItsOwn(blockSize, kind);
    this.toReset.sweep();
    return page;
  }

  /** `_mi_segment_page_free`. */
  freePage(page: number): void {
    const { mem } = this;
    this.toReset.sweep();
    const segment = segmentOf(page);
    const used = mem.ptr(segment + Segment.used) - 1;
    mem.journal.mark(STEP_CLEAR, segment, (page - segment - Segment.pages) / Page.size, used);
    mem.setU8(page + Page.bits, mem.u8(page + Page.bits) & ~(PageBit.is_zero_init | PageBit.segment_in_use));
    const blockSize = mem.u32(page + Page.xblock_size);
    mem.fill(page + Page.capacity, page + Page.size, 0);
    mem.setU32(page + Page.xblock_size, blockSize);
    mem.setPtr(segment + Segment.used, used);
    this.toReset.add(page);
    if (used === 0) this.free(segment);
    else if (used + 1 === mem.ptr(segment + Segment.capacity)) {
      const kind = mem.u32(segment + Segment.page_kind);
      if (kind <= KIND_MEDIUM) this.enqueue(segment, kind);
    }
  }

  /** `mi_segments_track_size`: counts a segment in or out. */
  track(size: number): void {
    const { mem } = this;
    const tld = Statics.tld_main;
    const count = mem.ptr(tld + Tld.count) + (size >= 0 ? 1 : -1);
    mem.journal.mark(STEP_COUNT, count);
    mem.setPtr(tld + Tld.count, count);
    if (count > mem.ptr(tld + Tld.peak_count)) mem.setPtr(tld + Tld.peak_count, count);
    const current = mem.ptr(tld + Tld.current_size) + size;
    mem.setPtr(tld + Tld.current_size, current);
    if (current > mem.ptr(tld + Tld.peak_size)) mem.setPtr(tld + Tld.peak_size, current);
  }

  private pageFromQueue(kind: number): number {
    const queue = queueAt(kind);
    let segment = this.mem.ptr(queue);
    if (segment === NULL) {
      if (this.allocate(0, kind) === NULL) return NULL;
      segment = this.mem.ptr(queue);
    }
    return this.claimFreePage(segment);
  }

  private pageOfItsOwn(blockSize: number, kind: number): number {
    const { mem } = this;
    const segment = this.allocate(kind === KIND_HUGE ? blockSize : 0, kind);
    if (segment === NULL) return NULL;
    if (kind === KIND_HUGE) {
      mem.journal.mark(STEP_HUGE, segment);
      mem.setPtr(segment + Segment.thread_id, 0);
      this.track(-mem.ptr(segment + Segment.segment_size));
    }
    return this.claimFreePage(segment);
  }

  /** `mi_segment_alloc`. */
  private allocate(required: number, kind: number): number {
    const { mem, os } = this;
    const size = kind === KIND_HUGE ? hugeSegmentSize(required) : SEGMENT_SIZE;
    const delayed = kind <= KIND_MEDIUM && mem.ptr(Statics.tld_main + Tld.count) === 0; // eager_commit_delay is 1
    const segment = os.allocate(size, !delayed);
    if (segment === NULL) return NULL;
    const { memid, committed, zero } = os;
    const capacity = SEGMENT_CAPACITY[kind]!;
    const infoSize = segmentInfoSize(capacity);
    mem.journal.mark(STEP_NEW, segment, kind, size);
    mem.setPtr(segment + Segment.memid, memid);
    mem.setU8(segment + Segment.mem_is_fixed, 0);
    mem.setU8(segment + Segment.mem_is_committed, committed ? 1 : 0);
    this.track(size);
    mem.fill(segment + Segment.next, segment + infoSize, 0);
    const bits = (committed ? PageBit.is_committed : 0) | (zero ? PageBit.is_zero_init : 0);
    for (let index = 0; index < capacity; index++) {
      const page = segment + Segment.pages + index * Page.size;
      mem.setU8(page + Page.segment_idx, index);
      mem.setU8(page + Page.bits, bits);
    }
    mem.setU32(segment + Segment.page_kind, kind);
    mem.setPtr(segment + Segment.capacity, capacity);
    mem.setPtr(segment + Segment.page_shift, PAGE_SHIFT[kind]!);
    mem.setPtr(segment + Segment.segment_size, size);
    mem.setPtr(segment + Segment.segment_info_size, infoSize);
    mem.setPtr(segment + Segment.thread_id, Surroundings.thread);
    mem.setU32(segment + Segment.cookie, (segment ^ COOKIE.low) >>> 0);
    mem.setU32(segment + Segment.cookie + 4, (Math.floor(segment / 2 ** 32) ^ COOKIE.high) >>> 0);
    if (kind <= KIND_MEDIUM) this.enqueue(segment, kind);
    return segment;
  }

  /** `mi_segment_find_free`, `mi_segment_page_claim`: the page with the lowest index that is not in use. */
  private claimFreePage(segment: number): number {
    const { mem } = this;
    const capacity = mem.ptr(segment + Segment.capacity);
    let page = segment + Segment.pages;
    while ((mem.u8(page + Page.bits) & PageBit.segment_in_use) !== 0) page += Page.size;
    this.toReset.remove(page);
    const used = mem.ptr(segment + Segment.used) + 1;
    mem.journal.mark(STEP_CLAIM, segment, (page - segment - Segment.pages) / Page.size, used, capacity);
    const bits = mem.u8(page + Page.bits) | PageBit.segment_in_use | PageBit.is_committed;
    mem.setU8(page + Page.bits, bits & ~PageBit.is_reset);
    mem.setPtr(segment + Segment.used, used);
    const kind = mem.u32(segment + Segment.page_kind);
    if (used === capacity && kind <= KIND_MEDIUM) this.dequeue(segment, kind);
    return page;
  }

  /** `mi_segment_free`: the header stays in memory, with nothing in use. There is no cache of segments in this port. */
  private free(segment: number): void {
    const { mem } = this;
    mem.journal.mark(STEP_FREE, segment);
    const capacity = mem.ptr(segment + Segment.capacity);
    const kind = mem.u32(segment + Segment.page_kind);
    let committed = true;
    let anyReset = false;
    for (let index = 0; index < capacity; index++) {
      const page = segment + Segment.pages + index * Page.size;
      const bits = mem.u8(page + Page.bits);
      if ((bits & PageBit.is_committed) === 0) committed = false;
      else if ((bits & (PageBit.segment_in_use | PageBit.is_reset)) === 0) this.toReset.remove(page);
      if ((bits & PageBit.is_reset) !== 0) anyReset = true;
    }
    if (kind < KIND_LARGE && this.isQueued(segment, kind)) this.dequeue(segment, kind);
    mem.setPtr(segment + Segment.thread_id, 0);
    const size = mem.ptr(segment + Segment.segment_size);
    this.track(-size);
    this.os.release(segment, size, mem.ptr(segment + Segment.memid), committed, anyReset);
  }

  private isQueued(segment: number, kind: number): boolean {
    const { mem } = this;
    return (
      mem.ptr(segment + Segment.next) !== NULL || mem.ptr(segment + Segment.prev) !== NULL || mem.ptr(queueAt(kind)) === segment
    );
  }

  private enqueue(segment: number, kind: number): void {
    const { mem } = this;
    const queue = queueAt(kind);
    const last = mem.ptr(queue + 8);
    mem.journal.mark(STEP_ENQUEUE, segment, kind);
    mem.setPtr(segment + Segment.next, NULL);
    mem.setPtr(segment + Segment.prev, last);
    mem.setPtr(last === NULL ? queue : last + Segment.next, segment);
    mem.setPtr(queue + 8, segment);
  }

  private dequeue(segment: number, kind: number): void {
    const { mem } = this;
    const queue = queueAt(kind);
    const [next, prev] = [mem.ptr(segment + Segment.next), mem.ptr(segment + Segment.prev)];
    mem.journal.mark(STEP_DEQUEUE, segment, kind);
    if (prev !== NULL) mem.setPtr(prev + Segment.next, next);
    if (next !== NULL) mem.setPtr(next + Segment.prev, prev);
    if (mem.ptr(queue) === segment) mem.setPtr(queue, next);
    if (mem.ptr(queue + 8) === segment) mem.setPtr(queue + 8, prev);
    mem.setPtr(segment + Segment.next, NULL);
    mem.setPtr(segment + Segment.prev, NULL);
  }
}

/** The queue of segments with free pages of a kind: `first`, then `last`. */
function queueAt(kind: number): number {
  return Statics.tld_main + (kind === KIND_SMALL ? Tld.small_free : Tld.medium_free);
}
