// The heap: map, free lists, the allocator's own tables, figures, blocks, findings.

import type { Frame } from '../view/frame/frame';
import type { ListsView } from '../view/lists';
import type { MapView } from '../view/map/map';
import type { MarkedView } from '../view/search/marked';
import type { MetricRow, MetricsView } from '../view/metrics';
import { counted, countText, hex, sizeText } from '../view/numbers';
import type { Colouring } from '../view/viewport';
import { BLOCK_STATES } from '../snapshot/blocks';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { VARIABLE_COLOURS } from './colours';
import { markup, type Markup } from './escape';
import { gridHtml, heading, numberCell, rowHtml, sizeCell, tableHtml, textCell } from './html-table';
import type { Section } from './page';
import { tableNamed } from './section-regions';
import { mapSvg } from './svg';
import { shadeKey, shadeNumber } from './svg-legend';
import type { Table, TableId } from './table';

const MOST_BLOCKS = 500;
const MOST_OWN_ROWS = 300;
const MOST_FINDINGS = 1000;
/** Lists, and members of each, that are written. */
const MOST_LISTS = 200;

export function mapSection({ map, marked }: Frame, snapshot: HeapSnapshot | undefined): Section | undefined {
  if (map === undefined || snapshot === undefined) return undefined;
  const aggregated = map.items.some((i) => i.kind === 'row' && i.aggregated);
  const cell = sizeText(map.cellBytes);
  const scale = aggregated
    ? `Aggregated: each cell stands for ${cell} and shows the shares of it that were asked for, slack, the allocator's own and free; ${counted(snapshot.blocks.length, 'block')} in all.`
    : `Every one of the ${counted(snapshot.blocks.length, 'block')} is drawn to scale; ${cell} a cell, ${sizeText(map.rowBytes)} a row. What is uniform is folded, with its length at the left.`;
  const left = map.height - map.to;
  const rest = left <= 0 ? '' : `The map goes on for about ${countText(Math.ceil(left / (map.cellHeight + 2)))} more rows, which are not drawn.`; // prettier-ignore
  const note = markup`<p class="note">${map.title}. ${scale} ${rest}</p>`;
  return { id: 'map', title: 'Map of the heap', body: markup`${note}${mapSvg(map, VARIABLE_COLOURS, 'map', marked?.bookmarks)}${colourTable(map, aggregated)}` }; // prettier-ignore
}

/** What the user has marked, with the letters that stand in the map. */
export function bookmarkSection(marked: MarkedView | undefined): Section | undefined {
  if (marked === undefined || marked.bookmarks.length === 0) return undefined;
  const rows = marked.bookmarks.map((b) => rowHtml([textCell(b.letter), textCell(b.label), markup`<td><code>${b.address}</code></td>`, textCell(b.text)])); // prettier-ignore
  const head = [heading('Mark'), heading('Name'), heading('Address'), heading('What is there now')];
  return { id: 'bookmarks', title: `Bookmarks (${countText(marked.bookmarks.length)})`, body: gridHtml(head, rows) };
}

const COLOURED: Readonly<Record<Exclude<Colouring, 'state'>, string>> = {
  class: 'Colours by size',
  age: 'Colours by age',
  owner: 'Colours by owner',
};

/** What the colours and the numbers in the blocks mean, with what is of each. */
function colourTable(map: MapView, aggregated: boolean): Markup {
  if (map.colouring === 'state') return markup``;
  if (map.legendNote !== '') return markup`<p class="note">${map.legendNote} Blocks keep the colours of their states.</p>`;
  const where = aggregated
    ? 'A cell has the colour of most of what is used in it; its number stands where several cells of one colour begin.'
    : 'A block has the number of its colour where there is room for it.';
  const rows = map.legend.map((entry) => {
    const key = markup`<svg class="key" width="13" height="12" viewBox="0 0 13 12" role="img" aria-label="${shadeNumber(entry)}">${shadeKey(entry, VARIABLE_COLOURS, 0, 0)}</svg>`;
    return rowHtml([markup`<td>${key}</td>`, textCell(entry.text), textCell(entry.amount)]);
  });
  const name = COLOURED[map.colouring];
  return markup`<h3>${name}</h3><p class="note">${where} What is solid was asked for, hatched is slack, hollow is free.</p>${gridHtml([heading('Colour'), heading('Stands for'), heading('All of it')], rows)}`;
}

export function listSection(lists: ListsView | undefined, snapshot: HeapSnapshot | undefined): Section | undefined {
  if (lists === undefined || snapshot === undefined || snapshot.lists.length === 0) return undefined;
  const rows = lists.rows.slice(0, MOST_LISTS).map((l) => {
    const members = l.members.map((m) => m.address).join(' → ');
    const more = l.more > 0 ? ` → … ${countText(l.more)} more` : '';
    const broken = l.broken === '' ? markup`` : markup` <strong>✗ ${l.broken}</strong>`;
    const cells = [textCell(l.name), markup`<td><code>${l.symbol}</code></td>`, textCell(l.memberSize), numberCell(countText(l.count)), numberCell(l.bytes), numberCell(l.shareText)]; // prettier-ignore
    return rowHtml([...cells, markup`<td><code>${members}${more}</code>${broken}</td>`], l.broken === '' ? '' : 'bad');
  });
  const head = [heading('List'), heading('Symbol'), heading('Members of'), heading('Count', true), heading('Bytes', true), heading('Of free', true), heading('In the order of their own links')]; // prettier-ignore
  const left = lists.rows.length - rows.length;
  const rest = left > 0 ? markup`<p class="rest">And ${countText(left)} more lists; all of them: <code>--format csv --table lists</code>.</p>` : markup``; // prettier-ignore
  return {
    id: 'lists',
    title: 'Free lists',
    body: markup`<p class="note">${lists.title}</p>${gridHtml(head, rows)}${rest}`,
  };
}

