// Where each word of a sparse 64-bit memory lies, all zero at first: one contiguous window over the first (up to 4 GiB) of the memory
// that matters, of which the operating system commits only what is touched, and 4 KiB far frames for everything else, carved from the
// tail of the same array and found by page number. Every word thus has one index in one array. An index is computed as a double and
// compared with its integer part: the one comparison refuses what is misaligned, outside the window, or not a number.

import { PAGE_SIZE, TWO_32, hex, roundDown } from './address';
import type { WordRange } from './journal';

const WORDS_PER_PAGE = PAGE_SIZE / 4;
const MAX_WINDOW_WORDS = 2 ** 30;
const FAR_WORDS_AT_FIRST = 2 ** 22;
/** Index of a frame that stays zero: where reads of untouched far pages go. */
const NO_FRAME = 0;

/** The C code would have accessed an address at which there can be no memory: a small number, or one that is not canonical. */
export class WildAccess extends Error {}

/** Of `SimMemory` only: one class of memory that simulators see, or every access would be polymorphic. */
export class WordStore {
  /** First address of the window. */
  readonly base: number;
  /** The two halves of `base`. */
  protected readonly baseLow: number;
  protected readonly baseHigh: number;
  protected readonly windowWords: number;
  /** Index of the first word that cannot begin a 64-bit access inside the window. */
  protected readonly pairLimit: number;
  protected lo: Uint32Array;
  /** Page number of a far frame → index of its first word. */
  private readonly frames = new Map<number, number>();
  private nextFrame: number;

  /**
   * @param base first address of the window, any alignment; signed reading
   * @param length bytes that the window should cover; more than 4 GiB are cut, and what is outside still works, slower
   */
  constructor(base: number, length: number) {
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

  protected windowBytesFrom(a: number): number {
    return a >= this.base ? this.base + this.windowWords * 4 - a : 0;
  }

  /** Words from 4-aligned `a` on that lie side by side in the store. */
  protected runWords(a: number): number {
    const inWindow = this.windowBytesFrom(a);
    return inWindow > 0 ? inWindow / 4 : (PAGE_SIZE - (a & (PAGE_SIZE - 1))) / 4;
  }

  protected wordToRead(aligned: number): number {
    const i = (aligned - this.base) / 4;
    if (i >= 0 && i < this.windowWords) return i;
    const page = Math.floor(aligned / PAGE_SIZE);
    const frame = this.frames.get(page) ?? this.windowWords + NO_FRAME;
    return frame + (aligned - page * PAGE_SIZE) / 4;
  }

  protected wordToWrite(aligned: number): number {
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
}
