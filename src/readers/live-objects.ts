// Which ids of a workload name a live object: finds what could not be replayed, a free of something that is not there.

import type { Expected, Operation } from '../allocators/ukalloc';
import type { Severity } from '../regions/problem';

/** What is wrong with an operation, given those before it. */
export interface IdProblem {
  readonly code: 'unknown-id' | 'freed-twice' | 'id-in-use';
  /** A second free is a warning: it can be replayed, and some traces do it on purpose to show what the allocator does then. */
  readonly severity: Severity;
  readonly message: string;
}

interface LiveObject {
  /** Pages of it not freed yet; what does not come from palloc goes with its first free. */
  pages: bigint;
}

/**
 * Follows the operations of one workload in order. An allocation that is recorded as failed uses up its id all the same: the id
 * then stands for NULL.
 */
export class LiveObjects {
  private readonly live = new Map<number, LiveObject>();
  private readonly gone = new Set<number>();

  /** @returns the first thing wrong with it; what it allocates and frees counts in any case */
  take(operation: Operation, expected: Expected | undefined): IdProblem | undefined {
    switch (operation.op) {
      case 'init':
        this.live.clear();
        this.gone.clear();
        return undefined;
      case 'malloc':
      case 'calloc':
      case 'memalign':
      case 'posix_memalign':
        return this.add(operation.id, 0n);
      case 'palloc':
        return this.add(operation.id, operation.pages);
      case 'realloc':
        return this.moved(operation.of, operation.id, operation.size, expected);
      case 'free':
        return this.free(operation.of);
      case 'pfree':
        return this.freePages(operation.of, BigInt(operation.pages));
      case 'access':
        return operation.of === null || this.gone.has(operation.of) ? undefined : this.known(operation.of); // a stale pointer is its point
      case 'direct':
        return this.direct(operation, expected);
      default:
        return undefined;
    }
  }

  private direct(operation: Extract<Operation, { op: 'direct' }>, expected: Expected | undefined): IdProblem | undefined {
    const { fn, id, of, args } = operation;
    if (fn === 'init_memory_pool') {
      this.live.clear();
      this.gone.clear();
    }
    if (id !== undefined && of !== undefined) return this.moved(of, id, args[0] ?? 0n, expected);
    if (id !== undefined) return this.add(id, 0n);
    if (of === undefined) return undefined;
    return fn === 'free_ex' ? this.free(of) : this.known(of);
  }

  private add(id: number, pages: bigint): IdProblem | undefined {
    const problem = this.live.has(id)
      ? ({
          code: 'id-in-use',
          severity: 'error',
          message: `object ${id} is still live: give each allocation an id of its own`,
        } as const)
      : undefined;
    this.live.set(id, { pages });
    return problem;
  }

  private moved(of: number | null, id: number, size: bigint, expected: Expected | undefined): IdProblem | undefined {
    const stays = expected?.ret === null && size !== 0n;
    const problem = of === null ? undefined : stays ? this.known(of) : this.free(of);
    return problem ?? this.add(id, 0n);
  }

  private free(of: number | null): IdProblem | undefined {
    if (of === null) return undefined;
    const problem = this.known(of);
    this.live.delete(of);
    this.gone.add(of);
    return problem;
  }

  private freePages(of: number, pages: bigint): IdProblem | undefined {
    const object = this.live.get(of);
    if (object === undefined || object.pages <= pages) return this.free(of);
    object.pages -= pages;
    return undefined;
  }

  private known(of: number | null): IdProblem | undefined {
    if (of === null || this.live.has(of)) return undefined;
    if (this.gone.has(of)) return { code: 'freed-twice', severity: 'warning', message: `object ${of} has been freed before` };
    return { code: 'unknown-id', severity: 'error', message: `no allocation before this has the id ${of}` };
  }
}
