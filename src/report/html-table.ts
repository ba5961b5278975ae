// A table in the report. What is too long is cut, and says how much is missing and where the whole is.

import { hex } from '../memory/address';
import { countText, sizeText } from '../regions/text';
import { Markup, markup } from './escape';
import type { Cell, Column, Table } from './table';

export interface Shown {
  /** Rows that are written at most. */
  readonly most: number;
  /** Headings for people, by column name; a column that is not named here is left out. */
  readonly headings: Readonly<Record<string, string>>;
}

/** The first rows of a table, and a line on the rest. */
export function tableHtml(table: Table, { most, headings }: Shown): Markup {
  const shown = table.columns.flatMap((column, i) => (headings[column.name] === undefined ? [] : [{ column, i }]));
  const rows: Markup[] = [];
  let count = 0;
  for (const row of table.rows()) {
    if (count < most) rows.push(rowHtml(shown.map(({ i, column }) => cellHtml(row[i], column))));
    else if (table.count !== undefined) break;
    count++;
  }
  const head = shown.map(({ column }) => markup`<th scope="col"${alignment(column)}>${headings[column.name]!}</th>`);
  return markup`${gridHtml(head, rows)}${restHtml(table, rows.length, table.count ?? count)}`;
}

/** A table whose cells are made already. */
export function gridHtml(head: readonly Markup[], rows: readonly Markup[]): Markup {
  return markup`<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

export function rowHtml(cells: readonly Markup[], kind = ''): Markup {
  return kind === '' ? markup`<tr>${cells}</tr>\n` : markup`<tr class="${kind}">${cells}</tr>\n`;
}

export function textCell(text: string): Markup {
  return markup`<td>${text}</td>`;
}

export function numberCell(text: string): Markup {
  return markup`<td class="n">${text}</td>`;
}

export function heading(text: string, number = false): Markup {
  return number ? markup`<th scope="col" class="n">${text}</th>` : markup`<th scope="col">${text}</th>`;
}

function restHtml(table: Table, shown: number, count: number): Markup {
  if (count <= shown) return markup``;
  return markup`<p class="rest">The first ${countText(shown)} of ${countText(count)} rows; all of them: <code>--format csv --table ${table.id}</code>, or Export Table in the panel.</p>`;
}

function alignment({ kind }: Column): Markup {
  return kind === 'number' || kind === 'bytes' ? markup` class="n"` : markup``;
}

function cellHtml(cell: Cell, { kind }: Column): Markup {
  if (cell === undefined) return markup`<td></td>`;
  if (typeof cell === 'string') return textCell(cell);
  switch (kind) {
    case 'address':
      return markup`<td><code>${hex(BigInt(cell))}</code></td>`;
    case 'bytes':
      return sizeCell(cell);
    case 'number':
    case 'text':
      return numberCell(Number.isInteger(cell) || typeof cell === 'bigint' ? countText(cell) : String(cell));
  }
}

/** `62.4 MiB`, and the exact bytes where that is rounded. */
export function sizeCell(bytes: number | bigint): Markup {
  const exact = isWhole(BigInt(bytes)) ? markup`` : markup` <small>${countText(bytes)}</small>`;
  return markup`<td class="n">${sizeText(bytes)}${exact}</td>`;
}

/** Is a size a whole number of the unit that it is written in? */
function isWhole(bytes: bigint): boolean {
  let unit = 1n;
  while (bytes >= unit << 10n) unit <<= 10n;
  return bytes % unit === 0n;
}
