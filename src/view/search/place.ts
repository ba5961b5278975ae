// Where is this address? The answer for the panel, a hover and the command line alike: first by the heap alone, then with the region
// that it is in and what was found wrong there.

import { hex } from '../../memory/address';
import type { RegionMap } from '../../regions/descriptor';
import type { Release } from '../../regions/release';
import { sizeText } from '../../regions/text';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { regionAt, regionSpans } from '../spans';
import type { RegionSpan } from '../spans';

/** What the heap has at an address. */
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

/** The block that holds an address, and where in it; or that there is none. */
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

/** Everything that is known about one address. */
export interface Whereabouts {
  /** One sentence: the block, or that there is none. */
  readonly text: string;
  /** `region 9, FREE rw-, 0x180000 – 0x3fdf000, 62.4 MiB`; undefined where the list has no region. */
  readonly region?: string;
  /** Index of that region. */
  readonly index?: number;
  readonly before?: string;
  readonly after?: string;
  /** Findings of the integrity walk at this block. */
  readonly findings: readonly string[];
  /** Is there anything that belongs to this address? */
  readonly known: boolean;
}

/** Where an address is, in a heap, in the list of regions, or both. */
export function whereabouts(
  snapshot: HeapSnapshot | undefined,
  map: RegionMap | undefined,
  release: Release,
  address: bigint,
): Whereabouts {
  const span = map === undefined ? undefined : regionAt(regionSpans(map, release), address);
  const place = snapshot === undefined ? undefined : placeOf(snapshot, address);
  const block = place?.block;
  const near = snapshot?.findings.filter(
    (f) =>
      f.address !== undefined &&
      (f.address === address || (block !== undefined && f.address >= BigInt(block.base) && f.address < BigInt(block.end))),
  );
  const inHeap = snapshot?.areas.some((a) => address >= a.base && address < a.end) === true;
  return {
    text: place?.text ?? `${hex(address)}: there is no heap at this step.`,
    ...(span !== undefined && { region: regionText(span), index: span.index }),
    ...(place?.before !== undefined && { before: place.before }),
    ...(place?.after !== undefined && { after: place.after }),
    findings: (near ?? []).slice(0, 5).map((f) => `${f.code}: ${f.message}`),
    known: block !== undefined || inHeap || span !== undefined,
  };
}

function regionText(span: RegionSpan): string {
  return `region ${String(span.index)}, ${span.look} ${span.permissions}, ${hex(span.base)} – ${hex(span.end)}, ${sizeText(span.end - span.base)}`;
}
