// What changed between two JSON states: blocks by address, then everything else by path.

export interface Change {
  /** `state.nr_free_pages`, `block 0x14000`. */
  readonly where: string;
  readonly before: string;
  readonly after: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Keys that are compared block by block, or that only say how a state came about. */
const APART = new Set(['blocks', 'ops', 'log', 'kind', 'place', 'problems', 'found', 'recognised', 'notes', 'part']);
/** Keys that only some of the commands print: compared where both have them. */
const SOMETIMES = new Set(['arch', 'outcome', 'regions', 'heap', 'profile', 'areas', 'absent']);

/** @param a,b objects as `simulate` and `decode` print them with `--format json` */
export function diffStates(a: Json, b: Json): Change[] {
  const changes: Change[] = [];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (APART.has(key) || (SOMETIMES.has(key) && !(key in a && key in b))) continue;
    compare(key, a[key], b[key], changes);
  }
  return [...changes, ...diffBlocks(blocksOf(a), blocksOf(b))];
}

function compare(path: string, a: unknown, b: unknown, changes: Change[]): void {
  if (isObject(a) && isObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      compare(Array.isArray(a) ? `${path}[${key}]` : `${path}.${key}`, a[key], b[key], changes);
    }
  } else if (JSON.stringify(a) !== JSON.stringify(b)) changes.push({ where: path, before: text(a), after: text(b) });
}

function diffBlocks(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): Change[] {
  const changes: Change[] = [];
  for (const base of [...new Set([...a.keys(), ...b.keys()])].sort(byAddress)) {
    const before = a.get(base) ?? '–';
    const after = b.get(base) ?? '–';
    if (before !== after) changes.push({ where: `block ${base}`, before, after });
  }
  return changes;
}

function blocksOf(state: Json): Map<string, string> {
  const blocks = Array.isArray(state.blocks) ? (state.blocks as unknown[]) : [];
  const found = new Map<string, string>();
  for (const block of blocks) {
    if (!isObject(block) || typeof block.base !== 'string') continue;
    const asked = typeof block.asked === 'number' ? `, ${String(block.asked)} asked for` : '';
    found.set(block.base, `${text(block.state)} ${text(block.size)} B${asked}`);
  }
  return found;
}

function byAddress(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? 'nothing' : JSON.stringify(value);
}
