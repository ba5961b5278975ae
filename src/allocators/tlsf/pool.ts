// The TLSF library on bytes: malloc_ex and free_ex, and the list primitives under them.
//
// Hot structures are reached by word index: one translation serves the two fields of a pair (prev_hdr and size, prev and next), which
// share a page as long as headers are multiples of 16. On a pool of 8 mod 16 they may not, and each is translated.
//
// Every pointer read from memory is held against the extent of the areas before it is followed. In an intact heap it always
// lies inside. Outside, the C code would fault or write into foreign memory, and the simulated kernel stops instead.

import { hex, NULL, PAGE_SIZE, TWO_32 } from '../../memory/address';
import type { SimMemory } from '../../memory/sim-memory';
import { KernelStop } from '../kernel';
import { sizeFrom, type Size } from '../ukalloc';
import { unsigned } from '../layers/base';
import { AreaInfo, FLI_OFFSET, FREE, Header, MIN_BLOCK, PREV_FREE, SIZE_MASK, SMALL_BLOCK, SPLIT_REST, Tlsf } from './layout';
import { insertClass, lowestBit, searchClass } from './mapping';
import {
  STEP_FREE,
  STEP_INSERT,
  STEP_MERGE_NEXT,
  STEP_MERGE_PREV,
  STEP_NONE,
  STEP_SEARCH,
  STEP_SPLIT,
  STEP_TAKE,
  STEP_TELL_NEXT,
  STEP_WHOLE,
} from './steps';
import { dividesByZero, tooSmall, wildLink, wildNext } from './stops';

/** Requests below this take the fast path of the search: nothing in it can leave 32 bits. */
const PLAIN = 2 ** 30;
/** Values of L above this divide by zero for sizes below 128. */
const LAST_DIVIDING = 7;
/** Bytes before and behind the pool's start that rows outside the table can lie in. */
const ROWS_BELOW = 64;
const ROWS_ABOVE = 256;
/** More areas than anybody adds; a longer list is damage. */
const MOST_AREAS = 4096;

export class Pool {
  /** Address of the `tlsf_t`. */
  readonly pool: number;
  readonly log2Sli: number;
  readonly mem: SimMemory;
  private readonly columns: number;
  /** Sizes below 128: the class is `size >> smallShift`. */
  private readonly smallShift: number;
  private readonly plainLimit: number;
  /** Addresses of `sl_bitmap[0]` and `matrix[0][0]`. */
  private readonly slBitmap: number;
  private readonly matrix: number;
  /** Word indexes of `fl_bitmap` and, where all that is ever taken for a row lies in one page, of `sl_bitmap[0]`; else −1. */
  private readonly flWord: number;
  private readonly slWord: number;
  /** May the fields of a pair lie in two pages? */
  private readonly straddles: boolean;
  /** Lowest area and highest sentinel: where headers can be. Not state: `extend` finds them in memory again. */
  private low = Infinity;
  private high = -Infinity;

  constructor(mem: SimMemory, pool: number, log2Sli: number) {
    this.mem = mem;
    this.pool = pool;
    this.log2Sli = log2Sli;
    this.columns = 2 ** log2Sli;
    this.smallShift = LAST_DIVIDING - log2Sli;
    this.plainLimit = log2Sli <= LAST_DIVIDING ? PLAIN : 0;
    this.slBitmap = pool + Tlsf.sl_bitmap;
    this.matrix = pool + Tlsf.matrix;
    this.straddles = (pool & 15) !== 0;
    this.flWord = (pool & 3) === 0 ? mem.at(pool + Tlsf.fl_bitmap) : -1;
    const offset = pool & (PAGE_SIZE - 1);
    const together = log2Sli <= LAST_DIVIDING && (pool & 3) === 0 && offset >= ROWS_BELOW && offset < PAGE_SIZE - ROWS_ABOVE;
    this.slWord = together ? mem.at(this.slBitmap) : -1;
  }

  /** Takes in the extent of one area. */
  extend(area: number, sentinel: number): void {
    this.low = Math.min(this.low, area);
    this.high = Math.max(this.high, sentinel);
  }

