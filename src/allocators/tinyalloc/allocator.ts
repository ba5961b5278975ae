// The tinyalloc library on bytes: first fit over a list of descriptors that is kept apart from the memory it stands for.
//
// Every descriptor address read from memory is held against the table before it is followed, and no walk goes on for longer than the
// table has descriptors: in an intact heap neither can happen, and in a damaged one the C code would run wild.
//
// The walks are what costs time here. Each is written once, by address, and helped over the descriptors that surely are not what it
// looks for by `Scan`, which sees words only.

import { hex, NULL, unsignedLess } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { KernelStop } from '../kernel';
import { unsigned } from '../layers/base';
import { sizeFrom, type Size } from '../ukalloc';
import { Block, Heap, MOST_DESCRIPTORS, TABLE, Tinyalloc } from './layout';
import type { TinyallocConfig } from './profiles';
import { Scan } from './scan';
import {
  STEP_CARVE,
  STEP_FIELDS,
  STEP_FOUND,
  STEP_INSERT,
  STEP_MERGE,
  STEP_NOT_FOUND,
  STEP_NULL,
  STEP_PAST_END,
  STEP_REFUSE,
  STEP_SPLIT,
  STEP_TABLE,
  STEP_TAKE,
  STEP_TOP,
  STEP_WHOLE,
} from './steps';

/** Requests and alignments below this are rounded in 32-bit integers. */
const PLAIN = 2 ** 29;

export class Descriptors {
  private readonly mem: SimMemory;
  /** Address of the struct tinyalloc. */
  private readonly priv: number;
  private readonly heap: number;
  private readonly table: number;
  private readonly config: TinyallocConfig;
  private readonly scan: Scan;

  constructor(mem: SimMemory, priv: number, config: TinyallocConfig) {
    this.mem = mem;
    this.priv = priv;
    this.heap = priv + Tinyalloc.size;
    this.table = priv + TABLE;
    this.config = config;
    this.scan = new Scan(mem, this.heap, this.table);
  }

  /** `ta_init`: writes the struct, the Heap and the links of all descriptors; their other words keep what was in memory. */
  ta_init(limit: number): void {
    const { mem, priv, heap, table } = this;
    const { heapBlocks, splitThresh, alignment } = this.config;
    if (heapBlocks <= 0 || heapBlocks > MOST_DESCRIPTORS) {
      const message = `ta_init would link ${hex(heapBlocks)} descriptors and run through all memory: CONFIG_LIBTINYALLOC_HEAP_BLOCKS=${String(heapBlocks)}`;
      throw new KernelStop('wild', message);
    }
    const end = table + Block.bytes * heapBlocks;
    mem.journal.mark(STEP_FIELDS, heap, limit, end);
    mem.setPtr(priv + Tinyalloc.heap, heap);
    mem.setPtr(priv + Tinyalloc.heap_limit, limit);
    mem.setPtr(priv + Tinyalloc.heap_split_thresh, splitThresh);
    mem.setPtr(priv + Tinyalloc.heap_alignment, alignment);
    mem.setPtr(priv + Tinyalloc.heap_max_blocks, heapBlocks);
    mem.setPtr(heap + Heap.free, NULL);
    mem.setPtr(heap + Heap.used, NULL);
    mem.setPtr(heap + Heap.blocks, table);
    mem.setPtr(heap + Heap.fresh, table);
    mem.setPtr(heap + Heap.top, end);
    mem.journal.mark(STEP_TABLE, table, heapBlocks, end);
    for (let d = table; d < end; d += Block.bytes) mem.setPtr(d + Block.next, d + Block.bytes < end ? d + Block.bytes : NULL);
    // Kept on purpose: nothing compares the table with the region.
    if (unsignedLess(limit, end)) mem.journal.mark(STEP_PAST_END, end, limit);
  }

