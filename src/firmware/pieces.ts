// Sums over pieces: what part of them lies in a range, and what does not. No piece is made or lost in between.

import type { Loss, LossReason, Piece } from './types';

/** A loss before it is known where in the run it happens. */
export type Dropped = Omit<Loss, 'call' | 'step'>;

/** The parts of pieces in `[base, end)`. */
export function within(pieces: readonly Piece[], base: bigint, end: bigint): Piece[] {
  const found: Piece[] = [];
  for (const piece of pieces) {
    const [from, to] = [max(piece.base, base), min(piece.end, end)];
    if (from < to) found.push({ source: piece.source, base: from, end: to });
  }
  return found;
}

/** The parts of pieces outside of `[base, end)`. */
export function outside(pieces: readonly Piece[], base: bigint, end: bigint): Piece[] {
  if (base >= end) return [...pieces];
  return [...within(pieces, -1n, base), ...within(pieces, end, 1n << 130n)];
}

/** Pieces that touch and are of one source become one. */
export function joined(pieces: readonly Piece[]): Piece[] {
  const sorted = [...pieces].sort((a, b) => a.source - b.source || compare(a.base, b.base));
  const out: Piece[] = [];
  for (const piece of sorted) {
    const last = out.at(-1);
    if (last?.source === piece.source && last.end === piece.base) out[out.length - 1] = { ...last, end: piece.end };
    else out.push(piece);
  }
  return out;
}

export function bytesOf(pieces: readonly Piece[]): bigint {
  return pieces.reduce((sum, p) => sum + (p.end - p.base), 0n);
}

/**
 * Pieces that are dropped. `by` are the pieces of the item that has the memory instead: each byte is charged to the source that
 * holds it there, and what lies in none of them (the rest of a page) to the first one.
 */
export function dropped(pieces: readonly Piece[], reason: LossReason, by: readonly Piece[] = []): Dropped[] {
  const out: Dropped[] = [];
  let rest = [...pieces];
  for (const holder of by) {
    out.push(...within(rest, holder.base, holder.end).map((p) => ({ ...p, reason, by: holder.source })));
    rest = outside(rest, holder.base, holder.end);
  }
  const first = by[0]?.source;
  out.push(...rest.map((p) => ({ ...p, reason, ...(first !== undefined && { by: first }) })));
  return out;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
