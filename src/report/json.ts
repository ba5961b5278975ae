// A table as JSON: an array of objects, keyed by column. Addresses are hex strings; sizes and counts numbers as long as a number holds
// them exactly, decimal strings beyond 2^53; what is not known is null.

import { hex } from '../memory/address';
import type { Cell, Column, Table } from './table';

const CHUNK = 65536;

/** The file in pieces, a row a line. */
export function* jsonChunks({ columns, rows }: Table): Generator<string> {
  let text = '[';
  let first = true;
  for (const row of rows()) {
    const named = Object.fromEntries(columns.map((c, i) => [c.name, jsonCell(row[i], c)]));
    text += `${first ? '' : ','}\n  ${JSON.stringify(named)}`;
    first = false;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  yield `${text}${first ? '' : '\n'}]\n`;
}

function jsonCell(cell: Cell, { kind }: Column): string | number | null {
  if (cell === undefined || typeof cell === 'string') return cell ?? null;
  if (kind === 'address') return hex(BigInt(cell));
  return typeof cell === 'number' ? cell : cell <= BigInt(Number.MAX_SAFE_INTEGER) && cell >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(cell) : String(cell); // prettier-ignore
}
