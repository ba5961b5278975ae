// The heaps that were decoded last. A step is shown with what it changed: of two steps in a row each needs the state between them.

import type { HeapSnapshot } from '../snapshot/snapshot';
import type { Cursor } from './types';

/** States that are kept: the one shown, the one before its operation, and the last stop. */
const STATES = 3;
/** Blocks of a heap that is kept: larger ones are decoded for the moment that they are shown. */
const MOST_BLOCKS = 30_000;

export class Recent {
  /** In the order in which they were asked for. */
  private kept: { readonly cursor: Cursor; readonly snapshot: HeapSnapshot }[] = [];

  /** The heap at a place in time. */
  at(cursor: Cursor, decode: () => HeapSnapshot): HeapSnapshot {
    const known = this.kept.find((k) => k.cursor.operation === cursor.operation && k.cursor.step === cursor.step);
    const now = known ?? { cursor, snapshot: decode() };
    const rest = this.kept.filter((k) => k !== known);
    this.kept = now.snapshot.blocks.length > MOST_BLOCKS ? rest : [...rest, now].slice(-STATES);
    return now.snapshot;
  }
}
