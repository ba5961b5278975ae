// What a simulation wrote, and where: by a step, by an operation, between two places in time. Asked of the journal, in addresses.

import type { AddressRange } from '../memory/reader';
import type { Place } from './history';
import type { Run } from './run';
import type { Cursor } from './types';

/** Writes that are looked through in passing, for what changed between two stops and for a block's last change: a few milliseconds. */
const MOST_WRITES = 300_000;

/** Where in time the memory is; a simulation moves it. */
export interface Standpoint {
  readonly cursor: Cursor;
  /** Brings memory back to the cursor. */
  settle(): void;
}

export class Changes {
  private readonly run: Run;
  private readonly standpoint: Standpoint;

  constructor(run: Run, standpoint: Standpoint) {
    this.run = run;
    this.standpoint = standpoint;
  }

  /** Bytes written by the last step at the cursor. */
  byStep(): readonly AddressRange[] {
    const { operation, step } = this.standpoint.cursor;
    return step === 0 ? [] : this.run.history.touched(operation, this.markOf(operation, step));
  }

  /** Bytes that an operation wrote, in all its steps. Leaves the cursor where it is. */
  byOperation(operation: number): readonly AddressRange[] {
    this.run.history.seek(operation, 0);
    const ranges = this.run.history.touched(operation, 0);
    this.standpoint.settle();
    return ranges;
  }

  /** The step of an operation that last wrote the byte at `address`; 0 when none did. Leaves the cursor where it is. */
  stepThatWrote(operation: number, address: bigint): number {
    const { history, columns } = this.run;
    history.seek(operation, 0);
    let step = columns.steps(operation);
    const wrote = (s: number): boolean => history.touched(operation, s).some((r) => address >= r.base && address < r.end);
    if (step === 0) step = wrote(0) ? 1 : 0;
    else while (step > 0 && !wrote(step)) step--;
    this.standpoint.settle();
    return step;
  }

  /** Bytes written on the way between another place and the cursor, whichever is first; undefined when the way is too long to tell. */
  since(other: Cursor): readonly AddressRange[] | undefined {
    return this.run.history.touchedBetween(...this.way(other), MOST_WRITES);
  }

  /**
   * Bytes that differ from what they were before the last step, or at another place; undefined when that is too much to tell. Of
   * what was written, that is what was not there before.
   */
  differing(other?: Cursor): readonly AddressRange[] | undefined {
    const { history } = this.run;
    if (other !== undefined) return history.differingBetween(...this.way(other), MOST_WRITES);
    const { operation, step } = this.standpoint.cursor;
    return step === 0 ? [] : history.differing(operation, this.markOf(operation, step), MOST_WRITES);
  }

  /**
   * The last step up to the cursor that wrote a byte of `range`; undefined when none did.
   *
   * @param thorough looks through the whole run, which may take a second when it has millions of operations; else what is near,
   *   and the answer is `further` when that does not tell
   */
  last(range: AddressRange, thorough: boolean): Cursor | 'further' | undefined {
    const at = placeAt(this.run, this.standpoint.cursor);
    const found = this.run.history.lastChange(at, range, thorough ? undefined : MOST_WRITES);
    if (thorough) this.standpoint.settle();
    if (found === undefined || found === 'further') return found;
    return { operation: found.operation, step: Math.min(found.steps, Math.max(1, this.run.columns.steps(found.operation))) };
  }

  /** Another place and the cursor, the earlier one first. */
  private way(other: Cursor): [Place, Place] {
    const { cursor } = this.standpoint;
    const ends: [Place, Place] = [placeAt(this.run, other), placeAt(this.run, cursor)];
    return isBefore(other, cursor) ? ends : [ends[1], ends[0]];
  }

  /** A step as the journal counts: 0 is all of an operation, which is the one step of those that mark none. */
  private markOf(operation: number, step: number): number {
    return this.run.columns.steps(operation) === 0 ? 0 : step;
  }
}

/** A cursor in terms of marks: an operation without any has one step, all of it. */
export function placeAt(run: Run, { operation, step }: Cursor): Place {
  const whole = run.columns.steps(operation) === 0 && step > 0;
  return { operation, steps: whole ? Number.MAX_SAFE_INTEGER : step };
}

function isBefore(a: Cursor, b: Cursor): boolean {
  return a.operation < b.operation || (a.operation === b.operation && a.step < b.step);
}
