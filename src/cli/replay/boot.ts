// Replays a boot trace: heap initialisation on the recorded final list, then the operations that follow on the heap.

import type { LogLine } from '../../allocators/kernel';
import { stopOf } from '../../allocators/kernel';
import type { BootContext, BootInput, BootOperation, BootResult } from '../../boot/operation';
import { planBoot } from '../../boot/boot';
import { pagedHeap, usesPaging } from '../../boot/paging';
import { hex, NULL, toNumber } from '../../memory/address';
import type { TraceLine } from '../../readers/golden-trace';
import { mismatchOf } from '../../timeline/expectation';
import { HeapReplay, type Mismatch } from './heap';
import { isListMode } from './list';

/** What our boot did, in the terms of a boot trace's lines. */
type BootEvent =
  | { readonly kind: 'log'; readonly lines: readonly { level: string; msg: string }[] }
  | {
      readonly kind: 'call';
      readonly op: string;
      readonly ret: number;
      readonly lines: readonly LogLine[];
      readonly base?: bigint;
      readonly len?: bigint;
    }
  | { readonly kind: 'page_map'; readonly vaddr: bigint; readonly pages: bigint }
  | { readonly kind: 'vma_map_anon'; readonly vaddr: bigint; readonly len: bigint }
  | { readonly kind: 'crash' | 'assert'; readonly msg: string }
  | { readonly kind: 'boot'; readonly outcome: string };

/** Modes whose lists are given; the others build them (`list.ts`). */
const GIVEN_MODES: readonly string[] = ['direct', 'paging', 'vmem'];

export function isBootMode(mode: string | undefined): boolean {
  return mode !== undefined && (GIVEN_MODES.includes(mode) || isListMode(mode));
}

/** @returns the line at which the first mismatch is, and what differs */
export function replayBoot(
  lines: readonly TraceLine[],
  replay: HeapReplay,
  input: BootInput,
): { line: TraceLine; mismatch: string } | undefined {
  const boot = planBoot(replay.kernel, input);
  const events = bootEvents(boot.operations, boot.context);
  let next = 0;
  let booted = false;
  for (const line of lines) {
    if (line.kind === 'regions' || line.kind === 'frames') continue; // input
    let mismatch: Mismatch;
    if (booted) mismatch = replay.replay(line);
    else {
      mismatch = holdEvent(line, events[next++]);
      booted = line.kind === 'boot';
      if (booted) replay.heap = boot.context.heap;
    }
    if (mismatch !== undefined) return { line, mismatch };
  }
  const left = booted ? undefined : events[next];
  if (left !== undefined && left.kind !== 'boot')
    return { line: lines.at(-1)!, mismatch: `expected the boot to end here, got ${eventText(left)}` };
  return undefined;
}

function bootEvents(operations: readonly BootOperation[], context: BootContext): BootEvent[] {
  const events: BootEvent[] = [];
  const { console } = context.kernel;
  const paged = usesPaging(context.input.options.release, context.input.options.config) ? pagedHeap(context.input) : undefined;
  const log = (lines: readonly LogLine[]): void => {
    if (lines.length === 0) return;
    const texts = lines.map((l) => ({ level: l.level, msg: l.text }));
    const last = events.at(-1);
    if (last?.kind === 'log') events[events.length - 1] = { kind: 'log', lines: [...last.lines, ...texts] };
    else events.push({ kind: 'log', lines: texts });
  };
  for (const operation of operations) {
    const hadHeap = context.heap !== undefined;
    let result: BootResult;
    try {
      result = operation.run();
    } catch (problem) {
      const { kind, message } = stopOf(problem);
      if (kind === 'wild') throw problem;
      log(console.take().filter((l) => l.lib === 'libukboot'));
      events.push({ kind, msg: message });
      return events;
    }
    const lines = console.take();
    log(lines.filter((l) => l.lib === 'libukboot'));
    const inner = lines.filter((l) => l.lib !== 'libukboot');
    if (operation.kind === 'map' && paged !== undefined && operation.title.startsWith('map')) {
      events.push({ kind: 'page_map', vaddr: paged.base, pages: paged.vmem ? 16n : paged.pages });
    } else if (operation.kind === 'malloc' && paged !== undefined) {
      events.push({ kind: 'vma_map_anon', vaddr: paged.base, len: paged.length });
      events.push({ kind: 'call', op: 'malloc', ret: result.ret ?? NULL, lines: inner });
    } else if (operation.kind === 'try' || operation.kind === 'init' || operation.kind === 'addmem') {
      const region = operation.region === undefined ? undefined : context.input.regions.find((r) => r.index === operation.region);
      events.push({
        kind: 'call',
        op: hadHeap ? 'addmem' : 'init',
        ret: result.ret ?? NULL,
        lines: inner,
        ...(region !== undefined && { base: region.vbase, len: region.len }),
      });
    }
  }
  events.push({ kind: 'boot', outcome: context.heap === undefined ? 'no-heap' : 'heap' });
  return events;
}

function holdEvent(line: TraceLine, event: BootEvent | undefined): Mismatch {
  if (event === undefined) return `expected a line of kind ${line.kind}, but the boot had ended`;
  const differs = `expected ${JSON.stringify(line.json).slice(0, 200)}, got ${eventText(event)}`;
  switch (line.kind) {
    case 'operation': {
      const { operation, expected } = line.recorded;
      if (event.kind !== 'call' || event.op !== operation.op) return differs;
      if (event.base !== undefined && 'base' in operation && (operation.base !== event.base || operation.len !== event.len))
        return differs;
      return mismatchOf(expected ?? {}, event.ret, undefined, event.lines);
    }
    case 'log':
      return event.kind === 'log' && JSON.stringify(event.lines) === JSON.stringify(line.lines) ? undefined : differs;
    case 'page_map':
      return event.kind === 'page_map' && event.vaddr === line.vaddr && event.pages === line.pages ? undefined : differs;
    case 'vma_map_anon':
      return event.kind === 'vma_map_anon' && event.vaddr === line.vaddr && event.len === line.len ? undefined : differs;
    case 'crash':
    case 'assert':
      return event.kind === line.kind && event.msg === line.msg ? undefined : differs;
    case 'boot':
      return event.kind === 'boot' && event.outcome === line.outcome ? undefined : differs;
    default:
      return differs;
  }
}

function eventText(event: BootEvent): string {
  switch (event.kind) {
    case 'log':
      return `log ${JSON.stringify(event.lines).slice(0, 200)}`;
    case 'call':
      return `${event.op}${event.base === undefined ? '' : ` ${hex(event.base)}`} = ${hex(toNumber(BigInt(event.ret)))}`;
    case 'page_map':
      return `page_map of ${String(event.pages)} pages at ${hex(event.vaddr)}`;
    case 'vma_map_anon':
      return `vma_map_anon of ${hex(event.len)} bytes at ${hex(event.vaddr)}`;
    case 'boot':
      return `outcome ${event.outcome}`;
    default:
      return `${event.kind} “${event.msg}”`;
  }
}
