// How the panes of heap views stand, kept for the workspace: a new panel begins as the last one was left.

import type { Layout } from '../../protocol/messages';

const KEY = 'heapView.layout';
/** More than any panel has. */
const MOST = 100;

/** What is needed of VS Code's `Memento`. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

export class Arrangement {
  private readonly memory: Memory;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  /** Undefined where no pane was ever moved, and where what was kept is of no use. */
  get layout(): Layout | undefined {
    return layoutOf(this.memory.get(KEY));
  }

  /** @param layout as a webview says it: nothing in it is taken for granted */
  keep(layout: unknown): void {
    const known = layoutOf(layout);
    if (known !== undefined) void this.memory.update(KEY, known);
  }
}

function layoutOf(value: unknown): Layout | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { sizes, folded, asLists, speed } = value as Record<string, unknown>;
  if (typeof sizes !== 'object' || sizes === null || !Array.isArray(folded)) return undefined;
  return {
    sizes: Object.fromEntries(
      Object.entries(sizes)
        .filter((entry): entry is [string, number] => Number.isFinite(entry[1]))
        .slice(0, MOST),
    ),
    folded: folded.filter((name): name is string => typeof name === 'string').slice(0, MOST),
    ...(typeof asLists === 'boolean' && { asLists }),
    ...(Number.isFinite(speed) && { speed: speed as number }),
  };
}
