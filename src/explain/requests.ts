// Why a call did not get what it asked for. The heap is read as it was just before.

import { isRequest, type AllocationRequest, type Reasoning, type Sum } from '../allocators/reasoning';
import { bytesOf } from '../allocators/reasoning';
import { hex } from '../memory/address';
import { bytesText, rangeText, sizeText } from '../regions/text';
import type { Card } from './card';
import { allocatorOf, at, before, contextOf, linesOf, optionsOf, regionsOf, type Explainable } from './explainable';
import { requestWithOthers } from './others';
import { withSurroundings } from './surroundings';

/** The card of an operation after the boot; undefined when there is none to explain. */
export function operationCard(simulation: Explainable, operation: number): Card | undefined {
  const recorded = simulation.recorded(operation);
  if (recorded === undefined || operation >= simulation.operationCount) return undefined;
  const info = simulation.info(operation);
  const common = {
    id: `operation:${operation}` as const,
    kernel: linesOf(simulation, operation),
    candidates: [],
    context: contextOf(simulation),
    operation,
  };
  const { operation: call } = recorded;
  const stopped = info.outcome === 'stopped';
  if (isRequest(call)) {
    const reasoning = reasoningFor(simulation, operation, call);
    const answer = stopped ? `The kernel stops in it: ${simulation.outcome.message}. ${reasoning.answer}` : reasoning.answer;
    return { ...common, title: titleOf(call, info.title, info.outcome), ...reasoning, answer };
  }
  if (call.op === 'addmem') {
    const reasoning = allocatorOf(simulation).reasons.addmem?.(call.base, call.len, optionsOf(simulation));
    const answer =
      reasoning?.answer ?? `${allocatorOf(simulation).title} has no addmem that adds anything: the call answers ${info.result}.`;
    return {
      ...common,
      title: `Why was ${hex(call.base)}…${hex(call.base + call.len)} not added?`,
      answer,
      sums: reasoning?.sums ?? [],
      change: reasoning?.change ?? [],
      whatIf: reasoning?.whatIf ?? [],
    };
  }
  const why = stopped
    ? `The kernel stops in it: ${simulation.outcome.message}.`
    : `It answered ${info.result === '' ? 'nothing' : info.result}.`;
  const change = call.op === 'access' ? ['An access through the pointer that is live now, not through one that was freed.'] : [];
  return { ...common, title: `What happened in ${info.title}?`, answer: why, sums: [], change, whatIf: [] };
}

function titleOf(call: AllocationRequest, title: string, outcome: 'done' | 'refused' | 'stopped'): string {
  if (outcome === 'done') return `How did ${title} get its memory?`;
  const size = bytesOf(call);
  const shown = size < 1024n ? '' : ` (${sizeText(size)})`;
  return outcome === 'stopped' ? `Why does the kernel stop in ${title}?` : `Why did ${title}${shown} fail?`;
}

function reasoningFor(simulation: Explainable, operation: number, call: AllocationRequest): Reasoning {
  if (call.op === 'realloc' && call.size === 0n) {
    const frees: Sum = { text: 'size = 0', note: 'realloc frees the block and answers NULL', decides: true };
    return { answer: 'It is no failure: a realloc to 0 bytes frees.', sums: [frees], change: [], whatIf: [] };
  }
  const own = at(simulation, before(operation), (): Reasoning => {
    const snapshot = simulation.snapshot();
    if (snapshot === undefined) return { answer: 'There is no heap yet.', sums: [], change: [], whatIf: [] };
    return allocatorOf(simulation).reasons.request(call, {
      snapshot,
      reader: simulation.reader(),
      options: optionsOf(simulation),
    });
  });
  const refused = simulation.info(operation).outcome !== 'done';
  const wrong = refused && own.sums.every((s) => s.decides !== true) && own.sums.length > 0;
  const unmapped = refused ? unmappedSum(simulation) : [];
  return {
    ...own,
    sums: [...own.sums, ...unmapped],
    ...(own.drawing && {
      drawing: withSurroundings(own.drawing, regionsOf(simulation), simulation.input.release, simulation.list),
    }),
    ...(wrong && { answer: `${own.answer} The call failed all the same: ${bytesText(bytesOf(call))} were refused.` }),
    whatIf: refused ? [...own.whatIf, ...requestWithOthers(simulation, call)] : own.whatIf,
  };
}

/** What of the machine's memory never came in, because the boot page table does not reach it. */
function unmappedSum({ list }: Explainable): Sum[] {
  if (list === undefined) return [];
  const usable = list.firmware.entries.filter((e) => e.kind === 'usable');
  const total = usable.reduce((sum, e) => sum + e.len, 0n);
  const lost = list.lost.filter(({ reason, source }) => {
    const entry = list.sources[source]?.entry;
    return reason === 'outside-mapping' && entry !== undefined && list.firmware.entries[entry]?.kind === 'usable';
  });
  if (lost.length === 0) return [];
  const bytes = lost.reduce((sum, l) => sum + l.end - l.base, 0n);
  const where = lost.map((l) => rangeText(l.base, l.end)).join(', ');
  return [{ text: `${sizeText(bytes)} of ${sizeText(total)} of RAM never came in`, note: `outside the mapped area: ${where}` }];
}
