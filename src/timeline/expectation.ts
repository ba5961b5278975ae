// Holds what an operation gave against what its source recorded.

import { hex, toNumber } from '../memory/address';
import type { LogLine } from '../allocators/kernel';
import type { AccessOutcome, Expected } from '../allocators/ukalloc';

/** Does it say anything that can be held against what came out? */
export function saysAnything(expected: Expected | undefined): boolean {
  return expected !== undefined && Object.values(expected).some((value) => value !== undefined);
}

/** What differs, in one line; undefined when all that was recorded came out. */
export function mismatchOf(
  expected: Expected,
  ret: number | undefined,
  err: number | undefined,
  lines: readonly LogLine[],
  access?: AccessOutcome,
): string | undefined {
  if (expected.ret !== undefined) {
    const want = expected.ret === null ? 0 : toNumber(expected.ret);
    if (want !== (ret ?? 0)) return `recorded ${valueText(want)}, got ${valueText(ret ?? 0)}`;
  }
  if (expected.err !== undefined && expected.err !== (err ?? 0))
    return `recorded error ${String(expected.err)}, got ${String(err ?? 0)}`;
  if (expected.fault !== undefined && access !== undefined && expected.fault !== (access.reaches === undefined)) {
    const text = (traps: boolean): string => (traps ? 'a fault' : 'no fault');
    return `recorded ${text(expected.fault)}, got ${text(!expected.fault)}: ${access.text}`;
  }
  if (expected.log !== undefined) {
    const got = lines.filter((l) => l.level !== 'debug').map((l) => l.text);
    const difference = firstDifference(expected.log, got);
    if (difference !== undefined) return difference;
  }
  if (expected.dlog !== undefined) {
    const got = lines.filter((l) => l.level === 'debug').map((l) => l.text);
    return firstDifference(expected.dlog, got);
  }
  return undefined;
}

function valueText(value: number): string {
  return value === 0 ? 'NULL (0)' : Math.abs(value) < 4096 ? String(value) : hex(value);
}

/** First pair of log lines that differ. */
export function firstDifference(want: readonly string[], got: readonly string[]): string | undefined {
  for (let i = 0; i < Math.max(want.length, got.length); i++) {
    if (want[i] !== got[i]) return `log line ${String(i + 1)}: recorded ${quoted(want[i])}, got ${quoted(got[i])}`;
  }
  return undefined;
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'none' : `“${text}”`;
}
