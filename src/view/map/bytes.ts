// The map's finest level: pages side by side, every byte as it was read.
//
// A page is 64 rows of 64 bytes. What the allocator wrote stands in the metadata colour, what a caller asked for in that of used
// memory; stale bytes of free pages are the last owner's, and stay visible because nothing clears them.

import type { AddressRange, Reader } from '../../memory/reader';
import { PAGE_SIZE } from '../../memory/address';
import type { HeapSnapshot, StructView } from '../../snapshot/snapshot';
import { solidBytes } from './block-sums';
import { partsWithin } from './changed-bytes';
import { classText } from './labels';
import { bytesText, counted, countText, groupedAddress, hex, sizeText } from '../numbers';
import type { Owner } from '../time/owners';
import type { MapViewport } from '../viewport';

/** Height of a row of pages: the pages and what is written over and under them. */
export const PAGE_ROW_HEIGHT = 244;
/** Blocks of one page whose structures are looked up. */
const MOST_BLOCKS = 16;

export const BYTE_KINDS = ['free', 'asked', 'slack', 'metadata', 'outside'] as const;
export type ByteKind = (typeof BYTE_KINDS)[number];

/** Bytes `[from, end)` of a page that are of one kind. */
export interface PagePart {
  readonly from: number;
  readonly end: number;
  readonly kind: ByteKind;
}

export interface BytePage {
  readonly address: string;
  /** The address in groups, over the page. */
  readonly label: string;
  /** What the page is: `o1`, `malloc(4096)`. */
  readonly title: string;
  readonly state: 'free' | 'used' | 'metadata' | 'unread' | 'mixed';
  /** Under the page: `page 1 of 2`, `was malloc(4000), freed at step 31`. */
  readonly caption: string;
  /** The same about its bytes: what an owner that is gone left there, what changed. */
  readonly notes: readonly string[];
  /** Ascending; what no part covers is `outside`. */
  readonly parts: readonly PagePart[];
  readonly selected: boolean;
  /** Bytes `[from, end)` that are not what they were, ascending. */
  readonly changed: readonly (readonly [from: number, end: number])[];
  readonly finding: boolean;
  /** Are its bytes known? They stand at `index` × 4096 of `bytes` then; −1 otherwise. */
  readonly index: number;
}

export interface BytesView {
  readonly perRow: number;
  readonly rows: readonly { readonly y: number; readonly pages: readonly BytePage[] }[];
  readonly bytes: Uint8Array;
  readonly top: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly revealed: boolean;
}

export interface BytesInput {
  readonly snapshot: HeapSnapshot;
  readonly reader: Reader;
  readonly inspect: (address: bigint) => readonly StructView[];
  readonly owner: (base: bigint, end: bigint) => Owner | undefined;
  readonly isSelected: (base: bigint, end: bigint) => boolean;
  readonly differing: readonly AddressRange[];
  readonly freed: (operation: number) => number | undefined;
  readonly hasFinding: (base: bigint, end: bigint) => boolean;
}

/** Pages side by side: as many as the pane has room for, or by the cells of the other levels. */
function pagesPerRow({ pages, cells }: MapViewport): number {
  return Math.max(1, pages ?? cells / 16);
}

export function buildBytes(input: BytesInput, viewport: MapViewport): BytesView {
  const { snapshot } = input;
  const perRow = pagesPerRow(viewport);
  const pages = new Pages(snapshot, perRow);
  const height = pages.rows * PAGE_ROW_HEIGHT;
  const revealed = viewport.reveal === undefined ? undefined : pages.indexOf(BigInt(viewport.reveal));
  const wanted = revealed === undefined ? viewport.top : rowTop(viewport, Math.floor(revealed / perRow) * PAGE_ROW_HEIGHT);
  const top = Math.max(0, Math.min(wanted, height - viewport.height));
  const firstRow = Math.floor(top / PAGE_ROW_HEIGHT);
  const endRow = Math.min(pages.rows, Math.ceil((top + viewport.height) / PAGE_ROW_HEIGHT) + 1);
  const bytes: Uint8Array[] = [];
  const rows = Array.from({ length: Math.max(0, endRow - firstRow) }, (_, r) => {
    const row = firstRow + r;
    const addresses = Array.from({ length: perRow }, (_, p) => pages.address(row * perRow + p));
    return {
      y: row * PAGE_ROW_HEIGHT,
      pages: addresses.flatMap((address) => (address === undefined ? [] : [pageAt(input, address, bytes)])),
    };
  });
  return {
    perRow,
    rows,
    bytes: concatenated(bytes),
    top,
    height,
    from: firstRow * PAGE_ROW_HEIGHT,
    to: Math.max(0, endRow * PAGE_ROW_HEIGHT),
    title: `1 dot = 1 byte, 64 a row · ${counted(pages.count, 'page')} · no dot for 0, brighter = higher value`,
    revealed: revealed !== undefined,
  };
}

