// tinyalloc's arithmetic: first fit over the free blocks, then the bytes up to the limit, if a descriptor is left.

import { hex } from '../../memory/address';
import { countText, sizeText } from '../../regions/text';
import type { TinyallocDetails } from '../../snapshot/details';
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
import { Block, TABLE } from './layout';
import { HEAP_BLOCKS, tinyallocConfig } from './profiles';

const RECORD = 16n;
const TOP = 1n << 64n;

export const reasons: Reasons = { init, request };

/** `uk_tinyalloc_init`: everything above one page is taken, whether or not the table fits. */
function init(_base: bigint, len: bigint, options: AllocatorOptions): RegionReasoning {
  const blocks = BigInt(tinyallocConfig(options.config).heapBlocks);
  const struct = BigInt(ukAllocLayout(ukAllocProfile(options.release), withIfmalloc(options).config).size + TABLE);
  const fixed = struct + BigInt(Block.bytes) * blocks;
  const table: Sum = {
    text: `${countText(struct)} + 24 · ${countText(blocks)} = ${countText(fixed)}`,
    note: `structs, and a descriptor for each of ${HEAP_BLOCKS} blocks`,
  };
  if (len <= 4096n) {
    return {
      answer: 'A region of one page or less is refused by tinyalloc, and init gives NULL.',
      sums: [{ text: `${countText(len)} ≤ 4096`, note: 'NULL, without a word', decides: true }],
      change: [`More than one page; more than ${countText(fixed)} bytes to be of any use.`],
      whatIf: [],
      needs: [{ text: 'structs and table', bytes: fixed, look: 'missing' }],
    };
  }
  if (len <= fixed) {
    return {
      answer: `It became the heap, but its table of ${countText(fixed)} bytes does not fit: every request gets NULL.`,
      sums: [
        table,
        {
          text: `${countText(fixed)} > ${countText(len)}`,
          note: 'not compared by tinyalloc: the table ends behind the region',
          decides: true,
        },
      ],
      change: [`A first region of more than ${countText(fixed)} bytes, or fewer descriptors (${HEAP_BLOCKS}).`],
      whatIf: [],
      needs: [{ text: 'structs and table', bytes: fixed, look: 'missing' }],
    };
  }
  return {
    answer: `tinyalloc takes ${countText(fixed)} bytes for its descriptors and hands out the other ${sizeText(len - fixed)}.`,
    sums: [table, { text: `${countText(len)} − ${countText(fixed)} = ${countText(len - fixed)}`, note: 'bytes to hand out' }],
    change: [],
    whatIf: [],
    needs: [
      { text: 'structs and table', bytes: fixed, look: 'metadata' },
      { text: sizeText(len - fixed), bytes: len - fixed, look: 'free' },
    ],
  };
}

function request(asked: AllocationRequest, { snapshot }: Met): Reasoning {
  const { real, sums } = askedBytes(asked);
  const details = snapshot.details?.kind === 'tinyalloc' ? snapshot.details : undefined;
  if (real === undefined)
    return {
      answer: 'It never came to tinyalloc: the ukalloc layer refuses it by itself.',
      sums,
      change: ['Another size or alignment.'],
      whatIf: [],
    };
  if (details === undefined) return { answer: "tinyalloc's table is not in the memory read.", sums, change: [], whatIf: [] };
  const way = details.request(BigInt.asUintN(64, real - RECORD));
  const all: Sum[] = [...sums, { text: `→ ${countText(way.rounded)}`, note: 'rounded up to the alignment of sizes' }];
  if (way.outcome !== 'none') return { answer: 'There is room for it.', sums: all, change: [], whatIf: [] };
  all.push(freeSum(details, way.refused));
  return details.fresh.length === 0 ? noDescriptor(all) : noMemory(all, details, way.rounded, snapshot.metrics.largestRequest);
}

function freeSum(details: TinyallocDetails, refused: number): Sum {
  const largest = details.free.reduce((most, b) => (b.size > most ? b.size : most), 0n);
  return {
    text: `${countText(refused)} free block${refused === 1 ? '' : 's'} looked at`,
    note: refused === 0 ? 'the free list is empty' : `none is large enough; the largest has ${sizeText(largest)}`,
  };
}

function noDescriptor(sums: readonly Sum[]): Reasoning {
  return {
    answer: 'Every descriptor is in use, so tinyalloc cannot carve a new block, whatever memory is left.',
    sums: [...sums, { text: 'fresh is empty', note: 'no descriptor for a new block: NULL', decides: true }],
    change: [`More descriptors (${HEAP_BLOCKS}), or freeing blocks whose neighbours are free: merging gives descriptors back.`],
    whatIf: [],
  };
}

function noMemory(sums: readonly Sum[], { top, limit }: TinyallocDetails, rounded: bigint, largest: number): Reasoning {
  const end = (top + rounded) % TOP;
  const left = limit > top ? limit - top : 0n;
  return {
    answer: `No free block is large enough, and above the highest one ${sizeText(left)} are left.`,
    sums: [
      ...sums,
      {
        text: `${hex(top)} + ${countText(rounded)} = ${hex(end)} > ${hex(limit)}`,
        note: 'top would pass the limit: NULL',
        decides: true,
      },
    ],
    change: ['Freeing neighbours, which merge, or a larger first region: later regions are not added.'],
    whatIf: largestMalloc(largest),
  };
}
