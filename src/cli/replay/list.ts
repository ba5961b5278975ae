// Replays the first part of a boot trace, in which the region list is made: from firmware data (modes multiboot and lxboot), or by
// recorded insertions (mode coalesce). Every list, result and message is held against ours.

import { buildList } from '../../firmware/build';
import { ListBuilder, Stopped, type ListChoices } from '../../firmware/builder';
import { coalesce } from '../../firmware/coalesce';
import { insert } from '../../firmware/insert';
import { memInit } from '../../firmware/mem-init';
import type { ListCall, ListRun, Stage } from '../../firmware/types';
import { hex } from '../../memory/address';
import type { TraceLine } from '../../readers/golden-trace';
import type { Region } from '../../regions/descriptor';
import type { FirmwareMap, KernelSegment } from '../../regions/firmware-map';
import { eraOf } from '../../regions/eras';
import type { Release } from '../../regions/release';

const LIST_MODES = ['coalesce', 'multiboot', 'lxboot'] as const;
type ListMode = (typeof LIST_MODES)[number];

export function isListMode(mode: string | undefined): mode is ListMode {
  return LIST_MODES.some((m) => m === mode);
}

/** `lines`: how many of the trace's lines were held; `regions`: the list that came out, for what follows. */
export interface ListVerdict {
  readonly lines: number;
  readonly regions: readonly Region[];
  readonly failed?: { readonly line: TraceLine; readonly mismatch: string };
}

export function replayList(lines: readonly TraceLine[], mode: ListMode, choices: ListChoices): ListVerdict {
  const end = lines.findIndex((l) => l.kind === 'regions' && l.stage === 'final') + 1;
  const part = lines.slice(0, end);
  const run = mode === 'coalesce' ? fromInsertions(part, choices) : fromFirmware(part, choices);
  const regions = run.final.map((i) => i.region);
  const events = eventsOf(run, mode);
  let next = 0;
  for (const line of part) {
    if (line.kind === 'firmware') continue; // input
    const mismatch = line.kind === 'regions' ? holdList(line, run) : holdEvent(line, events[next++]);
    if (mismatch !== undefined) return { lines: end, regions, failed: { line, mismatch } };
  }
  const left = events[next];
  if (left !== undefined) {
    const line = lines[end - 1] ?? lines[0]!;
    return { lines: end, regions, failed: { line, mismatch: `the trace has no ${left.kind}` } };
  }
  return { lines: end, regions };
}

/** What the trace records of a run, in order. */
type ListEvent =
  | {
      readonly kind: 'memregion_insert' | 'memregion_alloc' | 'mem_init';
      readonly ret: bigint;
      readonly region: Region | undefined;
    }
  | { readonly kind: 'log'; readonly lines: readonly { readonly level: string; readonly msg: string }[] };

function eventsOf(run: ListRun, mode: ListMode): ListEvent[] {
  const events: ListEvent[] = [];
  for (const call of run.calls) {
    const lines = call.steps.flatMap((s) => s.lines).map(({ level, text }) => ({ level, msg: text }));
    if (call.kind !== 'print' && lines.length > 0) events.push({ kind: 'log', lines });
    const kind = recordedAs(call, mode);
    if (kind !== undefined) events.push({ kind, ret: call.ret ?? 0n, region: call.region });
  }
  return events;
}

/** In firmware modes only the early consoles' insertions are recorded; the boot protocol's own show in the lists. */
function recordedAs(call: ListCall, mode: ListMode): 'memregion_insert' | 'memregion_alloc' | 'mem_init' | undefined {
  if (call.kind === 'alloc') return 'memregion_alloc';
  if (call.kind === 'mem_init') return 'mem_init';
  return call.kind === 'insert' && (mode === 'coalesce' || call.caller === 'vgacons_init') ? 'memregion_insert' : undefined;
}

