// Collects what a decoder finds wrong. Damage often repeats a million times: each code keeps its first places and a count.

import { hex } from '../memory/address';
import type { AddressRange } from '../memory/reader';
import type { Severity } from '../regions/problem';
import type { Finding } from './snapshot';

/** Places kept for one code; the rest is counted. */
const PLACES_PER_CODE = 100;

export class FindingList {
  private readonly found: Finding[] = [];
  private readonly counts = new Map<string, number>();

  add(severity: Severity, code: string, message: string, address?: bigint): void {
    const count = (this.counts.get(code) ?? 0) + 1;
    this.counts.set(code, count);
    if (count <= PLACES_PER_CODE) this.found.push({ severity, code, message, ...(address !== undefined && { address }) });
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

  /** One finding for memory that the decoder wanted and that is not there. */
  addAbsent(absent: readonly AddressRange[]): void {
    for (const range of absent) {
      this.add('warning', 'absent', `${hex(range.base)} – ${hex(range.end)} is not in the memory read`, range.base);
    }
  }
}
