// Holds a dump against the simulation of the same boot: at which operation the real kernel stood, and which bytes that the allocator wrote
// differ from the simulated ones, each by the name of its field and the step that should have written it.
//
// Only what the allocator wrote is compared. A word that lies in a block which was given out after the allocator last wrote it is the
// caller's: it may hold anything. Pointers to functions are held against NULL only: the simulator has no code.

import { allocatorFor } from '../allocators/registry';
import { CALLBACKS } from '../allocators/layers/struct';
import { hex, toBigInt } from '../memory/address';
import type { AddressRange, Reader } from '../memory/reader';
import { diffStates } from '../snapshot/diff';
import { nameOfByte, type ByteName } from '../snapshot/name-bytes';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { Simulation } from '../timeline/simulation';
import { givesPointer } from '../timeline/text';
import type { Operation } from '../allocators/ukalloc';
import type { OpenedDump } from './open';
import { addRange, without } from './ranges';

/** A field, or a stretch of bytes, that differs. */
export interface ByteDifference {
  readonly address: bigint;
  readonly name?: ByteName;
  /** The bytes of the field in the dump and in the simulation. */
  readonly dump: Uint8Array;
  readonly simulated: Uint8Array;
  /** The simulated step that last wrote them. */
  readonly operation: number;
  readonly step: number;
  /** That operation's title and the step's text. */
  readonly by: string;
  /** Set where both may be right: what the simulation leaves out. */
  readonly expected?: string;
}

/** What is wrong with a call, before any byte is looked at. */
export interface CallDifference {
  readonly operation: number;
  readonly message: string;
}

export interface Held {
  /** The operation after which the simulated heap is, or comes nearest to, the dump's. */
  readonly operation: number;
  readonly title: string;
  /** Is the state there the same, list by list? */
  readonly exact: boolean;
  /** What of the state differs there: a line each, as `ukboot diff` prints. */
  readonly states: readonly { readonly where: string; readonly before: string; readonly after: string }[];
  /** Recorded results that the simulation did not give, the first ones. */
  readonly calls: readonly CallDifference[];
  /** Bytes that the allocator wrote and nobody else may have: so many were compared. */
  readonly compared: number;
  /** Of what the allocator wrote so many bytes are not in the dump. */
  readonly absent: number;
  /** Differing fields in ascending order, those that are expected included; at most some hundred. */
  readonly bytes: readonly ByteDifference[];
  /** More than that differ. */
  readonly more: boolean;
  /** The earliest step whose bytes differ, expected ones left aside. */
  readonly first?: ByteDifference;
}

