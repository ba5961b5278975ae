// A parser for values as GDB's `print` writes them. Recursive descent over the cleaned text; every node knows its range.
//
//   4096  0x1000  -1  1 '\001'  0x12000 <sym+8>  0x11f77e "heap"  (struct uk_alloc *) 0x12000  {int (int)} 0x1234 <f>
//   "text"  "text", '\000' <repeats 13 times>  "tex"...   FREE  (READ | WRITE)  <optimized out>
//   {a = 1, b = {2, 3...}}   {[0x0] = {…}, …}   {{…} <repeats 14 times>, {…}}   on one line, wrapped or pretty
//
// GDB's grammar is not written down; this follows its printers (valprint.c, generic-printstr) as their output shows them.

import { readQuoted } from './quoted';
import type { GdbValue, ListEntry, ListValue, NumberValue, ParsedValue, Radix, StringValue, WordValue, Breakage } from './value';

/** Deeper nesting than any value in the field has. */
const MAX_DEPTH = 64;

/**
 * Parses the value that begins at `start`. Linear; never throws.
 *
 * @param limit end of the text that belongs to the value at most: the next command
 */
export function parseGdbValue(text: string, start: number, limit = text.length, radix: Radix = 10): ParsedValue {
  const parser = new ValueParser(text, start, limit, radix);
  const value = parser.value(0);
  return { ...(value && { value }), end: parser.at, ...(parser.broken && { broken: parser.broken }) };
}

