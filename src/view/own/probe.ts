// What people type to try something on a heap: a size in any unit, or an address.

const UNITS: Readonly<Record<string, bigint>> = {
  '': 1n,
  b: 1n,
  k: 1024n,
  kib: 1024n,
  m: 1n << 20n,
  mib: 1n << 20n,
  g: 1n << 30n,
  gib: 1n << 30n,
};

/** `2500`, `0x9c4`, `64K`, `1.5 MiB`; undefined for anything else and for what does not fit 64 bits. */
export function parseSize(text: string): bigint | undefined {
  const found = /^\s*(?:malloc\()?\s*(0x[0-9a-f]+|\d+(?:\.\d+)?)\s*([a-z]*)\s*\)?\s*$/i.exec(text);
  const unit = found === null ? undefined : UNITS[found[2]!.toLowerCase()];
  if (found === null || unit === undefined || text.length > 40) return undefined;
  const digits = found[1]!;
  const size = digits.includes('.') ? BigInt(Math.round(Number(digits) * Number(unit))) : BigInt(digits) * unit;
  return size < 1n << 64n ? size : undefined;
}

/** One numbered step of an answer: what happens, and the figures behind it. */
export interface ProbeStep {
  readonly title: string;
  readonly text: string;
  /** Does it go on here? `?` where that is not known. */
  readonly mark?: '✓' | '✗' | '?';
  /** Which colour its number has, where the picture beside it shows it too. */
  readonly tone?: 'plain' | 'search' | 'found' | 'used' | 'free';
}

export interface Probe {
  /** `malloc(2500), tried on this state`. */
  readonly title: string;
  /** What comes out, before the steps that lead to it. */
  readonly answer?: string;
  readonly steps: readonly ProbeStep[];
  /** What it costs, or why there is no answer. */
  readonly note: string;
}
