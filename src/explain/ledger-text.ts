// A ledger as rows, for a terminal, the panel and Markdown.

import { bytesText, sizeText } from '../regions/text';
import { table } from './markdown';
import type { Ledger } from './ledger';
import { LEDGER_TEXTS } from './ledger-kinds';

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
  const total = ledger.of === 'list' ? 'all regions of the list' : 'all that the firmware reports';
  return [...ledger.entries.map((e) => row(e.kind, LEDGER_TEXTS[e.kind], e.bytes)), row('total', total, ledger.total)];
}

/** What of a firmware's map is usable memory, in a sentence; empty for a list. */
export function usableText({ usable, total }: Ledger): string {
  return usable === undefined || usable === total ? '' : `${sizeText(usable)} of it are reported as usable memory.`;
}

export function ledgerLines(ledger: Ledger): string[] {
  const rows = ledgerRows(ledger);
  const width = Math.max(...rows.map((r) => [...r.bytes].length));
  const size = Math.max(...rows.map((r) => [...r.size].length));
  const padded = (text: string, columns: number): string => ' '.repeat(columns - [...text].length) + text;
  const lines = rows.map(
    (r) => `${r.kind === 'total' ? '= ' : '  '}${padded(r.bytes, width)}  ${padded(r.size, size)}  ${r.text}`,
  );
  const usable = usableText(ledger);
  return usable === '' ? lines : [...lines, `  ${usable}`];
}

export function ledgerMarkdown(ledger: Ledger): string {
  const rows = ledgerRows(ledger).map((r) => [r.text, r.size, r.bytes]);
  const usable = usableText(ledger);
  return [table(['Where the bytes went', 'Size', 'Bytes'], rows), ...(usable === '' ? [] : [usable])].join('\n\n');
}
