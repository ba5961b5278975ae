// The region allocator's arithmetic: a pointer, the bytes asked for, and the end of the region.

import { hex } from '../../memory/address';
import { countText, sizeText } from '../../regions/text';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import {
  largestMalloc,
  bytesOf,
  type AllocationRequest,
  type Drawing,
  type Met,
  type Reasoning,
  type Reasons,
  type RegionReasoning,
  type Sum,
} from '../reasoning';
import type { AllocatorOptions } from '../ukalloc';
import { Downward, Upward } from './layout';
import { regionProfile } from './profiles';

const TOP = 1n << 64n;
const PAGE = 4096n;

export const reasons: Reasons = { init, request };

/** `uk_allocregion_init`. */
function init(base: bigint, len: bigint, options: AllocatorOptions): RegionReasoning {
  const own = BigInt(ukAllocLayout(ukAllocProfile(options.release), options.config).size + Upward.size);
  const downward = regionProfile(options.release)?.downward === true;
  const least = downward ? own : PAGE + 1n;
  const struct: Sum = { text: `sizeof uk_alloc + 16 = ${countText(own)}`, note: "the allocator's own bytes" };
  const misaligned = downward && base % 8n !== 0n;
  if (len < least || misaligned) {
    const decides: Sum = misaligned
      ? { text: `${hex(base)} mod 8 = ${String(base % 8n)}`, note: 'the base is no multiple of 8: NULL', decides: true }
      : downward
        ? { text: `${countText(len)} < ${countText(own)}`, note: 'not enough for its own struct: NULL', decides: true }
        : { text: `${countText(len)} ≤ 4096`, note: 'a region of one page or less is refused, silently', decides: true };
    return {
      answer: misaligned
        ? 'Its base is not aligned, and init gives NULL.'
        : 'It is too small for a region heap, and init gives NULL.',
      sums: downward ? [struct, decides] : [decides],
      change: [misaligned ? 'A base that is a multiple of 8.' : `At least ${countText(least)} bytes.`],
      whatIf: [],
      needs: [
        { text: 'allocator', bytes: len < own ? own : len, look: len < own ? 'missing' : 'metadata' },
        ...(len < least ? [{ text: 'more', bytes: least - len, look: 'missing' as const }] : []),
      ],
    };
  }
  return {
    answer: `The region allocator takes ${countText(own)} bytes for itself and hands out the other ${countText(len - own)} (${sizeText(len - own)}).`,
    sums: [
      struct,
      { text: `${countText(len)} − ${countText(own)} = ${countText(len - own)}`, note: 'bytes to hand out, never to come back' },
    ],
    change: [],
    whatIf: [],
    needs: [
      { text: 'allocator', bytes: own, look: 'metadata' },
      { text: sizeText(len - own), bytes: len - own, look: 'free' },
    ],
  };
}

/** Why a request was refused: the words of the allocator as they stand in memory. */
function request(asked: AllocationRequest, met: Met): Reasoning {
  const { snapshot, reader, options } = met;
  const words = snapshot.heap + BigInt(ukAllocLayout(ukAllocProfile(options.release), options.config).size);
  if (regionProfile(options.release)?.downward === true) return downward(asked, met, words);
  const base = reader.u64(words + BigInt(Upward.heap_base));
  const top = reader.u64(words + BigInt(Upward.heap_top));
  if (base === undefined || top === undefined) return unread();
  return bumpReasons(asked, base, top);
}

/**
 * The way of a request through a pointer that moves up from `base` to `top`.
 *
 * @param base `heap_base`, and `top` `heap_top`, before the request
 */
