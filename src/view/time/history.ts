// Figures along the whole run: what the sparklines and the timeline draw besides the simulation's own series. Decoded once, for runs
// that are short enough; a long run has the series only.

import type { HeapSnapshot, Metrics } from '../../snapshot/snapshot';
import { MOST_BLOCKS_KEPT, MOST_KEPT, measuredOf } from '../../timeline/figures';
import type { Measured } from '../../timeline/figures';
import { Owners } from './owners';
import type { Owner } from './owners';
import { operationsDone } from './steps';
import type { Steppable } from '../subject';
import { LAST_STEP } from '../viewport';

/** Heaps up to this many blocks are gone through for the slack of page calls, and for who holds each. */
export const SMALL_HEAP = 20_000;

/** Figures after each operation; undefined while there is no heap. */
export type MetricsHistory = readonly (
  (Metrics & { /** Findings that are no mere information. */ readonly findings: number }) | undefined
)[];

/** Finds the owner of a block after so many operations. */
export type OwnerAfter = (base: bigint, end: bigint, operations: number) => Owner | undefined;

/** Undefined for a run that is too long. Leaves the cursor where it was. */
export function metricsHistory(simulation: Steppable, ownerAfter: OwnerAfter): MetricsHistory | undefined {
  if (simulation.operationCount > MOST_KEPT) return undefined;
  const { cursor } = simulation;
  const history: MetricsHistory[number][] = [];
  try {
    for (let operation = 0; operation < simulation.operationCount; operation++) {
      let measured = simulation.measuredAfter?.(operation);
      if (measured === undefined) {
        simulation.seek({ operation, step: LAST_STEP });
        const snapshot = simulation.snapshot();
        if (snapshot !== undefined && snapshot.blocks.length > MOST_BLOCKS_KEPT) return undefined;
        measured = snapshot && measuredOf(snapshot);
      }
      history.push(
        measured && {
          ...withUntold(measured, (base, end) => ownerAfter(base, end, operation + 1)),
          findings: measured.findings,
        },
      );
    }
  } finally {
    simulation.seek(cursor);
  }
  return history;
}

/** The figures with the slack of page calls, of which memory tells the pages that they hold but not those that were asked for. */
export function withPageCalls(snapshot: HeapSnapshot, owner: (base: bigint, end: bigint) => Owner | undefined): Metrics {
  return withUntold(measuredOf(snapshot), owner);
}

function withUntold({ metrics, untold }: Measured, owner: (base: bigint, end: bigint) => Owner | undefined): Metrics {
  let more = 0;
  for (const { base, end } of untold) {
    const pageBytes = owner(base, end)?.pageBytes ?? -1;
    if (pageBytes >= 0) more += Math.max(0, Number(end - base) - pageBytes);
  }
  if (more === 0) return metrics;
  const slack = Math.max(0, metrics.slack) + more;
  return { ...metrics, slack, internalFragmentation: metrics.used > 0 ? slack / metrics.used : 0 };
}

/** The figures at the cursor of a simulation, with what calls tell. */
export function measured(simulation: Steppable): Metrics | undefined {
  const snapshot = simulation.snapshot();
  if (snapshot === undefined) return undefined;
  // What the region allocator hands out is not divided into blocks: no call holds all of it.
  if (snapshot.blocks.length > SMALL_HEAP || snapshot.allocator === 'region') return snapshot.metrics;
  const owners = new Owners(simulation);
  const done = operationsDone(simulation.cursor);
  return withPageCalls(snapshot, (base, end) => owners.of(base, end, done));
}
