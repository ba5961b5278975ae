// alloc-trace.jsonl: every allocator function that a captured kernel entered, with nesting.
//
//   {"seq": 9, "depth": 0, "fn": "uk_memalign_compat", "args": {"a": "0x12000", "align": 32, "size": 16}, "caller": "…", "ret": "0x3fdc020"}
//   {"seq": 10, "depth": 1, "fn": "uk_posix_memalign_ifpages", "args": {…, "memptr": "0x11e78"}, …, "ret": 0, "out": "0x3fdc020"}
//   {"seq": 11, "depth": 2, "fn": "bbuddy_palloc", …}
//   {"mark": "allocated"}                          a name for this place, which a recorder or a person may put between the calls
//
// What is replayed is the outermost call *on the heap*: here the memalign. A function that is no call on the heap is looked
// through: uk_allocstack_init holds a malloc, uk_vma_map too; bfa_alloc (the frame allocator) holds nothing. The heap's address
// tells its calls from those of other allocators. In mimalloc's early mode requests go to the region allocator behind it, and its
// wrappers for aligned requests leave no record of their own: such a call is known by its caller.

import type { Operation, RecordedOperation } from '../allocators/ukalloc';
import type { Problem } from '../regions/problem';
import { parseJson } from './golden-trace';
import { inLine, type Line } from './lines';
import { named, type NamedPlace } from './named-places';
import { ObjectsByAddress } from './objects-by-address';
import { found, isObject, readInteger, type JsonObject } from './operation';

/** What the boot itself did to get its heap: expectations, not operations to replay. */
export interface RecordedBoot {
  /** The allocator's init; a build with inlining may leave no record of it. */
  readonly init?: RecordedOperation;
  readonly addmem: readonly RecordedOperation[];
  /** Calls on the heap in the middle of heap_init: with ukvmem the heap's own VMA comes out of its first pages. */
  readonly inside: readonly RecordedOperation[];
}

export interface AllocTrace {
  readonly heap?: bigint;
  readonly boot: RecordedBoot;
  readonly operations: readonly RecordedOperation[];
  /** How many of the first operations are the kernel's own, before anything outside of its libraries called the heap. */
  readonly kernelCalls: number;
  readonly problems: readonly Problem[];
}

interface Call {
  readonly line: Line;
  readonly depth: number;
  readonly fn: string;
  readonly args: JsonObject;
  readonly caller: string;
  readonly ret: bigint | undefined;
  /** posix_memalign: the pointer that it stored. */
  readonly out: bigint | undefined;
}

/** Reads a trace. Records that cannot be read are problems; never throws. */
export function readAllocTrace(text: string): AllocTrace {
  const problems: Problem[] = [];
  const { calls, marks } = readCalls(text, problems);
  const heap = heapOf(calls);
  const boot: { init?: RecordedOperation; addmem: RecordedOperation[]; inside: RecordedOperation[] } = { addmem: [], inside: [] };
  if (heap === undefined) {
    if (calls.length > 0)
      problems.push(problemAt(calls[0]!, 'no-heap', 'no call tells the address of a heap: expected an init or an addmem'));
    return { boot, operations: [], kernelCalls: 0, problems };
  }
  const lastBootCall = calls.findLastIndex((call, i) => isBootAddmem(call, calls, i, heap));
  const backing = backingOf(calls);
  const replay = new Replay(heap, backing, problems);
  const places: NamedPlace[] = [];
  let inside = Infinity;
  for (const [index, call] of calls.entries()) {
    while (marks[places.length] !== undefined && marks[places.length]!.at <= index)
      places.push({ at: replay.operations.length, name: marks[places.length]!.name });
    if (call.depth > inside) continue;
    inside = Infinity;
    if (INIT.test(call.fn)) {
      if (call.ret === heap && boot.init === undefined) boot.init = initOperation(call);
      inside = call.depth;
      continue;
    }
    const name = replay.nameOf(call);
    if (name === undefined) continue;
    inside = call.depth;
    if (name === 'addmem' && index <= lastBootCall) {
      if (!INIT.test(functionOf(call.caller))) boot.addmem.push(addmemOperation(call));
    } else {
      const nested = calls.slice(index + 1, endOf(calls, index));
      const made = replay.operationsFor(call, name, nested);
      if (index < lastBootCall) boot.inside.push(...made);
      else replay.operations.push(...made.map((m) => ({ ...m, line: call.line.number + 1 })));
    }
  }
  for (const { name } of marks.slice(places.length)) places.push({ at: replay.operations.length, name });
  const firstOther = replay.operations.findIndex((o) => !isKernelCaller(o.caller ?? ''));
  return {
    heap,
    boot,
    operations: named(replay.operations, places),
    kernelCalls: firstOther < 0 ? replay.operations.length : firstOther,
    problems,
  };
}

