// From the calls of an alloc-trace to operations: which call is one on the heap, and which block it is about.

import type { Operation, RecordedOperation } from '../allocators/ukalloc';
import type { Problem } from '../regions/problem';
import { readInteger, type JsonObject } from './json-values';
import { inLine, type Line } from './lines';
import { ObjectsByAddress } from './objects-by-address';

/** One record. */
export interface Call {
  readonly line: Line;
  readonly depth: number;
  readonly fn: string;
  readonly args: JsonObject;
  readonly caller: string;
  readonly ret: bigint | undefined;
  /** posix_memalign: the pointer that it stored. */
  readonly out: bigint | undefined;
}

/** The functions behind a `struct uk_alloc`: an allocator's own, and the layers ifpages, ifmalloc and compat. */
export const HEAP_FUNCTION =
  /^(?:uk_)?(?:alloc_?)?(?:bbuddy|region|tlsf|tinyalloc|mimalloc(?:_region)?)?_?(malloc|calloc|realloc|posix_memalign|memalign|free|palloc|pfree|addmem|availmem|maxalloc|pavailmem|pmaxalloc)(?:_(?:ifpages|ifmalloc|compat))?$/;

/** Makes operations of calls, in order. */
export class Replay {
  readonly operations: RecordedOperation[] = [];
  private readonly heap: bigint;
  private readonly backing: bigint | undefined;
  private readonly problems: Problem[];
  private readonly objects = new ObjectsByAddress();
  /** mimalloc: is the thread that allocates known to be not ready yet? */
  private early = false;

  constructor(heap: bigint, backing: bigint | undefined, problems: Problem[]) {
    this.heap = heap;
    this.backing = backing;
    this.problems = problems;
  }

  /** `malloc`, `memalign`, … for a call on the heap; undefined for any other function. */
  nameOf(call: Call): string | undefined {
    const a = readInteger(call.args.a);
    if (a === undefined) return undefined;
    if (a === this.heap) return HEAP_FUNCTION.exec(call.fn)?.[1];
    if (a === this.backing) return HEAP_FUNCTION.exec(functionOf(call.caller))?.[1];
    return undefined;
  }

  /** @param nested the records inside of this call */
  operationsFor(call: Call, name: string, nested: readonly Call[]): RecordedOperation[] {
    const made = this.operationFor(call, name);
    return made === undefined ? [] : [...this.threadChange(call, nested), made];
  }

  /** mimalloc leaves its early mode in the first malloc after its thread has become ready. */
  private threadChange(call: Call, nested: readonly Call[]): RecordedOperation[] {
    const all = [call, ...nested].filter((c) => c.fn.startsWith('uk_mimalloc_'));
    const ready = all.some((c) => !c.fn.startsWith('uk_mimalloc_region_'));
    const early = ready ? false : all.length > 0 || readInteger(call.args.a) === this.backing ? true : this.early;
    if (early === this.early) return [];
    this.early = early;
    return [{ operation: { op: 'direct', fn: 'early', args: [early ? 1n : 0n] } }];
  }

  private operationFor(call: Call, name: string): RecordedOperation | undefined {
    const number = (...names: string[]): bigint => {
      for (const key of names) {
        const value = readInteger(call.args[key]);
        if (value !== undefined) return BigInt.asUintN(64, value);
      }
      return 0n;
    };
    const size = number('size');
    const block = number('ptr', 'obj');
    switch (name) {
      case 'malloc':
        return this.allocation(call, (id) => ({ op: 'malloc', id, size }));
      case 'calloc':
        return this.allocation(call, (id) => ({
          op: 'calloc',
          id,
          nmemb: number('nmemb', 'nelem'),
          size: number('size', 'elem_size'),
        }));
      case 'memalign':
      case 'posix_memalign':
        return this.allocation(call, (id) => ({ op: name, id, align: number('align', 'alignment'), size }));
      case 'palloc':
        return this.allocation(call, (id) => ({ op: 'palloc', id, pages: number('num_pages', 'pages') }));
      case 'realloc': {
        const of = this.blockAt(call, block);
        if (of === undefined) return undefined;
        if (call.ret !== 0n || size === 0n) this.objects.remove(block);
        return this.allocation(call, (id) => ({ op: 'realloc', id, of, size }));
      }
      case 'free': {
        const of = this.blockAt(call, block);
        this.objects.remove(block);
        return of === undefined ? undefined : { operation: { op: 'free', of }, caller: call.caller };
      }
      case 'pfree': {
        const of = this.blockAt(call, block);
        this.objects.remove(block);
        if (of === undefined || of === null) return undefined;
        return { operation: { op: 'pfree', of, pages: Number(number('num_pages', 'pages')), off: 0 }, caller: call.caller };
      }
      case 'addmem':
        return addmemOperation(call);
      case 'availmem':
      case 'maxalloc':
      case 'pavailmem':
      case 'pmaxalloc':
        return { operation: { op: name }, ...(call.ret !== undefined && { expected: { ret: call.ret } }), caller: call.caller };
      default:
        return undefined;
    }
  }

  private allocation(call: Call, make: (id: number) => Operation): RecordedOperation {
    const operation = make(this.objects.add(addressOf(call) ?? 0n));
    const ret = addressOf(call);
    const expected =
      ret === undefined
        ? undefined
        : { ret: ret === 0n ? null : ret, ...(operation.op === 'posix_memalign' && { err: Number(call.ret) }) };
    return { operation, ...(expected && { expected }), caller: call.caller };
  }

  private blockAt(call: Call, address: bigint): number | null | undefined {
    const id = this.objects.idOf(address);
    if (id === undefined) {
      const message = `${call.fn} of 0x${address.toString(16)}, which no call in this record has handed out: the record may be cut`;
      this.problems.push(problemAt(call, 'unknown-block', message));
    }
    return id;
  }
}

/** The block that a call gave; posix_memalign answers with an error number and stores the block's address. */
function addressOf(call: Call): bigint | undefined {
  if (!call.fn.includes('posix_memalign')) return call.ret;
  return call.ret === 0n ? (call.out ?? 0n) : call.ret === undefined ? undefined : 0n;
}

/** `heap_init (lib/ukboot/boot.c:229)` → `heap_init` */
export function functionOf(caller: string): string {
  return /^[^\s(]*/.exec(caller)![0];
}

export function addmemOperation(call: Call): RecordedOperation {
  const [base, len] = [readInteger(call.args.base) ?? 0n, readInteger(call.args.len ?? call.args.size) ?? 0n];
  return {
    operation: { op: 'addmem', base, len },
    ...(call.ret !== undefined && { expected: { ret: call.ret } }),
    caller: call.caller,
  };
}

export function problemAt(call: Call, code: string, message: string): Problem {
  return { severity: 'error', code, message, where: inLine(call.line) };
}
