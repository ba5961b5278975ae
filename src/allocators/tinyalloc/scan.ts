// Passes over descriptors in integers. A list walk by address turns every pointer into a double, which is most of its cost; here only
// words are compared, and what cannot be decided by them is left to the walk. The store is held for one pass only: nothing is written
// meanwhile. The step from one descriptor to the next is written out in each loop, because a call for it costs a third of the speed.

import { NULL, TWO_32 } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { Block, Heap } from './layout';

/** Words of a descriptor, and of its fields. */
const WORDS = Block.bytes / 4;
const NEXT = Block.next / 4;
const SIZE = Block.size / 4;
/** Requests below this are compared with the low half of sizes. */
const PLAIN = 2 ** 31;

export class Scan {
  /** Descriptors that the last call passed over. */
  steps = 0;
  private readonly mem: SimMemory;
  private readonly table: number;
  private readonly tableLow: number;
  private readonly tableHigh: number;
  /** Word indexes of Block[0] and of the heads; −1 where the table may not be reached by word. */
  private readonly first: number;
  private readonly freeHead: number;
  private readonly usedHead: number;

  constructor(mem: SimMemory, heap: number, table: number) {
    this.mem = mem;
    this.table = table;
    this.tableHigh = Math.floor(table / TWO_32) >>> 0;
    this.tableLow = table >>> 0;
    const aligned = (table & 7) === 0;
    this.first = aligned ? mem.at(table) : -1;
    this.freeHead = aligned ? mem.at(heap + Heap.free) : -1;
    this.usedHead = aligned ? mem.at(heap + Heap.used) : -1;
  }

  /** The last of the first descriptors in used that stand for other blocks; NULL for none. */
  others(address: number, count: number): number {
    const { store } = this.mem;
    const { first, tableLow, tableHigh } = this;
    const bytes = count * Block.bytes;
    const low = address >>> 0;
    let before = -1;
    let steps = 0;
    let d = this.start(this.usedHead, count);
    while (d >= 0 && steps < count && store[d] !== low) {
      before = d;
      steps++;
      const offset = (store[d + NEXT]! - tableLow) | 0;
      const inside = offset >= 0 && offset < bytes && store[d + NEXT + 1] === tableHigh && (offset & 3) === 0;
      d = inside ? first + (offset >> 2) : -1;
    }
    return this.passed(before, steps);
  }

  /** The last of the first descriptors in free whose blocks are smaller than `n` and end below `top`. */
  tooSmall(n: number, top: number, count: number): number {
    const { store } = this.mem;
    const { first, tableLow, tableHigh } = this;
    const bytes = count * Block.bytes;
    let before = -1;
    let steps = 0;
    // Blocks and top lie in the table's 4 GiB, or the walk by address decides.
    const topHigh = Math.floor(top / TWO_32) >>> 0;
    const topLow = top >>> 0;
    const plain = n >= 0 && n < PLAIN && topHigh === tableHigh;
    let d = plain ? this.start(this.freeHead, count) : -1;
    while (d >= 0 && steps < count) {
      const size = store[d + SIZE]!;
      const isSmall = size < n && store[d + SIZE + 1] === 0 && store[d + 1] === tableHigh && store[d]! + size < topLow;
      if (!isSmall) break;
      before = d;
      steps++;
      const offset = (store[d + NEXT]! - tableLow) | 0;
      const inside = offset >= 0 && offset < bytes && store[d + NEXT + 1] === tableHigh && (offset & 3) === 0;
      d = inside ? first + (offset >> 2) : -1;
    }
    return this.passed(before, steps);
  }

  /** The last of the first descriptors in free whose blocks lie below an address. */
  below(address: number, count: number): number {
    const { store } = this.mem;
    const { first, tableLow, tableHigh } = this;
    const bytes = count * Block.bytes;
    const low = address >>> 0;
    let before = -1;
    let steps = 0;
    let d = Math.floor(address / TWO_32) >>> 0 === tableHigh ? this.start(this.freeHead, count) : -1;
    while (d >= 0 && steps < count && store[d]! < low && store[d + 1] === tableHigh) {
      before = d;
      steps++;
      const offset = (store[d + NEXT]! - tableLow) | 0;
      const inside = offset >= 0 && offset < bytes && store[d + NEXT + 1] === tableHigh && (offset & 3) === 0;
      d = inside ? first + (offset >> 2) : -1;
    }
    return this.passed(before, steps);
  }

  /** From a descriptor in free on: the first one whose block may touch the next one's, or the last one that can be reached. */
  apart(descriptor: number, count: number): number {
    const { store } = this.mem;
    const { first, tableLow, tableHigh } = this;
    const bytes = count * Block.bytes;
    const own = descriptor - this.table;
    if (this.start(this.freeHead, count) < 0 || !(own >= 0 && own < bytes)) return descriptor;
    let d = first + ((own / 4) | 0);
    for (let steps = 0; steps < count; steps++) {
      const offset = (store[d + NEXT]! - tableLow) | 0;
      const inside = offset >= 0 && offset < bytes && store[d + NEXT + 1] === tableHigh && (offset & 3) === 0;
      if (!inside) break;
      const next = first + (offset >> 2);
      if ((((store[d]! | 0) + (store[d + SIZE]! | 0)) | 0) === (store[next]! | 0)) break;
      d = next;
    }
    return this.table + (d - first) * 4;
  }

  /** The first descriptor of a list, if the table lies side by side in the store and below one 4 GiB line. */
  private start(head: number, count: number): number {
    const words = WORDS * count;
    const together = head >= 0 && this.mem.isContiguous(this.first, words) && this.tableLow + 4 * words < TWO_32;
    return together ? this.next(head, count) : -1;
  }

  /** Word index of the descriptor that the pointer at `link` leads to; −1 for NULL and for what is no descriptor. */
  private next(link: number, count: number): number {
    const offset = (this.mem.u32At(link) - this.tableLow) | 0;
    if (this.mem.u32At(link + 1) !== this.tableHigh || (offset & 3) !== 0) return -1;
    return offset >= 0 && offset < count * Block.bytes ? this.first + (offset >> 2) : -1;
  }

  private passed(before: number, steps: number): number {
    this.steps = steps;
    return before < 0 ? NULL : this.table + (before - this.first) * 4;
  }
}
