// Two spellings of one 64-bit address.
//
// At the edges (files, messages, UI, decoders) an address is an unsigned `bigint` or a hex string. Inside a simulator it is a
// JavaScript number: the same 64 bits *read as signed*. A canonical address is then at most 2^47 away from 0, so a double holds
// it exactly, the kernel half is negative, NULL is 0, and sums that wrap in C come out right. What needs care is every unsigned
// comparison in the C code (a negative size is a huge one), and a value beyond ±2^53, which a double rounds.

/** The NULL pointer, and the answer of an allocator that has nothing left. */
export const NULL = 0;

/** Bytes of a page, on every architecture that Unikraft runs on. */
export const PAGE_SIZE = 4096;

/** 2^32: the weight of the upper half of a 64-bit word. */
export const TWO_32 = 4294967296;

/** The signed reading of an address, for a simulator. Exact for every canonical address. */
export function toNumber(address: bigint): number {
  return Number(BigInt.asIntN(64, address));
}

/** The unsigned 64-bit value of a number that a simulator holds. */
export function toBigInt(address: number): bigint {
  return BigInt.asUintN(64, BigInt(address));
}

/** Hex digits without prefix, as the kernel's `%lx` prints. */
export function hexDigits(address: number | bigint): string {
  return (typeof address === 'bigint' ? BigInt.asUintN(64, address) : toBigInt(address)).toString(16);
}

/** `0x…`, as files and messages carry an address. */
export function hex(address: number | bigint): string {
  return '0x' + hexDigits(address);
}

/** As the kernel's `%p` prints: `0x…`, and plain `0` for NULL. */
export function pointerText(address: number): string {
  return address === 0 ? '0' : hex(address);
}

/** Rounds up to a multiple of `unit`, a power of two up to 2^30; works on the signed reading too. */
export function roundUp(value: number, unit: number): number {
  return -roundDown(-value, unit);
}

/** Rounds down to a multiple of `unit`, a power of two up to 2^30; works on the signed reading too. */
export function roundDown(value: number, unit: number): number {
  return value - (value & (unit - 1));
}

/** Is `a < b` for the unsigned readings of two signed numbers? */
export function unsignedLess(a: number, b: number): boolean {
  return a < 0 === b < 0 ? a < b : b < 0;
}
