// tinyalloc: the table of descriptors with the list that each is on, and the way of one request along the free list.

import { DESCRIPTOR_STATES } from '../../snapshot/details';
import type { TinyallocDetails, TinyallocRequest } from '../../snapshot/details';
import { counted, hex, sizeText } from '../numbers';
import type { OwnInput } from './own';
import type { Probe, ProbeStep } from './probe';
import { heldAgainst, nothingTried, triedOf } from './run';
import type { Tried } from './run';

/** Blocks of a list that are drawn. */
const MOST_BLOCKS = 200;

export interface ChainBlock {
  readonly address: string;
  readonly size: string;
  readonly descriptor: string;
  readonly selected: boolean;
}

export interface TinyallocView {
  readonly kind: 'tinyalloc';
  readonly title: string;
  /** Index into DESCRIPTOR_STATES of each descriptor, in the order of the table. */
  readonly states: Uint8Array;
  readonly stateNames: readonly string[];
  /** `10 used · 1 free · 2037 fresh`. */
  readonly counts: string;
  readonly free: readonly ChainBlock[];
  readonly used: readonly ChainBlock[];
  readonly top: string;
  readonly probe: Probe;
}

export function buildTinyalloc(details: TinyallocDetails, { selection, probe, simulation }: OwnInput): TinyallocView {
  const chain = (blocks: TinyallocDetails['free']): ChainBlock[] =>
    blocks.slice(0, MOST_BLOCKS).map((b) => ({
      address: hex(b.addr),
      size: sizeText(b.size),
      descriptor: hex(b.descriptor),
      selected: selection !== undefined && selection >= b.addr && selection < b.addr + b.size,
    }));
  const tried = triedOf(probe, simulation);
  const counts = DESCRIPTOR_STATES.map((name, i) => ({
    name,
    count: details.states.reduce((sum, s) => sum + (s === i ? 1 : 0), 0),
  }));
  return {
    kind: 'tinyalloc',
    title: `${counted(details.states.length, 'descriptor')} of ${String(details.descriptorSize)} B from ${hex(details.table)} on`,
    states: details.states,
    stateNames: DESCRIPTOR_STATES,
    counts: counts
      .filter((c) => c.count > 0)
      .map((c) => `${String(c.count)} ${c.name === 'none' ? 'on no list' : c.name}`)
      .join(' · '),
    free: chain(details.free),
    used: chain(details.used),
    top: `top ${hex(details.top)} of ${hex(details.limit)}: ${sizeText(details.limit > details.top ? details.limit - details.top : 0n)} never handed out`,
    probe: tried === undefined ? nothingTried(probe) : explained(details.request(tried.size), tried),
  };
}

function explained(r: TinyallocRequest, { title, call }: Tried): Probe {
  const steps: ProbeStep[] = [
    {
      title: `${String(r.asked)} + ${String(r.withRecord - r.asked)} record = ${String(r.withRecord)}`,
      text: `rounded up to the alignment: ${String(r.rounded)}`,
    },
    { title: `free list: ${counted(r.refused, 'block')} looked at and too small`, text: 'first fit, in the order of addresses' },
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
  steps.push({ title: how, text: `${text}; ${returns}${heldAgainst(answer, call)}` });
  return {
    title,
    steps,
    note: 'cost: one step along the free list for each block refused',
  };
}
