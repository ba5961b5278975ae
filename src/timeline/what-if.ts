// What if another allocator had been configured? The same boot and the same calls under each of them.

import { ALLOCATORS } from '../allocators/registry';
import type { AllocatorId } from '../regions/allocator-id';
import type { Metrics } from '../snapshot/snapshot';
import { cannotSimulate, Simulation } from './simulation';
import type { SimulationInput } from './types';
import { factsOf } from './what-if-facts';
import type { WhatIfFacts } from './what-if-facts';

/** Equal parts of an area, for a picture of where the blocks went. */
export const WHAT_IF_PARTS = 96;

/** One area of the heap at the end: what of each of its parts is in used blocks, from 0 to 1. */
export interface WhatIfArea {
  readonly base: bigint;
  readonly end: bigint;
  readonly used: Float32Array;
}

/** How one allocator fares; bytes are numbers. */
export interface WhatIf {
  readonly allocator: AllocatorId;
  readonly title: string;
  /** Undefined when it ran; else why it cannot. */
  readonly cannot?: string;
  /** How the run ended: with a heap, without one, or stopped. */
  readonly outcome?: Simulation['outcome'];
  /** Right after the boot, and after the calls; undefined where there is no heap. */
  readonly afterBoot?: Metrics;
  readonly atEnd?: Metrics;
  /** The largest malloc that works right after the boot: tried, not computed. 0 where none does. */
  readonly largest?: number;
  /** Calls of the workload that were to be made, those that were (fewer where the kernel stopped), and of them those refused. */
  readonly calls: number;
  readonly ran: number;
  readonly refused: number;
  /** Free regions of the list that the boot did not get, by index. */
  readonly lost: readonly number[];
  readonly areas: readonly WhatIfArea[];
  /** What explains the figures; absent where it did not run. */
  readonly facts?: WhatIfFacts;
}

/** Figures of the state at the cursor. */
export type Measure = (simulation: Simulation) => Metrics | undefined;

/**
 * Runs all; yields the operations done in the current run.
 *
 * @param calls calls of the workload after which they are compared; all without it
 * @param measure takes the figures, with what calls tell that memory does not
 */
export function* comparing(
  input: SimulationInput,
  calls = input.workload.length,
  measure: Measure = (simulation) => simulation.snapshot()?.metrics,
): Generator<number, WhatIf[]> {
  const rows: WhatIf[] = [];
  for (const { id, title } of ALLOCATORS) {
    const cannot = cannotSimulate({ allocator: id, release: input.release });
    if (cannot !== undefined) rows.push({ allocator: id, title, cannot, calls, ran: 0, refused: 0, lost: [], areas: [] });
    else {
      const simulation = yield* Simulation.run({ ...input, allocator: id });
      const row = figuresOf(id, title, simulation, calls, measure);
      const claimed = row.afterBoot?.largestRequest ?? -1;
      const largest = claimed > 0 ? yield* trying(input, id, simulation, claimed) : claimed;
      rows.push(claimed < 0 ? row : { ...row, largest });
    }
  }
  return rows;
}

function figuresOf(allocator: AllocatorId, title: string, simulation: Simulation, calls: number, measure: Measure): WhatIf {
  const afterBoot = measure(simulation);
  const { bootEnd } = simulation;
  const ran = Math.min(calls, simulation.operationCount - bootEnd);
  const last = bootEnd + ran - 1;
  if (ran > 0) simulation.seek({ operation: last, step: simulation.info(last).steps });
  const atEnd = measure(simulation);
  let refused = 0;
  for (let i = bootEnd; i <= last; i++) if (simulation.info(i).outcome === 'refused') refused++;
  // A run that stops behind the place at which it is looked at has not stopped there.
  const stopped = simulation.outcome.kind === 'stopped' && (ran === 0 || simulation.info(last).outcome === 'stopped');
  return {
    allocator,
    title,
    outcome: stopped || afterBoot === undefined ? simulation.outcome : { ...simulation.outcome, kind: 'heap' },
    ...(afterBoot && { afterBoot }),
    ...(atEnd && { atEnd }),
    calls,
    ran,
    refused,
    lost: simulation.finalDecisions().flatMap((d) => (d.kind === 'failed' ? [d.region] : [])),
    areas: areasOf(simulation),
    facts: factsOf(simulation, bootEnd, last),
  };
}

/**
 * Makes the largest malloc that the state after the boot promises. An allocator may change its ways with that call, as mimalloc does when
 * its thread is ready: then what it promises after that counts.
 */
function* trying(input: SimulationInput, allocator: AllocatorId, boot: Simulation, claimed: number): Generator<number, number> {
  const after = boot.info(boot.bootEnd - 1).phase === 'after';
  const malloc = (size: number): SimulationInput => ({
    ...input,
    allocator,
    after,
    workload: [{ operation: { op: 'malloc' as const, id: 1, size: BigInt(size) } }],
  });
  const first = yield* Simulation.run(malloc(claimed));
  if (works(first)) return claimed;
  first.runToEnd();
  const next = first.snapshot()?.metrics.largestRequest ?? 0;
  return next > 0 && works(yield* Simulation.run(malloc(next))) ? next : 0;
}

function works(simulation: Simulation): boolean {
  const last = simulation.operationCount - 1;
  return last >= simulation.bootEnd && simulation.info(last).outcome === 'done';
}

function areasOf(simulation: Simulation): WhatIfArea[] {
  const snapshot = simulation.snapshot();
  if (snapshot === undefined) return [];
  const areas = snapshot.areas.map(({ base, end }) => ({ base, end, used: new Float32Array(WHAT_IF_PARTS) }));
  const { blocks } = snapshot;
  let area = 0;
  for (let i = 0; i < blocks.length; i++) {
    if (blocks.state(i) !== 'used') continue;
    while (area < areas.length && areas[area]!.end <= blocks.base(i)) area++;
    const at = areas[area];
    if (at === undefined) break;
    const part = Number(at.end - at.base) / WHAT_IF_PARTS;
    const [from, to] = [Number(blocks.base(i) - at.base) / part, Number(blocks.end(i) - at.base) / part];
    for (let n = Math.floor(from); n < Math.min(to, WHAT_IF_PARTS); n++) at.used[n]! += Math.min(to, n + 1) - Math.max(from, n);
  }
  return areas;
}
