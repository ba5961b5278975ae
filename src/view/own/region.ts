// The region allocator: one pointer between two ends, to scale, and what became of the bytes that it has passed. What is there is read
// from memory; which bytes are whose, and which were given back for nothing, the run tells.

import type { RegionDetails, RegionRequest } from '../../snapshot/details';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { bytesText, counted, hex, percentText, sizeText, UNKNOWN } from '../numbers';
import { operationsDone } from '../time/steps';
import type { OwnInput } from './own';
import { findingsOf } from './own-findings';
import type { OwnFinding } from './own-findings';
import type { Probe, ProbeStep } from './probe';
import { piecesOf } from './region-pieces';
import type { Piece, PieceKind } from './region-pieces';
import { handedOut } from './region-run';
import type { HandedOut } from './region-run';
import { heldAgainst, nothingTried, triedOf } from './run';
import type { Tried } from './run';

/** A stretch of a bar: shares of the bar's length from its left end. */
export interface BarPart {
  readonly kind: PieceKind | 'tried';
  readonly base: string;
  readonly from: number;
  readonly width: number;
  /** Its part of a column's height, from the bottom; absent where it has all of it. */
  readonly stacked?: { readonly bottom: number; readonly height: number };
  readonly label: string;
  readonly text: string;
  readonly selected: boolean;
}

export interface Bar {
  readonly name: string;
  /** Addresses at its ends. */
  readonly base: string;
  readonly end: string;
  readonly size: string;
  readonly parts: readonly BarPart[];
  /** Where the pointer stands, as a share; undefined outside of the bar. */
  readonly pointer: number | undefined;
}

export interface SumRow {
  readonly kind: PieceKind;
  readonly label: string;
  readonly bytes: string;
  readonly share: string;
  readonly text: string;
}

export interface RegionView {
  readonly kind: 'region';
  readonly title: string;
  /** `heap_base = 0x3a010 moves up, and never back`. */
  readonly pointer: string;
  readonly downward: boolean;
  /** All of the region, and what was handed out of it; absent where its words make no sense. */
  readonly whole?: Bar;
  readonly handed?: Bar;
  /** What the second bar is of the first, as two shares. */
  readonly lens: readonly [from: number, to: number];
  readonly sums: readonly SumRow[];
  /** `581 632 = all of the region ✓`. */
  readonly total: string;
  readonly note: string;
  readonly findings: readonly OwnFinding[];
  readonly probe: Probe;
}

const LABELS: Readonly<Record<PieceKind, string>> = {
  own: 'the allocator’s own',
  live: 'handed out, in use',
  freed: 'given back, never reused',
  moved: 'left behind by realloc',
  padding: 'passed over to align',
  given: 'handed out',
  free: 'room left',
};

const ORDER: readonly PieceKind[] = ['own', 'live', 'freed', 'moved', 'padding', 'given', 'free'];

