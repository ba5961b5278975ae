// Oscar: who had which frame, one after the other. Memory forgets it: a revoked entry names no frame. A run is gone through once from
// its begin, and each object is looked up in the page tables right after it was handed out.

import { toBigInt, toNumber } from '../../memory/address';
import { frameBehind } from '../../snapshot/shadow';
import type { ShadowSpace } from '../../snapshot/shadow';
import { asksForMemory } from '../time/given-out';
import type { Steppable } from '../subject';
import { LAST_STEP } from '../viewport';

const PAGE = 4096n;
/** Operations of a run that is gone through, and pages that are remembered. */
const MOST_OPERATIONS = 20_000;
const MOST_PAGES = 500_000;

/** An object that was handed out, living or not. */
export interface ShadowOwner {
  /** From 1 on, in the order in which objects were handed out. */
  readonly number: number;
  readonly operation: number;
  readonly pointer: bigint;
  /** First page of its shadow, and the frame behind each page. */
  readonly base: bigint;
  readonly frames: readonly bigint[];
}

export class ShadowOwners {
  /** In the order in which they were handed out. */
  private readonly all: readonly ShadowOwner[];
  private readonly byFrame = new Map<bigint, ShadowOwner[]>();
  private readonly byPage = new Map<bigint, ShadowOwner>();
  /** By stretch: the operation that first had a frame in it. */
  private groups: Map<bigint, number> | undefined;
  private readonly simulation: Steppable;
  private readonly freedBy: (operation: number) => number | undefined;

  private constructor(simulation: Steppable, all: readonly ShadowOwner[], freedBy: (operation: number) => number | undefined) {
    this.simulation = simulation;
    this.all = all;
    this.freedBy = freedBy;
    for (const owner of all) {
      for (const [i, frame] of owner.frames.entries()) {
        this.byPage.set(owner.base + BigInt(i) * PAGE, owner);
        const there = this.byFrame.get(frame);
        if (there === undefined) this.byFrame.set(frame, [owner]);
        else if (there.at(-1) !== owner) there.push(owner);
      }
    }
  }

  /** Undefined for a run that is too long. Leaves the cursor where it was. */
  static of(
    simulation: Steppable,
    space: ShadowSpace,
    freedBy: (operation: number) => number | undefined,
  ): ShadowOwners | undefined {
    if (simulation.operationCount > MOST_OPERATIONS) return undefined;
    const { cursor } = simulation;
    try {
      const all = handedOut(simulation, space);
      return all && new ShadowOwners(simulation, all, freedBy);
    } finally {
      simulation.seek(cursor);
    }
  }

  /** Objects that the first `done` operations handed out. */
  count(done: number): number {
    const next = this.all.findIndex((o) => o.operation >= done);
    return next < 0 ? this.all.length : next;
  }

  /** Objects on a frame among the first `done` operations, the first owner first. */
  ofFrame(frame: bigint, done: number): readonly ShadowOwner[] {
    return (this.byFrame.get(frame) ?? []).filter((o) => o.operation < done);
  }

  /** The object whose shadow holds an address, among the first `done` operations. */
  ofShadow(address: bigint, done: number): ShadowOwner | undefined {
    const owner = this.byPage.get(address - (address % PAGE));
    return owner !== undefined && owner.operation < done ? owner : undefined;
  }

  /** Frame that a shadow page had, or has. */
  frameOf(owner: ShadowOwner, address: bigint): bigint | undefined {
    return owner.frames[Number((address - owner.base) / PAGE)];
  }

  /** Begins of the stretches of `bytes`, aligned to themselves, in which a frame had an owner among the first `done` operations. */
  *groupsUntil(done: number, bytes: bigint): Iterable<bigint> {
    if (this.groups === undefined) {
      this.groups = new Map();
      for (const [frame, owners] of this.byFrame) {
        const group = frame - (frame % bytes);
        const first = owners[0]!.operation;
        this.groups.set(group, Math.min(first, this.groups.get(group) ?? first));
      }
    }
    for (const [group, first] of this.groups) if (first < done) yield group;
  }

  /** `malloc(247)` */
  callOf({ operation }: ShadowOwner): string {
    return this.simulation.info(operation).title;
  }

  /** The operation among the first `done` that took an object away, and its kind; undefined where none is known. */
  endOf(owner: ShadowOwner, done: number): { readonly operation: number; readonly kind: string } | undefined {
    let operation = this.freedBy(owner.operation);
    // A realloc that gives the same pointer again goes on with the same shadow.
    while (operation !== undefined && this.simulation.returned(operation) === toNumber(owner.pointer))
      operation = this.freedBy(operation);
    if (operation === undefined || operation >= done) return undefined;
    return { operation, kind: this.simulation.info(operation).kind };
  }
}

function handedOut(simulation: Steppable, space: ShadowSpace): ShadowOwner[] | undefined {
  const all: ShadowOwner[] = [];
  const known = new Set<bigint>();
  let pages = 0;
  for (let operation = 0; operation < simulation.operationCount; operation++) {
    const ret = simulation.returned(operation);
    if (ret === undefined || ret === 0) continue;
    const pointer = toBigInt(ret);
    if (pointer < space.start || pointer >= space.end || known.has(pointer)) continue;
    const recorded = simulation.recorded(operation)?.operation;
    if (!asksForMemory(recorded?.op ?? simulation.info(operation).kind)) continue;
    simulation.seek({ operation, step: LAST_STEP });
    const held =
      recorded === undefined
        ? recordAt(simulation, pointer)
        : { base: pointer - (pointer % PAGE), end: pointer + sizeOf(recorded) };
    if (held === undefined) continue;
    const frames = framesBehind(simulation, space, held.base, held.end);
    pages += frames.length;
    if (pages > MOST_PAGES) return undefined;
    if (frames.length === 0) continue;
    known.add(pointer);
    all.push({ number: all.length + 1, operation, pointer, base: held.base, frames });
  }
  return all;
}

/** Frames of the mapped pages from `base` on; an object of no bytes has a page all the same. */
function framesBehind(simulation: Steppable, space: ShadowSpace, base: bigint, end: bigint): bigint[] {
  const reader = simulation.reader();
  const frames: bigint[] = [];
  for (let page = base; page < end || page === base; page += PAGE) {
    const frame = frameBehind(space, reader, page);
    if (frame === undefined || frames.length >= MOST_PAGES) break;
    frames.push(frame);
  }
  return frames;
}

/** What the allocator's own record says of an object, for a call of the kernel whose size is not recorded. */
function recordAt(simulation: Steppable, pointer: bigint): { readonly base: bigint; readonly end: bigint } | undefined {
  const details = simulation.snapshot()?.details;
  const object = details?.kind === 'oscar' ? details.objects.find((o) => o.pointer === pointer) : undefined;
  return object && { base: object.base, end: object.base + BigInt(object.pages) * PAGE };
}

function sizeOf(call: NonNullable<ReturnType<Steppable['recorded']>>['operation']): bigint {
  if (call.op === 'palloc') return call.pages * PAGE;
  if (call.op === 'calloc') return call.nmemb * call.size;
  return 'size' in call ? call.size : 0n;
}
