// The run: its figures along time, its steps, what the kernel printed.

import { counted, countText, sizeDifference } from '../view/numbers';
import { recordedOf, recordedText } from '../view/time/recording';
import { seriesOf } from '../view/time/steps';
import type { Steppable } from '../view/subject';
import type { TimelineView } from '../view/time/timeline';
import { VARIABLE_COLOURS } from './colours';
import { markup, type Markup } from './escape';
import { gridHtml, heading, numberCell, rowHtml, textCell } from './html-table';
import type { Section } from './page';
import { TIMELINE_HEIGHT, TIMELINE_WIDTH, timelineDrawing } from './svg-timeline';

/** Of a long run, the steps at its beginning and at its end, and the refused ones between them. */
const FIRST_STEPS = 250;
const LAST_STEPS = 150;
const MOST_REFUSED = 100;
/** C-level steps are written as long as there are no more than these in all. */
const MOST_INNER = 800;
const MOST_LINES = 1000;

export function timelineSection(timeline: TimelineView | undefined, run: Steppable): Section | undefined {
  if (timeline === undefined || timeline.operations < 2) return undefined;
  const note = `Used bytes (filled, up to ${timeline.most}) and external fragmentation (line, 0 to 100 %) along ${counted(timeline.operations, 'step')}.`;
  const columns = timeline.used.length < run.operationCount ? ` A column is ${(run.operationCount / timeline.used.length).toFixed(1)} steps, and shows the largest of them.` : ''; // prettier-ignore
  return {
    id: 'timeline',
    title: 'Timeline',
    body: markup`<p class="note">${note}${columns} ${timeline.note}</p>${chart(timeline)}`,
  };
}

function chart(t: TimelineView): Markup {
  return markup`<svg viewBox="0 -4 ${TIMELINE_WIDTH} ${TIMELINE_HEIGHT}" role="img" aria-label="${t.spoken}" font-family="monospace">
${timelineDrawing(t, VARIABLE_COLOURS)}
</svg>`;
}

export function stepSection(run: Steppable): Section | undefined {
  const { operationCount } = run;
  if (operationCount === 0) return undefined;
  const shown = shownSteps(run);
  let inner = 0;
  for (const i of shown) if (inner <= MOST_INNER) inner += run.info(i).steps;
  const opened = inner <= MOST_INNER;
  const rows: Markup[] = [];
  let before = -1;
  for (const i of shown) {
    if (i > before + 1) rows.push(leftOut(i - before - 1));
    rows.push(stepRow(run, i));
    if (opened) rows.push(...run.steps(i).map((s) => innerRow(`${String(i + 1)}.${String(s.step)}`, s.text, `${s.fn}, ${s.file}`)));
    before = i;
  }
  const note = opened
    ? ''
    : 'The C-level steps of each are left out; all of them: --format csv --table c-steps, or Export Table in the panel. ';
  const all = shown.length === operationCount ? '' : `${counted(shown.length, 'step')} of ${countText(operationCount)} are written: the first ones, the last ones, and of those between the first that were refused or did not match their recording. All of them: --format csv --table steps. `; // prettier-ignore
  const head = [heading('Step', true), heading('Operation'), heading('Result'), heading('Used', true), heading('Caller, C function')]; // prettier-ignore
  return { id: 'steps', title: `Steps (${countText(operationCount)})`, body: markup`<p class="note">${all}${note}${recordedOf(run)}</p>${gridHtml(head, rows)}` };
} // prettier-ignore

function shownSteps(run: Steppable): number[] {
  const { operationCount } = run;
  if (operationCount <= FIRST_STEPS + LAST_STEPS) return Array.from({ length: operationCount }, (_, i) => i);
  const middle: number[] = [];
  for (let i = FIRST_STEPS; i < operationCount - LAST_STEPS && middle.length < MOST_REFUSED; i++) {
    const { outcome, mismatch } = run.info(i);
    if (outcome !== 'done' || mismatch !== undefined) middle.push(i);
  }
  const first = Array.from({ length: FIRST_STEPS }, (_, i) => i);
  const last = Array.from({ length: LAST_STEPS }, (_, i) => operationCount - LAST_STEPS + i);
  return [...first, ...middle, ...last];
}

function stepRow(run: Steppable, i: number): Markup {
  const o = run.info(i);
  const series = seriesOf(run);
  const change = i === 0 ? 0 : series.used(i) - series.used(i - 1);
  const changed = change === 0 || Number.isNaN(change) ? '' : sizeDifference(change);
  const result = [o.result, o.outcome === 'done' ? '' : o.outcome, recordedText(run, i)].filter((t) => t !== '').join(' · ');
  const cells = [
    numberCell(countText(i + 1)),
    textCell(o.title),
    textCell(result),
    numberCell(changed),
    textCell(o.caller ?? ''),
  ];
  return rowHtml(cells, o.outcome === 'done' && o.mismatch === undefined ? '' : 'bad');
}

function innerRow(number: string, what: string, where: string): Markup {
  return rowHtml([numberCell(number), textCell(what), textCell(''), textCell(''), textCell(where)], 'inner');
}

function leftOut(count: number): Markup {
  return markup`<tr class="inner"><td class="n">…</td><td colspan="4">${counted(count, 'step')} left out</td></tr>\n`;
}

export function logSection(run: Steppable): Section | undefined {
  const lines = run.lines();
  if (lines.length === 0) return undefined;
  const shown = lines.slice(0, MOST_LINES);
  const written = shown.map((l) => `${l.level.padEnd(5)} [${l.lib}] ${oneLine(l.text)}`).join('\n');
  const rest = lines.length - shown.length;
  const more = rest > 0 ? markup`<p class="rest">And ${countText(rest)} more lines; all of them: <code>--format csv --table log</code>.</p>` : markup``; // prettier-ignore
  const { cursor } = run;
  const later = lines.filter((l) => l.operation > cursor.operation || (l.operation === cursor.operation && l.step > cursor.step)).length; // prettier-ignore
  const note = later === 0 ? markup`` : markup`<p class="note">Of the whole run: the last ${counted(later, 'line')} come after the step shown.</p>`; // prettier-ignore
  return { id: 'log', title: `Kernel log (${counted(lines.length, 'line')})`, body: markup`${note}<pre>${written}</pre>${more}` };
}

/** A line of the log is one line here as well. */
function oneLine(line: string): string {
  return line.replace(/[\r\n]+$/, '').replace(/\r?\n/g, '⏎');
}
