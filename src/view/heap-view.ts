// The host's half of a panel: it holds the subject, carries out what the webview asks for, and builds frames. Knows neither VS Code
// nor messages; `extension/` connects it to a webview, a test or a page to whatever they have.

import type { HeapSnapshot, Metrics } from '../snapshot/snapshot';
import type { Cursor } from '../timeline/types';
import type { BlockRow } from './block-rows';
import { blockRows } from './block-rows';
import { buddyOf } from './buddy';
import { parseFilter } from './filter';
import { buildFrame } from './frame';
import type { Frame } from './frame';
import { addressBeside, layoutMap } from './map-layout';
import { counted, hex } from './numbers';
import { Owners } from './owners';
import type { Owner } from './owners';
import { currentOperation, operationsDone, seriesOf } from './steps';
import type { Subject } from './subject';
import { FIRST_VIEWPORT, LAST_STEP } from './viewport';
import type { Viewport } from './viewport';

export const MOVES = ['stepForward', 'stepBack', 'stepOver', 'stepBackOver', 'runToEnd', 'restart'] as const;
export type Move = (typeof MOVES)[number];

export const NEIGHBOURS = ['cellLeft', 'cellRight', 'rowUp', 'rowDown', 'nextBlock', 'previousBlock', 'nextFree', 'previousFree', 'buddy', 'nextFinding', 'previousFinding', 'nextMatch', 'previousMatch'] as const; // prettier-ignore
export type Neighbour = (typeof NEIGHBOURS)[number];

/** Heaps up to this many blocks are decoded a second time for the figures before the last operation. */
const SMALL_HEAP = 20_000;

export class HeapView {
  readonly subject: Subject;
  private viewport: Viewport = FIRST_VIEWPORT;
  private sequence = 0;
  private level: number | undefined;
  private owners: Owners | undefined;
  private state:
    { readonly at: string; readonly snapshot: HeapSnapshot | undefined; readonly before: Metrics | undefined } | undefined;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  /** What the webview shows from now on. */
  look(viewport: Viewport): void {
    this.viewport = viewport;
  }

  /** Steps through the simulation; false at its ends, and for a dump. */
  move(how: Move): boolean {
    if (this.subject.kind !== 'simulation') return false;
    const { simulation } = this.subject;
    if (how !== 'runToEnd' && how !== 'restart') return simulation[how]();
    const { operation, step } = simulation.cursor;
    simulation[how]();
    return simulation.cursor.operation !== operation || simulation.cursor.step !== step;
  }

  /** Goes to a place in time, brought inside the simulation's bounds. */
  seek(cursor: Cursor): void {
    if (this.subject.kind !== 'simulation') return;
    this.subject.simulation.seek(cursor);
  }

  get cursor(): Cursor | undefined {
    return this.subject.kind === 'simulation' ? this.subject.simulation.cursor : undefined;
  }

  /** The heap at the cursor. */
  get snapshot(): HeapSnapshot | undefined {
    return this.current().snapshot;
  }

  /** Everything that the panel shows now. */
  frame(): Frame {
    const { snapshot, before } = this.current();
    const { subject } = this;
    const frame = buildFrame(
      {
        sequence: ++this.sequence,
        subject,
        map: subject.kind === 'simulation' ? subject.simulation.input.map : subject.map,
        snapshot,
        reader: subject.kind === 'simulation' ? subject.simulation.reader() : subject.reader,
        touched: subject.kind === 'simulation' ? subject.simulation.touched() : [],
        before,
        owner: this.ownerOf,
        matching: this.matching(snapshot),
      },
      this.viewport,
    );
    this.level = frame.map?.level;
    return frame;
  }

