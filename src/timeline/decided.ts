// What the boot decided about each region, and by which operation.

import type { Decision } from '../boot/decision';

export class Decided {
  private readonly byRegion = new Map<number, { readonly operation: number; readonly decision: Decision }>();
  private readonly byOperation = new Map<number, Decision>();

  add(operation: number, decision: Decision): void {
    this.byRegion.set(decision.region, { operation, decision });
    this.byOperation.set(operation, decision);
  }

  /** The operation that decided on a region; undefined when none did. */
  operation(region: number): number | undefined {
    return this.byRegion.get(region)?.operation;
  }

  at(operation: number): Decision | undefined {
    return this.byOperation.get(operation);
  }

  /**
   * A decision for each of so many regions.
   *
   * @param over has an operation wholly been executed?
   * @param never why a region was never come to
   */
  all(regions: number, over: (operation: number) => boolean, never: string): Decision[] {
    return Array.from({ length: regions }, (_, region): Decision => {
      const found = this.byRegion.get(region);
      if (found === undefined) return { region, kind: 'not-reached', reason: never };
      return over(found.operation)
        ? found.decision
        : { region, kind: 'not-reached', reason: 'The boot has not come to this region yet.' };
    });
  }
}
