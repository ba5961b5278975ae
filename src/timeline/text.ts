// Operations in words.

import { hex } from '../memory/address';
import type { Operation } from '../allocators/ukalloc';
import { sizeText } from '../regions/text';

/** A call as people write it: `malloc(100)`, `pfree(0x18a000, 1)`. `address` tells what an id stands for, as far as it is known. */
export function callText(operation: Operation, address: (id: number) => number | undefined): string {
  const pointer = (id: number | null): string => {
    if (id === null) return 'NULL';
    const a = address(id);
    return a === undefined ? `#${String(id)}` : a === 0 ? 'NULL' : hex(a);
  };
  switch (operation.op) {
    case 'init':
    case 'addmem':
      return `${operation.op} ${hex(operation.base)} – ${hex(operation.base + operation.len)}, ${sizeText(operation.len)}`;
    case 'malloc':
      return `malloc(${operation.size})`;
    case 'calloc':
      return `calloc(${operation.nmemb}, ${operation.size})`;
    case 'memalign':
    case 'posix_memalign':
      return `${operation.op}(${operation.align}, ${operation.size})`;
    case 'realloc':
      return `realloc(${pointer(operation.of)}, ${operation.size})`;
    case 'free':
      return `free(${pointer(operation.of)})`;
    case 'palloc':
      return `palloc(${operation.pages})`;
    case 'pfree':
      return operation.off === 0
        ? `pfree(${pointer(operation.of)}, ${operation.pages})`
        : `pfree(${pointer(operation.of)} + ${operation.off} pages, ${operation.pages})`;
    case 'access': {
      if (operation.of === null) return `${operation.kind} ${hex(operation.off)}`;
      const off = BigInt.asIntN(64, operation.off);
      return `${operation.kind} ${pointer(operation.of)}${off === 0n ? '' : off < 0n ? ` − ${-off}` : ` + ${off}`}`;
    }
    case 'direct': {
      const args = operation.args.map(String);
      if (operation.of !== undefined) args.unshift(pointer(operation.of));
      return `${operation.fn}(${args.join(', ')})`;
    }
    default:
      return `${operation.op}()`;
  }
}

/** Does the result of this operation read as an address? */
export function givesPointer(operation: Operation): boolean {
  return 'id' in operation && operation.id !== undefined;
}

/** A call's result: an address, a count, an errno, or nothing. */
export function resultText(ret: number | undefined, pointer: boolean, err?: number): string {
  if (err !== undefined && err !== 0) return `error ${String(err)}`;
  if (ret === undefined) return '';
  if (pointer) return ret === 0 ? 'NULL' : hex(ret);
  return ret < 0 ? `−${String(-ret)}` : String(ret);
}
