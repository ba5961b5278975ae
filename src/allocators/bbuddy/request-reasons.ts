// Why palloc found nothing: the order that a request needs, the lists that have something, and whether this memory could ever hold a
// chunk of that order, whatever is freed.

import { hex } from '../../memory/address';
import { countText, sizeText } from '../../regions/text';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import { askedPages } from '../layers/page-reasons';
import { ukAllocProfile } from '../layers/profiles';
import type { AllocationRequest, Met, Reasoning, Sum, WhatIf } from '../reasoning';
import { drawOrders } from './order-drawing';
import { ORDERS } from './layout';
import { buddyProfile } from './profiles';

const PAGE = 4096n;

/** Pages that palloc hands out, in one piece of address space: `[base, end)`. */
export interface Run {
  readonly base: bigint;
  readonly end: bigint;
}

/** The smallest order that holds `n` pages; `n` at least 1. */
export function orderFor(pages: bigint): number {
  return pages === 1n ? 0 : (pages - 1n).toString(2).length;
}

/** Bytes of a chunk. */
export function orderBytes(order: number): bigint {
  return PAGE << BigInt(order);
}

export function requestReasons(request: AllocationRequest, { snapshot, options }: Met): Reasoning {
  const asked = askedPages(request, ukAllocProfile(options.release));
  if (asked.pages === undefined) {
    return {
      answer: 'It never came to the page allocator: the ifpages layer answers NULL by itself.',
      sums: asked.sums,
      change: ['Another size; the heap has nothing to do with it.'],
      whatIf: [],
    };
  }
  if (asked.pages === 0n) {
    const wraps: Sum = { text: 'n = 0', note: 'palloc asserts `num_pages != 0`: the kernel stops', decides: true };
    return { answer: 'It asks for 0 pages, on which palloc asserts.', sums: [...asked.sums, wraps], change: [], whatIf: [] };
  }
  const order = orderFor(asked.pages);
  const highest = snapshot.lists.reduce((top, l) => (l.entries.length > 0 ? Math.max(top, l.sizeClass) : top), -1);
  const runs = runsOf(snapshot);
  const sums: Sum[] = [...asked.sums, orderSum(asked.pages, order), highestSum(snapshot, order, highest)];
  if (highest >= order) {
    const text = `There is a free chunk of order ${String(highest)}, so palloc can serve it: ${countText(asked.pages)} pages.`;
    return { answer: text, sums, change: [], whatIf: whatIfs(request, snapshot, options) };
  }
  const places = runs.flatMap((run) => placesIn(run, order));
  const never = order >= ORDERS || runs.every((run) => countIn(run, order) === 0n);
  const size = order < ORDERS ? sizeText(orderBytes(order)) : `2^${String(order)} pages`;
  const free = sizeText(Math.max(0, snapshot.metrics.free));
  const drawing = order < ORDERS ? drawOrders(snapshot, runs, order, highest) : undefined;
  const best = never ? undefined : leastUsed(snapshot, places);
  return {
    answer: never
      ? `bbuddy needs one aligned ${size} chunk for it. This memory cannot hold one, used or unused.`
      : `bbuddy needs one aligned ${size} chunk for it, and every place that could be one is in use, at least in part.`,
    sums: [...sums, ...freeSum(snapshot, free, highest)],
    ...(drawing !== undefined && { drawing }),
    change: never ? neverChange(order, highest, options.release) : usedChange(best, order, highest),
    whatIf: whatIfs(request, snapshot, options),
  };
}

function orderSum(pages: bigint, order: number): Sum {
  const exact = pages === 1n << BigInt(order);
  const over = pages - (1n << BigInt(Math.max(0, order - 1)));
  const note = exact
    ? 'a power of two'
    : over === 1n
      ? `one page more than 2^${String(order - 1)}`
      : 'the smallest power of two that holds it';
  const size = order < ORDERS ? ` = ${sizeText(orderBytes(order))}` : '';
  return { text: `order(${countText(pages)}) = ${String(order)}${size}`, note };
}

function highestSum(snapshot: HeapSnapshot, order: number, highest: number): Sum {
  if (highest < 0) return { text: 'every list is empty', note: 'no page is free', decides: true };
  const entries = snapshot.lists.find((l) => l.sizeClass === highest)!.entries;
  const places = entries
    .slice(0, 2)
    .map((e) => hex(e))
    .join(' and ');
  const more = entries.length > 2 ? ` and ${countText(entries.length - 2)} more` : '';
  const note = `${countText(entries.length)} chunk${entries.length === 1 ? '' : 's'} of ${sizeText(orderBytes(highest))}: ${places}${more}`;
  return { text: `highest non-empty list: ${String(highest)}`, note, ...(highest < order && { decides: true as const }) };
}

