// Puts together what tables, records and free ranges say about shadow address space, and says where they disagree.

import { hex, roundDown, toBigInt, toNumber } from '../../memory/address';
import type { Reader } from '../../memory/reader';
import type { FindingList } from '../../snapshot/findings';
import {
  runHolding,
  type ShadowObject,
  type ShadowRun,
  type ShadowSpace,
  type ShadowState,
  type ShadowWalk,
  type WalkStep,
} from '../../snapshot/shadow';
import { byAddress } from './ascending';
import { ENTRIES, entryIndex, LEVEL_BYTES, PRESENT } from './layout';
import { frameIn, type Leaf, type ReadTables } from './read-tables';

const PAGE = 4096;
/** Pages below the mark that are looked at one by one: 64 GiB of shadow space. */
const MOST_PAGES = 2 ** 24;

export interface SpaceInput {
  readonly start: number;
  readonly mark: number;
  readonly read: ReadTables;
  readonly objects: readonly ShadowObject[];
  /** First pages of ready shadows. */
  readonly spares: ReadonlySet<number>;
  /** Free ranges below the mark. */
  readonly free: readonly { readonly base: number; readonly end: number }[];
  /** Are pages without a mapping kept behind each shadow? */
  readonly guards: boolean;
}

/** The runs of `[start, mark)`. */
export function runsOf(input: SpaceInput): ShadowRun[] {
  const { start, mark, read, objects, spares, guards } = input;
  const runs: ShadowRun[] = [];
  const free = [...input.free].sort((a, b) => a.base - b.base);
  const firsts = Float64Array.from(objects, (o) => Number(o.base));
  const ends = Float64Array.from(objects, (o, i) => firsts[i]! + o.pages * PAGE);
  let object = 0;
  let range = 0;
  let leaf: Leaf | undefined;
  let leafKey = -1;
  // The run that is being gathered.
  let base = start;
  let state: ShadowState | undefined;
  let owner = -1;
  let frame = 0;
  let kept = false;
  const close = (at: number): void => {
    if (state === undefined || at === base) return;
    const pages = (at - base) / PAGE;
    // Written out: thousands of them are made, and each spread would make one more object.
    if (state === 'live') runs.push({ base: BigInt(base), pages, state, frame: toBigInt(frame), object: owner });
    else if (state === 'spare' || state === 'orphan') runs.push({ base: BigInt(base), pages, state, frame: toBigInt(frame) });
    else if (kept) runs.push({ base: BigInt(base), pages, state, was: toBigInt(frame) });
    else runs.push({ base: BigInt(base), pages, state });
  };
  const end = Math.min(mark, start + MOST_PAGES * PAGE);
  for (let page = start; page < end; page += PAGE) {
    const key = Math.floor(page / (ENTRIES * PAGE));
    if (key !== leafKey) {
      leafKey = key;
      leaf = read.leaves.get(key);
    }
    const index = (page / PAGE) & (ENTRIES - 1);
    const said = leaf?.state(index) ?? 'zero';
    if (said === 'revoked' && state === 'revoked' && !kept) continue; // most of an old space
    while (object < objects.length && ends[object]! <= page) object++;
    while (range < free.length && free[range]!.end <= page) range++;
    if (leaf === undefined && state === 'gone' && !(range < free.length && free[range]!.base < (key + 1) * ENTRIES * PAGE)) {
      page = (key + 1) * ENTRIES * PAGE - PAGE; // nothing more is known of what its table would tell
      continue;
    }
    let now: ShadowState;
    let nowOwner = -1;
    let nowFrame = 0;
    let nowKept = false;
    if (said === 'present') {
      nowFrame = leaf!.frame(index);
      const holds = object < objects.length && firsts[object]! <= page;
      if (holds) {
        now = 'live';
        nowOwner = object;
      } else now = spares.has(page) || (state === 'spare' && nowFrame === frame + (page - base)) ? 'spare' : 'orphan';
    } else if (said === 'protected') {
      now = 'revoked';
      nowFrame = leaf!.frame(index);
      nowKept = true;
    } else if (said === 'revoked' || said === 'bad') now = 'revoked';
    else if (range < free.length && free[range]!.base <= page) now = 'gap';
    else if (guards && leaf !== undefined && (state === 'live' || state === 'revoked' || state === 'guard')) now = 'guard';
    else now = 'gone';
    const mapped = now === 'live' || now === 'spare' || now === 'orphan';
    const same =
      now === state &&
      nowOwner === owner &&
      nowKept === kept &&
      (!(mapped || kept) || nowFrame === frame + (page - base)) &&
      !(now === 'spare' && spares.has(page));
    if (same) continue;
    close(page);
    base = page;
    state = now;
    owner = nowOwner;
    frame = nowFrame;
    kept = nowKept;
  }
  close(end);
  return runs;
}

