// The comparison of all allocators on one boot, as a table.

import type { AllocatorId } from '../regions/allocator-id';
import type { WhatIf } from '../timeline/what-if';
import { counted, sizeText } from './numbers';

export interface WhatIfRow {
  readonly allocator: AllocatorId;
  readonly title: string;
  /** The one that the panel shows. */
  readonly current: boolean;
  /** Why there are no figures; empty when there are. */
  readonly why: string;
  /** One text a column. */
  readonly cells: readonly string[];
}

export interface WhatIfView {
  readonly columns: readonly { readonly name: string; readonly tooltip: string }[];
  readonly rows: readonly WhatIfRow[];
  readonly note: string;
}

const COLUMNS: WhatIfView['columns'] = [
  { name: 'free after boot', tooltip: 'free bytes right after the boot' },
  { name: 'largest malloc', tooltip: 'the largest malloc that works right after the boot' },
  { name: 'regions lost', tooltip: 'free regions that the boot could not give to this allocator' },
  { name: 'refused', tooltip: 'calls of the workload that were refused' },
  { name: 'free at end', tooltip: 'free bytes after all calls' },
  { name: 'slack', tooltip: 'bytes of used blocks beyond what was asked for, after all calls' },
  { name: 'external fragm.', tooltip: '1 − largest free / free, after all calls' },
  { name: 'own structures', tooltip: "the allocator's own structures, after all calls" },
];

export function buildWhatIf(rows: readonly WhatIf[], current: AllocatorId): WhatIfView {
  const ran = rows.filter((r) => r.cannot === undefined).length;
  return {
    columns: COLUMNS,
    rows: rows.map((row) => ({
      allocator: row.allocator,
      title: row.title,
      current: row.allocator === current,
      why: whyOf(row),
      cells: whyOf(row) === '' ? cellsOf(row) : [],
    })),
    note: `${String(ran)} of ${counted(rows.length, 'allocator')} simulated on the same regions and calls.`,
  };
}

function whyOf({ cannot, outcome, afterBoot }: WhatIf): string {
  if (cannot !== undefined) return cannot;
  return afterBoot === undefined ? (outcome?.message ?? 'no heap') : '';
}

function cellsOf({ afterBoot, atEnd, calls, refused, lostRegions, outcome }: WhatIf): string[] {
  const bytes = (n: number | undefined): string => (n === undefined ? '–' : n < 0 ? '?' : sizeText(n));
  const percent = atEnd !== undefined && atEnd.free > 0 ? `${(atEnd.externalFragmentation * 100).toFixed(1)} %` : '–';
  const stopped = outcome?.kind === 'stopped' ? ', then the kernel stops' : '';
  return [
    bytes(afterBoot?.free),
    bytes(afterBoot?.largestRequest),
    String(lostRegions),
    `${String(refused)} of ${String(calls)}${stopped}`,
    bytes(atEnd?.free),
    bytes(atEnd?.slack),
    percent,
    bytes(atEnd?.overhead),
  ];
}

/** The table as Markdown, for a bug report. */
export function whatIfMarkdown({ columns, rows, note }: WhatIfView): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['allocator', ...columns.map((c) => c.name)]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.map((r) => line([r.allocator, ...(r.why === '' ? r.cells : [r.why, ...columns.slice(1).map(() => '')])])),
    '',
    note,
    '',
  ].join('\n');
}
