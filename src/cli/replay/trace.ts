// One golden trace: sets up memory and allocator as its header says, replays it line by line, and reports the first mismatch.

import { Kernel } from '../../allocators/kernel';
import { allocatorFor } from '../../allocators/registry';
import { memoryWindow } from '../../boot/boot';
import { toNumber } from '../../memory/address';
import { SimMemory } from '../../memory/sim-memory';
import { readTrace, type Trace, type TraceLine } from '../../readers/golden-trace';
import { isAllocatorId } from '../../regions/allocator-id';
import { placeText } from '../../regions/problem';
import { ARCHITECTURES, parseRelease } from '../../regions/release';
import { isBootMode, replayBoot } from './boot';
import { HeapReplay } from './heap';
import { isListMode, replayList } from './list';

export type TraceVerdict =
  | { readonly kind: 'ok'; readonly lines: number }
  /** `line` counts lines of the file from 1, `operation` lines after the header. */
  | { readonly kind: 'mismatch'; readonly line: number; readonly operation: number; readonly text: string }
  /** The file is no trace, or one that this version cannot replay. */
  | { readonly kind: 'unusable'; readonly text: string };

export function replayTrace(text: string): TraceVerdict {
  const trace = readTrace(text);
  const wrong = trace.problems.find((p) => p.severity === 'error');
  if (wrong !== undefined)
    return { kind: 'unusable', text: `${wrong.where === undefined ? '' : `line ${placeText(wrong.where)}: `}${wrong.message}` };
  const { header } = trace;
  if (header === undefined) return { kind: 'unusable', text: 'no header line' };
  const allocator = isAllocatorId(header.allocator) ? allocatorFor(header.allocator) : undefined;
  if (allocator === undefined)
    return { kind: 'unusable', text: `the allocator “${header.allocator}” cannot be simulated by this version` };
  const release = parseRelease(header.unikraft);
  const arch = ARCHITECTURES.find((a) => a === header.arch);
  if (release === undefined || arch === undefined || allocator.profile(release) === undefined) {
    return {
      kind: 'unusable',
      text: `${allocator.title} of “${header.unikraft}” on “${header.arch}” cannot be simulated by this version`,
    };
  }
  const options = { release, arch, config: header.config };
  if (header.workload !== 'boot') {
    const window = operationsWindow(trace.lines);
    const replay = new HeapReplay(new Kernel(new SimMemory(window.base, window.length)), allocator, options);
    for (const line of trace.lines) {
      const mismatch = replay.replay(line);
      if (mismatch !== undefined) return verdict(trace, line, mismatch);
    }
    return { kind: 'ok', lines: trace.lines.length };
  }
  if (!isBootMode(header.mode)) {
    return { kind: 'unusable', text: `a boot trace of mode “${header.mode ?? ''}” is not known to this version` };
  }
  const list = isListMode(header.mode) ? replayList(trace.lines, header.mode, options) : undefined;
  if (list?.failed !== undefined) return verdict(trace, list.failed.line, list.failed.mismatch);
  const regions = list?.regions ?? trace.lines.findLast((l) => l.kind === 'regions')?.regions ?? [];
  const freeMemory = trace.lines.flatMap((l) => (l.kind === 'frames' ? [l.freeMemory] : []));
  const input = { regions, unknown: [], allocator, options, ...(freeMemory.length > 0 && { freeMemory }) };
  const window = memoryWindow(input);
  const replay = new HeapReplay(new Kernel(new SimMemory(window.base, window.length)), allocator, options);
  const found = replayBoot(trace.lines.slice(list?.lines ?? 0), replay, input);
  return found === undefined ? { kind: 'ok', lines: trace.lines.length } : verdict(trace, found.line, found.mismatch);
}

function verdict(trace: Trace, line: TraceLine, text: string): TraceVerdict {
  return {
    kind: 'mismatch',
    line: line.line + 1,
    operation: trace.lines.indexOf(line) + 1,
    text: `${JSON.stringify(line.json).slice(0, 160)}: ${text}`,
  };
}

/** A window over all memory that the trace gives to allocators. */
function operationsWindow(lines: readonly TraceLine[]): { base: number; length: number } {
  let base = Infinity;
  let end = -Infinity;
  for (const line of lines) {
    if (line.kind !== 'operation' || !('base' in line.recorded.operation)) continue;
    const { operation } = line.recorded;
    base = Math.min(base, toNumber(operation.base));
    end = Math.max(end, toNumber(operation.base) + Number(operation.len));
  }
  return base < end ? { base, length: end - base } : { base: 0, length: 0 };
}
