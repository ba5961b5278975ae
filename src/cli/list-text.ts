// How a region list was made from a firmware's map: each call on the list, its steps, its messages.

import { hex } from '../memory/address';
import { sizeText, rangeText } from '../regions/text';
import type { ListCall, ListRun, Loss } from '../firmware/types';

/** A call a line, its steps below it where they say more. */
export function madeText(run: ListRun): string[] {
  const lines = ['', 'How the list was made'];
  for (const call of run.calls) {
    const ret = call.ret === undefined ? '' : ` = ${retText(call)}`;
    lines.push(`  ${call.title.startsWith(call.fn) ? '' : `${call.fn}: `}${call.title}${ret}`);
    for (const step of call.steps) {
      if (step.text !== call.title) lines.push(`      ${step.text}`);
      for (const loss of step.lost) lines.push(`        − ${lossText(loss, run)}`);
    }
    if (call.stop !== undefined) lines.push(`    the boot stops: ${call.stop.message}`);
  }
  return lines;
}

function retText({ kind, ret = 0n }: ListCall): string {
  return kind === 'alloc' ? (ret === 0n ? 'NULL' : hex(ret)) : String(ret);
}

function lossText({ source, base, end, reason, by }: Loss, run: ListRun): string {
  const holder = by === undefined ? '' : `, has it: ${run.sources[by]!.label}`;
  return `${sizeText(end - base)} of ${run.sources[source]!.label}, ${rangeText(base, end)}: ${reason.replaceAll('-', ' ')}${holder}`;
}

/** The same as data: numbers as hex strings, sources by their labels. */
export function madeJson(run: ListRun): unknown {
  return {
    protocol: run.firmware.protocol,
    calls: run.calls.map((call) => ({
      fn: call.fn,
      caller: call.caller,
      title: call.title,
      ...(call.ret !== undefined && { ret: retText(call) }),
      steps: call.steps.map((s) => ({ text: s.text, fn: s.fn, file: s.file, log: s.lines.map((l) => l.text) })),
      ...(call.stop && { stop: call.stop }),
    })),
    lost: run.lost.map(({ source, base, end, reason, by }) => ({
      of: run.sources[source]!.label,
      base: hex(base),
      len: hex(end - base),
      reason,
      ...(by !== undefined && { by: run.sources[by]!.label }),
    })),
  };
}
