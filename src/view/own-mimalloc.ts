// mimalloc: where the heap's memory went, segments with their pages, the queues, and one page block by block.

import type { MimallocDetails, MimallocPage, MimallocSegment } from '../snapshot/mimalloc';
import { counted, countText, hex, rangeText, shortSizeText, sizeText } from './numbers';
import type { OwnInput } from './own';

/** Blocks of the selected page that are drawn. */
const MOST_CELLS = 512;
/** Segments that are drawn. */
const MOST_SEGMENTS = 32;

export interface BarPart {
  readonly base: string;
  readonly kind: 'early' | 'lost' | 'segment' | 'untouched';
  readonly label: string;
  readonly size: string;
  /** Width on a logarithmic scale, for no scale shows 8 KiB beside 262 MiB. */
  readonly weight: number;
}

export interface PageCell {
  readonly base: string;
  /** `1K`; empty for a page that is not in use. */
  readonly label: string;
  /** `1/4`: blocks in use of those that were linked. */
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
  readonly page: string;
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
  readonly bar: readonly BarPart[];
  readonly segments: readonly SegmentRow[];
  readonly queues: readonly QueueRow[];
  readonly queuesText: string;
  readonly page?: {
    readonly title: string;
    readonly range: string;
    readonly text: string;
    /** `used`, `F1`, `L1`, `` (never linked). */
    readonly cells: readonly string[];
    readonly more: number;
    readonly check: string;
  };
}

export function buildMimalloc(details: MimallocDetails, { snapshot, selection }: OwnInput): MimallocView {
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
    bar: barOf(details),
    segments: details.segments.slice(0, MOST_SEGMENTS).map((s) => segmentRow(s, holds)),
    queues: queued.flatMap((q) => q.pages.flatMap((d) => queueRow(q.bin, q.blockSize, byDescriptor.get(d), holds))),
    queuesText: details.globals
      ? `${String(queued.length)} of ${String(details.queues.length)} queues hold pages · ${directText(details)}`
      : 'the queues are not known: the C globals were not given',
    ...(selected !== undefined && { page: pageView(selected) }),
  };
}

function barOf(details: MimallocDetails): BarPart[] {
  const part = (base: bigint, end: bigint, kind: BarPart['kind'], label: string) => ({
    base: hex(base),
    at: base,
    kind,
    label,
    size: sizeText(end - base),
    weight: Math.max(1, Math.log2(Number(end - base) / 1024)),
  });
  const parts = [
    ...(details.early.end > details.early.base ? [part(details.early.base, details.early.end, 'early', 'A')] : []),
    ...details.lost.map((l) => part(l.base, l.end, 'lost', `lost: ${l.why}`)),
    ...details.segments.map((s) => part(s.address, s.address + BigInt(s.size), 'segment', `${s.kind} segment`)),
    ...(details.untouched.end > details.untouched.base ? [part(details.untouched.base, details.untouched.end, 'untouched', 'bump pointer has not come here yet')] : []),
  ]; // prettier-ignore
  return parts
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ base, kind, label, size, weight }) => ({ base, kind, label, size, weight }));
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
    counts: p.inUse ? `${countText(p.used)}/${countText(p.capacity)}` : '',
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
      page: hex(p.start),
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

function directText({ direct, directEntries }: MimallocDetails): string {
  const slots = direct.reduce((sum, d) => sum + d.last - d.first + 1, 0);
  const ranges = direct
    .slice(0, 3)
    .map((d) => (d.first === d.last ? `${String(d.first)} words` : `${String(d.first)}–${String(d.last)} words`));
  return `pages_free_direct: ${ranges.join(', ')}${direct.length > 3 ? ' …' : ''}; ${countText(slots)} of ${countText(directEntries)} slots lead to a page`;
}

function pageView(p: MimallocPage): NonNullable<MimallocView['page']> {
  const cells: string[] = Array.from({ length: Math.min(p.reserved, MOST_CELLS) }, (_, i) => (i < p.capacity ? 'used' : ''));
  p.free.forEach((block, i) => {
    if (block < cells.length) cells[block] = `F${String(i + 1)}`;
  });
  p.localFree.forEach((block, i) => {
    if (block < cells.length) cells[block] = `L${String(i + 1)}`;
  });
  const linked = p.free.length + p.localFree.length + p.used;
  const agrees = linked === p.capacity ? ' ✓' : ' ≠ capacity';
  return {
    title: `bin ${String(p.bin)}, blocks of ${sizeText(Math.max(0, p.blockSize))}`,
    range: rangeText(p.start, p.end),
    text: `${counted(p.reserved, 'block')} fit, ${countText(p.capacity)} were ever linked, ${countText(p.used)} used`,
    cells,
    more: p.reserved - cells.length,
    check: p.complete
      ? `${String(p.free.length)} free + ${String(p.localFree.length)} local + ${String(p.used)} used = ${String(linked)} of ${String(p.capacity)} linked${agrees}`
      : 'a free list could not be followed to its end',
  };
}
