// A panel's part in comparing: what it pins for all panels, and what it holds its own state against. A step that is pinned in its own
// simulation is a place in time and is found again after a reload; all else is a pin of the window.

import { toBigInt } from '../../memory/address';
import type { HeapSnapshot, Metrics } from '../../snapshot/snapshot';
import type { Cursor } from '../../timeline/types';
import { Comparison } from './comparison';
import type { Compared, ComparisonView } from './comparison';
import { SMALL_HEAP, withPageCalls } from '../time/history';
import type { Owner } from '../time/owners';
import type { Pin, Pins } from './pins';
import { givesPointer } from '../../timeline/text';
import { currentOperation, cursorText, operationsDone } from '../time/steps';
import type { Steppable, Subject } from '../subject';
import { LAST_STEP } from '../viewport';
import type { Viewport } from '../viewport';

/** What can be compared with, by name. */
export interface PinName {
  readonly id: string;
  readonly name: string;
  /** It is the state that the panel shows. */
  readonly here: boolean;
  /** Of a step of the panel's own simulation: where it is. */
  readonly cursor?: Cursor;
}

/** What the panel shows now. */
export interface Shown {
  readonly subject: Subject;
  /** Another state has another name. */
  readonly standing: string;
  readonly snapshot: HeapSnapshot | undefined;
  readonly metrics: Metrics | undefined;
  /** Who holds `[base, end)` after so many operations. */
  readonly ownerAfter: (base: bigint, end: bigint, operations: number) => Owner | undefined;
}

/** What pinning has come to. */
export interface Toggled {
  /** What was done, in a sentence. */
  readonly text: string;
  /** The step that is the panel's pinned one now: null for none; undefined where that stays as it was. */
  readonly pin?: Cursor | null;
}

export class Comparing {
  readonly pins: Pins;
  private readonly shown: () => Shown;
  /** What the panel showed when each of its own pins was taken. */
  private readonly ours = new Map<string, { readonly snapshot: HeapSnapshot; readonly cursor: Cursor | undefined }>();
  private made: { readonly key: string; readonly comparison: Comparison | undefined } | undefined;

  constructor(pins: Pins, shown: () => Shown) {
    this.pins = pins;
    this.shown = shown;
  }

  /** Pins what is shown for all panels, or takes that pin away; what was done, in a sentence. */
  pin(on: boolean): string {
    const had = this.pins.all.find((p) => this.isHere(p.id));
    if (!on) {
      if (had !== undefined) this.pins.remove(had.id);
      return 'Pin removed.';
    }
    const state = this.now();
    if (state === undefined) return 'There is no heap to pin.';
    const { dropped } = had === undefined ? this.add(state) : { dropped: [] };
    return `Pinned for all heap views: ${state.name}.${dropped.length === 0 ? '' : ` The oldest had to go: ${dropped.join(', ')}.`}`;
  }

  /**
   * What is shown becomes what others are compared with, in this panel and in all others; again, and it is not.
   *
   * @param kept the step that is the panel's pinned one up to now
   */
  toggle(kept: Cursor | undefined): Toggled {
    const { subject, snapshot } = this.shown();
    if (subject.kind === 'dump') return { text: this.pin(!this.pins.all.some((p) => this.isHere(p.id))) };
    const { cursor } = subject.simulation;
    const on = kept?.operation !== cursor.operation || kept.step !== cursor.step;
    const text = this.pin(on);
    return snapshot === undefined ? { text } : { text, pin: on ? cursor : null };
  }

  /** The pin of what is shown, pinned now if it was not; undefined without a heap. */
  pinned(): Pin | undefined {
    const had = this.pins.all.find((p) => this.isHere(p.id));
    const state = had === undefined ? this.now() : undefined;
    return had ?? (state && this.add(state).pin);
  }

  names(): readonly PinName[] {
    return this.pins.all.map(({ id, state }) => {
      const cursor = this.ours.get(id)?.cursor;
      return { id, name: state.name, here: this.isHere(id), ...(cursor && { cursor }) };
    });
  }

  private add(state: Compared): ReturnType<Pins['add']> {
    const { subject } = this.shown();
    const added = this.pins.add(lasting(state));
    const cursor = subject.kind === 'simulation' ? subject.simulation.cursor : undefined;
    this.ours.set(added.pin.id, { snapshot: state.snapshot, cursor });
    return added;
  }

  private isHere(id: string): boolean {
    const pinned = this.ours.get(id);
    const { subject, snapshot } = this.shown();
    if (pinned === undefined) return false;
    if (subject.kind === 'dump') return pinned.snapshot === snapshot;
    const { operation, step } = subject.simulation.cursor;
    return pinned.cursor?.operation === operation && pinned.cursor.step === step;
  }

  /** What the two states come to; undefined while none are compared. A text where the other one is gone. */
  view({ pin, against, comparing, selection, unfoldedSame }: Viewport): ComparisonView | string | undefined {
    if (comparing !== true) return undefined;
    if (against === undefined && pin === undefined) return undefined;
    if (against !== undefined && this.pins.get(against.id) === undefined)
      return `“${against.name}” is not pinned any more: pins of other heap views and of dumps last until they are taken away or the window is reloaded. Open it and pin it again (k).`;
    const { standing } = this.shown();
    const key = JSON.stringify([against?.id ?? pin, standing]);
    if (this.made?.key !== key) this.made = { key, comparison: this.make(against?.id, pin) };
    return this.made.comparison?.view({ selection, unfolded: unfoldedSame });
  }

