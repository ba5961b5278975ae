// The drawing behind a failed palloc: memory, and under it the places of each order, aligned in absolute address.

import { hex } from '../../memory/address';
import { countText, sizeText } from '../../regions/text';
import type { HeapSnapshot } from '../../snapshot/snapshot';
import type { Bar, Drawing, DrawingRow } from '../reasoning';
import { orderBytes, usedIn, type Run } from './request-reasons';

/** Places of one order that are drawn; more would be too thin to read. */
const MOST_CELLS = 16n;
const MOST_ROWS = 4;
const PAGE = 4096n;

/** Undefined where the places are too many to draw, or there is no memory. */
export function drawOrders(snapshot: HeapSnapshot, runs: readonly Run[], order: number, highest: number): Drawing | undefined {
  if (runs.length === 0) return undefined;
  const size = orderBytes(order);
  const lo = runs.reduce((low, r) => (r.base < low ? r.base : low), runs[0]!.base) & -size;
  const top = runs.reduce((high, r) => (r.end > high ? r.end : high), 0n);
  const hi = (top + size - 1n) & -size;
  if ((hi - lo) / size > MOST_CELLS) return undefined;
  const share = (address: bigint): number => Number(address - lo) / Number(hi - lo);
  const rows: DrawingRow[] = [
    {
      label: 'memory',
      bars: runs.map((r): Bar => ({ from: share(r.base), to: share(r.end), text: sizeText(r.end - r.base), look: 'free' })),
    },
  ];
  for (let k = order; k >= 0 && k >= highest && rows.length <= MOST_ROWS; k--) {
    const bytes = orderBytes(k);
    if ((hi - lo) / bytes > MOST_CELLS) break;
    const bars: Bar[] = [];
    for (let at = lo; at < hi; at += bytes) {
      const { text, look } = verdict(snapshot, runs, at, at + bytes);
      bars.push({ from: share(at), to: share(at + bytes), text, look });
    }
    rows.push({ label: `order ${String(k)}`, bars, end: sizeText(bytes), ...(k === order && { marked: true }) });
  }
  return { ticks: ticks(lo, hi), rows, span: { from: hex(lo), to: `0x${hi.toString(16)}` } };
}

/** Why a place is no free chunk. */
function verdict(snapshot: HeapSnapshot, runs: readonly Run[], base: bigint, end: bigint): { text: string; look: Bar['look'] } {
  const inside = runs
    .map((r) => ({ run: r, shared: (r.end < end ? r.end : end) - (r.base > base ? r.base : base) }))
    .filter((x) => x.shared > 0n)
    .sort((a, b) => (a.shared > b.shared ? -1 : 1))[0];
  if (inside === undefined) return { text: '✗ no free memory', look: 'missing' };
  const { run } = inside;
  if (run.base > base) return { text: `✗ starts below ${hex(run.base)}`, look: 'missing' };
  if (run.end < end) return { text: `✗ ${countText((end - run.end) / PAGE)} pages short`, look: 'missing' };
  const used = usedIn(snapshot, { base, end });
  return used === 0n ? { text: '✓ free', look: 'free' } : { text: `✗ ${sizeText(used)} in use`, look: 'used' };
}

function ticks(lo: bigint, hi: bigint): Drawing['ticks'] {
  const step = (hi - lo) / 4n;
  const places = step > 0n ? [0n, 1n, 2n, 3n, 4n] : [0n, 4n];
  return places.map((i) => {
    const at = lo + i * step;
    return { at: Number(i) / 4, text: lo === 0n ? (at === 0n ? '0' : sizeText(at)) : hex(at) };
  });
}
