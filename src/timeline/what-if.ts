// What if another allocator had been configured? The same boot and the same calls under each of them.

import { ALLOCATORS } from '../allocators/registry';
import type { AllocatorId } from '../regions/allocator-id';
import type { Metrics } from '../snapshot/snapshot';
import { cannotSimulate, Simulation } from './simulation';
import type { SimulationInput } from './types';

/** How one allocator fares; bytes are numbers. */
export interface WhatIf {
  readonly allocator: AllocatorId;
  readonly title: string;
  /** Undefined when it ran; else why it cannot. */
  readonly cannot?: string;
  /** How the run ended: with a heap, without one, or stopped. */
  readonly outcome?: Simulation['outcome'];
  /** Right after the boot, and at the end of the calls; undefined where there is no heap. */
  readonly afterBoot?: Metrics;
  readonly atEnd?: Metrics;
  /** Calls of the workload, and those that were refused. */
  readonly calls: number;
  readonly refused: number;
  /** Free regions of the list that the boot did not get. */
  readonly lostRegions: number;
}

/** Runs all; yields the operations done in the current run. */
export function* comparing(input: SimulationInput): Generator<number, WhatIf[]> {
  const rows: WhatIf[] = [];
  for (const { id, title } of ALLOCATORS) {
    const cannot = cannotSimulate({ allocator: id, release: input.release });
    if (cannot !== undefined) rows.push({ allocator: id, title, cannot, calls: 0, refused: 0, lostRegions: 0 });
    else rows.push(figuresOf(id, title, yield* Simulation.run({ ...input, allocator: id })));
  }
  return rows;
}

function figuresOf(allocator: AllocatorId, title: string, simulation: Simulation): WhatIf {
  const afterBoot = simulation.snapshot()?.metrics;
  simulation.runToEnd();
  const atEnd = simulation.snapshot()?.metrics;
  let refused = 0;
  for (let i = simulation.bootEnd; i < simulation.operationCount; i++) if (simulation.info(i).outcome === 'refused') refused++;
  return {
    allocator,
    title,
    outcome: simulation.outcome,
    ...(afterBoot && { afterBoot }),
    ...(atEnd && { atEnd }),
    calls: simulation.operationCount - simulation.bootEnd,
    refused,
    lostRegions: simulation.finalDecisions().filter((d) => d.kind === 'failed').length,
  };
}
