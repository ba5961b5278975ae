// The `workload` of a memory-map file: what to do with the heap after the boot. Operations as golden traces have them.

import type { Node } from 'jsonc-parser';
import type { Operation, RecordedOperation } from '../allocators/ukalloc';
import type { JsonDocument } from './json-document';
import { LiveObjects } from './live-objects';
import { isPlace, named, type NamedPlace } from './named-places';
import { parseOperation } from './operation';

/** Keys of each operation. */
export const OPERATION_KEYS: Readonly<Record<Exclude<Operation['op'], 'init' | 'direct'>, readonly string[]>> = {
  addmem: ['base', 'len'],
  malloc: ['id', 'size'],
  calloc: ['id', 'nmemb', 'size'],
  memalign: ['id', 'align', 'size'],
  posix_memalign: ['id', 'align', 'size'],
  realloc: ['id', 'of', 'size'],
  free: ['of'],
  palloc: ['id', 'pages'],
  pfree: ['of', 'pages', 'off'],
  availmem: [],
  maxalloc: [],
  pavailmem: [],
  pmaxalloc: [],
  access: ['of', 'off', 'kind', 'fault'],
};

/** Keys that every operation may have beside its own: who called, a name for the place, and what came out of it where that was recorded. */
export const COMMON_OPERATION_KEYS = ['op', 'caller', 'mark', 'ret', 'err', 'log', 'dlog'] as const;

/** Reads the list; what cannot be read is reported and left out. */
export function readWorkload(json: JsonDocument, list: Node): RecordedOperation[] {
  const objects = new LiveObjects();
  const operations: RecordedOperation[] = [];
  const places: NamedPlace[] = [];
  for (const node of json.items(list, '"workload"')) {
    const entry = json.value(node);
    if (isPlace(entry)) {
      json.refuseOthers(json.properties(node), ['mark'], 'mark');
      places.push({ at: operations.length, name: entry.mark });
      continue;
    }
    const recorded = parseOperation(entry);
    if (typeof recorded === 'string') {
      json.report('error', 'bad-operation', sentence(recorded), node);
      continue;
    }
    const { op } = recorded.operation;
    if (op === 'init' || op === 'direct') {
      const message = `A workload cannot hold this operation; it can hold ${Object.keys(OPERATION_KEYS).join(', ')}.`;
      json.report('error', 'bad-operation', message, node);
      continue;
    }
    const properties = json.properties(node);
    json.refuseOthers(properties, [...COMMON_OPERATION_KEYS, ...OPERATION_KEYS[op]], op);
    operations.push(recorded);
    const problem = objects.take(recorded.operation, recorded.expected);
    if (problem === undefined) continue;
    // What the problem is about: the id that is freed, or the one that is defined.
    const reference = (properties.get('of') ?? properties.get('id'))?.value ?? node;
    json.report(problem.severity, problem.code, sentence(problem.message), reference);
  }
  return named(operations, places);
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith('.') ? '' : '.');
}
