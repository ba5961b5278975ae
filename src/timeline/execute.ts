// Executes one operation on a simulated heap: ids become addresses, `size_t` values the form that simulators take.

import { NULL, PAGE_SIZE, toNumber } from '../memory/address';
import { sizeFrom, type AccessKind, type AccessOutcome, type Heap, type Operation, type Size } from '../allocators/ukalloc';

/** What a call gave, in C's terms. */
export interface CallResult {
  /** Pointer (signed reading), count, or negative errno; undefined for calls that return nothing. */
  readonly ret: number | undefined;
  /** posix_memalign's error number. */
  readonly err?: number;
  /** What an `access` came to. */
  readonly access?: AccessOutcome;
}

/** A call's result is a pointer that an id may name. */
export function isAllocation(operation: Operation): operation is Extract<Operation, { readonly id: number }> {
  return 'id' in operation && operation.op !== 'direct';
}

/**
 * @param addressOf address of a live object by the id that the operation names
 * @throws KernelStop when the simulated kernel stops in it
 */
export function execute(heap: Heap, operation: Operation, addressOf: (id: number) => number): CallResult {
  const pointer = (id: number | null): number => (id === null ? NULL : addressOf(id));
  switch (operation.op) {
    case 'init':
      throw new Error('execute: init makes a heap, it is not a call on one');
    case 'addmem':
      return { ret: heap.addmem(toNumber(operation.base), toNumber(operation.len)) };
    case 'malloc':
      return { ret: heap.malloc(sizeFrom(operation.size)) };
    case 'calloc':
      return { ret: heap.calloc(sizeFrom(operation.nmemb), sizeFrom(operation.size)) };
    case 'memalign':
      return { ret: heap.memalign(sizeFrom(operation.align), sizeFrom(operation.size)) };
    case 'posix_memalign': {
      heap.memptr = NULL;
      const err = heap.posixMemalign(sizeFrom(operation.align), sizeFrom(operation.size));
      return { ret: heap.memptr, err };
    }
    case 'realloc':
      return { ret: heap.realloc(pointer(operation.of), sizeFrom(operation.size)) };
    case 'free':
      heap.free(pointer(operation.of));
      return { ret: undefined };
    case 'palloc':
      return { ret: heap.palloc(sizeFrom(operation.pages)) };
    case 'pfree':
      heap.pfree(addressOf(operation.of) + operation.off * PAGE_SIZE, operation.pages);
      return { ret: undefined };
    case 'availmem':
      return { ret: heap.availmem() };
    case 'maxalloc':
      return { ret: heap.maxalloc() };
    case 'pavailmem':
      return { ret: heap.pavailmem() };
    case 'pmaxalloc':
      return { ret: heap.pmaxalloc() };
    case 'access': {
      const address = pointer(operation.of) + toNumber(operation.off);
      return { ret: undefined, access: accessOf(heap, address, operation.kind) };
    }
    case 'direct': {
      const call = heap.direct?.[operation.fn];
      if (call === undefined) throw new Error(`execute: this allocator has no function ${operation.fn}`);
      const args: Size[] = operation.args.map(sizeFrom);
      if (operation.of !== undefined) args.unshift(pointer(operation.of));
      return { ret: call(...args) };
    }
  }
}

/** Where an allocator takes no mapping away, nothing stops a stale pointer. */
function accessOf(heap: Heap, address: number, kind: AccessKind): AccessOutcome {
  return (
    heap.access?.(address, kind) ?? {
      address,
      kind,
      reaches: address,
      text: 'reaches memory: this allocator takes no mapping away',
    }
  );
}
