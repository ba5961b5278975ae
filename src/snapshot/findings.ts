// Collects what a decoder finds wrong. Damage often repeats a million times: each code keeps its first places and a count.

import { hex } from '../memory/address';
import type { AddressRange } from '../memory/reader';
import type { Severity } from '../regions/problem';
import type { Finding } from './snapshot';

/** Places kept for one code; the rest is counted. */
const PLACES_PER_CODE = 100;
/** Absent ranges that are listed one by one, and the gap up to which two count as one. */
const ABSENT_LISTED = 8;
const NEAR = 4096n;

export class FindingList {
  private readonly found: Finding[] = [];
  private readonly counts = new Map<string, number>();

  add(severity: Severity, code: string, message: string, address?: bigint): void {
    const count = (this.counts.get(code) ?? 0) + 1;
    this.counts.set(code, count);
    if (count <= PLACES_PER_CODE) this.found.push({ severity, code, message, ...(address !== undefined && { address }) });
  }

  /** Was anything found whose code passes the test? */
  has(test: (code: string) => boolean): boolean {
    return [...this.counts.keys()].some(test);
  }

  /** Everything found, the uncounted rest as one line a code. */
  all(): readonly Finding[] {
    const rest: Finding[] = [];
    for (const [code, count] of this.counts) {
      if (count <= PLACES_PER_CODE) continue;
      const severity = this.found.find((f) => f.code === code)!.severity;
      rest.push({ severity, code, message: `… and ${count - PLACES_PER_CODE} more of ${code}` });
    }
    return [...this.found, ...rest];
  }

  /** What the decoder wanted and is not there: neighbouring ranges as one, and only the first ones by themselves. */
  addAbsent(absent: readonly AddressRange[]): void {
    const merged: { base: bigint; end: bigint }[] = [];
    for (const range of [...absent].sort((a, b) => (a.base < b.base ? -1 : 1))) {
      const last = merged.at(-1);
      if (last !== undefined && range.base <= last.end + NEAR) last.end = range.end > last.end ? range.end : last.end;
      else merged.push({ ...range });
    }
    for (const { base, end } of merged.slice(0, ABSENT_LISTED)) {
      this.add('warning', 'absent', `what was wanted of ${hex(base)} – ${hex(end)} is not in the memory read`, base);
    }
    const rest = merged.length - ABSENT_LISTED;
    if (rest > 0)
      this.add('warning', 'absent', `… and of ${rest} more ranges up to ${hex(merged.at(-1)!.end)}`, merged[ABSENT_LISTED]!.base);
  }
}