/** Keeps the row where it is when it is on screen already. */
function rowTop(viewport: MapViewport, y: number): number {
  const visible = viewport.revealAt === undefined && y >= viewport.top && y + PAGE_ROW_HEIGHT <= viewport.top + viewport.height;
  return visible ? viewport.top : y;
}

/** The pages of all areas by number. An area begins a row, and leaves the rest of its last one empty. */
class Pages {
  readonly count: number;
  readonly rows: number;
  private readonly areas: readonly { readonly base: bigint; readonly first: number; readonly pages: number }[];

  constructor({ areas }: HeapSnapshot, perRow: number) {
    let first = 0;
    this.areas = [...areas]
      .sort((a, b) => (a.base < b.base ? -1 : 1))
      .map((a) => {
        const base = a.base - (a.base % BigInt(PAGE_SIZE));
        const pages = Math.ceil(Number(a.end - base) / PAGE_SIZE);
        const area = { base, first, pages };
        first += Math.ceil(pages / perRow) * perRow;
        return area;
      });
    this.rows = first / perRow;
    this.count = this.areas.reduce((sum, a) => sum + a.pages, 0);
  }

  address(index: number): bigint | undefined {
    const area = this.areas.findLast((a) => a.first <= index)!;
    return index - area.first >= area.pages ? undefined : area.base + BigInt((index - area.first) * PAGE_SIZE);
  }

  indexOf(address: bigint): number | undefined {
    const area = this.areas.find((a) => address >= a.base && address < a.base + BigInt(a.pages * PAGE_SIZE));
    return area === undefined ? undefined : area.first + Math.floor(Number(address - area.base) / PAGE_SIZE);
  }
}

function pageAt(input: BytesInput, base: bigint, bytes: Uint8Array[]): BytePage {
  const { snapshot, reader } = input;
  const { blocks } = snapshot;
  const end = base + BigInt(PAGE_SIZE);
  const read = reader.bytes(base, PAGE_SIZE);
  let first = Math.max(0, blocks.lastAtOrBelow(base));
  if (first < blocks.length && blocks.end(first) <= base) first++;
  const last = blocks.lastAtOrBelow(end - 1n);
  const one = first === last;
  const state = last < first || read === undefined ? 'unread' : one ? blocks.state(first) : 'mixed';
  const parts = last < first ? [] : partsOf(input, first, last, base);
  const changed = partsWithin(input.differing, base, PAGE_SIZE);
  return {
    address: hex(base),
    label: groupedAddress(base),
    ...wordsOf(input, first, last, base),
    notes: notesOf(state, parts, changed, read),
    state,
    parts,
    selected: input.isSelected(base, end),
    changed,
    finding: input.hasFinding(base, end),
    index: read === undefined ? -1 : bytes.push(read) - 1,
  };
}

/** What is said of a page's bytes: that nothing has cleared them, and how many changed. */
function notesOf(
  state: BytePage['state'],
  parts: readonly PagePart[],
  changed: BytePage['changed'],
  read: Uint8Array | undefined,
): string[] {
  const notes: string[] = [];
  const stale = state === 'free' && read !== undefined ? staleBytes(parts, read) : 0;
  if (stale > 0) notes.push(`${counted(stale, 'byte')} of its last owner still there`);
  const count = changed.reduce((sum, [from, end]) => sum + end - from, 0);
  if (count > 0) notes.push(`Δ ${counted(count, 'byte')} changed`);
  return notes;
}

