// A GDB session as it stands in a file, brought to what a person saw: without colours, carriage returns, prompts' control codes
// and the wrapping of GDB/MI records. Every character keeps its place in the source, so that ranges point into the file.
//
//   ESC[34m0x12000ESC[m           → 0x12000                       terminal colours
//   ~"$1 = {{\n"                  → $1 = {{                       MI console stream
//   12^done,value="{magic = …"    → {magic = …                    MI result; marked as a value
//   >>> 12-data-evaluate-expression "x"    → marked as a command  what was sent; also without `>>> `, and VS Code's `-exec x`
//   (gdb) print x                 → marked as a command

import type { TextRange } from '../../regions/problem';

/** Something known about a place of the cleaned text. */
export interface Mark {
  /** `command`: a command, from `start` to `end`. `more`: a line typed at a `>` prompt. `value`: an MI value. `record`: another MI result. */
  readonly kind: 'command' | 'more' | 'value' | 'record';
  readonly start: number;
  readonly end: number;
  /** The command as it would be typed at GDB's prompt. */
  readonly command: string;
}

/** The cleaned text with the way back to its source. */
export class Screen {
  readonly text: string;
  readonly marks: readonly Mark[];
  private readonly runs: readonly Run[];
  private readonly lineStarts: readonly number[];

  constructor(text: string, marks: readonly Mark[], runs: readonly Run[], lineStarts: readonly number[]) {
    this.text = text;
    this.marks = marks;
    this.runs = runs;
    this.lineStarts = lineStarts;
  }

  /** Where `[start, end)` of the cleaned text stands in the source. */
  range(start: number, end: number): TextRange {
    const from = this.place(this.sourceOffset(start));
    const to = this.place(end > start ? this.sourceOffset(end - 1) + 1 : this.sourceOffset(start));
    return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }

  private sourceOffset(offset: number): number {
    const run = this.runs[lastAtOrBelow(this.runs.length, (i) => this.runs[i]!.clean <= offset)];
    return run === undefined ? offset : run.source + Math.min(offset - run.clean, run.length);
  }

  private place(source: number): { line: number; column: number } {
    const line = Math.max(
      0,
      lastAtOrBelow(this.lineStarts.length, (i) => this.lineStarts[i]! <= source),
    );
    return { line, column: source - this.lineStarts[line]! };
  }
}

/** `length` characters that stand in a row in both texts. */
interface Run {
  readonly clean: number;
  readonly source: number;
  readonly length: number;
}

