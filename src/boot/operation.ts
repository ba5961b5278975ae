// The boot as a list of operations: each is one turn of the boot's own code, executes on memory alone, and so can be executed
// again after memory was taken back.

import { NULL } from '../memory/address';
import { Globals, type Kernel } from '../allocators/kernel';
import type { Allocator, AllocatorOptions, Heap } from '../allocators/ukalloc';
import type { Region } from '../regions/descriptor';
import type { ListRun } from '../firmware/types';
import type { Decision } from './decision';

/** What the boot runs on. */
export interface BootInput {
  /** How the list was made, where it was made from a firmware's map: `regions` is its last one. */
  readonly list?: ListRun;
  /** Regions in list order, every number known. */
  readonly regions: readonly Region[];
  /** Indexes of descriptors with a value that nobody knows: they cannot be part of the simulation. */
  readonly unknown: readonly number[];
  /** Indexes of descriptors that cannot be there together with earlier ones: the other arm of an `#if`. */
  readonly excluded?: readonly number[];
  readonly allocator: Allocator;
  readonly options: AllocatorOptions;
  /** `free_memory` of the frame allocator each time that heap_init reads it (paging only); computed from the regions when absent. */
  readonly freeMemory?: readonly bigint[];
}

/** What one boot operation gave. */
export interface BootResult {
  /** The C call's result, where it has one; `pointer`s print as such. */
  readonly ret?: number;
  readonly decision?: Decision;
  readonly failed?: boolean;
}

export interface BootOperation {
  readonly phase: 'list' | 'boot' | 'after';
  /** For icons and filters: `begin`, `skip`, `init`, `addmem`, `map`, `finish`, or the name of a call. */
  readonly kind: string;
  readonly title: string;
  /** Function of the boot that does it. */
  readonly caller: string;
  /** Its steps, where they are known before it runs: those of the journal's marks then have no text of their own. */
  readonly steps?: readonly { readonly text: string; readonly fn: string; readonly file: string }[];
  /** Golden operation that this is on the heap, where it is one. */
  readonly region?: number;
  /** @throws KernelStop when the boot ends here */
  run(): BootResult;
}

/** What all parts of the boot share. */
export class BootContext {
  readonly kernel: Kernel;
  readonly input: BootInput;
  private attached: Heap | undefined;

  constructor(kernel: Kernel, input: BootInput) {
    this.kernel = kernel;
    this.input = input;
  }

  /** The allocator that heap_init holds in its local `a`, as memory has it now; undefined while it is NULL. */
  get heap(): Heap | undefined {
    const address = this.kernel.mem.ptr(Globals.heap_init_a);
    if (address === NULL) return undefined;
    if (this.attached?.address !== address) {
      this.attached = this.input.allocator.attach(this.kernel, address, this.input.options);
    }
    return this.attached;
  }

  /** The init function of the allocator; the result is kept in `a`. */
  init(base: number, len: number): number {
    const heap = this.input.allocator.init(this.kernel, base, len, this.input.options);
    this.attached = heap;
    this.kernel.mem.setPtr(Globals.heap_init_a, heap?.address ?? NULL);
    return heap?.address ?? NULL;
  }
}
