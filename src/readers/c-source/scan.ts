// First pass over a C source: comments, directives and line continuations are blanked, character by character, so that an offset
// in what is left is an offset in the original text. That is what every `where` of this reader rests on.

export interface Directive {
  /** `if`, `define`, …; empty for a lone `#`. */
  readonly name: string;
  /** What follows the name, comments and continuations taken out. */
  readonly text: string;
  /** From `#` to the end of the last line, without its line end. */
  readonly from: number;
  readonly to: number;
}

export interface Scan {
  /** Code alone: what is not code is blank, line ends stay. */
  readonly code: string;
  /** The same with the insides of literals blank as well, for whoever only looks for brackets and names. */
  readonly shape: string;
  readonly directives: readonly Directive[];
  /** A comment or literal that the end of the text, or of the line, cut off. */
  readonly open: readonly { readonly what: 'comment' | 'literal'; readonly at: number }[];
}

const POINTS = /\/[*/]|["'#]|\\\r?\n/g;

export function scan(text: string): Scan {
  const code: string[] = [];
  const shape: string[] = [];
  const directives: Directive[] = [];
  const open: { what: 'comment' | 'literal'; at: number }[] = [];
  let done = 0;
  /** Copies up to `from`, then writes `[from, to)`: blank in both, or as a literal. */
  const put = (from: number, to: number, literal: boolean): void => {
    const before = text.slice(done, from);
    const piece = text.slice(from, to);
    code.push(before, literal ? piece : blank(piece));
    shape.push(
      before,
      literal && piece.length > 1 ? piece.charAt(0) + blank(piece.slice(1, -1)) + piece.charAt(0) : blank(piece),
    );
    done = to;
  };

  POINTS.lastIndex = 0;
  for (let found = POINTS.exec(text); found !== null; found = POINTS.exec(text)) {
    const from = found.index;
    let to = POINTS.lastIndex;
    const point = found[0];
    if (point === '/*' || point === '//') {
      to = commentEnd(text, from, () => open.push({ what: 'comment', at: from }));
      put(from, to, false);
    } else if (point === '"' || point === "'") {
      to = literalEnd(text, from);
      const closed = to > from + 1 && text.charAt(to - 1) === point;
      if (!closed && point === '"') open.push({ what: 'literal', at: from });
      put(from, to, closed);
    } else if (point === '#') {
      if (!startsLine(text, from)) continue;
      const directive = directiveAt(text, from);
      to = directive.to;
      directives.push(directive);
      put(from, to, false);
    } else {
      put(from, to, false);
    }
    POINTS.lastIndex = to;
  }
  code.push(text.slice(done));
  shape.push(text.slice(done));
  return { code: code.join(''), shape: shape.join(''), directives, open };
}

/** As many blanks, line ends kept. */
export function blank(text: string): string {
  if (!/[\r\n]/.test(text)) return ' '.repeat(text.length);
  return text.replace(/[^\r\n]/g, ' ');
}

/** Is `at` the first character of its line that is not blank? */
function startsLine(text: string, at: number): boolean {
  let i = at - 1;
  while (i >= 0 && /[ \t\f\v]/.test(text.charAt(i))) i--;
  return i < 0 || /[\r\n]/.test(text.charAt(i));
}

function commentEnd(text: string, from: number, cutOff: () => void): number {
  if (text.charAt(from + 1) === '/') return lineEnd(text, from);
  const end = text.indexOf('*/', from + 2);
  if (end < 0) cutOff();
  return end < 0 ? text.length : end + 2;
}

/** The end of the line, a continued line being one with the next. */
function lineEnd(text: string, from: number): number {
  for (let at = from; ;) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.length;
    const before = text.charAt(end - 1) === '\r' ? end - 1 : end;
    if (text.charAt(before - 1) !== '\\') return before;
    at = end + 1;
  }
}

const LITERALS = { '"': /"(?:[^"\\\r\n]|\\\r\n|\\[^])*"?/y, "'": /'(?:[^'\\\r\n]|\\\r\n|\\[^])*'?/y };

/** Behind the literal that starts at `from`; an unclosed one ends with its line, so that it takes nothing else along. */
function literalEnd(text: string, from: number): number {
  const pattern = LITERALS[text.charAt(from) as '"' | "'"];
  pattern.lastIndex = from;
  pattern.exec(text);
  return pattern.lastIndex;
}

function directiveAt(text: string, from: number): Directive {
  const pieces: string[] = [];
  const stops = /\/[*/]|["']|\r?\n|\\\r?\n/g;
  stops.lastIndex = from + 1;
  let done = from + 1;
  let to = text.length;
  for (let found = stops.exec(text); found !== null; found = stops.exec(text)) {
    const at = found.index;
    if (/^\r?\n$/.test(found[0])) {
      to = at;
      break;
    }
    let end = stops.lastIndex;
    if (found[0] === '/*' || found[0] === '//') end = commentEnd(text, at, () => undefined);
    else if (found[0] === '"' || found[0] === "'") end = literalEnd(text, at);
    pieces.push(text.slice(done, at), /^["']/.test(found[0]) ? text.slice(at, end) : ' ');
    done = end;
    stops.lastIndex = end;
  }
  pieces.push(text.slice(done, Math.max(done, to)));
  const [, name, rest] = /^\s*([a-z_]*)\s*([^]*)$/.exec(pieces.join('')) ?? [];
  return { name: name ?? '', text: (rest ?? '').trim(), from, to: Math.max(to, done) };
}

/** Lines and columns of offsets. */
export class LineIndex {
  private readonly starts: number[] = [0];
  /** Where each line's own text ends, in front of its line end. */
  private readonly ends: number[] = [];

  constructor(text: string) {
    for (const { index, 0: end } of text.matchAll(/\r\n|\r|\n/g)) {
      this.ends.push(index);
      this.starts.push(index + end.length);
    }
    this.ends.push(text.length);
  }

  /** An offset beyond the end of its line counts as that end. */
  place(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: Math.min(offset, this.ends[low]!) - this.starts[low]! };
  }

  range(from: number, to: number): { line: number; column: number; endLine: number; endColumn: number } {
    const [start, end] = [this.place(from), this.place(to)];
    return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  }
}
