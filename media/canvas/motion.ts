// Motion that shows sameness: after one step, a box that came out of a merge grows from what it was to what it is, and one that was
// split parts. Pure: what is between two maps after so many milliseconds is a map again, which is painted like any other.

import type { FoldBox, MapItem, MapRow, MapView, Runs } from '../../src/view/map/map';
import { RUN_KINDS, RunFlag } from '../../src/view/map/map';
import { firstOf, groupsByIndex, groupsOf } from './groups';
import type { Group, Span } from './groups';

/** Milliseconds in which boxes grow and part, and in which the marks of the last step fade in. */
export const GROWING = 120;
export const FADING = 80;

/** Boxes that moved between two maps of the same window: by index of the later map's items. */
export interface Motion {
  readonly before: MapView;
  readonly now: MapView;
  readonly rows: ReadonlyMap<number, readonly Group[]>;
  readonly folds: ReadonlyMap<number, FoldMotion>;
}

interface FoldMotion {
  readonly before: readonly FoldBox[];
  readonly groups: readonly Group[];
}

/** What has moved in one step, if the window is the same; undefined where nothing has. */
export function motionBetween(before: MapView, now: MapView): Motion | undefined {
  if (before === now || !isSameWindow(before, now)) return undefined;
  const rows = new Map<number, readonly Group[]>();
  const folds = new Map<number, FoldMotion>();
  const earlier = new Map(before.items.map((item) => [placeOf(item), item]));
  for (const [n, item] of now.items.entries()) {
    const was = earlier.get(placeOf(item));
    if (item.kind === 'row' && was?.kind === 'row' && !item.aggregated && !was.aggregated) {
      const groups = groupsOf(boxesOf(before, was), boxesOf(now, item));
      if (groups.length > 0) rows.set(n, groups);
    } else if (item.kind === 'fold' && was?.kind === 'fold' && item.more === 0 && was.more === 0) {
      const groups = groupsOf(foldBoxes(was.boxes), foldBoxes(item.boxes), true);
      if (groups.length > 0) folds.set(n, { before: was.boxes, groups });
    }
  }
  return rows.size + folds.size === 0 ? undefined : { before, now, rows, folds };
}

/** The map as it stands so many milliseconds after the step: the later one itself once everything is in its place. */
export function mapAfter(motion: Motion, elapsed: number): MapView {
  const share = eased(elapsed / GROWING);
  if (share >= 1) return motion.now;
  const { now } = motion;
  const pieces: Piece[] = [];
  const items = now.items.map((item, n): MapItem => {
    if (item.kind === 'row') {
      const groups = motion.rows.get(n);
      if (groups === undefined) return item;
      const own = piecesOf(motion, item, groups, share);
      const first = now.runs.kind.length + pieces.length;
      pieces.push(...own);
      return { ...item, first, count: own.length };
    }
    const moving = item.kind === 'fold' ? motion.folds.get(n) : undefined;
    return item.kind !== 'fold' || moving === undefined ? item : { ...item, boxes: foldAfter(moving, item.boxes, share) };
  });
  return { ...now, items, runs: withPieces(motion, pieces) };
}

/** How strong the marks of the last step are so many milliseconds after it: 0 … 1. */
export function markStrength(elapsed: number): number {
  return Math.min(1, Math.max(0, elapsed / FADING));
}

/** Fast at first: where it goes is seen at once. */
function eased(share: number): number {
  return 1 - (1 - Math.min(1, Math.max(0, share))) ** 3;
}

/** Same zoom, shape and colours: what differs then is the heap. */
function isSameWindow(a: MapView, b: MapView): boolean {
  const same = ['level', 'cells', 'cellBytes', 'cellHeight', 'rowHeight', 'foldHeight', 'shape', 'colouring'] as const;
  return (
    a.bytes === undefined && b.bytes === undefined && a.lines === 1 && b.lines === 1 && same.every((key) => a[key] === b[key])
  );
}

function placeOf(item: MapItem): string {
  return item.kind === 'row' || item.kind === 'fold' ? `${item.kind} ${item.base} ${String(item.y)}` : '';
}

const REGION = RUN_KINDS.indexOf('region');

/** The parts of a row's blocks that lie in it, in the order of their addresses. */
function boxesOf({ runs, rowBytes }: MapView, { first, count }: MapRow): Span[] {
  const spans: Span[] = [];
  for (let index = first; index < first + count; index++) {
    const kind = runs.kind[index]!;
    if (kind === REGION) continue;
    const from = runs.from[index]!;
    spans.push({ index, from: Math.max(0, from), end: Math.min(rowBytes, from + runs.size[index]!), kind });
  }
  return spans;
}

/** Offsets in the fold, which begins at an address that a number may not hold. */
function foldBoxes(boxes: readonly FoldBox[]): Span[] {
  if (boxes.length === 0) return [];
  const base = BigInt(boxes[0]!.base);
  return boxes.map((b, index) => ({
    index,
    from: Number(BigInt(b.base) - base),
    end: Number(BigInt(b.end) - base),
    kind: RUN_KINDS.indexOf(b.kind),
  }));
}

