// Numbers as people read them: sizes, counts, addresses. One place, so that the panel, hovers and the command line agree.

import { hex } from '../memory/address';

/** Between a number and its unit, and between groups of three digits: a thin space at which no line ends. */
const NARROW_NO_BREAK_SPACE = '\u202f';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/**
 * `62.4 MiB`: three significant digits, no decimals where the size is a whole number of its unit.
 *
 * @param bytes zero or more
 */
export function sizeText(bytes: number | bigint): string {
  const [number, unit] = scaled(bytes);
  return number + NARROW_NO_BREAK_SPACE + unit;
}

/** `128K`, for narrow boxes: the same digits, the unit's first letter and no blank. */
export function shortSizeText(bytes: number | bigint): string {
  const [number, unit] = scaled(bytes);
  return number + unit[0]!;
}

function scaled(bytes: number | bigint): [string, string] {
  const exact = BigInt(bytes);
  let power = 0;
  while (power < UNITS.length - 1 && exact >> BigInt(10 * (power + 1)) > 0n) power++;
  const unit = 1n << BigInt(10 * power);
  if (exact % unit === 0n) return [String(exact / unit), UNITS[power]!];
  const value = Number(exact) / Number(unit);
  // 1023.7 KiB would round to 1024 KiB: that is the next unit, and not exactly one of it.
  if (value >= 1023.5 && power < UNITS.length - 1) return ['1.00', UNITS[power + 1]!];
  return [value.toFixed(value < 10 ? (value >= 9.995 ? 1 : 2) : value < 99.95 ? 1 : 0), UNITS[power]!];
}

/** `65 400 832`, with narrow spaces; a true minus in front of a negative count. */
export function countText(count: number | bigint): string {
  const digits = String(count < 0 ? -count : count).replace(/\B(?=(\d{3})+(?!\d))/g, NARROW_NO_BREAK_SPACE);
  return count < 0 ? '−' + digits : digits;
}

/** `65 400 832 B` */
export function bytesText(bytes: number | bigint): string {
  return countText(bytes) + NARROW_NO_BREAK_SPACE + 'B';
}

/** `0x12000…0xa0000`: a half-open range. An `end` at 2^64 or beyond is written out. */
export function rangeText(base: bigint, end: bigint): string {
  return `${hex(base)}…0x${end.toString(16)}`;
}

/** `0x0018 a000`: groups of four from the right, padded to 8, 12 or 16 digits by need. */
export function groupedAddress(address: bigint): string {
  const digits = BigInt.asUintN(64, address).toString(16);
  const width = digits.length <= 8 ? 8 : digits.length <= 12 ? 12 : 16;
  return '0x' + digits.padStart(width, '0').replace(/\B(?=(.{4})+$)/g, ' ');
}

/** `0x1234`, `4660`, `010` (octal as in C) with the suffixes that C allows; undefined for anything else. */
export function parseInteger(text: string): bigint | undefined {
  const found = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)(?:[uU]?[lL]{0,2}|[lL]{1,2}[uU])\s*$/.exec(text);
  if (found === null || text.length > 80) return undefined;
  const digits = found[2]!;
  if (/^0[0-7]+$/.test(digits)) return signed(found[1]!, BigInt('0o' + digits.slice(1)));
  if (/^0\d+$/.test(digits)) return undefined;
  return signed(found[1]!, BigInt(digits));
}

function signed(sign: string, value: bigint): bigint {
  return sign === '-' ? -value : value;
}