  /** `ta_alloc`: an address, or NULL with nothing written. */
  ta_alloc(num: Size): number {
    const { mem, heap } = this;
    const traced = mem.journal.on;
    const n = this.rounded(num);
    const limit = mem.ptr(this.priv + Tinyalloc.heap_limit);
    const top = mem.ptr(heap + Heap.top);
    const { table } = this;
    const count = this.count();
    const end = table + Block.bytes * count;

    let prev = this.scan.tooSmall(n, top, count);
    let p = mem.ptr(prev === NULL ? heap + Heap.free : prev + Block.next);
    let looked = this.scan.steps;
    while (p !== NULL) {
      if (!(p >= table && p < end) || looked > count) this.wild('free', p, looked);
      const addr = mem.ptr(p + Block.addr);
      const size = mem.ptr(p + Block.size);
      const isTop = !unsignedLess(addr + size, top) && !unsignedLess(limit, addr + n);
      if (isTop || !unsignedLess(size, n)) {
        if (traced) mem.journal.mark(STEP_TAKE, n, addr, size, looked);
        this.take(p, prev);
        if (isTop) {
          if (traced) mem.journal.mark(STEP_TOP, addr, n, addr + n);
          mem.setPtr(p + Block.size, n);
          mem.setPtr(heap + Heap.top, addr + n);
        } else this.split(p, addr, size, n);
        return addr;
      }
      prev = p;
      p = mem.ptr(p + Block.next);
      looked++;
    }
    if (traced) mem.journal.mark(STEP_REFUSE, n, looked);
    const fresh = mem.ptr(heap + Heap.fresh);
    // Kept on purpose: the sum wraps for requests near 2^64, which so succeed and move top down over live blocks.
    if (fresh === NULL || unsignedLess(limit, top + n)) {
      if (traced) mem.journal.mark(STEP_NULL, n, top, limit, fresh);
      return NULL;
    }
    if (traced) mem.journal.mark(STEP_CARVE, top, n, top + n, fresh);
    this.popFresh(fresh);
    mem.setPtr(fresh + Block.addr, top);
    mem.setPtr(fresh + Block.next, mem.ptr(heap + Heap.used));
    mem.setPtr(fresh + Block.size, n);
    mem.setPtr(heap + Heap.used, fresh);
    mem.setPtr(heap + Heap.top, top + n);
    return top;
  }

  /** `ta_free`: does nothing when no used block begins at `address`. */
  ta_free(address: number): void {
    const { mem, heap, table } = this;
    const count = this.count();
    const end = table + Block.bytes * count;
    let prev = this.scan.others(address, count);
    let p = mem.ptr(prev === NULL ? heap + Heap.used : prev + Block.next);
    let steps = this.scan.steps;
    while (p !== NULL) {
      if (!(p >= table && p < end) || steps > count) this.wild('used', p, steps);
      if (mem.ptr(p + Block.addr) === address) {
        if (mem.journal.on) mem.journal.mark(STEP_FOUND, address, p, steps);
        mem.setPtr(prev === NULL ? heap + Heap.used : prev + Block.next, mem.ptr(p + Block.next));
        this.insert(p, address);
        if (this.config.compacts) this.compact();
        return;
      }
      prev = p;
      p = mem.ptr(p + Block.next);
      steps++;
    }
    if (mem.journal.on) mem.journal.mark(STEP_NOT_FOUND, address, steps);
  }

  /** Moves a free block to the front of used. */
  private take(p: number, prev: number): void {
    const { mem, heap } = this;
    mem.setPtr(prev === NULL ? heap + Heap.free : prev + Block.next, mem.ptr(p + Block.next));
    mem.setPtr(p + Block.next, mem.ptr(heap + Heap.used));
    mem.setPtr(heap + Heap.used, p);
  }

  /** Gives the end of a taken block back, if it is worth a descriptor and one is left. */
  private split(p: number, addr: number, size: number, n: number): void {
    const { mem, heap } = this;
    const traced = mem.journal.on;
    const fresh = mem.ptr(heap + Heap.fresh);
    const rest = size - n;
    const splits = this.config.splits && fresh !== NULL;
    if (!splits || unsignedLess(rest, mem.ptr(this.priv + Tinyalloc.heap_split_thresh))) {
      if (traced) mem.journal.mark(STEP_WHOLE, addr, size, this.config.splits ? fresh : 1);
      return;
    }
    if (traced) mem.journal.mark(STEP_SPLIT, addr, n, rest, fresh);
    mem.setPtr(p + Block.size, n);
    this.popFresh(fresh);
    mem.setPtr(fresh + Block.addr, addr + n);
    mem.setPtr(fresh + Block.size, rest);
    this.insert(fresh, addr + n);
    if (this.config.compacts) this.compact();
  }