/** Index of the last entry for which `holds` is true; they are true up to some index and false after it. −1: none. */
function lastAtOrBelow(length: number, holds: (i: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** A piece of the source: its characters, and where each stands (consecutive from `base` when `places` is absent). */
interface Piece {
  readonly text: string;
  readonly base: number;
  readonly places?: readonly number[];
}

function part(piece: Piece, from: number, to = piece.text.length): Piece {
  const places = piece.places?.slice(from, to);
  return { text: piece.text.slice(from, to), base: piece.base + from, ...(places && { places }) };
}

const PROMPT = /^\s*(?:\(gdb\)|\([a-z0-9_-]*gdb[a-z0-9_-]*\)|gdb-peda\$|gef[>➤]|pwndbg>) ?/;
const STREAM = /^\d*([~@&])"/;
const VALUE = /^\d*\^done,value="/;
const RECORD = /^\d*\^[a-z]+/;
const ASYNC = /^\d*[*=+][a-z][a-z-]*(?:,|$)/;
const SENT = /^(?:>>> ?|-exec |(?=\d+-[a-z]))(.*)$/;
const MORE = /^\s*>+(?!>>)(?=\S)(.*)$/;
/** VS Code's C++ extension logs MI like this: `1: (1039) ->1012^done,value="…"`. */
const ENGINE_LOG = /^(?:\d+: )?\(\d+\) (?:->|<-)/;

/** Cleans a session. Linear in its length. */
export function screenOf(source: string): Screen {
  const builder = new Builder(source);
  const lineStarts = builder.lineStarts;
  for (let start = 0; start <= source.length;) {
    const newline = source.indexOf('\n', start);
    const end = newline < 0 ? source.length : newline;
    lineStarts.push(start);
    builder.line(withoutControls(source, start, end), newline < 0 ? undefined : newline);
    start = end + 1;
  }
  return builder.screen();
}

class Builder {
  readonly lineStarts: number[] = [];
  private readonly source: string;
  private readonly parts: string[] = [];
  private readonly runs: Run[] = [];
  private readonly marks: Mark[] = [];
  private length = 0;
  private atLineStart = true;

  constructor(source: string) {
    this.source = source;
  }

  screen(): Screen {
    return new Screen(this.parts.join(''), this.marks, this.runs, this.lineStarts);
  }

  /** @param newline where the line's newline stands; absent at the end of the text */
  line(whole: Piece, newline: number | undefined): void {
    let piece = part(whole, ENGINE_LOG.exec(whole.text)?.[0].length ?? 0);
    const { text } = piece;
    if (ASYNC.test(text)) return;
    const stream = STREAM.exec(text);
    if (stream !== null) {
      this.append(unescaped(part(piece, stream[0].length)));
      return;
    }
    if (!this.atLineStart) this.newline(piece.base);
    const value = VALUE.exec(text);
    if (value !== null) {
      const start = this.length;
      this.append(unescaped(part(piece, value[0].length)));
      this.mark('value', start, '');
    } else if (RECORD.test(text)) {
      const start = this.length;
      this.append(piece);
      this.mark('record', start, '');
    } else {
      for (let prompt = PROMPT.exec(piece.text); prompt !== null; prompt = PROMPT.exec(piece.text)) {
        piece = part(piece, prompt[0].length);
        if (PROMPT.exec(piece.text) === null) this.command(piece, 'command', piece.text);
      }
      const sent = piece.text === text ? SENT.exec(text) : null;
      const more = piece.text === text ? MORE.exec(text) : null;
      if (sent !== null) this.command(piece, 'command', typedCommand(sent[1]!));
      else if (more !== null) this.command(piece, 'more', more[1]!);
      else if (piece.text === text) this.append(piece);
    }
    this.newline(newline ?? this.source.length);
  }

  private command(piece: Piece, kind: 'command' | 'more', command: string): void {
    const start = this.length;
    this.append(piece);
    this.mark(kind, start, command.trim());
  }

  private mark(kind: Mark['kind'], start: number, command: string): void {
    this.marks.push({ kind, start, end: this.length, command });
  }

  private newline(at: number): void {
    this.append({ text: '\n', base: at });
  }

  private append({ text, base, places }: Piece): void {
    if (text.length === 0) return;
    this.parts.push(text);
    let from = 0;
    for (let i = 1; i <= text.length; i++) {
      if (places === undefined) i = text.length;
      else if (i < text.length && places[i] === places[i - 1]! + 1) continue;
      this.runs.push({ clean: this.length + from, source: places?.[from] ?? base, length: i - from });
      from = i;
    }
    this.length += text.length;
    this.atLineStart = text.endsWith('\n');
  }
}

/** What an MI command means at GDB's prompt: `-data-evaluate-expression "x"` and `-interpreter-exec console "print x"` print x. */
function typedCommand(sent: string): string {
  const command = sent.replace(/^\d+(?=-)/, '');
  const evaluate = /^-data-evaluate-expression\s+(.*)$/.exec(command);
  if (evaluate !== null) return 'print ' + unquoted(evaluate[1]!);
  const console = /^-interpreter-exec\s+console\s+(.*)$/.exec(command);
  return console !== null ? unquoted(console[1]!) : command;
}

function unquoted(text: string): string {
  return text.startsWith('"') ? unescaped({ text: text.slice(1), base: 0 }).text : text;
}

/** Characters below space, but for tab and newline, and DEL. */
const CONTROL = new RegExp('[\\u0000-\\u0008\\u000b-\\u001f\\u007f]');

/** One line without terminal control: escape sequences, carriage returns; a backspace takes the character before it. */
function withoutControls(source: string, start: number, end: number): Piece {
  const line = source.slice(start, end);
  if (!CONTROL.test(line)) return { text: line, base: start };
  const kept: string[] = [];
  const places: number[] = [];
  for (let i = 0; i < line.length;) {
    const c = line[i]!;
    if (c === '\x1b') {
      i += escapeLength(line, i);
      continue;
    }
    if (c === '\b') {
      kept.pop();
      places.pop();
    } else if (!CONTROL.test(c)) {
      kept.push(c);
      places.push(start + i);
    }
    i++;
  }
  return { text: kept.join(''), base: places[0] ?? start, places };
}

const CSI = /\x1b\[[0-?]*[ -/]*[@-~]/y;
const OSC = /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/y;

function escapeLength(line: string, at: number): number {
  for (const pattern of [CSI, OSC]) {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found !== null) return found[0].length;
  }
  return 2;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '', e: '', b: '', f: '', v: '', a: '' };

/** The text of a C string as MI writes it, up to its closing quote. */
function unescaped(piece: Piece): Piece {
  const { text } = piece;
  const kept: string[] = [];
  const places: number[] = [];
  const keep = (c: string, i: number): void => {
    if (c === '') return;
    kept.push(c);
    places.push(piece.places?.[i] ?? piece.base + i);
  };
  for (let i = 0; i < text.length && text[i] !== '"'; i++) {
    if (text[i] !== '\\') {
      keep(text[i]!, i);
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(i + 1, i + 4))?.[0];
    const c = text[i + 1] ?? '';
    if (octal !== undefined) keep(printable(Number.parseInt(octal, 8)), i);
    else keep(ESCAPES[c] ?? c, i);
    i += octal?.length ?? 1;
  }
  return { text: kept.join(''), base: places[0] ?? piece.base, places };
}

/** Colours in an MI console stream come as octal escapes; they are dropped with the rest of the control characters. */
function printable(code: number): string {
  return code < 0x20 && code !== 9 && code !== 10 ? '' : String.fromCharCode(code & 0xff);
}
