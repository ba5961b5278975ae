// A boot that ends without a heap: every candidate, and why it was none.

import { bootProfile } from '../boot/profiles';
import { usesPaging, pagedHeap } from '../boot/paging';
import { toRegions } from '../regions/regions';
import { eraProfile, isHeapCandidate } from '../regions/eras';
import { countText, sizeText } from '../regions/text';
import type { Sum } from '../allocators/reasoning';
import type { Card } from './card';
import { allocatorOf, contextOf, optionsOf, regionsOf, type Explainable } from './explainable';
import { otherAllocators } from './others';
import { rangeOf, regionCard } from './regions';

/** Undefined for a boot that made a heap. */
export function bootCard(simulation: Explainable): Card | undefined {
  const { outcome } = simulation;
  if (outcome.kind === 'heap' || (outcome.kind === 'stopped' && !stoppedInBoot(simulation))) return undefined;
  const stoppedAt = simulation.finalDecisions().find((d) => d.kind === 'failed' && d.reason.startsWith('The boot stops'));
  const regional = stoppedAt === undefined ? undefined : regionCard(simulation, stoppedAt.region);
  const common = {
    id: 'boot' as const,
    kernel: kernelLines(simulation),
    candidates: candidates(simulation),
    context: contextOf(simulation),
    operation: Math.max(0, simulation.operationCount - 1),
  };
  if (regional !== undefined) return { ...regional, ...common, title: 'Why does the boot stop?' };
  const { release, config } = simulation.input;
  const paging = usesPaging(release, config);
  return {
    ...common,
    title: outcome.kind === 'stopped' ? 'Why does the boot stop?' : 'Why is there no heap?',
    ...(paging ? pagedParts(simulation) : listParts(simulation)),
  };
}

function stoppedInBoot(simulation: Explainable): boolean {
  return simulation.operationCount <= simulation.bootEnd;
}

function kernelLines(simulation: Explainable): string[] {
  return simulation
    .lines()
    .filter((l) => l.level !== 'debug')
    .slice(-3)
    .map((l) => l.text);
}

type Parts = Pick<Card, 'answer' | 'sums' | 'change' | 'whatIf'>;

function listParts(simulation: Explainable): Parts {
  const { release } = simulation.input;
  const profile = eraProfile(release);
  const regions = regionsOf(simulation);
  const free = regions.filter((r) => isHeapCandidate(r.type, r.flags, profile));
  const allocator = allocatorOf(simulation);
  const word = bootProfile(release).list === 'typed' ? 'FREE' : 'ALLOCATABLE';
  const sums: Sum[] = [
    {
      text: `${countText(regions.length)} regions, ${countText(free.length)} of them ${word}`,
      note: 'only these are tried',
      ...(free.length === 0 && { decides: true as const }),
    },
    ...(free.length === 0
      ? []
      : [{ text: `${allocator.id} initialised on none of them`, note: 'see each candidate', decides: true as const }]),
  ];
  const largest = regions.reduce<(typeof regions)[number] | undefined>(
    (most, r) => (most === undefined || r.len > most.len ? r : most),
    undefined,
  );
  const change =
    free.length === 0
      ? [
          `A region of type ${word}${largest === undefined ? '' : `: the largest of the list is region ${String(largest.index)}, ${sizeText(largest.len)}`}.`,
          'If the firmware reports free memory, look at what was made of its entries: they may have been cut, lost in coalescing, or lie outside the mapped area.',
        ]
      : [`A free region that is large enough for ${allocator.title}.`];
  const answer =
    free.length === 0
      ? `Initialisation ended without an allocator: none of the ${countText(regions.length)} regions is ${word}.`
      : `Initialisation ended without an allocator: ${allocator.title} refused every one of the ${countText(free.length)} candidates.`;
  return { answer, sums, change, whatIf: free.length === 0 ? [] : otherAllocators(simulation) };
}

function pagedParts(simulation: Explainable): Parts {
  const { regions, unknown, excluded } = toRegions(simulation.input.map);
  const { freeMemory } = simulation.input;
  const heap = pagedHeap({
    regions,
    unknown,
    excluded,
    allocator: allocatorOf(simulation),
    options: optionsOf(simulation),
    ...(freeMemory && { freeMemory }),
  });
  const noAddmem = heap.vmem && allocatorOf(simulation).addmem(optionsOf(simulation)) !== 'adds';
  return {
    answer: noAddmem
      ? `With ukvmem the heap begins with 16 pages and the rest is added: ${allocatorOf(simulation).title} cannot add memory, and here the answer is tested.`
      : 'The frames that are free do not suffice for a heap and its page tables.',
    sums: [{ text: `free frames − page tables = ${countText(heap.pages)} pages`, note: 'for the heap', decides: true }],
    change: [noAddmem ? 'bbuddy, which can add memory, or a build without CONFIG_LIBUKVMEM.' : 'More free memory.'],
    whatIf: [],
  };
}

function candidates(simulation: Explainable): Card['candidates'] {
  const decisions = simulation.finalDecisions();
  return regionsOf(simulation).map((r) => ({
    what: `region ${String(r.index)}, ${rangeOf(r)}`,
    became: decisions[r.index]?.reason ?? '',
  }));
}
