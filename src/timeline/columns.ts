// What is kept of each operation from its first execution: a column a figure, because a run may have ten million of them and an
// object each would cost more than the heap that they work on.

import type { AccessOutcome } from '../allocators/ukalloc';
import type { OperationInfo } from './types';

const OUTCOMES = ['done', 'refused', 'stopped'] as const satisfies readonly OperationInfo['outcome'][];

/** What an operation gave and left behind. */
export interface Executed {
  /** As C returns it, a pointer read as signed; undefined for calls that return nothing. */
  readonly ret: number | undefined;
  readonly err: number | undefined;
  readonly access: AccessOutcome | undefined;
  readonly outcome: OperationInfo['outcome'];
  /** Marks in the journal. */
  readonly steps: number;
  /** Did its source record what comes out of it? */
  readonly recorded: boolean;
  readonly mismatch: string | undefined;
  /** Bytes free, and in the largest free block, after it; NaN while there is no heap or nothing tells. */
  readonly free: number;
  readonly largest: number;
}

export class Columns {
  length = 0;
  private rets = new Float64Array(64);
  private stepCounts = new Uint32Array(64);
  private outcomes = new Uint8Array(64);
  private frees = new Float64Array(64);
  private largests = new Float64Array(64);
  /** Few operations have these. */
  private readonly errors = new Map<number, number>();
  private readonly accesses = new Map<number, AccessOutcome>();
  private readonly mismatches = new Map<number, string>();
  private readonly recorded: number[] = [];

  append(e: Executed): void {
    const i = this.length++;
    if (i === this.rets.length) this.grow();
    this.rets[i] = e.ret ?? NaN; // no call returns NaN
    this.stepCounts[i] = e.steps;
    this.outcomes[i] = OUTCOMES.indexOf(e.outcome);
    this.frees[i] = e.free;
    this.largests[i] = e.largest;
    if (e.err !== undefined) this.errors.set(i, e.err);
    if (e.access !== undefined) this.accesses.set(i, e.access);
    if (e.mismatch !== undefined) this.mismatches.set(i, e.mismatch);
    if (e.recorded) this.recorded.push(i);
  }

  ret(i: number): number | undefined {
    const ret = i < this.length ? this.rets[i]! : NaN;
    return Number.isNaN(ret) ? undefined : ret;
  }

  /** Marks in the journal, 0 for an operation that makes none. */
  steps(i: number): number {
    return this.stepCounts[i]!;
  }

  outcome(i: number): OperationInfo['outcome'] {
    return OUTCOMES[this.outcomes[i]!]!;
  }

  err(i: number): number | undefined {
    return this.errors.get(i);
  }

  access(i: number): AccessOutcome | undefined {
    return this.accesses.get(i);
  }

  mismatch(i: number): string | undefined {
    return this.mismatches.get(i);
  }

  /** Operations whose recorded result is another, ascending. */
  mismatched(): readonly number[] {
    return [...this.mismatches.keys()];
  }

  /** Operations whose source recorded what comes out of them, ascending. */
  compared(): readonly number[] {
    return this.recorded;
  }

  /** The columns themselves, good until the next `append`. */
  get free(): Float64Array {
    return this.frees.subarray(0, this.length);
  }

  get largest(): Float64Array {
    return this.largests.subarray(0, this.length);
  }

  get bytes(): number {
    return [this.rets, this.stepCounts, this.outcomes, this.frees, this.largests].reduce((sum, c) => sum + c.byteLength, 0);
  }

  /** Gives back the room for operations that will not come. */
  trim(): void {
    this.rets = this.rets.slice(0, this.length);
    this.stepCounts = this.stepCounts.slice(0, this.length);
    this.outcomes = this.outcomes.slice(0, this.length);
    this.frees = this.frees.slice(0, this.length);
    this.largests = this.largests.slice(0, this.length);
  }

  private grow(): void {
    this.rets = twice(this.rets, Float64Array);
    this.stepCounts = twice(this.stepCounts, Uint32Array);
    this.outcomes = twice(this.outcomes, Uint8Array);
    this.frees = twice(this.frees, Float64Array);
    this.largests = twice(this.largests, Float64Array);
  }
}

function twice<A extends { readonly length: number; set(from: A): void }>(column: A, Column: new (length: number) => A): A {
  const larger = new Column(column.length * 2);
  larger.set(column);
  return larger;
}
