// Memory for segments (src/os.c with the port's patch, src/memory.c): mem regions of 256 MiB with one bit per 4 MiB, and below them
// the OS layer, which on Unikraft asks the region allocator that never takes memory back.

import { hex, NULL } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { stepKind } from '../../memory/steps';
import type { Size } from '../ukalloc';
import { MAX_REGIONS, MemRegion, REGION_MAX_OBJECT_BLOCKS, REGION_SIZE, SEGMENT_MASK, SEGMENT_SIZE, Tld } from './layout';
import { goodSize, regionBlocks } from './size-classes';
import { Statics } from './statics';

const OS = 'src/os.c';
const MEMORY = 'src/memory.c';
const STEP_ASK = stepKind(
  'mi_unikraft_heap_grow',
  OS,
  (size, purpose) => `ask the region allocator for ${mib(size)}: ${PURPOSES[purpose] ?? ''}`,
);
const STEP_REFUSED = stepKind('mi_unikraft_heap_grow', OS, (size) => `the region allocator cannot give ${mib(size)}: NULL`);
const STEP_MISFIT = stepKind(
  '_mi_os_alloc_aligned',
  OS,
  (p, size) => `${hex(p)} is not 4 MiB-aligned: its ${mib(size)} are lost, and 4 MiB more are asked for to align inside`,
);
const STEP_ALIGNED = stepKind(
  '_mi_os_alloc_aligned',
  OS,
  (p, head, tail) => `align to ${hex(p)}: ${kib(head)} before and ${kib(tail)} behind are lost`,
);
const STEP_REGION = stepKind(
  'mi_region_try_alloc_os',
  MEMORY,
  (start, index) => `regions[${String(index)}] = 256 MiB from ${hex(start)}, 64 blocks of 4 MiB`,
);
const STEP_CLAIM = stepKind(
  'mi_region_try_claim',
  MEMORY,
  (p, index, bit, blocks) =>
    `claim ${blocks === 1 ? `block ${String(bit)}` : `blocks ${String(bit)} … ${String(bit + blocks - 1)}`} of regions[${String(index)}]: ${hex(p)}`,
);
const STEP_DIRECT = stepKind(
  '_mi_mem_alloc_aligned',
  MEMORY,
  (size, blocks) =>
    `${blocks > REGION_MAX_OBJECT_BLOCKS ? 'too large for a region' : 'no region has room and none can be made'}: ask the OS layer for ${mib(size)} directly`,
);
const STEP_UNCLAIM = stepKind(
  '_mi_mem_free',
  MEMORY,
  (p, index, bit, blocks) =>
    `give back ${String(blocks)} block${blocks === 1 ? '' : 's'} from bit ${String(bit)} of regions[${String(index)}] at ${hex(p)}`,
);
const STEP_LEAK = stepKind('_mi_mem_free', MEMORY, (p, size) => `${hex(p)} came directly: its ${mib(size)} are lost for ever`);
const STEP_DROP = stepKind(
  '_mi_mem_collect',
  MEMORY,
  (index, start) => `regions[${String(index)}] at ${hex(start)} is all free: clear the slot, its 256 MiB are lost`,
);

/** What a request to the region allocator is for, by the number that its step carries. */
const PURPOSES = [
  'a mem region of 64 blocks',
  'a segment outside of any mem region',
  'the mem region again, with room to align it',
  'the segment again, with room to align it',
] as const;

const REGION = 0;
const DIRECT = 1;

function mib(bytes: number): string {
  return bytes % 2 ** 20 === 0 ? `${String(bytes / 2 ** 20)} MiB` : kib(bytes);
}

function kib(bytes: number): string {
  return bytes === 0 ? 'nothing' : bytes % 1024 === 0 ? `${String(bytes / 1024)} KiB` : `${String(bytes)} B`;
}

