// The way of a request over TLSF's grid: dashed where it searches along a row, solid to the list that it finds, with the numbers that
// stand before the words beside it. Drawn where the cells stand.

import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { GridPath, GridPlace } from '../../../src/view/own/tlsf-path';
import { useSize } from '../../hooks';

interface Grid {
  /** Middle of cell [0][0], and the distance to the next, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

export function TlsfPath({ path, grid }: { readonly path: GridPath; readonly grid: RefObject<HTMLDivElement | null> }) {
  const [at, setAt] = useState<Grid | undefined>(undefined);
  const { width, height } = useSize(grid);
  useLayoutEffect(() => {
    const found = grid.current === null ? undefined : measured(grid.current);
    setAt((old) => (JSON.stringify(old) === JSON.stringify(found) ? old : found));
  }, [path, width, height]);
  if (at === undefined) return null;
  const x = (p: GridPlace) => at.x + p.column * at.dx;
  const y = (p: GridPlace) => at.y + p.row * at.dy;
  const line = (places: readonly GridPlace[], shorter: { readonly from: number; readonly to: number }) => {
    const points = places.map((p) => [x(p), y(p)] as [number, number]);
    const [first, last] = [points[0]!, points.at(-1)!];
    first[0] += shorter.from * Math.sign(points[1]![0] - first[0]);
    last[0] -= shorter.to * Math.sign(last[0] - points.at(-2)![0]);
    return `M${points.map(([px, py]) => `${n(px)} ${n(py)}`).join('L')}`;
  };
  const half = at.dx / 2;
  const { along, down, search, found, rest } = path;
  const sameRow = found?.row === search.row;
  return (
    <>
      <svg class="tlsf-path" width={at.width} height={at.height} aria-hidden="true">
        <Outline kind="search" at={search} grid={at} />
        {rest !== undefined && <Outline kind="rest" at={rest} grid={at} />}
        {found !== undefined && <Outline kind="found" at={found} grid={at} />}
        {along.length > 0 && <path class="along" d={line(along, { from: half, to: sameRow ? half + 2 : 0 })} />}
        {down.length > 0 && <path class="down" d={line(down, { from: 0, to: 0 })} />}
        {found !== undefined && along.length > 0 && (
          <path
            class="tip"
            d={
              sameRow
                ? `M${n(x(found) - half)} ${n(y(found))}l-7 -4v8z`
                : `M${n(x(found))} ${n(y(found) - at.dy / 2 + 4)}l-4 -7h8z`
            }
          />
        )}
        {found === undefined && along.length > 0 && <path class="down" d={`M${n(x(along[1]!))} ${n(y(along[1]!) - 6)}v12`} />}
      </svg>
      {path.discs.map((d) => (
        <span
          key={d.number}
          class={`disc disc-${d.tone}`}
          aria-hidden="true"
          style={{ left: `${String(x(d))}px`, top: `${String(y(d))}px` }}
        >
          {d.number}
        </span>
      ))}
    </>
  );
}

function Outline({ kind, at, grid }: { readonly kind: string; readonly at: GridPlace; readonly grid: Grid }) {
  const [x, y] = [grid.x + (at.column - 0.5) * grid.dx, grid.y + (at.row - 0.5) * grid.dy];
  return <path class={`at-${kind}`} d={`M${n(x)} ${n(y)}h${n(grid.dx)}v${n(grid.dy)}h-${n(grid.dx)}z`} />; // prettier-ignore
}

function n(value: number): string {
  return value.toFixed(1);
}

function measured(grid: HTMLElement): Grid | undefined {
  const cells = grid.querySelectorAll('td.cell');
  const rows = grid.querySelectorAll('tbody tr').length;
  const columns = cells.length / Math.max(1, rows);
  if (cells.length === 0) return undefined;
  const box = grid.getBoundingClientRect();
  const [first, last] = [cells[0]!.getBoundingClientRect(), cells[cells.length - 1]!.getBoundingClientRect()];
  return {
    x: first.left + first.width / 2 - box.left + grid.scrollLeft,
    y: first.top + first.height / 2 - box.top + grid.scrollTop,
    dx: columns > 1 ? (last.left - first.left) / (columns - 1) : first.width,
    dy: rows > 1 ? (last.top - first.top) / (rows - 1) : first.height,
    width: grid.scrollWidth,
    height: grid.scrollHeight,
  };
}
