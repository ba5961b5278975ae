// A table as CSV (RFC 4180): a heading, lines that end in CR LF, addresses as exact hex, sizes as exact decimal bytes.
//
// A spreadsheet runs a cell as a formula when its text begins with = + - or @ (or their full-width forms), even in a quoted field. Names in
// a dump are anyone's, so such a text gets an apostrophe in front, which spreadsheets take for "this is text".

import { hex } from '../memory/address';
import type { Cell, Column, Table } from './table';

const FORMULA = /^[\s\u0000-\u001f]*[=+\-@＝＋－＠]|^[\t\r\n]/;
const QUOTED = /[",\r\n]|^\s|\s$/;
/** Characters of a chunk: large enough to be written at once, small enough to be kept. */
const CHUNK = 65536;

/** The file in pieces, so that a table of a million rows is never one string. */
export function* csvChunks(table: Table): Generator<string> {
  let text = table.columns.map((c) => field(c.name)).join(',') + '\r\n';
  for (const row of table.rows()) {
    text += table.columns.map((column, i) => csvCell(row[i], column)).join(',') + '\r\n';
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** Empty for what is not known. */
export function csvCell(cell: Cell, column: Column): string {
  if (cell === undefined) return '';
  if (typeof cell === 'string') return field(FORMULA.test(cell) ? `'${cell}` : cell);
  return column.kind === 'address' ? hex(BigInt(cell)) : String(cell);
}

function field(text: string): string {
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
