// What a reader of memory dumps gives: the memory, and what was wrong with the file.

import { hex } from '../memory/address';
import { MemoryImage, type Segment } from '../memory/image';
import type { AddressRange } from '../memory/reader';
import type { Problem, Severity } from '../regions/problem';
import { inLine, type Line } from './lines';
import { disjointSegments } from './overlay';

export interface Dump {
  readonly image: MemoryImage;
  readonly problems: readonly Problem[];
}

/** The first address after the last: 2^64. */
export const TOP = 1n << 64n;

export function problem(severity: Severity, code: string, message: string): Problem {
  return { severity, code, message };
}

/** Finds the first two segments that overlap; the image itself takes the later one. */
export function overlapProblem(segments: readonly Segment[], code = 'overlap'): Problem[] {
  const sorted = [...segments].sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0));
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1]!, sorted[i]!];
    if (before.base + BigInt(before.bytes.length) <= after.base) continue;
    const message = `two parts of the dump give ${hex(after.base)}: the later one in the file is used`;
    return [problem('warning', code, message)];
  }
  return [];
}

/**
 * Collects bytes that a text format gives record by record. Records that follow each other become one segment; a record that
 * gives an address again overwrites.
 */
export class SegmentCollector {
  private readonly segments: Segment[] = [];
  private base = 0n;
  private buffer = new Uint8Array(4096);
  private length = 0;

  /** The part of `bytes` that would lie beyond 2^64 is left out; answers how many bytes that is. */
  add(address: bigint, bytes: Uint8Array): number {
    const room = TOP - address;
    const kept = room < BigInt(bytes.length) ? bytes.subarray(0, Number(room)) : bytes;
    if (this.length > 0 && address !== this.base + BigInt(this.length)) this.flush();
    if (this.length === 0) this.base = address;
    this.reserve(this.length + kept.length);
    this.buffer.set(kept, this.length);
    this.length += kept.length;
    return bytes.length - kept.length;
  }

  dump(problems: readonly Problem[], zero: readonly AddressRange[] = []): Dump {
    this.flush();
    return {
      image: MemoryImage.of(disjointSegments(this.segments), zero),
      problems: [...problems, ...overlapProblem(this.segments)],
    };
  }

  private flush(): void {
    if (this.length > 0) this.segments.push({ base: this.base, bytes: this.buffer.slice(0, this.length) });
    this.length = 0;
  }

  private reserve(length: number): void {
    if (length <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(length, this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }
}

/** The bytes of an even number of hex digits in `text[from, to)`; undefined where another character stands. */
export function hexBytes(text: string, from: number, to: number): Uint8Array | undefined {
  const bytes = new Uint8Array((to - from) >> 1);
  for (let i = 0; i < bytes.length; i++) {
    const high = hexDigit(text.charCodeAt(from + 2 * i));
    const low = hexDigit(text.charCodeAt(from + 2 * i + 1));
    if (high < 0 || low < 0) return undefined;
    bytes[i] = high * 16 + low;
  }
  return (to - from) % 2 === 0 ? bytes : undefined;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Problems of one file, of which only the first ones are worth listing. */
export class LineProblems {
  readonly problems: Problem[] = [];
  private left = 0;
  private static readonly most = 20;

  add(severity: Severity, code: string, message: string, line: Line): void {
    if (this.problems.length < LineProblems.most) this.problems.push({ severity, code, message, where: inLine(line) });
    else this.left++;
  }

  /** All of them, with the rest as a number. */
  all(): Problem[] {
    if (this.left === 0) return this.problems;
    return [...this.problems, problem('warning', 'more-problems', `${this.left} more problems in this file are not listed`)];
  }
}
