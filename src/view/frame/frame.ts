// A frame: everything that the panel shows for one state of one heap, as plain data that crosses to the webview.

import type { AddressRange, Reader } from '../../memory/reader';
import type { RegionMap } from '../../regions/descriptor';
import type { Decision } from '../../boot/decision';
import type { ShadowSpace } from '../../snapshot/shadow';
import type { HeapSnapshot, Metrics } from '../../snapshot/snapshot';
import type { Cursor, ListNow } from '../../timeline/types';
import type { WhatIf } from '../../timeline/what-if';
import { bannerOf } from '../banner';
import type { Banner } from '../banner';
import type { BlockRow } from '../block-rows';
import { decisionsOf } from '../time/decisions';
import { heapParts } from './heap';
import { absenceOf, chipsOf, momentOf, spokenOf, titleOf } from './words';
import type { MetricsHistory } from '../time/history';
import type { HeldView } from '../held';
import type { ListsView } from '../lists';
import type { PinName } from '../compare/comparing';
import type { ComparisonView } from '../compare/comparison';
import type { MarkedView } from '../search/marked';
import type { Matches } from '../search/matches';
import type { MapView } from '../map/map';
import type { CellView } from '../map/cell';
import { buildMetrics } from '../metrics';
import type { MetricsView } from '../metrics';
import { counted, countText, hex } from '../numbers';
import type { OwnView } from '../own/own';
import { isPartial, largestText, sumText } from '../partial';
import type { ExplainView, Explanations } from '../explain';
import type { Past } from '../own/oscar-frames';
import type { Holders, Owner } from '../time/owners';
import { regionDetails } from '../region-details';
import type { RegionDetails } from '../region-details';
import type { SelectedView } from '../selected';
import { buildLog, buildSteps, currentOperation, seriesOf } from '../time/steps';
import type { LogView, StepsView } from '../time/steps';
import { buildStrip, heapStrip } from '../strip';
import type { StripView } from '../strip';
import type { Subject } from '../subject';
import { buildTimeline } from '../time/timeline';
import type { TimelineView } from '../time/timeline';
import type { Viewport } from '../viewport';
import { buildWhatIf, whatIfMarkdown } from '../compare/what-if';
import type { WhatIfView } from '../compare/what-if';

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
  /** What is marked as changed: by a step, since the last stop of a program; a dump has no time. */
  readonly changes: 'steps' | 'stops' | 'none';
  /** Absent while there is no heap; `absence` then says why. */
  readonly map?: MapView;
  readonly lists?: ListsView;
  /** The allocator's own picture, where free lists are not all of it. */
  readonly own?: OwnView;
  readonly metrics?: MetricsView;
  readonly selected?: SelectedView;
  /** What the list of regions says of the selection, where no block of the heap holds it. */
  readonly region?: RegionDetails;
  /** The cell that holds the selection, where the map's cells are aggregated. */
  readonly cell?: CellView;
  /** The blocks around the selection, or at the top of the map, as a table. */
  readonly table?: BlockWindow;
  readonly absence?: { readonly title: string; readonly text: string; readonly line: string };
  /** What the user has marked. */
  readonly marked?: MarkedView;
  /** The pinned state beside this one, while they are compared. */
  readonly comparison?: ComparisonView;
  /** What was to be compared with is gone: says what and why. */
  readonly pinGone?: string;
  /** What any panel has pinned, the oldest first. */
  readonly pins: readonly PinName[];
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
  /** The same in words, or how far the reading of what is now has come. */
  readonly banner?: Banner;
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
  /** Bytes of these that are not what they were; all of these where that is not known. Ascending and disjoint. */
  readonly differing: readonly AddressRange[];
  /** Figures now, and before the current operation. */
  readonly metrics: Metrics | undefined;
  readonly before: Metrics | undefined;
  /** Figures after every operation, for a short run. */
  readonly history: MetricsHistory | undefined;
  readonly owner: (base: bigint, end: bigint) => Owner | undefined;
  readonly holders: () => Holders | undefined;
  /** What the run tells of Oscar's shadow pages; undefined for a dump. */
  readonly shadows: (space: ShadowSpace) => Past | undefined;
  /** The operation that gave back what another one was given. */
  readonly freed: (operation: number) => number | undefined;
  /** Blocks that the filter lets through; undefined without one. */
  readonly matches: Matches | undefined;
  /** A text where the state to compare with is gone. */
  readonly comparison: ComparisonView | string | undefined;
  readonly pins: readonly PinName[];
  readonly explanations: Explanations | undefined;
  /** How all allocators fare on the same boot; undefined until they were compared. */
  readonly whatIf?: readonly WhatIf[] | undefined;
  readonly held?: HeldView | undefined;
}

