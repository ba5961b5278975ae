// Where is this address? The answer for the panel, a hover and the command line alike.

import { hex } from '../memory/address';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { sizeText } from '../regions/text';

export interface Place {
  readonly address: string;
  /** One sentence. */
  readonly text: string;
  /** The block that holds the address, when one does. */
  readonly block?: {
    readonly base: string;
    readonly end: string;
    readonly state: string;
    readonly sizeClass: number;
    readonly asked: number;
  };
  /** Bytes from the block's start, and from what was given to the caller. */
  readonly offset?: number;
  readonly payloadOffset?: number;
  /** The blocks before and after. */
  readonly before?: string;
  readonly after?: string;
}

export function placeOf(snapshot: HeapSnapshot, address: bigint): Place {
  const { blocks } = snapshot;
  const block = blocks.holding(address);
  if (block === undefined) {
    const area = snapshot.areas.find((a) => address >= a.base && address < a.end);
    const where = area === undefined ? 'lies outside the heap' : 'lies in the heap, but in no block that could be read';
    return { address: hex(address), text: `${hex(address)} ${where}.` };
  }
  const end = blocks.end(block.index);
  const offset = Number(address - block.base);
  const payloadOffset = Number(address - block.payload);
  const part = block.state !== 'used' || block.payload === block.base ? '' : partText(payloadOffset, block.asked);
  const order = block.sizeClass < 0 ? '' : `, ${snapshot.allocator === 'bbuddy' ? 'order' : 'class'} ${String(block.sizeClass)}`;
  const area = snapshot.areas.findIndex((a) => address >= a.base && address < a.end);
  const region =
    area < 0 || snapshot.areas.length < 2
      ? ''
      : `, in the memory that ${snapshot.areas[area]!.by} gave from ${hex(snapshot.areas[area]!.base)} on`;
  const header =
    block.state === 'used' && block.payload > block.base
      ? ` Its payload begins at ${hex(block.payload)}${block.asked >= 0 ? `, ${String(block.asked)} bytes of it were asked for` : ''}.`
      : '';
  const neighbour = (i: number): string | undefined =>
    i < 0 || i >= blocks.length ? undefined : `${blocks.state(i)} ${hex(blocks.base(i))} – ${hex(blocks.end(i))}`;
  const before = neighbour(block.index - 1);
  const after = neighbour(block.index + 1);
  return {
    address: hex(address),
    text: `${hex(address)} is byte ${String(offset)} of the ${block.state} block ${hex(block.base)} – ${hex(end)} (${sizeText(block.size)}${order})${part}${region}.${header}`,
    block: { base: hex(block.base), end: hex(end), state: block.state, sizeClass: block.sizeClass, asked: block.asked },
    offset,
    ...(block.state === 'used' && { payloadOffset }),
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

function partText(payloadOffset: number, asked: number): string {
  if (payloadOffset < 0) return ', in its header or padding';
  if (asked >= 0 && payloadOffset >= asked)
    return `, in its slack: ${String(payloadOffset - asked)} bytes past the end of the ${String(asked)} that were asked for`;
  return `, byte ${String(payloadOffset)} of its payload`;
}
