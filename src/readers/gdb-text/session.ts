// A GDB session taken apart: its commands, and the values that each of them printed.

import type { TextRange } from '../../regions/problem';
import { screenOf, type Mark, type Screen } from './screen';
import type { Breakage, GdbValue, Radix } from './value';
import { parseGdbValue } from './value-parser';

/** A value that was printed. */
export interface PrintedValue {
  /** `$8`: its number in GDB's history; absent after `output`, `display` and in MI results. */
  readonly history?: number;
  /** `desc` in `desc = {…}`, as `info locals` and `display` write it. */
  readonly name?: string;
  readonly value: GdbValue;
  readonly where: TextRange;
  /** Set when the text ends or breaks off before the value is whole. */
  readonly broken?: Breakage;
}

export interface GdbCommand {
  /** As typed at GDB's prompt, without it; empty for output that no command precedes. */
  readonly text: string;
  readonly where: TextRange;
  readonly values: readonly PrintedValue[];
  /** Its output in `screen.text`. */
  readonly output: { readonly start: number; readonly end: number };
  /** Lines typed at a `>` prompt for it: the body of `while`, `if`, `define`, `commands`. */
  readonly body: readonly string[];
}

export interface GdbSession {
  readonly screen: Screen;
  readonly commands: readonly GdbCommand[];
}

/**
 * Reads a session: GDB's command line with or without colours and wrapping, GDB/MI, a debug console, or bare output. Never
 * throws; text that is no value is passed over. Time is linear in the text's length.
 */
export function parseGdbSession(text: string): GdbSession {
  const screen = screenOf(text);
  const commands: GdbCommand[] = [];
  const starts = screen.marks.filter((m) => m.kind === 'command');
  const first = starts[0]?.start ?? screen.text.length;
  if (screen.text.slice(0, first).trim() !== '') commands.push(commandOf(screen, undefined, 0, first));
  for (const [i, mark] of starts.entries()) {
    commands.push(commandOf(screen, mark, mark.end, starts[i + 1]?.start ?? screen.text.length));
  }
  return { screen, commands };
}

function commandOf(screen: Screen, mark: Mark | undefined, start: number, end: number): GdbCommand {
  const inside = marksBetween(screen, start, end);
  const radix = /^[a-z]+\s*\/\d*[a-z]*t/.test(mark?.command ?? '') ? 2 : 10;
  return {
    text: mark?.command ?? '',
    where: screen.range(mark?.start ?? start, mark?.end ?? start),
    output: { start, end },
    values: valuesIn(screen, start, end, new Set(inside.filter((m) => m.kind === 'value').map((m) => m.start)), radix),
    body: inside.filter((m) => m.kind === 'more').map((m) => m.command),
  };
}

function marksBetween(screen: Screen, start: number, end: number): Mark[] {
  const { marks } = screen;
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle]!.start < start) low = middle + 1;
    else high = middle;
  }
  const found: Mark[] = [];
  for (let i = low; i < marks.length && marks[i]!.start < end; i++) found.push(marks[i]!);
  return found;
}

/** What stands in front of a value at the beginning of a line. */
const HISTORY = /(?:Value returned is )?\$(\d+) = /y;
const DISPLAY = /\d+: (?:\/\w+ )?([^\n=]+?) = /y;
const LOCAL = /([A-Za-z_]\w*) = (?=[{(])/y;

function valuesIn(screen: Screen, start: number, end: number, marked: ReadonlySet<number>, radix: Radix): PrintedValue[] {
  const { text } = screen;
  const values: PrintedValue[] = [];
  for (let at = start; at < end;) {
    const history = match(HISTORY, text, at);
    const name = history === undefined ? (match(DISPLAY, text, at) ?? match(LOCAL, text, at)) : undefined;
    const from = at + ((history ?? name)?.[0].length ?? 0);
    if (history !== undefined || name !== undefined || text[at] === '{' || marked.has(at)) {
      const { value, end: stop, broken } = parseGdbValue(text, from, end, radix);
      if (value !== undefined) {
        values.push({
          ...(history && { history: Number(history[1]) }),
          ...(name && { name: name[1]! }),
          value,
          where: screen.range(at, value.end),
          ...(broken && { broken }),
        });
      }
      at = Math.max(at, stop - 1);
    }
    const newline = text.indexOf('\n', at);
    at = newline < 0 ? end : newline + 1;
  }
  return values;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** `print/x *$d` → `*$d`: what a command prints, without the command, its format and its options. */
export function expressionOf(command: string): string | undefined {
  const found = /^(?:p|print|inspect|call|output|display|x)\b\s*(?:\/\w+)?\s*(.*)$/.exec(command);
  return found?.[1]!.replace(/^(?:-[a-z-]+(?:\s+(?:on|off|unlimited|\d+))?\s+)*--\s*/, '').trim();
}
