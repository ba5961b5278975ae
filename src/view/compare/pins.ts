// States that are pinned to be compared with, of all panels of a window: a step of a simulation, a dump, a stop of a debug session.
// Held in memory, within bounds, until they are taken away or the window is reloaded; the panel that they were taken from may close.

import type { Compared } from './comparison';

/** Pins that are kept, and blocks in all of them: some 200 MiB of tables. */
const MOST_PINS = 12;
const MOST_BLOCKS = 4_000_000;

export interface Pin {
  /** Means nothing in another window, nor in this one after a reload. */
  readonly id: string;
  readonly state: Compared;
}

export class Pins {
  private readonly pins = new Map<string, Pin>();
  private readonly listeners = new Set<() => void>();
  private readonly prefix: string;
  private count = 0;

  /** @param prefix makes the ids of this window different from those that restored panels remember */
  constructor(prefix = '') {
    this.prefix = prefix;
  }

  /** In the order in which they were pinned. */
  get all(): readonly Pin[] {
    return [...this.pins.values()];
  }

  get(id: string): Pin | undefined {
    return this.pins.get(id);
  }

  /** Pins a state. Names of older ones that had to go are given back. */
  add(state: Compared): { readonly pin: Pin; readonly dropped: readonly string[] } {
    const pin: Pin = { id: `${this.prefix}${String(++this.count)}`, state };
    this.pins.set(pin.id, pin);
    const dropped: string[] = [];
    for (const old of this.all) {
      if (old === pin || !this.tooMuch()) break;
      this.pins.delete(old.id);
      dropped.push(old.state.name);
    }
    this.changed();
    return { pin, dropped };
  }

  remove(id: string): void {
    if (this.pins.delete(id)) this.changed();
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tooMuch(): boolean {
    const blocks = this.all.reduce((sum, { state }) => sum + state.snapshot.blocks.length, 0);
    return this.pins.size > MOST_PINS || blocks > MOST_BLOCKS;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
