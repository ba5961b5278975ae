// Descriptors printed by a `printf` of the user's own, usually in a loop. Its format and arguments stand in the session, so its
// rows can be read back: each conversion whose argument names a field gives that field.
//
//   >printf "%2d  %016lx %10lx t=%04x\n", $i, …mrds[$i].pbase, …mrds[$i].len, …mrds[$i].type
//    0  0000000000001000         18 t=0004

import { FIELD_NAMES, type FieldName } from '../../regions/descriptor';

export interface RowField {
  readonly name: FieldName | 'name';
  /** 0 for the name. */
  readonly value: bigint;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface PrintedRow {
  readonly fields: readonly RowField[];
  readonly start: number;
  readonly end: number;
}

/** A piece of a format: text that stands as it is, or a conversion and the field that it prints. */
type Piece = { readonly literal: string } | { readonly conversion: string; readonly field: FieldName | 'name' | undefined };

/** Rows in `[start, end)` of the cleaned text that one of the commands printed. */
export function printfRowsIn(text: string, start: number, end: number, commands: readonly string[]): PrintedRow[] {
  const formats = commands.map(formatOf).filter((f) => f !== undefined);
  const rows: PrintedRow[] = [];
  if (formats.length === 0) return rows;
  for (let at = start; at < end;) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    const line = text.slice(at, lineEnd);
    const row = formats.map((format) => readRow(line, at, format)).find((r) => r !== undefined);
    if (row !== undefined) rows.push(row);
    at = lineEnd + 1;
  }
  return rows;
}

/** `printf "format", argument, …` with at least a base and a length among its arguments; undefined for anything else. */
function formatOf(command: string): Piece[] | undefined {
  const found = /^printf\s+"((?:[^"\\]|\\.)*)"\s*,(.*)$/.exec(command);
  if (found === null) return undefined;
  const template = found[1]!.replace(/\\n$/, '').replace(/\\t/g, '\t').replace(/\\(.)/g, '$1');
  const fields = splitArguments(found[2]!).map(fieldOf);
  if (!fields.includes('len') || !(fields.includes('pbase') || fields.includes('base'))) return undefined;
  let argument = 0;
  return template.split(/(%[-+ #0]*\d*(?:\.\d+)?(?:hh?|ll?|z|j|t)?[diouxXpsc]|%%)/).map((piece, i): Piece => {
    if (i % 2 === 0 || piece === '%%') return { literal: piece === '%%' ? '%' : piece };
    return { conversion: piece.at(-1)!, field: fields[argument++] };
  });
}

/** At commas outside of brackets. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let i = 0; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++;
    if (')]}'.includes(text[i]!)) depth--;
    if (text[i] !== ',' || depth !== 0) continue;
    parts.push(text.slice(begin, i));
    begin = i + 1;
  }
  return [...parts, text.slice(begin)];
}

/** `…mrds[$i].pbase` → `pbase` */
function fieldOf(argument: string): FieldName | 'name' | undefined {
  const member = /(?:\.|->)\s*([A-Za-z_]\w*)\s*\)?\s*$/.exec(argument)?.[1];
  return [...FIELD_NAMES, 'name' as const].find((name) => name === member);
}

const TOKENS: Readonly<Record<string, RegExp>> = {
  d: /-?\d+/y,
  i: /-?\d+/y,
  u: /\d+/y,
  o: /[0-7]+/y,
  x: /(?:0x)?[0-9a-f]+/y,
  X: /(?:0X)?[0-9A-F]+/y,
  p: /0x[0-9a-f]+|\(nil\)/y,
  c: /./y,
};

/** As scanf would: blanks match any blanks, each conversion takes all that it can. */
function readRow(line: string, at: number, format: readonly Piece[]): PrintedRow | undefined {
  const fields: RowField[] = [];
  let i = 0;
  const skipBlanks = (): void => {
    while (line[i] === ' ' || line[i] === '\t') i++;
  };
  for (const [index, piece] of format.entries()) {
    if ('literal' in piece) {
      for (const c of piece.literal) {
        if (c === ' ' || c === '\t') skipBlanks();
        else if (line[i++] !== c) return undefined;
      }
      continue;
    }
    if (piece.conversion !== 's' && piece.conversion !== 'c') skipBlanks();
    const token =
      piece.conversion === 's' ? stringToken(line, i, format[index + 1]) : tokenAt(TOKENS[piece.conversion]!, line, i);
    if (token === undefined) return undefined;
    const { field, conversion } = piece;
    const value = field === 'name' ? 0n : numberOf(token, conversion);
    if (field !== undefined) fields.push({ name: field, value, text: token, start: at + i, end: at + i + token.length });
    i += token.length;
  }
  if (line.slice(i).trim() !== '') return undefined;
  return { fields, start: at + line.search(/\S/), end: at + line.trimEnd().length };
}

function tokenAt(pattern: RegExp, line: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0];
}

/** `%s` takes everything up to the text that follows it in the format. */
function stringToken(line: string, at: number, next: Piece | undefined): string | undefined {
  const until = next !== undefined && 'literal' in next ? next.literal : '';
  const end = until === '' ? line.length : line.indexOf(until, at);
  return end < 0 ? undefined : line.slice(at, end);
}

function numberOf(text: string, conversion: string): bigint {
  if (conversion === 's' || conversion === 'c' || text === '(nil)') return 0n;
  if (conversion === 'x' || conversion === 'X' || conversion === 'p') return BigInt('0x' + text.replace(/^0[xX]/, ''));
  return BigInt(conversion === 'o' ? '0o' + text : text);
}
