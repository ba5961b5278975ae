// Which operation made the object that an id names. Ids may be used again; an operation means the object that was last made
// under the id before it.

import type { RecordedOperation } from '../allocators/ukalloc';

export class Objects {
  /** Index of the workload's first operation in the whole run. */
  readonly firstOfWorkload: number;
  private readonly firstOfAfter: number;
  private readonly all: readonly RecordedOperation[];
  /** Operation → operation that made the object it names, −1 for none. */
  private readonly sources: Int32Array;

  /**
   * @param bootOperations number of operations before the first one here
   * @param after what the kernel allocates for itself; its ids name nothing
   */
  constructor(bootOperations: number, after: readonly RecordedOperation[], workload: readonly RecordedOperation[]) {
    this.firstOfAfter = bootOperations;
    this.firstOfWorkload = bootOperations + after.length;
    this.all = [...after, ...workload];
    this.sources = new Int32Array(this.all.length).fill(-1);
    const makers = new Map<number, number>();
    for (let i = after.length; i < this.all.length; i++) {
      const { operation } = this.all[i]!;
      if ('of' in operation && operation.of !== null && operation.of !== undefined)
        this.sources[i] = makers.get(operation.of) ?? -1;
      if ('id' in operation && operation.id !== undefined) makers.set(operation.id, bootOperations + i);
    }
  }

  /** @param i index in the whole run, at or after the end of the boot */
  recorded(i: number): RecordedOperation {
    return this.all[i - this.firstOfAfter]!;
  }

  /** Operation that made the object which operation `i` names. */
  sourceOf(i: number): number | undefined {
    const source = this.sources[i - this.firstOfAfter]!;
    return source < 0 ? undefined : source;
  }
}