  private make(id: string | undefined, cursor: Cursor | undefined): Comparison | undefined {
    const { subject } = this.shown();
    const b = this.now();
    if (b === undefined) return undefined;
    const simulation = subject.kind === 'simulation' ? subject.simulation : undefined;
    const lastChange = simulation && lastChangeIn(simulation, id === undefined ? cursor : undefined);
    if (id !== undefined) {
      const a = this.pins.get(id)?.state;
      return a && new Comparison(a, b, undefined, lastChange);
    }
    if (simulation === undefined || cursor === undefined) return undefined;
    const operations = Math.abs(simulation.cursor.operation - cursor.operation);
    const a = this.at(simulation, cursor);
    return a && new Comparison(a, { ...b, name: nameOf(simulation) }, operations, lastChange);
  }

  /** What the panel shows. */
  private now(): Compared | undefined {
    const { subject, snapshot, metrics, ownerAfter } = this.shown();
    if (snapshot === undefined || metrics === undefined) return undefined;
    if (subject.kind === 'dump')
      return { name: dumpName(subject.title, subject.stop), snapshot, metrics, byCalls: false, owner: () => undefined };
    const { simulation } = subject;
    const done = operationsDone(simulation.cursor);
    const owner = (base: bigint, end: bigint): Owner | undefined => ownerAfter(base, end, done);
    return { name: `${subject.title}, ${nameOf(simulation)}`, snapshot, metrics, byCalls: true, owner };
  }

  /** The heap at another place in time; the cursor comes back. */
  private at(simulation: Steppable, cursor: Cursor): Compared | undefined {
    const here = simulation.cursor;
    simulation.seek(cursor);
    const snapshot = simulation.snapshot();
    const name = nameOf(simulation);
    const done = operationsDone(simulation.cursor);
    simulation.seek(here);
    if (snapshot === undefined) return undefined;
    const { ownerAfter } = this.shown();
    const owner = (base: bigint, end: bigint): Owner | undefined => ownerAfter(base, end, done);
    const metrics = snapshot.blocks.length <= SMALL_HEAP ? withPageCalls(snapshot, owner) : snapshot.metrics;
    return { name, snapshot, metrics, byCalls: true, owner };
  }
}

/** The state with its owners written down, so that it keeps no simulation alive; a large heap has none then. */
function lasting(state: Compared): Compared {
  const { blocks } = state.snapshot;
  const owners = new Map<bigint, Owner>();
  if (state.byCalls && blocks.length <= SMALL_HEAP)
    for (let i = 0; i < blocks.length; i++) {
      const owner = blocks.state(i) === 'used' ? state.owner(blocks.base(i), blocks.end(i)) : undefined;
      if (owner !== undefined) owners.set(blocks.base(i), owner);
    }
  return { ...state, owner: (base) => owners.get(base) };
}

/** Operations between two steps whose addresses are looked at. */
const MOST_BETWEEN = 2000;

/**
 * Finds the step that made a range what it is: the last operation between the two whose pointer, given or taken back, lies in it. Where
 * there is none, the step that last wrote there: links of its neighbours in a list, perhaps.
 */
function lastChangeIn(simulation: Steppable, from?: Cursor): (base: bigint, end: bigint) => Cursor | undefined {
  const pointers: (readonly [address: bigint, operation: number])[] = [];
  const here = simulation.cursor.operation;
  const since = Math.min(from?.operation ?? here, here);
  const until = Math.max(from?.operation ?? here, here);
  if (until - since <= MOST_BETWEEN)
    for (let i = since + 1; i <= until; i++) for (const address of pointersOf(simulation, i)) pointers.push([address, i]);
  return (base, end) => {
    const call = pointers.findLast(([address]) => address >= base && address < end)?.[1];
    if (call !== undefined) return { operation: call, step: LAST_STEP };
    const found = simulation.changes.last({ base, end }, false);
    return found === 'further' ? undefined : found;
  };
}

function dumpName(title: string, stop: string | undefined): string {
  return stop === undefined ? title : `${title}, ${stop}`;
}

/** `step 35, pfree(0x18a000, 1)`. */
function nameOf(simulation: Steppable): string {
  const opened = currentOperation(simulation.cursor);
  return `step ${cursorText(simulation).step}${opened < 0 ? '' : `, ${simulation.info(opened).title}`}`;
}

/** The pointers that a call was given, and the one that it gave. */
function pointersOf(simulation: Steppable, i: number): bigint[] {
  const taken = /0x[0-9a-f]+/.exec(simulation.info(i).title);
  const operation = simulation.recorded(i)?.operation;
  const ret = operation !== undefined && givesPointer(operation) ? simulation.returned(i) : undefined;
  return [...(taken === null ? [] : [BigInt(taken[0])]), ...(ret === undefined ? [] : [toBigInt(ret)])];
}