/** Bytes other than 0 of a free page that the allocator did not write: later parts cover earlier ones. */
function staleBytes(parts: readonly PagePart[], read: Uint8Array): number {
  const kinds = new Uint8Array(PAGE_SIZE);
  for (const part of parts) kinds.fill(part.kind === 'free' ? 1 : 0, part.from, part.end);
  return read.reduce((sum, value, i) => sum + (value !== 0 && kinds[i] === 1 ? 1 : 0), 0);
}

function wordsOf(
  { snapshot, owner, freed }: BytesInput,
  first: number,
  last: number,
  base: bigint,
): Pick<BytePage, 'title' | 'caption'> {
  const { blocks } = snapshot;
  const joined = (...texts: readonly string[]): string => texts.filter((t) => t !== '').join(' · ');
  if (last < first) return { title: '', caption: 'no block' };
  if (last > first) return { title: counted(last - first + 1, 'block'), caption: '' };
  const size = blocks.size(first);
  const call = owner(blocks.base(first), blocks.end(first));
  const pages = Math.ceil(size / PAGE_SIZE);
  const page = Math.floor(Number(base - blocks.base(first)) / PAGE_SIZE) + 1;
  const place = pages > 1 ? `page ${countText(page)} of ${countText(pages)}` : '';
  const since = call === undefined ? '' : `step ${countText(call.operation + 1)}`;
  switch (blocks.state(first)) {
    case 'free': {
      const end = call === undefined ? undefined : freed(call.operation);
      const was = call === undefined ? '' : `was ${call.text}${end === undefined ? '' : `, freed at step ${countText(end + 1)}`}`;
      return { title: classText(snapshot, blocks.sizeClass(first)) ?? sizeText(size), caption: joined(place, was) };
    }
    case 'used':
      return {
        title: call?.text ?? 'used',
        caption: joined(since, call?.place ?? '', place, headerText(snapshot, first, page) || slackText(snapshot, first)),
      };
    case 'metadata':
      return { title: 'allocator', caption: place };
    case 'unread':
      return { title: 'not in dump', caption: place };
  }
}

/** On a page that a block has only because of what stands before what was asked for. */
function headerText({ blocks }: HeapSnapshot, i: number, page: number): string {
  const header = blocks.headerBytes(i);
  const before = solidBytes(blocks, i) - (page - 1) * PAGE_SIZE;
  if (header === 0 || blocks.asked(i) < 0) return '';
  if (page * PAGE_SIZE <= header) return 'in front of the aligned address';
  return header < PAGE_SIZE && before > 0 && before <= header && page > 1 ? `${bytesText(header)} of header cost this page` : '';
}

function slackText({ blocks }: HeapSnapshot, i: number): string {
  const slack = blocks.size(i) - solidBytes(blocks, i);
  return slack > 0 ? `${bytesText(slack)} of slack` : '';
}

/** What each byte of a page belongs to: blocks first, then the structures that the allocator keeps in them. */
function partsOf({ snapshot, inspect }: BytesInput, first: number, last: number, base: bigint): PagePart[] {
  const { blocks } = snapshot;
  const parts: PagePart[] = [];
  const add = (from: bigint, end: bigint, kind: ByteKind) => {
    const part = { from: Math.max(0, Number(from - base)), end: Math.min(PAGE_SIZE, Number(end - base)), kind };
    if (part.end > part.from) parts.push(part);
  };
  for (let i = first; i <= last; i++) {
    const [from, end] = [blocks.base(i), blocks.end(i)];
    switch (blocks.state(i)) {
      case 'free':
        add(from, end, 'free');
        break;
      case 'metadata':
        add(from, end, 'metadata');
        break;
      case 'unread':
        add(from, end, 'outside');
        break;
      case 'used': {
        const cut = from + BigInt(solidBytes(blocks, i));
        add(from, blocks.payload(i), 'metadata');
        add(blocks.payload(i), cut, 'asked');
        add(cut, end, 'slack');
      }
    }
  }
  if (last - first < MOST_BLOCKS)
    for (let i = first; i <= last; i++)
      if (blocks.state(i) === 'free')
        for (const s of inspect(blocks.base(i))) add(s.address, s.address + BigInt(s.length), 'metadata');
  return parts;
}

function concatenated(pages: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pages.length * PAGE_SIZE);
  pages.forEach((page, i) => all.set(page, i * PAGE_SIZE));
  return all;
}
