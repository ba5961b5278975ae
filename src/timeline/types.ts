// What a simulation shows of itself: plain values, made on demand from the journal and the operations.

import type { LogLine } from '../allocators/kernel';
import type { RecordedOperation } from '../allocators/ukalloc';
import type { AllocatorId } from '../regions/allocator-id';
import type { Descriptor, RegionMap } from '../regions/descriptor';
import type { Architecture, Config, Release } from '../regions/release';

/** How the boot ended, and if the workload stopped the kernel, that. */
export interface Outcome {
  readonly kind: 'heap' | 'no-heap' | 'stopped';
  readonly message: string;
}

/** Operations in order. An array is one; what makes its operations on demand is one too, and may have millions. */
export interface OperationList {
  readonly length: number;
  /** The operation of an index from 0; the same one each time. */
  at(index: number): RecordedOperation | undefined;
}

/** What is simulated. */
export interface SimulationInput {
  readonly map: RegionMap;
  readonly release: Release;
  readonly arch: Architecture;
  readonly allocator: AllocatorId;
  readonly config: Config;
  /** Operations after the boot, in order. */
  readonly workload: OperationList;
  /**
   * Simulate what the kernel allocates for itself between heap_init and main()? By default only when the workload records no
   * results: recorded addresses come from a whole boot, of which those allocations are part.
   */
  readonly after?: boolean;
  /** `free_memory` of the frame allocator each time that heap_init reads it (paging only); computed from the regions when absent. */
  readonly freeMemory?: readonly bigint[];
}

/** A name that a workload gives to a place in it. */
export interface WorkloadMark {
  /** The operation that follows; the number of all for the end of the run. */
  readonly operation: number;
  readonly text: string;
}

/**
 * `list`: the region list is made from the firmware's map; `boot`: up to ukplat_memallocator_set; `after`: what the kernel allocates for
 * itself right after; then the workload.
 */
export type Phase = 'list' | 'boot' | 'after' | 'workload';

/** A place in a simulation: the state after `step` C-level steps of operation `operation`. 0 steps: just before it. */
export interface Cursor {
  readonly operation: number;
  readonly step: number;
}

/** One operation: an outermost call, or one turn of the boot's loop over the regions. */
export interface OperationInfo {
  readonly index: number;
  readonly phase: Phase;
  /** `malloc(100)`, `addmem 0x180000…0x3fdf000`, `skip region 3`. */
  readonly title: string;
  /** `malloc`, `free`, `init`, `addmem`, `skip`, … : for icons and filters. */
  readonly kind: string;
  /** The call's result as text: `0x3fd8020`, `NULL`, `−22`; empty when it has none. */
  readonly result: string;
  readonly outcome: 'done' | 'refused' | 'stopped';
  /** Set when the operation's source recorded another result. */
  readonly mismatch?: string;
  readonly caller?: string;
  readonly steps: number;
}

/** One C-level step of an operation. */
export interface StepInfo {
  readonly operation: number;
  /** 1-based: the cursor's `step` when this step is the last one in effect. */
  readonly step: number;
  /** `split order 9 → 8: upper half 0x200000` */
  readonly text: string;
  readonly fn: string;
  readonly file: string;
}

/** A kernel message with the place at which it was printed. */
export interface PlacedLine extends LogLine {
  readonly operation: number;
  readonly step: number;
}

/** The region list around one step of its making. */
export interface ListNow {
  readonly before: readonly Descriptor[];
  readonly after: readonly Descriptor[];
  /** Indexes into `after` of what the step made or changed. */
  readonly changed: readonly number[];
  /** Indexes into `before` of what is not there any more, or not as it was. */
  readonly removed: readonly number[];
}
