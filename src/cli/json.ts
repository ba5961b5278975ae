// Values as the contract's JSON has them: addresses and lengths as hex strings, counts below 2^31 as numbers.

import { hex } from '../memory/address';
import type { Operation } from '../allocators/ukalloc';

/** A size or count as golden traces write it. */
export function sizeJson(value: bigint): number | string {
  return value < 2n ** 31n ? Number(value) : hex(value);
}

/** An operation as golden traces write it, without its result. */
export function operationJson(operation: Operation): Record<string, unknown> {
  switch (operation.op) {
    case 'init':
    case 'addmem':
      return { op: operation.op, base: hex(operation.base), len: hex(operation.len) };
    case 'malloc':
      return { op: 'malloc', id: operation.id, size: sizeJson(operation.size) };
    case 'calloc':
      return { op: 'calloc', id: operation.id, nmemb: sizeJson(operation.nmemb), size: sizeJson(operation.size) };
    case 'memalign':
    case 'posix_memalign':
      return { op: operation.op, id: operation.id, align: sizeJson(operation.align), size: sizeJson(operation.size) };
    case 'realloc':
      return { op: 'realloc', id: operation.id, of: operation.of, size: sizeJson(operation.size) };
    case 'palloc':
      return { op: 'palloc', id: operation.id, pages: sizeJson(operation.pages) };
    case 'pfree':
      return { op: 'pfree', of: operation.of, pages: operation.pages, ...(operation.off !== 0 && { off: operation.off }) };
    case 'direct':
      return { op: operation.fn, ...(operation.id !== undefined && { id: operation.id }), args: operation.args.map(sizeJson) };
    default:
      return { ...operation };
  }
}

/** Everything bigint becomes hex; typed arrays and class instances do not occur in what is printed. */
export function printJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? hex(v) : v), 1);
}
