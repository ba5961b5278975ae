// A problem in something that came from outside, with the place where it was found. Input never throws: a reader returns what
// it could read and a list of these.

export type Severity = 'error' | 'warning' | 'info';

/** Half-open range in a text; lines and columns (UTF-16 units) count from 0, as editors do. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Problem {
  readonly severity: Severity;
  /** Stable short name, for tests and filters: `misaligned`, `overlap`, `cut-off`. */
  readonly code: string;
  /** One sentence: what was expected, what was found, what to do where that is not obvious. */
  readonly message: string;
  readonly where?: TextRange;
}

/** `line:column` as people count, from 1. */
export function placeText(where: TextRange): string {
  return `${where.line + 1}:${where.column + 1}`;
}
