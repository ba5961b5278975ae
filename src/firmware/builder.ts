// Keeps the list while it is made, and writes down what happens to it: calls, steps, losses.

import type { Region } from '../regions/descriptor';
import { eraProfile } from '../regions/eras';
import type { FirmwareMap } from '../regions/firmware-map';
import { isSet, type Architecture, type Config, type Release } from '../regions/release';
import { listProfile, type ListProfile } from './profiles';
import { dropped, within, outside, type Dropped } from './pieces';
import type {
  ListCall,
  ListItem,
  ListLine,
  ListRun,
  ListStep,
  ListStop,
  Loss,
  PairDecision,
  Piece,
  Source,
  Stage,
} from './types';
import { PAGE, u64 } from './numbers';

/** What a list is made for. */
export interface ListChoices {
  readonly release: Release;
  readonly arch: Architecture;
  readonly config: Config;
}

/** Thrown where the boot stops; `build` catches it. */
export class Stopped extends Error {
  readonly stop: ListStop;

  constructor(stop: ListStop) {
    super(stop.message);
    this.stop = stop;
  }
}

export type CallHead = Pick<ListCall, 'kind' | 'fn' | 'file' | 'caller' | 'title' | 'region'>;

/** What one step did. */
export interface Change {
  readonly text: string;
  /** The list after it; the same when it is left out. */
  readonly items?: readonly ListItem[];
  readonly changed?: readonly number[];
  readonly lost?: readonly Dropped[];
  readonly pair?: PairDecision;
  /** Where it is not the call's own function. */
  readonly fn?: string;
  readonly file?: string;
}

export class ListBuilder {
  readonly firmware: FirmwareMap;
  readonly choices: ListChoices;
  readonly profile: ListProfile;
  /** CONFIG_UKPLAT_MEMRNAME: descriptors have names. */
  readonly named: boolean;
  readonly capacity: number;
  items: readonly ListItem[] = [];
  private readonly sources: Source[] = [];
  private readonly calls: ListCall[] = [];
  private readonly lost: Loss[] = [];
  private readonly stages: Partial<Record<Stage, number>> = {};
  private open: { readonly head: CallHead; readonly steps: ListStep[] } | undefined;
  private lines: ListLine[] = [];

  constructor(firmware: FirmwareMap, choices: ListChoices) {
    this.firmware = firmware;
    this.choices = choices;
    this.profile = listProfile(choices.release);
    this.named = isSet(choices.config, 'CONFIG_UKPLAT_MEMRNAME');
    const most = Number(choices.config.CONFIG_UKPLAT_MEMREGION_MAX_COUNT ?? '');
    const configurable = this.profile.way === 'coalesce' && Number.isInteger(most) && most > 0;
    this.capacity = configurable ? Math.min(most, 4096) : this.profile.capacity;
  }

  /** Number of a new source. */
  source(source: Source): number {
    return this.sources.push(source) - 1;
  }

  /** A type's number in this release; 0 where it has none. */
  type(name: string): number {
    return eraProfile(this.choices.release).types.find((t) => t.name === name)?.bit ?? 0;
  }

  /** One C call. @throws Stopped after writing down what was done, when the boot stops in it */
  call(head: CallHead, body: () => bigint | undefined): bigint | undefined {
    this.open = { head, steps: [] };
    let ret: bigint | undefined;
    let stop: Stopped | undefined;
    try {
      ret = body();
    } catch (problem) {
      if (!(problem instanceof Stopped)) throw problem;
      stop = problem;
    }
    if (this.lines.length > 0 || this.open.steps.length === 0) this.step({ text: head.title });
    const { steps } = this.open;
    this.calls.push({ ...head, steps, ...(ret !== undefined && { ret }), ...(stop && { stop: stop.stop }) });
    this.open = undefined;
    if (stop !== undefined) throw stop;
    return ret;
  }

