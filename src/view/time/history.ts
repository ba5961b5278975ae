// Figures along the whole run: what the sparklines and the timeline draw besides the simulation's own series. Decoded once, for runs
// that are short enough; a long run has the series only.

import type { HeapSnapshot, Metrics } from '../../snapshot/snapshot';
import { Owners } from './owners';
import type { Owner } from './owners';
import { operationsDone } from './steps';
import type { Steppable } from '../subject';
import { LAST_STEP } from '../viewport';

/** Operations, and blocks of a heap, up to which a run is decoded after each operation. */
const MOST_OPERATIONS = 400;
const MOST_BLOCKS = 2000;
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
  if (simulation.operationCount > MOST_OPERATIONS) return undefined;
  const { cursor } = simulation;
  const history: MetricsHistory[number][] = [];
  try {
    for (let operation = 0; operation < simulation.operationCount; operation++) {
      simulation.seek({ operation, step: LAST_STEP });
      const snapshot = simulation.snapshot();
      if (snapshot !== undefined && snapshot.blocks.length > MOST_BLOCKS) return undefined;
      history.push(
        snapshot && {
          ...withPageCalls(snapshot, (base, end) => ownerAfter(base, end, operation + 1)),
          findings: snapshot.findings.filter((f) => f.severity !== 'info').length,
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
  const { blocks, metrics } = snapshot;
  let more = 0;
  for (let i = 0; i < blocks.length; i++) {
    if (blocks.state(i) !== 'used' || blocks.asked(i) >= 0) continue;
    const pageBytes = owner(blocks.base(i), blocks.end(i))?.pageBytes ?? -1;
    if (pageBytes >= 0) more += Math.max(0, blocks.size(i) - pageBytes);
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