function fromFirmware(lines: readonly TraceLine[], choices: ListChoices): ListRun {
  const firmware = lines.find((l) => l.kind === 'firmware');
  const kernel = lines.find((l) => l.kind === 'regions')?.regions ?? [];
  const segments = kernel.map((r): KernelSegment => ({ base: r.pbase, len: r.len, name: r.name, permissions: r.flags }));
  const map: FirmwareMap = {
    protocol: firmware?.protocol ?? 'multiboot',
    entries: firmware?.entries ?? [],
    modules: firmware?.modules ?? [],
    ...(firmware?.cmdline && { cmdline: firmware.cmdline }),
    kernel: segments,
    devices: [],
    image: kernel[0]?.name ?? '',
  };
  // The header does not say whether the VGA driver is there: its insertion does.
  const vga = lines.some((l) => l.kind === 'memregion_insert');
  return buildList(map, { ...choices, config: { ...choices.config, ...(vga && { CONFIG_LIBVGACONS: 'y' }) } });
}

function fromInsertions(lines: readonly TraceLine[], choices: ListChoices): ListRun {
  const map: FirmwareMap = { protocol: 'multiboot', entries: [], kernel: [], modules: [], devices: [], image: '' };
  const list = new ListBuilder(map, choices);
  try {
    for (const line of lines) {
      if (line.kind !== 'memregion_insert') continue;
      const { region } = line;
      const source = list.source({ kind: 'given', label: region.name, base: region.pbase, end: region.pbase + region.len });
      const pieces = region.len > 0n ? [{ source, base: region.pbase, end: region.pbase + region.len }] : [];
      insert(list, 'trace', region, pieces);
    }
    list.stage('inserted');
    coalesce(list, 'trace');
    list.stage('coalesced');
    memInit(list, 'trace');
    list.stage('final');
  } catch (problem) {
    if (!(problem instanceof Stopped)) throw problem;
    return list.result(problem.stop);
  }
  return list.result(undefined);
}

function holdList(line: TraceLine & { readonly kind: 'regions' }, run: ListRun): string | undefined {
  const calls = run.stages[line.stage as Stage];
  if (calls === undefined) return `the list does not come to the stage ${line.stage}${run.stop ? `: ${run.stop.message}` : ''}`;
  const list = calls === 0 ? [] : run.calls[calls - 1]!.steps.at(-1)!.after;
  const [want, got] = [line.regions, list.map((i) => i.region)].map((l) => l.map((r) => textOf(r, run.release)));
  const at = want!.findIndex((w, i) => w !== got![i]);
  if (at >= 0) return `list ${line.stage}, entry ${String(at)}: expected ${want![at]!}, got ${got![at] ?? 'nothing'}`;
  return got!.length > want!.length
    ? `list ${line.stage}: expected ${String(want!.length)} entries, got ${got![want!.length]!} as well`
    : undefined;
}

/** All fields that a descriptor of the release has. */
function textOf(r: Region, release: Release): string {
  const paged = eraOf(release) === 'paged' ? ` +${hex(r.pgOff)} ${String(r.pgCount)} pages` : '';
  return `${hex(r.pbase)} at ${hex(r.vbase)}${paged} len ${hex(r.len)} type ${String(r.type)} flags ${String(r.flags)} “${r.name}”`;
}

function holdEvent(line: TraceLine, event: ListEvent | undefined): string | undefined {
  if (event === undefined || event.kind !== line.kind)
    return `expected a line of kind ${line.kind}, got ${event?.kind ?? 'nothing'}`;
  if (event.kind === 'log') {
    if (line.kind !== 'log') return undefined;
    const at = line.lines.findIndex((l, i) => l.level !== event.lines[i]?.level || l.msg !== event.lines[i].msg);
    if (at >= 0) return `message ${String(at)}: expected “${line.lines[at]!.msg}”, got “${event.lines[at]?.msg ?? ''}”`;
    return event.lines.length > line.lines.length ? `a message more: “${event.lines[line.lines.length]!.msg}”` : undefined;
  }
  if (line.kind === 'memregion_alloc') {
    const asked = event.region!;
    const same = asked.len === line.size && asked.type === line.type && asked.flags === line.flags;
    if (!same)
      return `expected to ask for ${String(line.size)} bytes of type ${String(line.type)}, got ${String(asked.len)} of type ${String(asked.type)}`;
  }
  const want = 'ret' in line ? (line.ret ?? 0n) : 0n;
  return want === event.ret ? undefined : `expected ${String(want)}, got ${String(event.ret)}`;
}
