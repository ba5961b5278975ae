// What a decoder reads from: a simulator's memory, a dump, or a live session. Unlike a simulator's loads, a read may find
// nothing there: it answers `undefined`, and the range is noted, so that the decoder can make a finding of it and go on.

import { toBigInt, toNumber, TWO_32 } from './address';
import type { SimMemory } from './sim-memory';

/** A half-open range of addresses, `[base, end)`. `end` may be 2^64. */
export interface AddressRange {
  readonly base: bigint;
  readonly end: bigint;
}

/** Synchronous, pure, never throws. Addresses are unsigned 64-bit; values are little-endian. */
export interface Reader {
  u8(a: bigint): number | undefined;
  u16(a: bigint): number | undefined;
  u32(a: bigint): number | undefined;
  u64(a: bigint): bigint | undefined;
  /** u32, and u64 read as signed, by the signed reading of an address (see `address.ts`): of a million words none should make a bigint. */
  word(a: number): number | undefined;
  ptr(a: number): number | undefined;
  /** All of `[a, a + length)`, or undefined when any byte of it is absent. */
  bytes(a: bigint, length: number): Uint8Array | undefined;
  /** The same to look at and forget: where memory lies in one piece it is not copied, and so changes with it. */
  view(a: bigint, length: number): Uint8Array | undefined;
  /** Ranges that were asked for and are not there, in the order in which they were missed. */
  readonly absent: readonly AddressRange[];
}

/** Where a reader gets its bytes: at most `length` of them from `a` on, `undefined` when the first is absent. */
export type Source = (a: bigint, length: number) => Uint8Array | undefined;

const PIECE = 4096;
const CHUNK = BigInt(PIECE);
/** No address lies there. */
const END = 1n << 64n;
/** Pieces that are kept: 64 MiB. Who goes through more than that goes through it once. */
const MOST_CHUNKS = 16384;
/** Missed ranges that are noted. */
const MOST_ABSENT = 2 ** 17;

/**
 * A reader over any source of bytes. Reads go through a cache of 4 KiB pieces, because decoders read word by word.
 * The source must not change while the reader lives: make a new one for each state of memory.
 */
export function readerOver(source: Source): Reader {
  const chunks = new Map<bigint, Uint8Array | undefined>();
  const absent: AddressRange[] = [];
  let lastKey = -1n;
  let last: Uint8Array | undefined;
  /** The same for reads by number. */
  let near = NaN;
  let nearest: Uint8Array | undefined;

  /** The present bytes of the 4 KiB piece at `key`; a piece that begins absent is looked at from `from` on. */
  function chunk(key: bigint): Uint8Array | undefined {
    if (key === lastKey) return last;
    if (!chunks.has(key)) {
      if (chunks.size >= MOST_CHUNKS) chunks.clear();
      chunks.set(key, source(key, PIECE));
    }
    lastKey = key;
    last = chunks.get(key);
    return last;
  }

  function bytes(a: bigint, length: number): Uint8Array | undefined {
    const key = a - (a % CHUNK);
    const offset = Number(a - key);
    const piece = chunk(key);
    if (piece !== undefined && offset + length <= piece.length) return piece.subarray(offset, offset + length);
    return gather(a, length);
  }

  /** The slow way: across pieces, or around a hole. */
  function gather(a: bigint, length: number): Uint8Array | undefined {
    const out = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const address = a + BigInt(at);
      const key = address - (address % CHUNK);
      const offset = Number(address - key);
      const piece = chunk(key);
      const part =
        piece !== undefined && offset < piece.length
          ? piece.subarray(offset, offset + length - at)
          : source(address, length - at);
      if (part === undefined || part.length === 0 || address >= END) {
        if (absent.length < MOST_ABSENT) absent.push({ base: address, end: a + BigInt(length) });
        return undefined;
      }
      const count = Math.min(part.length, length - at);
      out.set(part.subarray(0, count), at);
      at += count;
    }
    return out;
  }

  /** `bytes` by number. */
  function bytesAt(a: number, length: number): Uint8Array | undefined {
    const key = Math.floor(a / PIECE) * PIECE;
    if (key !== near) {
      nearest = chunk(toBigInt(key));
      near = key;
    }
    const offset = a - key;
    if (nearest !== undefined && offset + length <= nearest.length) return nearest.subarray(offset, offset + length);
    return gather(toBigInt(a), length);
  }

  return {
    absent,
    bytes,
    view: bytes,
    word: (a) => {
      const b = bytesAt(a, 4);
      return b && word(b, 0);
    },
    ptr: (a) => {
      const b = bytesAt(a, 8);
      return b && word(b, 0) + (word(b, 4) | 0) * TWO_32;
    },
    u8: (a) => bytes(a, 1)?.[0],
    u16: (a) => {
      const b = bytes(a, 2);
      return b && b[0]! | (b[1]! << 8);
    },
    u32: (a) => {
      const b = bytes(a, 4);
      return b && word(b, 0);
    },
    u64: (a) => {
      const b = bytes(a, 8);
      return b && BigInt(word(b, 0)) | (BigInt(word(b, 4)) << 32n);
    },
  };
}

/** `u64` by the signed reading of an address: one bigint instead of four. */
export function u64At(reader: Reader, a: number): bigint | undefined {
  const near = reader.ptr(a);
  if (near === undefined || (near >= 0 && near <= Number.MAX_SAFE_INTEGER)) return near === undefined ? near : BigInt(near);
  return (BigInt(reader.word(a + 4)!) << 32n) | BigInt(reader.word(a)!);
}

function word(b: Uint8Array, at: number): number {
  return (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;
}

/**
 * Reads a simulator's memory as it is now, whenever that is. It is RAM: everything is there. Words are read in place, since a
 * decoder takes a few from each of very many pages.
 */
export function simReader(memory: SimMemory): Reader {
  const elsewhere = readerOver((a, length) => memory.bytes(toNumber(a), length));
  return {
    ...elsewhere,
    bytes: (a, length) => {
      const from = toNumber(a);
      return memory.isInWindow(from, length) ? memory.bytes(from, length) : elsewhere.bytes(a, length);
    },
    view: (a, length) => memory.view(toNumber(a), length),
    word: (a) => {
      const i = memory.indexToRead(a);
      return i < 0 ? elsewhere.word(a) : memory.u32At(i);
    },
    ptr: (a) => {
      const i = memory.indexToRead(a);
      return i < 0 || !memory.isPair(i, a) ? elsewhere.ptr(a) : memory.ptrAt(i);
    },
    u32: (a) => {
      const i = a < END ? memory.indexToRead(toNumber(a)) : -1;
      return i < 0 ? elsewhere.u32(a) : memory.u32At(i);
    },
    u64: (a) => {
      const near = toNumber(a);
      const i = a < END ? memory.indexToRead(near) : -1;
      if (i < 0 || !memory.isPair(i, near)) return elsewhere.u64(a);
      const high = memory.u32At(i + 1);
      // One conversion instead of two, for all that a double holds.
      return high < 2 ** 21 ? BigInt(high * TWO_32 + memory.u32At(i)) : (BigInt(high) << 32n) | BigInt(memory.u32At(i));
    },
  };
}
