// What several panes need of the browser.

import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of an element's content box, kept up to date. */
export function useSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const target = element.current;
    if (target === null) return undefined;
    const read = () => {
      const { clientWidth: width, clientHeight: height } = target;
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** Milliseconds without a change after which values count as settled, and after which they do in any case. */
const STILL = 60;
const MOST_WAIT = 300;

/** What `make` gives for these values, once they have settled: for what is read, and too much to be made for every frame of a movement. */
export function useSettled<T>(make: () => T, values: readonly unknown[]): T {
  const [made, setMade] = useState(make);
  const first = useRef(true);
  const since = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return undefined;
    }
    const now = performance.now();
    since.current ??= now;
    const timer = setTimeout(
      () => {
        since.current = undefined;
        setMade(make());
      },
      Math.max(0, Math.min(STILL, since.current + MOST_WAIT - now)),
    );
    return () => clearTimeout(timer);
  }, values);
  return made;
}

const FORWARD = ['ArrowRight', 'ArrowDown'];
const BACKWARD = ['ArrowLeft', 'ArrowUp'];

/**
 * One tab stop for everything marked `data-rove` in an element: Tab enters at the last one used, arrows, Home and End go round.
 * Elements may come and go with every frame.
 */
export function useRoving(container: RefObject<HTMLElement | null>): void {
  const last = useRef<string>('');
  useEffect(() => {
    const root = container.current;
    if (root === null) return;
    const stops = stopsIn(root);
    const chosen =
      stops.find((s) => s === document.activeElement) ?? stops.find((s) => s.dataset['rove'] === last.current) ?? stops[0];
    for (const stop of stops) stop.tabIndex = stop === chosen ? 0 : -1;
  });
  useEffect(() => {
    const root = container.current;
    if (root === null) return undefined;
    const keydown = (e: KeyboardEvent) => {
      if (e.ctrlKey || e.altKey || e.metaKey || e.target instanceof HTMLInputElement) return;
      const stops = stopsIn(root);
      const at = stops.indexOf(document.activeElement as HTMLElement);
      const next = nextStop(e.key, at, stops.length);
      if (at < 0 || next === undefined) return;
      e.preventDefault();
      e.stopPropagation();
      stops[next]?.focus();
    };
    const focusin = (e: FocusEvent) => {
      const stops = stopsIn(root);
      const target = e.target as HTMLElement;
      if (!stops.includes(target)) return;
      last.current = target.dataset['rove'] ?? '';
      for (const stop of stops) stop.tabIndex = stop === target ? 0 : -1;
    };
    root.addEventListener('keydown', keydown);
    root.addEventListener('focusin', focusin);
    return () => {
      root.removeEventListener('keydown', keydown);
      root.removeEventListener('focusin', focusin);
    };
  }, [container]);
}

function stopsIn(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>('[data-rove]')];
}

function nextStop(key: string, at: number, count: number): number | undefined {
  if (FORWARD.includes(key)) return Math.min(count - 1, at + 1);
  if (BACKWARD.includes(key)) return Math.max(0, at - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return undefined;
}

/** Native scroll heights are limited, and not needed: beyond this many pixels the scroll bar stands for more than it measures. */
const MOST_PIXELS = 8_000_000;

/** Height of the element that gives a scroll bar its length, and pixels of content behind each of its pixels. */
export function scrollScale(contentHeight: number, viewHeight: number): { readonly height: number; readonly scale: number } {
  if (contentHeight <= MOST_PIXELS) return { height: contentHeight, scale: 1 };
  return { height: MOST_PIXELS, scale: (contentHeight - viewHeight) / (MOST_PIXELS - viewHeight) };
}
