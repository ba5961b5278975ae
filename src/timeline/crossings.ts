// From the beginning of one interval of a run to that of any other one: a crossing an interval, one of eight of them, of eight times
// eight, and so on. A stretch of a thousand intervals is some twenty crossings.

import { Crossing } from '../memory/crossing';
import type { WordRange } from '../memory/journal';

/** Crossings of one level that make one of the next. */
const JOINED = 8;

export class Crossings {
  /** The crossing at `levels[n][i]` is of `JOINED ** n` intervals, from interval `i * JOINED ** n` on. */
  private readonly levels: Crossing[][] = [[]];

  /** Adds that of the next interval. */
  push(crossing: Crossing): void {
    this.levels[0]!.push(crossing);
    for (let n = 0; this.levels[n]!.length % JOINED === 0; n++)
      (this.levels[n + 1] ??= []).push(Crossing.join(this.levels[n]!.slice(-JOINED)));
  }

  /** Takes memory from the beginning of an interval to that of another one. */
  cross(store: Uint32Array, from: number, to: number): void {
    const end = Math.max(from, to);
    // Crossings are the same in both directions and in any order.
    for (let at = Math.min(from, to); at < end;) {
      let [n, span] = [0, 1];
      while (at % (span * JOINED) === 0 && at + span * JOINED <= end) [n, span] = [n + 1, span * JOINED];
      this.levels[n]![at / span]!.apply(store);
      at += span;
    }
  }

  /** The last interval before `before` that wrote any of these words; −1 when none did. */
  lastThatWrote(words: readonly WordRange[], before: number): number {
    let i = before - 1;
    while (i >= 0 && !this.levels[0]![i]!.wrote(words)) i--;
    return i;
  }

  /** Bytes that they keep. */
  get bytes(): number {
    return this.levels.flat().reduce((sum, c) => sum + c.bytes, 0);
  }
}
