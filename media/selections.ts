// The way through selections, back and forward. It is kept with the panel's state, so it comes back after a reload.

import type { History } from '../src/protocol/messages';

/** Selections remembered in each direction. */
const MOST = 100;

export class Selections {
  private back: readonly string[];
  private forward: readonly string[];

  /** @param kept as storage gives it, perhaps of an earlier version */
  constructor(kept: unknown) {
    const { back, forward } = (typeof kept === 'object' ? (kept ?? {}) : {}) as Record<string, unknown>;
    this.back = addressesIn(back);
    this.forward = addressesIn(forward);
  }

  get history(): History {
    return { back: this.back, forward: this.forward };
  }

  /** Something else is selected than before, or nothing any more: what Esc took away is a place on the way like others. */
  go(from: string | undefined, to: string | undefined): void {
    if (from === to) return;
    if (from !== undefined) this.back = [...this.back, from].slice(-MOST);
    // Taken away and selected again, it is not behind itself.
    else if (this.back.at(-1) === to) this.back = this.back.slice(0, -1);
    if (to !== undefined) this.forward = [];
  }

  /** The selection to go back to from the current one; undefined at the end. */
  goBack(from: string | undefined): string | undefined {
    const to = this.back.at(-1);
    if (to === undefined) return undefined;
    this.back = this.back.slice(0, -1);
    if (from !== undefined) this.forward = [...this.forward, from].slice(-MOST);
    return to;
  }

  goForward(from: string | undefined): string | undefined {
    const to = this.forward.at(-1);
    if (to === undefined) return undefined;
    this.forward = this.forward.slice(0, -1);
    if (from !== undefined) this.back = [...this.back, from].slice(-MOST);
    return to;
  }
}

function addressesIn(kept: unknown): readonly string[] {
  if (!Array.isArray(kept)) return [];
  return kept.filter((a): a is string => typeof a === 'string' && /^0x[0-9a-f]{1,16}$/i.test(a)).slice(-MOST);
}
