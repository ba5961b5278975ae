// Rows of the list of operations by their number, without a list of them: headings stand between the operations, and the current one
// is open to its C-level steps.

import type { Phase, StepInfo } from '../../timeline/types';
import { sizeDifference } from '../numbers';
import { atBorder, currentOperation, firstWhere, seriesOf } from './steps';
import type { StepRow, StepsView } from './steps';
import { recordedText } from './recording';
import type { Steppable } from '../subject';

const PHASES: Readonly<Record<Phase, string>> = {
  list: 'the region list',
  boot: 'boot: heap_init',
  after: 'after heap_init',
  workload: 'workload',
};

/** A line in front of an operation; behind the last one for the end of the run. */
export interface Heading {
  readonly operation: number;
  readonly text: string;
  /** Is it a name that the workload gives? */
  readonly named: boolean;
}

export class StepRows {
  readonly total: number;
  readonly current: number;
  /** Rows of the operation that is opened and of its last C-level step; the first row before everything. */
  readonly open: { readonly from: number; readonly last: number };
  private readonly simulation: Steppable;
  private readonly opened: number;
  private readonly openedSteps: number;
  private readonly infos: readonly StepInfo[];
  private readonly headings: readonly Heading[];

  constructor(simulation: Steppable) {
    this.simulation = simulation;
    this.opened = currentOperation(simulation.cursor);
    this.infos = this.opened < 0 ? [] : simulation.steps(this.opened);
    this.openedSteps = this.infos.length;
    this.headings = headingsOf(simulation);
    this.total = simulation.operationCount + this.headings.length + this.openedSteps;
    const { step } = simulation.cursor;
    const from = this.opened < 0 ? 0 : this.rowOf(this.opened);
    this.current = this.opened < 0 || atBorder(simulation) ? from : from + step;
    this.open = { from, last: from + this.openedSteps };
  }

  /** The step that the cursor stands behind, and at the end of an operation what came out of it. */
  where(): Pick<StepsView, 'step' | 'result' | 'recorded'> {
    const info = this.infos[this.simulation.cursor.step - 1];
    const step = info && { step: { text: info.text, fn: info.fn, file: info.file } };
    if (this.opened < 0 || !atBorder(this.simulation)) return { ...step, result: '', recorded: '' };
    const { result, mismatch } = this.simulation.info(this.opened);
    return { ...step, result, recorded: (mismatch === undefined ? '' : '≠ ') + recordedText(this.simulation, this.opened) };
  }

  /** Row of an operation at or before the opened one. */
  private rowOf(operation: number): number {
    return operation + firstWhere(0, this.headings.length, (h) => this.headings[h]!.operation > operation);
  }

  at(row: number): StepRow {
    let index = row;
    const openedRow = this.opened < 0 ? -1 : this.rowOf(this.opened);
    if (openedRow >= 0 && row > openedRow) {
      if (row <= openedRow + this.openedSteps) return this.step(row - openedRow);
      index = row - this.openedSteps;
    }
    // Heading h stands in row `operation + h`.
    const before = firstWhere(0, this.headings.length, (h) => this.headings[h]!.operation + h > index);
    const heading = this.headings[before - 1];
    if (heading !== undefined && heading.operation + before - 1 === index) return { kind: 'phase', ...heading };
    return this.operation(index - before);
  }

  private operation(operation: number): StepRow {
    const info = this.simulation.info(operation);
    const series = seriesOf(this.simulation);
    const change = operation === 0 ? 0 : series.used(operation) - series.used(operation - 1);
    return {
      kind: 'operation',
      operation,
      title: info.title,
      what: info.kind,
      result: info.result,
      change: change === 0 || Number.isNaN(change) ? '' : sizeDifference(change),
      outcome: info.outcome,
      mismatch: info.mismatch ?? '',
      recorded: recordedText(this.simulation, operation),
      when: operation === this.opened ? 'current' : operation < this.opened ? 'past' : 'future',
      caller: info.caller ?? '',
    };
  }

  private step(step: number): StepRow {
    const info = this.infos[step - 1]!;
    const { cursor } = this.simulation;
    const when = step < cursor.step ? 'past' : step === cursor.step ? 'current' : 'future';
    return { kind: 'step', operation: this.opened, step, text: info.text, fn: info.fn, file: info.file, when };
  }
}

const kept = new WeakMap<Steppable, readonly Heading[]>();

/** Where a phase begins, and the names that the workload gives to places; made once a run. */
export function headingsOf(simulation: Steppable): readonly Heading[] {
  let headings = kept.get(simulation);
  if (headings === undefined) kept.set(simulation, (headings = madeHeadings(simulation)));
  return headings;
}

/** Operations of one phase are together. */
function madeHeadings(simulation: Steppable): readonly Heading[] {
  const { operationCount, bootEnd } = simulation;
  if (operationCount === 0) return [];
  const phases = [0];
  const after = firstWhere(1, bootEnd, (i) => simulation.info(i).phase !== 'boot');
  if (after < bootEnd) phases.push(after);
  if (bootEnd > 0 && bootEnd < operationCount) phases.push(bootEnd);
  const headings = phases.map((operation) => ({ operation, text: PHASES[simulation.info(operation).phase], named: false }));
  const marks = simulation.marks().map(({ operation, text }) => ({ operation, text, named: true }));
  // A sort is stable: where a phase begins with a named place, the name is below.
  return [...headings, ...marks].sort((a, b) => a.operation - b.operation);
}

/** The last name at or before the cursor. */
export function placeReached(simulation: Steppable): Heading | undefined {
  const done = currentOperation(simulation.cursor) + (atBorder(simulation) ? 1 : 0);
  const headings = headingsOf(simulation);
  const reached = firstWhere(0, headings.length, (h) => headings[h]!.operation > done);
  return headings.slice(0, reached).findLast((h) => h.named);
}
