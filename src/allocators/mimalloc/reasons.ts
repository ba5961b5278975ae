// mimalloc's arithmetic: early, a bump pointer; later, segments of 4 MiB that have to come out of the same pointer aligned.

import { hex, toBigInt } from '../../memory/address';
import { countText, sizeText } from '../../regions/text';
import type { MimallocDetails } from '../../snapshot/mimalloc';
import {
  largestMalloc,
  bytesOf,
  type AllocationRequest,
  type Met,
  type Reasoning,
  type Reasons,
  type RegionReasoning,
  type Sum,
} from '../reasoning';
import { bumpReasons } from '../region/reasons';
import { binOf, BLOCK_SIZES, goodSize, hugeSegmentSize, kindOf, LARGE_OBJECT_MAX, PAGE_KINDS } from './size-classes';
import { SEGMENT_SIZE } from './layout';
import { Surroundings } from './statics';

const SEGMENT = BigInt(SEGMENT_SIZE);
const PAGE = 4096n;

export const reasons: Reasons = { init, request };

/** `uk_mimalloc_init`. */
function init(_base: bigint, len: bigint): RegionReasoning {
  if (len <= PAGE) {
    return {
      answer: 'A region of one page or less is refused by mimalloc, and init gives NULL.',
      sums: [{ text: `${countText(len)} ≤ 4096`, note: 'NULL, without a word', decides: true }],
      change: ['More than two pages: one is for the struct uk_alloc, one or less for the region allocator is refused.'],
      whatIf: [],
      needs: [
        { text: 'uk_alloc', bytes: PAGE, look: 'metadata' },
        { text: 'region allocator', bytes: PAGE + 1n, look: 'missing' },
      ],
    };
  }
  const rest = len - PAGE;
  if (rest <= PAGE) {
    return {
      answer: 'It became the heap, but the region allocator behind it refused what is left: every malloc gets NULL.',
      sums: [
        { text: `${countText(len)} − 4096 = ${countText(rest)}`, note: 'for the region allocator' },
        { text: `${countText(rest)} ≤ 4096`, note: 'which wants more than one page', decides: true },
      ],
      change: ['More than two pages.'],
      whatIf: [],
      needs: [
        { text: 'uk_alloc', bytes: PAGE, look: 'metadata' },
        { text: 'region allocator', bytes: PAGE + 1n, look: 'missing' },
      ],
    };
  }
  return {
    answer: `mimalloc takes a page for its struct and hands the other ${sizeText(rest)} to a region allocator, from which it takes segments.`,
    sums: [{ text: `${countText(len)} − 4096 = ${countText(rest)}`, note: 'for the region allocator' }],
    change: [],
    whatIf: [],
    needs: [
      { text: 'uk_alloc', bytes: PAGE, look: 'metadata' },
      { text: sizeText(rest), bytes: rest, look: 'free' },
    ],
  };
}

function request(asked: AllocationRequest, { snapshot, reader }: Met): Reasoning {
  const details = snapshot.details?.kind === 'mimalloc' ? snapshot.details : undefined;
  if (details === undefined)
    return { answer: "mimalloc's structures are not in the memory read.", sums: [], change: [], whatIf: [] };
  const { base, end } = details.untouched;
  const calls = asked.op === 'malloc' || asked.op === 'calloc' || asked.op === 'realloc';
  const switches = calls && reader.u64(toBigInt(Surroundings.thread_not_ready)) === 0n;
  if (details.mode === 'early' && !switches) return early(bumpReasons(asked, base, end));
  const size = bytesOf(asked);
  if (size > (1n << 63n) - 1n) {
    const decides: Sum = { text: `${countText(size)} > 2^63 − 1`, note: 'refused at once: NULL', decides: true };
    return { answer: 'No object can be that large.', sums: [decides], change: ['Another size.'], whatIf: [] };
  }
  const bytes = Number(size);
  const huge = bytes > LARGE_OBJECT_MAX;
  const segment = huge ? hugeSegmentSize(goodSize(bytes)) : SEGMENT_SIZE;
  const first: Sum[] =
    details.mode === 'early'
      ? [{ text: 'the thread is ready', note: 'this call leaves the early mode and makes the first segment' }]
      : [];
  const sums = [...first, ...classSums(bytes, huge, segment), ...bumpSums(base, end, segment)];
  const lost = details.lost.reduce((sum, l) => sum + (l.end - l.base), 0n);
  const { largestRequest } = snapshot.metrics;
  return {
    answer: `It needs a segment of ${sizeText(segment)}, aligned to 4 MiB, and ${sizeText(end - base)} are left to make one from.`,
    sums: [...sums, ...lostSum(lost, details)],
    change: [
      'A larger first region: later regions are not added, and what did not come out aligned is lost for good.',
      ...(huge ? [] : ['Freeing objects of the same size class: their blocks are used again.']),
    ],
    whatIf: largestMalloc(largestRequest),
  };
}

function early(reasoning: Reasoning): Reasoning {
  return {
    ...reasoning,
    answer: `mimalloc is still in its early mode, in which a region allocator serves everything. ${reasoning.answer}`,
  };
}

function classSums(bytes: number, huge: boolean, segment: number): Sum[] {
  if (huge)
    return [
      { text: `${countText(bytes)} > 2 097 152`, note: `more than 2 MiB: a segment of its own, ${countText(segment)} bytes` },
    ];
  const bin = binOf(bytes);
  const block = BLOCK_SIZES[bin] ?? bytes;
  return [
    {
      text: `bin(${countText(bytes)}) = ${String(bin)}`,
      note: `blocks of ${countText(block)} bytes, in ${PAGE_KINDS[kindOf(block)]!} pages: no page of this class has one left`,
    },
    {
      text: `${countText(segment)} bytes`,
      note: `a segment is needed for a fresh page; a first one asks for a region of 256 MiB`,
    },
  ];
}

/** What the bump allocator can give: first as it comes, then with 4 MiB more to align in. */
function bumpSums(base: bigint, end: bigint, segment: number): Sum[] {
  const left = end - base;
  const good = BigInt(goodSize(segment));
  const sums: Sum[] = [{ text: `${hex(end)} − ${hex(base)} = ${countText(left)}`, note: 'bytes left below heap_top' }];
  if (left < good)
    return [
      ...sums,
      { text: `${countText(left)} < ${countText(good)}`, note: 'the region allocator has not got them: NULL', decides: true },
    ];
  const rest = left - good;
  return [
    ...sums,
    {
      text: `${hex(base)} mod 4 MiB = ${countText(base % SEGMENT)}`,
      note: 'the segment does not come out aligned: these bytes are lost, and 4 MiB more are asked for',
    },
    { text: `${countText(rest)} < ${countText(good + SEGMENT)}`, note: 'the second attempt fails: NULL', decides: true },
  ];
}

function lostSum(lost: bigint, details: MimallocDetails): Sum[] {
  if (lost === 0n) return [];
  return [
    {
      text: `${sizeText(lost)} lost before`,
      note: `in ${countText(details.lost.length)} piece${details.lost.length === 1 ? '' : 's'}: the region allocator takes nothing back`,
    },
  ];
}