function readCalls(text: string, problems: Problem[]): { readonly calls: Call[]; readonly marks: NamedPlace[] } {
  const calls: Call[] = [];
  const marks: NamedPlace[] = [];
  for (const [number, source] of text.split('\n').entries()) {
    const line: Line = { number, text: source };
    if (source.trim() === '') continue;
    const json = parseJson(source);
    if (isObject(json) && typeof json.mark === 'string' && json.fn === undefined) {
      marks.push({ at: calls.length, name: json.mark });
      continue;
    }
    const depth = isObject(json) ? readInteger(json.depth) : undefined;
    if (!isObject(json) || typeof json.fn !== 'string' || !isObject(json.args) || depth === undefined || depth < 0n) {
      const message = `expected a record with "depth", "fn" and "args", found ${found(source)}`;
      problems.push({ severity: 'error', code: 'trace-line', message, where: inLine(line) });
      continue;
    }
    calls.push({
      line,
      depth: Number(depth),
      fn: json.fn,
      args: json.args,
      caller: typeof json.caller === 'string' ? json.caller : '',
      ret: readInteger(json.ret),
      out: readInteger(json.out),
    });
  }
  return { calls, marks };
}

/** `uk_allocbbuddy_init`, `uk_tlsf_init`; not `uk_allocstack_init`, whose allocator is no heap. */
const INIT = /^uk_(?:alloc)?(?:bbuddy|region|tlsf|tinyalloc|mimalloc)_init$/;

/** The functions behind a `struct uk_alloc`: an allocator's own, and the layers ifpages, ifmalloc and compat. */
const HEAP_FUNCTION =
  /^(?:uk_)?(?:alloc_?)?(?:bbuddy|region|tlsf|tinyalloc|mimalloc(?:_region)?)?_?(malloc|calloc|realloc|posix_memalign|memalign|free|palloc|pfree|addmem|availmem|maxalloc|pavailmem|pmaxalloc)(?:_(?:ifpages|ifmalloc|compat))?$/;

function heapOf(calls: readonly Call[]): bigint | undefined {
  const init = calls.find((c) => INIT.test(c.fn) && c.ret !== undefined && c.ret !== 0n);
  return init?.ret ?? readInteger(calls.find((c) => HEAP_FUNCTION.exec(c.fn)?.[1] === 'addmem')?.args.a);
}

/** The allocator that the heap's own init made to sit on: mimalloc's region allocator. */
function backingOf(calls: readonly Call[]): bigint | undefined {
  const first = calls.findIndex((c) => INIT.test(c.fn));
  return first < 0 ? undefined : calls.slice(first + 1, endOf(calls, first)).find((c) => INIT.test(c.fn))?.ret;
}

/** Index after the last record that is nested in the record at `index`. */
function endOf(calls: readonly Call[], index: number): number {
  let end = index + 1;
  while (end < calls.length && calls[end]!.depth > calls[index]!.depth) end++;
  return end;
}

/** heap_init calls addmem through a macro that a build with inlining puts down to alloc.h; then nothing is allocated yet. */
function isBootAddmem(call: Call, calls: readonly Call[], index: number, heap: bigint): boolean {
  if (HEAP_FUNCTION.exec(call.fn)?.[1] !== 'addmem' || readInteger(call.args.a) !== heap) return false;
  if (call.caller.includes('lib/ukboot/') || INIT.test(functionOf(call.caller))) return true;
  return !calls.slice(0, index).some((c) => /(?:malloc|palloc|memalign)/.test(c.fn) && readInteger(c.args.a) === heap);
}

/** `heap_init (lib/ukboot/boot.c:229)` → `heap_init` */
function functionOf(caller: string): string {
  return /^[^\s(]*/.exec(caller)![0];
}

function isKernelCaller(caller: string): boolean {
  return caller === '' || /\((?:lib|libs|plat|drivers)\//.test(caller) || !caller.includes('(');
}

function initOperation(call: Call): RecordedOperation {
  const [base, len] = [readInteger(call.args.base) ?? 0n, readInteger(call.args.len ?? call.args.size) ?? 0n];
  return { operation: { op: 'init', base, len }, expected: { ret: call.ret! }, caller: call.caller };
}

function addmemOperation(call: Call): RecordedOperation {
  const [base, len] = [readInteger(call.args.base) ?? 0n, readInteger(call.args.len ?? call.args.size) ?? 0n];
  return {
    operation: { op: 'addmem', base, len },
    ...(call.ret !== undefined && { expected: { ret: call.ret } }),
    caller: call.caller,
  };
}

function problemAt(call: Call, code: string, message: string): Problem {
  return { severity: 'error', code, message, where: inLine(call.line) };
}

/** Makes operations of calls, in order. */
class Replay {
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
