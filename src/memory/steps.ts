// The table of step kinds. A simulator marks its steps in the journal by kind and up to four numbers; this table holds what the
// numbers mean: which C function the step stands for, and its text.

/** What a step stands for. */
export interface StepKind {
  /** C function, as it is spelled in Unikraft: `bbuddy_palloc`. */
  readonly fn: string;
  /** File of that function: `lib/ukallocbbuddy/bbuddy.c`. */
  readonly file: string;
  /** One line in the terms of the C code, made from the mark's numbers. Addresses among them are signed readings. */
  readonly text: (a: number, b: number, c: number, d: number) => string;
}

const kinds: StepKind[] = [];

/** Registers a step kind and returns its number, which is good for this process only. */
export function stepKind(fn: string, file: string, text: StepKind['text']): number {
  kinds.push({ fn, file, text });
  return kinds.length - 1;
}

export function kindOfStep(kind: number): StepKind {
  const found = kinds[kind];
  if (found === undefined) throw new Error(`steps: kind ${String(kind)} was never registered`);
  return found;
}
