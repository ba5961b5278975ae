// The memory that a simulator runs on: sparse, byte-accurate, 64-bit, little-endian, all zero at first.
//
// Where its words lie is in `word-store.ts`; here are loads and stores, each journaled by the index of the word that it changes.
//
// This is the only memory class that simulators see. A second one would make every access polymorphic and two to three times
// slower; what decoders read from is another interface (`reader.ts`).

import { PAGE_SIZE, TWO_32, hex, roundDown } from './address';
import { Journal } from './journal';
import { WildAccess, WordStore } from './word-store';

/** Ranges shorter than this are journaled word by word. */
const RANGE_WORDS = 64;

export class SimMemory extends WordStore {
  readonly journal: Journal;
  /** The journal's `on`, one load nearer: every write tests it. */
  private journaling = false;

  /** As of the store: first address and bytes of the memory that matters most. */
  constructor(base: number, length: number) {
    super(base, length);
    this.journal = new Journal((on) => (this.journaling = on));
  }

  u8(a: number): number {
    return (this.lo[this.wordToRead(a - (a & 3))]! >>> ((a & 3) * 8)) & 0xff;
  }

  setU8(a: number, v: number): void {
    const word = this.wordToWrite(a - (a & 3));
    const shift = (a & 3) * 8;
    const old = this.lo[word]!;
    if (this.journaling) this.journal.record(word, old);
    this.lo[word] = (old & ~(0xff << shift)) | ((v & 0xff) << shift);
  }

  u32(a: number): number {
    const i = (a - this.base) / 4;
    const word = i | 0;
    if (word === i && word >= 0 && word < this.windowWords) return this.lo[word]!;
    return this.u32Slow(a);
  }

  setU32(a: number, v: number): void {
    const i = (a - this.base) / 4;
    const word = i | 0;
    if (word === i && word >= 0 && word < this.windowWords) {
      if (this.journaling) this.journal.record(word, this.lo[word]!);
      this.lo[word] = v;
    } else this.setU32Slow(a, v);
  }

  /** A pointer, count or size: 64 bits read as signed. Rounded beyond ±2^53, where no address lies. */
  ptr(a: number): number {
    const i = (a - this.base) / 4;
    const word = i | 0;
    if (word === i && word >= 0 && word < this.pairLimit) return this.lo[word]! + (this.lo[word + 1]! | 0) * TWO_32;
    return this.ptrSlow(a);
  }

  setPtr(a: number, v: number): void {
    const i = (a - this.base) / 4;
    const word = i | 0;
    if (word === i && word >= 0 && word < this.pairLimit) {
      if (this.journaling) this.journal.recordPair(word, this.lo[word]!, this.lo[word + 1]!);
      this.lo[word] = v;
      this.lo[word + 1] = Math.floor(v / TWO_32);
    } else this.setPtrSlow(a, v);
  }

  /**
   * Index of the word at 4-aligned `a`, for the accessors below: one translation for all fields of a structure that lies within
   * one page. An index stays good for the memory's life. Hot paths only: it is 1.2 to 1.5 times faster than by address.
   */
  at(a: number): number {
    const i = (a - this.base) / 4;
    const word = i | 0;
    if (word === i && word >= 0 && word < this.windowWords) return word;
    return this.wordToWrite(a);
  }

  /**
   * `at` of the pointer that stands at a word index. Integers only: the pointer never becomes a double, which is most of the cost
   * of a list walk.
   */
  follow(word: number): number {
    const low = this.lo[word]!;
    const offset = (low - this.baseLow) | 0;
    const borrow = low < this.baseLow ? 1 : 0;
    const target = offset >>> 2;
    if ((offset & 3) === 0 && ((this.lo[word + 1]! - this.baseHigh - borrow) | 0) === 0 && target < this.windowWords)
      return target;
    return this.at(this.ptrAt(word));
  }

  /** Copies the 64 bits at one word index to another. */
  copyPtrAt(to: number, from: number): void {
    if (this.journaling) this.journal.recordPair(to, this.lo[to]!, this.lo[to + 1]!);
    this.lo[to] = this.lo[from]!;
    this.lo[to + 1] = this.lo[from + 1]!;
  }

  u32At(word: number): number {
    return this.lo[word]!;
  }

  setU32At(word: number, v: number): void {
    if (this.journaling) this.journal.record(word, this.lo[word]!);
    this.lo[word] = v;
  }

  ptrAt(word: number): number {
    return this.lo[word]! + (this.lo[word + 1]! | 0) * TWO_32;
  }

