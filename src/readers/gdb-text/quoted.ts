// What stands between quotes as GDB prints it, in bytes: `\001`, `\n`, and characters as they are.

export interface Quoted {
  readonly bytes: number[];
  /** Behind the closing quote, or where the text breaks off: at a `line` end, or at the `end` of what belongs to the value. */
  readonly end: number;
  readonly broken?: 'line' | 'end';
}

/** Reads from `start`, the place behind the opening quote, to the closing one. */
export function readQuoted(text: string, start: number, limit: number, quote: string): Quoted {
  const bytes: number[] = [];
  for (let at = start; at < limit; at++) {
    const c = text[at]!;
    if (c === quote) return { bytes, end: at + 1 };
    if (c === '\n') return { bytes, end: at, broken: 'line' };
    if (c !== '\\') {
      pushCharacter(bytes, text.codePointAt(at)!);
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0];
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else bytes.push(ESCAPED[text[at + 1] ?? ''] ?? text.charCodeAt(at + 1));
    at += octal?.length ?? 1;
  }
  return { bytes, end: limit, broken: 'end' };
}

const ESCAPED: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, e: 27 };

/** A character above 0x7f stands for its UTF-8 bytes; the second half of a surrogate pair went with the first. */
function pushCharacter(bytes: number[], code: number): void {
  if (code < 0x80) bytes.push(code);
  else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
  else if (code >= 0xd800 && code < 0xe000) return;
  else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}
