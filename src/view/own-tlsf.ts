// TLSF: the two-level bitmap as a grid, and the way of one request through it.

import type { TlsfDetails, TlsfRequest } from '../snapshot/details';
import { counted, hex, shortSizeText, sizeText } from './numbers';
import type { OwnInput } from './own';
import { parseSize } from './own-probe';
import type { Probe, ProbeStep } from './own-probe';

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
  readonly probe: Probe;
}

export function buildTlsf(details: TlsfDetails, { snapshot, selection, probe }: OwnInput): TlsfView {
  const { rows, columns, flBitmap } = details;
  const most = Math.max(...snapshot.areas.map((a) => Number(a.end - a.base)), 0);
  const block = selection === undefined ? undefined : snapshot.blocks.holding(selection);
  const selectedClass = block?.state === 'free' ? block.sizeClass : -1;
  const size = parseSize(probe);
  const request = size === undefined ? undefined : details.request(size);
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
        ? `rows ${String(shown)}–${String(rows - 1)} are for blocks of ${sizeText(details.range(shown * columns).from)} and more: none can exist in an area of ${sizeText(most)}`
        : '',
    probe: request === undefined ? nothingTried(probe) : explained(details, request),
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

export function nothingTried(probe: string): Probe {
  return {
    title: 'Try a malloc',
    steps: [],
    note:
      probe.trim() === '' ? 'Type a size to see its way. Nothing is changed.' : `“${probe}” is no size: 2500, 0x9c4 or 64K are.`,
  };
}

function marksOf(details: TlsfDetails, request: TlsfRequest): Map<number, string> {
  const marks = new Map<number, string>();
  const add = (sizeClass: number | undefined, mark: string) => {
    if (sizeClass !== undefined) marks.set(sizeClass, (marks.get(sizeClass) ?? '') + mark);
  };
  add(request.searchClass, '②');
  add(request.foundClass, '④');
  if (request.rest > 0) add(classOf(details, request.rest), '⑥');
  return marks;
}

/** The class of a size, by its ranges. */
function classOf(details: TlsfDetails, size: number): number | undefined {
  for (let c = details.rows * details.columns - 1; c >= 0; c--) if (details.range(c).from <= size) return c;
  return undefined;
}

function explained(details: TlsfDetails, r: TlsfRequest): Probe {
  const { columns, flBitmap, slBitmap } = details;
  const row = Math.floor(r.searchClass / columns);
  const column = r.searchClass % columns;
  const steps: ProbeStep[] = [
    {
      title: `${String(r.asked)} + ${String(r.withRecord - r.asked)} record = ${String(r.withRecord)}, to ${String(UNIT)}: ${String(r.aligned)}`,
      text:
        r.rounded === r.aligned
          ? 'the start of a class already'
          : `rounded up inside its class: ${String(r.aligned)} → ${String(r.rounded)} (+${String(r.rounded - r.aligned)} B)`,
    },
    {
      title: `search starts at ${className(r.searchClass, columns)}, ${sizeText(r.rounded)}`,
      text: searchText(slBitmap[row] ?? 0, row, column),
    },
  ];
  const title = `malloc(${String(r.asked)}), tried on this state`;
  if (r.foundClass === undefined) {
    steps.push({
      title: `fl_bitmap above bit ${String(row)}: ${hex(above(flBitmap, row))}`,
      text: 'no row with larger blocks: NULL',
    });
    return { title, steps, note: 'No list is searched: two bitmap words say that nothing fits.' };
  }
  const foundRow = Math.floor(r.foundClass / columns);
  const foundColumn = r.foundClass % columns;
  const bits = hex(slBitmap[foundRow] ?? 0);
  steps.push(
    foundRow === row
      ? { title: 'found in the same row', text: 'fl_bitmap is not needed' }
      : {
          title: `fl_bitmap above bit ${String(row)}: ${hex(above(flBitmap, row))}`,
          text: `lowest set bit is ${String(foundRow)}`,
        },
    {
      title: `sl_bitmap[${String(foundRow)}] = ${bits}, bit ${String(foundColumn)}`,
      text: `head of ${className(r.foundClass, columns)} = ${r.block === undefined ? '?' : hex(r.block)}, ${r.blockSize === undefined ? '?' : sizeText(r.blockSize)}. No list is searched`,
    },
    r.outcome === 'overrun'
      ? { title: 'the block found is smaller than the request', text: 'the C code cuts it all the same and runs wild' }
      : {
          title: `${r.outcome === 'whole' ? 'whole block' : 'cut'}: ${sizeText(r.rest > 0 ? r.rounded : (r.blockSize ?? 0))} used`,
          text: `payload behind the block's header`,
        },
  );
  if (r.rest > 0) {
    const rest = classOf(details, r.rest);
    steps.push({
      title: `rest ${sizeText(r.rest)} is inserted in ${rest === undefined ? '?' : className(rest, columns)}`,
      text: 'at the head of its list',
    });
  }
  return { title, steps, note: 'cost: 2 bitmap reads, 1 list head, whatever the heap looks like' };
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
