// A report: one HTML file that opens anywhere, without VS Code, network or script. Everything that came from a file is text in it.

import type { Frame } from '../view/frame';
import { HeapView } from '../view/heap-view';
import { escaped } from '../view/markup';
import { counted, countText } from '../view/numbers';
import type { Subject } from '../view/subject';
import { frameSvg } from '../view/svg';
import { FIRST_VIEWPORT } from '../view/viewport';
import { STYLE } from './style';
import { tableNamed } from './tables';
import type { Cell, Table, TableId } from './table';

/** Pixels of map in the picture: what a person would scroll through. What does not fit is told. */
const MAP_HEIGHT = 2400;

/** Rows of a table in the report; the rest is counted, and is whole in CSV and JSON. */
const MOST_ROWS = 2000;

/**
 * The report on a subject as it stands: for a simulation at its cursor, which is not moved.
 *
 * @param made what stands in its last line: the program and its version
 * @returns a complete HTML document
 */
export function reportHtml(subject: Subject, made = 'ukboot'): string {
  const view = new HeapView(subject);
  view.look({ ...FIRST_VIEWPORT, map: { ...FIRST_VIEWPORT.map, height: MAP_HEIGHT } });
  const frame = view.frame();
  const section = (id: TableId, folded = false) => tableSection(tableNamed(view, id), folded);
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8">',
    // Nothing is loaded and nothing runs, whatever stands in the data.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(`${subject.title}: ${frame.title}`)}</title>`,
    `<style>${STYLE}</style></head><body>`,
    heading(subject, frame),
    '<main>',
    absence(frame),
    findings(frame),
    metrics(frame),
    `<section><h2 id="picture">Memory and heap</h2>${mapNote(frame)}<figure>${frameSvg(frame)}</figure></section>`,
    section('regions'),
    lists(frame),
    section('steps'),
    currentStep(frame),
    section('log'),
    section('blocks', true),
    section('structs', true),
    '</main>',
    `<footer><p>Made by ${escaped(made)}. Sizes are bytes where no unit stands; ends of ranges are exclusive.</p></footer>`,
    '</body></html>',
    '',
  ].join('\n');
}

function heading(subject: Subject, frame: Frame): string {
  const chips = frame.chips.map((c) => `<li class="${c.kind}" title="${escaped(c.tooltip)}">${escaped(c.text)}</li>`);
  const moment = frame.moment && `Step ${frame.moment.step} of ${frame.moment.of} · ${frame.moment.stage}`;
  return `<header><h1>${escaped(frame.title)}</h1>
<p>${[subject.title, moment, frame.status].filter((t) => t !== undefined).map((t) => escaped(t)).join(' · ')}</p>
<ul class="chips">${chips.join('')}</ul></header>`; // prettier-ignore
}

function absence({ absence: why }: Frame): string {
  if (why === undefined) return '';
  return `<section class="absence"><h2>${escaped(why.title)}</h2><p>${escaped(why.text)} <code>${escaped(why.line)}</code></p></section>`;
}

function findings(frame: Frame): string {
  const signs = { error: '✗', warning: '⚠', info: 'ⓘ' } as const;
  const items = frame.findings.map(
    (f) =>
      `<li class="${f.severity}"><b>${signs[f.severity]} ${f.severity}</b> <code>${escaped(f.address)}</code> ${escaped(f.message)} <small>${escaped(f.code)}</small></li>`,
  );
  const text = items.length === 0 ? '<p>The integrity walk found nothing wrong.</p>' : `<ul>${items.join('\n')}</ul>`;
  return frame.map === undefined && items.length === 0 ? '' : `<section><h2 id="findings">Findings</h2>${text}</section>`;
}

