// A table of the panel, whole and exact: what CSV and JSON are written from. Rows are made one at a time, for a heap may have a million.

/** What a column holds, which says how its cells are written. */
export type ColumnKind = 'text' | 'address' | 'number' | 'bytes';

export interface Column {
  /** Stable name: a CSV heading, a JSON key. */
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Addresses are bigints; sizes (in bytes) and counts numbers or bigints; undefined is what is not known or does not apply. */
export type Cell = string | number | bigint | undefined;

export interface Table {
  readonly id: TableId;
  /** For people: `Free lists`. */
  readonly title: string;
  readonly columns: readonly Column[];
  /** Rows that there are, where that is known without making them. */
  readonly count?: number;
  readonly rows: () => Iterable<readonly Cell[]>;
}

/** Every table that there is. Which of them a heap has depends on where it came from, and on its allocator. */
export const TABLE_IDS = [
  'regions', 'ledger', 'metrics', 'lists', 'list-sums', 'blocks', 'bookmarks', 'structs', 'findings', 'steps', 'c-steps', 'log', 'tlsf-lists',
  'tinyalloc-descriptors', 'region-pointer', 'mimalloc-segments', 'mimalloc-pages', 'mimalloc-queues', 'mimalloc-lost', 'oscar-objects', 'oscar-shadow',
  'oscar-page-tables',
] as const; // prettier-ignore
export type TableId = (typeof TABLE_IDS)[number];

export function isTableId(text: string): text is TableId {
  return (TABLE_IDS as readonly string[]).includes(text);
}

const KINDS: Readonly<Record<string, ColumnKind>> = { '@': 'address', '#': 'number', '%': 'bytes' };

/** `name`, `#count`, `%bytes`, `@address`: a column from its shortest spelling. */
export function columns(...names: readonly string[]): Column[] {
  return names.map((n) => {
    const kind = KINDS[n[0]!];
    return kind === undefined ? { name: n, kind: 'text' } : { name: n.slice(1), kind };
  });
}

/** Sizes, counts, classes: −1 in a snapshot means that it is not known or does not apply. */
export function known(value: number): number | undefined {
  return value < 0 || Number.isNaN(value) ? undefined : value;
}

/** The whole as one text. */
export function textOf(chunks: Iterable<string>): string {
  return [...chunks].join('');
}