export function buildFrame(input: FrameInput, viewport: Viewport): Frame {
  const { subject, snapshot, sequence } = input;
  const simulation = subject.kind === 'simulation' ? subject.simulation : undefined;
  const banner = bannerOf(subject);
  const decisions = decisionsOf(subject, input.map, snapshot);
  const metrics = snapshot && metricsOf(input, snapshot);
  const findings = findingsOf(input);
  const making = simulation?.listNow?.();
  const region = regionOf(input, decisions, findings, making, viewport.selection);
  return {
    sequence,
    title: titleOf(subject, snapshot),
    chips: chipsOf(input, findings),
    ...(simulation && { moment: momentOf(simulation) }),
    changes: subject.kind === 'simulation' ? 'steps' : subject.stop === undefined ? 'none' : 'stops',
    ...stripsOf(input, decisions, making),
    ...(region && { region }),
    ...(snapshot && heapParts(input, snapshot, decisions, viewport)),
    ...(metrics && { metrics }),
    ...(snapshot === undefined && { absence: absenceOf(subject) }),
    ...(typeof input.comparison === 'object' && { comparison: input.comparison }),
    ...(typeof input.comparison === 'string' && { pinGone: input.comparison }),
    pins: input.pins,
    findings,
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
    ...(subject.kind === 'dump' && (subject.stale ?? subject.reading) !== undefined && { stale: true }),
    ...(banner && { banner }),
    status: snapshot === undefined ? 'no heap' : statusOf(snapshot),
  };
}

/** What the integrity walk found, then what is wrong with the region list. */
function findingsOf({ snapshot, explanations }: FrameInput): FindingRow[] {
  const found = (snapshot?.findings ?? []).map(({ severity, code, address, message }) => ({
    severity,
    code,
    address: address === undefined ? '' : hex(address),
    message,
  }));
  return [...found, ...(explanations?.listFindings() ?? [])];
}

function whatIfOf(rows: readonly WhatIf[], { subject, snapshot, map }: FrameInput): Frame['whatIf'] {
  const current = subject.kind === 'simulation' ? subject.simulation.input.allocator : (snapshot?.allocator ?? 'bbuddy');
  const view = buildWhatIf(rows, current, map, subject.release);
  return { ...view, markdown: whatIfMarkdown(view) };
}

function statusOf(snapshot: HeapSnapshot): string {
  const { free, largestFree } = snapshot.metrics;
  const partial = isPartial(snapshot);
  return `${snapshot.allocator} ${sumText(free, partial)} free · largest ${largestText(largestFree, partial)}`;
}

/** `7 of 42 blocks`, and the words that were not understood. */
function filterText({ count, snapshot, unknown }: Matches): string {
  const not = unknown.length === 0 ? '' : `; not understood: ${unknown.join(' ')}`;
  return `${countText(count)} of ${counted(snapshot.blocks.length, 'block')}${not}`;
}

function metricsOf(input: FrameInput, snapshot: HeapSnapshot): MetricsView {
  const { subject } = input;
  const simulation = subject.kind === 'simulation' ? subject.simulation : undefined;
  const partial = isPartial(snapshot);
  return buildMetrics({
    now: input.metrics ?? snapshot.metrics,
    before: input.before,
    series: simulation && seriesOf(simulation),
    history: input.history,
    operation: simulation === undefined ? 0 : currentOperation(simulation.cursor),
    partial,
  });
}

function regionOf(
  { map, snapshot, subject }: FrameInput,
  decisions: readonly Decision[],
  findings: readonly FindingRow[],
  making: ListNow | undefined,
  selection: string | undefined,
): RegionDetails | undefined {
  if (map === undefined || selection === undefined || snapshot?.blocks.holding(BigInt(selection)) !== undefined) return undefined;
  // While the list is being made it is another one, and nothing has become of any region.
  const list = making === undefined ? { map, decisions } : { map: { ...map, descriptors: making.after }, decisions: [] };
  return regionDetails({ ...list, release: subject.release, hasHeap: snapshot !== undefined, findings }, BigInt(selection));
}

function stripsOf(
  { subject, map, snapshot }: FrameInput,
  decisions: readonly Decision[],
  making: ListNow | undefined,
): Pick<Frame, 'strip' | 'stripBefore'> {
  if (making === undefined || map === undefined) return { strip: heapStrip(map, subject.release, decisions, snapshot) };
  const strip = (descriptors: RegionMap['descriptors'], changed: readonly number[]): StripView =>
    buildStrip({ ...map, descriptors }, subject.release, [], changed);
  return { strip: strip(making.after, making.changed), stripBefore: strip(making.before, making.removed) };
}
