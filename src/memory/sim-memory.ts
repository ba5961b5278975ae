// The memory that a simulator runs on: sparse, byte-accurate, 64-bit, little-endian, all zero at first.
//
// Store: one contiguous window over the first (up to 4 GiB) of the memory that matters, of which the operating system commits
// only what is touched, and 4 KiB far frames for everything else, carved from the tail of the same array and found by page
// number. Every word thus has one index in one array, and the journal speaks in such indexes. An index is computed as a double
// and compared with its integer part: the one comparison refuses what is misaligned, outside the window, or not a number.
//
// This is the only memory class that simulators see. A second one would make every access polymorphic and two to three times
// slower; what decoders read from is another interface (`reader.ts`).

import { PAGE_SIZE, TWO_32, hex, roundDown } from './address';
import { Journal } from './journal';
import type { WordRange } from './journal';

const WORDS_PER_PAGE = PAGE_SIZE / 4;
const MAX_WINDOW_WORDS = 2 ** 30;
const FAR_WORDS_AT_FIRST = 2 ** 22;
/** Index of a frame that stays zero: where reads of untouched far pages go. */
const NO_FRAME = 0;
/** Ranges shorter than this are journaled word by word. */
const RANGE_WORDS = 64;

/** The C code would have accessed an address at which there can be no memory: a small number, or one that is not canonical. */
export class WildAccess extends Error {}

export class SimMemory {
  readonly journal: Journal;
  /** The journal's `on`, one load nearer: every write tests it. */
  private journaling = false;
  /** First address of the window. */
  readonly base: number;
  /** The two halves of `base`. */
  private readonly baseLow: number;
  private readonly baseHigh: number;
  private readonly windowWords: number;
  /** Index of the first word that cannot begin a 64-bit access inside the window. */
  private readonly pairLimit: number;
  private lo: Uint32Array;
  /** Page number of a far frame → index of its first word. */
  private readonly frames = new Map<number, number>();
  private nextFrame: number;

  /**
   * @param base first address of the window, any alignment; signed reading
   * @param length bytes that the window should cover; more than 4 GiB are cut, and what is outside still works, slower
   */
  constructor(base: number, length: number) {
    this.journal = new Journal((on) => (this.journaling = on));
    this.base = roundDown(base, PAGE_SIZE);
    this.baseLow = this.base >>> 0;
    this.baseHigh = Math.floor(this.base / TWO_32) | 0;
    let words = Math.min(Math.ceil((base - this.base + length) / PAGE_SIZE) * WORDS_PER_PAGE, MAX_WINDOW_WORDS);
    for (;;) {
      try {
        this.lo = new Uint32Array(words + FAR_WORDS_AT_FIRST);
        break;
      } catch (problem) {
        if (words === 0 || !(problem instanceof RangeError)) throw problem;
        words = words > WORDS_PER_PAGE ? Math.floor(words / 2 / WORDS_PER_PAGE) * WORDS_PER_PAGE : 0; // smaller is only slower
      }
    }
    this.windowWords = words;
    this.pairLimit = words - 1;
    this.nextFrame = words + WORDS_PER_PAGE; // the first tail frame is the one that stays zero
  }

  /** The words themselves, for the journal's seek. Replaced when far frames outgrow the tail: never keep it. */
  get store(): Uint32Array {
    return this.lo;
  }

