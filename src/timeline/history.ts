// Moves memory to any operation of a run. The current interval of operations has its whole journal; earlier and later ones have a
// compacted one that takes memory across the interval in either direction. Inside an interval that was left, its operations are
// executed again: they work on memory and recorded results alone, so they do the same.

import type { AddressRange } from '../memory/reader';
import { toBigInt } from '../memory/address';
import type { Journal } from '../memory/journal';
import type { SimMemory } from '../memory/sim-memory';

/** Operations after which an interval is closed. */
const INTERVAL_OPERATIONS = 65536;
/** Journal entries after which it is closed earlier: 64 MB of raw journal. */
const INTERVAL_ENTRIES = 8_000_000;

interface Interval {
  readonly first: number;
  /** One past the last operation; undefined while the interval is open. */
  end?: number;
  /** Takes memory across the interval; missing while the raw journal stands for it. */
  crossing?: Journal;
}

export class History {
  private readonly mem: SimMemory;
  /** Executes one operation again; journal marks and entries must come out as at first. */
  private readonly execute: (operation: number) => void;
  private readonly intervals: Interval[] = [{ first: 0 }];
  private current = 0;
  /** Journal position and mark count at which each operation of the current interval begins; one more for the end. */
  private positions: number[] = [0];
  private marks: number[] = [0];

  constructor(mem: SimMemory, execute: (operation: number) => void) {
    this.mem = mem;
    this.execute = execute;
    mem.journal.on = true;
  }

  /** Notes that the next operation was just executed for the first time. Returns its number of marks. */
  append(): number {
    const { journal } = this.mem;
    const marks = journal.marks - this.marks[this.marks.length - 1]!;
    this.note();
    const interval = this.intervals[this.current]!;
    const operations = this.positions.length - 1;
    if (operations >= INTERVAL_OPERATIONS || journal.length >= INTERVAL_ENTRIES) {
      interval.end = interval.first + operations;
      interval.crossing = journal.compact();
      this.begin(this.intervals.push({ first: interval.end }) - 1);
    }
    return marks;
  }

  /** Moves memory to the state after `steps` marks of `operation`, which has been executed before. */
  seek(operation: number, steps: number): void {
    this.enter(this.intervalOf(operation));
    const local = operation - this.intervals[this.current]!.first;
    const { mem } = this;
    while (this.positions.length - 1 <= local) {
      mem.seek(mem.journal.length);
      this.execute(this.intervals[this.current]!.first + this.positions.length - 1);
      this.note();
    }
    mem.seek(this.position(local, steps));
  }

  /** Bytes of memory that `steps` mark number `steps` of an operation wrote (all of the operation's for 0); memory must be there. */
  touched(operation: number, steps: number): AddressRange[] {
    const local = operation - this.intervals[this.current]!.first;
    const from = steps === 0 ? this.positions[local]! : this.position(local, steps - 1);
    const to = steps === 0 ? this.positions[local + 1]! : this.position(local, steps);
    const ranges: { base: bigint; end: bigint }[] = [];
    this.mem.journal.touched(from, to, (word, count) => {
      const base = toBigInt(this.mem.addressOf(word));
      ranges.push({ base, end: base + BigInt(count * 4) });
    });
    return merged(ranges);
  }

  /** Kinds and numbers of an operation's marks. Leaves memory at that operation. */
  marksOf(operation: number): { kind: number; args: readonly number[] }[] {
    this.seek(operation, 0);
    const local = operation - this.intervals[this.current]!.first;
    const found = [];
    for (let m = this.marks[local]!; m < this.marks[local + 1]!; m++) {
      found.push({ kind: this.mem.journal.kindOf(m), args: this.mem.journal.argsOf(m) });
    }
    return found;
  }

  /** Bytes that journal and checkpoints keep. */
  get bytes(): number {
    return this.intervals.reduce((sum, i) => sum + (i.crossing?.bytes ?? 0), this.mem.journal.bytes);
  }

  private note(): void {
    this.positions.push(this.mem.journal.length);
    this.marks.push(this.mem.journal.marks);
  }

  private intervalOf(operation: number): number {
    let low = 0;
    let high = this.intervals.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.intervals[middle]!.first <= operation) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Journal position after `steps` marks; before the first mark nothing of the operation has happened. */
  private position(local: number, steps: number): number {
    if (steps === 0) return this.positions[local]!;
    const mark = this.marks[local]! + steps;
    return mark < this.marks[local + 1]! ? this.mem.journal.positionOf(mark) : this.positions[local + 1]!;
  }

  /** Makes `target` the current interval, with memory at its start unless it was current already. */
  private enter(target: number): void {
    if (target === this.current) return;
    const { mem } = this;
    const left = this.intervals[this.current]!;
    if (left.crossing === undefined) {
      mem.seek(mem.journal.length);
      left.crossing = mem.journal.compact();
      left.crossing.seek(mem.store, 0);
    } else mem.seek(0);
    while (this.current > target) this.intervals[--this.current]!.crossing!.seek(mem.store, 0);
    while (this.current < target) {
      const { crossing } = this.intervals[this.current++]!;
      crossing!.seek(mem.store, crossing!.length);
    }
    this.begin(target);
  }

  private begin(interval: number): void {
    this.current = interval;
    this.mem.journal.clear();
    this.positions = [0];
    this.marks = [0];
  }
}

function merged(ranges: { base: bigint; end: bigint }[]): AddressRange[] {
  ranges.sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : 0));
  const out: { base: bigint; end: bigint }[] = [];
  for (const range of ranges) {
    const last = out.at(-1);
    if (last !== undefined && range.base <= last.end) {
      if (range.end > last.end) last.end = range.end;
    } else out.push({ ...range });
  }
  return out;
}