/** A run as it is drawn now. */
interface Piece {
  readonly runs: Runs;
  readonly index: number;
  readonly from: number;
  readonly end: number;
  /** Is it one of the map before? */
  readonly past: boolean;
}

function piecesOf({ before, now }: Motion, row: MapRow, groups: readonly Group[], share: number): Piece[] {
  const pieces: Piece[] = [];
  const moving = groupsByIndex(groups);
  for (let index = row.first; index < row.first + row.count; index++) {
    const group = moving.get(index);
    if (group === undefined) pieces.push(whole(now.runs, index, false));
    else if (index === firstOf(group)) pieces.push(...groupAfter(group, before, now, share));
  }
  return pieces;
}

function whole(runs: Runs, index: number, past: boolean): Piece {
  const from = runs.from[index]!;
  return { runs, index, from, end: from + runs.size[index]!, past };
}

/** The one grows out of what it was, over the others; or what it is draws back from them. */
function groupAfter(group: Group, before: MapView, now: MapView, share: number): Piece[] {
  const [ones, severals] = group.merged ? [now.runs, before.runs] : [before.runs, now.runs];
  const inRow = (p: Piece): Piece => ({ ...p, from: Math.max(0, p.from), end: Math.min(now.rowBytes, p.end) });
  const one = whole(ones, group.one, false);
  const same = whole(severals, group.same, false);
  const [small, large] = [inRow(same), inRow(one)];
  const grown = group.merged ? share : 1 - share;
  const edge = (from: number, to: number) => from + (to - from) * grown;
  const left = edge(small.from, large.from);
  const right = edge(small.end, large.end);
  const others = group.several
    .filter((index) => index !== group.same)
    .map((index) => inRow(whole(severals, index, group.merged)))
    .map((p) => (p.end <= small.from ? { ...p, end: Math.min(p.end, left) } : { ...p, from: Math.max(p.from, right) }))
    .filter((p) => p.end > p.from);
  // Beyond the row's ends it reaches as far as the block itself does.
  const own = group.merged ? one : same;
  const body: Piece = {
    ...own,
    from: left <= 0 ? Math.min(own.from, left) : left,
    end: right >= now.rowBytes ? Math.max(own.end, right) : right,
  };
  return [...others.filter((p) => p.end <= left), body, ...others.filter((p) => p.end > left)];
}

/** The later map's runs with the pieces after them, in their order. */
function withPieces({ now }: Motion, pieces: readonly Piece[]): Runs {
  const at = now.runs.kind.length;
  const grown = <A extends Runs[keyof Runs]>(of: (runs: Runs) => A): A => {
    const own = of(now.runs);
    const column = new (own.constructor as new (length: number) => A)(at + pieces.length);
    column.set(own);
    for (const [n, { runs, index }] of pieces.entries()) column[at + n] = of(runs)[index]!;
    return column;
  };
  const runs: Runs = {
    kind: grown((r) => r.kind),
    from: grown((r) => r.from),
    size: grown((r) => r.size),
    solid: grown((r) => r.solid),
    sizeClass: grown((r) => r.sizeClass),
    tint: grown((r) => r.tint),
    flags: grown((r) => r.flags),
    since: grown((r) => r.since),
    label: grown((r) => r.label),
    shade: grown((r) => r.shade),
  };
  for (const [n, { runs: of, index, from, end, past }] of pieces.entries()) {
    const i = at + n;
    runs.from[i] = from;
    runs.size[i] = end - from;
    // Where asked for turns into slack is a place in memory; it does not move.
    runs.solid[i] = of.from[index]! + of.solid[index]! - from;
    if (!past) continue;
    // What is gone has no label and is not what the marks are about.
    runs.label[i] = -1;
    runs.flags[i]! &= RunFlag.dimmed;
  }
  return runs;
}

/** Boxes of a fold share its width by their weights, so all of them may move. */
function foldAfter({ before, groups }: FoldMotion, now: readonly FoldBox[], share: number): FoldBox[] {
  const mix = (a: number, b: number) => a + (b - a) * share;
  const weightBefore = new Map(before.map((b) => [`${b.base} ${b.end}`, b.weight]));
  const moving = groupsByIndex(groups);
  return now.flatMap((box, index) => {
    const group = moving.get(index);
    if (group === undefined)
      return [{ ...box, weight: mix(weightBefore.get(`${box.base} ${box.end}`) ?? box.weight, box.weight) }];
    if (index !== firstOf(group)) return [];
    const [one, several] = group.merged ? [box, before] : [before[group.one]!, now];
    const sum = group.several.reduce((w, i) => w + several[i]!.weight, 0);
    const width = group.merged ? mix(sum, one.weight) : mix(one.weight, sum);
    // All but the one shrink from their share of the width to nothing, or grow to it.
    const left = group.merged ? 1 - share : share;
    const others = 1 - several[group.same]!.weight / sum;
    return group.several
      .map((i): FoldBox => {
        const own = several[i]!;
        if (i === group.same) return { ...(group.merged ? one : own), weight: (1 - others * left) * width };
        const weight = (own.weight / sum) * left * width;
        return group.merged ? { ...own, weight, label: '', size: '', flags: own.flags & RunFlag.dimmed } : { ...own, weight };
      })
      .filter((b) => b.weight > 0);
  });
}
