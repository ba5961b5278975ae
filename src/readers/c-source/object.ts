// An object that a function fills field by field, as far as it has been filled. Immutable: each branch of an `if` goes on from its own.

import type { FieldName } from '../../regions/descriptor';
import type { Draft, DraftField, DraftName } from './draft';
import { isMember } from './declarations';
import type { Member } from './declarations';

export interface Sequence {
  readonly from: number;
  readonly to: number;
  readonly fields: ReadonlyMap<FieldName, DraftField>;
  readonly name: DraftName | undefined;
  /** Members in the order of their assignment; the first one marks the start of a repetition. */
  readonly order: readonly Member[];
  /** Members that only changed what was there before (`len -= 4096`): these alone define no region. */
  readonly updates: ReadonlySet<Member>;
}

export interface FilledObject {
  /** `m`, `mrds[2]`, `bi->mrds.mrds[0]`. */
  readonly key: string;
  /** Declared as a descriptor; undefined when its declaration is not here. */
  readonly typed: boolean;
  readonly zeroed: boolean;
  /** What was inserted last: the members keep those values. */
  readonly kept: Pick<Sequence, 'fields' | 'name'>;
  /** A complete sequence followed by assignments that may either belong to it still or begin the next one. */
  readonly pending: Sequence | undefined;
  readonly current: Sequence | undefined;
}

const NOTHING: Pick<Sequence, 'fields' | 'name'> = { fields: new Map(), name: undefined };

export function emptyObject(key: string, typed: boolean, zeroed: boolean): FilledObject {
  return { key, typed, zeroed, kept: NOTHING, pending: undefined, current: undefined };
}

/** What the object's member holds, for expressions that name it. */
export function memberOf(object: FilledObject, member: string): DraftField | undefined {
  if (!isMember(member) || member === 'name') return undefined;
  return object.current?.fields.get(member) ?? object.pending?.fields.get(member) ?? object.kept.fields.get(member);
}

export function isStarted(object: FilledObject): boolean {
  return object.current !== undefined || object.pending !== undefined;
}

function hasBase(sequence: Sequence): boolean {
  const { fields } = sequence;
  return fields.has('base') || fields.has('pbase') || fields.has('vbase');
}

function isComplete(sequence: Sequence): boolean {
  return hasBase(sequence) && sequence.fields.size >= 2;
}

export interface Assignment {
  readonly member: Member;
  readonly field: DraftField | undefined;
  readonly name: DraftName | undefined;
  /** It uses the member's own old value. */
  readonly update: boolean;
  /** It stands in a branch that the sequence did not begin in, and so replaces a value rather than begin anew. */
  readonly inBranch: boolean;
  readonly from: number;
  readonly to: number;
}

/** Sets a member. Also gives the sequence that is hereby known to have ended. */
export function assign(object: FilledObject, a: Assignment): { object: FilledObject; ended: Sequence | undefined } {
  const { current, pending } = object;
  const replaces = a.update || a.inBranch;
  const again = current !== undefined && current.order.includes(a.member) && !replaces && isComplete(current);
  // A member set again: the next region begins, or this one is corrected. The base, if it comes, tells.
  const before = again ? (pending === undefined ? current : merge(pending, current)) : pending;
  const next = withMember(again ? undefined : current, a);
  if (before === undefined || !isBase(a.member) || replaces)
    return { object: { ...object, pending: before, current: next }, ended: undefined };
  return { object: { ...object, kept: NOTHING, pending: undefined, current: next }, ended: before };
}

function isBase(member: Member): boolean {
  return member === 'base' || member === 'pbase' || member === 'vbase';
}

function withMember(sequence: Sequence | undefined, a: Assignment): Sequence {
  const fields = new Map(sequence?.fields ?? []);
  if (a.member !== 'name' && a.field !== undefined) fields.set(a.member, a.field);
  const updates = new Set(sequence?.updates ?? []);
  if (a.update && sequence?.order.includes(a.member) !== true) updates.add(a.member);
  return {
    from: Math.min(sequence?.from ?? a.from, a.from),
    to: Math.max(sequence?.to ?? a.to, a.to),
    fields,
    name: a.member === 'name' ? a.name : sequence?.name,
    order: [...new Set([...(sequence?.order ?? []), a.member])],
    updates,
  };
}

function merge(first: Sequence, second: Sequence): Sequence {
  return {
    from: Math.min(first.from, second.from),
    to: Math.max(first.to, second.to),
    fields: new Map([...first.fields, ...second.fields]),
    name: second.name ?? first.name,
    order: [...new Set([...first.order, ...second.order])],
    updates: first.updates,
  };
}

/** The draft of what the object holds now; undefined when nothing was begun, or when it is no descriptor's definition. */
export function draftOf(object: FilledObject): Draft | undefined {
  const { current, pending } = object;
  const sequence = current !== undefined && pending !== undefined ? merge(pending, current) : (current ?? pending);
  return sequence === undefined ? undefined : draftOfSequence(object, sequence);
}

export function draftOfSequence(object: FilledObject, sequence: Sequence): Draft | undefined {
  if (['base', 'pbase', 'vbase', 'len'].some((m) => sequence.updates.has(m as Member))) return undefined;
  const fields = new Map([...object.kept.fields, ...sequence.fields]);
  const name = sequence.name ?? object.kept.name;
  const { from, to } = sequence;
  const draft: Draft = { from, to, fields, zeroed: object.zeroed, typed: object.typed };
  if (!isComplete({ ...sequence, fields }) || (!object.typed && !isTelling(fields))) return undefined;
  return name === undefined ? draft : { ...draft, name };
}

/** Members that no other struct is likely to have. */
function isTelling(fields: ReadonlyMap<FieldName, DraftField>): boolean {
  if (fields.has('pbase') || fields.has('pg_off') || fields.has('pg_count')) return true;
  return fields.has('base') && fields.has('len') && fields.has('flags');
}

/** After the call that copied it into the list: its members keep their values. */
export function inserted(object: FilledObject): FilledObject {
  const draft = draftOf(object);
  const kept = draft === undefined ? object.kept : { fields: draft.fields, name: draft.name };
  return { ...object, kept, pending: undefined, current: undefined };
}

/** A text that is equal for objects in the same state. */
export function signature(object: FilledObject): string {
  const part = (s: Pick<Sequence, 'fields' | 'name'> | undefined): string =>
    s === undefined ? '-' : [...s.fields].map(([n, f]) => `${n}@${f.from}=${f.value ?? '?'}`).join() + `'${s.name?.from ?? ''}`;
  return [object.key, object.zeroed, part(object.kept), part(object.pending), part(object.current)].join(';');
}

/** Two states that differ only in what an earlier region left behind, as one: what differs is not known. */
export function withoutDoubt(a: FilledObject, b: FilledObject): FilledObject | undefined {
  if (isStarted(a) || isStarted(b)) return undefined;
  const fields = new Map<FieldName, DraftField>();
  for (const name of new Set([...a.kept.fields.keys(), ...b.kept.fields.keys()])) {
    const [x, y] = [a.kept.fields.get(name), b.kept.fields.get(name)];
    const field = (x ?? y)!;
    if (x !== undefined && y?.from === x.from && y.value === x.value) fields.set(name, field);
    else
      fields.set(name, {
        text: field.text,
        from: field.from,
        to: field.to,
        unknown: 'it was set under a condition',
        warnings: [],
      });
  }
  return {
    ...a,
    zeroed: a.zeroed && b.zeroed,
    kept: { fields, name: a.kept.name?.from === b.kept.name?.from ? a.kept.name : undefined },
  };
}
