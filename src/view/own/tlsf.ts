// TLSF: the two-level bitmap as a grid, and the way of one request through it.

import type { TlsfDetails, TlsfRequest } from '../../snapshot/details';
import { bytesText, counted, hex, shortSizeText, sizeText } from '../numbers';
import type { OwnInput } from './own';
import type { Probe, ProbeStep } from './probe';
import { heldAgainst, nothingTried, triedOf } from './run';
import type { RunCall, Tried } from './run';
import { pathOf } from './tlsf-path';
import type { GridPath } from './tlsf-path';

/** Payload sizes are multiples of this. */
const UNIT = 16;

/** `impossible`: no block size that TLSF hands out falls into the class. */
export type CellState = 'impossible' | 'empty' | 'full';

export interface GridCell {
  readonly state: CellState;
  readonly count: number;
  /** `[6][8]: 5120 B…5248 B, 1 block`. */
  readonly text: string;
  /** Numbers of the steps of the request that stand here: ②, ④, ⑥. */
  readonly marks: string;
  /** The first block of the list, to select it. */
  readonly first: string;
  readonly selected: boolean;
}

export interface GridRow {
  readonly row: number;
  readonly bit: boolean;
  /** `4 KiB` and `+128B`: where the row begins, and what one class is wide. */
  readonly from: string;
  readonly step: string;
  readonly cells: readonly GridCell[];
}

export interface TlsfView {
  readonly kind: 'tlsf';
  readonly title: string;
  readonly rows: readonly GridRow[];
  readonly columns: number;
  /** Why the rows that are left out cannot hold a block. */
  readonly rest: string;
  /** The way of the request that is tried. */
  readonly path?: GridPath;
  readonly probe: Probe;
}

export function buildTlsf(details: TlsfDetails, { snapshot, selection, probe, simulation }: OwnInput): TlsfView {
  const { rows, columns, flBitmap } = details;
  const most = Math.max(...snapshot.areas.map((a) => Number(a.end - a.base)), 0);
  const block = selection === undefined ? undefined : snapshot.blocks.holding(selection);
  const selectedClass = block?.state === 'free' ? block.sizeClass : -1;
  const tried = triedOf(probe, simulation);
  const request = tried === undefined ? undefined : details.request(tried.size);
  const marks = request === undefined ? new Map<number, string>() : marksOf(details, request);
  const firsts = new Map(snapshot.lists.map((l) => [l.sizeClass, l.entries[0]]));
  const shown = lastRow(details, most) + 1;
  const cellOf = (sizeClass: number): GridCell => {
    const { from, to } = details.range(sizeClass);
    const count = details.counts[sizeClass] ?? 0;
    const first = firsts.get(sizeClass);
    const possible = Math.ceil(from / UNIT) * UNIT < to;
    return {
      state: count > 0 ? 'full' : possible ? 'empty' : 'impossible',
      count,
      text: `${className(sizeClass, columns)}: ${sizeText(from)} … below ${sizeText(to)}, ${counted(count, 'block')}`,
      marks: marks.get(sizeClass) ?? '',
      first: first === undefined ? '' : hex(first),
      selected: count > 0 && sizeClass === selectedClass,
    };
  };
  return {
    kind: 'tlsf',
    title: `fl_bitmap ${hex(flBitmap)} · ${counted(columns, 'class', 'classes')} a row · bit = list not empty, number = blocks in it`,
    columns,
    rows: Array.from({ length: shown }, (_, row): GridRow => {
      const { from, to } = details.range(row * columns);
      return {
        row,
        bit: (flBitmap & (1 << row)) !== 0,
        from: shortSizeText(from),
        step: `+${shortSizeText(to - from)}`,
        cells: Array.from({ length: columns }, (_, column) => cellOf(row * columns + column)),
      };
    }),
    rest:
      shown < rows
        ? `${String(shown)}–${String(rows - 1)} lists for blocks of ${sizeText(details.range(shown * columns).from)} and more: none can exist in a heap of ${sizeText(most)}`
        : '',
    ...(request && {
      path: pathOf(
        details,
        request,
        restClass(details, request),
        ({ row, column }) => (details.counts[row * columns + column] ?? 0) > 0,
      ),
    }),
    probe: request === undefined ? nothingTried(probe) : explained(details, request, tried!),
  };
}

/** The last row whose blocks fit an area, or that has a block all the same. */
function lastRow(details: TlsfDetails, most: number): number {
  const { rows, columns, flBitmap } = details;
  let last = 0;
  for (let row = 0; row < rows; row++) if (details.range(row * columns).from <= most || (flBitmap & (1 << row)) !== 0) last = row;
  return last;
}

function className(sizeClass: number, columns: number): string {
  return `[${String(Math.floor(sizeClass / columns))}][${String(sizeClass % columns)}]`;
}

function marksOf(details: TlsfDetails, request: TlsfRequest): Map<number, string> {
  const marks = new Map<number, string>();
  const add = (sizeClass: number | undefined, mark: string) => {
    if (sizeClass !== undefined) marks.set(sizeClass, (marks.get(sizeClass) ?? '') + mark);
  };
  add(request.searchClass, '②');
  add(request.foundClass, '④');
  add(restClass(details, request), '⑥');
  return marks;
}

