// A large file without its zero pages. RAM that a kernel has not touched is zero, so what is left of a dump of gigabytes is a few
// megabytes. Filled front to back, as a file or an unpacking stream gives it.

import { StoredBytes } from './stored-bytes';

/** Bytes of one page of the file: what is left out, or kept, as a whole. */
const PAGE = 4096;
const WORDS = PAGE / 4;

interface Run {
  readonly from: number;
  readonly bytes: Uint8Array;
}

/** Bytes other than zero that a large dump may have; of what has more, the front is kept. */
export const MOST_KEPT = 320 * 2 ** 20;

/** Collects a file piece by piece. */
export class SparseBytes extends StoredBytes {
  private readonly kept: Run[] = [];
  private readonly most: number;
  private readonly page = new Uint8Array(PAGE);
  private readonly words = new Uint32Array(this.page.buffer);
  /** Bytes of the page that is being filled. */
  private filled = 0;
  private total = 0;
  private keptBytes = 0;
  private full = false;

  /** @param most bytes other than zero that are kept; what comes behind is left out, and `cut` is set */
  constructor(most: number) {
    super();
    this.most = most;
  }

  /** Bytes that can be read: all that were added, or those before the place where `most` was reached. */
  get length(): number {
    return this.total;
  }

  /** Was there more that is not zero than may be kept? */
  get cut(): boolean {
    return this.full;
  }

  /** Bytes that are kept. */
  get size(): number {
    return this.keptBytes;
  }

  /** Adds what comes next. The bytes are copied where they are kept. */
  add(bytes: Uint8Array): void {
    const words = bytes.byteOffset % 4 === 0 ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2) : undefined;
    for (let at = 0; at < bytes.length && !this.full;) {
      // Most pages are zero: those that lie there whole are looked at in place.
      if (words !== undefined && this.filled === 0 && at % 4 === 0 && at + PAGE <= bytes.length && isZero(words, at / 4)) {
        this.total += PAGE;
        at += PAGE;
        continue;
      }
      const count = Math.min(PAGE - this.filled, bytes.length - at);
      this.page.set(bytes.subarray(at, at + count), this.filled);
      this.filled += count;
      at += count;
      if (this.filled === PAGE) this.flush();
    }
  }

  /** Says that nothing comes any more. */
  end(): void {
    if (this.filled > 0 && !this.full) this.flush();
  }

  override read(from: number, to: number): Uint8Array {
    const end = Math.min(to, this.total);
    if (from >= end) return new Uint8Array(0);
    let index = this.lastAtOrBelow(from);
    const first = this.kept[index];
    if (first !== undefined && end <= first.from + first.bytes.length)
      return first.bytes.subarray(from - first.from, end - first.from);
    const out = new Uint8Array(end - from);
    for (index = Math.max(0, index); index < this.kept.length; index++) {
      const { from: at, bytes } = this.kept[index]!;
      if (at >= end) break;
      const [low, high] = [Math.max(from, at), Math.min(end, at + bytes.length)];
      if (low < high) out.set(bytes.subarray(low - at, high - at), low - from);
    }
    return out;
  }

  override *runs(from: number, to: number): Iterable<readonly [number, number]> {
    for (let i = Math.max(0, this.lastAtOrBelow(from)); i < this.kept.length; i++) {
      const run = this.kept[i]!;
      if (run.from >= to) return;
      const [low, high] = [Math.max(from, run.from), Math.min(to, run.from + run.bytes.length)];
      if (low < high) yield [low, high];
    }
  }

  private flush(): void {
    const count = this.filled;
    this.filled = 0;
    if (!this.isZero(count)) {
      if (this.keptBytes + count > this.most) {
        this.full = true;
        return;
      }
      this.keep(count);
    }
    this.total += count;
  }

  private isZero(count: number): boolean {
    if (count < PAGE) return this.page.subarray(0, count).every((b) => b === 0);
    return isZero(this.words, 0);
  }

  /** Adds the page to the last run where it follows it; runs grow by doubling so that a long one is not copied page by page. */
  private keep(count: number): void {
    this.keptBytes += count;
    const last = this.kept.at(-1);
    const page = this.page.subarray(0, count);
    if (last !== undefined && last.from + last.bytes.length === this.total && last.bytes.length < LONGEST) {
      const { buffer, length } = last.bytes;
      const room = buffer.byteLength >= length + count ? buffer : grown(last.bytes, length + count);
      const bytes = new Uint8Array(room, 0, length + count);
      bytes.set(page, length);
      this.kept[this.kept.length - 1] = { from: last.from, bytes };
    } else this.kept.push({ from: this.total, bytes: page.slice() });
  }

  private lastAtOrBelow(offset: number): number {
    let [low, high] = [0, this.kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.kept[middle]!.from <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Are the words of a page from `first` on all zero? */
function isZero(words: Uint32Array, first: number): boolean {
  for (let i = first; i < first + WORDS; i++) if (words[i] !== 0) return false;
  return true;
}

/** A run longer than this is ended and the next one begins. */
const LONGEST = 2 ** 20;

function grown(bytes: Uint8Array, least: number): ArrayBuffer {
  const larger = new Uint8Array(Math.min(LONGEST + PAGE, Math.max(least, bytes.length * 2)));
  larger.set(bytes);
  return larger.buffer;
}
