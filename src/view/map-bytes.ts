// The map's finest level: pages side by side, every byte as it was read.
//
// A page is 64 rows of 64 bytes. What the allocator wrote stands in the metadata colour, what a caller asked for in that of used
// memory; stale bytes of free pages are the last owner's, and stay visible because nothing clears them.

import type { Reader } from '../memory/reader';
import { PAGE_SIZE } from '../memory/address';
import type { HeapSnapshot, StructView } from '../snapshot/snapshot';
import { solidBytes } from './block-sums';
import { classText } from './map-labels';
import { bytesText, counted, groupedAddress, hex, sizeText } from './numbers';
import type { Owner } from './owners';
import type { MapViewport } from './viewport';

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
  /** One line under the page: `page 1 of 2`, `freed: its bytes are still there`. */
  readonly caption: string;
  /** Ascending; what no part covers is `outside`. */
  readonly parts: readonly PagePart[];
  readonly selected: boolean;
  readonly changed: boolean;
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
  readonly isChanged: (base: bigint, end: bigint) => boolean;
  readonly hasFinding: (base: bigint, end: bigint) => boolean;
}

/** Pages side by side, by cells of the other levels: 2, 4 or 8. */
export function pagesPerRow(cells: number): number {
  return Math.max(1, cells / 16);
}

export function buildBytes(input: BytesInput, viewport: MapViewport): BytesView {
  const { snapshot } = input;
  const perRow = pagesPerRow(viewport.cells);
  const pages = new Pages(snapshot);
  const height = Math.ceil(pages.count / perRow) * PAGE_ROW_HEIGHT;
  const revealed = viewport.reveal === undefined ? undefined : pages.indexOf(BigInt(viewport.reveal));
  const wanted = revealed === undefined ? viewport.top : rowTop(viewport, Math.floor(revealed / perRow) * PAGE_ROW_HEIGHT);
  const top = Math.max(0, Math.min(wanted, height - viewport.height));
  const firstRow = Math.floor(top / PAGE_ROW_HEIGHT);
  const endRow = Math.min(Math.ceil(pages.count / perRow), Math.ceil((top + viewport.height) / PAGE_ROW_HEIGHT) + 1);
  const bytes: Uint8Array[] = [];
  const rows = Array.from({ length: Math.max(0, endRow - firstRow) }, (_, r) => {
    const row = firstRow + r;
    const count = Math.min(perRow, pages.count - row * perRow);
    return {
      y: row * PAGE_ROW_HEIGHT,
      pages: Array.from({ length: count }, (_, p) => pageAt(input, pages.address(row * perRow + p), bytes)),
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
    title: `1 dot = 1 byte · 64 bytes a row · dot shown when the byte is not 0, brighter = higher value · ${counted(pages.count, 'page')}`,
    revealed: revealed !== undefined,
  };
}

/** Keeps the row where it is when it is on screen already. */
function rowTop(viewport: MapViewport, y: number): number {
  const visible = viewport.revealAt === undefined && y >= viewport.top && y + PAGE_ROW_HEIGHT <= viewport.top + viewport.height;
  return visible ? viewport.top : y;
}

/** The pages of all areas in a row, by number. */
class Pages {
  readonly count: number;
  private readonly areas: readonly { readonly base: bigint; readonly first: number; readonly pages: number }[];

  constructor({ areas }: HeapSnapshot) {
    let first = 0;
    this.areas = [...areas]
      .sort((a, b) => (a.base < b.base ? -1 : 1))
      .map((a) => {
        const base = a.base - (a.base % BigInt(PAGE_SIZE));
        const pages = Math.ceil(Number(a.end - base) / PAGE_SIZE);
        const area = { base, first, pages };
        first += pages;
        return area;
      });
    this.count = first;
  }

  address(index: number): bigint {
    const area = this.areas.findLast((a) => a.first <= index)!;
    return area.base + BigInt((index - area.first) * PAGE_SIZE);
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
  return {
    address: hex(base),
    label: groupedAddress(base),
    ...wordsOf(input, first, last, base),
    state,
    parts: last < first ? [] : partsOf(input, first, last, base),
    selected: input.isSelected(base, end),
    changed: input.isChanged(base, end),
    finding: input.hasFinding(base, end),
    index: read === undefined ? -1 : bytes.push(read) - 1,
  };
}

function wordsOf(
  { snapshot, owner }: BytesInput,
  first: number,
  last: number,
  base: bigint,
): Pick<BytePage, 'title' | 'caption'> {
  const { blocks } = snapshot;
  if (last < first) return { title: '', caption: 'no block' };
  if (last > first) return { title: counted(last - first + 1, 'block'), caption: '' };
  const size = blocks.size(first);
  const call = owner(blocks.base(first), blocks.end(first));
  const pages = Math.ceil(size / PAGE_SIZE);
  const place =
    pages > 1 ? `page ${String(Math.floor(Number(base - blocks.base(first)) / PAGE_SIZE) + 1)} of ${String(pages)}` : '';
  const since = call === undefined ? '' : `step ${String(call.operation + 1)}`;
  switch (blocks.state(first)) {
    case 'free':
      return {
        title: classText(snapshot, blocks.sizeClass(first)) ?? sizeText(size),
        caption: [place, call === undefined ? '' : `was ${call.text}`].filter((t) => t !== '').join(' · '),
      };
    case 'used':
      return {
        title: call?.text ?? 'used',
        caption: [since, place, slackText(snapshot, first)].filter((t) => t !== '').join(' · '),
      };
    case 'metadata':
      return { title: 'allocator', caption: place };
    case 'unread':
      return { title: 'not in dump', caption: place };
  }
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
