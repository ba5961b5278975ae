// Every address that a run's operations were given, in order of address: who was given something in a range, and who was the last. Of
// a long run the sorting costs seconds, so that a few questions are answered by looking back instead.

import type { Steppable } from './subject';

/** Kinds of operation whose result is a block. */
const ALLOCATING = new Set(['malloc', 'calloc', 'memalign', 'posix_memalign', 'realloc', 'palloc']);
/** Operations from which on a run is not sorted at once, and how many of them are looked through instead. */
const LONG_RUN = 200_000;
const PATIENCE = 5_000_000;

/** What is asked of a simulation. */
export type Asked = Pick<Steppable, 'operationCount' | 'returned' | 'recorded' | 'info'>;

/** Results (signed readings) in ascending order of address, and of operation where an address was given out again. */
export interface Results {
  readonly addresses: Float64Array;
  readonly operations: Uint32Array;
}

export function asksForMemory(kind: string): boolean {
  return ALLOCATING.has(kind);
}

export class GivenOut {
  private readonly simulation: Asked;
  private sorted: Results | undefined;
  /** Operations that may still be looked through before sorting all of them pays. */
  private patience: number;

  /** @param patience operations that may be looked through before all are sorted */
  constructor(simulation: Asked, patience = simulation.operationCount > LONG_RUN ? PATIENCE : 0) {
    this.simulation = simulation;
    this.patience = patience;
  }

  get results(): Results {
    return (this.sorted ??= sortedResults(this.simulation));
  }

  /** The last of the first `done` operations that was given an address in `[base, end)`; −1 where none was. */
  last(base: number, end: number, done: number): number {
    return this.recent(base, end, done) ?? this.latest(base, end, done);
  }

  /** The first entry at or above an address, whose operation at that address is not before `operation`. */
  first(address: number, operation: number): number {
    const { addresses, operations } = this.results;
    let low = 0;
    let high = addresses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const a = addresses[middle]!;
      if (a < address || (a === address && operations[middle]! < operation)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Looks back from `done`: most blocks were given out not long ago. Undefined when patience ends before that is known. */
  private recent(base: number, end: number, done: number): number | undefined {
    if (this.sorted !== undefined) return undefined;
    for (let i = done - 1; i >= 0; i--) {
      if (this.patience-- <= 0) return undefined;
      const ret = this.simulation.returned(i) ?? 0;
      if (ret >= base && ret < end && ret !== 0 && allocates(this.simulation, i)) return i;
    }
    return -1;
  }

  private latest(base: number, end: number, done: number): number {
    const { addresses, operations } = this.results;
    let best = -1;
    for (let i = this.first(base, 0); i < addresses.length && addresses[i]! < end;) {
      // An address may have been given out a million times: the last time before `done` is what counts.
      const next = this.first(addresses[i]!, done);
      if (next > i && operations[next - 1]! > best) best = operations[next - 1]!;
      i = next < addresses.length && addresses[next] === addresses[i] ? this.first(addresses[i]!, Infinity) : next;
    }
    return best;
  }
}

function allocates(simulation: Asked, operation: number): boolean {
  return asksForMemory(simulation.recorded(operation)?.operation.op ?? simulation.info(operation).kind);
}

function sortedResults(simulation: Asked): Results {
  const { addresses, operations } = resultsOf(simulation);
  const order = orderOf(addresses, operations);
  const sorted = { addresses: new Float64Array(order.length), operations: new Uint32Array(order.length) };
  for (let i = 0; i < order.length; i++) {
    const from = order[i]!;
    sorted.addresses[i] = addresses[from]!;
    sorted.operations[i] = operations[from]!;
  }
  return sorted;
}

/** Every address that was given out, in the order of operations. */
function resultsOf(simulation: Asked): Results {
  const addresses = new Float64Array(simulation.operationCount);
  const operations = new Uint32Array(simulation.operationCount);
  let count = 0;
  for (let i = 0; i < simulation.operationCount; i++) {
    const ret = simulation.returned(i) ?? 0;
    if (ret === 0 || !allocates(simulation, i)) continue;
    addresses[count] = ret;
    operations[count++] = i;
  }
  return { addresses: addresses.subarray(0, count), operations: operations.subarray(0, count) };
}

/** Indexes in ascending order of address, then of operation. Loops instead of callbacks: there may be ten million. */
function orderOf(addresses: Float64Array, operations: Uint32Array): Uint32Array {
  const { length } = addresses;
  const order = new Uint32Array(length);
  let [least, most] = [Infinity, -Infinity];
  for (const a of addresses) {
    if (a < least) least = a;
    if (a > most) most = a;
  }
  // One number that holds both is sorted ten times as fast as pairs are by a comparison; blocks begin at multiples of 8.
  if (((most - least) / 8 + 1) * length < Number.MAX_SAFE_INTEGER) {
    const keys = new Float64Array(length);
    for (let i = 0; i < length; i++) keys[i] = Math.floor((addresses[i]! - least) / 8) * length + i;
    keys.sort();
    for (let i = 0; i < length; i++) order[i] = keys[i]! % length;
    return order;
  }
  for (let i = 0; i < length; i++) order[i] = i;
  return order.sort((a, b) => addresses[a]! - addresses[b]! || operations[a]! - operations[b]!);
}