/** A run of 4 MiB blocks as `_mi_mem_alloc_aligned` gives it. */
export class OsMemory {
  private readonly mem: SimMemory;
  private readonly grow: (size: Size) => number;
  /** Out parameters of the last `allocate`. */
  committed = false;
  zero = false;
  memid = 0;

  /** @param grow the glue's early malloc, from which all memory comes */
  constructor(mem: SimMemory, grow: (size: Size) => number) {
    this.mem = mem;
    this.grow = grow;
  }

  /**
   * `_mi_mem_alloc_aligned(size, 4 MiB)`.
   *
   * @param size bytes, a multiple of 4 KiB
   * @param commit as asked; what it became is in `committed` afterwards
   * @returns a 4 MiB boundary, or NULL
   */
  allocate(size: number, commit: boolean): number {
    const blocks = regionBlocks(size);
    if (blocks <= REGION_MAX_OBJECT_BLOCKS) {
      const p = this.fromRegion(blocks, commit);
      if (p !== NULL) return p;
    }
    this.mem.journal.mark(STEP_DIRECT, size, blocks);
    this.committed = commit;
    this.zero = true;
    this.memid = 1;
    return this.alignedFromOs(size, DIRECT);
  }

  /** `_mi_mem_free`. */
  release(p: number, size: number, memid: number, fullyCommitted: boolean, anyReset: boolean): void {
    const { mem } = this;
    if (memid % 2 === 1) {
      mem.journal.mark(STEP_LEAK, p, size);
      return;
    }
    const blocks = regionBlocks(size);
    const index = Math.floor(memid / 2 / 64);
    const bit = (memid / 2) % 64;
    const slot = slotAt(index);
    mem.journal.mark(STEP_UNCLAIM, p, index, bit, blocks);
    if (fullyCommitted && size % SEGMENT_SIZE === 0) this.setBits(slot + MemRegion.commit, bit, blocks);
    if (anyReset) this.setBits(slot + MemRegion.reset, bit, blocks);
    this.clearBits(slot + MemRegion.in_use, bit, blocks);
  }

  /** `_mi_mem_collect`: gives up every region that nothing is in, and with it its memory. */
  collect(): void {
    const { mem } = this;
    const count = mem.ptr(Statics.regions_count);
    for (let index = 0; index < count; index++) {
      const slot = slotAt(index);
      if (mem.ptr(slot + MemRegion.info) === 0 || mem.u64(slot + MemRegion.in_use) !== 0n) continue;
      mem.journal.mark(STEP_DROP, index, mem.ptr(slot + MemRegion.start));
      mem.fill(slot, slot + MemRegion.size, 0);
    }
  }

  /** A request beyond any memory, in exact bytes: it is refused, but asked for all the same. */
  refuse(size: bigint): void {
    this.mem.journal.mark(STEP_REFUSED, Number(size));
    this.grow(size);
  }

  /** `mi_region_try_alloc`. */
  private fromRegion(blocks: number, commit: boolean): number {
    const { mem } = this;
    let { index, bit } = this.claim(blocks);
    if (index < 0) {
      index = this.newRegion(blocks, commit);
      bit = 0;
      if (index < 0) return NULL;
    }
    const slot = slotAt(index);
    const p = mem.ptr(slot + MemRegion.start) + bit * SEGMENT_SIZE;
    mem.journal.mark(STEP_CLAIM, p, index, bit, blocks);
    const mask = bitMask(bit, blocks);
    this.memid = (index * 64 + bit) * 2;
    this.zero = (mem.u64(slot + MemRegion.dirty) & mask) === 0n;
    this.setBits(slot + MemRegion.dirty, bit, blocks);
    if (commit) {
      this.setBits(slot + MemRegion.commit, bit, blocks);
      this.committed = true;
    } else this.committed = (mem.u64(slot + MemRegion.commit) & mask) === mask;
    if ((mem.u64(slot + MemRegion.reset) & mask) !== 0n) this.clearBits(slot + MemRegion.reset, bit, blocks);
    return p;
  }

