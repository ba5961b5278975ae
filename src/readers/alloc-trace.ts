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

import type { RecordedOperation } from '../allocators/ukalloc';
import type { Problem } from '../regions/problem';
import { addmemOperation, functionOf, HEAP_FUNCTION, problemAt, Replay, type Call } from './alloc-replay';
import { inLine, type Line } from './lines';
import { named, type NamedPlace } from './named-places';
import { found, isObject, parseJson, readInteger } from './json-values';

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

function isKernelCaller(caller: string): boolean {
  return caller === '' || /\((?:lib|libs|plat|drivers)\//.test(caller) || !caller.includes('(');
}

function initOperation(call: Call): RecordedOperation {
  const [base, len] = [readInteger(call.args.base) ?? 0n, readInteger(call.args.len ?? call.args.size) ?? 0n];
  return { operation: { op: 'init', base, len }, expected: { ret: call.ret! }, caller: call.caller };
}
