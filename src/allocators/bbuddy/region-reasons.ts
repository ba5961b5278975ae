// What bbuddy makes of a region: what of it is metadata, and what is handed out. Follows init and addmem on numbers alone.

import { hex } from '../../memory/address';
import { countText, sizeText } from '../../regions/text';
import type { Need, RegionReasoning, Sum, WhatIf } from '../reasoning';
import type { AllocatorOptions } from '../ukalloc';
import { Memr } from './layout';
import { buddyProfile, type BuddyProfile } from './profiles';

const PAGE = 4096n;
const TOP = 1n << 64n;
const FORMULA_DIVISOR = 32769n;

/** A region's whole pages, and how they are divided. */
export interface Share {
  readonly min: bigint;
  readonly max: bigint;
  /** Pages of the record and the bitmap. */
  readonly metadata: bigint;
  /** Pages that the bitmap covers. */
  readonly pages: bigint;
}

/** Metadata and usable pages of `range` bytes of whole pages. */
export function shareOf(range: bigint, profile: BuddyProfile): { readonly metadata: bigint; readonly pages: bigint } {
  const metadataFor = (pages: bigint): bigint => (BigInt(Memr.size) + (pages + 7n) / 8n + PAGE - 1n) / PAGE;
  if (profile.pageCount === 'exact') {
    const all = range / PAGE;
    const metadata = metadataFor(all);
    return { metadata, pages: all - metadata };
  }
  const pages = (8n * (range - BigInt(Memr.size))) / FORMULA_DIVISOR;
  return { metadata: metadataFor(pages), pages };
}

/** `uk_allocbbuddy_init` on `[base, base + len)`. */
export function initReasons(base: bigint, len: bigint, options: AllocatorOptions): RegionReasoning {
  const profile = buddyProfile(options.release)!;
  const { min, max, sums } = wholePages(base, len);
  const skip = BigInt(profile.pagesBeforeHeap);
  if (max <= min) {
    return {
      answer: 'There is no whole page in it: bbuddy asserts that there is one, and the boot stops.',
      sums: [...sums, { text: `${hex(max)} ≤ ${hex(min)}`, note: 'no whole page: assertion `max > min`', decides: true }],
      change: ['A region of at least one whole page.'],
      whatIf: [],
      needs: [{ text: '1 page', bytes: PAGE, look: 'missing' }],
    };
  }
  const all = (max - min) / PAGE;
  const own: Need = { text: 'allocator', bytes: PAGE, look: 'metadata' };
  const lost: Need[] = skip > 1n ? [{ text: 'not used', bytes: PAGE, look: 'missing', lost: true }] : [];
  const rest = (all - skip) * PAGE;
  const ownSum: Sum = { text: 'roundup(sizeof uk_alloc + sizeof uk_bbpalloc) = 4096', note: "the allocator's own page" };
  const skipSum: Sum[] =
    skip > 1n ? [{ text: `${countText(all)} − 2`, note: 'this release passes over a second page, which is lost' }] : [];
  if (rest < 2n * PAGE) {
    return {
      answer: `It became a heap without any memory: after bbuddy's own ${skip > 1n ? 'two pages' : 'page'} less than two pages are left, and addmem refuses them.`,
      sums: [
        ...sums,
        ownSum,
        ...skipSum,
        { text: `${countText(rest < 0n ? 0n : rest)} < 8192`, note: 'addmem wants two pages', decides: true },
      ],
      change: [`A region of ${countText(skip + 2n)} pages or more gives memory of its own.`],
      whatIf: [],
      needs: [
        own,
        ...lost,
        { text: 'bitmap', bytes: PAGE, look: 'missing' },
        { text: '1 page to hand out', bytes: PAGE, look: 'missing' },
      ],
    };
  }
  const { metadata, pages } = shareOf(rest, profile);
  return {
    answer: `Of ${countText(all)} pages bbuddy takes ${countText(1n + metadata)} for itself and hands out ${countText(pages)} (${sizeText(pages * PAGE)}).`,
    sums: [...sums, ownSum, ...skipSum, ...splitSums(rest, metadata, pages, profile)],
    change: [],
    whatIf: [],
    needs: [
      ...rounding(base, min),
      own,
      ...lost,
      { text: 'record and bitmap', bytes: metadata * PAGE, look: 'metadata' },
      { text: `${countText(pages)} pages`, bytes: pages * PAGE, look: 'free' },
    ],
  };
}