  /** `mi_region_try_claim`: the lowest run of free blocks in the first live region from `region_idx` on; index −1 when none has one. */
  private claim(blocks: number): { index: number; bit: number } {
    const { mem } = this;
    const count = mem.ptr(Statics.regions_count);
    let index = mem.ptr(Statics.tld_main + Tld.region_idx);
    for (let visited = 0; visited < count; visited++, index++) {
      if (index >= count) index = 0;
      const slot = slotAt(index);
      if (mem.ptr(slot + MemRegion.info) === 0) continue;
      const bit = freeRun(mem.u64(slot + MemRegion.in_use), blocks);
      if (bit < 0) continue;
      this.setBits(slot + MemRegion.in_use, bit, blocks);
      mem.setPtr(Statics.tld_main + Tld.region_idx, index);
      return { index, bit };
    }
    return { index: -1, bit: 0 };
  }

  /** `mi_region_try_alloc_os`: a slot with its first `blocks` taken, or −1. */
  private newRegion(blocks: number, commit: boolean): number {
    const { mem } = this;
    const index = mem.ptr(Statics.regions_count);
    if (index >= MAX_REGIONS - 1) return -1;
    const start = this.alignedFromOs(REGION_SIZE, REGION);
    if (start === NULL) return -1;
    mem.journal.mark(STEP_REGION, start, index);
    mem.setPtr(Statics.regions_count, index + 1);
    const slot = slotAt(index);
    mem.setPtr(slot + MemRegion.arena_memid, 0);
    mem.setU64(slot + MemRegion.in_use, bitMask(0, blocks));
    mem.setPtr(slot + MemRegion.dirty, 0);
    mem.setPtr(slot + MemRegion.commit, commit ? -1 : 0);
    mem.setPtr(slot + MemRegion.reset, 0);
    mem.setPtr(slot + MemRegion.start, start);
    mem.setPtr(slot + MemRegion.info, 1);
    return index;
  }

  /**
   * `_mi_os_alloc_aligned(size, 4 MiB)`. What does not come out aligned is "freed", which here means lost, and asked for again with
   * 4 MiB more. A failing attempt can consume memory that way.
   */
  private alignedFromOs(size: number, purpose: typeof REGION | typeof DIRECT): number {
    const good = goodSize(size);
    const p = this.growBy(good, purpose);
    if (p === NULL || (p & SEGMENT_MASK) === 0) return p;
    this.mem.journal.mark(STEP_MISFIT, p, good);
    const larger = this.growBy(good + SEGMENT_SIZE, purpose + 2);
    if (larger === NULL) return NULL;
    const head = -larger & SEGMENT_MASK;
    this.mem.journal.mark(STEP_ALIGNED, larger + head, head, SEGMENT_SIZE - head);
    return larger + head;
  }

  private growBy(size: number, purpose: number): number {
    this.mem.journal.mark(STEP_ASK, size, purpose);
    const p = this.grow(size);
    if (p === NULL) this.mem.journal.mark(STEP_REFUSED, size);
    return p;
  }

  private setBits(word: number, bit: number, blocks: number): void {
    this.mem.setU64(word, this.mem.u64(word) | bitMask(bit, blocks));
  }

  private clearBits(word: number, bit: number, blocks: number): void {
    this.mem.setU64(word, this.mem.u64(word) & ~bitMask(bit, blocks));
  }
}

function slotAt(index: number): number {
  return Statics.regions + index * MemRegion.size;
}

function bitMask(bit: number, blocks: number): bigint {
  return ((1n << BigInt(blocks)) - 1n) << BigInt(bit);
}

/** Lowest position of `blocks` zero bits side by side, or −1. */
function freeRun(field: bigint, blocks: number): number {
  for (let bit = 0; bit + blocks <= 64; bit++) if ((field & bitMask(bit, blocks)) === 0n) return bit;
  return -1;
}