  /** Bytes committed outside the window. */
  get farBytes(): number {
    return this.frames.size * PAGE_SIZE;
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

  /** Do the `words` from an index on lie in the window, and so side by side beyond their 4 KiB page? */
  isContiguous(word: number, words: number): boolean {
    return word + words <= this.windowWords;
  }

  /** `at` for an address in the window, −1 for any other; reads and allocates nothing. */
  indexInWindow(a: number): number {
    const i = (a - this.base) / 4;
    const word = i | 0;
    return word === i && word >= 0 && word < this.windowWords ? word : -1;
  }

  /** `at` for reading, anywhere: what was never written lies in a page of zeros, and nothing is allocated. −1 for a misaligned address. */
  indexToRead(a: number): number {
    const i = this.indexInWindow(a);
    return i >= 0 || a % 4 !== 0 ? i : this.wordToRead(a);
  }

  /** Does the 64-bit word at `a` lie side by side at its index? */
  isPair(word: number, a: number): boolean {
    return word < this.pairLimit || (word >= this.windowWords && a - roundDown(a, PAGE_SIZE) <= PAGE_SIZE - 8);
  }

  /** Does all of `[a, a + length)` lie in the window? */
  isInWindow(a: number, length: number): boolean {
    return a >= this.base && a + length <= this.base + this.windowWords * 4;
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

  /** Address of the word at a store index: the inverse of the translation, for display of what a step touched. */
  addressOf(word: number): number {
    if (word < this.windowWords) return this.base + word * 4;
    for (const [page, first] of this.frames)
      if (word >= first && word < first + WORDS_PER_PAGE) return page * PAGE_SIZE + (word - first) * 4;
    throw new Error(`memory: word ${String(word)} belongs to no page`);
  }

  /** Runs of word indexes `[first, end)` that hold the addresses `[base, end)`; pages that were never written have none. */
  wordsOf(base: number, end: number): WordRange[] {
    const found: WordRange[] = [];
    const first = Math.max(0, Math.floor((base - this.base) / 4));
    const last = Math.min(this.windowWords, Math.ceil((end - this.base) / 4));
    if (first < last) found.push({ first, end: last });
    for (const [page, at] of this.frames) {
      const from = Math.max(0, Math.floor((base - page * PAGE_SIZE) / 4));
      const to = Math.min(WORDS_PER_PAGE, Math.ceil((end - page * PAGE_SIZE) / 4));
      if (from < to) found.push({ first: at + from, end: at + to });
    }
    return found;
  }

  /** Moves memory to the state after `position` journal entries. */
  seek(position: number): void {
    this.journal.seek(this.lo, position);
  }

  private windowBytesFrom(a: number): number {
    return a >= this.base ? this.base + this.windowWords * 4 - a : 0;
  }

  /** Words from 4-aligned `a` on that lie side by side in the store. */
  private runWords(a: number): number {
    const inWindow = this.windowBytesFrom(a);
    return inWindow > 0 ? inWindow / 4 : (PAGE_SIZE - (a & (PAGE_SIZE - 1))) / 4;
  }

  private recordWords(word: number, count: number): void {
    if (!this.journaling) return;
    if (count >= RANGE_WORDS) this.journal.recordRange(this.lo, word, count);
    else for (let i = 0; i < count; i++) this.journal.record(word + i, this.lo[word + i]!);
  }

  private wordToRead(aligned: number): number {
    const i = (aligned - this.base) / 4;
    if (i >= 0 && i < this.windowWords) return i;
    const page = Math.floor(aligned / PAGE_SIZE);
    const frame = this.frames.get(page) ?? this.windowWords + NO_FRAME;
    return frame + (aligned - page * PAGE_SIZE) / 4;
  }

  private wordToWrite(aligned: number): number {
    const i = (aligned - this.base) / 4;
    if (i >= 0 && i < this.windowWords) return i;
    const page = Math.floor(aligned / PAGE_SIZE);
    const frame = this.frames.get(page) ?? this.newFrame(page);
    return frame + (aligned - page * PAGE_SIZE) / 4;
  }

  private newFrame(page: number): number {
    if (page === 0) throw new WildAccess('write to the first page, where NULL points to');
    if (!(Math.abs(page) <= 2 ** 35)) throw new WildAccess(`write to ${hex(page * PAGE_SIZE)}, no canonical address`);
    if (this.nextFrame + WORDS_PER_PAGE > this.lo.length) this.growTail();
    const frame = this.nextFrame;
    this.frames.set(page, frame);
    this.nextFrame += WORDS_PER_PAGE;
    return frame;
  }

  /** Copies touched parts only: writing zeros into the new window would commit it. */
  private growTail(): void {
    const tail = this.lo.length - this.windowWords;
    const larger = new Uint32Array(this.lo.length + tail);
    for (let page = 0; page < this.windowWords; page += WORDS_PER_PAGE) {
      const words = this.lo.subarray(page, page + WORDS_PER_PAGE);
      if (words.some((w) => w !== 0)) larger.set(words, page);
    }
    larger.set(this.lo.subarray(this.windowWords), this.windowWords);
    this.lo = larger;
  }

  // What the fast paths refuse: misaligned addresses, the last word of the window, and everything outside.

  private u32Slow(a: number): number {
    if (!(Math.abs(a) < 2 ** 48)) throw new WildAccess(`read of ${hex(a)}, no canonical address`);
    if (a >= 0 && a < PAGE_SIZE && !this.frames.has(0)) throw new WildAccess('read of the first page, where NULL points to');
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