export function buildRegion(details: RegionDetails, input: OwnInput): RegionView {
  const { snapshot, selection, probe, simulation } = input;
  const { pointer, downward, from } = details;
  const tried = triedOf(probe, simulation);
  const request = tried && details.request(tried.size);
  const findings = findingsOf(snapshot);
  const common = {
    kind: 'region' as const,
    downward,
    pointer: pointerText(details),
    findings,
    probe: tried === undefined || request === undefined ? untried(details, probe) : explained(details, request, tried),
  };
  if (!details.sound || pointer.value === undefined)
    return { ...common, title: `${pointer.name} ${pointer.value === undefined ? UNKNOWN : hex(pointer.value)}`, lens: [0, 0], sums: [], total: '', note: 'Its words make no sense, so nothing more is known of this heap.' }; // prettier-ignore
  const run = simulation && handedOut(simulation);
  const done = simulation === undefined ? 0 : operationsDone(simulation.cursor);
  const known = run === undefined || run === 'too long' ? undefined : run.filter((b) => b.made < done);
  const title = (operation: number) => simulation?.info(operation).title ?? '';
  const { heap } = snapshot;
  // Downward, memory does not keep where the region ends: as far as blocks are known it goes on.
  const last = known?.reduce((end, b) => (b.base + b.size > end ? b.base + b.size : end), 0n) ?? 0n;
  const end = details.end ?? (last > pointer.value ? last : pointer.value);
  const pieces = piecesOf({ heap, from, position: pointer.value, end, downward }, known, done, title);
  const landing = request?.outcome === 'given' ? landingOf(request, downward) : undefined;
  const bar = (name: string, [base, stop]: readonly [bigint, bigint]): Bar =>
    barOf(name, base, stop, pieces, pointer.value!, landing, selection);
  const stretch: readonly [bigint, bigint] = downward ? [pointer.value, end] : [from, pointer.value];
  const length = Number(end - heap);
  const share = (address: bigint) => Number(address - heap) / length;
  return {
    ...common,
    title: `${pointer.name} ${hex(pointer.value)} of ${hex(from)}…${details.end === undefined ? UNKNOWN : hex(details.end)} · grows ${downward ? 'down' : 'up'}ward`,
    whole: bar('The region', [heap, end]),
    ...(stretch[1] > stretch[0] && { handed: bar('Handed out', stretch) }),
    lens: [share(stretch[0]), share(stretch[1])],
    sums: sumsOf(pieces, length, copiedBy(known, done)),
    total: totalText(pieces, length, details),
    note: noteOf(details, run, snapshot),
  };
}

function pointerText({ pointer, downward, end }: RegionDetails): string {
  const at = pointer.value === undefined ? UNKNOWN : hex(pointer.value);
  const top = end === undefined ? '' : ` to heap_top = ${hex(end)}`;
  return `${pointer.name} = ${at} moves ${downward ? 'down' : 'up'}${top} and never back: free does nothing`;
}

/** Bytes that a request would take, with those that it passes over. */
function landingOf({ block, asked }: RegionRequest, downward: boolean): readonly [bigint, bigint] | undefined {
  return downward || asked === 0n ? undefined : [block, block + asked];
}

function barOf(
  name: string,
  base: bigint,
  stop: bigint,
  pieces: readonly Piece[],
  position: bigint,
  landing: readonly [bigint, bigint] | undefined,
  selection: bigint | undefined,
): Bar {
  const length = Number(stop - base);
  const part = (
    kind: BarPart['kind'],
    from: bigint,
    to: bigint,
    label: string,
    text: string,
    stacked?: Piece['stacked'],
  ): BarPart[] => {
    const [left, right] = [from > base ? from : base, to < stop ? to : stop];
    if (right <= left) return [];
    const selected = kind !== 'tried' && selection !== undefined && selection >= from && selection < to;
    return [{ kind, base: hex(from), from: Number(left - base) / length, width: Number(right - left) / length, label, text, selected, ...(stacked && { stacked }) }]; // prettier-ignore
  };
  return {
    name,
    base: hex(base),
    end: hex(stop),
    size: sizeText(stop - base),
    parts: [
      ...pieces.flatMap((p) => part(p.kind, p.base, p.end, p.label, `${p.text}: ${hex(p.base)}…${hex(p.end)}, ${sizeText(p.end - p.base)}`, p.stacked)), // prettier-ignore
      ...(landing === undefined
        ? []
        : part('tried', landing[0], landing[1], '', `the next malloc would be here: ${hex(landing[0])}`)),
    ],
    pointer: position >= base && position <= stop ? Number(position - base) / length : undefined,
  };
}

/** Bytes that reallocs have copied so far. */
function copiedBy(blocks: readonly HandedOut[] | undefined, done: number): bigint {
  return (blocks ?? []).reduce((sum, b) => (b.ended !== undefined && b.ended < done ? sum + b.copied : sum), 0n);
}

