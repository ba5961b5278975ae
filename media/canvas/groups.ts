// Merges and splits, found by holding the boxes of two moments against each other.

import { RUN_KINDS } from '../../src/view/map/map';

/** A box between two addresses, or offsets of its row. */
export interface Span {
  readonly index: number;
  readonly from: number;
  readonly end: number;
  readonly kind: number;
}

/** Boxes side by side that were made one, or one that was made several.  */
export interface Group {
  readonly merged: boolean;
  /** The one that they were made, or that they were made from. */
  readonly one: number;
  readonly several: readonly number[];
  /** Which of the several goes on as the one: of its kind, and the largest. */
  readonly same: number;
}

const MOVING: readonly number[] = [RUN_KINDS.indexOf('free'), RUN_KINDS.indexOf('used')];

/**
 * Merges and splits: where several boxes side by side before cover exactly what one does now, or the other way round.
 *
 * @param all must every box be in such a group, or be as it was? Else there are none.
 */
export function groupsOf(before: readonly Span[], now: readonly Span[], all = false): Group[] {
  const groups: Group[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < now.length) {
    const [a, b] = [before[i]!, now[j]!];
    if (a.from !== b.from) {
      if (all) return [];
      if (a.from < b.from) i++;
      else j++;
      continue;
    }
    const olds = covering(before, i, b.end);
    const news = covering(now, j, a.end);
    i += Math.max(1, olds);
    j += Math.max(1, news);
    if (olds === 1 && news === 1) continue;
    const group =
      olds > 1 ? groupOf(true, b, before.slice(i - olds, i)) : news > 1 ? groupOf(false, a, now.slice(j - news, j)) : undefined;
    if (group !== undefined) groups.push(group);
    else if (all) return [];
  }
  return all && (i < before.length || j < now.length) ? [] : groups;
}

/** How many boxes from `at` on cover everything up to `end` and no more; 0 where they do not. */
function covering(spans: readonly Span[], at: number, end: number): number {
  for (let n = at; n < spans.length && spans[n]!.end <= end; n++) {
    if (n > at && spans[n]!.from !== spans[n - 1]!.end) return 0;
    if (spans[n]!.end === end) return n + 1 - at;
  }
  return 0;
}

/** Undefined where none of them is of the one's kind: nothing is the same then, so nothing moves. */
function groupOf(merged: boolean, one: Span, several: readonly Span[]): Group | undefined {
  if (!MOVING.includes(one.kind)) return undefined;
  const alike = several.filter((s) => s.kind === one.kind);
  if (alike.length === 0) return undefined;
  const same = alike.reduce((a, b) => (b.end - b.from > a.end - a.from ? b : a));
  return { merged, one: one.index, several: several.map((s) => s.index), same: same.index };
}

/** By the indices that they have in the later map. */
export function groupsByIndex(groups: readonly Group[]): ReadonlyMap<number, Group> {
  return new Map(groups.flatMap((g) => (g.merged ? [g.one] : g.several).map((index) => [index, g] as const)));
}

export function firstOf(group: Group): number {
  return group.merged ? group.one : group.several[0]!;
}
