// What a region heap handed out, block by block: its memory does not tell one from the next, only the run does.

import type { Operation } from '../../allocators/ukalloc';
import { toBigInt } from '../../memory/address';
import type { Steppable } from '../subject';

/** Operations that are gone through. */
const MOST_OPERATIONS = 300_000;
const PAGE = 4096n;

export interface HandedOut {
  readonly base: bigint;
  readonly size: bigint;
  readonly made: number;
  /** The operation that gave it back, or moved what is in it elsewhere. Neither changes the heap. */
  ended: number | undefined;
  how: 'freed' | 'moved' | undefined;
  /** Bytes that realloc copied out of it: as many as were asked for, also where it had fewer. */
  copied: bigint;
}

const runs = new WeakMap<Steppable, readonly HandedOut[] | 'too long'>();

/** Every block of the whole run, in the order of its calls; they are gone through once. */
export function handedOut(simulation: Steppable): readonly HandedOut[] | 'too long' {
  let known = runs.get(simulation);
  if (known === undefined) {
    known = simulation.operationCount > MOST_OPERATIONS ? 'too long' : walk(simulation);
    runs.set(simulation, known);
  }
  return known;
}

function walk(simulation: Steppable): readonly HandedOut[] {
  const all: HandedOut[] = [];
  const byId = new Map<number, HandedOut>();
  for (let i = 0; i < simulation.operationCount; i++) {
    const operation = simulation.recorded(i)?.operation;
    if (operation === undefined) continue;
    const ret = simulation.returned(i) ?? 0;
    const freeing = operation.op === 'free' || operation.op === 'pfree' || (operation.op === 'realloc' && operation.size === 0n);
    const moving = operation.op === 'realloc' && ret !== 0;
    const old = 'of' in operation && operation.of !== null && operation.of !== undefined ? byId.get(operation.of) : undefined;
    if (old !== undefined && old.ended === undefined && (freeing || moving)) {
      old.ended = i;
      old.how = freeing ? 'freed' : 'moved';
      if (moving) old.copied = operation.size;
    }
    const size = sizeOf(operation);
    if (ret === 0 || size === undefined || !('id' in operation) || operation.id === undefined) continue;
    const block: HandedOut = { base: toBigInt(ret), size, made: i, ended: undefined, how: undefined, copied: 0n };
    all.push(block);
    byId.set(operation.id, block);
  }
  return all;
}

/** Bytes that the pointer moves by for a call; undefined for one that asks for none. */
function sizeOf(operation: Operation): bigint | undefined {
  switch (operation.op) {
    case 'malloc':
    case 'memalign':
    case 'posix_memalign':
    case 'realloc':
      return operation.size;
    case 'calloc':
      return operation.nmemb * operation.size;
    case 'palloc':
      return operation.pages * PAGE;
    case 'direct':
      return operation.fn === 'bump' ? operation.args[0] : undefined;
    default:
      return undefined;
  }
}
