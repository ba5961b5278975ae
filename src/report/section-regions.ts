// What was simulated or decoded; the regions with what became of them; where every byte went.

import { countText, hex, rangeText, sizeText } from '../view/numbers';
import type { HeapView } from '../view/heap-view';
import { atBorder, cursorText, currentOperation } from '../view/time/steps';
import type { StripView } from '../view/strip';
import type { Subject } from '../view/subject';
import { VARIABLE_COLOURS } from './colours';
import { markup, type Markup } from './escape';
import { gridHtml, heading, rowHtml, sizeCell, tableHtml, textCell } from './html-table';
import type { Section } from './page';
import { stripSvg } from './svg';
import type { Table, TableId } from './table';

const MOST_REGIONS = 500;
type Headings = Readonly<Record<string, string>>;

/** Options of the build that are listed. */
const MOST_OPTIONS = 200;

export function tableNamed(tables: readonly Table[], id: TableId): Table | undefined {
  return tables.find((t) => t.id === id);
}

/** Source, build, place in time: the head of the report. */
export function factsOf(subject: Subject, view: HeapView): Markup {
  const { snapshot } = view;
  const facts: (readonly [string, string])[] = [['Source', `${subject.title} (${subject.source})`]];
  if (subject.kind === 'simulation') {
    const { input, outcome } = subject.simulation;
    facts.push(['What', `simulation of ukboot with ${input.allocator}`], ['Outcome', outcome.message], placeOf(subject));
  } else
    facts.push(['What', snapshot === undefined ? 'memory in which no heap was found' : `decoded heap of ${snapshot.allocator}`]);
  facts.push(['Unikraft', `${subject.release}, ${subject.arch}`]);
  if (snapshot !== undefined) {
    facts.push(['Allocator', `${snapshot.allocator}, profile ${snapshot.profile}, struct uk_alloc at ${hex(snapshot.heap)}`]);
    for (const a of snapshot.areas)
      facts.push(['Memory', `${rangeText(a.base, a.end)}, ${sizeText(a.end - a.base)}, by ${a.by}`]);
    if (snapshot.absent.length > 0)
      facts.push(['Not read', `${countText(snapshot.absent.length)} ranges are not in the memory read: figures marked ≥ are lower bounds, ? is not known`]); // prettier-ignore
  }
  for (const a of subject.assumptions ?? []) facts.push(['Assumed', a]);
  if (subject.kind === 'dump' && subject.stale !== undefined) facts.push(['Out of date', subject.stale]);
  return markup`<dl>${facts.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}${optionsOf(subject)}</dl>`;
}

function placeOf({ simulation }: Subject & { readonly kind: 'simulation' }): readonly [string, string] {
  const { step, of } = cursorText(simulation);
  const opened = currentOperation(simulation.cursor);
  const title = opened < 0 ? 'before the boot' : simulation.info(opened).title;
  return ['State shown', `${atBorder(simulation) ? 'after' : 'inside'} step ${step} of ${of}: ${title}`];
}

function optionsOf(subject: Subject): Markup {
  if (subject.kind !== 'simulation') return markup``;
  const options = Object.entries(subject.simulation.input.config);
  if (options.length === 0) return markup``;
  const shown = options.slice(0, MOST_OPTIONS).map(([name, value]) => `${name}=${value}`);
  const rest = options.length - shown.length;
  return markup`<dt>Configuration</dt><dd><code>${shown.join('  ')}</code>${rest > 0 ? ` and ${countText(rest)} more` : ''}</dd>`;
}

export function regionSection(subject: Subject, strip: StripView, tables: readonly Table[]): Section | undefined {
  const table = tableNamed(tables, 'regions');
  if (table === undefined) return undefined;
  const classic = strip.items.length > 0 && subjectIsClassic(table);
  const addresses: Headings = classic ? { base: 'Base' } : { type: 'Type', pbase: 'Physical', vbase: 'Virtual' };
  const decided: Headings = subject.kind === 'simulation' ? { decision: 'ukboot', reason: 'Why' } : {};
  const headings: Headings = { index: '#', name: 'Name', flags: 'Flags', ...addresses, len: 'Length', ...decided, problems: 'What is wrong' }; // prettier-ignore
  const note = markup`<p class="note">${strip.lines.join(' · ')}. Ends are exclusive. Decisions are those of the whole boot.</p>`;
  const body = markup`${stripSvg(strip, VARIABLE_COLOURS, 'strip')}${note}${tableHtml(table, { most: MOST_REGIONS, headings })}`;
  return { id: 'regions', title: 'Memory regions', body };
}

function subjectIsClassic(table: Table): boolean {
  const at = table.columns.findIndex((c) => c.name === 'base');
  for (const row of table.rows()) return row[at] !== undefined;
  return false;
}

export function ledgerSection(tables: readonly Table[]): Section | undefined {
  const table = tableNamed(tables, 'ledger');
  if (table === undefined) return undefined;
  const rows = [...table.rows()].map(([kind, meaning, bytes]) =>
    rowHtml([textCell(String(meaning)), sizeCell(bytes as bigint)], kind === 'total' ? 'sum' : ''),
  );
  const note = markup`<p class="note">Each byte of the region list is counted once, as of the end of the boot: the entries add up to the total.</p>`;
  return { id: 'ledger', title: table.title, body: markup`${note}${gridHtml([heading('What'), heading('Bytes', true)], rows)}` };
}
