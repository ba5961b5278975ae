// Names that a record gives to places between its operations.

import type { RecordedOperation } from '../allocators/ukalloc';
import { isObject } from './json-values';

/** A name, and how many operations stand before it. */
export interface NamedPlace {
  readonly at: number;
  readonly name: string;
}

/** The operations, each with the name of the place before it; a name after the last one stands on that. */
export function named(operations: readonly RecordedOperation[], places: readonly NamedPlace[]): RecordedOperation[] {
  const all = [...operations];
  for (const { at, name } of places) {
    const after = at >= all.length;
    const i = after ? all.length - 1 : at;
    const operation = all[i];
    if (operation === undefined) continue;
    const had = after ? operation.markAfter : operation.mark;
    const both = had === undefined ? name : `${had} · ${name}`;
    all[i] = { ...operation, ...(after ? { markAfter: both } : { mark: both }) };
  }
  return all;
}

/** An entry that is no operation but a name for the place between two. */
export function isPlace(entry: unknown): entry is { readonly mark: string } {
  return isObject(entry) && typeof entry.mark === 'string' && entry.op === undefined;
}