  /** Takes in the areas that memory lists. */
  extendByList(): void {
    let info = this.mem.ptr(this.pool + Tlsf.area_head);
    for (let i = 0; i < MOST_AREAS && info !== NULL && Math.abs(info) < 2 ** 47; i++) {
      const end = this.mem.ptr(info + AreaInfo.end);
      if (end > info && end < 2 ** 47) this.extend(info - Header.bytes, end);
      info = this.mem.ptr(info + AreaInfo.next);
    }
  }

  /** @returns the payload of a block of at least `size` bytes, or NULL with nothing written */
  malloc_ex(size: Size): number {
    const { mem } = this;
    const traced = mem.journal.on;
    let fl: number;
    let sl: number;
    let rounded: number;
    if (typeof size === 'number' && size >= 0 && size < this.plainLimit) {
      rounded = size < MIN_BLOCK ? MIN_BLOCK : (size + 15) & ~15;
      if (rounded < SMALL_BLOCK) {
        fl = 0;
        sl = rounded >> this.smallShift;
      } else {
        const step = (1 << (31 - Math.clz32(rounded) - this.log2Sli)) - 1;
        const raised = rounded + step;
        const m = 31 - Math.clz32(raised);
        fl = m - FLI_OFFSET;
        sl = (raised >> (m - this.log2Sli)) - this.columns;
        rounded = raised & ~step;
      }
    } else {
      const search = this.searchExactly(size);
      fl = search.fl;
      sl = search.sl;
      rounded = search.rounded;
    }
    if (traced) mem.journal.mark(STEP_SEARCH, Number(size), rounded, fl, sl);

    const word = mem.u32At(this.row(fl)) & (-1 << sl);
    if (word !== 0) sl = lowestBit(word);
    else {
      const row = lowestBit(mem.u32At(this.flWord) & (-1 << (fl + 1)));
      if (row <= 0) {
        if (traced) mem.journal.mark(STEP_NONE, fl, sl);
        return NULL;
      }
      fl = row;
      sl = lowestBit(mem.u32At(this.row(fl)));
    }
    const list = this.matrix + 8 * (fl * this.columns + sl);
    const head = mem.at(list);
    const b = mem.ptrAt(head);
    if (b === NULL) {
      if (traced) mem.journal.mark(STEP_NONE, fl, sl);
      return NULL;
    }
    if (!(b >= this.low && b < this.high)) wildLink(b, list, fl, sl);
    const own = mem.at(b + Header.size);
    const sizeWord = mem.u32At(own);
    const held = (sizeWord & SIZE_MASK) >>> 0;
    if (traced) mem.journal.mark(STEP_TAKE, b, fl, sl, held);
    const n = b + Header.bytes + held;
    if (!(n >= this.low && n <= this.high)) wildNext(b, n);

    const prevLink = mem.at(b + Header.prev);
    const nextLink = this.straddles ? mem.at(b + Header.next) : prevLink + 2;
    const next = mem.ptrAt(nextLink);
    mem.setPtrAt(head, next);
    if (next !== NULL) {
      if (!(next >= this.low && next < this.high)) wildLink(next, b + Header.next, fl, sl);
      mem.setPtrAt(mem.at(next + Header.prev), NULL);
    } else this.clearBits(fl, sl);
    mem.setPtrAt(prevLink, NULL);
    mem.setPtrAt(nextLink, NULL);

    const rest = held - rounded;
    if (rest >= SPLIT_REST || rest < 0) {
      const fresh = b + Header.bytes + rounded;
      const freshSize = rest - Header.bytes;
      // The rest is unsigned in C: a block smaller than the request has an enormous one, and is split beyond its end.
      if (!(fresh >= this.low && fresh < this.high)) tooSmall(b, held, size);
      if (traced) mem.journal.mark(STEP_SPLIT, b, rounded, freshSize, fresh);
      mem.setPtrAt(mem.at(fresh + Header.size), freshSize + FREE);
      mem.setPtrAt(mem.at(n + Header.prev_hdr), fresh);
      mem.setPtrAt(own, rounded + (sizeWord & PREV_FREE));
      this.insert(fresh, freshSize);
    } else {
      if (traced) mem.journal.mark(STEP_WHOLE, b, held);
      const after = mem.at(n + Header.size);
      mem.setU32At(after, mem.u32At(after) & ~PREV_FREE);
      mem.setU32At(own, sizeWord & ~FREE);
    }
    return b + Header.payload;
  }

