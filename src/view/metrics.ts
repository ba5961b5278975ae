// The figures of the heap: value now, change by the last operation, history over all operations.

import type { Metrics } from '../snapshot/snapshot';
import type { Series } from './subject';
import {
  bytesText,
  countDifference,
  countText,
  percentText,
  pointsText,
  sizeDifference,
  sizeText,
  spokenSize,
  UNKNOWN,
} from './numbers';

/** Points of a sparkline. */
const POINTS = 68;

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

/**
 * @param before figures before the last operation, where they are known
 * @param partial some lists could not be followed: sums are lower bounds
 */
export function buildMetrics(
  now: Metrics,
  before: Metrics | undefined,
  series: Series | undefined,
  operation: number,
  partial: boolean,
): MetricsView {
  const least = partial ? '≥ ' : '';
  const size = (bytes: number) => (bytes < 0 ? UNKNOWN : least + sizeText(bytes));
  const change = (of: (m: Metrics) => number, text: (n: number) => string) => {
    if (before === undefined || of(now) < 0 || of(before) < 0) return '';
    return text(of(now) - of(before));
  };
  const free = series && historyOf(series.free);
  const used = series && historyOf(series.used);
  const largest = series && historyOf(series.largestFree);
  const fragmentation = series && historyOf(series.free.map((f, i) => (f > 0 ? 1 - series.largestFree[i]! / f : NaN)));
  const row = (
    id: string,
    label: string,
    value: string,
    changed: string,
    formula: string,
    history?: History,
    text: (n: number) => string = spokenSize,
  ): MetricRow => ({
    id,
    label,
    value,
    change: changed,
    formula,
    history: history?.points ?? [],
    spoken: history === undefined ? value : `${value}, was between ${text(history.least)} and ${text(history.most)}`,
  });
  const pages = now.free >= 0 && now.free % 4096 === 0 ? ` (${countText(now.free / 4096)} pages)` : '';
  return {
    at: series === undefined || series.free.length < 2 ? 1 : Math.max(0, operation - 1) / (series.free.length - 1),
    note: initialFragmentation(series),
    rows: [
      row('free', 'Free', size(now.free), change((m) => m.free, sizeDifference), `bytes in free chunks${pages}`, free),
      row('used', 'Used', size(now.used), change((m) => m.used, sizeDifference), 'bytes in used blocks, headers and slack included', used),
      row('slack', 'of it slack', size(now.slack), change((m) => m.slack, sizeDifference), 'bytes of used blocks beyond what was asked for'),
      row('largest', 'Largest free chunk', partial ? UNKNOWN : size(now.largestFree), change((m) => m.largestFree, sizeDifference), 'bytes of the largest free chunk', largest),
      row('request', 'Largest malloc now', now.largestRequest < 0 || partial ? UNKNOWN : bytesText(now.largestRequest), change((m) => m.largestRequest, sizeDifference), 'the largest uk_malloc that succeeds now, headers and rounding included'),
      row('external', 'External fragm.', partial ? UNKNOWN : now.free === 0 ? '–' : percentText(now.externalFragmentation), change((m) => m.externalFragmentation, pointsText), `1 − largest free ÷ free = 1 − ${countText(now.largestFree)} ÷ ${countText(now.free)}`, fragmentation, percentText),
      row('internal', 'Internal fragm.', now.slack < 0 ? UNKNOWN : now.used === 0 ? '–' : percentText(now.internalFragmentation), change((m) => (m.slack < 0 ? -1 : m.internalFragmentation), pointsText), `slack ÷ used = ${countText(now.slack)} ÷ ${countText(now.used)}`),
      row('blocks', 'Blocks · free chunks', `${least}${countText(now.usedBlocks)} · ${countText(now.freeBlocks)}`, change((m) => m.freeBlocks, countDifference), 'used blocks · free chunks; the change is that of the free chunks'),
      row('overhead', 'Overhead', size(now.overhead), change((m) => m.overhead, sizeDifference), "the allocator's own structures"),
    ], // prettier-ignore
  };
}

interface History {
  readonly points: readonly number[];
  readonly least: number;
  readonly most: number;
}

/** A series as at most POINTS values between 0 and 1; NaN (no heap yet) is left out of the range and drawn at its first value. */
function historyOf(values: Float64Array): History | undefined {
  const known = values.filter((v) => !Number.isNaN(v));
  if (known.length < 2) return undefined;
  let least = Infinity;
  let most = -Infinity;
  for (const v of known) {
    if (v < least) least = v;
    if (v > most) most = v;
  }
  const count = Math.min(POINTS, values.length);
  let last = known[0]!;
  const points = Array.from({ length: count }, (_, i) => {
    const v = values[Math.round((i * (values.length - 1)) / (count - 1))]!;
    if (!Number.isNaN(v)) last = v;
    return most === least ? 0.5 : (last - least) / (most - least);
  });
  return { points, least, most };
}

/** External fragmentation of the heap when it was just made: geometry, not damage. */
function initialFragmentation(series: Series | undefined): string {
  if (series === undefined) return '';
  const first = series.used.findIndex((u, i) => u > 0 && series.free[i]! > 0);
  const before = first > 0 ? first - 1 : series.free.length - 1;
  const free = series.free[before]!;
  return free > 0 ? `was ${percentText(1 - series.largestFree[before]! / free)} before the first malloc` : '';
}
