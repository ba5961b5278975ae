// TLSF's arithmetic: a size becomes a class, the class a place in the two bitmaps.

import { hex } from '../../memory/address';
import { countText, sizeText } from '../../regions/text';
import type { TlsfDetails, TlsfRequest } from '../../snapshot/details';
import { withIfmalloc } from '../layers/ifmalloc';
import { askedBytes } from '../layers/malloc-reasons';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import {
  largestMalloc,
  type AllocationRequest,
  type Met,
  type Reasoning,
  type Reasons,
  type RegionReasoning,
  type Sum,
} from '../reasoning';
import type { AllocatorOptions } from '../ukalloc';
import { areaOffset, controlSize, Header, LEAST_AREA } from './layout';
import { log2Sli } from './profiles';

const RECORD = 16n;

export const reasons: Reasons = { init, request };

/** `uk_tlsf_init`: the struct, the tables, and one block of the rest. */
function init(base: bigint, len: bigint, options: AllocatorOptions): RegionReasoning {
  const l = log2Sli(options.config).value;
  const struct = BigInt(ukAllocLayout(ukAllocProfile(options.release), withIfmalloc(options).config).size);
  const control = BigInt(controlSize(l));
  const least = struct + control + BigInt(LEAST_AREA);
  const sums: Sum[] = [
    { text: `120 + 192 · 2^${String(l)} = ${countText(control)}`, note: 'tables: two bitmaps and a list head a class' },
    {
      text: `${countText(struct)} + ${countText(control)} + 128 = ${countText(least)}`,
      note: 'the least length: struct uk_alloc, tables, one area',
    },
  ];
  const misaligned = (base + struct) % 8n !== 0n;
  if (len < least || misaligned) {
    const decides: Sum =
      len < least
        ? {
            text: `${countText(len)} < ${countText(least)}`,
            note: 'init_memory_pool refuses it: NULL, without a word',
            decides: true,
          }
        : {
            text: `${hex(base + struct)} mod 8 = ${String((base + struct) % 8n)}`,
            note: 'the pool must be a multiple of 8: NULL',
            decides: true,
          };
    return {
      answer:
        len < least
          ? 'It is too small for the tables of TLSF, and init gives NULL.'
          : 'Its base is not aligned, and init gives NULL.',
      sums: [...sums, decides],
      change: [
        len < least
          ? `At least ${countText(least)} bytes${least <= 8192n ? ', so two pages' : ''}.`
          : 'A base that is a multiple of 8.',
      ],
      whatIf: [1n, 2n, 3n].map((pages) => ({
        what: `${countText(pages)} page${pages === 1n ? '' : 's'}`,
        works: pages * 4096n >= least,
        result: pages * 4096n >= least ? 'becomes the heap' : 'NULL',
      })),
      needs: [{ text: 'struct and tables', bytes: least, look: len < least ? 'missing' : 'metadata' }],
    };
  }
  const overhead = struct + BigInt(areaOffset(l)) + BigInt(4 * Header.bytes);
  return {
    answer: `TLSF takes ${countText(overhead)} bytes for its struct, tables and the headers of its area; the rest is one free block.`,
    sums: [
      ...sums,
      {
        text: `${countText(len)} − ${countText(overhead)} ≈ ${countText(len - overhead)}`,
        note: 'bytes of the first free block',
      },
    ],
    change: [],
    whatIf: [],
    needs: [
      { text: 'struct and tables', bytes: overhead, look: 'metadata' },
      { text: sizeText(len - overhead), bytes: len - overhead, look: 'free' },
    ],
  };
}

function request(asked: AllocationRequest, { snapshot }: Met): Reasoning {
  const { real, sums } = askedBytes(asked);
  const details = snapshot.details?.kind === 'tlsf' ? snapshot.details : undefined;
  if (real === undefined)
    return {
      answer: 'It never came to TLSF: the ukalloc layer refuses it by itself.',
      sums,
      change: ['Another size or alignment.'],
      whatIf: [],
    };
  if (details === undefined) return { answer: "TLSF's tables are not in the memory read.", sums, change: [], whatIf: [] };
  const way = details.request(BigInt.asUintN(64, real - RECORD));
  const all = [...sums, ...waySums(way, details)];
  const { largestFree, largestRequest } = snapshot.metrics;
  if (way.outcome !== 'none')
    return {
      answer: `There is a free block for it, of class ${className(way.foundClass ?? way.searchClass, details)}.`,
      sums: all,
      change: [],
      whatIf: [],
    };
  const fitsByLuck = BigInt(Math.max(0, largestFree)) >= way.aligned;
  return {
    answer: fitsByLuck
      ? `A block of ${sizeText(largestFree)} is free and would hold it, but TLSF looks only in classes whose every block is large enough.`
      : `TLSF needs a free block of ${sizeText(way.rounded)}; the largest free one has ${sizeText(Math.max(0, largestFree))}.`,
    sums: [...all, { text: 'no bit at or above it', note: 'no list that is sure to have a fit: NULL', decides: true }],
    change: [
      fitsByLuck
        ? `A request of at most ${countText(largestRequest)} bytes, which the class below is sure to hold.`
        : 'Freeing neighbours, which merge, or a larger first region: later regions are not added.',
    ],
    whatIf: largestMalloc(largestRequest).flatMap((row) => [
      row,
      { what: `malloc(${countText(largestRequest + 1)})`, works: false, result: 'NULL' },
    ]),
  };
}

function waySums(way: TlsfRequest, details: TlsfDetails): Sum[] {
  const own = details.range(way.ownClass);
  return [
    {
      text: `roundup(${countText(way.withRecord)}, 16) = ${countText(way.aligned)}`,
      note: `a block of exactly that is in class ${className(way.ownClass, details)}: ${countText(own.from)} … ${countText(own.to - 1)} bytes`,
    },
    {
      text: `→ ${countText(way.rounded)}`,
      note: `rounded to a class whose every block is large enough: from ${className(way.searchClass, details)} on`,
    },
    { text: `fl_bitmap = 0x${(details.flBitmap >>> 0).toString(16)}`, note: 'rows that have a free block' },
  ];
}

function className(sizeClass: number, { columns }: TlsfDetails): string {
  return `(${String(Math.floor(sizeClass / columns))},${String(sizeClass % columns)})`;
}
