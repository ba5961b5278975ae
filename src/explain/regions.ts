// What became of each region, and why: one sentence, and a card with the arithmetic.

import type { Decision } from '../boot/decision';
import { usesPaging } from '../boot/paging';
import { hex } from '../memory/address';
import type { Region } from '../regions/descriptor';
import { eraProfile, isHeapCandidate, typeName } from '../regions/eras';
import { rangeText, sizeText } from '../regions/text';
import type { RegionReasoning, Sum, WhatIf } from '../allocators/reasoning';
import { failedAssertion } from './assertions';
import type { Card } from './card';
import { allocatorOf, contextOf, linesOf, optionsOf, regionsOf, type Explainable } from './explainable';
import { drawRegion } from './region-drawing';
import { besideCanonical, otherAllocators } from './others';

/** What became of a region. */
export interface RegionSentence {
  /** Index of the descriptor. */
  readonly region: number;
  readonly kind: Decision['kind'];
  /** One sentence, or two: what became of it and why. */
  readonly text: string;
}

/** A sentence for every descriptor, in order. */
export function regionSentences(simulation: Explainable): RegionSentence[] {
  const regions = new Map(regionsOf(simulation).map((r) => [r.index, r]));
  return simulation.finalDecisions().map((d) => sentenceOf(simulation, d, regions.get(d.region)));
}

/** The sentence for one region; a hover asks for one only. */
export function regionSentence(simulation: Explainable, index: number): RegionSentence | undefined {
  const decision = simulation.finalDecisions()[index];
  if (decision === undefined) return undefined;
  return sentenceOf(
    simulation,
    decision,
    regionsOf(simulation).find((r) => r.index === index),
  );
}

function sentenceOf(simulation: Explainable, decision: Decision, region: Region | undefined): RegionSentence {
  const reasoning = region === undefined ? undefined : reasoningOf(simulation, region);
  const accepted = decision.kind === 'init' || decision.kind === 'addmem';
  const text = accepted && reasoning !== undefined ? `${decision.reason} ${reasoning.answer}` : decision.reason;
  return { region: decision.region, kind: decision.kind, text };
}

/** The allocator's own arithmetic on a region; undefined where it did not come to the allocator. */
function reasoningOf(simulation: Explainable, region: Region): RegionReasoning | undefined {
  const { release, config } = simulation.input;
  if (usesPaging(release, config) || !isHeapCandidate(region.type, region.flags, eraProfile(release))) return undefined;
  const allocator = allocatorOf(simulation);
  const options = optionsOf(simulation);
  const heap = simulation.finalDecisions().find((d) => d.kind === 'init');
  const first = heap === undefined || region.index <= heap.region;
  if (first) return allocator.reasons.init(region.vbase, region.len, options);
  return allocator.addmem(optionsOf(simulation)) === 'adds'
    ? allocator.reasons.addmem?.(region.vbase, region.len, options)
    : undefined;
}

/** `0x7ae000…0x7af000`, as the allocator gets it. */
export function rangeOf(region: Region): string {
  return rangeText(region.vbase, region.vbase + region.len);
}

/** The card of one region; undefined when there is no such region. */
export function regionCard(simulation: Explainable, index: number): Card | undefined {
  const decision = simulation.finalDecisions()[index];
  const region = regionsOf(simulation).find((r) => r.index === index);
  if (decision === undefined) return undefined;
  const operation = simulation.decidingOperation(index);
  const common = {
    id: `region:${index}` as const,
    kernel: operation === undefined ? [] : linesOf(simulation, operation),
    candidates: [],
    context: contextOf(simulation),
    ...(operation !== undefined && { operation }),
  };
  if (region === undefined)
    return { ...common, title: `What becomes of region ${index}?`, answer: decision.reason, sums: [], change: [], whatIf: [] };
  const reasoning = reasoningOf(simulation, region);
  const drawing = drawRegion(regionsOf(simulation), region, reasoning?.needs ?? [], simulation.input.release);
  const parts = partsOf(simulation, decision, region, reasoning);
  return { ...common, title: titleOf(decision, region), drawing, ...parts };
}

export function titleOf(decision: Decision, region: Region): string {
  const range = rangeOf(region);
  switch (decision.kind) {
    case 'init':
      return `Why did ${range} become the heap?`;
    case 'addmem':
      return `How was ${range} added to the heap?`;
    case 'failed':
      return `Why was ${range} not ${decision.reason.startsWith('The boot stops') ? 'taken' : 'added'}?`;
    case 'skipped':
      return `Why is ${range} no heap?`;
    case 'unknown':
    case 'not-reached':
      return `What becomes of ${range}?`;
  }
}

type Parts = Pick<Card, 'answer' | 'sums' | 'change' | 'whatIf'>;