  /** `insert_block`: by address, or at the front when compaction is off. */
  private insert(block: number, addr: number): void {
    const { mem, heap, table } = this;
    let prev = NULL;
    let p = mem.ptr(heap + Heap.free);
    let steps = 0;
    if (this.config.compacts) {
      const count = this.count();
      const end = table + Block.bytes * count;
      prev = this.scan.below(addr, count);
      if (prev !== NULL) p = mem.ptr(prev + Block.next);
      steps = this.scan.steps;
      while (p !== NULL) {
        if (!(p >= table && p < end) || steps > count) this.wild('free', p, steps);
        if (!unsignedLess(mem.ptr(p + Block.addr), addr)) break;
        prev = p;
        p = mem.ptr(p + Block.next);
        steps++;
      }
    }
    if (mem.journal.on) mem.journal.mark(STEP_INSERT, addr, prev === NULL ? 0 : mem.ptr(prev + Block.addr), steps);
    mem.setPtr(block + Block.next, p);
    mem.setPtr(prev === NULL ? heap + Heap.free : prev + Block.next, block);
  }

  /** `compact`: merges every run of neighbours in free. The descriptors of a run go back to fresh, the highest one on top. */
  private compact(): void {
    const { mem, heap, table } = this;
    const count = this.count();
    const end = table + Block.bytes * count;
    let steps = 0;
    let p = mem.ptr(heap + Heap.free);
    while (p !== NULL) {
      p = this.scan.apart(p, count);
      if (!(p >= table && p < end) || ++steps > count) this.wild('free', p, steps);
      const addr = mem.ptr(p + Block.addr);
      let reach = addr + mem.ptr(p + Block.size);
      let after = mem.ptr(p + Block.next);
      let merged = 0;
      while (after !== NULL) {
        if (!(after >= table && after < end) || merged > count) this.wild('free', after, merged);
        if (mem.ptr(after + Block.addr) !== reach) break;
        reach += mem.ptr(after + Block.size);
        after = mem.ptr(after + Block.next);
        merged++;
      }
      if (merged > 0) this.merge(p, addr, reach, after, merged);
      p = after;
    }
  }

  /** Makes one block of a run of neighbours and gives the descriptors of all but the first back. */
  private merge(p: number, addr: number, reach: number, after: number, merged: number): void {
    const { mem, heap } = this;
    if (mem.journal.on) mem.journal.mark(STEP_MERGE, addr, reach - addr, merged);
    mem.setPtr(p + Block.size, reach - addr);
    for (let d = mem.ptr(p + Block.next); d !== after;) {
      const next = mem.ptr(d + Block.next);
      mem.setPtr(d + Block.next, mem.ptr(heap + Heap.fresh));
      mem.setPtr(heap + Heap.fresh, d);
      mem.setPtr(d + Block.addr, NULL);
      mem.setPtr(d + Block.size, 0);
      d = next;
    }
    mem.setPtr(p + Block.next, after);
  }

  private popFresh(fresh: number): void {
    if (!(fresh >= this.table && fresh < this.tableEnd())) this.wild('fresh', fresh, 0);
    this.mem.setPtr(this.heap + Heap.fresh, this.mem.ptr(fresh + Block.next));
  }

  private count(): number {
    return this.mem.ptr(this.priv + Tinyalloc.heap_max_blocks);
  }

  private tableEnd(): number {
    return this.table + Block.bytes * this.count();
  }

  /** A request rounded up to the alignment, modulo 2^64. */
  private rounded(num: Size): number {
    const align = this.mem.ptr(this.priv + Tinyalloc.heap_alignment);
    if (typeof num === 'number' && num >= 0 && num < PLAIN && align > 0 && align < PLAIN) return (num + align - 1) & -align;
    const mask = BigInt.asUintN(64, BigInt(-align));
    const n = sizeFrom(BigInt.asUintN(64, unsigned(num) + BigInt(align) - 1n) & mask);
    // Only a heap in the kernel half can meet a request that a double would round: its top wraps for every huge size.
    if (typeof n === 'bigint') return this.hugeRequest(n);
    return n;
  }

  private hugeRequest(n: bigint): number {
    if (this.mem.ptr(this.heap + Heap.top) >= 0) return Number.MAX_SAFE_INTEGER; // larger than all there is, as `n` is
    throw new KernelStop('wild', `top + ${hex(n)} wraps below the limit: the request succeeds, and top is no address any more`);
  }

  private wild(list: string, p: number, steps: number): never {
    const why = steps > this.count() ? 'the list is a circle' : `the link leads to ${hex(p)}, no descriptor of the table`;
    throw new KernelStop('wild', `tinyalloc would run wild in its ${list} list: ${why}`);
  }
}