  step(change: Change): void {
    const { head, steps } = this.open!;
    const before = this.items;
    const after = change.items ?? before;
    const place = { call: this.calls.length, step: steps.length };
    const lost = (change.lost ?? []).map((d): Loss => ({ ...d, ...place }));
    this.lost.push(...lost);
    steps.push({
      text: change.text,
      fn: change.fn ?? head.fn,
      file: change.file ?? head.file,
      before,
      after,
      changed: change.changed ?? [],
      lines: this.lines,
      lost,
      ...(change.pair && { pair: change.pair }),
    });
    this.lines = [];
    this.items = after;
  }

  /** A message; it belongs to the step that comes next. */
  print(level: ListLine['level'], text: string): void {
    this.lines.push({ level, text });
  }

  stage(stage: Stage): void {
    this.stages[stage] = this.calls.length;
  }

  assert(condition: boolean, text: string): void {
    if (!condition) throw new Stopped({ kind: 'assert', message: text });
  }

  /** What the boot did not come to because it stopped is lost as such: sums hold all the same. */
  accountFor(stop: ListStop): void {
    const known = new Set(this.sources.map((s) => s.entry));
    this.firmware.entries.forEach(({ base, len, kind, where }, entry) => {
      if (known.has(entry)) return;
      this.source({ kind: 'entry', label: `${kind} entry ${entry}`, base, end: base + len, entry, ...(where && { where }) });
    });
    const placed = [...this.items.flatMap((i) => i.pieces), ...this.lost];
    const left = this.sources.flatMap(({ kind, base, end }, source): Piece[] => {
      if (kind !== 'entry' || base >= end) return [];
      const own = placed.filter((p) => p.source === source);
      return own.reduce((rest: Piece[], p) => outside(rest, p.base, p.end), [{ source, base, end }]);
    });
    const told = this.calls.at(-1)?.stop !== undefined;
    if (told && left.length === 0) return;
    const title = told ? 'what the boot did not come to' : 'the boot stops here';
    const head = { kind: 'leave-out', fn: 'ukplat_crash', file: 'plat/common/shutdown.c', caller: '', title } as const;
    this.call(head, () => {
      this.step({ text: title, lost: dropped(left, 'not-looked-at') });
      return undefined;
    });
    // Thrown between two calls: the stop has no call of its own but this one.
    if (!told) this.calls.push({ ...this.calls.pop()!, stop });
  }

  result(stop: ListStop | undefined): ListRun {
    const { release, arch } = this.choices;
    return {
      firmware: this.firmware,
      release,
      arch,
      sources: this.sources,
      calls: this.calls,
      final: this.items.map(({ region, ...item }, index) => ({ ...item, region: { ...region, index } })),
      lost: this.lost,
      stages: this.stages,
      ...(stop && { stop }),
    };
  }
}

/** A region of this release: page offset and page count as its era has them. `base` is where the resource starts. */
export function regionAt(profile: ListProfile, base: bigint, len: bigint, type: number, flags: number, name = ''): Region {
  const pbase = profile.pageOffsets ? base - (base % PAGE) : base;
  const pgOff = base - pbase;
  const pgCount = u64(pgOff + len + PAGE - 1n) / PAGE;
  return { index: 0, pbase, vbase: pbase, pgOff, len, pgCount, type, flags, name };
}

/** Bytes that a descriptor covers for the purpose of provenance: its pages where it has page counts. */
export function extentOf(region: Region, profile: ListProfile): { readonly base: bigint; readonly end: bigint } {
  const bytes = profile.pageOffsets ? u64(region.pgCount * PAGE) : region.len;
  return { base: region.pbase, end: region.pbase + bytes };
}

/** An item of what a descriptor covers of `pieces`; the rest of them was lost by rounding. */
export function itemOf(region: Region, pieces: readonly Piece[], profile: ListProfile): [ListItem, Dropped[]] {
  const { base, end } = extentOf(region, profile);
  return [{ region, pieces: within(pieces, base, end) }, dropped(outside(pieces, base, end), 'rounding')];
}
