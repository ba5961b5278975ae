// heap-calls.json: the calls that a captured kernel's main() made on its heap, in order.
//
//   [ {"mark": "begin", "heap": "0x12000"},
//     {"mark": "start", "availmem": 65552384, "maxalloc": 16777184},       -1: this allocator has no such hook
//     {"seq": 0, "op": "malloc", "result": "0x3fd8020", "slot": 0, "size": 1},
//     {"seq": 16, "op": "realloc", "result": "0x18b020", "slot": 2, "old": "0x3fda020", "size": 2000},
//     {"seq": 18, "op": "free", "slot": 1, "ptr": "0x3fd9020"}, … ]
//
// The kernel had allocated for itself before main() ran, so replayed alone on a fresh heap the addresses differ.

import type { Operation, RecordedOperation } from '../allocators/ukalloc';
import type { Problem } from '../regions/problem';
import { named, type NamedPlace } from './named-places';
import { ObjectsByAddress } from './objects-by-address';
import { found, isObject, readInteger, type JsonObject } from './json-values';

export interface HeapCalls {
  /** Address of the heap's `struct uk_alloc`, where the file says it. */
  readonly heap?: bigint;
  readonly operations: readonly RecordedOperation[];
  readonly problems: readonly Problem[];
}

/** @param value the parsed file; a list of calls and marks */
export function readHeapCalls(value: unknown): HeapCalls {
  if (!Array.isArray(value)) {
    return { operations: [], problems: [problem('heap-calls', `expected a list of heap calls, found ${found(value)}`)] };
  }
  const operations: RecordedOperation[] = [];
  const problems: Problem[] = [];
  const objects = new ObjectsByAddress();
  const places: NamedPlace[] = [];
  let heap: bigint | undefined;
  for (const [index, entry] of value.entries()) {
    const made = isObject(entry) ? readEntry(entry, objects) : `expected an object, found ${found(entry)}`;
    if (isObject(entry) && entry.mark === 'begin') heap = readInteger(entry.heap);
    else if (isObject(entry) && typeof entry.mark === 'string') places.push({ at: operations.length, name: entry.mark });
    if (typeof made === 'string') problems.push(problem('heap-calls', `call ${index}: ${made}`));
    else {
      operations.push(...made.operations);
      if (made.unknown !== undefined) problems.push(problem('unknown-block', `call ${index}: ${made.unknown}`));
    }
  }
  return { ...(heap !== undefined && { heap }), operations: named(operations, places), problems };
}

interface Entry {
  readonly operations: readonly RecordedOperation[];
  readonly unknown?: string;
}

function readEntry(entry: JsonObject, objects: ObjectsByAddress): Entry | string {
  if (typeof entry.mark === 'string') return { operations: readMark(entry, entry.mark) };
  const number = (name: string): bigint => readInteger(entry[name]) ?? 0n;
  const missing = (NEEDED[String(entry.op)] ?? []).find((name) => readInteger(entry[name]) === undefined);
  if (missing !== undefined) return `${String(entry.op)} needs "${missing}", found ${found(entry[missing])}`;
  const caller = `main, slot ${String(number('slot'))}`;
  const allocation = (make: (id: number) => Operation): Entry => {
    const ret = number('result');
    return { operations: [{ operation: make(objects.add(ret)), expected: { ret: ret === 0n ? null : ret }, caller }] };
  };
  const size = number('size');
  switch (entry.op) {
    case 'malloc':
      return allocation((id) => ({ op: 'malloc', id, size }));
    case 'calloc':
      return allocation((id) => ({ op: 'calloc', id, nmemb: number('nmemb'), size }));
    case 'memalign':
    case 'posix_memalign': {
      const { op } = entry;
      return allocation((id) => ({ op, id, align: number('align'), size }));
    }
    case 'palloc':
      return allocation((id) => ({ op: 'palloc', id, pages: number('pages') }));
    case 'realloc': {
      const of = objects.idOf(number('old'));
      if (of === undefined)
        return { operations: [], unknown: `realloc of ${found(entry.old)}, which is no live block of this list` };
      // A realloc that fails leaves the old block as it is; one to size 0 frees it.
      if (number('result') !== 0n || size === 0n) objects.remove(number('old'));
      return allocation((id) => ({ op: 'realloc', id, of, size }));
    }
    case 'free':
    case 'pfree': {
      const of = objects.idOf(number('ptr'));
      if (of === undefined)
        return { operations: [], unknown: `${entry.op} of ${found(entry.ptr)}, which is no live block of this list` };
      objects.remove(number('ptr'));
      if (entry.op === 'free') return { operations: [{ operation: { op: 'free', of }, caller }] };
      if (of === null) return { operations: [] };
      return { operations: [{ operation: { op: 'pfree', of, pages: Number(number('pages')), off: 0 }, caller }] };
    }
    default:
      return `unknown call ${found(entry.op)}`;
  }
}

/** What each call must say, besides its slot. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  malloc: ['size', 'result'],
  calloc: ['nmemb', 'size', 'result'],
  memalign: ['align', 'size', 'result'],
  posix_memalign: ['align', 'size', 'result'],
  palloc: ['pages', 'result'],
  realloc: ['old', 'size', 'result'],
  free: ['ptr'],
  pfree: ['ptr', 'pages'],
};

/** A mark's figures become calls with a known answer; an allocator without the hook has none to check. */
function readMark(entry: JsonObject, mark: string): RecordedOperation[] {
  const operations: RecordedOperation[] = [];
  for (const op of ['availmem', 'maxalloc'] as const) {
    const ret = readInteger(entry[op]);
    if (ret === undefined || ret < 0n) continue;
    operations.push({ operation: { op }, expected: { ret }, caller: `main, mark ${mark}` });
  }
  return operations;
}

function problem(code: string, message: string): Problem {
  return { severity: 'error', code, message };
}