  setPtrAt(word: number, v: number): void {
    if (this.journaling) this.journal.recordPair(word, this.lo[word]!, this.lo[word + 1]!);
    this.lo[word] = v;
    this.lo[word + 1] = Math.floor(v / TWO_32);
  }

  /** 64 bits exactly, outside hot paths. */
  u64(a: number): bigint {
    return BigInt(this.u32(a)) | (BigInt(this.u32(a + 4)) << 32n);
  }

  setU64(a: number, v: bigint): void {
    this.setU32(a, Number(v & 0xffff_ffffn));
    this.setU32(a + 4, Number((v >> 32n) & 0xffff_ffffn));
  }

  /** memset over `[a, end)`. */
  fill(a: number, end: number, byte: number): void {
    while (a < end && (a & 3) !== 0) this.setU8(a++, byte);
    const value = (byte & 0xff) * 0x0101_0101;
    while (end - a >= 4) {
      const count = Math.min(Math.floor((end - a) / 4), this.runWords(a));
      const word = this.wordToWrite(a);
      this.recordWords(word, count);
      this.lo.fill(value, word, word + count);
      a += count * 4;
    }
    while (a < end) this.setU8(a++, byte);
  }

  /** memcpy of `bytes` from `from` to `to`, in ascending order. */
  copy(to: number, from: number, bytes: number): void {
    const end = to + bytes;
    const shift = from - to;
    if ((shift & 3) !== 0) {
      while (to < end) this.setU8(to, this.u8(to++ + shift));
      return;
    }
    while (to < end && (to & 3) !== 0) this.setU8(to, this.u8(to++ + shift));
    while (end - to >= 4) {
      const count = Math.min(Math.floor((end - to) / 4), this.runWords(to), this.runWords(to + shift));
      const word = this.wordToWrite(to);
      const source = this.wordToRead(to + shift);
      this.recordWords(word, count);
      this.lo.copyWithin(word, source, source + count);
      to += count * 4;
    }
    while (to < end) this.setU8(to, this.u8(to++ + shift));
  }

  /** The bytes of `[a, a + length)`, for hashing, export and decoding. */
  bytes(a: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    let at = 0;
    while (at < length) {
      const page = roundDown(a + at, PAGE_SIZE);
      const count = Math.min(length - at, Math.max(page + PAGE_SIZE - (a + at), this.windowBytesFrom(a + at)));
      const offset = this.wordToRead(page) * 4 + (a + at - page);
      out.set(new Uint8Array(this.lo.buffer, offset, count), at);
      at += count;
    }
    return out;
  }

  /** The bytes of `[a, a + length)` without a copy where they lie in one piece: good until memory changes. */
  view(a: number, length: number): Uint8Array {
    const page = roundDown(a, PAGE_SIZE);
    if (!this.isInWindow(a, length) && a + length > page + PAGE_SIZE) return this.bytes(a, length);
    return new Uint8Array(this.lo.buffer, this.wordToRead(page) * 4 + (a - page), length);
  }

  /** Moves memory to the state after `position` journal entries. */
  seek(position: number): void {
    this.journal.seek(this.lo, position);
  }

  private recordWords(word: number, count: number): void {
    if (!this.journaling) return;
    if (count >= RANGE_WORDS) this.journal.recordRange(this.lo, word, count);
    else for (let i = 0; i < count; i++) this.journal.record(word + i, this.lo[word + i]!);
  }

  // What the fast paths refuse: misaligned addresses, the last word of the window, and everything outside.

  private u32Slow(a: number): number {
    if (!(Math.abs(a) < 2 ** 48)) throw new WildAccess(`read of ${hex(a)}, no canonical address`);
    if (a >= 0 && a < PAGE_SIZE) throw new WildAccess('read of the first page, where NULL points to');
    if ((a & 3) === 0) return this.lo[this.wordToRead(a)]!;
    return (this.u8(a) | (this.u8(a + 1) << 8) | (this.u8(a + 2) << 16) | (this.u8(a + 3) << 24)) >>> 0;
  }

  private setU32Slow(a: number, v: number): void {
    if ((a & 3) === 0) {
      const word = this.wordToWrite(a);
      if (this.journaling) this.journal.record(word, this.lo[word]!);
      this.lo[word] = v;
    } else for (let i = 0; i < 4; i++) this.setU8(a + i, v >>> (i * 8));
  }

  private ptrSlow(a: number): number {
    return this.u32(a) + (this.u32(a + 4) | 0) * TWO_32;
  }

  private setPtrSlow(a: number, v: number): void {
    this.setU32(a, v);
    this.setU32(a + 4, Math.floor(v / TWO_32));
  }
}
