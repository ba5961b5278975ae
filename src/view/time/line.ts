// A sparkline: the values of a figure along a run, as few points.

/** Points of a line. */
const POINTS = 68;

export interface Line {
  /** Between 0, the least, and 1, the most. */
  readonly points: readonly number[];
  readonly least: number;
  readonly most: number;
}

export function lineOf(values: readonly number[]): Line | undefined {
  const maker = new LineMaker(values.length);
  for (const value of values) maker.add(value);
  return maker.line();
}

/** Takes values one by one. NaN (no heap yet) is left out of the range and drawn at the first value. */
export class LineMaker {
  private known = 0;
  private least = Infinity;
  private most = -Infinity;
  /** At each point the value that was known last. */
  private readonly at: Float64Array;
  private readonly length: number;
  private last = NaN;
  private next = 0;
  private point = 0;
  /** Index of the value that the next point stands at. */
  private due = 0;

  /** @param length how many values there will be */
  constructor(length: number) {
    this.length = length;
    this.at = new Float64Array(Math.min(POINTS, length)).fill(NaN);
  }

  /** Small, so that it is compiled into the loop around it: a run has up to ten million values. */
  add(value: number): void {
    if (!Number.isNaN(value)) {
      if (this.known++ === 0) this.at.fill(value);
      this.last = value;
      if (value < this.least) this.least = value;
      if (value > this.most) this.most = value;
    }
    if (this.next++ === this.due) this.mark();
  }

  private mark(): void {
    this.at[this.point++] = this.last;
    this.due = Math.round((this.point * (this.length - 1)) / (this.at.length - 1));
  }

  /** Undefined where less than two values are known. */
  line(): Line | undefined {
    const { known, least, most } = this;
    if (known < 2) return undefined;
    return { points: Array.from(this.at, (v) => (most === least ? 0.5 : (v - least) / (most - least))), least, most };
  }
}