  /** Finds what was typed: an address, `step 35`, or a block that the filter syntax describes. */
  find(text: string): { readonly address?: string; readonly cursor?: Cursor; readonly message: string } {
    const typed = text.trim();
    const { snapshot } = this;
    const step = /^(?:step|#)\s*(\d+)(?:\.(\d+))?$/i.exec(typed);
    if (step !== null && this.subject.kind === 'simulation') {
      const operation = Number(step[1]);
      if (operation > this.subject.simulation.operationCount)
        return { message: `There are ${counted(this.subject.simulation.operationCount, 'step')}.` };
      const cursor =
        operation === 0
          ? { operation: 0, step: 0 }
          : { operation: operation - 1, step: step[2] === undefined ? LAST_STEP : Number(step[2]) };
      return { cursor, message: `Step ${typed.replace(/^\D+/, '')}` };
    }
    const digits = typed.replace(/[\s_]/g, '');
    if (/^(0x)?[0-9a-f]{1,16}$/i.test(digits)) {
      const address = BigInt(/^0x/i.test(digits) ? digits : '0x' + digits);
      const block = snapshot?.blocks.holding(address);
      if (block === undefined) return { message: `${hex(address)} is in no block of this heap.` };
      return { address: hex(address), message: `${hex(address)} is in the ${block.state} block at ${hex(block.base)}` };
    }
    return { message: typed === '' ? 'Type an address, a step or a filter.' : `“${typed}” is neither an address nor a step.` };
  }

  /** The block to go to from the one at `address`; null where there is none. */
  neighbour(address: string, way: Neighbour): string | null {
    const { snapshot } = this;
    if (snapshot === undefined) return null;
    const { blocks, lists, findings } = snapshot;
    const at = blocks.lastAtOrBelow(BigInt(address));
    const block = at < 0 ? undefined : blocks.at(at);
    const blockAt = (i: number) => (i >= 0 && i < blocks.length ? hex(blocks.base(i)) : null);
    switch (way) {
      case 'nextBlock':
        return blockAt(at + 1);
      case 'previousBlock':
        return blockAt(at - 1);
      case 'buddy':
        return block === undefined || blocks.holding(buddyOf(block.base, block.size)) === undefined
          ? null
          : hex(buddyOf(block.base, block.size));
      case 'nextFree':
      case 'previousFree': {
        const list = block && lists.find((l) => l.entries.includes(block.base));
        const entry = list?.entries[list.entries.indexOf(block!.base) + (way === 'nextFree' ? 1 : -1)];
        return entry === undefined ? null : hex(entry);
      }
      case 'nextFinding':
      case 'previousFinding': {
        const places = findings
          .flatMap((f) => (f.address === undefined || f.severity === 'info' ? [] : [f.address]))
          .sort((a, b) => (a < b ? -1 : 1));
        const from = BigInt(address);
        const place =
          way === 'nextFinding'
            ? (places.find((p) => p > from) ?? places[0])
            : (places.findLast((p) => p < from) ?? places.at(-1));
        return place === undefined ? null : hex(place);
      }
      case 'cellLeft':
      case 'cellRight':
      case 'rowUp':
      case 'rowDown':
        return this.beside(snapshot, BigInt(address), way);
      case 'nextMatch':
      case 'previousMatch':
        return this.match(snapshot, at, way === 'nextMatch' ? 1 : -1);
    }
  }

  /** Rows of the block table. */
  blocks(first: number, count: number): { readonly total: number; readonly rows: readonly BlockRow[] } {
    const { snapshot } = this;
    return snapshot === undefined
      ? { total: 0, rows: [] }
      : { total: snapshot.blocks.length, rows: blockRows(snapshot, first, Math.min(count, 1000), this.ownerOf) };
  }

  /** One cell or row further on the map as it was drawn last; what is between the heap's areas is jumped over. */
  private beside(snapshot: HeapSnapshot, address: bigint, way: 'cellLeft' | 'cellRight' | 'rowUp' | 'rowDown'): string | null {
    const { map } = this.viewport;
    const level = this.level ?? 12;
    const { blocks } = snapshot;
    if (way === 'rowUp' || way === 'rowDown') {
      const layout = layoutMap(snapshot, { ...map, level }, new Set(map.unfolded.map((u) => BigInt(u))));
      const beside = addressBeside(layout, address, way === 'rowDown' ? 1 : -1);
      return beside === undefined ? null : nearestBlock(snapshot, beside, way === 'rowDown' ? 1 : -1);
    }
    const beside = address + (way === 'cellRight' ? 1n : -1n) * (1n << BigInt(level));
    return blocks.holding(beside) === undefined ? nearestBlock(snapshot, beside, way === 'cellRight' ? 1 : -1) : hex(beside);
  }

  private match(snapshot: HeapSnapshot, at: number, by: 1 | -1): string | null {
    const filter = parseFilter(this.viewport.filter);
    if (filter === undefined) return null;
    const { blocks } = snapshot;
    for (let n = 1; n <= blocks.length; n++) {
      const i = (((at + n * by) % blocks.length) + blocks.length) % blocks.length;
      if (filter.matches(blocks, i, (j) => this.ownerOf(blocks.base(j), blocks.end(j))?.text ?? '')) return hex(blocks.base(i));
    }
    return null;
  }

  private matching(snapshot: HeapSnapshot | undefined): number | undefined {
    const filter = parseFilter(this.viewport.filter);
    if (filter === undefined || snapshot === undefined) return undefined;
    const { blocks } = snapshot;
    let count = 0;
    for (let i = 0; i < blocks.length; i++)
      if (filter.matches(blocks, i, (j) => this.ownerOf(blocks.base(j), blocks.end(j))?.text ?? '')) count++;
    return count;
  }

  private readonly ownerOf = (base: bigint, end: bigint): Owner | undefined => {
    if (this.subject.kind !== 'simulation') return undefined;
    this.owners ??= new Owners(this.subject.simulation);
    return this.owners.of(base, end, operationsDone(this.subject.simulation.cursor));
  };

  /** Snapshot and earlier figures, decoded once a place in time. */
  private current(): { readonly snapshot: HeapSnapshot | undefined; readonly before: Metrics | undefined } {
    const { subject } = this;
    if (subject.kind === 'dump') return { snapshot: subject.snapshot, before: undefined };
    const { cursor } = subject.simulation;
    const at = `${String(cursor.operation)}.${String(cursor.step)}`;
    if (this.state?.at !== at) {
      const snapshot = subject.simulation.snapshot();
      this.state = { at, snapshot, before: snapshot === undefined ? undefined : this.before(snapshot) };
    }
    return this.state;
  }

  /** The figures before the current operation: decoded again for a small heap, else from the series, where all but these are unknown. */
  private before(now: HeapSnapshot): Metrics | undefined {
    if (this.subject.kind !== 'simulation') return undefined;
    const { simulation } = this.subject;
    const { cursor } = simulation;
    const opened = currentOperation(cursor);
    if (opened <= 0) return undefined;
    if (now.blocks.length <= SMALL_HEAP) {
      simulation.seek({ operation: opened - 1, step: LAST_STEP });
      const metrics = simulation.snapshot()?.metrics;
      simulation.seek(cursor);
      return metrics;
    }
    const { free, used, largestFree } = seriesOf(simulation);
    if (Number.isNaN(free[opened - 1]!)) return undefined;
    return { ...now.metrics, free: free[opened - 1]!, used: used[opened - 1]!, largestFree: largestFree[opened - 1]! };
  }
}

/** The address itself when a block holds it, else the nearest block in a direction. */
function nearestBlock({ blocks }: HeapSnapshot, address: bigint, by: 1 | -1): string | null {
  if (blocks.holding(address) !== undefined) return hex(address);
  const below = blocks.lastAtOrBelow(address);
  const i = by > 0 ? below + 1 : below;
  return i >= 0 && i < blocks.length ? hex(blocks.base(i)) : null;
}