const OWN: readonly TableId[] = ['tlsf-lists', 'tinyalloc-descriptors', 'region-pointer', 'mimalloc-segments', 'mimalloc-pages', 'mimalloc-queues', 'mimalloc-lost', 'oscar-objects', 'oscar-shadow', 'oscar-page-tables']; // prettier-ignore

/** What only this allocator has, a section a table. */
export function ownSections({ own }: Frame, tables: readonly Table[]): Section[] {
  return tables
    .filter((t) => OWN.includes(t.id))
    .map((table, i) => {
      const headings = Object.fromEntries(table.columns.map((c) => [c.name, c.name.replaceAll('_', ' ')]));
      const note = i === 0 && own !== undefined ? markup`<p class="note">${own.title}</p>` : markup``;
      return { id: table.id, title: table.title, body: markup`${note}${tableHtml(table, { most: MOST_OWN_ROWS, headings })}` };
    });
}

export function metricSection(metrics: MetricsView | undefined): Section | undefined {
  if (metrics === undefined) return undefined;
  const rows = metrics.rows.map((m) =>
    rowHtml([
      textCell(m.label),
      numberCell(m.value),
      numberCell(m.change),
      markup`<td>${sparkline(m)}</td>`,
      textCell(m.formula),
    ]),
  );
  const head = [heading('Figure'), heading('Value', true), heading('Last step', true), heading('Over the steps'), heading('How it is computed')]; // prettier-ignore
  const note = metrics.note === '' ? markup`` : markup`<p class="note">External fragmentation ${metrics.note}.</p>`;
  return { id: 'metrics', title: 'Metrics', body: markup`${note}${gridHtml(head, rows)}` };
}

function sparkline({ history, spoken }: MetricRow): Markup {
  if (history.length < 2) return markup``;
  const points = history.map((v, i) => `${((i * 100) / (history.length - 1)).toFixed(1)},${(15 - v * 14).toFixed(1)}`);
  return markup`<svg width="100" height="16" viewBox="0 0 100 16" role="img" aria-label="${spoken}"><polyline points="${points.join(' ')}" fill="none" stroke="${VARIABLE_COLOURS.used}"/></svg>`;
}

export function blockSection(tables: readonly Table[], snapshot: HeapSnapshot | undefined): Section | undefined {
  const table = tableNamed(tables, 'blocks');
  if (table === undefined || snapshot === undefined) return undefined;
  const headings = { address: 'Address', end: 'End', size: 'Size', state: 'State', class: 'Class', asked: 'Asked for', slack: 'Slack', owner: 'Given to' }; // prettier-ignore
  return {
    id: 'blocks',
    title: 'Blocks',
    body: markup`${sumsHtml(snapshot)}<h3>In the order of their addresses</h3>${tableHtml(table, { most: MOST_BLOCKS, headings })}`,
  };
}

/** Every block is in these sums, however many of them are listed. */
function sumsHtml({ blocks }: HeapSnapshot): Markup {
  const sums = new Map<string, { state: string; sizeClass: number; count: number; bytes: number }>();
  let bytes = 0;
  for (let i = 0; i < blocks.length; i++) {
    const [state, sizeClass] = [blocks.state(i), blocks.sizeClass(i)];
    const key = `${state} ${String(sizeClass)}`;
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = { state, sizeClass, count: 0, bytes: 0 }));
    sum.count++;
    sum.bytes += blocks.size(i);
    bytes += blocks.size(i);
  }
  const order = (state: string): number => BLOCK_STATES.findIndex((s) => s === state);
  const rows = [...sums.values()]
    .sort((a, b) => order(a.state) - order(b.state) || a.sizeClass - b.sizeClass)
    .map((s) => rowHtml([textCell(s.state), numberCell(s.sizeClass < 0 ? '' : String(s.sizeClass)), numberCell(countText(s.count)), sizeCell(s.bytes)])); // prettier-ignore
  const total = rowHtml([textCell('all'), numberCell(''), numberCell(countText(blocks.length)), sizeCell(bytes)], 'sum');
  const head = [heading('State'), heading('Order or class', true), heading('Blocks', true), heading('Bytes', true)];
  return gridHtml(head, [...rows, total]);
}

export function findingSection(tables: readonly Table[], snapshot: HeapSnapshot | undefined): Section | undefined {
  const table = tableNamed(tables, 'findings');
  if (table === undefined || snapshot === undefined) return undefined;
  const { findings } = snapshot;
  if (findings.length === 0)
    return { id: 'findings', title: 'Findings', body: markup`<p>None: the walk found the heap intact.</p>` };
  const rows = findings.slice(0, MOST_FINDINGS).map((f) => {
    const address = f.address === undefined ? '' : hex(f.address);
    const cells = [textCell(f.severity), markup`<td><code>${f.code}</code></td>`, markup`<td><code>${address}</code></td>`, textCell(f.message)]; // prettier-ignore
    return rowHtml(cells, f.severity === 'error' ? 'bad' : '');
  });
  const left = findings.length - rows.length;
  const rest = left > 0 ? markup`<p class="rest">And ${countText(left)} more.</p>` : markup``;
  const head = [heading('Severity'), heading('Code'), heading('Address'), heading('What was found')];
  return { id: 'findings', title: `Findings (${countText(findings.length)})`, body: markup`${gridHtml(head, rows)}${rest}` };
}
