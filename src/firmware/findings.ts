// What a person should know of a list that was made from a firmware's map: memory that got lost on the way, and why; memory in use that
// a free region covers. The kernel says nothing of most of it.

import type { Region } from '../regions/descriptor';
import { eraOf, TYPE_FREE } from '../regions/eras';
import type { FirmwareEntry } from '../regions/firmware-map';
import type { Problem, Severity } from '../regions/problem';
import { rangeText, sizeText } from '../regions/text';
import type { ListRun, LossReason, Source } from './types';

/** Findings of one run; a map of thousands of entries says the same thousands of times. */
const MOST = 100;
const TOP = 1n << 64n;

interface Told {
  readonly severity: Severity;
  readonly code: string;
  /** After `usable entry 3: 4 KiB `. */
  readonly text: string;
}

/** Undefined: what is as it should be, the memory being somebody else's. */
const LOSSES: Readonly<Record<LossReason, Told | undefined>> = {
  'page-zero': { severity: 'info', code: 'page-zero', text: 'are page 0, which is left out.' },
  'too-small': { severity: 'info', code: 'too-small', text: 'are less than a page and left out.' },
  'not-looked-at': {
    severity: 'warning',
    code: 'not-looked-at',
    text: 'are lost: this release does not look at this entry, or not at all of it.',
  },
  refused: {
    severity: 'error',
    code: 'not-inserted',
    text: 'are lost: the list does not take the entry (it is full, or the length is 0).',
  },
  'merge-defect': {
    severity: 'warning',
    code: 'lost-in-merge',
    text: 'are lost: coalescing merges two overlapping regions of one kind, and its arithmetic drops the whole of the second one (a defect of all releases).',
  },
  rounding: { severity: 'info', code: 'lost-to-rounding', text: 'are lost to rounding to pages.' },
  'outside-mapping': {
    severity: 'warning',
    code: 'outside-mapping',
    text: 'are lost: they lie outside the mapped range, and mem_init takes them out of the list.',
  },
  overlapped: undefined,
  duplicate: undefined,
};

/** What happened to usable memory, and where reserved memory ended inside of free regions. */
export function runProblems(run: ListRun): Problem[] {
  const found = [...lossProblems(run), ...coveredProblems(run), ...stopProblem(run)];
  return found.length <= MOST
    ? found
    : [
        ...found.slice(0, MOST),
        { severity: 'info', code: 'more', message: `… and ${String(found.length - MOST)} more findings on the list.` },
      ];
}

/** One problem a source and a reason; only usable memory is a loss. */
function lossProblems(run: ListRun): Problem[] {
  const sums = new Map<string, { readonly source: Source; readonly told: Told; bytes: bigint }>();
  for (const { source: index, reason, base, end } of run.lost) {
    const source = run.sources[index];
    const told = LOSSES[reason];
    if (source === undefined || told === undefined || entryOf(run, source)?.kind !== 'usable') continue;
    const key = `${String(index)} ${reason}`;
    const sum = sums.get(key) ?? { source, told, bytes: 0n };
    sum.bytes += end - base;
    sums.set(key, sum);
  }
  return [...sums.values()].map(({ source, told, bytes }) => ({
    severity: told.severity,
    code: told.code,
    message: `${capital(source.label)}, ${rangeText(source.base, source.end)}: ${sizeText(bytes)} ${told.text}`,
    ...(source.where && { where: source.where }),
  }));
}

/** Memory that the firmware reports as in use, inside of a region that is free in the end. */
function coveredProblems(run: ListRun): Problem[] {
  const free = run.final.map((i) => i.region).filter((r) => isFree(r, run));
  return run.firmware.entries.flatMap((entry, i): Problem[] => {
    if (entry.kind === 'usable' || entry.kind === 'boot-services' || entry.kind === 'loader') return [];
    const end = entry.base + entry.len > TOP ? TOP : entry.base + entry.len;
    const bytes = free.reduce((sum, r) => sum + shared(r, entry.base, end), 0n);
    if (bytes === 0n) return [];
    const what = `${capital(entry.kind)} entry ${String(i)}, ${rangeText(entry.base, end)}`;
    const message = `${what}: ${sizeText(bytes)} of it lie inside a region that is free in the end, so the heap lies over them.`;
    return [{ severity: 'warning', code: 'reserved-in-free', message, ...(entry.where && { where: entry.where }) }];
  });
}

function stopProblem({ stop }: ListRun): Problem[] {
  if (stop === undefined) return [];
  return [{ severity: 'error', code: 'list-stops', message: `The boot stops while the list is made: ${stop.message}.` }];
}

function entryOf(run: ListRun, source: Source): FirmwareEntry | undefined {
  return source.entry === undefined ? undefined : run.firmware.entries[source.entry];
}

/** In the classic era the layout's free regions are ALLOCATABLE. */
function isFree(region: Region, { release }: ListRun): boolean {
  return eraOf(release) === 'classic' ? (region.flags & 1) !== 0 : (region.type & TYPE_FREE) !== 0;
}

function shared({ pbase, len }: Region, base: bigint, end: bigint): bigint {
  const from = pbase > base ? pbase : base;
  const to = pbase + len < end ? pbase + len : end;
  return to > from ? to - from : 0n;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
