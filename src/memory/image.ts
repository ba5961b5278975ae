// A memory image: what a dump, a core or a debugger gave. Unlike RAM it has holes, and what is not there is not zero.

import { readerOver, type AddressRange, type Reader } from './reader';
import { readBytes, runsOf, type Bytes } from './stored-bytes';

/** Bytes that an image holds from `base` on. */
export interface Segment {
  readonly base: bigint;
  readonly bytes: Bytes;
}

/** A piece of an image in memory. */
export interface Piece {
  readonly base: bigint;
  readonly bytes: Uint8Array;
}

/** Immutable. Segments are sorted and disjoint; `zero` ranges are described by the dump as reading zero. */
export class MemoryImage {
  private constructor(
    /** Segments with bytes, in ascending order, disjoint. */
    readonly segments: readonly Segment[],
    /** Ranges in which what no segment holds reads as zeros (sparse dumps leave such pages out), ascending. */
    readonly zero: readonly AddressRange[],
  ) {}

  /** Sorts the segments; of two that overlap, the later one in `segments` wins. */
  static of(segments: readonly Segment[], zero: readonly AddressRange[] = []): MemoryImage {
    let sorted: Segment[] = [];
    let disjoint = true;
    const byBase = segments.filter((s) => s.bytes.length > 0).sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0));
    for (let i = 1; i < byBase.length; i++) if (endOf(byBase[i - 1]!) > byBase[i]!.base) disjoint = false;
    if (disjoint) sorted = byBase;
    else for (const segment of segments) sorted = overlay(sorted, segment);
    return new MemoryImage(
      sorted,
      [...zero].sort((a, b) => (a.base < b.base ? -1 : 1)),
    );
  }

  /** Bytes held, zero ranges not counted. */
  get size(): number {
    return this.segments.reduce((sum, s) => sum + s.bytes.length, 0);
  }

  /** A fresh reader over this image. */
  reader(): Reader {
    return readerOver((a, length) => this.read(a, length));
  }

  /**
   * Everything that may be other than zero, in ascending order, in pieces of at most `most` bytes: what a search goes through.
   * Pieces that follow each other in one segment overlap by `overlap` bytes, so that nothing is cut by their border.
   *
   * @param within pieces that begin elsewhere are left out, unread where that is possible
   */
  *pieces(most = 2 ** 20, overlap = 0, within?: AddressRange): Generator<Piece> {
    for (const { base, bytes } of this.segments) {
      const [low, high] =
        within === undefined ? [0, bytes.length] : [within.base - base, within.end - base].map(clamped(bytes.length));
      if (low! >= high!) continue;
      for (const [from, to] of runsOf(bytes, low, high)) {
        for (let at = from; at < to; at += most) {
          const end = Math.min(bytes.length, Math.min(to, at + most) + overlap);
          yield { base: base + BigInt(at), bytes: readBytes(bytes, at, end) };
        }
      }
    }
  }

  /** What of `[base, end)` the image holds, zero ranges included, in ascending order. */
  present(base: bigint, end: bigint): AddressRange[] {
    const parts = [...this.segments.map((s) => ({ base: s.base, end: endOf(s) })), ...this.zero]
      .map((r) => ({ base: r.base > base ? r.base : base, end: r.end < end ? r.end : end }))
      .filter((r) => r.base < r.end)
      .sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0));
    const joined: { base: bigint; end: bigint }[] = [];
    for (const part of parts) {
      const last = joined.at(-1);
      if (last !== undefined && part.base <= last.end) last.end = part.end > last.end ? part.end : last.end;
      else joined.push({ ...part });
    }
    return joined;
  }

  /** At most `length` bytes from `a` on, up to the next hole or segment border; undefined in a hole. */
  private read(a: bigint, length: number): Uint8Array | undefined {
    const index = lastAtOrBelow(this.segments, a);
    const segment = this.segments[index];
    if (segment !== undefined && a < endOf(segment)) {
      const offset = Number(a - segment.base);
      return readBytes(segment.bytes, offset, offset + length);
    }
    const zero = this.zero[lastAtOrBelow(this.zero, a)];
    if (zero === undefined || a >= zero.end) return undefined;
    const next = this.segments[index + 1];
    const end = next !== undefined && next.base < zero.end ? next.base : zero.end;
    const room = end - a;
    return new Uint8Array(room < BigInt(length) ? Number(room) : length);
  }
}

function endOf(segment: Segment): bigint {
  return segment.base + BigInt(segment.bytes.length);
}

/** Index of the last entry whose base is at or below `a`, or −1. */
function lastAtOrBelow(sorted: readonly { readonly base: bigint }[], a: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.base <= a) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Puts `top` over what is there, cutting what it covers. */
function overlay(below: readonly Segment[], top: Segment): Segment[] {
  const end = endOf(top);
  const out: Segment[] = [];
  for (const s of below) {
    if (s.base < top.base) out.push({ base: s.base, bytes: s.bytes.subarray(0, Number(min(endOf(s), top.base) - s.base)) });
    if (endOf(s) > end)
      out.push({
        base: s.base > end ? s.base : end,
        bytes: s.bytes.subarray(Number(s.base > end ? 0n : end - s.base), s.bytes.length),
      });
  }
  out.push(top);
  return out.sort((a, b) => (a.base < b.base ? -1 : 1));
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** An offset into `length` bytes: 0 or the length for what lies outside. */
function clamped(length: number): (offset: bigint) => number {
  return (offset) => (offset < 0n ? 0 : offset > BigInt(length) ? length : Number(offset));
}
