// Dragging over the map marks a range of addresses; a drag is no click.

import { useRef } from 'preact/hooks';
import type { MapView } from '../../../src/view/map/map';
import { hex } from '../../../src/view/numbers';
import type { Store } from '../../store';

/** Pixels up to which a pointer that moves is still clicking. */
const STILL = 5;

export interface RangeDrag {
  down(e: PointerEvent, address: bigint | undefined): void;
  move(e: PointerEvent, addressAt: () => bigint | undefined, map: MapView): void;
  /** Was what ends with this click a drag? */
  ended(): boolean;
}

export function useRangeDrag(store: Store): RangeDrag {
  const drag = useRef<{ readonly x: number; readonly y: number; readonly from: bigint; moved: boolean } | undefined>(undefined);
  return {
    down: (e, address) => {
      const from = e.button === 0 ? address : undefined;
      drag.current = from === undefined ? undefined : { x: e.clientX, y: e.clientY, from, moved: false };
    },
    move: (e, addressAt, map) => {
      const { current } = drag;
      if (current === undefined || (e.buttons & 1) === 0) return;
      if (!current.moved && Math.hypot(e.clientX - current.x, e.clientY - current.y) < STILL) return;
      const address = addressAt();
      if (address === undefined) return;
      current.moved = true;
      const range = stretch(map, current.from, address);
      const { range: had } = store.viewport;
      if (had?.from !== range.from || had.to !== range.to) store.look({ range });
    },
    ended: () => {
      const moved = drag.current?.moved === true;
      drag.current = undefined;
      return moved;
    },
  };
}

/** Whole cells between two places, both included; bytes where the map shows bytes. */
function stretch(map: MapView, a: bigint, b: bigint): { readonly from: string; readonly to: string } {
  const cell = BigInt(map.bytes === undefined ? map.cellBytes : 1);
  const [low, high] = a < b ? [a, b] : [b, a];
  return { from: hex(low - (low % cell)), to: hex(high - (high % cell) + cell) };
}