export function bumpReasons(asked: AllocationRequest, base: bigint, top: bigint): Reasoning {
  const size = bytesOf(asked);
  const align = asked.op === 'palloc' ? PAGE : 'align' in asked ? asked.align : 8n;
  const p = align === 0n ? 0n : ((base + align - 1n) & -align) % TOP;
  const end = (p + size) % TOP;
  const sums: Sum[] = [
    { text: `p = roundup(${hex(base)}, ${countText(align)}) = ${hex(p)}`, note: 'heap_base, aligned' },
    { text: `p + ${countText(size)} = ${hex(end)}`, note: 'heap_base after the call' },
  ];
  if (end > top) {
    return {
      answer: `The region allocator has ${sizeText(top - base)} left and needs ${sizeText(p - base + size)}; nothing ever comes back.`,
      sums: [
        ...sums,
        { text: `${hex(end)} > ${hex(top)}`, note: `heap_top: ${countText(end - top)} bytes short`, decides: true },
      ],
      drawing: bumpDrawing(base, top, p + size),
      change: ['A larger first region: later regions are not added. Freeing changes nothing with this allocator.'],
      whatIf: largestMalloc(top > p ? top - p : 0, 'the rest of the region'),
    };
  }
  if (end <= base)
    return {
      answer: size === 0n ? 'A request of 0 bytes gives NULL while heap_base is aligned.' : 'The sum wraps at 2^64.',
      sums: [...sums, { text: `${hex(end)} ≤ ${hex(base)}`, note: 'taken for an overflow: NULL', decides: true }],
      change: ['Another size.'],
      whatIf: [],
    };
  return { answer: `${sizeText(top - base)} are left, so the region allocator can serve it.`, sums, change: [], whatIf: [] };
}

function bumpDrawing(base: bigint, top: bigint, wanted: bigint): Drawing {
  const span = wanted - base;
  const share = (address: bigint): number => Number(address - base) / Number(span);
  return {
    ticks: [
      { at: 0, text: hex(base) },
      { at: share(top), text: hex(top) },
    ],
    rows: [
      { label: 'left', bars: top > base ? [{ from: 0, to: share(top), text: sizeText(top - base), look: 'free' }] : [] },
      { label: 'needed', bars: [{ from: 0, to: 1, text: sizeText(span), look: 'missing' }], marked: true },
    ],
  };
}

/** 0.20+: malloc looks for its words at the wrong place. */
function downward(asked: AllocationRequest, { snapshot, reader, options }: Met, words: bigint): Reasoning {
  const throughMalloc = asked.op === 'malloc' || asked.op === 'calloc' || asked.op === 'realloc';
  const at = throughMalloc ? words + BigInt(ukAllocLayout(ukAllocProfile(options.release), options.config).size) : words;
  const pos = reader.u64(at + BigInt(Downward.heap_pos));
  const base = reader.u64(at + BigInt(Downward.heap_base));
  if (pos === undefined || base === undefined) return unread();
  const size = bytesOf(asked);
  const left = BigInt.asUintN(64, pos - base);
  const sums: Sum[] = [
    {
      text: `heap_pos = ${hex(pos)}, heap_base = ${hex(base)}`,
      note: throughMalloc ? `read at ${hex(at)}, inside the heap: malloc passes the wrong address` : `read at ${hex(at)}`,
    },
    { text: `${hex(pos)} − ${hex(base)} = ${countText(left)}`, note: 'bytes that are left, as this call sees it' },
    { text: `${countText(left)} < ${countText(size)}`, note: 'ENOMEM', decides: true },
  ];
  return throughMalloc
    ? {
        answer:
          'malloc through the interface is broken in this release: it looks for its two words inside the heap, where there are zeros.',
        sums,
        change: ['memalign and posix_memalign work; so does a release before 0.20.'],
        whatIf: [],
      }
    : {
        answer: `The region allocator has ${sizeText(left)} left; nothing ever comes back.`,
        sums,
        change: ['A larger first region.'],
        whatIf: [{ what: `memalign(8, ${countText(snapshot.metrics.free)})`, works: true, result: 'the rest of the region' }],
      };
}

function unread(): Reasoning {
  return { answer: "The allocator's two words are not in the memory read.", sums: [], change: [], whatIf: [] };
}
