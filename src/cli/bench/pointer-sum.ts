// Sum of pointers modulo 2^64: the checksum of the benchmarks. Added relative to the heap's base in doubles, which stay exact for
// a while, and carried into a bigint before they would not.

import type { Check } from './workload';

const CARRY_EVERY = 2 ** 18;

export class PointerSum {
  private readonly base: number;
  private total = 0n;
  private part = 0;
  private count = 0;

  constructor(base: number) {
    this.base = base;
  }

  add(pointer: number): void {
    this.part += pointer - this.base;
    if (++this.count === CARRY_EVERY) this.carry();
  }

  check(expected: string): Check {
    this.carry();
    return { name: 'checksum', got: `0x${BigInt.asUintN(64, this.total).toString(16)}`, expected };
  }

  private carry(): void {
    this.total += BigInt(this.part) + BigInt(this.base) * BigInt(this.count);
    this.part = 0;
    this.count = 0;
  }
}
