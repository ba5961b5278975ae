// A table as a file: CSV for spreadsheets, JSON for programs.

/** Text, an exact number, or null for what is not known. Addresses are texts: `0x180000`. */
export type Cell = string | number | null;

export interface Column {
  /** Key in JSON and header in CSV: `size_bytes`. */
  readonly name: string;
  /** Heading for people: `Size`. */
  readonly title: string;
  /** Right-aligned, for figures. */
  readonly figures?: boolean;
}

export interface Table {
  /** Short and usable in a file name: `blocks`. */
  readonly id: TableId;
  readonly title: string;
  readonly columns: readonly Column[];
  /** Made when they are asked for: a heap may have a million blocks. */
  readonly count: number;
  row(index: number): readonly Cell[];
}

export const TABLE_IDS = ['regions', 'blocks', 'lists', 'structs', 'metrics', 'findings', 'steps', 'log'] as const;
export type TableId = (typeof TABLE_IDS)[number];

/** A table of rows that exist already. */
export function tableOf(id: TableId, title: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): Table {
  return { id, title, columns, count: rows.length, row: (i) => rows[i]! };
}

/** CSV as RFC 4180 has it: CRLF, quotes where they are needed, a header. What is not known is empty. */
export function tableCsv(table: Table): string {
  const lines = [table.columns.map((c) => csvCell(c.name)).join(',')];
  for (let i = 0; i < table.count; i++) lines.push(table.row(i).map(csvCell).join(','));
  return lines.join('\r\n') + '\r\n';
}

/** A text from a file that a spreadsheet would take for a formula gets an apostrophe in front, which spreadsheets hide. */
function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An array of objects, a line each, keyed by column. */
export function tableJson(table: Table): string {
  const lines: string[] = [];
  for (let i = 0; i < table.count; i++) {
    const cells = table.row(i);
    lines.push('  ' + JSON.stringify(Object.fromEntries(table.columns.map((c, n) => [c.name, cells[n] ?? null]))));
  }
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
}