/** The class that the rest of a split block goes to. */
function restClass(details: TlsfDetails, { rest }: TlsfRequest): number | undefined {
  return rest > 0 ? classOf(details, rest) : undefined;
}

/** The class of a size, by its ranges. */
function classOf(details: TlsfDetails, size: number): number | undefined {
  for (let c = details.rows * details.columns - 1; c >= 0; c--) if (details.range(c).from <= size) return c;
  return undefined;
}

function explained(details: TlsfDetails, r: TlsfRequest, { title, call }: Tried): Probe {
  const { columns, flBitmap, slBitmap } = details;
  const row = Math.floor(r.searchClass / columns);
  const column = r.searchClass % columns;
  const steps: ProbeStep[] = [
    {
      tone: 'plain',
      title: `${String(r.asked)} + ${String(r.withRecord - r.asked)} record = ${String(r.withRecord)}, to ${String(UNIT)}: ${String(r.aligned)}`,
      text:
        r.rounded === r.aligned
          ? 'the start of a class already'
          : `rounded up inside its class: ${String(r.aligned)} → ${String(r.rounded)} (+${String(r.rounded - r.aligned)} B)`,
    },
    {
      tone: 'search',
      title: `search starts at ${className(r.searchClass, columns)}, ${bytesText(r.rounded)}`,
      text: searchText(slBitmap[row] ?? 0, row, column),
    },
  ];
  if (r.foundClass === undefined) {
    steps.push({
      tone: 'search',
      title: `fl_bitmap above bit ${String(row)}: ${hex(above(flBitmap, row))}`,
      text: `no row with larger blocks: NULL${heldAgainst(undefined, call)}`,
    });
    return { title, steps, note: 'No list is searched: two bitmap words say that nothing fits.' };
  }
  const foundRow = Math.floor(r.foundClass / columns);
  const foundColumn = r.foundClass % columns;
  const bits = hex(slBitmap[foundRow] ?? 0);
  const sameRow = foundRow === row;
  steps.push(
    sameRow
      ? { tone: 'search', title: 'found in the same row', text: 'fl_bitmap is not needed' }
      : {
          tone: 'search',
          title: `fl_bitmap above bit ${String(row)}: ${hex(above(flBitmap, row))}`,
          text: `lowest set bit is ${String(foundRow)}`,
        },
    {
      tone: 'found',
      title: `sl_bitmap[${String(foundRow)}] = ${bits}, lowest bit ${sameRow ? `from ${String(column)} on ` : ''}${String(foundColumn)}`,
      text: `head of ${className(r.foundClass, columns)} = ${r.block === undefined ? '?' : hex(r.block)}, ${r.blockSize === undefined ? '?' : bytesText(r.blockSize)}. No list is searched`,
    },
    taken(r, call),
  );
  if (r.rest > 0) {
    const rest = restClass(details, r);
    steps.push({
      tone: 'free',
      title: `rest ${bytesText(r.rest)} is inserted in ${rest === undefined ? '?' : className(rest, columns)}`,
      text: `${r.restBlock === undefined ? '' : `as ${hex(r.restBlock)}, `}at the head of its list${rest === undefined ? '' : bitsSet(details, rest)}`,
    });
  }
  return { title, steps, note: 'cost: 2 bitmap reads, 1 list head, whatever the heap looks like' };
}

function taken(r: TlsfRequest, call: RunCall | undefined): ProbeStep {
  if (r.outcome === 'overrun')
    return {
      tone: 'used',
      title: 'the block found is smaller than the request',
      text: 'the C code cuts it all the same and runs wild',
    };
  return {
    tone: 'used',
    title:
      r.outcome === 'whole'
        ? `whole block: ${bytesText(r.blockSize ?? 0)} used`
        : `cut: ${bytesText(r.rounded)} used${headerText(r)}`,
    text: r.result === undefined ? 'the payload is behind the header' : `returns ${hex(r.result)}${heldAgainst(r.result, call)}`,
  };
}

/** What lies between the block and what the caller gets, beside the record. */
function headerText({ asked, withRecord, block, result }: TlsfRequest): string {
  return block === undefined || result === undefined ? '' : `, ${bytesText(result - block - (withRecord - asked))} header`;
}

/** `; bits 5 and 7 are set`: those that the insertion of a block sets, where they are not set already. */
function bitsSet({ columns, flBitmap, slBitmap }: TlsfDetails, sizeClass: number): string {
  const [row, column] = [Math.floor(sizeClass / columns), sizeClass % columns];
  if (((slBitmap[row] ?? 0) & (1 << column)) !== 0) return '; its bits are set already';
  return (flBitmap & (1 << row)) === 0
    ? `; bits ${String(row)} and ${String(column)} are set`
    : `; bit ${String(column)} of row ${String(row)} is set`;
}

function searchText(bits: number, row: number, column: number): string {
  const rest = Math.floor(bits / 2 ** column);
  if (bits === 0) return `row ${String(row)} bitmap is 0: nothing here`;
  return rest === 0
    ? `row ${String(row)} bitmap is ${hex(bits)}: nothing from bit ${String(column)} on`
    : `row ${String(row)} bitmap is ${hex(bits)}`;
}

function above(bitmap: number, bit: number): number {
  return bit >= 31 ? 0 : Math.floor(bitmap / 2 ** (bit + 1)) * 2 ** (bit + 1);
}
