// The timeline: used bytes and external fragmentation along the operations, a column a pixel, and a mark for each operation while
// there is room for one.

import type { MetricsHistory } from './history';
import { counted, countText, percentText, sizeText } from '../numbers';
import { currentOperation, cursorText, seriesOf } from './steps';
import type { Steppable } from '../subject';

/** Marks are drawn while there are at most this many operations a pixel of width. */
const MARKS_PER_COLUMN = 1 / 3;

/** Marks of one kind. */
const MOST_MARKS = 200;

export interface TimelineMark {
  readonly operation: number;
  /** `phase` and `named` stand before the operation, the others on it. */
  readonly kind: 'phase' | 'named' | 'refused' | 'stopped' | 'mismatch' | 'finding';
  readonly text: string;
}

export interface TimelineView {
  readonly operations: number;
  /** Largest used bytes within each column, as a share of the largest of all; −1 where there is no heap, and where nothing tells. */
  readonly used: Float32Array;
  /** As `used`, what of it was asked for; empty for a run too long to be decoded after every operation. */
  readonly asked: Float32Array;
  /** Free bytes at the end of each column, as a share of the most that was free; −1 where there is no heap. */
  readonly free: Float32Array;
  /** External fragmentation at the end of each column, 0 … 1; −1 where nothing is free. */
  readonly fragmentation: Float32Array;
  readonly most: string;
  readonly mostFree: string;
  /** One digit an operation (`+` gives memory, `-` takes it back, `·` neither), or empty when there are too many. */
  readonly signs: string;
  readonly marks: readonly TimelineMark[];
  /** Operations in effect, the last one perhaps in part: place of the cursor, between 0 and `operations`. */
  readonly at: number;
  /** `Step 35 of 55, pfree 0x18a000`: the slider's value in words. */
  readonly spoken: string;
  readonly note: string;
  /** `figures after 512 of 40 000 operations`, where not all are known; the curves then keep what was known last. */
  readonly known: string;
}

export function buildTimeline(
  simulation: Steppable,
  columns: number,
  note: string,
  history: MetricsHistory | undefined,
): TimelineView {
  const { operationCount, cursor } = simulation;
  const part = cursor.step === 0 ? 0 : Math.min(1, cursor.step / simulation.info(cursor.operation).steps);
  const opened = currentOperation(cursor);
  const place = cursorText(simulation);
  return {
    operations: operationCount,
    ...stillPart(simulation, columns, history),
    at: cursor.operation + part,
    spoken: `Step ${place.step} of ${countText(operationCount)}${opened < 0 ? '' : `, ${simulation.info(opened).title}`}`,
    note: fragmentationNote(simulation, opened, note),
  };
}

type Curves = Pick<TimelineView, 'used' | 'asked' | 'free' | 'fragmentation' | 'most' | 'mostFree' | 'known'>;
type StillPart = Curves & Pick<TimelineView, 'signs' | 'marks'>;
const kept = new WeakMap<Steppable, { readonly columns: number; readonly part: StillPart }>();

/** What does not change while the cursor moves: made once for a width, because it costs by all operations. */
function stillPart(simulation: Steppable, columns: number, history: MetricsHistory | undefined): StillPart {
  const found = kept.get(simulation);
  if (found?.columns === columns) return found.part;
  const { operationCount } = simulation;
  const part: StillPart = {
    ...curves(simulation, Math.max(1, Math.min(columns, operationCount)), history),
    signs: operationCount <= columns * MARKS_PER_COLUMN ? signsOf(simulation) : '',
    marks: marksOf(simulation, history),
  };
  kept.set(simulation, { columns, part });
  return part;
}

