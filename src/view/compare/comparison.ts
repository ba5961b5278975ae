// Two states of a heap, or of two: A above B, row by row at the same addresses, with what differs and who held it.

import type { HeapSnapshot, Metrics } from '../../snapshot/snapshot';
import type { Cursor } from '../../timeline/types';
import { comparedRows, rowBytesOf } from './rows';
import type { ComparedHeap, ComparedRow } from './rows';
import { differences } from './differences';
import type { Difference } from './differences';
import { classText } from '../map/labels';
import { buildMetrics } from '../metrics';
import { counted, countText, hex, shortSizeText, sizeText } from '../numbers';
import type { Owner } from '../time/owners';

export type { ComparedMark, ComparedPart, ComparedRow } from './rows';

/** Changes that are listed at a time. */
const MOST_CHANGES = 200;

export interface ComparedChange {
  readonly base: string;
  readonly size: string;
  readonly a: string;
  readonly b: string;
  /** The step that made it so, where that is found in passing. */
  readonly step: string;
  readonly cursor?: Cursor;
  readonly current: boolean;
}

export interface ComparisonView {
  readonly a: string;
  readonly b: string;
  /** `6 operations, 6 changes, 8 pages`. */
  readonly summary: string;
  /** What makes the two hard to compare, a sentence each. */
  readonly notes: readonly string[];
  readonly rowText: string;
  readonly rows: readonly ComparedRow[];
  /** A window on the changes, around the current one. */
  readonly changes: readonly ComparedChange[];
  /** Changes above and below the window. */
  readonly before: number;
  readonly more: number;
  /** `change 6 of 6`, or how many there are while none is selected. */
  readonly place: string;
  /** Where the changes before and after the current one begin; the list goes round. */
  readonly previous?: string;
  readonly next?: string;
  readonly metrics: readonly { readonly label: string; readonly a: string; readonly b: string; readonly change: string }[];
}

/** One of the two states. It needs nothing but itself: what it was taken from may be gone. */
export interface Compared {
  /** `step 29, main-2`. */
  readonly name: string;
  readonly snapshot: HeapSnapshot;
  readonly metrics: Metrics;
  /** Do the figures count in what only calls tell, as the slack of a page call? Those of a dump do not. */
  readonly byCalls: boolean;
  readonly owner: (base: bigint, end: bigint) => Owner | undefined;
}

export interface ComparedLooking {
  readonly selection?: string | undefined;
  readonly unfolded?: readonly string[] | undefined;
}

export class Comparison {
  private readonly a: Compared;
  private readonly b: Compared;
  private readonly operations: number | undefined;
  private readonly lastChange: ((base: bigint, end: bigint) => Cursor | undefined) | undefined;
  private readonly found: readonly Difference[];
  private readonly listed = new Map<number, ComparedChange>();

  /**
   * @param operations operations between the two, where both are steps of one simulation
   * @param lastChange the step that made a range what it is, where it is found in passing
   */
  constructor(a: Compared, b: Compared, operations?: number, lastChange?: (base: bigint, end: bigint) => Cursor | undefined) {
    this.a = a;
    this.b = b;
    this.operations = operations;
    this.lastChange = lastChange;
    this.found = differences(a.snapshot.blocks, b.snapshot.blocks);
  }

  view({ selection, unfolded = [] }: ComparedLooking = {}): ComparisonView {
    const { a, b, found } = this;
    const { length } = found;
    const current = selection === undefined ? -1 : this.at(BigInt(selection));
    // Without a current change, the next one is the first behind the selection.
    const behind = selection === undefined ? 0 : this.firstBehind(BigInt(selection));
    const next = current >= 0 ? current + 1 : behind;
    const previous = (current >= 0 ? current : behind) - 1;
    const first = length <= MOST_CHANGES ? 0 : Math.floor(Math.max(0, current) / MOST_CHANGES) * MOST_CHANGES;
    const shown = Math.min(length, first + MOST_CHANGES);
    const rowBytes = rowBytesOf(b.snapshot);
    const selected = selection === undefined ? undefined : BigInt(selection);
    const heap = ({ snapshot, owner }: Compared): ComparedHeap => ({ snapshot, owner, selection: selected });
    return {
      a: a.name,
      b: b.name,
      summary: this.summary(),
      notes: notesOf(a.snapshot, b.snapshot),
      rowText: `A above B at the same addresses · outlined = differs · 1 row = ${sizeText(rowBytes)}`,
      rows: comparedRows(heap(a), heap(b), found, rowBytes, { current, unfolded }),
      changes: Array.from({ length: shown - first }, (_, i) => ({ ...this.change(first + i), current: first + i === current })),
      before: first,
      more: length - shown,
      place: current >= 0 ? `change ${countText(current + 1)} of ${countText(length)}` : counted(length, 'change'),
      ...(length > 0 && {
        previous: hex(found[(previous + length) % length]!.base),
        next: hex(found[next % length]!.base),
      }),
      metrics: metricsOf(a, b),
    };
  }

