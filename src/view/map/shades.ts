// What colours the blocks beside their states: order or size, age, or owner. A legend entry and a block share a shade; the legend
// says in words, counts and bytes what the shade stands for, and can leave it alone standing out.
//
// A shade means the same at every step of a run: it goes by the size of the areas, the length of the run, or the order in which
// callers first got memory, never by what happens to be there.

import type { HeapSnapshot } from '../../snapshot/snapshot';
import { counted, sizeText } from '../numbers';
import type { Holders } from '../time/owners';
import type { Colouring } from '../viewport';

/** Colours that the theme has for this, from the least to the most; packed in a byte's bits where a cell holds several. */
export const SHADES = 8;
/** The colour of its state. */
export const NO_SHADE = 255;

export interface LegendEntry {
  readonly shade: number;
  /** `o2–o3`, `steps 10–18`, `stack`. */
  readonly text: string;
  /** `4 blocks · 48 KiB` */
  readonly amount: string;
}

export interface Shading {
  /** A shade by block; empty when blocks have the colours of their states. */
  readonly of: Uint8Array;
  readonly legend: readonly LegendEntry[];
  /** Why there is no legend where one was asked for; else empty. */
  readonly note: string;
}

const NONE: Shading = { of: new Uint8Array(0), legend: [], note: '' };

const kept = new WeakMap<HeapSnapshot, Map<Colouring, Shading>>();

/** The shading of a snapshot, made once a colouring. Costs by all blocks, then. */
export function shadesOf(snapshot: HeapSnapshot, colouring: Colouring, holders: () => Holders | undefined): Shading {
  if (colouring === 'state') return NONE;
  let made = kept.get(snapshot);
  if (made === undefined) kept.set(snapshot, (made = new Map<Colouring, Shading>()));
  let shading = made.get(colouring);
  if (shading === undefined)
    made.set(colouring, (shading = colouring === 'class' ? bySize(snapshot) : byHolder(snapshot, colouring, holders())));
  return shading;
}

/** Powers of two of the block's size, in as many equal steps as there are shades: for a buddy, orders. */
function bySize(snapshot: HeapSnapshot): Shading {
  const { blocks, areas, allocator } = snapshot;
  const buddy = allocator === 'bbuddy' || allocator === 'oscar';
  const least = buddy ? 12 : 4;
  const largest = Math.max(2 ** least, ...areas.map((a) => Number(a.end - a.base)));
  const width = Math.ceil((Math.floor(Math.log2(largest)) - least + 1) / SHADES);
  const of = new Uint8Array(blocks.length).fill(NO_SHADE);
  for (let i = 0; i < blocks.length; i++) {
    const state = blocks.state(i);
    if (state !== 'used' && state !== 'free') continue;
    const bits = Math.floor(Math.log2(Math.max(1, blocks.size(i))));
    of[i] = Math.min(SHADES - 1, Math.max(0, Math.floor((bits - least) / width)));
  }
  const text = (shade: number) => {
    const first = shade * width;
    if (!buddy) return `${shade === 0 ? 'below' : 'from'} ${sizeText(2 ** (least + (shade === 0 ? width : first)))}`;
    return width === 1 ? `o${String(first)}` : `o${String(first)}–o${String(first + width - 1)}`;
  };
  return { of, legend: legendOf(snapshot, of, text), note: '' };
}

function byHolder(snapshot: HeapSnapshot, colouring: 'age' | 'owner', holders: Holders | undefined): Shading {
  if (holders === undefined)
    return {
      ...NONE,
      note: `Memory alone does not tell ${colouring === 'age' ? 'how old a block is' : 'who asked for a block'}.`,
    };
  return colouring === 'age' ? byAge(snapshot, holders) : byOwner(snapshot, holders);
}

/** Operations of the run in equal parts, the latest last. */
function byAge(snapshot: HeapSnapshot, { operation, operations }: Holders): Shading {
  const part = Math.max(1, Math.ceil(operations / SHADES));
  const of = Uint8Array.from(operation, (o) => (o < 0 ? NO_SHADE : Math.floor(o / part)));
  const text = (shade: number) =>
    part === 1
      ? `step ${String(shade + 1)}`
      : `steps ${String(shade * part + 1)}–${String(Math.min(operations, (shade + 1) * part))}`;
  return { of, legend: legendOf(snapshot, of, text), note: '' };
}

/** Shades as far apart as can be for the first callers, who hold most. */
const SPREAD = [1, 5, 3, 7, 0, 4, 2, 6] as const;

function byOwner(snapshot: HeapSnapshot, { operation, groups }: Holders): Shading {
  const { names, of: group } = groups();
  const shadeOf = (g: number) => SPREAD[Math.min(g, SHADES - 1)]!;
  const of = Uint8Array.from(operation, (o) => (o < 0 ? NO_SHADE : shadeOf(group[o]!)));
  const text = (shade: number) => {
    const g = SPREAD.findIndex((s) => s === shade);
    return g === SHADES - 1 && names.length > SHADES ? `${String(names.length - g)} others` : names[g]!;
  };
  return { of, legend: legendOf(snapshot, of, text), note: '' };
}

/** The shades that occur, with what is of them. */
function legendOf({ blocks }: HeapSnapshot, of: Uint8Array, text: (shade: number) => string): LegendEntry[] {
  const count = new Array<number>(SHADES).fill(0);
  const bytes = new Array<number>(SHADES).fill(0);
  for (let i = 0; i < of.length; i++) {
    const shade = of[i]!;
    if (shade === NO_SHADE) continue;
    count[shade]!++;
    bytes[shade]! += blocks.size(i);
  }
  return count.flatMap((n, shade) =>
    n === 0 ? [] : [{ shade, text: text(shade), amount: `${counted(n, 'block')} · ${sizeText(bytes[shade]!)}` }],
  );
}
