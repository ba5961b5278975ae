// tinyalloc: three lists that share one table of descriptors, which runs out before memory does, and the way of one request along the
// free list.

import { DESCRIPTOR_STATES } from '../../snapshot/details';
import type { TinyallocBlock, TinyallocDetails, TinyallocRequest } from '../../snapshot/details';
import { bytesText, counted, countText, hex, sizeText } from '../numbers';
import type { OwnInput } from './own';
import { findingsOf } from './own-findings';
import type { OwnFinding } from './own-findings';
import type { Probe, ProbeStep } from './probe';
import { heldAgainst, nothingTried, triedOf } from './run';
import type { Tried } from './run';

/** Blocks of a list that are drawn, and fresh descriptors. */
const MOST_BLOCKS = 200;
const MOST_FRESH = 4;

export interface ChainBlock {
  /** What a click selects. */
  readonly address: string;
  readonly size: string;
  readonly descriptor: string;
  /** Place in the table. */
  readonly index: number;
  readonly selected: boolean;
  /** `1 ✗`: the walk of the request that is tried looks here first, and it is too small; `3 ✓`: here it ends. */
  readonly look: string;
  /** `ends at top`, `touches the next`, `merges below`; empty for what is alone. */
  readonly note: string;
  /** All of it in words. */
  readonly text: string;
}

export interface Chain {
  readonly name: 'free' | 'used' | 'fresh';
  /** `in search order, lowest address first`. */
  readonly order: string;
  readonly count: number;
  readonly bytes: string;
  readonly head: string;
  readonly blocks: readonly ChainBlock[];
  /** Those that are not drawn. */
  readonly more: number;
  /** Does it end with NULL? */
  readonly complete: boolean;
  /** Number of the step of the request that stands at its head. */
  readonly step: number | undefined;
}

/** One of the two things that can run out. */
export interface Limit {
  readonly name: string;
  /** Parts from the left, as shares. */
  readonly parts: readonly { readonly kind: 'used' | 'free' | 'fresh'; readonly width: number }[];
  readonly text: string;
}

export interface TinyallocView {
  readonly kind: 'tinyalloc';
  readonly title: string;
  /** Index into DESCRIPTOR_STATES of each descriptor, in the order of the table. */
  readonly states: Uint8Array;
  readonly stateNames: readonly string[];
  /** `10 used · 1 free · 2037 fresh`. */
  readonly counts: string;
  readonly limits: readonly Limit[];
  /** Which of the two runs out first. */
  readonly lesson: string;
  readonly chains: readonly Chain[];
  readonly top: string;
  /** How blocks are cut and joined. */
  readonly rules: string;
  readonly findings: readonly OwnFinding[];
  readonly probe: Probe;
}

export function buildTinyalloc(details: TinyallocDetails, { snapshot, selection, probe, simulation }: OwnInput): TinyallocView {
  const tried = triedOf(probe, simulation);
  const request = tried && details.request(tried.size);
  const { splits, compacts, splitThresh, top, limit, states } = details;
  return {
    kind: 'tinyalloc',
    title: `${counted(states.length, 'descriptor')} of ${String(details.descriptorSize)} B from ${hex(details.table)} on`,
    states,
    stateNames: DESCRIPTOR_STATES,
    counts: countsOf(states),
    limits: limitsOf(details),
    lesson: lessonOf(details),
    chains: [freeChain(details, selection, request), usedChain(details, selection), freshChain(details, request)],
    top: `top ${hex(top)} of ${hex(limit)}: ${sizeText(limit > top ? limit - top : 0n)} never handed out`,
    rules: `${splits ? `a free block is split where ${bytesText(splitThresh)} or more remain` : 'free blocks are never split'}; ${compacts ? 'free neighbours are joined at each free' : 'free neighbours are never joined'}`,
    findings: findingsOf(snapshot),
    probe: tried === undefined || request === undefined ? nothingTried(probe) : explained(request, tried),
  };
}

function countsOf(states: Uint8Array): string {
  const counts = DESCRIPTOR_STATES.map((name, i) => ({ name, count: states.reduce((sum, s) => sum + (s === i ? 1 : 0), 0) }));
  return counts
    .filter((c) => c.count > 0)
    .map((c) => `${String(c.count)} ${c.name === 'none' ? 'on no list' : c.name}`)
    .join(' · ');
}