const MOST_DIFFERENCES = 256;
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
  let best: { readonly operation: number; readonly simulated: HeapSnapshot; readonly compared: Compared } | undefined;
  for (const operation of placed.operations) {
    simulation.seek({ operation, step: simulation.info(operation).steps });
    const simulated = simulation.snapshot();
    if (simulated === undefined) return 'the simulated boot makes no heap';
    if (simulated.heap !== real.heap)
      return `the dump's heap is at ${hex(real.heap)}, the simulated one at ${hex(simulated.heap)}: this is not the same boot`;
    const compared = compare(dump, real, simulation, simulated, writes.slice(0, operation + 1));
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

type Compared = Pick<Held, 'compared' | 'absent' | 'bytes' | 'more'>;

/** What each operation wrote. */
function* writesOfAll(simulation: Simulation, last: number): Generator<number, readonly (readonly AddressRange[])[]> {
  const writes: (readonly AddressRange[])[] = [];
  for (let i = 0; i <= last; i++) {
    writes.push(simulation.writesOf(i));
    if (i % 256 === 255) yield i;
  }
  return writes;
}

function compare(
  dump: OpenedDump,
  real: HeapSnapshot,
  simulation: Simulation,
  simulated: HeapSnapshot,
  writes: readonly (readonly AddressRange[])[],
): Compared {
  const [mine, theirs] = [simulation.reader(), dump.reader()];
  const allocator = allocatorFor(real.allocator)!;
  const inspect = (address: bigint) => allocator.inspect(mine, simulated, address);
  let compared = 0;
  let absent = 0;
  let more = false;
  const bytes: ByteDifference[] = [];
  for (const { base, end } of ownWrites(simulation, simulated, writes)) {
    for (let at = base; at < end; at += 4096n) {
      const length = Number(end - at < 4096n ? end - at : 4096n);
      const [a, b] = [mine.bytes(at, length)!, theirs.bytes(at, length)];
      if (b === undefined) {
        absent += length;
        continue;
      }
      compared += length;
      for (let i = 0; i < length; i++) {
        if (a[i] === b[i]) continue;
        if (bytes.length >= MOST_DIFFERENCES) {
          more = true;
          break;
        }
        const address = at + BigInt(i);
        const difference = differenceAt(address, nameOfByte(simulated, inspect, address), mine, theirs, simulation, writes, real);
        if (difference !== undefined) bytes.push(difference);
        // The rest of the field is told with it.
        const rest = difference?.name === undefined ? 1n : difference.name.start + BigInt(difference.name.length) - address;
        i += Number(rest) - 1;
      }
    }
  }
  return { compared, absent, bytes, more };
}

/** What the allocator wrote into its areas and nobody was given since. */
function ownWrites(
  simulation: Simulation,
  simulated: HeapSnapshot,
  writes: readonly (readonly AddressRange[])[],
): readonly AddressRange[] {
  let own: AddressRange[] = [];
  for (const [i, ranges] of writes.entries()) {
    for (const range of ranges) own = addRange(own, range);
    const given = givenBy(simulation, i);
    if (given !== undefined) own = without(own, given);
  }
  const outside = own.map(({ base, end }) => {
    const area = simulated.areas.find((a) => base < a.end && end > a.base);
    return area === undefined ? undefined : { base: base > area.base ? base : area.base, end: end < area.end ? end : area.end };
  });
  return outside.filter((r) => r !== undefined);
}

/** The bytes that an operation gave to its caller. */
function givenBy(simulation: Simulation, i: number): AddressRange | undefined {
  const info = simulation.info(i);
  const operation = simulation.recorded(i)?.operation;
  const { ret } = simulation.result(i);
  if (operation === undefined)
    return info.kind === 'malloc' && ret !== undefined && ret !== 0 ? range(ret, VMA_BYTES) : undefined;
  if (ret === undefined || ret === 0 || !givesPointer(operation)) return undefined;
  return range(ret, sizeOf(operation));
}

/** What the boot itself allocates with ukvmem: one struct uk_vma. */
const VMA_BYTES = 80n;

function range(pointer: number, bytes: bigint): AddressRange {
  const base = toBigInt(pointer);
  return { base, end: base + bytes };
}

function sizeOf(operation: Operation): bigint {
  switch (operation.op) {
    case 'calloc':
      return operation.nmemb * operation.size;
    case 'palloc':
      return operation.pages * 4096n;
    case 'malloc':
    case 'memalign':
    case 'posix_memalign':
    case 'realloc':
      return operation.size;
    default:
      return 0n;
  }
}

function differenceAt(
  address: bigint,
  name: ByteName | undefined,
  mine: Reader,
  theirs: Reader,
  simulation: Simulation,
  writes: readonly (readonly AddressRange[])[],
  real: HeapSnapshot,
): ByteDifference | undefined {
  const start = name?.start ?? address;
  const length = name?.length ?? 1;
  const [simulated, dump] = [mine.bytes(start, length), theirs.bytes(start, length)];
  if (simulated === undefined || dump === undefined) return undefined;
  const isCallback = (CALLBACKS as readonly string[]).includes(name?.field ?? '') && name?.structure === 'struct uk_alloc';
  const isNull = (b: Uint8Array): boolean => b.every((x) => x === 0);
  if (isCallback && isNull(simulated) === isNull(dump)) return undefined;
  const operation = writes.findLastIndex((ranges) => ranges.some((r) => address >= r.base && address < r.end));
  const step = operation < 0 ? 0 : simulation.stepThatWrote(operation, address);
  const expected = expectation(address, name, simulated, dump, real);
  return {
    address: start,
    ...(name && { name }),
    dump,
    simulated,
    operation,
    step,
    by: operation < 0 ? '' : byText(simulation, operation, step),
    ...(expected !== undefined && { expected }),
  };
}

function byText(simulation: Simulation, operation: number, step: number): string {
  const { title } = simulation.info(operation);
  const text = simulation.steps(operation)[Math.max(0, step - 1)]?.text;
  return text === undefined || text === title ? title : `${title}: ${text}`;
}

/** Addresses of the simulated kernel's globals and functions: no memory of a real one lies there. */
const SIMULATED_IMAGE = (1n << 64n) - (1n << 32n);

/** What differs from kernel to kernel, or is left out of the simulation. */
function expectation(
  address: bigint,
  name: ByteName | undefined,
  simulated: Uint8Array,
  dump: Uint8Array,
  real: HeapSnapshot,
): string | undefined {
  if (allocatorFor(real.allocator)!.arbitrary?.(real, address) === true) return 'a value that differs from run to run';
  if (name?.length !== 8) return undefined;
  const [here, there] = [simulated, dump].map((b) => new DataView(b.buffer, b.byteOffset, 8).getBigUint64(0, true));
  const outside = real.areas.every((a) => there! < a.base || there! >= a.end);
  if (here! >= SIMULATED_IMAGE && there !== 0n && outside) return "the address of one of the kernel's own variables";
  if (name.structure !== 'struct uk_alloc' || name.field !== 'next' || here !== 0n) return undefined;
  const registered = real.blocks.holding(there!)?.state === 'used';
  return registered ? 'the kernel registered an allocator of its own, which is not simulated' : undefined;
}

function callsOf(simulation: Simulation): CallDifference[] {
  const found: CallDifference[] = [];
  for (let i = 0; i < simulation.operationCount && found.length < MOST_CALLS; i++) {
    const { mismatch, title } = simulation.info(i);
    if (mismatch !== undefined) found.push({ operation: i, message: `${title}: ${mismatch}` });
  }
  return found;
}
