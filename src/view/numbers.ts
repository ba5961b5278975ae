// Numbers of the panel beyond those in `regions/text.ts`: shares, differences, lower bounds. Never 0 for unknown, never rounded to
// nothing or everything. The webview formats with the same functions.

import { countText, sizeText } from '../regions/text';

export { bytesText, countText, groupedAddress, rangeText, shortSizeText, sizeText } from '../regions/text';
export { hex } from '../memory/address';

/** Shown where a value is not known. */
export const UNKNOWN = '?';
/** Shown where a value is not defined: a share of nothing. */
export const UNDEFINED = '–';
/** Shown where nothing changed. */
export const UNCHANGED = '·';

const NARROW_NO_BREAK_SPACE = '\u202f';

/** `74.3 %`; a share above 0 is never `0 %`, one below 1 never `100 %`. Undefined for NaN. */
export function percentText(share: number): string {
  if (Number.isNaN(share)) return UNDEFINED;
  const space = NARROW_NO_BREAK_SPACE + '%';
  if (share === 0 || share === 1) return String(share * 100) + space;
  if (share < 0.001) return '<0.1' + space;
  if (share > 0.999) return '>99.9' + space;
  return (share * 100).toFixed(1) + space;
}

/** `+0.002 pt`: a difference of two shares, in percentage points; one too small for the column keeps one digit. */
export function pointsText(difference: number): string {
  if (difference === 0 || Number.isNaN(difference)) return UNCHANGED;
  const points = Math.abs(difference * 100);
  const decimals = points >= 0.1 ? 1 : Math.min(6, Math.ceil(-Math.log10(points)));
  return signOf(difference) + points.toFixed(decimals) + NARROW_NO_BREAK_SPACE + 'pt';
}

/** `+4 KiB`, `−128 KiB`, `·`. */
export function sizeDifference(bytes: number): string {
  return bytes === 0 || Number.isNaN(bytes) ? UNCHANGED : signOf(bytes) + sizeText(Math.abs(bytes));
}

/** `+1`, `−2`, `·`. */
export function countDifference(count: number): string {
  return count === 0 || Number.isNaN(count) ? UNCHANGED : signOf(count) + countText(Math.abs(count));
}

function signOf(value: number): string {
  return value < 0 ? '−' : '+';
}

/** `mebibytes` spelled out, for a screen reader: `62.4 mebibytes`. */
export function spokenSize(bytes: number | bigint): string {
  const [number, unit] = sizeText(bytes).split(NARROW_NO_BREAK_SPACE) as [string, string];
  const word = {
    B: 'byte',
    KiB: 'kibibyte',
    MiB: 'mebibyte',
    GiB: 'gibibyte',
    TiB: 'tebibyte',
    PiB: 'pebibyte',
    EiB: 'exbibyte',
  }[unit]!;
  return `${number} ${word}${number === '1' ? '' : 's'}`;
}

/** `chunk` or `chunks`, with its count. */
export function counted(count: number, one: string, many = one + 's'): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

const CIRCLED = '①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳';

/** ① for 1 … ⑳ for 20, `(21)` beyond. */
export function circled(n: number): string {
  return CIRCLED[n - 1] ?? `(${String(n)})`;
}
