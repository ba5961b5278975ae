// What a benchmark is: work that a specification defines, done once, timed, and proven done by checksums.

export interface Check {
  /** `checksum`, `free pages`. */
  readonly name: string;
  readonly got: string;
  readonly expected: string;
}

export interface Measurement {
  readonly operations: number;
  readonly seconds: number;
  /** Proof that the work was done; empty where the specification gives none. */
  readonly checks: readonly Check[];
  /** What else was measured, in words. */
  readonly says?: string;
}

export interface Workload {
  /** `B1`, as the specification names it. */
  readonly name: string;
  readonly what: string;
  /** Sets up, runs, and times the part that the specification says is timed. */
  run(): Measurement | Promise<Measurement>;
}

/** xorshift32 as the specifications define it. The state stays an int32: a signed number is faster and the same bits. */
export class Xorshift32 {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** The next value, unsigned. */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return x >>> 0;
  }

  /** The next value modulo `n`, which is below 2^30: `%` on numbers above 2^31 is a slow division of doubles. */
  below(n: number): number {
    const x = this.next();
    const r = ((x >>> 1) % n) * 2 + (x & 1);
    return r >= n ? r - n : r;
  }
}

/** Seconds since `start`, which came from `performance.now()`. */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
