// What lies next to a region, below and above.

import { PAGE_SIZE } from '../memory/address';
import type { Descriptor, Region } from './descriptor';
import { profileOfEra, typeName } from './eras';
import type { Release } from './release';
import { toRegions } from './regions';
import { sizeText } from './text';

const PAGE = BigInt(PAGE_SIZE);

interface Span {
  readonly start: bigint;
  readonly end: bigint;
  readonly name: string;
}

/** `cmdline below, reserved above, both touch`; undefined where the region's own numbers are not known, or it lies alone. */
export function neighboursText(descriptors: readonly Descriptor[], index: number, release: Release): string | undefined {
  const { regions } = toRegions({ descriptors });
  const spans = regions.map((r): [number, Span] => [r.index, spanOf(r, descriptors[r.index]!, release)]);
  const own = spans.find(([i]) => i === index)?.[1];
  if (own === undefined) return undefined;
  let below: Span | undefined;
  let above: Span | undefined;
  for (const [i, span] of spans) {
    if (i === index || span.start === span.end) continue;
    if (span.end <= own.start && (below === undefined || span.end > below.end)) below = span;
    if (span.start >= own.end && (above === undefined || span.start < above.start)) above = span;
  }
  const sides = [
    below && { text: `${below.name} below`, gap: own.start - below.end },
    above && { text: `${above.name} above`, gap: above.start - own.end },
  ].filter((s) => s !== undefined);
  if (sides.length === 0) return undefined;
  if (sides.every((s) => s.gap === 0n))
    return `${sides.map((s) => s.text).join(', ')}, ${sides.length === 2 ? 'both touch' : 'touches'}`;
  return sides.map(({ text, gap }) => `${text} ${gap === 0n ? 'touches' : `after ${sizeText(gap)}`}`).join(', ');
}

/** In whole pages: nobody else can have the rest of one. */
function spanOf({ pbase, pgOff, len, pgCount, type, index }: Region, { era }: Descriptor, release: Release): Span {
  const bytesEnd = pbase + (era === 'paged' ? pgOff : 0n) + len;
  const pagesEnd = era === 'paged' ? pbase + pgCount * PAGE : bytesEnd;
  const end = ((bytesEnd > pagesEnd ? bytesEnd : pagesEnd) + PAGE - 1n) & ~(PAGE - 1n);
  const name = era === 'classic' ? `region ${String(index)}` : typeName(type, profileOfEra(era, release)).toLowerCase();
  return { start: pbase & ~(PAGE - 1n), end, name };
}
