// Which operation made the object that an id names. Ids may be used again; an operation means the object that was last made
// under the id before it.

import type { RecordedOperation } from '../allocators/ukalloc';
import type { OperationList, WorkloadMark } from './types';

export class Objects {
  /** Index of the workload's first operation in the whole run. */
  readonly firstOfWorkload: number;
  /** Operations in all, those before the first one here included. */
  readonly end: number;
  /** Places that the workload names. */
  readonly marks: readonly WorkloadMark[];
  private readonly firstOfAfter: number;
  private readonly after: readonly RecordedOperation[];
  private readonly workload: OperationList;
  /** Operation of the workload → operation that made the object it names, −1 for none. */
  private readonly sources: Int32Array;

  /**
   * @param bootOperations number of operations before the first one here
   * @param after what the kernel allocates for itself; its ids name nothing
   */
  constructor(bootOperations: number, after: readonly RecordedOperation[], workload: OperationList) {
    this.firstOfAfter = bootOperations;
    this.firstOfWorkload = bootOperations + after.length;
    this.end = this.firstOfWorkload + workload.length;
    this.after = after;
    this.workload = workload;
    this.sources = new Int32Array(workload.length).fill(-1);
    const marks: WorkloadMark[] = [];
    const makers = new Makers(workload.length);
    for (let i = 0; i < workload.length; i++) {
      const { operation, mark, markAfter } = workload.at(i)!;
      if (mark !== undefined) marks.push({ operation: this.firstOfWorkload + i, text: mark });
      if (markAfter !== undefined) marks.push({ operation: this.firstOfWorkload + i + 1, text: markAfter });
      if ('of' in operation && operation.of !== null && operation.of !== undefined) this.sources[i] = makers.of(operation.of);
      if ('id' in operation && operation.id !== undefined) makers.set(operation.id, this.firstOfWorkload + i);
    }
    this.marks = marks;
  }

  /** @param i index in the whole run, at or after the end of the boot */
  recorded(i: number): RecordedOperation {
    return this.after[i - this.firstOfAfter] ?? this.workload.at(i - this.firstOfWorkload)!;
  }

  /** Operation that made the object which operation `i` names. */
  sourceOf(i: number): number | undefined {
    const source = this.sources[i - this.firstOfWorkload] ?? -1;
    return source < 0 ? undefined : source;
  }

  get bytes(): number {
    return this.sources.byteLength;
  }
}

/** Id → operation that made it last. Most records count their ids up from 0 or 1, and a table of numbers takes those. */
class Makers {
  private readonly dense: Int32Array;
  private readonly others = new Map<number, number>();

  constructor(operations: number) {
    this.dense = new Int32Array(operations + 64).fill(-1);
  }

  of(id: number): number {
    return id in this.dense ? this.dense[id]! : (this.others.get(id) ?? -1);
  }

  set(id: number, operation: number): void {
    if (id in this.dense) this.dense[id] = operation;
    else this.others.set(id, operation);
  }
}
