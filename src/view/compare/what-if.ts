// The comparison of all allocators on one boot, as a table.

import type { AllocatorId } from '../../regions/allocator-id';
import type { WhatIf } from '../../timeline/what-if';
import type { RegionMap } from '../../regions/descriptor';
import type { Release } from '../../regions/release';
import { bytesText, circled, counted, countText, percentText, rangeText, sizeText } from '../numbers';
import { operationsDone } from '../time/steps';
import { regionSpans } from '../spans';
import type { RegionSpan } from '../spans';
import type { Steppable } from '../subject';
import { whyRow } from './what-if-why';

/** An area of the heap, or a region that was lost, at its place in the list. */
export interface WhatIfBox {
  readonly mark: string;
  readonly lost: boolean;
  /** Size, and that it is lost. */
  readonly text: string;
  /** Addresses and how much of it is used, for the tooltip. */
  readonly tooltip: string;
  /** Used share of each of its equal parts; 0 is nothing at all. */
  readonly used: readonly number[];
}

export interface WhatIfRow {
  readonly allocator: AllocatorId;
  readonly title: string;
  /** The one that the panel shows. */
  readonly current: boolean;
  /** Why there are no figures; empty when there are. */
  readonly why: string;
  /** One text a column. */
  readonly cells: readonly string[];
  readonly boxes: readonly WhatIfBox[];
  /** What happened in its run that explains its figures; empty where there are none. */
  readonly note: string;
}

export interface WhatIfView {
  readonly columns: readonly { readonly name: string; readonly tooltip: string }[];
  readonly rows: readonly WhatIfRow[];
  readonly note: string;
}

const COLUMNS: WhatIfView['columns'] = [
  { name: 'calls', tooltip: 'calls of the workload: how many worked, and what became of the others' },
  { name: 'free after boot', tooltip: 'free bytes right after the boot' },
  { name: 'largest malloc', tooltip: 'the largest malloc that works right after the boot, tried' },
  { name: 'regions lost', tooltip: 'free regions that the boot could not give to this allocator' },
  { name: 'free then', tooltip: 'free bytes after these calls' },
  { name: 'slack', tooltip: 'bytes of used blocks beyond what was asked for, after these calls' },
  { name: 'external fragm.', tooltip: '1 − largest free / free, after these calls' },
  { name: 'own structures', tooltip: "the allocator's own structures, after these calls" },
];

/** Boxes of a row; the smallest are left out. */
const MOST_BOXES = 4;

/** Calls of the workload up to the cursor, to compare at the same place; undefined in the boot: then all of them. */
export function callsDone({ cursor, bootEnd }: Pick<Steppable, 'cursor' | 'bootEnd'>): number | undefined {
  const done = operationsDone(cursor) - bootEnd;
  return done > 0 ? done : undefined;
}

/** @param map the regions that were booted on, for the addresses of those that were lost */
export function buildWhatIf(rows: readonly WhatIf[], current: AllocatorId, map?: RegionMap, release?: Release): WhatIfView {
  const ran = rows.filter((r) => r.cannot === undefined).length;
  const calls = rows[0]?.calls ?? 0;
  const spans = map === undefined || release === undefined ? [] : regionSpans(map, release);
  return {
    columns: COLUMNS,
    rows: rows.map((row) => ({
      allocator: row.allocator,
      title: row.title,
      current: row.allocator === current,
      why: whyOf(row),
      cells: whyOf(row) === '' ? cellsOf(row) : [],
      boxes: boxesOf(row, spans),
      note: whyOf(row) === '' ? whyRow(row) : '',
    })),
    note: `${String(ran)} of ${counted(rows.length, 'allocator')} simulated on the same regions, after the same ${counted(calls, 'call')}.`,
  };
}

function whyOf({ cannot, outcome, afterBoot }: WhatIf): string {
  if (cannot !== undefined) return cannot;
  return afterBoot === undefined ? (outcome?.message ?? 'no heap') : '';
}

function cellsOf(row: WhatIf): string[] {
  const { afterBoot, atEnd, lost, largest } = row;
  const bytes = (n: number | undefined): string => (n === undefined ? '–' : n < 0 ? '?' : sizeText(n));
  return [
    callsText(row),
    bytes(afterBoot?.free),
    largest === undefined ? bytes(afterBoot?.largestRequest) : largest === 0 ? 'none works' : bytesText(largest),
    String(lost.length),
    bytes(atEnd?.free),
    bytes(atEnd?.slack),
    atEnd !== undefined && atEnd.free > 0 ? percentText(atEnd.externalFragmentation) : '–',
    bytes(atEnd?.overhead),
  ];
}

/** `53 of 53 ok`, `21 of 53 ok, 32 refused`, `22 of 53 ok, then the kernel stops`. */
function callsText({ calls, ran, refused, outcome }: WhatIf): string {
  const stops = outcome?.kind === 'stopped';
  // The call in which the kernel stops was made, but did not work.
  const ok = ran - refused - (stops && ran > 0 ? 1 : 0);
  const others = [...(refused > 0 ? [`${countText(refused)} refused`] : []), ...(stops ? ['then the kernel stops'] : [])];
  return [`${countText(ok)} of ${countText(calls)} ok`, ...others].join(', ');
}

function boxesOf({ areas, lost }: WhatIf, spans: readonly RegionSpan[]): WhatIfBox[] {
  const heap = areas.map(({ base, end, used }) => ({ base, end, used: [...used], lost: false }));
  const gone = spans
    .filter((s) => lost.includes(s.index))
    .map(({ base, end }) => ({ base, end, used: [] as number[], lost: true }));
  const all = [...heap, ...gone].sort((a, b) => (a.base < b.base ? -1 : 1));
  const least = all.map((b) => b.end - b.base).sort((a, b) => (a > b ? -1 : 1))[MOST_BOXES - 1] ?? 0n;
  return all
    .map((box, i) => ({ ...box, mark: circled(i + 1) }))
    .filter((b) => b.end - b.base >= least)
    .map(({ base, end, used, lost: isLost, mark }) => {
      const size = sizeText(end - base);
      const share = used.reduce((sum, n) => sum + n, 0) / Math.max(1, used.length);
      return {
        mark,
        lost: isLost,
        text: isLost ? `${size} lost` : size,
        tooltip: `${rangeText(base, end)} · ${size}${isLost ? ' · not in the heap' : ` · ${percentText(share)} used`}`,
        used,
      };
    });
}

/** The table as Markdown, for a bug report. */
export function whatIfMarkdown({ columns, rows, note }: WhatIfView): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const notes = rows.filter((r) => r.note !== '').map((r) => `${r.allocator}: ${r.note}`);
  return [
    line(['allocator', ...columns.map((c) => c.name)]),
    line(['---', ...columns.map(() => '---:')]),
    ...rows.map((r) => line([r.allocator, ...(r.why === '' ? r.cells : [r.why, ...columns.slice(1).map(() => '')])])),
    '',
    note,
    ...notes,
    '',
  ].join('\n');
}
