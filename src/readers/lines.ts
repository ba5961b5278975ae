// Places in a text: offsets to lines and columns, and a text cut into lines.

import type { TextRange } from '../regions/problem';

/** One line of a text, without its end. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/** Lines that end with LF, CR LF or CR. The end of the text ends the last one. */
export function linesOf(text: string): Line[] {
  return text.split(/\r\n|\n|\r/).map((line, number) => ({ number, text: line }));
}

/** A part of one line; by default all of it. */
export function inLine(line: Line, column = 0, endColumn = line.text.length): TextRange {
  return { line: line.number, column, endLine: line.number, endColumn };
}

/** Where `part` stands in a line, from `from` on; all of the line when it is not there as one piece. */
export function partOf(line: Line, part: string, from = 0): TextRange {
  const at = part === '' ? -1 : line.text.indexOf(part, from);
  return at < 0 ? inLine(line) : inLine(line, at, at + part.length);
}

/** Turns offsets of a text into ranges. */
export class Offsets {
  private readonly starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (const found of text.matchAll(/\r\n|\n|\r/g)) starts.push(found.index + found[0].length);
    this.starts = starts;
  }

  range(offset: number, length: number): TextRange {
    const [line, column] = this.place(offset);
    const [endLine, endColumn] = this.place(offset + length);
    return { line, column, endLine, endColumn };
  }

  private place(offset: number): [line: number, column: number] {
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return [low, offset - this.starts[low]!];
  }
}
