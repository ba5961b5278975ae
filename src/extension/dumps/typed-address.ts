// Addresses as people type and paste them.

import { hex } from '../../memory/address';

/** An address as people type it: `0x12000`, or decimal; undefined for anything else. */
export function parseAddress(text: string): bigint | undefined {
  const digits = text.trim().replace(/[\s_]/g, '');
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(digits)) return undefined;
  const value = BigInt(digits);
  return value < 1n << 64n ? value : undefined;
}

/** What is wrong with an address that was typed, in words; undefined when nothing is. */
export function addressProblem(text: string): string | undefined {
  return parseAddress(text) === undefined ? `Expected a 64-bit address such as ${hex(0x12000)}.` : undefined;
}
