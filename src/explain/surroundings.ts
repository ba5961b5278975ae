// What lies on either side of a drawn heap: reserved ranges, free memory of other regions, and memory that the boot page table does not
// map. Holes between them are collapsed, with their length written; the heap keeps its scale.

import type { Bar, Drawing, DrawingRow, Look } from '../allocators/reasoning';
import type { ListRun } from '../firmware/types';
import type { Region } from '../regions/descriptor';
import { eraProfile, isHeapCandidate } from '../regions/eras';
import type { Release } from '../regions/release';
import { countText, sizeText } from '../regions/text';
import { hex } from '../memory/address';

/** Shares of the width: of a hole, of a piece beside the heap, and the most of all of them together. */
const HOLE = 0.09;
const PIECE = 0.11;
const LOST = 0.22;
const MOST = 0.6;

interface Piece {
  readonly base: bigint;
  readonly end: bigint;
  readonly look: Look;
  /** Ranges that are drawn as one. */
  readonly count: number;
}

/** A piece with its place in the drawing. */
interface Placed {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly look: Look;
  readonly tick?: bigint;
}

/** The drawing with what is around it; as it was where there is nothing, or where its addresses are no physical ones. */
export function withSurroundings(drawing: Drawing, regions: readonly Region[], release: Release, list?: ListRun): Drawing {
  if (drawing.span === undefined) return drawing;
  const [lo, hi] = [BigInt(drawing.span.from), BigInt(drawing.span.to)];
  const profile = eraProfile(release);
  const heaps = regions.filter((r) => isHeapCandidate(r.type, r.flags, profile));
  const identical = regions.every((r) => r.vbase === r.pbase);
  if (!identical || !heaps.some((r) => r.pbase < hi && r.pbase + r.len > lo)) return drawing;
  const pieces = [
    ...regions.map((r): Piece => ({ base: r.pbase, end: r.pbase + r.len, look: heaps.includes(r) ? 'free' : 'other', count: 1 })),
    ...unmapped(list),
  ].sort((a, b) => (a.base < b.base ? -1 : 1));
  const below = merged(pieces.filter((p) => p.end <= lo));
  const above = merged(pieces.filter((p) => p.base >= hi));
  const left = placed([...below].reverse(), lo, (p) => [p.end, p.base]).map(({ from, to, ...rest }) => ({ from: -to, to: -from, ...rest })); // prettier-ignore
  const right = placed(above, hi, (p) => [p.base, p.end]);
  if (left.length + right.length === 0) return drawing;
  const before = -Math.min(0, ...left.map((p) => p.from));
  const after = Math.max(0, ...right.map((p) => p.to));
  const beside = before + after;
  // With much beside it, what is beside it shrinks, not the heap.
  const scale = beside > MOST ? MOST / beside : 1;
  const own = 1 - beside * scale;
  const at = (share: number): number => before * scale + share * own;
  const around = [
    ...left.map((p) => ({ ...p, from: (before + p.from) * scale, to: (before + p.to) * scale })),
    ...right.map((p) => ({ ...p, from: at(1) + p.from * scale, to: at(1) + p.to * scale })),
  ];
  const bars = around.map(({ from, to, text, look }): Bar => ({ from, to, text, look }));
  const inside = (row: DrawingRow): Bar[] => row.bars.map((b) => ({ ...b, from: at(b.from), to: at(b.to) }));
  return {
    ticks: [
      ...drawing.ticks.map((t) => ({ ...t, at: at(t.at) })),
      ...around.flatMap((p) => (p.tick === undefined ? [] : [{ at: p.from, text: lo === 0n ? sizeText(p.tick) : hex(p.tick) }])),
    ].sort((a, b) => a.at - b.at),
    rows: drawing.rows.map((row, i) => ({
      ...row,
      bars: i === 0 ? [...inside(row), ...bars].sort((a, b) => a.from - b.from) : inside(row),
    })),
  };
}

/** Usable memory that the firmware reported beyond what the boot page table maps. */
function unmapped(list: ListRun | undefined): Piece[] {
  if (list === undefined) return [];
  return list.lost.flatMap(({ base, end, source, reason }): Piece[] => {
    const from = list.sources[source];
    const usable = from?.entry !== undefined && list.firmware.entries[from.entry]?.kind === 'usable';
    return reason === 'outside-mapping' && usable ? [{ base, end, look: 'missing', count: 1 }] : [];
  });
}

/** Neighbours in order that look alike are one piece, from the first to the last; they are counted. */
function merged(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last?.look === piece.look && piece.look === 'other')
      all[all.length - 1] = { ...last, end: piece.end, count: last.count + piece.count };
    else all.push(piece);
  }
  return all;
}

/** Places from the heap outward, in shares of the width from its edge on; a hole stands before what lies behind it. */
function placed(pieces: readonly Piece[], edge: bigint, ends: (piece: Piece) => readonly [near: bigint, far: bigint]): Placed[] {
  const all: Placed[] = [];
  let share = 0;
  let at = edge;
  const add = (width: number, rest: Omit<Placed, 'from' | 'to'>): void => {
    all.push({ from: share, to: share + width, ...rest });
    share += width;
  };
  for (const piece of pieces) {
    const [near, far] = ends(piece);
    const hole = near > at ? near - at : at - near;
    if (hole > 0n) add(HOLE, { text: sizeText(hole), look: 'hole' });
    add(piece.look === 'missing' ? LOST : PIECE, {
      text: textOf(piece),
      look: piece.look,
      ...(piece.look !== 'other' && { tick: piece.base }),
    });
    at = far;
  }
  return all;
}

function textOf({ base, end, look, count }: Piece): string {
  const size = sizeText(end - base);
  if (look === 'missing') return `${size} of RAM, not mapped`;
  if (look === 'free') return `FREE, ${size}`;
  return count === 1 ? `not free, ${size}` : `${countText(count)} not free`;
}
