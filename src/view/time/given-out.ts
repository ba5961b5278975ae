// Every address that a run's operations were given, in order of address: who was given something in a range, and who was the last. A
// long run is sorted by stretches, and only as far back as a question has to look: all of it at once takes seconds.

import type { Steppable } from '../subject';

/** Kinds of operation whose result is a block. */
const ALLOCATING = new Set(['malloc', 'calloc', 'memalign', 'posix_memalign', 'realloc', 'palloc']);
/** Operations of a stretch: milliseconds to sort. */
const STRETCH = 2 ** 14;

/** What is asked of a simulation. */
export type Asked = Pick<Steppable, 'operationCount' | 'returned' | 'recorded' | 'info'>;

export function asksForMemory(kind: string): boolean {
  return ALLOCATING.has(kind);
}

/** Results of some operations (signed readings) in ascending order of address, and of operation where an address was given out again. */
export class Results {
  readonly addresses: Float64Array;
  readonly operations: Uint32Array;

  /** Of the operations `[from, to)`. */
  constructor(simulation: Asked, from: number, to: number) {
    const given = resultsOf(simulation, from, to);
    const order = orderOf(given.addresses);
    this.addresses = new Float64Array(order.length);
    this.operations = new Uint32Array(order.length);
    for (let i = 0; i < order.length; i++) {
      this.addresses[i] = given.addresses[order[i]!]!;
      this.operations[i] = given.operations[order[i]!]!;
    }
  }

  /** The first entry at or above an address, whose operation at that address is not before `operation`. */
  first(address: number, operation: number): number {
    const { addresses, operations } = this;
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

  /** The last operation before `done` that was given an address in `[base, end)`; −1 where none was. */
  last(base: number, end: number, done: number): number {
    const { addresses, operations } = this;
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

export class GivenOut {
  private readonly simulation: Asked;
  private readonly stretch: number;
  private readonly stretches: Results[] = [];
  private whole: Results | undefined;

  /** @param stretch operations that are sorted at once */
  constructor(simulation: Asked, stretch = STRETCH) {
    this.simulation = simulation;
    this.stretch = stretch;
  }

  /** Those of the whole run. */
  get results(): Results {
    return (this.whole ??= new Results(this.simulation, 0, this.simulation.operationCount));
  }

  /** The last of the first `done` operations that was given an address in `[base, end)`; −1 where none was. */
  last(base: number, end: number, done: number): number {
    if (this.whole !== undefined) return this.whole.last(base, end, done);
    for (let i = Math.ceil(done / this.stretch) - 1; i >= 0; i--) {
      const found = this.stretchAt(i).last(base, end, done);
      if (found >= 0) return found;
    }
    return -1;
  }

  private stretchAt(i: number): Results {
    const { operationCount } = this.simulation;
    return (this.stretches[i] ??= new Results(
      this.simulation,
      i * this.stretch,
      Math.min(operationCount, (i + 1) * this.stretch),
    ));
  }
}

/** Every address that was given out, in the order of operations. */
function resultsOf(simulation: Asked, from: number, to: number): Pick<Results, 'addresses' | 'operations'> {
  const addresses = new Float64Array(to - from);
  const operations = new Uint32Array(to - from);
  let count = 0;
  for (let i = from; i < to; i++) {
    const ret = simulation.returned(i) ?? 0;
    if (ret === 0 || !asksForMemory(simulation.recorded(i)?.operation.op ?? simulation.info(i).kind)) continue;
    addresses[count] = ret;
    operations[count++] = i;
  }
  return { addresses: addresses.subarray(0, count), operations: operations.subarray(0, count) };
}

/** Indexes in ascending order of address, then of index. Loops instead of callbacks: there may be ten million. */
function orderOf(addresses: Float64Array): Uint32Array {
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
  return order.sort((a, b) => addresses[a]! - addresses[b]! || a - b);
}
