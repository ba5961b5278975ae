// Holds a dump against the simulation of the same boot: at which operation the real kernel stood, and which bytes that the allocator wrote
// differ from the simulated ones, each by the name of its field and the step that should have written it.

import { allocatorFor } from '../allocators/registry';
import { hex } from '../memory/address';
import type { AddressRange } from '../memory/reader';
import { diffStates } from '../snapshot/diff';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { Simulation } from '../timeline/simulation';
import { compareBytes, type ByteDifference, type ComparedBytes } from './hold-bytes';
import type { OpenedDump } from './open';

/** What is wrong with a call, before any byte is looked at. */
export interface CallDifference {
  readonly operation: number;
  readonly message: string;
}

export interface Held extends ComparedBytes {
  /** The operation after which the simulated heap is, or comes nearest to, the dump's. */
  readonly operation: number;
  readonly title: string;
  /** Is the state there the same, list by list? */
  readonly exact: boolean;
  /** What of the state differs there: a line each, as `ukboot diff` prints. */
  readonly states: readonly { readonly where: string; readonly before: string; readonly after: string }[];
  /** Recorded results that the simulation did not give, the first ones. */
  readonly calls: readonly CallDifference[];
  /** The earliest step whose bytes differ, expected ones left aside. */
  readonly first?: ByteDifference;
}

const MOST_CALLS = 10;
/** Operations that are tried for the one at which the dump stands. */
const MOST_TRIED = 4096;
/** Operations with the dump's state of which the bytes are compared as well. */
const MOST_SAME = 16;

/** A simulation beside the dump, or why there can be none. */
export function simulationBeside(dump: OpenedDump): Simulation | string {
  const { map, choices, workload } = dump;
  if (map.descriptors.length === 0)
    return 'neither the dump nor a file beside it has the region descriptors that the boot began with';
  if (allocatorFor(choices.allocator)?.profile(choices.release) === undefined) {
    return `Unikraft ${choices.release} has no ${choices.allocator} allocator that can be simulated`;
  }
  const simulation = Simulation.create({
    map,
    ...choices,
    workload: workload?.operations ?? [],
    ...(workload?.after !== undefined && { after: workload.after }),
  });
  return simulation.outcome.kind === 'no-heap' ? `the simulated boot makes no heap: ${simulation.outcome.message}` : simulation;
}

/** As `holding`, to its end. */
export function holdAgainst(dump: OpenedDump, simulation: Simulation): Held | string {
  const run = holding(dump, simulation);
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value;
  }
}

/**
 * Yields the operations looked at. Moves the simulation's cursor to the operation at which the dump stands.
 *
 * @returns what was found, or why the two cannot be compared
 */
export function* holding(dump: OpenedDump, simulation: Simulation): Generator<number, Held | string> {
  const real = dump.snapshot;
  if (real === undefined) return 'no heap was found in the dump';
  const placed = yield* placeInRun(real, simulation);
  const writes = yield* writesOfAll(simulation, placed.operations[0]!);
  let best: { readonly operation: number; readonly simulated: HeapSnapshot; readonly compared: ComparedBytes } | undefined;
  for (const operation of placed.operations) {
    simulation.seek({ operation, step: simulation.info(operation).steps });
    const simulated = simulation.snapshot();
    if (simulated === undefined) return 'the simulated boot makes no heap';
    if (simulated.heap !== real.heap)
      return `the dump's heap is at ${hex(real.heap)}, the simulated one at ${hex(simulated.heap)}: this is not the same boot`;
    const compared = compareBytes(dump, real, simulation, simulated, writes.slice(0, operation + 1));
    if (best === undefined || compared.bytes.length < best.compared.bytes.length) best = { operation, simulated, compared };
    if (best.compared.bytes.every((b) => b.expected !== undefined)) break;
    yield operation;
  }
  const { operation, simulated, compared } = best!;
  simulation.seek({ operation, step: simulation.info(operation).steps });
  const wrong = compared.bytes.filter((b) => b.expected === undefined);
  const first = wrong.reduce<ByteDifference | undefined>(
    (a, b) => (a === undefined || b.operation < a.operation || (b.operation === a.operation && b.step < a.step) ? b : a),
    undefined,
  );
  return {
    operation,
    title: simulation.info(operation).title,
    exact: placed.exact,
    states: diffStates({ state: stateOf(simulated) }, { state: stateOf(real) }),
    calls: callsOf(simulation),
    ...compared,
    ...(first && { first }),
  };
}

/** What of a state must be equal in two runs. */
function stateOf({ allocator, state }: HeapSnapshot): unknown {
  const { comparable } = allocatorFor(allocator)!;
  return comparable === undefined ? state : comparable(state);
}

/**
 * The operations after which the state is that of the dump, the last one first: giving everything back leads to a state that was there
 * before. Without one, the operation after which the fewest blocks differ.
 */
function* placeInRun(
  real: HeapSnapshot,
  simulation: Simulation,
): Generator<number, { readonly operations: readonly number[]; readonly exact: boolean }> {
  const wanted = JSON.stringify(stateOf(real), plain);
  const last = simulation.operationCount - 1;
  const same: number[] = [];
  let best = { operation: last, differing: Infinity };
  for (let i = last, tried = 0; i >= 0 && tried < MOST_TRIED && same.length < MOST_SAME; i--, tried++) {
    simulation.seek({ operation: i, step: simulation.info(i).steps });
    const snapshot = simulation.snapshot();
    if (snapshot === undefined) break;
    if (JSON.stringify(stateOf(snapshot), plain) === wanted) same.push(i);
    const differing = same.length > 0 ? 0 : differingBlocks(snapshot, real);
    if (differing < best.differing) best = { operation: i, differing };
    if (tried % 16 === 0) yield tried;
  }
  return same.length > 0 ? { operations: same, exact: true } : { operations: [best.operation], exact: false };
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** What each operation wrote. */
function* writesOfAll(simulation: Simulation, last: number): Generator<number, readonly (readonly AddressRange[])[]> {
  const writes: (readonly AddressRange[])[] = [];
  for (let i = 0; i <= last; i++) {
    writes.push(simulation.changes.byOperation(i));
    if (i % 256 === 255) yield i;
  }
  return writes;
}

function differingBlocks(a: HeapSnapshot, b: HeapSnapshot): number {
  let [i, j, count] = [0, 0, 0];
  while (i < a.blocks.length && j < b.blocks.length) {
    const [x, y] = [a.blocks.base(i), b.blocks.base(j)];
    if (x === y) {
      if (a.blocks.size(i) !== b.blocks.size(j) || a.blocks.state(i) !== b.blocks.state(j)) count++;
      i++;
      j++;
    } else {
      count++;
      if (x < y) i++;
      else j++;
    }
  }
  return count + a.blocks.length - i + b.blocks.length - j;
}

function callsOf(simulation: Simulation): CallDifference[] {
  const found: CallDifference[] = [];
  for (let i = 0; i < simulation.operationCount && found.length < MOST_CALLS; i++) {
    const { mismatch, title } = simulation.info(i);
    if (mismatch !== undefined) found.push({ operation: i, message: `${title}: ${mismatch}` });
  }
  return found;
}
