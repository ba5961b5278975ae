// The host's half of a panel: it holds the subject, carries out what the webview asks for, and builds frames. Knows neither VS Code
// nor messages; `extension/` connects it to a webview, a test or a page to whatever they have.

import type { AddressRange, Reader } from '../memory/reader';
import type { RegionMap } from '../regions/descriptor';
import type { HeapSnapshot, Metrics } from '../snapshot/snapshot';
import type { Cursor } from '../timeline/types';
import type { WhatIf } from '../timeline/what-if';
import type { BlockRow } from './block-rows';
import { blockRows } from './block-rows';
import { bookmarksOf } from './search/bookmarks';
import { Comparing } from './compare/comparing';
import type { Toggled } from './compare/comparing';
import { decisionsOf } from './time/decisions';
import { Explanations } from './explain';
import { following } from './frame/following';
import { buildFrame } from './frame/frame';
import { neighbourOf } from './search/going';
import type { Neighbour } from './search/going';
import type { Frame } from './frame/frame';
import type { HeldView } from './held';
import { Matches } from './search/matches';
import { buildOutline } from './outline';
import type { OutlineNode } from './outline';
import type { Owner } from './time/owners';
import { Ownership } from './time/ownership';
import { Pins } from './compare/pins';
import { whereabouts } from './search/place';
import type { Whereabouts } from './search/place';
import { findLastChange, findTyped } from './search/search';
import type { Found } from './search/search';
import { Standings } from './time/standings';
import type { Standing } from './time/standings';
import { regionSpans } from './spans';
import { heapStrip } from './strip';
import type { DumpSubject, Subject } from './subject';
import { FIRST_VIEWPORT, withPin } from './viewport';
import type { Carried, Viewport } from './viewport';

export const MOVES = ['stepForward', 'stepBack', 'stepOver', 'stepBackOver', 'runToEnd', 'restart'] as const;
export type Move = (typeof MOVES)[number];

export { NEIGHBOURS } from './search/going';
export type { Neighbour } from './search/going';

export class HeapView {
  private shown: Subject;
  private shows = 0;
  private held: HeldView | undefined;
  private whatIf: readonly WhatIf[] | undefined;
  private readonly explanations: Explanations | undefined;
  private viewport: Viewport = FIRST_VIEWPORT;
  private sequence = 0;
  private level: number | undefined;
  private readonly ownership: Ownership;
  private readonly standings: Standings | undefined;
  private follows = false;
  private matched: Matches | undefined;
  readonly comparing: Comparing;
  /** Where the cursor was before it last moved. */
  private stop: Cursor | undefined;

  /** @param pins states that panels have in common, to be compared with */
  constructor(subject: Subject, pins = new Pins()) {
    this.shown = subject;
    this.ownership = new Ownership(subject);
    this.standings = subject.kind === 'simulation' ? new Standings(subject.simulation, this.ownership) : undefined;
    this.comparing = new Comparing(pins, () => {
      const { snapshot, metrics } = this.current();
      return { subject: this.shown, standing: this.standing, snapshot, metrics, ownerAfter: this.ownership.after };
    });
    this.explanations = subject.kind === 'simulation' ? new Explanations(subject.simulation) : undefined;
  }

  get subject(): Subject {
    return this.shown;
  }

  /** What the webview has selected: an address as hex text. */
  get selection(): string | undefined {
    return this.viewport.selection;
  }

  /** What the user sees it by: the colouring, and bookmarks. */
  get carried(): Carried {
    const { map, bookmarks, bookmarkLabels } = this.viewport;
    return { colouring: map.colouring, ...(bookmarks && { bookmarks }), ...(bookmarkLabels && { bookmarkLabels }) };
  }

  /** Is a pinned state shown above the current one? */
  get isComparing(): boolean {
    return this.viewport.comparing === true;
  }

  /** Memory at the cursor. */
  get reader(): Reader {
    return this.subject.kind === 'simulation' ? this.subject.simulation.reader() : this.subject.reader;
  }

  /** The region list, where there is one. */
  get regionMap(): RegionMap | undefined {
    return this.subject.kind === 'simulation' ? this.subject.simulation.input.map : this.subject.map;
  }

  /** Addresses of a region by its index. */
  regionRange(index: number): AddressRange | undefined {
    const map = this.regionMap;
    return map && regionSpans(map, this.subject.release).find((s) => s.index === index);
  }

  /** Everything that is known about an address. */
  where(address: bigint): Whereabouts {
    return whereabouts(this.snapshot, this.regionMap, this.subject.release, address);
  }

  /** Goes on with another state of the same thing, as of a session that has stopped again. What the user looks at stays. */
  show(subject: DumpSubject): void {
    this.shown = subject;
    this.shows++;
  }

  /** Shows how all allocators fare on the same boot. */
  compareWith(rows: readonly WhatIf[]): void {
    this.whatIf = rows;
  }

  /** Shows what holding the dump against its simulation found. */
  hold(held: HeldView): void {
    this.held = held;
  }

  /** Names the state that is shown: another state has another name. */
  get standing(): string {
    const { cursor } = this;
    return cursor === undefined ? String(this.shows) : `${String(cursor.operation)}.${String(cursor.step)}`;
  }

  /** The state that is shown as an outline, for a tree beside the panel. */
  outline(): readonly OutlineNode[] {
    const { subject, regionMap, snapshot } = this;
    const decisions = decisionsOf(subject, regionMap, snapshot);
    return buildOutline(snapshot, heapStrip(regionMap, subject.release, decisions, snapshot));
  }

