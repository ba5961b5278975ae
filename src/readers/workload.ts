// A workload: what is called on a heap after the boot. Golden traces, a `workload` array, heap-calls.json and alloc-trace.jsonl
// all give the same: recorded operations.

import type { RecordedOperation } from '../allocators/ukalloc';
import type { Problem } from '../regions/problem';
import { readAllocTrace, type RecordedBoot } from './alloc-trace';
import { readTrace, type TraceHeader } from './golden-trace';
import { readHeapCalls } from './heap-calls';
import { found, isObject, parseJson } from './json-values';
import { inLine } from './lines';
import { LiveObjects } from './live-objects';
import { isPlace, named, type NamedPlace } from './named-places';
import { parseOperation } from './operation';

export { parseOperation } from './operation';

export type WorkloadFormat = 'golden-trace' | 'operations' | 'heap-calls' | 'alloc-trace';

export interface Workload {
  readonly format: WorkloadFormat;
  readonly operations: readonly RecordedOperation[];
  /** How many of the first operations are the kernel's own (alloc-trace only; else 0). */
  readonly kernelCalls: number;
  /** What the record says about the boot: not to be replayed as part of the workload. */
  readonly boot?: RecordedBoot;
  /** Golden traces only. */
  readonly header?: TraceHeader;
  /** Address of the recorded heap, where the record says it. */
  readonly heap?: bigint;
  readonly problems: readonly Problem[];
}

/**
 * Reads a workload in any of its formats; the caller unpacks `.gz`. Never throws.
 *
 * A golden trace's own first `init` (and `addmem` that follow it) are kept as operations: they are what it replays on.
 */
export function readWorkload(text: string): Workload {
  const start = text.trimStart();
  if (start.startsWith('[')) return readArray(parseJson(text));
  const firstLine = start.slice(0, start.indexOf('\n') < 0 ? undefined : start.indexOf('\n'));
  const first = parseJson(firstLine);
  if (isObject(first) && typeof first.fn === 'string') {
    const { heap, boot, operations, kernelCalls, problems } = readAllocTrace(text);
    return { format: 'alloc-trace', operations, kernelCalls, boot, ...(heap !== undefined && { heap }), problems };
  }
  const whole = isObject(first) ? first : parseJson(text);
  if (isObject(whole) && Array.isArray(whole.workload)) return readArray(whole.workload);
  const { header, lines, problems } = readTrace(text);
  const operations = lines.flatMap((line) => (line.kind === 'operation' ? [{ ...line.recorded, line: line.line + 1 }] : []));
  return { format: 'golden-trace', operations, kernelCalls: 0, ...(header && { header }), problems };
}

function readArray(value: unknown): Workload {
  if (!Array.isArray(value)) {
    const message = typeof value === 'string' ? value : `expected a list, found ${found(value)}`;
    return { format: 'operations', operations: [], kernelCalls: 0, problems: [error('not-json', message)] };
  }
  if (value.some(isHeapCall)) {
    const { heap, operations, problems } = readHeapCalls(value);
    return { format: 'heap-calls', operations, kernelCalls: 0, ...(heap !== undefined && { heap }), problems };
  }
  const { operations, problems } = readOperations(value);
  return { format: 'operations', operations, kernelCalls: 0, problems };
}

/** An array of operations, as a memory-map file's `workload` has them; problems say which entry, from 0. */
export function readOperations(value: readonly unknown[]): { operations: RecordedOperation[]; problems: Problem[] } {
  const operations: RecordedOperation[] = [];
  const problems: Problem[] = [];
  const live = new LiveObjects();
  const places: NamedPlace[] = [];
  for (const [index, entry] of value.entries()) {
    if (isPlace(entry)) {
      places.push({ at: operations.length, name: entry.mark });
      continue;
    }
    const recorded = parseOperation(entry);
    if (typeof recorded === 'string') {
      problems.push(error('workload', `operation ${index}: ${recorded}`));
      continue;
    }
    operations.push(recorded);
    const wrong = live.take(recorded.operation, recorded.expected);
    if (wrong !== undefined)
      problems.push({ ...error(wrong.code, `operation ${index}: ${wrong.message}`), severity: wrong.severity });
  }
  return { operations: named(operations, places), problems };
}

/** What only heap-calls.json has: the slots of its main(), and figures beside its marks. */
function isHeapCall(entry: unknown): boolean {
  if (!isObject(entry)) return false;
  return entry.slot !== undefined || (isPlace(entry) && ('heap' in entry || 'availmem' in entry));
}

function error(code: string, message: string): Problem {
  return { severity: 'error', code, message, where: inLine({ number: 0, text: '' }) };
}
