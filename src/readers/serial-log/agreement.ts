// A boot memory map held against what the kernel printed before and after it: so a line that is missing from the map shows.

import type { Problem } from '../../regions/problem';
import { inLine } from '../lines';
import type { BootLog } from './boot-log';
import { printed } from './messages';
import type { Message, PrintedDescriptor } from './messages';

const NOT_IN_THE_MAP = 'but the boot memory map does not have it: a line of the map may be missing.';

/** Regions that heap_init tried or that coalescing left, and that the map does not have as they were; and free ones not tried. */
export function disagreements({ map, tried, coalescing, coalescedAfterMap }: BootLog): Problem[] {
  const found: Problem[] = [];
  const report = (message: string, at: Message): void => {
    found.push({ severity: 'warning', code: 'differs', message, where: inLine(at.line) });
  };
  const free = new Map(map.filter((d) => d.type === '').map((d) => [printed(d.vbase), d]));
  for (const { base, end, message } of tried) {
    const entry = free.get(printed(base));
    if (entry === undefined) report(`heap_init tried this region, ${NOT_IN_THE_MAP}`, message);
    else if (printed(base) + lengthOf(entry) !== printed(end))
      report(`heap_init tried this region up to ${end}; the boot memory map has another end.`, message);
  }
  const seen = new Set(tried.map((t) => printed(t.base)));
  for (const [vbase, { message }] of tried.length > 0 ? free : []) {
    if (!seen.has(vbase)) report('heap_init did not try this free region, or that line is missing.', message);
  }
  if (coalescedAfterMap) return found;
  const extents = new Set(map.map((d) => `${d.start}-${d.end}`));
  for (const { start, end, message } of coalescing.inUse()) {
    if (!extents.has(`${start}-${end}`)) report(`Coalescing left this region in the list, ${NOT_IN_THE_MAP}`, message);
  }
  return found;
}

function lengthOf(d: PrintedDescriptor): bigint {
  return d.len === undefined ? BigInt.asUintN(64, printed(d.last!) - printed(d.first!)) : printed(d.len);
}