  private summary(): string {
    const bytes = this.found.reduce((sum, d) => sum + Number(d.end - d.base), 0);
    const size = bytes % 4096 === 0 ? counted(bytes / 4096, 'page') : sizeText(bytes);
    const changes = this.found.length === 0 ? 'no block differs' : `${counted(this.found.length, 'change')}, ${size}`;
    return this.operations === undefined ? changes : `${counted(this.operations, 'operation')}, ${changes}`;
  }

  /** The change that holds an address, or −1. */
  private at(address: bigint): number {
    const i = this.firstBehind(address) - 1;
    return i >= 0 && address < this.found[i]!.end ? i : -1;
  }

  /** The first change that begins behind an address. */
  private firstBehind(address: bigint): number {
    let [low, high] = [0, this.found.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.found[middle]!.base <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private change(i: number): ComparedChange {
    const known = this.listed.get(i);
    if (known !== undefined) return known;
    const { base, end } = this.found[i]!;
    const cursor = this.lastChange?.(base, end);
    const change: ComparedChange = {
      base: hex(base),
      size: sizeText(end - base),
      a: heldText(this.a, base, end),
      b: heldText(this.b, base, end),
      step: cursor === undefined ? '' : countText(cursor.operation + 1),
      ...(cursor !== undefined && { cursor }),
      current: false,
    };
    this.listed.set(i, change);
    return change;
  }
}

function notesOf(a: HeapSnapshot, b: HeapSnapshot): string[] {
  const notes: string[] = [];
  if (a.allocator !== b.allocator) notes.push(`Two allocators: A is ${a.allocator}, B is ${b.allocator}.`);
  else if (a.profile !== b.profile) notes.push(`Two profiles of ${a.allocator}: A is ${a.profile}, B is ${b.profile}.`);
  if (a.heap !== b.heap) notes.push(`Two heaps: A is at ${hex(a.heap)}, B at ${hex(b.heap)}.`);
  for (const [name, { absent }] of [
    ['A', a],
    ['B', b],
  ] as const)
    if (absent.length > 0) notes.push(`${name} is in part not in its dump: what was not read differs from anything.`);
  return notes;
}

/** What a stretch holds: its blocks in order, as many as are read at a glance. */
function heldText({ snapshot, owner }: Compared, base: bigint, end: bigint): string {
  const { blocks } = snapshot;
  const texts: string[] = [];
  let count = 0;
  for (let i = Math.max(0, blocks.lastAtOrBelow(base)); i < blocks.length && blocks.base(i) < end; i++) {
    if (blocks.end(i) <= base || ++count > 2) continue;
    const name = classText(snapshot, blocks.sizeClass(i));
    const state = blocks.state(i);
    if (state === 'free') texts.push(`free ${name ?? shortSizeText(blocks.size(i))}`);
    else
      texts.push(
        (state === 'used' ? owner(blocks.base(i), blocks.end(i))?.text : undefined) ??
          `${state} ${shortSizeText(blocks.size(i))}`,
      );
  }
  if (count === 0) return 'not in the heap';
  return texts.join(', ') + (count > 2 ? ` + ${countText(count - 2)}` : '');
}

function metricsOf(a: Compared, b: Compared): ComparisonView['metrics'] {
  // Figures that calls tell are held against such figures only.
  const of = (c: Compared): Metrics => (a.byCalls === b.byCalls ? c.metrics : c.snapshot.metrics);
  const common = { series: undefined, history: undefined, operation: 0 };
  const [partialA, partialB] = [isPartial(a.snapshot), isPartial(b.snapshot)];
  const before = buildMetrics({ ...common, now: of(a), before: undefined, partial: partialA }).rows;
  return buildMetrics({ ...common, now: of(b), before: of(a), partial: partialB }).rows.map(({ label, value, change }, i) => ({
    label,
    a: before[i]?.value ?? '',
    b: value,
    change: partialA || partialB ? '?' : change === '·' ? '=' : change,
  }));
}

function isPartial({ absent, lists }: HeapSnapshot): boolean {
  return absent.length > 0 || lists.some((l) => !l.complete);
}
