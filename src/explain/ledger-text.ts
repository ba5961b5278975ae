// A ledger as rows, for a terminal, the panel and Markdown.

import { bytesText, sizeText } from '../regions/text';
import { table } from './markdown';
import { LEDGER_TEXTS, type Ledger } from './ledger';

export interface LedgerRow {
  readonly kind: string;
  readonly text: string;
  readonly size: string;
  readonly bytes: string;
  /** Of the total, 0 … 1. */
  readonly share: number;
}

/** A row an entry; the last one is the total, and the sum of the others. */
export function ledgerRows(ledger: Ledger): LedgerRow[] {
  const row = (kind: string, text: string, bytes: bigint): LedgerRow => ({
    kind,
    text,
    size: sizeText(bytes),
    bytes: bytesText(bytes),
    share: ledger.total === 0n ? 0 : Number(bytes) / Number(ledger.total),
  });
  return [
    ...ledger.entries.map((e) => row(e.kind, LEDGER_TEXTS[e.kind], e.bytes)),
    row('total', 'all regions of the list', ledger.total),
  ];
}

export function ledgerLines(ledger: Ledger): string[] {
  const rows = ledgerRows(ledger);
  const width = Math.max(...rows.map((r) => [...r.bytes].length));
  const size = Math.max(...rows.map((r) => [...r.size].length));
  const padded = (text: string, columns: number): string => ' '.repeat(columns - [...text].length) + text;
  return rows.map((r) => `${r.kind === 'total' ? '= ' : '  '}${padded(r.bytes, width)}  ${padded(r.size, size)}  ${r.text}`);
}

export function ledgerMarkdown(ledger: Ledger): string {
  return table(
    ['Where the bytes went', 'Size', 'Bytes'],
    ledgerRows(ledger).map((r) => [r.text, r.size, r.bytes]),
  );
}
