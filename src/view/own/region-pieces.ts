// A region cut into what its bytes are. Every byte is in exactly one piece.

import { sizeText } from '../numbers';
import type { HandedOut } from './region-run';

/**
 * `own`: the structure at its begin; `live`, `freed`, `moved`: handed out, and what became of it; `padding`: passed over;
 * `given`: handed out, where nobody tells to whom; `free`: what the pointer has not reached.
 */
export type PieceKind = 'own' | 'live' | 'freed' | 'moved' | 'padding' | 'given' | 'free';

export interface Piece {
  readonly kind: PieceKind;
  readonly base: bigint;
  /** Exclusive. */
  readonly end: bigint;
  /** Bytes of its kind: less than its length in a column that has others too. */
  readonly bytes: number;
  readonly blocks: number;
  readonly label: string;
  readonly text: string;
  /** Its part of a column's height, from the bottom; absent where it has all of it. */
  readonly stacked?: { readonly bottom: number; readonly height: number };
}

/** Blocks that are drawn one by one; more are drawn as columns. */
const MOST_BLOCKS = 200;
const COLUMNS = 240;

interface Ends {
  readonly heap: bigint;
  readonly from: bigint;
  readonly position: bigint;
  readonly end: bigint;
  readonly downward: boolean;
}

/** @param blocks handed out before operation `done`, in the order of their calls; undefined where nobody tells */
export function piecesOf(
  { heap, from, position, end, downward }: Ends,
  blocks: readonly HandedOut[] | undefined,
  done: number,
  title: (operation: number) => string,
): Piece[] {
  const own = piece('own', heap, from, 'A', 'struct uk_alloc and the two words');
  const room = downward ? piece('free', from, position, '', 'room left') : piece('free', position, end, '', 'room left');
  const [low, high] = downward ? [position, end] : [from, position];
  const handed = blocks === undefined ? [piece('given', low, high, '', 'handed out')] : cut(blocks, low, high, done, title);
  return [own, ...(downward ? [room, ...handed] : [...handed, room])].filter((p) => p.end > p.base);
}

function piece(kind: PieceKind, base: bigint, end: bigint, label: string, text: string, blocks = 1): Piece {
  return { kind, base, end, bytes: Number(end - base), blocks, label, text };
}

function cut(
  blocks: readonly HandedOut[],
  low: bigint,
  high: bigint,
  done: number,
  title: (operation: number) => string,
): Piece[] {
  const inside = blocks.filter((b) => b.size > 0n && b.base >= low && b.base < high);
  const sorted = inside.sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : a.made - b.made));
  const few = sorted.length <= MOST_BLOCKS;
  const cuts: Piece[] = [];
  let at = low;
  for (const block of sorted) {
    const base = block.base > at ? block.base : at;
    const end = block.base + block.size < high ? block.base + block.size : high;
    if (end <= base) continue;
    if (base > at) cuts.push(piece('padding', at, base, '', 'passed over to align the next'));
    const ended = block.ended !== undefined && block.ended < done ? block.how : undefined;
    const call = few ? title(block.made) : '';
    cuts.push(piece(ended ?? 'live', base, end, call, few ? `${call}${fate(ended)}` : `handed out${fate(ended)}`));
    at = end;
  }
  if (at < high) cuts.push(piece('padding', at, high, '', 'passed over'));
  return few ? cuts : columns(cuts, low, high);
}

function fate(ended: HandedOut['how']): string {
  if (ended === undefined) return '';
  return ended === 'freed' ? ', given back: it stays as it is' : ', copied elsewhere by realloc: it stays as it is';
}

/** Kinds from the bottom of a column up. */
const STACKED: readonly PieceKind[] = ['live', 'freed', 'moved', 'padding'];

/** Columns of equal length, each filled from the bottom by what its bytes are. A block counts where it begins. */
function columns(cuts: readonly Piece[], low: bigint, high: bigint): Piece[] {
  const length = Number(high - low);
  const width = Math.ceil(length / COLUMNS);
  const sums = Array.from({ length: Math.ceil(length / width) }, () => new Map<PieceKind, { bytes: number; blocks: number }>());
  for (const { kind, base, end, blocks } of cuts) {
    let first = true;
    for (let at = Number(base - low); at < Number(end - low);) {
      const column = Math.floor(at / width);
      const stop = Math.min((column + 1) * width, Number(end - low));
      const sum = sums[column]!.get(kind) ?? { bytes: 0, blocks: 0 };
      sums[column]!.set(kind, { bytes: sum.bytes + stop - at, blocks: sum.blocks + (first ? blocks : 0) });
      first = false;
      at = stop;
    }
  }
  return sums.flatMap((column, i) => {
    const base = low + BigInt(i * width);
    const end = low + BigInt(Math.min((i + 1) * width, length));
    let below = 0;
    return STACKED.flatMap((kind): Piece[] => {
      const sum = column.get(kind);
      if (sum === undefined) return [];
      const height = sum.bytes / Number(end - base);
      const [bottom, text] = [below, `${sizeText(sum.bytes)} ${WORDS[kind]!}`];
      below += height;
      return [{ kind, base, end, ...sum, label: '', text, stacked: { bottom, height } }];
    });
  });
}

const WORDS: Partial<Record<PieceKind, string>> = {
  live: 'in use',
  freed: 'given back',
  moved: 'left behind by realloc',
  padding: 'passed over',
};