function sumsOf(pieces: readonly Piece[], length: number, copied: bigint): SumRow[] {
  return ORDER.flatMap((kind) => {
    const own = pieces.filter((p) => p.kind === kind);
    if (own.length === 0) return [];
    const bytes = own.reduce((sum, p) => sum + p.bytes, 0);
    const blocks = own.reduce((sum, p) => sum + p.blocks, 0);
    const many = kind === 'live' || kind === 'freed' || kind === 'moved' || kind === 'padding';
    const count = many ? counted(blocks, kind === 'padding' ? 'place' : 'block') : '';
    const text = kind === 'moved' ? `${count}, ${sizeText(copied)} copied` : count;
    return [{ kind, label: LABELS[kind], bytes: sizeText(bytes), share: percentText(bytes / length), text }];
  });
}

/** The tick is earned: every byte of the region is in exactly one piece. */
function totalText(pieces: readonly Piece[], length: number, { end }: RegionDetails): string {
  const sum = pieces.reduce((all, p) => all + p.bytes, 0);
  if (end === undefined) return `${bytesText(sum)}, up to the highest address known`;
  return sum === length ? `${bytesText(sum)} = all of the region ✓` : `${bytesText(sum)} of ${bytesText(length)} ✗`;
}

function noteOf({ downward }: RegionDetails, run: ReturnType<typeof handedOut> | undefined, { release }: HeapSnapshot): string {
  if (run === 'too long') return 'The run is too long to go through: which bytes are still in use is not told.';
  if (run === undefined)
    return downward
      ? 'Memory keeps neither where the region ends nor what was handed out.'
      : 'There are no headers: memory does not tell one block from the next, nor which are still in use.';
  return downward ? `malloc of ${release} looks for its words in the wrong place and fails; posix_memalign works.` : '';
}

function untried(details: RegionDetails, probe: string): Probe {
  if (details.sound) return nothingTried(probe);
  return { ...nothingTried(''), note: 'Without sound words no answer can be worked out.' };
}

function explained({ pointer, end, downward }: RegionDetails, r: RegionRequest, { title, call }: Tried): Probe {
  const position = pointer.value!;
  const given = r.outcome === 'given';
  const answer = given ? r.block : undefined;
  const held = heldAgainst(answer, call);
  const note = 'cost: constant, however much was handed out';
  if (downward) {
    const text = given ? `returns ${hex(r.block)}` : `${r.outcome === 'nothing' ? 'size 0' : 'no room between them'}: NULL`;
    const wrong: ProbeStep = {
      title: 'malloc passes &priv instead of the struct',
      text: 'so the two words are looked for inside the heap',
      tone: 'search',
    };
    return { title, steps: [wrong, { title: text, text: `posix_memalign takes the right ones${held}`, tone: 'found' }], note };
  }
  const rounded: ProbeStep = {
    title: `${pointer.name} ${hex(position)} rounded up to 8: ${hex(r.block)}`,
    text: r.padding === 0n ? 'it is aligned already' : `${bytesText(r.padding)} are passed over for good`,
    tone: 'search',
  };
  const nextText = r.next >= 1n << 64n ? `2^64 + ${hex(r.next - (1n << 64n))}` : hex(r.next);
  const sum: ProbeStep = { title: `${hex(r.block)} + ${String(r.asked)} = ${nextText}`, text: comparison(r, end!, position) };
  const last: ProbeStep = given
    ? { title: `${pointer.name} = ${hex(BigInt.asUintN(64, r.next))}`, text: `returns ${hex(r.block)}${held}`, tone: 'found' }
    : { title: 'NULL', text: `nothing is changed${held}`, tone: 'plain' };
  return { title, steps: [rounded, sum, last], note };
}

function comparison({ next, outcome }: RegionRequest, end: bigint, position: bigint): string {
  if (outcome === 'nothing') return `not above ${hex(position)}, where it stands: size 0 moves nothing`;
  if (next >= 1n << 64n) return outcome === 'given' ? 'wraps, and lands above heap_base all the same' : 'wraps past 2^64';
  return next > end
    ? `heap_top ${hex(end)} is ${bytesText(next - end)} short`
    : `≤ heap_top ${hex(end)}: ${sizeText(end - next)} are left`;
}