function curves(simulation: Steppable, count: number, history: MetricsHistory | undefined): Curves {
  const { operationCount } = simulation;
  const series = seriesOf(simulation);
  const used = new Float32Array(count).fill(-1);
  const asked = new Float32Array(history === undefined ? 0 : count);
  const free = new Float32Array(count).fill(-1);
  const fragmentation = new Float32Array(count).fill(-1);
  // Where every state was decoded, used is what its blocks hold; else what is no longer free, which counts lost memory as well.
  const usedAfter = (i: number) => (history === undefined ? series.used(i) : (history[i]?.used ?? NaN));
  const slackAfter = (i: number) => Math.max(0, history?.[i]?.slack ?? 0);
  let [most, mostFree, known] = [0, 0, 0];
  for (let i = 0; i < operationCount; i++) {
    if (usedAfter(i) > most) most = usedAfter(i);
    if (series.free[i]! > mostFree) mostFree = series.free[i]!;
    if (!Number.isNaN(series.free[i]!)) known++;
  }
  const share = (bytes: number, of: number): number => (of === 0 ? 0 : bytes / of);
  for (let c = 0; c < count; c++) {
    // A column in which nothing tells keeps what was known last.
    for (const curve of [used, free, fragmentation]) if (c > 0) curve[c] = curve[c - 1]!;
    // Bytes of the column first, shares of them once: a column of a long run stands for thousands of operations.
    let [peak, peakAsked, last] = [-1, 0, -1];
    const end = Math.floor(((c + 1) * operationCount) / count);
    for (let i = Math.floor((c * operationCount) / count); i < end; i++) {
      const now = usedAfter(i);
      if (now > peak) peak = now;
      if (history !== undefined && now - slackAfter(i) > peakAsked) peakAsked = now - slackAfter(i);
      if (!Number.isNaN(series.free[i]!)) last = i;
    }
    if (peak >= 0) used[c] = share(peak, most);
    if (history !== undefined) asked[c] = share(peakAsked, most);
    if (last < 0) continue;
    free[c] = share(series.free[last]!, mostFree);
    fragmentation[c] = series.free[last]! > 0 ? 1 - series.largestFree[last]! / series.free[last]! : -1;
  }
  const text = (bytes: number): string => (bytes === 0 ? '' : sizeText(bytes));
  return { used, asked, free, fragmentation, most: text(most), mostFree: text(mostFree), known: knownText(simulation, known) };
}

/** Before there is a heap there is nothing to know. */
function knownText(simulation: Steppable, known: number): string {
  const { free } = seriesOf(simulation);
  const first = free.findIndex((f) => !Number.isNaN(f));
  if (first < 0 || known === free.length - first) return '';
  return `figures after ${countText(known)} of ${counted(free.length - first, 'operation')}`;
}

function signsOf(simulation: Steppable): string {
  const series = seriesOf(simulation);
  let signs = '';
  for (let i = 0; i < simulation.operationCount; i++) {
    const change = series.used(i) - (i === 0 ? 0 : series.used(i - 1));
    const { kind } = simulation.info(i);
    signs += /^p?free$/.test(kind) || change < 0 ? '-' : change > 0 || /alloc|memalign/.test(kind) ? '+' : '·';
  }
  return signs;
}

/** Borders of phases, what the workload names, failures and findings; of each kind at most 200, spread over the whole run. */
function marksOf(simulation: Steppable, history: MetricsHistory | undefined): TimelineMark[] {
  const marks: TimelineMark[] = [];
  if (simulation.bootEnd > 0 && simulation.bootEnd < simulation.operationCount)
    marks.push({ operation: simulation.bootEnd, kind: 'phase', text: 'workload' });
  for (const { operation, text } of spread(simulation.marks())) marks.push({ operation, kind: 'named', text });
  for (const operation of spread(simulation.mismatches())) {
    const info = simulation.info(operation);
    marks.push({ operation, kind: 'mismatch', text: `${info.title}: ${info.mismatch ?? ''}` });
  }
  for (const operation of spread(simulation.refusals())) {
    const { title, outcome } = simulation.info(operation);
    if (outcome !== 'done') marks.push({ operation, kind: outcome, text: `${title} ${outcome}` });
  }
  // Where findings were not there before.
  const appeared = (history ?? []).flatMap((now, i) => {
    const more = (now?.findings ?? 0) - (history?.[i - 1]?.findings ?? 0);
    return more > 0 ? [{ operation: i, text: counted(more, 'new finding') }] : [];
  });
  for (const { operation, text } of spread(appeared)) marks.push({ operation, kind: 'finding', text });
  return marks;
}

/** All of a list, or so many of a long one that they still tell where the others are. */
function spread<T>(all: readonly T[]): readonly T[] {
  if (all.length <= MOST_MARKS) return all;
  return Array.from({ length: MOST_MARKS }, (_, i) => all[Math.floor((i * all.length) / MOST_MARKS)]!);
}

function fragmentationNote(simulation: Steppable, opened: number, note: string): string {
  const { free, largestFree } = seriesOf(simulation);
  if (opened < 0 || !(free[opened]! > 0)) return '';
  return ['external fragm. ' + percentText(1 - largestFree[opened]! / free[opened]!), note].filter((t) => t !== '').join(', ');
}
