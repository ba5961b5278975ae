// What explanations are made from: a simulation that was run, of which the cursor may move for a moment.

import { allocatorFor, buildOptions } from '../allocators/registry';
import type { Allocator, AllocatorOptions } from '../allocators/ukalloc';
import type { ListRun } from '../firmware/types';
import type { Region } from '../regions/descriptor';
import { toRegions } from '../regions/regions';
import type { Simulation } from '../timeline/simulation';
import type { Cursor } from '../timeline/types';

export type Explainable = Pick<
  Simulation,
  | 'input' | 'outcome' | 'operationCount' | 'bootEnd' | 'info' | 'recorded' | 'lines' | 'cursor' | 'seek' | 'snapshot' | 'reader'
  | 'finalDecisions' | 'refusals' | 'decidingOperation'
> & {
  /** How the list was made, where that was from a firmware's map. */
  readonly list?: ListRun | undefined;
}; // prettier-ignore

/** The steps of an operation up to its end. */
const END = Number.MAX_SAFE_INTEGER;

/** Reads something at another place in time, and comes back. */
export function at<T>(simulation: Explainable, cursor: Cursor, read: () => T): T {
  const here = simulation.cursor;
  simulation.seek(cursor);
  try {
    return read();
  } finally {
    simulation.seek(here);
  }
}

/** Just before an operation. */
export function before(operation: number): Cursor {
  return { operation, step: 0 };
}

/** When the boot is over, before the workload begins. */
export function afterBoot(simulation: Explainable): Cursor {
  return { operation: Math.max(0, simulation.bootEnd - 1), step: END };
}

export function allocatorOf(simulation: Explainable): Allocator {
  return allocatorFor(simulation.input.allocator)!; // it was simulated
}

export function optionsOf(simulation: Explainable): AllocatorOptions {
  const { release, arch, config } = simulation.input;
  return buildOptions(allocatorOf(simulation), { release, arch, config });
}

/** The regions that were booted, in list order. */
export function regionsOf(simulation: Explainable): readonly Region[] {
  return toRegions(simulation.input.map).regions;
}

/** `Unikraft 0.17.0, x86_64, bbuddy`. */
export function contextOf({ input }: Explainable): string {
  return `Unikraft ${input.release}, ${input.arch}, ${input.allocator}`;
}

/** What the kernel printed during an operation; debug lines only where it printed nothing else. */
export function linesOf(simulation: Explainable, operation: number): string[] {
  const lines = simulation.lines().filter((l) => l.operation === operation);
  const said = lines.filter((l) => l.level !== 'debug');
  return (said.length > 0 ? said : lines.slice(0, 1)).map((l) => l.text);
}
