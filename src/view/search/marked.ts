// What the user has marked: a second block beside the selected one, a range of addresses, bookmarks. Plain data for the pane that
// lists them.

import type { Block } from '../../snapshot/blocks';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { blockRows } from '../block-rows';
import { sumsOf } from '../map/block-sums';
import { bookmarksOf } from './bookmarks';
import type { NamedPlace } from './bookmarks';
import { buddyOf } from '../buddy';
import { classText } from '../map/labels';
import { bytesText, counted, hex, percentText, rangeText, sizeText } from '../numbers';
import type { Owner } from '../time/owners';
import type { Viewport } from '../viewport';

export interface Bookmark extends NamedPlace {
  /** What is there now. */
  readonly text: string;
}

export interface RangeView {
  readonly from: string;
  readonly to: string;
  readonly title: string;
  readonly rows: readonly { readonly label: string; readonly text: string }[];
}

export interface PairView {
  readonly a: string;
  readonly b: string;
  readonly rows: readonly { readonly label: string; readonly a: string; readonly b: string; readonly same: boolean }[];
  /** How the two stand to each other, in a sentence. */
  readonly text: string;
}

export interface MarkedView {
  readonly range?: RangeView;
  readonly pair?: PairView;
  readonly bookmarks: readonly Bookmark[];
}

type OwnerOf = (base: bigint, end: bigint) => Owner | undefined;

/** Undefined while nothing is marked. */
export function buildMarked(snapshot: HeapSnapshot, viewport: Viewport, owner: OwnerOf): MarkedView | undefined {
  const bookmarks = keptBookmarks(snapshot, viewport, owner);
  const range = viewport.range && rangeOf(snapshot, BigInt(viewport.range.from), BigInt(viewport.range.to));
  const pair = pairOf(snapshot, viewport, owner);
  if (bookmarks.length === 0 && range === undefined && pair === undefined) return undefined;
  return { bookmarks, ...(range && { range }), ...(pair && { pair }) };
}

/** Each with what is there now. */
export function keptBookmarks(snapshot: HeapSnapshot, viewport: Parameters<typeof bookmarksOf>[0], owner: OwnerOf): Bookmark[] {
  return bookmarksOf(viewport).map((place) => {
    const block = snapshot.blocks.holding(BigInt(place.address));
    return { ...place, text: block === undefined ? 'in no block now' : blockText(snapshot, block, owner) };
  });
}

function blockText(snapshot: HeapSnapshot, block: Block, owner: OwnerOf): string {
  const name = classText(snapshot, block.sizeClass);
  const held = block.state === 'used' ? owner(block.base, snapshot.blocks.end(block.index))?.text : undefined;
  return [block.state, held, block.state === 'free' ? name : undefined, sizeText(block.size)]
    .filter((t) => t !== undefined)
    .join(' · ');
}

function rangeOf(snapshot: HeapSnapshot, from: bigint, to: bigint): RangeView {
  const sums = sumsOf(snapshot).over(from, to);
  const told = sums.asked + sums.slack + sums.free + sums.metadata + sums.unread;
  const rest = Number(to - from) - told;
  const rows = [
    { label: 'used', text: `${counted(sums.usedBlocks, 'block')}, ${sizeText(sums.asked + sums.slack)}` },
    {
      label: 'of it slack',
      text: sums.slack === 0 ? '0 B' : `${sizeText(sums.slack)} · ${percentText(sums.slack / (sums.asked + sums.slack))}`,
    },
    { label: 'free', text: `${counted(sums.freeBlocks, 'block')}, ${sizeText(sums.free)}` },
    ...(sums.largestFree > 0 ? [{ label: 'largest free', text: sizeText(sums.largestFree) }] : []),
    ...(sums.metadata > 0 ? [{ label: 'allocator', text: sizeText(sums.metadata) }] : []),
    ...(sums.unread > 0 ? [{ label: 'not in dump', text: sizeText(sums.unread) }] : []),
    ...(rest > 0 ? [{ label: 'not heap', text: sizeText(rest) }] : []),
  ];
  return { from: hex(from), to: hex(to), title: `${rangeText(from, to)} · ${sizeText(to - from)}`, rows };
}

function pairOf(snapshot: HeapSnapshot, viewport: Viewport, owner: OwnerOf): PairView | undefined {
  const { selection, beside } = viewport;
  if (selection === undefined || beside === undefined) return undefined;
  const a = snapshot.blocks.holding(BigInt(selection));
  const b = snapshot.blocks.holding(BigInt(beside));
  if (a === undefined || b === undefined || a.index === b.index) return undefined;
  const [one, two] = [a, b].map((block) => blockRows(snapshot, block.index, 1, owner)[0]!);
  const fields = [
    ['size', 'size'],
    ['state', 'state'],
    ['class', 'sizeClass'],
    ['asked for', 'asked'],
    ['slack', 'slack'],
    ['owner', 'owner'],
  ] as const;
  return {
    a: hex(a.base),
    b: hex(b.base),
    rows: fields
      .map(([label, key]) => ({ label, a: one![key], b: two![key], same: one![key] === two![key] }))
      .filter((r) => r.a !== '' || r.b !== ''),
    text: relationOf(snapshot, a, b),
  };
}

function relationOf(snapshot: HeapSnapshot, a: Block, b: Block): string {
  const [low, high] = a.base < b.base ? [a, b] : [b, a];
  const between = high.base - snapshot.blocks.end(low.index);
  const apart =
    between === 0n ? 'They touch' : `${sizeText(between)} lie between them, in ${counted(high.index - low.index - 1, 'block')}`;
  const distance = `their starts are ${bytesText(Number(high.base - low.base))} apart`;
  const buddies =
    snapshot.allocator === 'bbuddy' && buddyOf(a.base, a.size) === b.base && a.size === b.size ? ', and they are buddies' : '';
  return `${apart}; ${distance}${buddies}.`;
}