const bytesOf = (blocks: TinyallocDetails['free']): bigint => blocks.reduce((sum, b) => sum + b.size, 0n);

/** Lists that broke off give lower bounds. */
function atLeast({ heads }: TinyallocDetails, list: 'free' | 'used' | 'fresh', text: string): string {
  return heads[list].complete ? text : `≥ ${text}`;
}

function limitsOf(details: TinyallocDetails): Limit[] {
  const { states, used, free, fresh, from, top, limit } = details;
  const all = states.length;
  const room = Number(limit - from);
  if (all === 0 || room <= 0) return [];
  const untouched = limit > top ? Number(limit - top) : 0;
  const part = (kind: Limit['parts'][number]['kind'], width: number) => ({ kind, width: Math.min(1, Math.max(0, width)) });
  return [
    {
      name: 'Descriptors',
      parts: [part('used', used.length / all), part('free', free.length / all), part('fresh', fresh.length / all)],
      text: `${atLeast(details, 'fresh', countText(fresh.length))} of ${countText(all)} left`,
    },
    {
      name: 'Bytes',
      parts: [
        part('used', Number(bytesOf(used)) / room),
        part('free', Number(bytesOf(free)) / room),
        part('fresh', untouched / room),
      ],
      text: `${sizeText(untouched)} of ${sizeText(room)} untouched`,
    },
  ];
}

/** A heap of many small blocks is full when its table is, whatever memory is left. */
function lessonOf({ heads, used, fresh, top, limit }: TinyallocDetails): string {
  const untouched = limit > top ? limit - top : 0n;
  if (!heads.fresh.complete || !heads.used.complete) return '';
  if (fresh.length === 0)
    return `No descriptor is left: nothing is split, and nothing new comes from top, though ${sizeText(untouched)} are untouched.`;
  if (used.length === 0) return '';
  const average = bytesOf(used) / BigInt(used.length);
  const reach = average * BigInt(fresh.length);
  const like = `of ${sizeText(average)}, the average now,`;
  return reach < untouched
    ? `Descriptors run out first: ${countText(fresh.length)} more blocks ${like} take ${sizeText(reach)} of the ${sizeText(untouched)}.`
    : `Memory runs out first: ${countText(average === 0n ? 0n : untouched / average)} more blocks ${like} fill it, and there are ${countText(fresh.length)} descriptors.`;
}

type Marks = { readonly look?: string; readonly note?: string; readonly what: string };

function chainOf(
  details: TinyallocDetails,
  name: 'free' | 'used',
  order: string,
  selection: bigint | undefined,
  step: number | undefined,
  marksOf: (block: TinyallocBlock, place: number) => Marks,
): Chain {
  const blocks = details[name];
  return {
    name,
    order,
    count: blocks.length,
    bytes: atLeast(details, name, sizeText(bytesOf(blocks))),
    head: hex(details.heads[name].at),
    complete: details.heads[name].complete,
    step,
    more: Math.max(0, blocks.length - MOST_BLOCKS),
    blocks: blocks.slice(0, MOST_BLOCKS).map((b, place): ChainBlock => {
      const { look = '', note = '', what } = marksOf(b, place);
      const index = indexOf(details, b.descriptor);
      return {
        address: hex(b.addr),
        size: sizeText(b.size),
        descriptor: hex(b.descriptor),
        index,
        selected: selection !== undefined && selection >= b.addr && selection < b.addr + b.size,
        look,
        note,
        text: `descriptor ${String(index)} at ${hex(b.descriptor)}: ${what}`,
      };
    }),
  };
}

function indexOf({ table, descriptorSize }: TinyallocDetails, descriptor: bigint): number {
  return Number((descriptor - table) / BigInt(descriptorSize));
}

function freeChain(details: TinyallocDetails, selection: bigint | undefined, request: TinyallocRequest | undefined): Chain {
  const { free, top, compacts } = details;
  const order = `in search order, ${compacts ? 'lowest address first' : 'freed last first'}`;
  const found = request !== undefined && /^(top|split|whole)$/.test(request.outcome) ? request.refused : -1;
  const refused = request?.refused ?? 0;
  return chainOf(details, 'free', order, selection, request === undefined ? undefined : 2, ({ addr, size }, place) => {
    const next = free[place + 1];
    const touches = next !== undefined && addr + size === next.addr;
    const atTop = addr + size === top;
    const looked = place < refused ? 'too small' : place === found ? 'taken' : '';
    const note = atTop ? 'ends at top' : touches ? 'touches the next' : '';
    return {
      look: looked === '' ? '' : `${String(place + 1)} ${place === found ? '✓' : '✗'}`,
      note,
      what: [`place ${String(place + 1)}`, looked, atTop ? 'grows in place' : '', note].filter((t) => t !== '').join(', '),
    };
  });
}

