// Figures along a run.

/** Bytes after each operation; NaN while there is no heap, and where nothing tells. */
export class Series {
  readonly free: Float64Array;
  /** Bytes in the largest free block. */
  readonly largestFree: Float64Array;
  /** Where the most that was ever free grew: operation and bytes, ascending. Few, unlike a column of what is used. */
  private readonly growth: readonly { readonly from: number; readonly most: number }[];
  /** The entry of `growth` that was needed last: series are mostly read in order. */
  private last = 0;

  constructor(free: Float64Array, largestFree: Float64Array) {
    this.free = free;
    this.largestFree = largestFree;
    const growth: { from: number; most: number }[] = [];
    let most = -1;
    for (let from = 0; from < free.length; from++) if (free[from]! > most) growth.push({ from, most: (most = free[from]!) });
    this.growth = growth;
  }

  /** What is no longer free: what is free right after the last region was added, before anything was allocated, is all there is to use. */
  used(operation: number): number {
    const { growth } = this;
    if ((growth[this.last]?.from ?? 0) > operation) this.last = 0;
    while (this.last + 1 < growth.length && growth[this.last + 1]!.from <= operation) this.last++;
    return (growth[this.last]?.most ?? NaN) - this.free[operation]!;
  }
}