function partsOf(simulation: Explainable, decision: Decision, region: Region, reasoning: RegionReasoning | undefined): Parts {
  if (decision.kind === 'skipped') return skipped(simulation, decision, region);
  if (decision.kind !== 'failed') {
    const answer = reasoning === undefined ? decision.reason : `${decision.reason} ${reasoning.answer}`;
    const outOfTree = decision.kind === 'init' && allocatorOf(simulation).bootOption === undefined;
    const whatIf = outOfTree ? besideCanonical(simulation) : (reasoning?.whatIf ?? []);
    return { answer, sums: reasoning?.sums ?? [], change: reasoning?.change ?? [], whatIf };
  }
  const stop = failedAssertion(region, simulation.input.release);
  if (decision.reason.startsWith('The boot stops') && stop !== undefined)
    return { answer: `${decision.reason} ${stop.answer}`, sums: stop.sums, change: stop.change, whatIf: [] };
  if (reasoning !== undefined) {
    const goesOn = decision.reason.startsWith('The boot stops') ? '' : ` The boot goes on; ${sizeText(region.len)} stay unused.`;
    return {
      answer: reasoning.answer + goesOn,
      sums: [...reasoning.sums, ...ignored(decision)],
      change: [...reasoning.change, ...neighbours(simulation, region)],
      whatIf: reasoning.whatIf,
    };
  }
  return withoutAddmem(simulation, decision, region);
}

/** heap_init tests init's answer, but not addmem's. */
function ignored(decision: Decision): Sum[] {
  return decision.reason.startsWith('Refused by addmem')
    ? [{ text: 'heap_init ignores the answer', note: 'and goes on with the next region' }]
    : [{ text: 'init gave NULL', note: 'so heap_init tries the next region' }];
}

/** Could the list be blamed? A free neighbour would have been merged. */
function neighbours(simulation: Explainable, region: Region): string[] {
  const regions = regionsOf(simulation);
  const profile = eraProfile(simulation.input.release);
  const end = region.pbase + region.len;
  const touching = regions.filter((r) => r.index !== region.index && (r.pbase + r.len === region.pbase || r.pbase === end));
  const free = touching.find((r) => isHeapCandidate(r.type, r.flags, profile));
  if (free !== undefined) return [`Region ${String(free.index)} beside it is free as well: coalescing the two would save it.`];
  return [`No free region touches it, so nothing is wrong with the list: the loss is these ${sizeText(region.len)}.`];
}

function withoutAddmem(simulation: Explainable, decision: Decision, region: Region): Parts {
  const allocator = allocatorOf(simulation);
  const ignores = allocator.addmem(optionsOf(simulation)) === 'ignored';
  const sums: Sum[] = [
    {
      text: `uk_alloc_addmem(a, ${hex(region.vbase)}, ${hex(region.len)})`,
      note: ignores ? 'answers 0 and does nothing' : 'the callback is NULL: −ENOTSUP',
      decides: true,
    },
    { text: 'heap_init ignores the answer', note: 'and goes on with the next region' },
  ];
  const largest = regionsOf(simulation)
    .filter((r) => isHeapCandidate(r.type, r.flags, eraProfile(simulation.input.release)))
    .reduce<Region | undefined>((most, r) => (most === undefined || r.len > most.len ? r : most), undefined);
  const change = [
    'bbuddy adds every region. With other allocators only the first region that init accepts is ever used.',
    ...(largest?.index === region.index
      ? ['This is the largest free region of all: were it the first in the list, it would be the heap.']
      : []),
  ];
  return {
    answer: decision.reason,
    sums,
    change,
    whatIf: otherAllocators(simulation),
  };
}

function skipped(simulation: Explainable, decision: Decision, region: Region): Parts {
  const { release, config } = simulation.input;
  const profile = eraProfile(release);
  const paging = usesPaging(release, config);
  const sums: Sum[] =
    paging || profile.era === 'classic'
      ? []
      : [
          {
            text: `type 0x${region.type.toString(16)} & 0x1 = 0x${(region.type & 1).toString(16)}`,
            note: `${typeName(region.type, profile)} is not FREE`,
            decides: true,
          },
        ];
  const classic: Sum[] =
    profile.era === 'classic'
      ? [
          {
            text: `0x${region.flags.toString(16)} & 0x${mask(profile).toString(16)} = 0x${(region.flags & mask(profile)).toString(16)}`,
            note: 'not all of ALLOCATABLE',
            decides: true,
          },
        ]
      : [];
  const whatIf: WhatIf[] = [];
  return { answer: decision.reason, sums: [...sums, ...classic], change: [], whatIf };
}

function mask(profile: ReturnType<typeof eraProfile>): number {
  return profile.flagMasks.find((m) => m.name === 'ALLOCATABLE')?.mask ?? 0;
}
