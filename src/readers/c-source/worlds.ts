// The states that a function can be in while it is read: one a combination of branches that makes a difference to a descriptor.

import type { Branch, Draft } from './draft';
import { signature, withoutDoubt } from './object';
import type { FilledObject } from './object';

export interface World {
  readonly objects: ReadonlyMap<string, FilledObject>;
  readonly branches: readonly Branch[];
}

/** Most states that are followed at once. */
const MOST_WORLDS = 8;

export const EMPTY_WORLD: World = { objects: new Map(), branches: [] };

export function withObject(world: World, object: FilledObject): World {
  return { ...world, objects: new Map(world.objects).set(object.key, object) };
}

export function withoutObjects(world: World, drop: (object: FilledObject) => boolean): World {
  if (![...world.objects.values()].some(drop)) return world;
  return { ...world, objects: new Map([...world.objects].filter(([, o]) => !drop(o))) };
}

/** Worlds in the same state are one again; of too many the first ones stay. */
export function joined(worlds: readonly World[]): { worlds: World[]; complete: boolean } {
  const distinct = new Map<string, World>();
  for (const world of worlds) {
    const key = [...world.objects.values()].map(signature).sort().join('|');
    const same = distinct.get(key);
    distinct.set(key, same === undefined ? world : { ...same, branches: commonBranches(same.branches, world.branches) });
  }
  const list = [...distinct.values()];
  const merged = list.length < 2 ? undefined : list.reduce<World | undefined>((a, b) => a && bothKept(a, b), list[0]);
  if (merged !== undefined) return { worlds: [merged], complete: true };
  return { worlds: list.slice(0, MOST_WORLDS), complete: list.length <= MOST_WORLDS };
}

function bothKept(a: World, b: World): World | undefined {
  const objects = new Map<string, FilledObject>();
  for (const key of new Set([...a.objects.keys(), ...b.objects.keys()])) {
    const [x, y] = [a.objects.get(key), b.objects.get(key)];
    if (x === undefined || y === undefined) continue;
    const one = signature(x) === signature(y) ? x : withoutDoubt(x, y);
    if (one === undefined) return undefined;
    objects.set(key, one);
  }
  const onlyOne = [...a.objects.values(), ...b.objects.values()].filter((o) => !objects.has(o.key));
  if (onlyOne.some((o) => o.current !== undefined || o.pending !== undefined)) return undefined;
  return { objects, branches: commonBranches(a.branches, b.branches) };
}

/** What both came through. */
function commonBranches(a: readonly Branch[], b: readonly Branch[]): readonly Branch[] {
  const differs = a.findIndex((x, i) => {
    const y = b[i];
    return y === undefined || y.from !== x.from || y.text !== x.text;
  });
  return differs < 0 ? a : a.slice(0, differs);
}

/** The drafts that the worlds of a function give. What several worlds give alike is one draft, under what they came through together. */
export class DraftCollector {
  private readonly found = new Map<string, { draft: Draft; branches: readonly Branch[] }>();

  add(draft: Draft | undefined, world: World): void {
    if (draft === undefined) return;
    const key = [
      draft.from,
      draft.to,
      draft.name?.from,
      ...[...draft.fields].map(([n, f]) => `${n}${f.from}=${f.value ?? ''}`),
    ].join();
    // An `if` around the whole of it says when the region exists, not what it looks like.
    const around = (b: Branch): boolean => b.from <= draft.from && b.to >= draft.to;
    const branches = world.branches.filter((b) => b.to > draft.from && !around(b));
    const before = this.found.get(key);
    this.found.set(key, { draft, branches: before === undefined ? branches : commonBranches(before.branches, branches) });
  }

  all(): Draft[] {
    return [...this.found.values()].map(({ draft, branches }) => (branches.length === 0 ? draft : { ...draft, branches }));
  }
}