/** `bbuddy_addmem` on `[base, base + len)`. */
export function addmemReasons(base: bigint, len: bigint, options: AllocatorOptions): RegionReasoning {
  const profile = buddyProfile(options.release)!;
  const { min, max, sums } = wholePages(base, len);
  if (max < min || max - min < 2n * PAGE) return refused(base, min, max, sums);
  const { metadata, pages } = shareOf(max - min, profile);
  return {
    answer: `bbuddy takes ${pagesText(metadata)} for its record and bitmap and hands out ${countText(pages)} (${sizeText(pages * PAGE)}).`,
    sums: [...sums, ...splitSums(max - min, metadata, pages, profile)],
    change: [],
    whatIf: [],
    needs: [
      ...rounding(base, min),
      { text: 'record and bitmap', bytes: metadata * PAGE, look: 'metadata' },
      { text: `${countText(pages)} pages`, bytes: pages * PAGE, look: 'free' },
    ],
  };
}

function refused(base: bigint, min: bigint, max: bigint, sums: readonly Sum[]): RegionReasoning {
  const range = max - min;
  const short = range < 0n ? 2n : (2n * PAGE - range) / PAGE;
  const decides: Sum =
    range < 0n
      ? { text: `${hex(max)} < ${hex(min)}`, note: 'not one whole page: addmem answers −22 (EINVAL)', decides: true }
      : {
          text: `${countText(range)} < 8192`,
          note: 'bbuddy_addmem wants 2 pages: one for its record and bitmap, one to hand out. It answers −22 (EINVAL)',
          decides: true,
        };
  const pages = range < 0n ? 0n : range / PAGE;
  return {
    answer: short === 1n ? 'It is too small by one page.' : 'There is no whole page in it.',
    sums: [
      ...sums,
      ...(range < 0n ? [] : [{ text: `range = ${hex(max)} − ${hex(min)} = ${countText(range)}`, note: pagesText(pages) }]),
      decides,
    ],
    change: [
      short === 1n
        ? 'One more free page on either side, and it would be added and give 1 page.'
        : 'Two whole pages are the least that addmem takes.',
    ],
    whatIf: [1n, 2n, 3n].map((n): WhatIf => {
      const works = n >= 2n;
      return {
        what: pagesText(n),
        works,
        result: works ? `${pagesText(n - 1n)} to hand out` : 'not added',
        note: '1 page of metadata',
      };
    }),
    needs: [
      ...rounding(base, min),
      { text: 'record and bitmap', bytes: PAGE, look: pages > 0n ? 'metadata' : 'missing' },
      { text: '1 page to hand out', bytes: PAGE, look: 'missing' },
    ],
  };
}

/** What rounding the start up to a page leaves over. */
function rounding(base: bigint, min: bigint): Need[] {
  return min > base ? [{ text: '', bytes: min - base, look: 'other' }] : [];
}

function wholePages(base: bigint, len: bigint): { readonly min: bigint; readonly max: bigint; readonly sums: readonly Sum[] } {
  const end = (base + len) % TOP;
  const min = (base + PAGE - 1n) & -PAGE;
  const max = end & -PAGE;
  return {
    min,
    max,
    sums: [
      {
        text: `min = roundup(${hex(base)}) = ${hex(min)}`,
        note: min === base ? 'first whole page' : `first whole page; ${countText(min - base)} bytes before it are lost`,
      },
      {
        text: `max = rounddown(${hex(end)}) = ${hex(max)}`,
        note:
          max === end
            ? 'end of the last whole page'
            : `end of the last whole page; ${countText(end - max)} bytes behind it are lost`,
      },
    ],
  };
}

function splitSums(range: bigint, metadata: bigint, pages: bigint, profile: BuddyProfile): Sum[] {
  const all = range / PAGE;
  const bits = profile.pageCount === 'exact' ? all : pages;
  const sums: Sum[] = [
    {
      text: `⌈(40 + ⌈${countText(bits)} / 8⌉) / 4096⌉ = ${countText(metadata)}`,
      note: `${metadata === 1n ? 'page' : 'pages'} for the record (40 B) and a bit a page`,
    },
  ];
  if (profile.pageCount === 'exact')
    return [...sums, { text: `${countText(all)} − ${countText(metadata)} = ${countText(pages)}`, note: 'pages to hand out' }];
  sums.unshift({
    text: `⌊8 · (${countText(range)} − 40) / 32769⌋ = ${countText(pages)}`,
    note: "pages, by this release's formula, which counts the metadata in its own way",
  });
  const unused = all - metadata - pages;
  const note =
    unused === 0n
      ? 'nothing is miscounted at this size'
      : `${pagesText(unused)} more cut into chunks than the bitmap and nr_free_pages know: the defect of 0.3 … 0.11`;
  return [...sums, { text: `${countText(all)} − ${countText(metadata)} − ${countText(pages)} = ${countText(unused)}`, note }];
}

function pagesText(pages: bigint): string {
  return `${countText(pages)} page${pages === 1n ? '' : 's'}`;
}