  /** What the webview shows from now on. */
  look(viewport: Viewport): void {
    this.viewport = viewport;
  }

  /** Steps through the simulation; false at its ends, and for a dump. */
  move(how: Move): boolean {
    if (this.subject.kind !== 'simulation') return false;
    this.follows = true;
    const { simulation } = this.subject;
    this.stop = simulation.cursor;
    if (how !== 'runToEnd' && how !== 'restart') return simulation[how]();
    const { operation, step } = simulation.cursor;
    simulation[how]();
    return simulation.cursor.operation !== operation || simulation.cursor.step !== step;
  }

  /**
   * Goes to a place in time, brought inside the simulation's bounds.
   *
   * @param continuing part of one movement, as of a drag: where that began stays the last stop
   */
  seek(cursor: Cursor, continuing = false): void {
    if (this.subject.kind !== 'simulation') return;
    this.follows = true;
    if (!continuing) this.stop = this.subject.simulation.cursor;
    this.subject.simulation.seek(cursor);
  }

  get cursor(): Cursor | undefined {
    return this.subject.kind === 'simulation' ? this.subject.simulation.cursor : undefined;
  }

  /** The heap at the cursor. */
  get snapshot(): HeapSnapshot | undefined {
    return this.current().snapshot;
  }

  /** The explanation that is open, as Markdown for a bug report; without one, all of them in short. Undefined for a dump. */
  explanation(): { readonly title: string; readonly markdown: string } | undefined {
    return this.explanations?.copied(this.viewport.explain);
  }

  /** The figures at the cursor, with what calls tell that memory does not. */
  get metrics(): Metrics | undefined {
    return this.current().metrics;
  }

  /** Pins what is shown, or takes that pin away. */
  togglePin(): Toggled {
    const done = this.comparing.toggle(this.viewport.pin);
    if (done.pin !== undefined) this.viewport = withPin(this.viewport, done.pin);
    return done;
  }

  /** Everything that the panel shows now. */
  frame(): Frame {
    const { snapshot, metrics, before } = this.current();
    const { subject } = this;
    const touched = this.touched();
    const differing = this.differing() ?? touched;
    const frame = buildFrame(
      {
        sequence: ++this.sequence,
        subject,
        map: this.regionMap,
        snapshot,
        reader: this.reader,
        touched,
        differing,
        metrics,
        before,
        history: this.standings?.history,
        owner: this.ownerOf,
        holders: () => this.ownership.holders(snapshot),
        shadows: (space) => this.ownership.past(space),
        freed: this.ownership.freedBy,
        matches: this.matches(snapshot),
        comparison: this.comparing.view(this.viewport),
        pins: this.comparing.names(),
        explanations: this.explanations,
        whatIf: this.whatIf,
        held: this.held,
      },
      this.follows && snapshot !== undefined ? following(this.viewport, snapshot, touched) : this.viewport,
    );
    this.follows = false;
    this.level = frame.map?.level;
    return frame;
  }

  /** Finds what was typed: an address, `step 35`, or the name of a place or bookmark. */
  find(text: string): Found {
    return findTyped(text, this.subject, this.snapshot, this.regionMap, bookmarksOf(this.viewport));
  }

  /** The block to go to from the one at `address`; null where there is none. */
  neighbour(address: string, way: Neighbour): string | null {
    const { snapshot } = this;
    if (snapshot === undefined) return null;
    return neighbourOf(snapshot, address, way, this.viewport, this.level ?? 12, this.matches(snapshot));
  }

  /** The step up to the cursor that last wrote into the block at an address. Looks through the whole run. */
  lastChange(address: string): Found {
    return findLastChange(address, this.subject, this.snapshot);
  }

  /** Rows of the block table. */
  blocks(first: number, count: number): { readonly total: number; readonly rows: readonly BlockRow[] } {
    const { snapshot } = this;
    return snapshot === undefined
      ? { total: 0, rows: [] }
      : { total: snapshot.blocks.length, rows: blockRows(snapshot, first, Math.min(count, 1000), this.ownerOf) };
  }

  /** Bytes that are marked as changed: by the last step, or since the last stop, as the user wants it. */
  private touched(): readonly AddressRange[] {
    const { subject } = this;
    if (subject.kind === 'dump') return subject.touched ?? [];
    const since =
      this.viewport.since === 'stop' && this.stop !== undefined ? subject.simulation.changes.since(this.stop) : undefined;
    return since ?? subject.simulation.changes.byStep();
  }

  /** Of these, the bytes that are not what they were: by value, not by block. Undefined when it is too much to tell. */
  private differing(): readonly AddressRange[] | undefined {
    const { subject } = this;
    if (subject.kind === 'dump') return undefined;
    const since = this.viewport.since === 'stop' ? this.stop : undefined;
    return subject.simulation.changes.differing(since);
  }

  private matches(snapshot: HeapSnapshot | undefined): Matches | undefined {
    if (snapshot === undefined) return undefined;
    if (this.matched?.snapshot !== snapshot || this.matched.filter !== this.viewport.filter)
      this.matched = Matches.of(snapshot, this.viewport.filter, this.ownerOf);
    return this.matched;
  }

  /** Who holds `[base, end)` at the cursor. */
  get ownerOf(): (base: bigint, end: bigint) => Owner | undefined {
    return this.ownership.now;
  }

  private current(): Standing {
    const { subject } = this;
    if (subject.kind === 'simulation') return this.standings!.current();
    return { snapshot: subject.snapshot, metrics: subject.snapshot?.metrics, before: subject.before };
  }
}
