// The tables of a run: its operations with the figures after each, its C-level steps, and the kernel's log. Steps are counted from 1, as
// in the panel.

import type { Steppable } from '../view/subject';
import { recordedResult } from '../view/time/recording';
import { seriesOf } from '../view/time/steps';
import { columns, known, type Table } from './table';

export function runTables(run: Steppable): Table[] {
  return [operationTable(run), stepTable(run), logTable(run)];
}

function operationTable(run: Steppable): Table {
  return {
    id: 'steps',
    title: 'Steps: operations in order',
    columns: columns('#step', 'phase', 'operation', 'kind', 'result', 'outcome', 'recorded', 'mismatch', 'caller', '#c_steps', '%used_after', '%free_after', '%largest_free_after'), // prettier-ignore
    count: run.operationCount,
    rows: function* () {
      const series = seriesOf(run);
      for (let i = 0; i < run.operationCount; i++) {
        const o = run.info(i);
        yield [i + 1, o.phase, o.title, o.kind, o.result, o.outcome, recordedResult(run, i), o.mismatch, o.caller, o.steps, known(series.used(i)), known(series.free[i]!), known(series.largestFree[i]!)]; // prettier-ignore
      }
    },
  };
}

function stepTable(run: Steppable): Table {
  return {
    id: 'c-steps',
    title: 'C-level steps of every operation',
    columns: columns('#step', '#c_step', 'text', 'function', 'file'),
    rows: function* () {
      for (let i = 0; i < run.operationCount; i++) for (const s of run.steps(i)) yield [i + 1, s.step, s.text, s.fn, s.file];
    },
  };
}

function logTable(run: Steppable): Table {
  return {
    id: 'log',
    title: 'Kernel log',
    columns: columns('#step', '#c_step', 'level', 'library', 'text'),
    rows: () => run.lines().map((l) => [l.operation + 1, l.step, l.level, l.lib, l.text]),
  };
}
