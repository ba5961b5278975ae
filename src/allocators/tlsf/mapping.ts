// From sizes to lists: the index arithmetic of TLSF. A class (f, s) is row f (the highest bit of the size) and column s (the next L
// bits); row 0 holds the sizes below 128 in S equal steps.
//
//   insert:  the class that a free block belongs to
//   search:  the class whose every block is sure to fit: the request is first rounded up to the next class start
//
// The C code keeps indexes in 32-bit ints and looks at the low 32 bits of sizes only; both are kept, with what follows from them for
// blocks of 1 GiB and requests near 2^32 and 2^64. Shift counts wrap as on x86.

import { FLI_OFFSET, MIN_BLOCK, SMALL_BLOCK } from './layout';

/** A list's place in the matrix. */
export interface SizeClass {
  readonly fl: number;
  readonly sl: number;
}

/** Highest set bit of the low 32 bits; −1 for none. */
export function highestBit(low: number): number {
  return 31 - Math.clz32(low);
}

/** Lowest set bit of a u32; −1 for 0. */
export function lowestBit(word: number): number {
  return word === 0 ? -1 : 31 - Math.clz32(word & -word);
}

/** `insertClass` of a size that a header holds, as one number `fl · S + sl`; of a million blocks, none should make a bigint. */
export function classOfBlock(size: number, log2Sli: number): number {
  const s = 1 << log2Sli;
  if (size < SMALL_BLOCK) return Math.floor((size * s) / SMALL_BLOCK);
  const m = highestBit(size);
  if (m < log2Sli || m < FLI_OFFSET) {
    const { fl, sl } = insertClass(BigInt(size), log2Sli);
    return fl * s + sl;
  }
  return (m - FLI_OFFSET) * s + ((size >>> (m - log2Sli)) - s);
}

/** `searchClass(…).rounded` of a request below 1 GiB, without a bigint. */
export function roundedRequest(request: number, log2Sli: number): number {
  const aligned = request < MIN_BLOCK ? MIN_BLOCK : (request + 15) & ~15;
  const m = highestBit(aligned);
  if (aligned < SMALL_BLOCK) return aligned;
  if (m < log2Sli) return Number(searchClass(BigInt(request), log2Sli).rounded);
  const step = (1 << (m - log2Sli)) - 1;
  return (aligned + step) & ~step;
}

/** The class of a free block of `size` bytes, any u64. */
export function insertClass(size: bigint, log2Sli: number): SizeClass {
  const s = 2 ** log2Sli;
  if (size < BigInt(SMALL_BLOCK)) return { fl: 0, sl: Math.floor(Number(size) / (SMALL_BLOCK / s)) };
  const m = highestBit(Number(size & 0xffff_ffffn));
  return { fl: m - FLI_OFFSET, sl: secondLevel(size, m, log2Sli) };
}

/** What a request becomes on its way to a list. */
export interface Search extends SizeClass {
  /** Bytes asked from TLSF, rounded up to 16. */
  readonly aligned: bigint;
  /** Bytes that the block gets: rounded up to a class start. */
  readonly rounded: bigint;
}

/**
 * Where TLSF looks for a request: the class, and the size after rounding.
 *
 * @param request bytes asked from TLSF (the ukalloc record counted in), any u64
 */
export function searchClass(request: bigint, log2Sli: number): Search {
  const aligned = request < BigInt(MIN_BLOCK) ? BigInt(MIN_BLOCK) : BigInt.asUintN(64, (request + 15n) & ~15n);
  if (aligned < BigInt(SMALL_BLOCK)) return { aligned, rounded: aligned, ...insertClass(aligned, log2Sli) };
  const step = ((1 << (highestBit(Number(aligned & 0xffff_ffffn)) - log2Sli)) - 1) | 0; // a 32-bit int in C
  const raised = BigInt.asUintN(64, aligned + BigInt(step));
  const m = highestBit(Number(raised & 0xffff_ffffn));
  return {
    aligned,
    rounded: BigInt.asUintN(64, raised & ~BigInt(step)),
    fl: m - FLI_OFFSET,
    sl: secondLevel(raised, m, log2Sli),
  };
}

function secondLevel(size: bigint, m: number, log2Sli: number): number {
  return (Number(BigInt.asIntN(32, size >> BigInt((m - log2Sli) & 63))) - 2 ** log2Sli) | 0;
}

/** The sizes of a class: `[from, to)`. Rows from 24 on do not exist as tables, but as sizes they do. */
export function classRange({ fl, sl }: SizeClass, log2Sli: number): { readonly from: number; readonly to: number } {
  const s = 2 ** log2Sli;
  const step = fl === 0 ? SMALL_BLOCK / s : 2 ** (fl + FLI_OFFSET - log2Sli);
  const from = fl === 0 ? sl * step : (s + sl) * step;
  return { from, to: from + step };
}