function freeSum(snapshot: HeapSnapshot, free: string, highest: number): Sum[] {
  if (highest < 0) return [];
  const chunks = snapshot.lists.reduce((sum, l) => sum + l.entries.length, 0);
  return [
    {
      text: `${free} free`,
      note: `in ${countText(chunks)} chunk${chunks === 1 ? '' : 's'}, none larger than ${sizeText(orderBytes(highest))}`,
    },
  ];
}

function neverChange(order: number, highest: number, release: Met['options']['release']): string[] {
  const half =
    buddyProfile(release)?.pageGranular === true
      ? ' (the chunk is searched by that size, although only the pages asked for are kept)'
      : '';
  return [
    `A region that holds an aligned chunk of order ${String(order)}${half}: more memory in one piece, not more regions, for chunks never merge across regions.`,
    highest < 0 ? 'Freeing memory.' : `A request of at most ${sizeText(orderBytes(highest))}, header included, works now.`,
  ];
}

interface Place {
  readonly base: bigint;
  readonly end: bigint;
  readonly used: bigint;
}

function usedChange(best: Place | undefined, order: number, highest: number): string[] {
  const smaller = highest < 0 ? [] : [`A request of at most ${sizeText(orderBytes(highest))}, header included, works now.`];
  if (best === undefined) return [`Freeing enough neighbours for a chunk of order ${String(order)} to form.`, ...smaller];
  const text = `Freeing what is used in ${hex(best.base)}…${hex(best.end)}: ${sizeText(best.used)}, the least of all places for a chunk of order ${String(order)}.`;
  return [text, ...smaller];
}

/** Rows that say which sizes work now. */
function whatIfs(request: AllocationRequest, snapshot: HeapSnapshot, options: Met['options']): WhatIf[] {
  const largest = snapshot.metrics.largestRequest;
  if (largest <= 0 || request.op === 'palloc') return [];
  const orderOf = (size: number): number => {
    const { pages } = askedPages({ op: 'malloc', id: 0, size: BigInt(size) }, ukAllocProfile(options.release));
    return pages === undefined || pages === 0n ? -1 : orderFor(pages);
  };
  return [
    {
      what: `malloc(${countText(largest)})`,
      works: true,
      result: `order ${String(orderOf(largest))}`,
      note: `the largest that works now: ${sizeText(largest)}`,
    },
    {
      what: `malloc(${countText(largest + 1)})`,
      works: false,
      result: `order ${String(orderOf(largest + 1))}`,
      note: 'no such chunk',
    },
  ];
}

/** The pages that can be handed out, in runs that no metadata divides. */
export function runsOf({ blocks }: HeapSnapshot): Run[] {
  const runs: { base: bigint; end: bigint }[] = [];
  for (let i = 0; i < blocks.length; i++) {
    const state = blocks.state(i);
    if (state !== 'free' && state !== 'used') continue;
    const last = runs.at(-1);
    if (last !== undefined && last.end === blocks.base(i)) last.end = blocks.end(i);
    else runs.push({ base: blocks.base(i), end: blocks.end(i) });
  }
  return runs;
}

/** Aligned chunks of an order that lie wholly in a run. */
function countIn(run: Run, order: number): bigint {
  const size = orderBytes(order);
  const first = (run.base + size - 1n) & -size;
  return first + size > run.end ? 0n : (run.end - first) / size;
}

/** Places that are looked at one by one. */
const MOST_PLACES = 4096n;

function placesIn(run: Run, order: number): Run[] {
  const size = order < ORDERS ? orderBytes(order) : 0n;
  const count = size === 0n ? 0n : countIn(run, order);
  if (count > MOST_PLACES) return [];
  const first = (run.base + size - 1n) & -size;
  return Array.from({ length: Number(count) }, (_, i) => ({ base: first + BigInt(i) * size, end: first + BigInt(i + 1) * size }));
}

function leastUsed(snapshot: HeapSnapshot, places: readonly Run[]): Place | undefined {
  let best: Place | undefined;
  for (const place of places) {
    const used = usedIn(snapshot, place);
    if (best === undefined || used < best.used) best = { ...place, used };
  }
  return best;
}

/** Bytes of a range that used blocks hold. */
export function usedIn({ blocks }: HeapSnapshot, { base, end }: Run): bigint {
  let used = 0n;
  for (let i = Math.max(0, blocks.lastAtOrBelow(base)); i < blocks.length && blocks.base(i) < end; i++) {
    if (blocks.state(i) !== 'used') continue;
    const from = blocks.base(i) > base ? blocks.base(i) : base;
    const to = blocks.end(i) < end ? blocks.end(i) : end;
    if (to > from) used += to - from;
  }
  return used;
}