const SPACE = /\s*/y;
const NAME = /(<?[A-Za-z_$][\w$:]*>?)\s*=(?!=)\s*/y;
const INDEX = /\[(0x[0-9a-fA-F]+|-?\d+)\]\s*=\s*/y;
const HEX = /-?0x[0-9a-fA-F]+/y;
const DIGITS = /-?\d+(?!\w|\.(?!\.\.))/y;
const WORD = /[A-Za-z_$][\w$]*(?:::[A-Za-z_$][\w$]*)*(?:\s*\|\s*(?:unknown:\s*)?[\w$]+)*|[-\d]\w*(?:\.(?!\.\.)[\w+-]*)?/y;
const SYMBOL = /\s+<(?!repeats )([^<>\n"]*(?:<[^<>\n]*>[^<>\n]*)*)>/y;
const REPEATS = /\s*<repeats\s+(\d+)\s+times>/y;
const ELLIPSIS = /\.\.\./y;
const FUNCTION_TYPE = /\{[A-Za-z_][^{}=\n]*\([^{}=\n]*\)\}\s+(?=0x)/y;
const ANGLE = /<[^<>\n]*(?:<[^<>\n]*>[^<>\n]*)*>/y;

class ValueParser {
  at: number;
  broken: Breakage | undefined;
  private readonly text: string;
  private readonly limit: number;
  private readonly radix: Radix;

  constructor(text: string, start: number, limit: number, radix: Radix) {
    this.text = text;
    this.at = start;
    this.limit = limit;
    this.radix = radix;
  }

  value(depth: number): GdbValue | undefined {
    this.take(SPACE);
    const start = this.at;
    const c = this.at < this.limit ? this.text[this.at]! : '';
    switch (c) {
      case '{': {
        const type = this.take(FUNCTION_TYPE);
        return type !== undefined ? this.number(start, type[0].trim()) : this.list(depth);
      }
      case '(':
        return this.cast(depth);
      case '"':
      case "'":
        return this.string(start);
      case '@':
        return this.reference(depth);
      case '<': {
        const remark = this.take(ANGLE);
        if (remark !== undefined) return { kind: 'word', text: remark[0], start, end: this.at };
        this.fail();
        return undefined;
      }
      default:
        return this.number(start) ?? this.word(start);
    }
  }

  /** `{` entries `}`; what can be read of it in any case. */
  private list(depth: number): GdbValue | undefined {
    const start = this.at;
    if (depth >= MAX_DEPTH) {
      this.fail();
      return undefined;
    }
    this.at++;
    const entries: ListEntry[] = [];
    const done = (missing: ListValue['missing']): ListValue => ({ kind: 'list', entries, missing, start, end: this.at });
    let elided = false;
    for (;;) {
      this.take(SPACE);
      if (this.take(ELLIPSIS) !== undefined) elided = true;
      else if (this.skip('}')) return done(elided ? 'elided' : 'nothing');
      else if (entries.length > 0 && !this.skip(',')) return this.breakOff(done);
      else if (entries.length > 0 && this.next(ELLIPSIS)) continue;
      else if (!this.entry(entries, depth)) return this.breakOff(done);
    }
  }

  private breakOff(done: (missing: 'cut') => ListValue): ListValue {
    this.fail();
    return done('cut');
  }

  /** One entry; false when what follows is none, or breaks off inside of it. */
  private entry(entries: ListEntry[], depth: number): boolean {
    this.take(SPACE);
    const index = this.take(INDEX);
    const name = index === undefined ? this.take(NAME) : undefined;
    const value = this.value(depth + 1);
    if (value === undefined) return false;
    const repeats = this.take(REPEATS);
    entries.push({
      ...(name && { name: name[1]! }),
      ...(index && { index: BigInt.asUintN(64, big(index[1]!)) }),
      value,
      repeats: repeats === undefined ? 1 : Number(repeats[1]),
    });
    return this.broken === undefined;
  }

  private number(start: number, type?: string): NumberValue | undefined {
    const digits = this.take(HEX) ?? this.take(DIGITS);
    if (digits === undefined) return undefined;
    const value = this.radix === 2 && /^[01]+$/.test(digits[0]) ? BigInt('0b' + digits[0]) : big(digits[0]);
    const end = this.at;
    const symbol = this.take(SYMBOL)?.[1];
    const string = this.followedString(symbol !== undefined || digits[0].includes('0x'));
    return {
      kind: 'number',
      value,
      ...(symbol !== undefined && { symbol }),
      ...(string && { string }),
      ...(type !== undefined && { type }),
      start,
      end,
    };
  }

  /** ` 'c'` after a char's number, ` "text"` after a pointer to char. */
  private followedString(pointer: boolean): StringValue | undefined {
    const before = this.at;
    this.take(SPACE);
    const quote = this.text[this.at];
    if (this.at > before && this.at < this.limit && (quote === "'" || (pointer && quote === '"'))) return this.string(this.at);
    this.at = before;
    return undefined;
  }

  private word(start: number): WordValue | StringValue | undefined {
    const word = this.take(WORD);
    if (word === undefined) {
      this.fail();
      return undefined;
    }
    // L"…", u"…": a string of wide characters.
    if (/^(?:L|u8?|U)$/.test(word[0]) && this.at < this.limit && this.text[this.at] === '"') return this.string(start);
    return { kind: 'word', text: word[0], start, end: this.at };
  }

  /** `(type) value`, or an enum's flags: `(READ | WRITE)`. */
  private cast(depth: number): GdbValue | undefined {
    const start = this.at;
    let open = 0;
    let at = start;
    for (; at < this.limit && at < start + 400; at++) {
      const c = this.text[at];
      if (c === '(') open++;
      else if (c === ')' && --open === 0) break;
      else if (c === '\n' || c === '{' || c === '"' || c === '=') {
        this.fail();
        return undefined;
      }
    }
    if (open !== 0 || at >= this.limit) {
      this.fail(at >= this.limit);
      return undefined;
    }
    const inner = this.text.slice(start + 1, at);
    this.at = at + 1;
    const space = this.take(SPACE)![0].length;
    const c = this.at < this.limit ? this.text[this.at]! : '';
    if (space > 0 && /[-0-9@{"]/.test(c) && depth < MAX_DEPTH) {
      const value = c === '@' || c === '{' || c === '"' ? this.value(depth + 1) : this.number(start, inner);
      if (value === undefined) this.fail();
      return value;
    }
    this.at = at + 1;
    return { kind: 'word', text: inner, start, end: this.at };
  }

  /** `@0x11ec0: {…}`: what a C++ reference refers to. */
  private reference(depth: number): GdbValue | undefined {
    this.at++;
    const address = this.number(this.at);
    if (address === undefined || depth >= MAX_DEPTH) {
      this.fail();
      return undefined;
    }
    return this.skip(':') ? this.value(depth + 1) : address;
  }

  /** Pieces in quotes, and single characters that repeat, in a row. */
  private string(start: number): StringValue | undefined {
    const parts: { byte: number; times: number }[] = [];
    for (;;) {
      const quote = this.text[this.at]!;
      const bytes = this.quoted(quote);
      if (bytes === undefined)
        return parts.length === 0 ? undefined : { kind: 'string', parts, elided: true, start, end: this.at };
      const repeats = quote === "'" ? this.take(REPEATS) : undefined;
      const times = repeats === undefined ? 1 : Number(repeats[1]);
      for (const byte of bytes) parts.push({ byte, times });
      if (this.take(ELLIPSIS) !== undefined) return { kind: 'string', parts, elided: true, start, end: this.at };
      if (quote === "'" && repeats === undefined) break;
      if (!this.stringGoesOn(quote)) break;
    }
    return { kind: 'string', parts, elided: false, start, end: this.at };
  }

  /** Is the next thing another piece of this string? After quotes only a repeated character can follow; then anything may. */
  private stringGoesOn(quote: string): boolean {
    const before = this.at;
    this.take(SPACE);
    if (this.skip(',')) {
      this.take(SPACE);
      const c = this.at < this.limit ? this.text[this.at] : '';
      if (c === "'" || (c === '"' && quote === "'")) return true;
    }
    this.at = before;
    return false;
  }

  /** The bytes between quotes; undefined where they do not end. */
  private quoted(quote: string): number[] | undefined {
    const { bytes, end, broken } = readQuoted(this.text, this.at + 1, this.limit, quote);
    this.at = end;
    if (broken === undefined) return bytes;
    this.fail(broken === 'end');
    return undefined;
  }

  private fail(atEnd = this.text.slice(this.at, this.limit).trim() === ''): void {
    this.broken ??= { at: this.at, atEnd };
  }

  private next(pattern: RegExp): boolean {
    const before = this.at;
    this.take(SPACE);
    const found = this.take(pattern) !== undefined;
    this.at = before;
    return found;
  }

  private skip(c: string): boolean {
    const found = this.at < this.limit && this.text[this.at] === c;
    if (found) this.at++;
    return found;
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null || pattern.lastIndex > this.limit) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }
}

function big(digits: string): bigint {
  if (digits.startsWith('-')) return -big(digits.slice(1));
  // `print/o` writes octal with a leading 0.
  return /^0[0-7]+$/.test(digits) ? BigInt('0o' + digits) : BigInt(digits);
}