  /** @param p a payload, or NULL. Nothing tells whether it is one: a wild or second free corrupts the lists, as in C. */
  free_ex(p: number): void {
    if (p === NULL) return;
    const { mem } = this;
    const traced = mem.journal.on;
    let b = p - Header.payload;
    if (!(b >= this.low && b < this.high))
      throw new KernelStop('wild', `free_ex(${hex(p)}): no block of this pool lies there, its header would be foreign memory`);
    let own = mem.at(b + Header.size);
    const sizeWord = mem.u32At(own);
    let size = (sizeWord & SIZE_MASK) >>> 0;
    if (traced) mem.journal.mark(STEP_FREE, b, size);
    mem.setU32At(own, sizeWord | FREE);
    const prevLink = mem.at(b + Header.prev);
    mem.setPtrAt(prevLink, NULL);
    mem.setPtrAt(this.straddles ? mem.at(b + Header.next) : prevLink + 2, NULL);

    let n = b + Header.bytes + size;
    if (!(n >= this.low && n <= this.high)) wildNext(b, n);
    const nextWord = mem.u32At(mem.at(n + Header.size));
    if ((nextWord & FREE) !== 0) {
      const nextSize = (nextWord & SIZE_MASK) >>> 0;
      const row = this.unlink(n, nextSize);
      mem.setPtrAt(own, mem.ptrAt(own) + nextSize + Header.bytes);
      size = (mem.u32At(own) & SIZE_MASK) >>> 0;
      if (traced) mem.journal.mark(STEP_MERGE_NEXT, b, n, size, row);
    }
    if ((sizeWord & PREV_FREE) !== 0) {
      const q = mem.ptrAt(this.straddles ? mem.at(b + Header.prev_hdr) : own - 2);
      if (!(q >= this.low && q < this.high))
        throw new KernelStop('wild', `prev_hdr of block ${hex(b)} is ${hex(q)}, outside the pool: merging would follow it`);
      own = mem.at(q + Header.size);
      const row = this.unlink(q, (mem.u32At(own) & SIZE_MASK) >>> 0);
      mem.setPtrAt(own, mem.ptrAt(own) + size + Header.bytes);
      size = (mem.u32At(own) & SIZE_MASK) >>> 0;
      if (traced) mem.journal.mark(STEP_MERGE_PREV, b, q, size, row);
      b = q;
    }
    this.insert(b, size);
    n = b + Header.bytes + size;
    if (!(n >= this.low && n <= this.high)) wildNext(b, n);
    if (traced) mem.journal.mark(STEP_TELL_NEXT, n, b);
    const after = mem.at(n + Header.size);
    mem.setU32At(after, mem.u32At(after) | PREV_FREE);
    mem.setPtrAt(this.straddles ? mem.at(n + Header.prev_hdr) : after - 2, b);
  }

  /** Payload bytes that a header says. */
  sizeOf(b: number): number {
    return (this.mem.u32(b + Header.size) & SIZE_MASK) >>> 0;
  }

  nextOf(b: number): number {
    const n = b + Header.bytes + this.sizeOf(b);
    if (!(n >= this.low && n <= this.high)) wildNext(b, n);
    return n;
  }

