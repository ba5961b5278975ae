// The figures of the heap: value now, change by the last operation, history over all operations.

import type { Metrics } from '../snapshot/snapshot';
import type { MetricsHistory } from './time/history';
import type { Series } from '../timeline/series';
import { lineOf, LineMaker } from './time/line';
import type { Line } from './time/line';
import {
  bytesText,
  countDifference,
  countText,
  percentText,
  pointsText,
  sizeDifference,
  sizeText,
  spokenSize,
  UNDEFINED,
  UNKNOWN,
} from './numbers';

export interface MetricRow {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly change: string;
  /** How the figure is computed. */
  readonly formula: string;
  /** Values along the timeline, scaled to 0 … 1; empty where no history is known. */
  readonly history: readonly number[];
  /** The history in words: `62.3 MiB, was between 62.2 and 62.9`. */
  readonly spoken: string;
}

export interface MetricsView {
  readonly rows: readonly MetricRow[];
  /** Place of the cursor along every history, 0 … 1. */
  readonly at: number;
  /** External fragmentation before the first allocation, beside which the figure now is to be read. */
  readonly note: string;
}

export interface MetricsInput {
  readonly now: Metrics;
  /** Before the last operation, where it is known. */
  readonly before: Metrics | undefined;
  readonly series: Series | undefined;
  readonly history: MetricsHistory | undefined;
  /** Index of the current operation; −1 before everything. */
  readonly operation: number;
  /** Some lists could not be followed: sums are lower bounds. */
  readonly partial: boolean;
}

export function buildMetrics(input: MetricsInput): MetricsView {
  const { series, operation } = input;
  const first = series === undefined ? 0 : beforeFirstUse(series);
  const length = (series?.free.length ?? 0) - first;
  return {
    at: length < 2 ? 1 : Math.max(0, operation - first) / (length - 1),
    note: initialFragmentation(series, first),
    rows: rowsOf(input, first),
  };
}

function rowsOf({ now, before, series, history, partial }: MetricsInput, first: number): MetricRow[] {
  const least = partial ? '≥ ' : '';
  const lines = history === undefined && series !== undefined ? linesOf(series, first) : undefined;
  const size = (bytes: number) => (bytes < 0 ? UNKNOWN : least + sizeText(bytes));
  const sizeOrUnknown = (bytes: number) => (partial ? UNKNOWN : size(bytes));
  const row = (
    id: string,
    label: string,
    of: (m: Metrics) => number,
    texts: RowTexts,
    formula: string,
    known?: keyof Lines,
  ): MetricRow => {
    const line =
      history === undefined
        ? known && lines?.[known]
        : lineOf(history.slice(first).map((m) => (m === undefined || of(m) < 0 ? NaN : of(m))));
    const change = before === undefined || of(now) < 0 || of(before) < 0 ? '' : texts.change(of(now) - of(before));
    const spoken =
      line === undefined ? texts.value : `${texts.value}, was between ${texts.spoken(line.least)} and ${texts.spoken(line.most)}`;
    return { id, label, value: texts.value, change, formula, history: line?.points ?? [], spoken };
  };
  const bytes = (value: string): RowTexts => ({ value, change: sizeDifference, spoken: spokenSize });
  const share = (value: string): RowTexts => ({ value, change: pointsText, spoken: percentText });
  const pages = now.free >= 0 && now.free % 4096 === 0 ? ` (${countText(now.free / 4096)} pages)` : '';
  const internal = (m: Metrics) => (m.slack < 0 ? -1 : m.internalFragmentation);
  const request = now.largestRequest < 0 || partial ? UNKNOWN : bytesText(now.largestRequest);
  const blocks = `${least}${countText(now.usedBlocks)} · ${countText(now.freeBlocks)}`;
  return [
    row('free', 'Free', (m) => m.free, bytes(size(now.free)), `bytes in free chunks${pages}`, 'free'),
    row('used', 'Used', (m) => m.used, bytes(size(now.used)), 'bytes in used blocks, headers and slack included', 'used'),
    row('slack', 'of it slack', (m) => m.slack, bytes(size(now.slack)), 'bytes of used blocks beyond what was asked for'),
    row('largest', 'Largest free chunk', (m) => m.largestFree, bytes(sizeOrUnknown(now.largestFree)), 'bytes of the largest free chunk', 'largest'),
    row('request', 'Largest malloc now', (m) => m.largestRequest, bytes(request), 'the largest uk_malloc that succeeds now, headers and rounding included'),
    row('external', 'External fragm.', (m) => m.externalFragmentation, share(partial ? UNKNOWN : now.free === 0 ? UNDEFINED : percentText(now.externalFragmentation)), `1 − largest free ÷ free = 1 − ${countText(now.largestFree)} ÷ ${countText(now.free)}`, 'external'),
    row('internal', 'Internal fragm.', internal, share(now.slack < 0 ? UNKNOWN : now.used === 0 ? UNDEFINED : percentText(now.internalFragmentation)), `slack ÷ used = ${countText(now.slack)} ÷ ${countText(now.used)}`),
    row('blocks', 'Blocks · free chunks', (m) => m.freeBlocks, { value: blocks, change: countDifference, spoken: countText }, 'used blocks · free chunks; change and history are those of the free chunks'),
    row('overhead', 'Overhead', (m) => m.overhead, bytes(size(now.overhead)), "the allocator's own structures"),
  ]; // prettier-ignore
}

/** How one figure is written, its change, and its extremes when they are spoken. */
interface RowTexts {
  readonly value: string;
  readonly change: (difference: number) => string;
  readonly spoken: (value: number) => string;
}

/** The lines of a run's own figures, of which free bytes and those in the largest free chunk are kept for every operation. */
type Lines = Readonly<Record<'free' | 'used' | 'largest' | 'external', Line | undefined>>;
const kept = new WeakMap<Series, { readonly first: number; readonly lines: Lines }>();

/** From operation `first` on: gone through once, not with every frame. */
function linesOf(series: Series, first: number): Lines {
  const found = kept.get(series);
  if (found?.first === first) return found.lines;
  const { free, largestFree } = series;
  const make = () => new LineMaker(free.length - first);
  const [freeLine, used, largest, external] = [make(), make(), make(), make()];
  for (let i = first; i < free.length; i++) {
    const now = free[i]!;
    freeLine.add(now);
    used.add(series.used(i));
    largest.add(largestFree[i]!);
    external.add(now > 0 ? 1 - largestFree[i]! / now : NaN);
  }
  const lines = { free: freeLine.line(), used: used.line(), largest: largest.line(), external: external.line() };
  kept.set(series, { first, lines });
  return lines;
}

const firsts = new WeakMap<Series, number>();

/** The operation after which the heap was complete and nothing was allocated yet: histories begin there. 0 when nothing ever is. */
function beforeFirstUse(series: Series): number {
  let first = firsts.get(series);
  if (first === undefined) {
    const { free } = series;
    // Where an allocator has no counters, a long run has no figures: this looks through all of it.
    first = Math.max(0, free.findIndex((f, i) => f > 0 && series.used(i) > 0) - 1);
    firsts.set(series, first);
  }
  return first;
}

/** External fragmentation of the heap when it was just made: geometry, not damage. */
function initialFragmentation(series: Series | undefined, first: number): string {
  const free = series?.free[first] ?? NaN;
  return free > 0 && first > 0 ? `was ${percentText(1 - series!.largestFree[first]! / free)} before the first malloc` : '';
}