function usedChain(details: TinyallocDetails, selection: bigint | undefined): Chain {
  const { free, top, compacts } = details;
  const begins = new Set(free.map((b) => b.addr));
  const ends = new Set(free.map((b) => b.addr + b.size));
  return chainOf(details, 'used', 'newest first, as free looks for it', selection, undefined, ({ addr, size }, place) => {
    const sides = compacts ? [ends.has(addr) ? 'below' : '', begins.has(addr + size) ? 'above' : ''].filter((t) => t !== '') : [];
    const notes = [addr + size === top ? 'ends at top' : '', sides.length === 0 ? '' : `joins ${sides.join(' and ')}`].filter(
      (t) => t !== '',
    );
    const joins = sides.length === 0 ? '' : `freed, it is joined with the free block ${sides.join(' and ')}`;
    return {
      note: notes.join(' · '),
      what: [`free finds it after ${counted(place + 1, 'look')}`, joins].filter((t) => t !== '').join('; '),
    };
  });
}

function freshChain(details: TinyallocDetails, request: TinyallocRequest | undefined): Chain {
  const { fresh } = details;
  const takes = request?.outcome === 'split' || request?.outcome === 'carved';
  return {
    name: 'fresh',
    order: 'a stack: the first is taken next',
    count: fresh.length,
    bytes: '',
    head: hex(details.heads.fresh.at),
    complete: details.heads.fresh.complete,
    step: takes ? 3 : undefined,
    more: Math.max(0, fresh.length - MOST_FRESH),
    blocks: fresh.slice(0, MOST_FRESH).map((d, place): ChainBlock => {
      const index = indexOf(details, d);
      const taken = takes && place === 0;
      return {
        address: hex(d),
        size: '',
        descriptor: hex(d),
        index,
        selected: false,
        look: taken ? '✓' : '',
        note: taken ? (request.outcome === 'split' ? 'for the rest' : 'for the new block') : '',
        text: `descriptor ${String(index)}, fresh`,
      };
    }),
  };
}

function explained(r: TinyallocRequest, { title, call }: Tried): Probe {
  const steps: ProbeStep[] = [
    {
      title: `${String(r.asked)} + ${String(r.withRecord - r.asked)} record = ${String(r.withRecord)}`,
      text: `rounded up to the alignment: ${String(r.rounded)}`,
    },
    {
      title: `free list: ${counted(r.refused, 'block')} looked at and too small`,
      text: 'first fit, in list order',
      tone: 'search',
    },
  ];
  const at = r.block === undefined ? '' : ` at ${hex(r.block)}`;
  const last: Readonly<Record<TinyallocRequest['outcome'], ProbeStep>> = {
    top: { title: `the block that ends at top${at} is taken`, text: 'and top moves with it' },
    split: {
      title: `a block${at} is taken and split`,
      text: `${sizeText(r.rest)} go back to the free list, on a fresh descriptor`,
    },
    whole: {
      title: `a block${at} is taken whole`,
      text: r.rest > 0n ? `${sizeText(r.rest)} more than asked for stay with it` : 'it fits exactly',
    },
    carved: { title: `new memory${at} is carved from top`, text: 'on the first fresh descriptor' },
    none: { title: 'NULL', text: 'no free block is large enough, and top has no room or no descriptor is fresh' },
  };
  // The record stands in front of what the caller gets.
  const answer = r.block === undefined ? undefined : r.block + (r.withRecord - r.asked);
  const { title: how, text } = last[r.outcome];
  const returns = answer === undefined ? `returns NULL` : `returns ${hex(answer)}`;
  const tone = answer === undefined ? 'plain' : 'found';
  steps.push({ title: how, tone, text: `${text}; ${returns}${heldAgainst(answer, call)}` });
  return {
    title,
    steps,
    note: 'cost: one step along the free list for each block refused',
  };
}
