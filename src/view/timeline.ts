// The timeline: used bytes and external fragmentation along the operations, a column a pixel, and a mark for each operation while
// there is room for one.

import type { MetricsHistory } from './history';
import { countText, percentText, sizeText } from './numbers';
import { currentOperation, cursorText, seriesOf } from './steps';
import type { Steppable } from './subject';

/** Marks are drawn while there are at most this many operations a pixel of width. */
const MARKS_PER_COLUMN = 1 / 3;

export interface TimelineMark {
  readonly operation: number;
  readonly kind: 'phase' | 'refused' | 'stopped' | 'mismatch';
  readonly text: string;
}

export interface TimelineView {
  readonly operations: number;
  /** Largest used bytes within each column, as a share of the largest of all; −1 where there is no heap. */
  readonly used: Float32Array;
  /** As `used`, what of it was asked for; empty for a run too long to be decoded after every operation. */
  readonly asked: Float32Array;
  /** External fragmentation at the end of each column, 0 … 1; −1 where nothing is free. */
  readonly fragmentation: Float32Array;
  readonly most: string;
  /** One digit an operation (`+` gives memory, `-` takes it back, `·` neither), or empty when there are too many. */
  readonly signs: string;
  readonly marks: readonly TimelineMark[];
  /** Operations in effect, the last one perhaps in part: place of the cursor, between 0 and `operations`. */
  readonly at: number;
  /** `Step 35 of 55, pfree 0x18a000`: the slider's value in words. */
  readonly spoken: string;
  readonly note: string;
}

export function buildTimeline(
  simulation: Steppable,
  columns: number,
  note: string,
  history: MetricsHistory | undefined,
): TimelineView {
  const { operationCount, cursor } = simulation;
  const series = seriesOf(simulation);
  const count = Math.max(1, Math.min(columns, operationCount));
  const used = new Float32Array(count).fill(-1);
  const asked = new Float32Array(history === undefined ? 0 : count);
  const fragmentation = new Float32Array(count).fill(-1);
  // Where every state was decoded, used is what its blocks hold; else what is no longer free, which counts lost memory as well.
  const usedAfter = (i: number) => (history === undefined ? series.used[i]! : (history[i]?.used ?? NaN));
  let most = 0;
  for (let i = 0; i < operationCount; i++) if (usedAfter(i) > most) most = usedAfter(i);
  for (let c = 0; c < count; c++) {
    const end = Math.floor(((c + 1) * operationCount) / count);
    for (let i = Math.floor((c * operationCount) / count); i < end; i++) {
      const u = usedAfter(i);
      if (!Number.isNaN(u)) used[c] = Math.max(used[c]!, most === 0 ? 0 : u / most);
      const slack = history?.[i]?.slack ?? 0;
      if (history !== undefined && !Number.isNaN(u) && most > 0) asked[c] = Math.max(asked[c]!, (u - Math.max(0, slack)) / most);
      if (series.free[i]! > 0) fragmentation[c] = 1 - series.largestFree[i]! / series.free[i]!;
    }
  }
  const part = cursor.step === 0 ? 0 : Math.min(1, cursor.step / simulation.info(cursor.operation).steps);
  const opened = currentOperation(cursor);
  const place = cursorText(simulation);
  return {
    operations: operationCount,
    used,
    asked,
    fragmentation,
    most: most === 0 ? '' : sizeText(most),
    signs: operationCount <= columns * MARKS_PER_COLUMN ? signsOf(simulation) : '',
    marks: marksOf(simulation),
    at: cursor.operation + part,
    spoken: `Step ${place.step} of ${countText(operationCount)}${opened < 0 ? '' : `, ${simulation.info(opened).title}`}`,
    note: fragmentationNote(simulation, opened, note),
  };
}

function signsOf(simulation: Steppable): string {
  const { used } = seriesOf(simulation);
  let signs = '';
  for (let i = 0; i < simulation.operationCount; i++) {
    const change = used[i]! - (i === 0 ? 0 : used[i - 1]!);
    const { kind } = simulation.info(i);
    signs += /^p?free$/.test(kind) || change < 0 ? '-' : change > 0 || /alloc|memalign/.test(kind) ? '+' : '·';
  }
  return signs;
}

/** Failures and borders of phases. At most 200: what is beyond stands in the list of steps. */
function marksOf(simulation: Steppable): TimelineMark[] {
  const marks: TimelineMark[] = [];
  if (simulation.bootEnd > 0 && simulation.bootEnd < simulation.operationCount)
    marks.push({ operation: simulation.bootEnd, kind: 'phase', text: 'workload' });
  if (simulation.operationCount > 20_000) return marks;
  for (let i = 0; i < simulation.operationCount && marks.length < 200; i++) {
    const info = simulation.info(i);
    if (info.mismatch !== undefined) marks.push({ operation: i, kind: 'mismatch', text: info.mismatch });
    else if (info.outcome !== 'done') marks.push({ operation: i, kind: info.outcome, text: `${info.title} ${info.outcome}` });
  }
  return marks;
}

function fragmentationNote(simulation: Steppable, opened: number, note: string): string {
  const { free, largestFree } = seriesOf(simulation);
  if (opened < 0 || !(free[opened]! > 0)) return '';
  return ['external fragm. ' + percentText(1 - largestFree[opened]! / free[opened]!), note].filter((t) => t !== '').join(', ');
}
