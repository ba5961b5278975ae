// Who holds a block: the last operation up to the cursor that was given an address inside it. Memory does not tell that; the timeline
// does.

import { PAGE_SIZE, toNumber } from '../../memory/address';
import type { BlockTable } from '../../snapshot/blocks';
import type { OperationInfo } from '../../timeline/types';
import { asksForMemory, GivenOut } from './given-out';
import type { Steppable } from '../subject';

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
  /** `main.c:39`, where the record says who called; else empty. */
  readonly place: string;
  /** Bytes that a page call asked for, which memory does not tell; −1 for other calls. */
  readonly pageBytes: number;
}

/** Owners of all blocks of a heap, as columns. */
export interface Holders {
  /** By block: the operation that it is held by since; −1 where there is none. */
  readonly operation: Int32Array;
  readonly groups: () => Groups;
  /** Operations of the whole run. */
  readonly operations: number;
}

/** Operations by who asked. */
export interface Groups {
  /** Callers, or calls where the caller is not known, in the order in which they first asked for memory. */
  readonly names: readonly string[];
  /** By operation: index into `names`; of those that ask for no memory, any. */
  readonly of: Uint8Array;
}

/** Names of groups beyond this many are one. */
const MOST_GROUPS = 255;

export class Owners {
  private readonly simulation: Steppable;
  private groups: Groups | undefined;
  private ends: ReadonlyMap<number, number> | undefined;
  private readonly given: GivenOut;

  constructor(simulation: Steppable) {
    this.simulation = simulation;
    this.given = new GivenOut(simulation);
  }

  /** The owners of all used blocks when `done` operations have been executed: one pass over blocks and results. */
  holders(blocks: BlockTable, done: number): Holders {
    const { results } = this.given;
    const { addresses, operations } = results;
    const operation = new Int32Array(blocks.length).fill(-1);
    let at = 0;
    for (let i = 0; i < blocks.length; i++) {
      if (blocks.state(i) !== 'used') continue;
      const base = toNumber(blocks.base(i));
      const end = base + blocks.size(i);
      // Signed readings start over where addresses reach the upper half.
      if (at > 0 && addresses[at - 1]! >= base) at = results.first(base, 0);
      while (at < addresses.length && addresses[at]! < base) at++;
      for (let k = at; k < addresses.length && addresses[k]! < end; k++)
        if (operations[k]! < done && operations[k]! > operation[i]!) operation[i] = operations[k]!;
    }
    return { operation, groups: () => (this.groups ??= groupsOf(this.simulation)), operations: this.simulation.operationCount };
  }

  /** The owner of the used block `[base, end)` when `done` operations have been executed. */
  of(base: bigint, end: bigint, done: number): Owner | undefined {
    const best = this.given.last(toNumber(base), toNumber(end), done);
    if (best < 0) return undefined;
    const call = this.simulation.recorded(best)?.operation;
    const pageBytes = call?.op === 'palloc' ? Number(call.pages) * PAGE_SIZE : -1;
    const info = this.simulation.info(best);
    return { operation: best, text: ownerText(info), place: sourceLine(info.caller), pageBytes };
  }

  /** The operation that gave back what `operation` was given; undefined where none did, or the run is too long to look through. */
  freedBy(operation: number): number | undefined {
    this.ends ??= endsOf(this.simulation);
    return this.ends.get(operation);
  }
}

/** Operations that are looked through for who gave what back. */
const MOST_FREED = 300_000;

/** By operation that was given a block: the one that gave it back. */
function endsOf(simulation: Steppable): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  if (simulation.operationCount > MOST_FREED) return ends;
  const makers = new Map<number, number>();
  for (let i = 0; i < simulation.operationCount; i++) {
    const operation = simulation.recorded(i)?.operation;
    if (operation === undefined) continue;
    if ('of' in operation && operation.of !== null && operation.of !== undefined && /^(p?free|realloc)$/.test(operation.op)) {
      const maker = makers.get(operation.of);
      if (maker !== undefined) ends.set(maker, i);
    }
    if ('id' in operation && operation.id !== undefined) makers.set(operation.id, i);
  }
  return ends;
}

function groupsOf(simulation: Steppable): Groups {
  const names: string[] = [];
  const of = new Uint8Array(simulation.operationCount);
  for (let i = 0; i < of.length; i++) {
    const recorded = simulation.recorded(i);
    const { kind, caller } =
      recorded === undefined ? simulation.info(i) : { kind: recorded.operation.op, caller: recorded.caller };
    if (!asksForMemory(kind)) continue;
    const name = callerOf(caller) ?? kind;
    const at = names.indexOf(name);
    of[i] = at >= 0 ? at : names.length < MOST_GROUPS ? names.push(name) - 1 : MOST_GROUPS - 1;
  }
  return { names, of };
}

/** `m (app/main.c:39)` → `main.c:39` */
function sourceLine(caller: string | undefined): string {
  return /([^\s/()]+:\d+)\)?$/.exec(caller ?? '')?.[1] ?? '';
}

/** The kernel's own caller, as people call it. */
function callerOf(caller: string | undefined): string | undefined {
  return caller === undefined ? undefined : CALLERS.find(([pattern]) => pattern.test(caller))?.[1];
}

function ownerText(info: OperationInfo): string {
  const who = callerOf(info.caller);
  return who === undefined ? info.title : `${who} · ${info.title}`;
}