  /** Puts a free block at the front of the list of its class. */
  insert(b: number, size: number): void {
    const { mem } = this;
    let fl = 0;
    let sl: number;
    if (size >= 0 && size < SMALL_BLOCK) sl = this.smallColumn(size);
    else {
      const m = 31 - Math.clz32(size);
      fl = m - FLI_OFFSET;
      sl = (m >= this.log2Sli ? size >>> (m - this.log2Sli) : 0) - this.columns;
    }
    if (size < 0 || size >= TWO_32) ({ fl, sl } = insertClass(unsigned(size), this.log2Sli));
    if (mem.journal.on) mem.journal.mark(STEP_INSERT, b, fl, sl, size);
    const list = this.matrix + 8 * (fl * this.columns + sl);
    const head = mem.at(list);
    const old = mem.ptrAt(head);
    const prevLink = mem.at(b + Header.prev);
    mem.setPtrAt(prevLink, NULL);
    mem.setPtrAt(this.straddles ? mem.at(b + Header.next) : prevLink + 2, old);
    if (old !== NULL) {
      if (!(old >= this.low && old < this.high)) wildLink(old, list, fl, sl);
      mem.setPtrAt(mem.at(old + Header.prev), b);
    }
    mem.setPtrAt(head, b);
    const word = this.row(fl + (sl >> 5));
    mem.setU32At(word, mem.u32At(word) | (1 << sl));
    mem.setU32At(this.flWord, mem.u32At(this.flWord) | (1 << fl));
  }

  /** Takes a block out of the list of its class, wherever it stands in it. @returns the row of that list */
  unlink(b: number, size: number): number {
    const { mem } = this;
    let fl = 0;
    let sl: number;
    if (size < SMALL_BLOCK) sl = this.smallColumn(size);
    else {
      const m = 31 - Math.clz32(size);
      fl = m - FLI_OFFSET;
      sl = (m >= this.log2Sli ? size >>> (m - this.log2Sli) : 0) - this.columns;
    }
    const prevLink = mem.at(b + Header.prev);
    const nextLink = this.straddles ? mem.at(b + Header.next) : prevLink + 2;
    const next = mem.ptrAt(nextLink);
    const prev = mem.ptrAt(prevLink);
    if (next !== NULL) {
      if (!(next >= this.low && next < this.high)) wildLink(next, b + Header.next, fl, sl);
      mem.setPtrAt(mem.at(next + Header.prev), prev);
    }
    if (prev !== NULL) {
      if (!(prev >= this.low && prev < this.high)) wildLink(prev, b + Header.prev, fl, sl);
      mem.setPtrAt(mem.at(prev + Header.next), next);
    }
    const head = mem.at(this.matrix + 8 * (fl * this.columns + sl));
    if (mem.ptrAt(head) === b) {
      mem.setPtrAt(head, next);
      if (next === NULL) this.clearBits(fl, sl);
    }
    mem.setPtrAt(prevLink, NULL);
    mem.setPtrAt(nextLink, NULL);
    return fl;
  }

  /** List (fl, sl) has become empty. With more than 32 columns the bit of a column lies in a later row's word. */
  private clearBits(fl: number, sl: number): void {
    const { mem } = this;
    const word = this.row(fl + (sl >> 5));
    mem.setU32At(word, mem.u32At(word) & ~(1 << sl));
    if (mem.u32At(this.row(fl)) === 0) mem.setU32At(this.flWord, mem.u32At(this.flWord) & ~(1 << fl));
  }

  /** Word index of `sl_bitmap[fl]`, also for rows that do not exist. */
  private row(fl: number): number {
    return this.slWord >= 0 ? this.slWord + fl : this.mem.at(this.slBitmap + 4 * fl);
  }

  private smallColumn(size: number): number {
    if (this.smallShift < 0) dividesByZero(this.log2Sli);
    return size >> this.smallShift;
  }

  private searchExactly(size: Size): { fl: number; sl: number; rounded: number } {
    const { aligned, rounded, fl, sl } = searchClass(unsigned(size), this.log2Sli);
    if (aligned < BigInt(SMALL_BLOCK) && this.smallShift < 0) dividesByZero(this.log2Sli);
    const exact = sizeFrom(rounded);
    return { fl, sl, rounded: typeof exact === 'number' ? exact : Infinity };
  }
}
