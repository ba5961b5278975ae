// A frame: everything that the panel shows for one state of one heap, as plain data that crosses to the webview.

import type { AddressRange, Reader } from '../memory/reader';
import type { RegionMap } from '../regions/descriptor';
import type { Decision } from '../boot/decision';
import type { HeapSnapshot, Metrics } from '../snapshot/snapshot';
import type { Cursor } from '../timeline/types';
import type { WhatIf } from '../timeline/what-if';
import { blockRows } from './block-rows';
import type { BlockRow } from './block-rows';
import { decisionsOf } from './decisions';
import type { MetricsHistory } from './history';
import type { HeldView } from './held';
import { buildLists } from './lists';
import type { ListsView } from './lists';
import type { ComparisonView } from './comparison';
import { buildMarked } from './marked';
import type { MarkedView } from './marked';
import type { Matches } from './matches';
import { buildMap } from './map';
import { classText } from './map-labels';
import type { MapView } from './map';
import { buildMetrics } from './metrics';
import type { MetricsView } from './metrics';
import { counted, countText, hex, sizeText, spokenSize } from './numbers';
import { buildOwn } from './own';
import type { OwnView } from './own';
import type { ExplainView, Explanations } from './explain';
import type { Holders, Owner } from './owners';
import { buildSelected } from './selected';
import type { SelectedView } from './selected';
import { atBorder, buildLog, buildSteps, currentOperation, cursorText, operationsDone, seriesOf } from './steps';
import type { LogView, StepsView } from './steps';
import { buildStrip, orderOfUse, regionSpans } from './strip';
import type { StripView } from './strip';
import type { Steppable, Subject } from './subject';
import { buildTimeline } from './timeline';
import type { TimelineView } from './timeline';
import type { Viewport } from './viewport';
import { buildWhatIf, whatIfMarkdown } from './what-if';
import type { WhatIfView } from './what-if';

/** Rows of the block table in a frame. */
const TABLE_ROWS = 24;

/** A short fact in the toolbar. */
export interface Chip {
  readonly kind: 'plain' | 'good' | 'warning' | 'error';
  readonly text: string;
  readonly tooltip: string;
  /** The card that says why. */
  readonly explain?: string;
}

export interface FindingRow {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly address: string;
  readonly message: string;
}

/** A window on the table of blocks. */
export interface BlockWindow {
  readonly total: number;
  readonly first: number;
  readonly rows: readonly (BlockRow & { readonly selected: boolean })[];
}

