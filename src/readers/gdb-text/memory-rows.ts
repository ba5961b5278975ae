// Memory as a session shows it: rows of `x/160gx`, `x/320xw`, `x/160xb`, QEMU's `xp /8gx`, and MI's -data-read-memory(-bytes).
//
//   0x142290 <bi_bootinfo_sec+80>:	0x0000000000001000	0x0000000000001000
//   000000000017f000: 0x726f776f6c6c6568 0x2d756d65715f646c
//   23^done,memory=[{begin="0x0000000000142290",…,contents="0010000000…"}]

import { parseInteger } from '../../regions/text';

/** Bytes that follow each other in memory. */
export interface MemoryRows {
  readonly base: bigint;
  readonly bytes: Uint8Array;
  /** Where byte `i` was printed: [start, end) of its word in the cleaned text. */
  place(from: number, to: number): { start: number; end: number };
  /** How many words were printed. */
  readonly words: number;
  /** Of the whole. */
  readonly start: number;
  readonly end: number;
}

interface Word {
  readonly value: bigint;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Row {
  readonly address: bigint;
  readonly words: readonly Word[];
}

const ROW = /^[ \t]*(0x[0-9a-fA-F]{1,16}|[0-9a-f]{16})(?:[ \t]*<[^>\n]*>)?:[ \t]+(.*)$/;
const UNITS: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, g: 8 };

/** Every stretch of memory that the output of one command shows. */
export function memoryRowsIn(text: string, start: number, end: number, command: string): MemoryRows[] {
  const stretches: MemoryRows[] = [];
  let rows: Row[] = [];
  const flush = (): void => {
    if (rows.length > 0) stretches.push(...join(rows, command));
    rows = [];
  };
  for (let at = start; at < end;) {
    const newline = text.indexOf('\n', at);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    const row = readRow(text.slice(at, lineEnd), at);
    if (row !== undefined) rows.push(row);
    else {
      flush();
      if (text.startsWith('memory=[', text.indexOf(',', at) + 1)) stretches.push(...readRecord(text.slice(at, lineEnd), at));
    }
    at = lineEnd + 1;
  }
  flush();
  return stretches;
}

function readRow(line: string, at: number): Row | undefined {
  const found = ROW.exec(line);
  if (found === null) return undefined;
  const address = BigInt(found[1]!.startsWith('0x') ? found[1]! : '0x' + found[1]!);
  const words: Word[] = [];
  const from = line.length - found[2]!.length;
  for (const token of line.slice(from).matchAll(/\S+/g)) {
    const value = parseInteger(token[0]);
    if (value === undefined) return undefined;
    const start = at + from + token.index;
    words.push({ value, text: token[0], start, end: start + token[0].length });
  }
  return words.length > 0 ? { address, words } : undefined;
}

/** Rows to bytes. The unit is what rows are apart, else the digits of a padded word, else what the command says. */
function join(rows: readonly Row[], command: string): MemoryRows[] {
  const unit = unitByDistance(rows) ?? unitByDigits(rows) ?? UNITS[/\/\d*[a-z]*?([bhwg])/.exec(command)?.[1] ?? ''] ?? 8;
  const stretches: MemoryRows[] = [];
  let begin = 0;
  for (let i = 1; i <= rows.length; i++) {
    const before = rows[i - 1]!;
    if (i < rows.length && rows[i]!.address === before.address + BigInt(before.words.length * unit)) continue;
    const run = rows.slice(begin, i);
    stretches.push(
      stretch(
        run[0]!.address,
        run.flatMap((r) => r.words),
        unit,
      ),
    );
    begin = i;
  }
  return stretches;
}

function unitByDistance(rows: readonly Row[]): number | undefined {
  if (rows.length < 2) return undefined;
  const unit = Number(rows[1]!.address - rows[0]!.address) / rows[0]!.words.length;
  return Object.values(UNITS).includes(unit) ? unit : undefined;
}

function unitByDigits(rows: readonly Row[]): number | undefined {
  const word = rows[0]!.words[0]!.text;
  const unit = /^0x/.test(word) ? (word.length - 2) / 2 : 0;
  return Object.values(UNITS).includes(unit) ? unit : undefined;
}

function stretch(base: bigint, words: readonly Word[], unit: number): MemoryRows {
  const bytes = new Uint8Array(words.length * unit);
  for (const [i, word] of words.entries()) {
    let rest = BigInt.asUintN(8 * unit, word.value);
    for (let b = 0; b < unit; b++, rest >>= 8n) bytes[i * unit + b] = Number(rest & 0xffn);
  }
  return {
    base,
    bytes,
    place: (from, to) => ({ start: words[Math.floor(from / unit)]!.start, end: words[Math.floor((to - 1) / unit)]!.end }),
    words: words.length,
    start: words[0]!.start,
    end: words.at(-1)!.end,
  };
}

/** `memory=[{begin="0x…",…,contents="00ff…"},…]` and `memory=[{addr="0x…",data=["0x…",…]},…]` */
function readRecord(line: string, at: number): MemoryRows[] {
  const stretches: MemoryRows[] = [];
  for (const found of line.matchAll(/\{begin="(0x[0-9a-fA-F]{1,16})"[^{}]*?contents="((?:[0-9a-fA-F]{2})+)"/g)) {
    const start = at + found.index + found[0].length - 1 - found[2]!.length;
    const pairs = found[2]!.match(/../g)!;
    const words = pairs.map((text, i): Word => ({
      value: BigInt('0x' + text),
      text,
      start: start + 2 * i,
      end: start + 2 * i + 2,
    }));
    stretches.push(stretch(BigInt(found[1]!), words, 1));
  }
  const rows: Row[] = [];
  for (const found of line.matchAll(/\{addr="(0x[0-9a-fA-F]{1,16})",data=\[([^\]]*)\]/g)) {
    const from = at + found.index + found[0].length - 1 - found[2]!.length;
    const words = [...found[2]!.matchAll(/"([^"]*)"/g)].map((token): Word | undefined => {
      const value = parseInteger(token[1]!);
      const start = from + token.index + 1;
      return value === undefined ? undefined : { value, text: token[1]!, start, end: start + token[1]!.length };
    });
    if (words.length > 0 && words.every((w) => w !== undefined)) rows.push({ address: BigInt(found[1]!), words });
  }
  if (rows.length > 0) stretches.push(...join(rows, ''));
  return stretches;
}
