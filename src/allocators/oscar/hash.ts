// The hash of the alias table (alias.h, hash_address): a 64-bit mixer, of which only the bucket number is used.
//
// Two forms: on bigint as it is written in C, for decoders; on halves of 32 bits for the simulator, where bigint costs twenty times as much.

import { LOOKUP_SIZE } from './layout';

const FIRST = 0xbf58476d1ce4e5b9n;
const SECOND = 0x94d049bb133111ebn;

/** Bucket of a pointer in `lookup[]`. */
export function bucketOf(pointer: bigint): number {
  let x = BigInt.asUintN(64, pointer);
  x = BigInt.asUintN(64, (x ^ (x >> 30n)) * FIRST);
  x = BigInt.asUintN(64, (x ^ (x >> 27n)) * SECOND);
  return Number((x ^ (x >> 31n)) & BigInt(LOOKUP_SIZE - 1));
}

/** The same for a signed reading. */
export function bucketOfNumber(pointer: number): number {
  let lo = pointer | 0;
  let hi = Math.floor(pointer / 4294967296) | 0;
  // x ^= x >> 30
  lo ^= (lo >>> 30) | (hi << 2);
  hi ^= hi >>> 30;
  hi = highOfProduct(lo, hi, 0x1ce4e5b9, 0xbf58476d | 0);
  lo = Math.imul(lo, 0x1ce4e5b9);
  // x ^= x >> 27
  const carried = (lo >>> 27) | (hi << 5);
  hi ^= hi >>> 27;
  lo ^= carried;
  hi = highOfProduct(lo, hi, 0x133111eb, 0x94d049bb | 0);
  lo = Math.imul(lo, 0x133111eb);
  // x ^ x >> 31, of which 13 bits are wanted
  return (lo ^ ((lo >>> 31) | (hi << 1))) & (LOOKUP_SIZE - 1);
}

/** Upper 32 bits of the lower 64 of (hi:lo) · (mhi:mlo). */
function highOfProduct(lo: number, hi: number, mlo: number, mhi: number): number {
  const a = lo & 0xffff;
  const b = lo >>> 16;
  const c = mlo & 0xffff;
  const d = mlo >>> 16;
  const middle = Math.imul(b, c) >>> 0;
  const sum = (Math.imul(a, d) >>> 0) + (Math.imul(a, c) >>> 16) + (middle & 0xffff);
  // `sum` may exceed 32 bits by one: divide instead of shifting.
  const carry = Math.floor(sum / 65536);
  return (Math.imul(b, d) + (middle >>> 16) + carry + Math.imul(lo, mhi) + Math.imul(hi, mlo)) | 0;
}
