// mimalloc: where the heap's memory went, segments with their pages, the queues, and one page block by block.

import type { MimallocDetails, MimallocPage, MimallocSegment } from '../../snapshot/mimalloc';
import { counted, countText, hex, shortSizeText, sizeText } from '../numbers';
import type { OwnInput } from './own';
import { pageView } from './mimalloc-page';
import type { PageView } from './mimalloc-page';

/** Segments that are drawn. */
const MOST_SEGMENTS = 32;

export interface BarPart {
  readonly base: string;
  readonly kind: 'early' | 'lost' | 'segment' | 'untouched';
  readonly label: string;
  /** The same where there is little room; what does not fit is left out. */
  readonly short: string;
  readonly size: string;
  /** Width on a logarithmic scale, for no scale shows 8 KiB beside 262 MiB. */
  readonly weight: number;
}

export interface PageCell {
  readonly base: string;
  /** `1K`; empty for a page that is not in use. */
  readonly label: string;
  /** `1/4`: blocks in use of those that were linked; `retired` for a page that is kept empty. */
  readonly counts: string;
  /** Nested lengths, as shares of the blocks that fit. */
  readonly used: number;
  readonly linked: number;
  readonly state: 'unused' | 'used' | 'retired' | 'full';
  readonly selected: boolean;
  readonly text: string;
}

export interface SegmentRow {
  readonly title: string;
  readonly text: string;
  readonly pages: readonly PageCell[];
}

export interface QueueRow {
  readonly bin: number;
  readonly block: string;
  /** Address of its `mi_page_t`, by which the queue links it; of its blocks. */
  readonly page: string;
  readonly blocks: string;
  /** Empty, retired, full; empty string for neither. */
  readonly state: string;
  readonly used: number;
  readonly free: number;
  readonly localFree: number;
  readonly linked: string;
  /** Shares of what fits. */
  readonly usedShare: number;
  readonly linkedShare: number;
  readonly selected: boolean;
}

export interface MimallocView {
  readonly kind: 'mimalloc';
  readonly title: string;
  /** `272 MiB of 510 MiB can no longer be used`; empty when nothing is lost. */
  readonly lost: string;
  /** Is there an account of every byte to lead to? A dump has none. */
  readonly why: boolean;
  readonly bar: readonly BarPart[];
  readonly segments: readonly SegmentRow[];
  /** Segments that are not drawn. */
  readonly moreSegments: number;
  readonly queues: readonly QueueRow[];
  readonly queuesText: string;
  /** What sizes find their page without a search. */
  readonly directText: string;
  readonly page?: PageView;
}

export function buildMimalloc(details: MimallocDetails, { snapshot, selection, owner, simulation }: OwnInput): MimallocView {
  const holds = (p: MimallocPage) => selection !== undefined && selection >= p.start && selection < p.end;
  const pages = details.segments.flatMap((s) => s.pages).filter((p) => p.inUse);
  const byDescriptor = new Map(pages.map((p) => [p.descriptor, p]));
  const lost = details.lost.reduce((sum, l) => sum + (l.end - l.base), 0n);
  const total = snapshot.areas.reduce((sum, a) => sum + (a.end - a.base), 0n);
  const selected = pages.find(holds);
  const queued = details.queues.filter((q) => q.pages.length > 0);
  return {
    kind: 'mimalloc',
    title: `${details.mode === 'early' ? 'early mode: the region allocator serves everything' : `${counted(details.segments.length, 'segment')}, ${counted(pages.length, 'page')} in use`} · layout by ${details.buildBy}`,
    lost:
      lost > 0n
        ? `${sizeText(lost)} of ${sizeText(total)} can no longer be used: the region allocator under it never takes memory back`
        : '',
    why: simulation !== undefined,
    bar: barOf(details),
    moreSegments: Math.max(0, details.segments.length - MOST_SEGMENTS),
    segments: details.segments.slice(0, MOST_SEGMENTS).map((s) => segmentRow(s, holds)),
    queues: queued.flatMap((q) => q.pages.flatMap((d) => queueRow(q.bin, q.blockSize, byDescriptor.get(d), holds))),
    queuesText: details.globals
      ? `_mi_heap_main.pages · ${String(queued.length)} hold pages · ${counted(queued.flatMap((q) => q.pages).filter((d) => byDescriptor.get(d)?.used === 0).length, 'page')} empty`
      : 'the queues are not known: the C globals were not given',
    directText: details.globals ? directText(details, byDescriptor) : '',
    ...(selected !== undefined && { page: pageView(selected, owner) }),
  };
}