/** Where in time the frame is; absent for a dump, which has one moment only. */
export interface Moment {
  readonly cursor: Cursor;
  readonly operations: number;
  readonly bootEnd: number;
  /** `35` or `35.2`, and `55`. */
  readonly step: string;
  readonly of: string;
  /** Boot, after boot, workload. */
  readonly stage: string;
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

export interface Frame {
  /** Counts the frames of a panel; the webview says it back when it has painted. */
  readonly sequence: number;
  readonly title: string;
  readonly chips: readonly Chip[];
  readonly moment?: Moment;
  readonly strip: StripView;
  /** The region list before the step at the cursor, while the list is being made; `strip` is the one after it. */
  readonly stripBefore?: StripView;
  /** Absent while there is no heap; `absence` then says why. */
  readonly map?: MapView;
  readonly lists?: ListsView;
  /** The allocator's own picture, where free lists are not all of it. */
  readonly own?: OwnView;
  readonly metrics?: MetricsView;
  readonly selected?: SelectedView;
  /** The blocks around the selection, or at the top of the map, as a table. */
  readonly table?: BlockWindow;
  readonly absence?: { readonly title: string; readonly text: string; readonly line: string };
  /** What the user has marked. */
  readonly marked?: MarkedView;
  /** The pinned state beside this one, while they are compared. */
  readonly comparison?: ComparisonView;
  readonly findings: readonly FindingRow[];
  /** Absent for a dump, of which only the heap is known. */
  readonly explain?: ExplainView;
  readonly steps?: StepsView;
  readonly timeline?: TimelineView;
  readonly log?: LogView;
  /** A dump beside the simulation of its boot, once they were held against each other. */
  readonly held?: HeldView;
  /** All allocators on the same boot, once they were compared. */
  readonly whatIf?: WhatIfView & { readonly markdown: string };
  /** `7 of 42 blocks`, while a filter is set. */
  readonly filterText: string;
  /** One sentence for screen readers about what was done last. */
  readonly spoken: string;
  /** What is shown is of an earlier time: the program has gone on. */
  readonly stale?: boolean;
  /** `bbuddy 62.3 MiB free · largest 16 MiB`, for a status bar. */
  readonly status: string;
}

/** What a frame is made from. `HeapView` keeps it up to date. */
export interface FrameInput {
  readonly sequence: number;
  readonly subject: Subject;
  readonly map: RegionMap | undefined;
  readonly snapshot: HeapSnapshot | undefined;
  readonly reader: Reader;
  readonly touched: readonly AddressRange[];
  /** Figures now, and before the current operation. */
  readonly metrics: Metrics | undefined;
  readonly before: Metrics | undefined;
  /** Figures after every operation, for a short run. */
  readonly history: MetricsHistory | undefined;
  readonly owner: (base: bigint, end: bigint) => Owner | undefined;
  readonly holders: () => Holders | undefined;
  /** Blocks that the filter lets through; undefined without one. */
  readonly matches: Matches | undefined;
  readonly comparison?: ComparisonView;
  readonly explanations: Explanations | undefined;
  /** How all allocators fare on the same boot; undefined until they were compared. */
  readonly whatIf?: readonly WhatIf[] | undefined;
  readonly held?: HeldView | undefined;
}

export function buildFrame(input: FrameInput, viewport: Viewport): Frame {
  const { subject, snapshot, sequence } = input;
  const simulation = subject.kind === 'simulation' ? subject.simulation : undefined;
  const decisions = decisionsOf(subject, input.map, snapshot);
  const metrics = snapshot && metricsOf(input, snapshot);
  return {
    sequence,
    title: titleOf(subject, snapshot),
    chips: chipsOf(input),
    ...(simulation && { moment: momentOf(simulation) }),
    ...stripsOf(input, decisions),
    ...(snapshot && heapParts(input, snapshot, viewport)),
    ...(metrics && { metrics }),
    ...(snapshot === undefined && { absence: absenceOf(subject) }),
    ...(input.comparison && { comparison: input.comparison }),
    findings: [
      ...(snapshot?.findings ?? []).map((f) => ({
        severity: f.severity,
        code: f.code,
        address: f.address === undefined ? '' : hex(f.address),
        message: f.message,
      })),
      ...(input.explanations?.listFindings() ?? []),
    ],
    ...(input.explanations && { explain: input.explanations.view(viewport.explain) }),
    ...(simulation && {
      steps: buildSteps(simulation, viewport.steps),
      timeline: buildTimeline(simulation, viewport.columns, metrics?.note ?? '', input.history),
      log: buildLog(simulation, viewport.log),
    }),
    filterText: input.matches === undefined ? '' : filterText(input.matches),
    ...(input.held && { held: input.held }),
    ...(input.whatIf && { whatIf: whatIfOf(input.whatIf, input) }),
    spoken: spokenOf(input),
    ...(subject.kind === 'dump' && subject.stale !== undefined && { stale: true }),
    status:
      snapshot === undefined
        ? 'no heap'
        : `${snapshot.allocator} ${sizeText(Math.max(0, snapshot.metrics.free))} free · largest ${sizeText(Math.max(0, snapshot.metrics.largestFree))}`,
  };
}

function whatIfOf(rows: readonly WhatIf[], { subject, snapshot }: FrameInput): Frame['whatIf'] {
  const current = subject.kind === 'simulation' ? subject.simulation.input.allocator : (snapshot?.allocator ?? 'bbuddy');
  const view = buildWhatIf(rows, current);
  return { ...view, markdown: whatIfMarkdown(view) };
}

function heapParts(
  input: FrameInput,
  snapshot: HeapSnapshot,
  viewport: Viewport,
): Pick<Frame, 'map' | 'lists' | 'own' | 'selected' | 'table' | 'marked'> {
  const { subject, reader, owner } = input;
  const decisions = decisionsOf(subject, input.map, snapshot);
  const block = viewport.selection === undefined ? undefined : snapshot.blocks.holding(BigInt(viewport.selection));
  const range = block && { base: block.base, end: snapshot.blocks.end(block.index) };
  const changedBlocks = new Set(input.touched.flatMap((t) => blocksIn(snapshot, t)));
  const changed = [...changedBlocks]
    .sort((a, b) => a - b)
    .map((i) => ({ base: snapshot.blocks.base(i), end: snapshot.blocks.end(i) }));
  const inList = block?.state === 'free' ? snapshot.lists.find((l) => l.entries.includes(block.base)) : undefined;
  const next = inList?.entries[inList.entries.indexOf(block!.base) + 1];
  const map = buildMap(
    snapshot,
    {
      spans: input.map === undefined ? [] : regionSpans(input.map, subject.release),
      marks: orderOfUse(decisions),
      areaText: (i) => areaText(snapshot, i),
      owner,
      holders: input.holders,
      reader,
      inspect: (address) => subject.inspect(reader, snapshot, address),
      changed,
      selected: range,
      beside: rangeOf(snapshot, viewport.beside),
      range: viewport.range && { base: BigInt(viewport.range.from), end: BigInt(viewport.range.to) },
      bookmarks: (viewport.bookmarks ?? []).map((b) => BigInt(b)),
      linked:
        next === undefined
          ? undefined
          : { base: next, text: `next in ${classText(snapshot, inList!.sizeClass) ?? inList!.name}` },
      matches: input.matches,
    },
    viewport.map,
  );
  const own = buildOwn({
    snapshot,
    selection: viewport.selection === undefined ? undefined : BigInt(viewport.selection),
    probe: viewport.probe,
    owner,
  });
  const isChanged = (base: bigint) => changedBlocks.has(snapshot.blocks.lastAtOrBelow(base));
  const marked = buildMarked(snapshot, viewport, owner);
  return {
    map,
    ...(marked && { marked }),
    ...(own && { own }),
    table: tableOf(snapshot, block?.index, map, owner),
    lists: buildLists(snapshot, viewport.listMembers, isChanged, range),
    ...(block && {
      selected: buildSelected(
        snapshot,
        reader,
        block,
        subject.inspect(reader, snapshot, block.base),
        owner(block.base, snapshot.blocks.end(block.index)),
        owner,
        input.touched,
        lastChangeOf(subject, range!),
      ),
    }),
  };
}

/** The step that last wrote into a block, as far as that is found in passing. */
function lastChangeOf(subject: Subject, range: AddressRange): { readonly text: string; readonly cursor?: Cursor } | undefined {
  if (subject.kind !== 'simulation') return undefined;
  const { simulation } = subject;
  const found = simulation.lastChange(range, false);
  if (found === undefined) return undefined;
  if (found === 'further') return { text: 'further back' };
  const { fn } = simulation.steps(found.operation)[found.step - 1] ?? { fn: '' };
  return { text: [simulation.info(found.operation).title, fn].filter((t) => t !== '').join(' · '), cursor: found };
}

/** Rows of the block table on either side of the selection, or from the top of the map on. */
function tableOf(snapshot: HeapSnapshot, selected: number | undefined, map: MapView, owner: FrameInput['owner']): BlockWindow {
  const top = map.items.find((i) => i.kind === 'row' && i.y >= map.top);
  const at = selected ?? (top?.kind === 'row' ? snapshot.blocks.lastAtOrBelow(BigInt(top.base)) : 0);
  const first = Math.max(0, at - TABLE_ROWS / 2);
  const rows = blockRows(snapshot, first, TABLE_ROWS, owner).map((r, i) => ({ ...r, selected: first + i === selected }));
  return { total: snapshot.blocks.length, first, rows };
}

/** Blocks other than metadata that a range of written bytes meets; a range over very many is cut. */
function blocksIn(snapshot: HeapSnapshot, range: AddressRange): number[] {
  const { blocks } = snapshot;
  const found: number[] = [];
  for (
    let i = Math.max(0, blocks.lastAtOrBelow(range.base));
    i < blocks.length && blocks.base(i) < range.end && found.length < 4096;
    i++
  )
    if (blocks.end(i) > range.base) found.push(i);
  return found;
}

/** `7 of 42 blocks`, and the words that were not understood. */
function filterText({ count, snapshot, unknown }: Matches): string {
  const not = unknown.length === 0 ? '' : `; not understood: ${unknown.join(' ')}`;
  return `${countText(count)} of ${counted(snapshot.blocks.length, 'block')}${not}`;
}

/** The block that holds an address. */
function rangeOf({ blocks }: HeapSnapshot, address: string | undefined): AddressRange | undefined {
  const block = address === undefined ? undefined : blocks.holding(BigInt(address));
  return block && { base: block.base, end: blocks.end(block.index) };
}

/** How an area came to the heap, and what of it is the allocator's own. */
function areaText(snapshot: HeapSnapshot, index: number): string {
  const area = snapshot.areas[index]!;
  const { blocks } = snapshot;
  let own = 0;
  for (let i = Math.max(0, blocks.lastAtOrBelow(area.base)); i < blocks.length && blocks.base(i) < area.end; i++) {
    if (blocks.base(i) < area.base) continue;
    if (blocks.state(i) !== 'metadata') break;
    own += blocks.size(i);
  }
  return `${area.by === 'init' ? 'init' : 'addmem'} took it: ${sizeText(own)} for the allocator, ${sizeText(Number(area.end - area.base) - own)} of heap`;
}

function metricsOf(input: FrameInput, snapshot: HeapSnapshot): MetricsView {
  const { subject } = input;
  const simulation = subject.kind === 'simulation' ? subject.simulation : undefined;
  const partial = snapshot.absent.length > 0 || snapshot.lists.some((l) => !l.complete);
  return buildMetrics({
    now: input.metrics ?? snapshot.metrics,
    before: input.before,
    series: simulation && seriesOf(simulation),
    history: input.history,
    operation: simulation === undefined ? 0 : currentOperation(simulation.cursor),
    partial,
  });
}

function stripsOf({ subject, map }: FrameInput, decisions: readonly Decision[]): Pick<Frame, 'strip' | 'stripBefore'> {
  const now = subject.kind === 'simulation' ? subject.simulation.listNow?.() : undefined;
  if (now === undefined || map === undefined) return { strip: buildStrip(map, subject.release, decisions) };
  const strip = (descriptors: RegionMap['descriptors'], changed: readonly number[]): StripView =>
    buildStrip({ ...map, descriptors }, subject.release, [], changed);
  return { strip: strip(now.after, now.changed), stripBefore: strip(now.before, now.removed) };
}

function titleOf(subject: Subject, snapshot: HeapSnapshot | undefined): string {
  if (snapshot !== undefined) return `Heap: ${snapshot.allocator} ${hex(snapshot.heap)}`;
  return subject.kind === 'simulation' ? `Heap: ${subject.simulation.input.allocator}` : 'Heap';
}

function chipsOf({ subject, snapshot }: FrameInput): Chip[] {
  const allocator = snapshot?.allocator ?? (subject.kind === 'simulation' ? subject.simulation.input.allocator : 'no allocator');
  const plain = (text: string, tooltip: string): Chip => ({ kind: 'plain', text, tooltip });
  const chips = [
    plain(allocator, 'allocator'),
    plain(
      snapshot === undefined ? subject.release : `${subject.release} · ${snapshot.profile}`,
      'Unikraft release · profile of the allocator',
    ),
    plain(subject.arch, 'architecture'),
    plain(`source: ${subject.source}`, subject.title),
    ...(subject.assumptions ?? []).map((a): Chip => ({ kind: 'warning', text: a, tooltip: 'assumed, not read from the source' })),
  ];
  if (subject.kind === 'dump' && subject.stale !== undefined)
    chips.push({ kind: 'warning', text: subject.stale, tooltip: 'what is shown is of an earlier time' });
  if (subject.kind === 'simulation') {
    const lost = subject.simulation.decisions().filter((d) => d.kind === 'failed');
    for (const d of lost.slice(0, 3))
      chips.push({
        kind: 'error',
        text: lostText(d.region, subject.simulation.input.map),
        tooltip: `${d.reason} Click for the arithmetic.`,
        explain: `region:${String(d.region)}`,
      });
  }
  return snapshot === undefined ? chips : [...chips, findingsChip(snapshot)];
}

/** `region 9 lost: 62.4 MiB` */
function lostText(region: number, map: RegionMap): string {
  const len = map.descriptors[region]?.fields.len?.value;
  return `region ${String(region)} lost${len === undefined ? '' : `: ${sizeText(len)}`}`;
}

function findingsChip(snapshot: HeapSnapshot): Chip {
  const errors = snapshot.findings.filter((f) => f.severity === 'error').length;
  const warnings = snapshot.findings.filter((f) => f.severity === 'warning').length;
  const partial = snapshot.absent.length > 0;
  if (errors > 0) return { kind: 'error', text: counted(errors, 'error'), tooltip: 'F8 goes to the next finding' };
  if (warnings > 0) return { kind: 'warning', text: counted(warnings, 'warning'), tooltip: 'F8 goes to the next finding' };
  if (partial)
    return { kind: 'warning', text: 'partial', tooltip: `${counted(snapshot.absent.length, 'range')} not in the dump` };
  return { kind: 'good', text: '✓ no findings', tooltip: 'the integrity walk found nothing wrong' };
}

function momentOf(simulation: Steppable): Moment {
  const { cursor, operationCount, bootEnd } = simulation;
  const opened = currentOperation(cursor);
  const text = cursorText(simulation);
  return {
    cursor,
    operations: operationCount,
    bootEnd,
    ...text,
    stage:
      opened < 0
        ? 'before the boot'
        : { list: 'region list', boot: 'boot', after: 'after boot', workload: 'workload' }[simulation.info(opened).phase],
    atStart: cursor.operation === 0 && cursor.step === 0,
    atEnd: operationsDone(cursor) >= operationCount && atBorder(simulation),
  };
}

function absenceOf(subject: Subject): Frame['absence'] {
  if (subject.kind === 'dump')
    return { title: 'No heap found', text: 'The source was read; there is no allocator in it.', line: subject.message ?? '' };
  const { simulation } = subject;
  const { outcome, bootEnd, cursor } = simulation;
  if (outcome.kind === 'heap' || operationsDone(cursor) < bootEnd || !atBorder(simulation))
    return {
      title: 'No heap yet',
      text: 'At this step the boot has not made a heap. Step forward to see it being made.',
      line: '',
    };
  return {
    title: outcome.kind === 'stopped' ? 'The kernel stops here' : 'No heap in this boot',
    text: outcome.kind === 'stopped' ? 'The boot ends with' : 'The kernel goes on without a heap:',
    line: outcome.message,
  };
}

/** `Step 35, pfree one page at 0x18a000. Free 62.3 mebibytes, plus 4 kibibytes.` */
function spokenOf({ subject, snapshot, before }: FrameInput): string {
  const parts: string[] = [];
  if (subject.kind === 'simulation') {
    const { simulation } = subject;
    const opened = currentOperation(simulation.cursor);
    const step = simulation.cursor.step > 0 ? simulation.steps(opened)[simulation.cursor.step - 1]?.text : undefined;
    parts.push(
      opened < 0
        ? 'Before the boot.'
        : `Step ${cursorText(simulation).step}, ${simulation.info(opened).title}${step === undefined ? '' : `: ${step}`}.`,
    );
  }
  if (snapshot === undefined) parts.push('No heap.');
  else {
    const change = before === undefined ? 0 : snapshot.metrics.free - before.free;
    const words = change === 0 ? '' : `, ${change > 0 ? 'plus' : 'minus'} ${spokenSize(Math.abs(change))}`;
    parts.push(`Free ${spokenSize(Math.max(0, snapshot.metrics.free))}${words}.`);
  }
  return parts.join(' ');
}