/** Holds each object against the tables and against its neighbours. */
export function checkObjects(objects: readonly ShadowObject[], read: ReadTables, findings: FindingList): void {
  let leaf: Leaf | undefined;
  let leafKey = -1;
  let endBefore = 0;
  for (const [i, object] of objects.entries()) {
    const frame = roundDown(toNumber(object.canonical), PAGE);
    const base = Number(object.base);
    const first = firstFrame(object, frame, base);
    if (endBefore > base) {
      const before = objects[i - 1]!;
      findings.add(
        'error',
        'shadows-overlap',
        `the shadows of ${hex(before.pointer)} and ${hex(object.pointer)} share a page`,
        object.record,
      );
    }
    for (let p = 0; p < object.pages; p++) {
      const page = base + p * PAGE;
      const key = Math.floor(page / (ENTRIES * PAGE));
      if (key !== leafKey) leaf = read.leaves.get((leafKey = key));
      const index = (page / PAGE) & (ENTRIES - 1);
      if (leaf?.state(index) !== 'present') {
        const entry = leaf === undefined ? 'there is no leaf table for it' : `its entry is ${hex(leaf.value(index))}`;
        const message = `page ${hex(BigInt(page))} of the live object ${hex(object.pointer)} is not mapped: ${entry}`;
        findings.add('error', 'object-not-mapped', message, leaf?.entryAddress(index) ?? object.record);
      } else {
        const wanted = first + p * PAGE;
        const got = leaf.frame(index);
        if (got !== wanted) {
          const message = `page ${hex(BigInt(page))} of the live object ${hex(object.pointer)} maps ${hex(got)}, its canonical page is ${hex(wanted)}`;
          findings.add('error', 'frame-mismatch', message, leaf.entryAddress(index));
        }
      }
    }
    endBefore = base + object.pages * PAGE;
  }
}

/** The shadow begins with the first page of the canonical block, which for aligned objects lies before the object's own. */
function firstFrame({ pointer }: ShadowObject, frame: number, base: number): number {
  return frame - (roundDown(Number(pointer), PAGE) - base);
}

/** Objects must not share a byte of canonical memory. */
export function checkCanonical(objects: readonly ShadowObject[], findings: FindingList): void {
  const sorted = byAddress(objects, (o) => o.canonical);
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1]!, sorted[i]!];
    if (before.canonical + BigInt(before.size) <= after.canonical) continue;
    const message = `the live objects ${hex(before.pointer)} and ${hex(after.pointer)} share canonical memory from ${hex(after.canonical)} on`;
    findings.add('error', 'objects-overlap', message, after.record);
  }
}

/** What is mapped and belongs to nobody, and entries that neither preset writes. */
export function checkEntries(runs: readonly ShadowRun[], read: ReadTables, protects: boolean, findings: FindingList): void {
  for (const run of runs) {
    if (run.state === 'orphan') {
      const what = run.pages === 1 ? 'page is' : `${run.pages} pages are`;
      findings.add(
        'error',
        'mapped-without-object',
        `${what} mapped from ${hex(run.base)} on, to ${hex(run.frame!)}, but no live object is there`,
        run.base,
      );
    }
  }
  for (const leaf of read.leaves.values()) {
    for (let i = 0; i < ENTRIES; i++) {
      const state = leaf.state(i);
      if (state !== 'bad' && (state !== 'protected' || protects)) continue;
      const message = `the leaf entry at ${hex(leaf.entryAddress(i))} is ${hex(leaf.value(i))}: neither mapped, nor revoked, nor unused`;
      findings.add('error', 'bad-entry', message, leaf.entryAddress(i));
    }
  }
}

/** The space with its walk. */
export function spaceOf(facts: Omit<ShadowSpace, 'walk'>, reader: Reader): ShadowSpace {
  const space: ShadowSpace = { ...facts, walk: (address) => walk(space, reader, address) };
  return space;
}

function walk(space: ShadowSpace, reader: Reader, address: bigint): ShadowWalk {
  const steps: WalkStep[] = [];
  const state = runHolding(space, address)?.state;
  const stopped = (): ShadowWalk => ({ steps, ...(state !== undefined && { state }) });
  for (let level = 4; level >= 1; level--) {
    const span = BigInt(LEVEL_BYTES[level + 1]!);
    const index = entryIndex(Number(address), level);
    const table = space.tables.find((t) => t.level === level && (level === 4 || t.base === (address / span) * span));
    const entry = table && table.address + BigInt(index * 8);
    const value = entry === undefined ? undefined : reader.u64(entry);
    steps.push({
      level: level as WalkStep['level'],
      index,
      ...(entry !== undefined && { entry }),
      ...(value !== undefined && { value }),
    });
    if (entry === undefined && level === 4) continue; // a dump without its root: go on with what was found below
    if (value === undefined || (value & BigInt(PRESENT)) === 0n) return stopped();
    if (level === 1) {
      const frame = toBigInt(frameIn(Number(value & 0xffff_ffffn), Number(value >> 32n) | 0));
      return { ...stopped(), reaches: frame + (address % BigInt(PAGE)) };
    }
  }
  return stopped();
}
