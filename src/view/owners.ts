// Who holds a block: the last operation up to the cursor that was given an address inside it. Memory does not tell that; the timeline
// does.

import { PAGE_SIZE } from '../memory/address';
import type { OperationInfo } from '../timeline/types';
import type { Steppable } from './subject';

/** Kinds of operation whose result is a block. */
const ALLOCATING = new Set(['malloc', 'calloc', 'memalign', 'posix_memalign', 'realloc', 'palloc']);
/** The kernel's own callers, as people call what they allocate. */
const CALLERS: readonly (readonly [RegExp, string])[] = [
  [/stack/i, 'stack'],
  [/tls|auxsp/i, 'TLS'],
  [/sched/i, 'scheduler'],
];

export interface Owner {
  readonly operation: number;
  /** `malloc(100000)`, `stack · memalign(16, 65536)`. */
  readonly text: string;
  /** Bytes that a page call asked for, which memory does not tell; −1 for other calls. */
  readonly pageBytes: number;
}

export class Owners {
  private readonly simulation: Steppable;
  /** Results in ascending order of address, and of operation where an address was given out again. */
  private readonly addresses: BigUint64Array;
  private readonly operations: Uint32Array;

  constructor(simulation: Steppable) {
    this.simulation = simulation;
    const found: { address: bigint; operation: number }[] = [];
    for (let i = 0; i < simulation.operationCount; i++) {
      const address = resultAddress(simulation.info(i));
      if (address !== undefined) found.push({ address, operation: i });
    }
    found.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.operation - b.operation));
    this.addresses = BigUint64Array.from(found, (f) => f.address);
    this.operations = Uint32Array.from(found, (f) => f.operation);
  }

  /** The owner of the used block `[base, end)` when `done` operations have been executed. */
  of(base: bigint, end: bigint, done: number): Owner | undefined {
    let best = -1;
    for (let i = this.lowerBound(base); i < this.addresses.length && this.addresses[i]! < end; i++) {
      const operation = this.operations[i]!;
      if (operation < done && operation > best) best = operation;
    }
    if (best < 0) return undefined;
    const call = this.simulation.recorded(best)?.operation;
    const pageBytes = call?.op === 'palloc' ? Number(call.pages) * PAGE_SIZE : -1;
    return { operation: best, text: ownerText(this.simulation.info(best)), pageBytes };
  }

  private lowerBound(address: bigint): number {
    let low = 0;
    let high = this.addresses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.addresses[middle]! < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The address that an allocating operation gave out, if it gave one. */
export function resultAddress(info: OperationInfo): bigint | undefined {
  return ALLOCATING.has(info.kind) && /^0x[0-9a-f]+$/i.test(info.result) ? BigInt(info.result) : undefined;
}

function ownerText(info: OperationInfo): string {
  const who = info.caller === undefined ? undefined : CALLERS.find(([pattern]) => pattern.test(info.caller!))?.[1];
  return who === undefined ? info.title : `${who} · ${info.title}`;
}
