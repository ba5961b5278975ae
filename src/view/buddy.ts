// Why a free chunk of the buddy allocator is not one with its buddy.

import type { Block, BlockState } from '../snapshot/blocks';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { counted, hex } from './numbers';
import type { Owner } from './time/owners';

/** Blocks of the buddy's half that are drawn. */
const MAX_PARTS = 12;

export interface MergePart {
  readonly base: string;
  readonly label: string;
  readonly state: BlockState | 'outside';
  /** 0 … 1 of the chunk of the next order. */
  readonly share: number;
  readonly self: boolean;
}

export interface Merge {
  /** The answer in one sentence. */
  readonly text: string;
  /** The same in a few words: `buddy 0x18a000 is order 0, 0x18b000 still used`. */
  readonly brief: string;
  /** Address of what stands in the way. */
  readonly blocker?: string;
  readonly blockerOperation?: number;
  /** The chunk that the two would be, in parts. */
  readonly parts: readonly MergePart[];
  readonly partsText: string;
}

/** Address of a chunk's buddy: the other half of the next order's chunk. */
export function buddyOf(base: bigint, size: number): bigint {
  return base ^ BigInt(size);
}

/** Undefined for what is not a free chunk of a buddy allocator. */
export function explainNotMerged(
  snapshot: HeapSnapshot,
  block: Block,
  ownerOf: (base: bigint, end: bigint) => Owner | undefined,
): Merge | undefined {
  if (snapshot.allocator !== 'bbuddy' || block.state !== 'free' || block.sizeClass < 0) return undefined;
  const buddy = buddyOf(block.base, block.size);
  const parent = block.base < buddy ? block.base : buddy;
  const parts = partsOf(snapshot, parent, parent + 2n * BigInt(block.size), block);
  const partsText = `order ${String(block.sizeClass + 1)} · ${hex(parent)}–${hex(parent + 2n * BigInt(block.size))}`;
  return { ...reasonOf(snapshot, block, buddy, ownerOf), parts, partsText };
}

function reasonOf(
  snapshot: HeapSnapshot,
  block: Block,
  buddy: bigint,
  ownerOf: (base: bigint, end: bigint) => Owner | undefined,
): Pick<Merge, 'text' | 'brief' | 'blocker' | 'blockerOperation'> {
  const { blocks } = snapshot;
  const first = blocks.holding(buddy);
  const area = snapshot.areas.find((a) => buddy >= a.base && buddy < a.end);
  if (first === undefined || area === undefined)
    return {
      text: `Its buddy ${hex(buddy)} is outside the heap's memory: there is nothing to join.`,
      brief: `buddy ${hex(buddy)} is outside the heap`,
    };
  if (first.state === 'metadata')
    return {
      text: `Its buddy ${hex(buddy)} holds the allocator's own data and is never free.`,
      brief: `buddy ${hex(buddy)} is the allocator's own`,
      blocker: hex(first.base),
    };
  if (first.state === 'unread')
    return { text: `Its buddy ${hex(buddy)} is not in the dump.`, brief: `buddy ${hex(buddy)} is not in the dump` };
  if (first.state === 'used') {
    const owner = ownerOf(first.base, blocks.end(first.index));
    const holder = owner === undefined ? 'used' : `still held by ${owner.text}`;
    return {
      text: `Its buddy ${hex(buddy)} is ${holder}. Free that, and the two join to order ${String(block.sizeClass + 1)}.`,
      brief: `buddy ${hex(buddy)} still used`,
      blocker: hex(first.base),
      ...(owner !== undefined && { blockerOperation: owner.operation }),
    };
  }
  if (first.size >= block.size)
    return {
      text: `Its buddy ${hex(buddy)} is free in order ${String(first.sizeClass)}, so the two should be one.`,
      brief: `buddy ${hex(buddy)} is free, too`,
      blocker: hex(first.base),
    };
  return smallerBuddy(snapshot, block, buddy, first, ownerOf);
}

/** The buddy's first page is free, but a piece of the buddy is not. */
function smallerBuddy(
  snapshot: HeapSnapshot,
  block: Block,
  buddy: bigint,
  first: Block,
  ownerOf: (base: bigint, end: bigint) => Owner | undefined,
): Pick<Merge, 'text' | 'brief' | 'blocker' | 'blockerOperation'> {
  const { blocks } = snapshot;
  const end = buddy + BigInt(block.size);
  let used = 0;
  let blocker: Block | undefined;
  for (let i = first.index; i < blocks.length && blocks.base(i) < end; i++) {
    if (blocks.state(i) !== 'used') continue;
    used++;
    blocker ??= blocks.at(i);
  }
  const order = `buddy ${hex(buddy)} is order ${String(first.sizeClass)}`;
  const free = `Its buddy ${hex(buddy)} is free, but only order ${String(first.sizeClass)}`;
  if (blocker === undefined) return { text: `${free}.`, brief: order, blocker: hex(first.base) };
  const owner = ownerOf(blocker.base, blocks.end(blocker.index));
  const holder = owner === undefined ? 'still used' : `still held by ${owner.text}`;
  const rest = used === 1 ? 'Free that, and all join' : `Free all ${counted(used, 'used block')} there, and they join`;
  return {
    text: `${free}: ${hex(blocker.base)} is ${holder}. ${rest} to order ${String(block.sizeClass + 1)}.`,
    brief: `${order}, ${hex(blocker.base)} still used`,
    blocker: hex(blocker.base),
    ...(owner !== undefined && { blockerOperation: owner.operation }),
  };
}

function partsOf(snapshot: HeapSnapshot, base: bigint, end: bigint, self: Block): MergePart[] {
  const { blocks } = snapshot;
  const whole = Number(end - base);
  const parts: MergePart[] = [];
  let at = base;
  for (
    let i = Math.max(0, blocks.lastAtOrBelow(base));
    i < blocks.length && blocks.base(i) < end && parts.length < MAX_PARTS;
    i++
  ) {
    const from = blocks.base(i) > at ? blocks.base(i) : at;
    const to = blocks.end(i) < end ? blocks.end(i) : end;
    if (to <= from) continue;
    if (from > at) parts.push({ base: hex(at), label: '', state: 'outside', share: Number(from - at) / whole, self: false });
    const isSelf = i === self.index;
    const state = blocks.state(i);
    const name = state === 'free' ? `o${String(blocks.sizeClass(i))}` : state;
    parts.push({
      base: hex(blocks.base(i)),
      label: isSelf ? `this · ${name}` : name,
      state,
      share: Number(to - from) / whole,
      self: isSelf,
    });
    at = to;
  }
  if (at < end) parts.push({ base: hex(at), label: '', state: 'outside', share: Number(end - at) / whole, self: false });
  return parts;
}