function barOf(details: MimallocDetails): BarPart[] {
  const part = (base: bigint, end: bigint, kind: BarPart['kind'], label: string, short = label) => ({
    base: hex(base),
    at: base,
    kind,
    label,
    short,
    size: sizeText(end - base),
    weight: Math.max(1, Math.log2(Number(end - base) / 1024)),
  });
  const parts = [
    ...(details.early.end > details.early.base ? [part(details.early.base, details.early.end, 'early', 'A')] : []),
    ...details.lost.map((l) => part(l.base, l.end, 'lost', `lost: ${l.why}`, 'lost')),
    ...details.segments.map((s) => part(s.address, s.address + BigInt(s.size), 'segment', `${s.kind} segment`, s.kind)),
    ...(details.untouched.end > details.untouched.base ? [part(details.untouched.base, details.untouched.end, 'untouched', 'bump pointer has not come here yet', 'not reached')] : []),
  ]; // prettier-ignore
  return parts
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ base, kind, label, short, size, weight }) => ({ base, kind, label, short, size, weight }));
}

function segmentRow(s: MimallocSegment, holds: (p: MimallocPage) => boolean): SegmentRow {
  const [first] = s.pages;
  const pageSize =
    first === undefined
      ? ''
      : ` of ${sizeText(s.kind === 'small' ? 65536 : s.kind === 'medium' ? 524288 : Number(first.end - first.start))}`;
  return {
    title: `${s.kind} segment ${hex(s.address)}`,
    text: `${counted(s.capacity, 'page')}${pageSize} · ${String(s.used)} in use${s.place === undefined ? ' · from the OS layer directly' : ''}`,
    pages: s.pages.map((p) => pageCell(p, holds(p))),
  };
}

function pageCell(p: MimallocPage, selected: boolean): PageCell {
  const retired = p.inUse && p.retireExpire > 0;
  const share = (n: number) => (p.reserved === 0 ? 0 : n / p.reserved);
  return {
    base: hex(p.start),
    label: p.inUse ? shortSizeText(Math.max(0, p.blockSize)) : '',
    counts: retired ? 'retired' : p.inUse ? `${countText(p.used)}/${countText(p.capacity)}` : '',
    used: share(p.used),
    linked: share(p.capacity),
    state: !p.inUse ? 'unused' : retired ? 'retired' : p.inFull ? 'full' : 'used',
    selected,
    text: p.inUse
      ? `page ${String(p.index)}: blocks of ${sizeText(Math.max(0, p.blockSize))}, ${countText(p.used)} used, ${countText(p.capacity)} linked, ${countText(p.reserved)} fit${retired ? ', retired' : ''}${p.inFull ? ', full' : ''}`
      : `page ${String(p.index)}: not in use`,
  };
}

function queueRow(bin: number, blockSize: number, p: MimallocPage | undefined, holds: (p: MimallocPage) => boolean): QueueRow[] {
  if (p === undefined) return [];
  return [
    {
      bin,
      block: sizeText(blockSize),
      page: hex(p.descriptor),
      blocks: hex(p.start),
      state: p.inFull ? 'full' : p.retireExpire > 0 ? 'retired' : p.used === 0 ? 'empty' : '',
      used: p.used,
      free: p.free.length,
      localFree: p.localFree.length,
      linked: `${countText(p.capacity)}/${countText(p.reserved)}`,
      usedShare: p.reserved === 0 ? 0 : p.used / p.reserved,
      linkedShare: p.reserved === 0 ? 0 : p.capacity / p.reserved,
      selected: holds(p),
    },
  ];
}

/** `1–2 words → 8 B, 3–4 → 32 B …; 83 of 129 slots: the empty page` */
function directText({ direct, directEntries }: MimallocDetails, pages: ReadonlyMap<bigint, MimallocPage>): string {
  const slots = direct.reduce((sum, d) => sum + d.last - d.first + 1, 0);
  const ranges = direct.slice(0, 3).map((d, i) => {
    const words = d.first === d.last ? String(d.first) : `${String(d.first)}–${String(d.last)}`;
    const page = pages.get(d.page);
    return `${words}${i === 0 ? ' words' : ''} → ${page === undefined ? hex(d.page) : sizeText(Math.max(0, page.blockSize))}`;
  });
  const empty = directEntries - slots;
  return `pages_free_direct[${String(directEntries)}] sends sizes to these pages without a search: ${ranges.join(', ')}${direct.length > 3 ? ' …' : ''}; ${countText(empty)} of ${countText(directEntries)} slots: the empty page.`;
}
