// Moves of the selection, one after the other: each begins where the one before it ended, so that no press of many is lost.

import type { Neighbour } from '../src/view/heap-view';

/** Moves that wait for their turn: what a person presses at once. A key that is held does not run on for long. */
const MOST = 8;

export class Walk {
  private readonly step: (way: Neighbour) => Promise<void>;
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(step: (way: Neighbour) => Promise<void>) {
    this.step = step;
  }

  go(way: Neighbour): Promise<void> {
    if (this.waiting >= MOST) return this.last;
    this.waiting++;
    const next = async (): Promise<void> => {
      this.waiting--;
      await this.step(way);
    };
    return (this.last = this.last.then(next, next));
  }
}
