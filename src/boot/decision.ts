// What ukboot did with one region, in the terms that people ask for: which became the heap, which were added, which were left out,
// and why.

export type DecisionKind = 'init' | 'addmem' | 'skipped' | 'failed' | 'unknown' | 'not-reached';

export interface Decision {
  /** Index of the region in the boot's list (and of its descriptor in the `RegionMap`). */
  readonly region: number;
  /**
   * `init` became the heap; `addmem` was added to it; `skipped` was never a candidate; `failed` was tried and refused, or lost;
   * `unknown` has a field whose value is not known; `not-reached`: the boot stopped before, or has not come there yet.
   */
  readonly kind: DecisionKind;
  /** One sentence with the values put in. */
  readonly reason: string;
}
