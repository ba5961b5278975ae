// Playing: operation by operation, at a chosen speed, never faster than the panel can show.

import type { Store } from './store';

/** Operations a second; 0 is as many as can be shown. */
export const SPEEDS = [1, 2, 4, 8, 30, 0] as const;
const USUAL = 4;

export function speedOf(store: Store): number {
  return store.layout.speed ?? USUAL;
}

export function togglePlaying(store: Store): void {
  if (store.playing) store.setPlaying(false);
  else if (store.frame?.moment !== undefined) {
    if (store.frame.moment.atEnd) store.move('restart');
    store.setPlaying(true);
    step(store, undefined);
  }
}

/** One operation, and the next when its time has come and this one is on screen: so nothing queues up. */
function step(store: Store, shown: number | undefined): void {
  if (!store.playing) return;
  const { frame } = store;
  if (frame?.moment === undefined) {
    store.setPlaying(false);
    return;
  }
  if (frame.sequence === shown) {
    requestAnimationFrame(() => step(store, shown));
    return;
  }
  store.move('stepOver');
  const speed = speedOf(store);
  const sequence = frame.sequence;
  if (speed === 0) requestAnimationFrame(() => step(store, sequence));
  else setTimeout(() => step(store, sequence), 1000 / speed);
}