function metrics({ metrics: view }: Frame): string {
  if (view === undefined) return '';
  const rows = view.rows.map(
    (r) =>
      `<tr><th scope="row">${escaped(r.label)}</th><td class="figures">${escaped(r.value)}</td><td class="figures">${escaped(r.change)}</td><td>${escaped(r.formula)}</td></tr>`,
  );
  const note = view.note === '' ? '' : `<p>External fragmentation ${escaped(view.note)}.</p>`;
  return `<section><h2 id="metrics">Metrics</h2><div class="wide"><table><thead><tr><th scope="col">Figure</th><th scope="col">Now</th><th scope="col">Last step</th><th scope="col">How it is computed</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>${note}</section>`;
}

/** What a cell of the picture is, and what of the map is not in it. */
function mapNote({ map }: Frame): string {
  if (map === undefined) return '';
  const missing = map.to < map.height ? ` The picture holds the first ${countText(Math.round((100 * map.to) / map.height))} % of the map's rows.` : ''; // prettier-ignore
  return `<p>${escaped(map.title)}. Solid: asked for. Hatched: lost inside a block. Hollow: free.${missing}</p>`;
}

function lists({ lists: view }: Frame): string {
  if (view === undefined) return '';
  const rows = view.rows.map((r) => {
    const members = r.members.map((m) => `<code>${escaped(m.address)}</code>`).join(' → ');
    const more = r.more === 0 ? '' : ` … and ${countText(r.more)} more`;
    const broken = r.broken === '' ? '' : ` <b class="error">✗ ${escaped(r.broken)}</b>`;
    return `<tr><th scope="row">${escaped(r.name)}</th><td class="figures">${escaped(r.memberSize)}</td><td class="figures">${countText(r.count)}</td><td class="figures">${escaped(r.bytes)}</td><td class="figures">${escaped(r.shareText)}</td><td>${members}${more}${broken}</td></tr>`;
  });
  const head = ['List', 'Size', 'Members', 'Bytes', 'Share', 'In list order'].map((h) => `<th scope="col">${h}</th>`).join('');
  return `<section><h2 id="lists">Free lists</h2><p>${escaped(view.title)}</p><div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div></section>`;
}

/** The operation at the cursor, opened to its C-level steps. */
function currentStep({ steps }: Frame): string {
  const rows = (steps?.rows ?? []).flatMap((r) =>
    r.kind === 'step' ? [`<li>${escaped(r.text)} <small><code>${escaped(r.fn)}()</code> ${escaped(r.file)}</small></li>`] : [],
  );
  return rows.length === 0 ? '' : `<section><h2>Steps of the last operation, in C</h2><ol>${rows.join('\n')}</ol></section>`;
}

function tableSection(table: Table, folded: boolean): string {
  if (table.count === 0) return '';
  const shown = Math.min(table.count, MOST_ROWS);
  const head = table.columns.map((c) => `<th scope="col">${escaped(c.title)}</th>`).join('');
  const rows: string[] = [];
  for (let i = 0; i < shown; i++) {
    const cells = table.row(i);
    rows.push(`<tr>${cells.map((c, n) => cellHtml(c, table.columns[n]!.figures === true)).join('')}</tr>`);
  }
  const rest = shown === table.count ? '' : `<p>${counted(table.count - shown, 'more row')} of ${countText(table.count)} left out here; the CSV and JSON exports hold all.</p>`; // prettier-ignore
  const body = `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>${rest}`;
  const title = `${escaped(table.title)} <small>${countText(table.count)}</small>`;
  return folded
    ? `<section><details><summary><h2 id="${table.id}">${title}</h2></summary>${body}</details></section>`
    : `<section><h2 id="${table.id}">${title}</h2>${body}</section>`;
}

/** What is not known or not there is a dash: never 0, and never empty. */
function cellHtml(cell: Cell, figures: boolean): string {
  if (typeof cell === 'number') return `<td class="figures">${escaped(countText(cell))}</td>`;
  if (cell === null) return `<td${figures ? ' class="figures"' : ''}>–</td>`;
  return /^0x[0-9a-f]+$/.test(cell) ? `<td><code>${cell}</code></td>` : `<td>${escaped(cell)}</td>`;
}
