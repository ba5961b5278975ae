// time: a timeline of ten million operations. The work is that of B1, through the whole simulation: boot, journal, checkpoints, figures
// of every operation; then seeks to places that follow from the seed. Timed is the run; the seeks are told beside it.

import type { RecordedOperation } from '../../allocators/ukalloc';
import { Simulation } from '../../timeline/simulation';
import type { OperationList, SimulationInput } from '../../timeline/types';
import { secondsSince, Xorshift32, type Measurement, type Workload } from './workload';

const OPERATIONS = 10_000_000;
const SLOTS = 10_000;
const SEEKS = 51;
/** What a seek may take in the middle: milliseconds of all threads, which do not depend on what else the machine does. */
const MOST = 50;
const SEED = 0x12345678;

/** Malloc and free of mixed sizes at random slots: four bytes an operation, an object only while one is looked at. */
class MallocMix implements OperationList {
  readonly length = OPERATIONS;
  /** Slot in the low 14 bits, then the size; 0 is a free. */
  private readonly packed = new Uint32Array(OPERATIONS);

  constructor() {
    const rnd = new Xorshift32(SEED);
    const taken = new Uint8Array(SLOTS);
    for (let i = 0; i < OPERATIONS; i++) {
      const slot = i < SLOTS ? i : rnd.below(SLOTS);
      this.packed[i] = slot | (taken[slot] === 0 ? (16 + rnd.below(65521)) << 14 : 0);
      taken[slot]! ^= 1;
    }
  }

  at(i: number): RecordedOperation | undefined {
    const word = this.packed[i];
    if (word === undefined) return undefined;
    const id = word & 0x3fff;
    const size = word >>> 14;
    return { operation: size === 0 ? { op: 'free', of: id } : { op: 'malloc', id, size: BigInt(size) } };
  }
}

function field(value: bigint): { value: bigint; text: string } {
  return { value, text: String(value) };
}

/** One region of 4 GiB, at which the buddy allocator's benchmarks have theirs. */
function input(workload: OperationList): SimulationInput {
  const [base, len] = [field(0x10_0000_0000n), field(4n << 30n)];
  const fields = {
    vbase: base,
    pbase: base,
    pg_off: field(0n),
    len,
    pg_count: field(1n << 20n),
    type: field(1n),
    flags: field(3n),
  };
  return {
    map: { kind: 'memory-map', descriptors: [{ era: 'paged', fields }], hints: {}, problems: [] },
    release: '0.17.0',
    arch: 'x86_64',
    allocator: 'bbuddy',
    config: {},
    workload,
    after: false,
  };
}

/** A boot, then ten million calls of malloc and free. */
export function tenMillionOperations(): SimulationInput {
  return input(new MallocMix());
}

/** Of the seeks' milliseconds the middle one, the one that nine of ten stay below, and the longest. */
function ranked(times: readonly number[]): [number, number, number] {
  const sorted = [...times].sort((a, b) => a - b);
  return [sorted[SEEKS >> 1]!, sorted[Math.ceil(SEEKS * 0.9)]!, sorted[SEEKS - 1]!];
}

function spread(times: readonly number[]): string {
  const [middle, most, longest] = ranked(times).map((ms) => ms.toFixed(0));
  return `median ${middle!} ms, nine of ten below ${most!}, longest ${longest!}`;
}

function tenMillion(): Measurement {
  const made = tenMillionOperations();
  const start = performance.now();
  const simulation = Simulation.create(made);
  const seconds = secondsSince(start);
  simulation.runToEnd();
  const end = simulation.reader().bytes(0x10_0000_0000n, 0x1000)!.join();
  const rnd = new Xorshift32(SEED);
  const [processor, clock]: [number[], number[]] = [[], []];
  for (let i = 0; i < SEEKS; i++) {
    const operation = rnd.below(OPERATIONS);
    const [from, since] = [process.cpuUsage(), performance.now()];
    simulation.seek({ operation, step: 1 });
    clock.push(performance.now() - since);
    const { user, system } = process.cpuUsage(from);
    processor.push((user + system) / 1000);
  }
  const [median] = ranked(processor);
  simulation.runToEnd();
  const same = simulation.reader().bytes(0x10_0000_0000n, 0x1000)!.join() === end;
  const kept = (simulation.historyBytes / 2 ** 20).toFixed(0);
  return {
    operations: simulation.operationCount,
    seconds,
    says: `seek ${spread(clock)} on the clock; CPU with the threads that compile: ${spread(processor)}; history ${kept} MiB`,
    checks: [
      { name: `median below ${String(MOST)} ms`, got: String(median < MOST), expected: 'true' },
      { name: 'same bytes after seeking', got: String(same), expected: 'true' },
    ],
  };
}

export const workloads: readonly Workload[] = [
  { name: 'time', what: 'timeline: 10 000 000 operations, then seeks', run: tenMillion },
];
