// Boots a list of descriptors, for tests.

import type { DecisionKind } from '../../src/boot/decision';
import type { AllocatorId } from '../../src/regions/allocator-id';
import type { Descriptor } from '../../src/regions/descriptor';
import type { Config, Release } from '../../src/regions/release';
import { Simulation } from '../../src/timeline/simulation';
import { mapOf } from './maps';

export function simulate(
  release: Release,
  allocator: AllocatorId,
  descriptors: readonly Descriptor[],
  config: Config = {},
): Simulation {
  return Simulation.create({
    map: mapOf(...descriptors),
    release,
    arch: 'x86_64',
    allocator,
    config,
    workload: [],
    after: false,
  });
}

/** What the boot did with each region. */
export function kindsOf(simulation: Simulation): DecisionKind[] {
  return simulation.finalDecisions().map((d) => d.kind);
}

export function lastLine(simulation: Simulation): string | undefined {
  return simulation.lines().at(-1)?.text;
}
