// The list of operations, the current one opened to its C-level steps, and the kernel's log: both as windows on long lists.

import type { Series } from '../../timeline/series';
import type { Cursor } from '../../timeline/types';
import { countText } from '../numbers';
import { recordedSoFar } from './recording';
import { StepRows } from './step-rows';
import type { Heading } from './step-rows';
import type { Steppable } from '../subject';
import type { Window } from '../viewport';

export type StepRow =
  | ({ readonly kind: 'phase' } & Heading)
  | {
      readonly kind: 'operation';
      readonly operation: number;
      readonly title: string;
      /** For the icon: `malloc`, `free`, `init` … */
      readonly what: string;
      readonly result: string;
      /** Change of used bytes; empty while it is not known. */
      readonly change: string;
      readonly outcome: 'done' | 'refused' | 'stopped';
      readonly mismatch: string;
      /** As `recordedText`. */
      readonly recorded: string;
      readonly when: 'past' | 'current' | 'future';
      readonly caller: string;
    }
  | {
      readonly kind: 'step';
      readonly operation: number;
      readonly step: number;
      readonly text: string;
      readonly fn: string;
      readonly file: string;
      readonly when: 'past' | 'current' | 'future';
    };

export interface StepsView {
  readonly total: number;
  /** Rows `[first, first + rows.length)` of `total`. */
  readonly first: number;
  readonly rows: readonly StepRow[];
  /** Row of the current step or operation. */
  readonly current: number;
  /** The C-level step at the cursor, in full. */
  readonly step?: { readonly text: string; readonly fn: string; readonly file: string };
  /** At the end of an operation, what came out of it; empty where nothing does. */
  readonly result: string;
  /** Whether that is as recorded, in a few words; empty where it was not recorded. */
  readonly recorded: string;
}

export interface LogRow {
  readonly operation: number;
  readonly step: number;
  readonly level: string;
  readonly lib: string;
  readonly text: string;
  /** Printed by the step or operation at the cursor. */
  readonly current: boolean;
}

export interface LogView {
  /** Lines printed up to the cursor. */
  readonly total: number;
  readonly first: number;
  readonly rows: readonly LogRow[];
  /** The last line, for the folded pane. */
  readonly last: string;
  /** What was recorded of the run, held against it. */
  readonly recorded: string;
}

/** The operation that the cursor is in, whose steps are opened; −1 before everything. */
export function currentOperation(cursor: Cursor): number {
  return cursor.step === 0 ? cursor.operation - 1 : cursor.operation;
}

/** Is the cursor at the end of an operation, and not between two of its steps? */
export function atBorder(simulation: Steppable): boolean {
  const { cursor } = simulation;
  return cursor.step === 0 || cursor.step >= simulation.info(cursor.operation).steps;
}

const series = new WeakMap<Steppable, Series>();

/** The figures along the operations, which do not change; kept because a simulation makes them anew. */
export function seriesOf(simulation: Steppable): Series {
  let kept = series.get(simulation);
  if (kept === undefined) series.set(simulation, (kept = simulation.series()));
  return kept;
}

/** Operations that are wholly or partly in effect. */
export function operationsDone(cursor: Cursor): number {
  return currentOperation(cursor) + 1;
}

export function buildSteps(simulation: Steppable, window: Window): StepsView {
  const rows = new StepRows(simulation);
  const first = firstRow(window, rows.total, rows.current, rows.open);
  const end = Math.min(rows.total, first + window.count);
  return {
    total: rows.total,
    first,
    rows: Array.from({ length: end - first }, (_, i) => rows.at(first + i)),
    current: rows.current,
    ...rows.where(),
  };
}

/**
 * First row of a window of `total` rows that follows `current`, a row away from its edges.
 *
 * @param open rows that are all in sight where they have room; where they have not, the first of them and the row before it
 */
function firstRow({ first, count, follow }: Window, total: number, current: number, open?: StepRows['open']): number {
  const inside = current > first && current < first + count - 2;
  const followed = inside ? first : current - Math.floor(count / 2);
  // The last two rows of a window may be cut.
  const whole = count - 2;
  const opened = open === undefined ? 0 : open.last - open.from < whole ? open.last - whole + 1 : open.from - 1;
  return Math.max(0, Math.min(follow ? Math.max(followed, opened) : first, total - count));
}

/** The first index in `[from, end)` at which a condition that stays true becomes true; `end` when it never does. */
export function firstWhere(from: number, end: number, holds: (i: number) => boolean): number {
  let low = from;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Lines up to the cursor; the window counts from the last line back when it reaches beyond the end. */
export function buildLog(simulation: Steppable, window: Window): LogView {
  const lines = simulation.lines();
  const { cursor } = simulation;
  const total = firstWhere(0, lines.length, (i) => {
    const line = lines[i]!;
    return line.operation > cursor.operation || (line.operation === cursor.operation && line.step > cursor.step);
  });
  const opened = currentOperation(cursor);
  const border = atBorder(simulation);
  const first = firstRow(window, total, total - 1);
  const rows = lines.slice(first, Math.min(total, first + window.count)).map((line): LogRow => ({
    operation: line.operation,
    step: line.step,
    level: line.level,
    lib: line.lib,
    text: line.text,
    current: line.operation === opened && (border || line.step === cursor.step),
  }));
  return { total, first, rows, last: lines[total - 1]?.text ?? '', recorded: recordedSoFar(simulation) };
}

/** `Step 35 of 55`; `35.2` inside an operation. */
export function cursorText(simulation: Steppable): { readonly step: string; readonly of: string } {
  const { cursor, operationCount } = simulation;
  const opened = currentOperation(cursor);
  const inside = !atBorder(simulation);
  return {
    step: opened < 0 ? '0' : countText(opened + 1) + (inside ? `.${String(cursor.step)}` : ''),
    of: countText(operationCount),
  };
}
