// When the map moves: after one step at a time, and never in the way of the next state.

import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { RunFlag } from '../../../src/view/map/map';
import type { MapView } from '../../../src/view/map/map';
import { isSame } from '../../../src/view/frame/change';
import { FADING, GROWING, mapAfter, markStrength, motionBetween } from '../../canvas/motion';
import type { Motion } from '../../canvas/motion';
import { onceAFrame } from '../../canvas/surface';
import { currentPalette, movesLess } from '../../theme';

/** Milliseconds between two steps below which they are no longer followed one by one: 8 a second, as exactly as a screen tells. */
const LEAST_BETWEEN = 1000 / 8 - 17;

/** What the user and the theme let be done. */
export interface Wishes {
  /** Not with reduced motion. */
  readonly moves: boolean;
  /** Not in high contrast, where nothing is seen through. */
  readonly fades: boolean;
}

/** What is painted now. */
export interface Pose {
  readonly map: MapView;
  /** Strength of the marks of the last step. */
  readonly strength: number;
  /** Is there another picture to come? */
  readonly moving: boolean;
}

export class Moving {
  /** A key is held down and repeats. */
  held = false;
  private readonly clock: () => number;
  private readonly wishes: () => Wishes;
  private shown: MapView | undefined;
  private lastStep = -Infinity;
  private current: { readonly motion: Motion | undefined; readonly since: number; readonly top: number } | undefined;

  private paintedAt: number | undefined;
  private painted: MapView | undefined;
  private waits = false;

  /** @param clock milliseconds */
  constructor(clock: () => number, wishes: () => Wishes) {
    this.clock = clock;
    this.wishes = wishes;
  }

  /**
   * Another frame has come. Whatever moved is cut short by a new map.
   *
   * @param stepped did one step lead to it?
   * @param top first pixel of the map that is visible
   */
  arrive(map: MapView, stepped: boolean, top: number): void {
    const now = this.clock();
    const fast = now - this.lastStep < LEAST_BETWEEN;
    if (stepped) this.lastStep = now;
    const before = this.shown;
    this.shown = map;
    if (map === before || (this.current !== undefined && !stepped && before !== undefined && looksLike(map, before))) return;
    this.current = undefined;
    if (before === undefined || !stepped || fast || this.held) return;
    const { moves, fades } = this.wishes();
    if (!moves) return;
    const motion = this.paintedAt === top ? motionBetween(before, map) : undefined;
    if (motion !== undefined || (fades && isMarked(map))) this.current = { motion, since: now, top };
  }

  /** @param top first pixel of the map that is visible: in a window that moves itself, nothing in it does */
  pose(map: MapView, top: number): Pose {
    const { current } = this;
    this.paintedAt = top;
    const elapsed = current === undefined ? Infinity : this.clock() - current.since;
    if (current === undefined || current.top !== top || elapsed >= (current.motion === undefined ? FADING : GROWING)) {
      this.end();
      return { map, strength: 1, moving: false };
    }
    const { motion } = current;
    const strength = this.wishes().fades ? markStrength(elapsed) : 1;
    return { map: motion === undefined ? map : mapAfter(motion, elapsed), strength, moving: true };
  }

  /**
   * To be asked once a frame of the screen, before its picture: is that left to the next one? A map to another scale is all new, as are
   * the parts of the page that tell of it; both together are more than a frame has time for. Never twice in a row.
   */
  giveWay(map: MapView): boolean {
    const before = this.painted;
    this.painted = map;
    this.waits = before !== undefined && !this.waits && !isToScale(map, before);
    return this.waits;
  }

  /** Is there another picture to come? */
  get isMoving(): boolean {
    return this.waits || this.current !== undefined;
  }

  /** Everything is in its place. */
  end(): void {
    this.current = undefined;
    this.waits = false;
  }
}

/** Does as much lie in a cell, and in the same order? */
function isToScale(a: MapView, b: MapView): boolean {
  return a.level === b.level && a.shape === b.shape && (a.bytes === undefined) === (b.bytes === undefined);
}

/** The same picture again, as where the window was moved to show something and now stands there. */
function looksLike(a: MapView, b: MapView): boolean {
  return isSame({ ...a, revealed: b.revealed }, b);
}

/** Is anything in the window marked as changed? */
function isMarked({ items, bytes }: MapView): boolean {
  return (
    bytes === undefined &&
    items.some((i) =>
      i.kind === 'row' ? i.changed : i.kind === 'fold' && i.boxes.some((b) => (b.flags & RunFlag.changed) !== 0),
    )
  );
}

const ends = new Set<() => void>();

/** Puts everything that moves, or has yet to come, in its place on the canvas: before a picture is taken of it. */
export function endMotion(): void {
  for (const end of ends) end();
}

/**
 * Paints a canvas when asked to, and as often as it takes while something on it moves; `data-moving` says so.
 *
 * @param draw paints what is to be seen now
 */
export function useMotion(
  canvas: RefObject<HTMLCanvasElement | null>,
  draw: (moving: Moving) => void,
): { readonly paint: () => void; readonly arrive: Moving['arrive'] } {
  const drawing = useRef(draw);
  drawing.current = draw;
  const made = useRef<{ readonly moving: Moving; readonly now: () => void; readonly paint: () => void } | undefined>(undefined);
  if (made.current === undefined) {
    const moving = new Moving(() => performance.now(), () => ({ moves: !movesLess(), fades: !currentPalette().highContrast })); // prettier-ignore
    const now = () => {
      drawing.current(moving);
      canvas.current?.toggleAttribute('data-moving', moving.isMoving);
      if (moving.isMoving) paint();
    };
    const paint = onceAFrame(now);
    made.current = { moving, now, paint };
  }
  const { moving, now, paint } = made.current;
  useEffect(() => {
    const listen = (e: KeyboardEvent) => (moving.held = e.type === 'keydown' && e.repeat);
    const end = () => {
      moving.end();
      do now();
      while (moving.isMoving);
    };
    ends.add(end);
    document.addEventListener('keydown', listen, true);
    document.addEventListener('keyup', listen, true);
    return () => {
      ends.delete(end);
      document.removeEventListener('keydown', listen, true);
      document.removeEventListener('keyup', listen, true);
    };
  }, []);
  const arrive: Moving['arrive'] = (map, stepped, top) => {
    moving.arrive(map, stepped, top);
    // Before the first picture of it, so that whoever looks does not take the last one for what is to stay.
    if (moving.isMoving) canvas.current?.setAttribute('data-moving', '');
  };
  return { paint, arrive };
}
