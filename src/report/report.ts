// A report: one HTML file on one heap, for a bug tracker, a lecture or paper. It says what was simulated or decoded, what became of every
// region and why, how the heap is laid out, what it measures, every step, the kernel's log, what is wrong and why. Its size is bounded:
// what is left out is counted, and named where it can be had.

import { HeapView } from '../view/heap-view';
import type { Subject } from '../view/subject';
import { FIRST_VIEWPORT } from '../view/viewport';
import type { Carried } from '../view/viewport';
import { markup } from './escape';
import { explanationSection } from './section-explain';
import {
  blockSection,
  bookmarkSection,
  findingSection,
  listSection,
  mapSection,
  metricSection,
  ownSections,
} from './section-heap';
import { factsOf, ledgerSection, regionSection } from './section-regions';
import { logSection, stepSection, timelineSection } from './section-run';
import { pageOf, type Section } from './page';
import { tablesOf } from './tables';

/** Pixels of map that are drawn: what a person would scroll through. */
const MAP_HEIGHT = 2400;

/**
 * The report on a subject as it stands: a simulation at its cursor, a dump at its only moment. The same gives the same text.
 *
 * @param carried from the panel that it is made from
 */
export function htmlReport(subject: Subject, { colouring, ...marks }: Carried = { colouring: 'state' }): string {
  // A view of its own: the panel's looks elsewhere.
  const view = new HeapView(subject);
  view.look({
    ...FIRST_VIEWPORT,
    ...marks,
    map: { ...FIRST_VIEWPORT.map, height: MAP_HEIGHT, leastRow: 20, colouring },
    columns: 960,
  });
  const frame = view.frame();
  const tables = tablesOf(view);
  const run = subject.kind === 'simulation' ? subject.simulation : undefined;
  const found: (Section | undefined)[] = [
    regionSection(subject, frame.strip, tables),
    ledgerSection(tables),
    mapSection(frame, view.snapshot),
    bookmarkSection(frame.marked),
    listSection(frame.lists, view.snapshot),
    ...ownSections(frame, tables),
    metricSection(frame.metrics),
    blockSection(tables, view.snapshot),
    run && timelineSection(frame.timeline, run),
    run && stepSection(run),
    run && logSection(run),
    findingSection(tables, view.snapshot),
    run && explanationSection(run),
  ];
  const absence = frame.absence;
  const said =
    absence === undefined
      ? markup``
      : markup`<p class="said"><strong>${absence.title}</strong> ${absence.text} <code>${absence.line}</code></p>`;
  const head = markup`${factsOf(subject, view)}${said}`;
  return pageOf(
    `${frame.title} (${subject.title})`,
    head,
    found.filter((s) => s !== undefined),
  );
}
