// The readings of one item, laid over each other: what is the same in all of them is one descriptor, what only one of them has gets
// that one's condition, and where two give a field two values there are two descriptors.

import type { FieldName } from '../../regions/descriptor';
import { enclosingArm, encloses, firstFrom } from './choices';
import type { Choice } from './choices';
import type { Draft, DraftField } from './draft';
import { armText, conditionKey, noneText } from './preprocessor';
import type { Arm, Group } from './preprocessor';

export interface Variant {
  readonly draft: Draft;
  readonly condition?: string;
  /** Fields that only some readings have, with their condition. */
  readonly fieldConditions: ReadonlyMap<FieldName, string>;
  /** What is taken as true or false wherever it is, by condition; two variants that differ in one exclude each other. */
  readonly holds: ReadonlyMap<string, string>;
}

interface Entry {
  draft: Draft;
  readonly choices: Set<number>;
  /** Readings in which each field was there. */
  readonly fieldChoices: Map<FieldName, Set<number>>;
}

/** @param readings the drafts of each choice, in the same order as `choices` */
export function mergeReadings(
  choices: readonly Choice[],
  readings: readonly (readonly Draft[])[],
  groups: readonly Group[],
): Variant[] {
  const equal = merge(readings.map((drafts, choice) => drafts.map((d) => entryOf(d, choice))), sameFields); // prettier-ignore
  // What differs only in fields that are there or not becomes one, unless a third reading contradicts.
  const contradicted = new Set(equal.filter((e) => overlapping(equal, e).some((o) => !canBeOne(e.draft, o.draft))));
  const free = equal.filter((e) => !contradicted.has(e));
  const byChoice = choices.map((_, i) => free.filter((e) => Math.min(...e.choices) === i));
  const present = choices.map((c) => new Set<Arm | Group>([...c.arms, ...c.none]));
  return [...contradicted, ...merge(byChoice, canBeOne)].map((entry) => conditioned(entry, choices, present, groups));
}

/** Puts entries of different readings together, each reading's list in the order of the text. */
function merge(lists: readonly (readonly Entry[])[], areOne: (a: Draft, b: Draft) => boolean): Entry[] {
  let entries: Entry[] = [];
  for (const list of lists) {
    const made: Entry[] = [];
    let first = 0;
    for (const entry of list) {
      const { draft } = entry;
      // Both lists ascend: what ends before this draft begins is no partner of the later ones either.
      while (first < entries.length && entries[first]!.draft.to <= draft.from) first++;
      let i = first;
      const fits = (e: Entry): boolean => isDisjoint(e.choices, entry.choices) && areOne(e.draft, draft);
      while (i < entries.length && entries[i]!.draft.from < draft.to && !fits(entries[i]!)) i++;
      const partner = entries[i];
      if (partner === undefined || partner.draft.from >= draft.to) made.push(entry);
      else join(partner, entry);
    }
    entries = [...entries, ...made].sort((a, b) => a.draft.from - b.draft.from);
  }
  return entries;
}

/** The other entries at the same place. @param entries ascending */
function overlapping(entries: readonly Entry[], entry: Entry): Entry[] {
  const { from, to } = entry.draft;
  const end = firstFrom(entries, to, (e) => e.draft.from);
  const found: Entry[] = [];
  // Descriptors hardly ever contain each other, so that a few entries back none reaches this place any more.
  for (let i = end - 1; i >= 0 && i > end - 64; i--)
    if (entries[i] !== entry && entries[i]!.draft.to > from) found.push(entries[i]!);
  return found;
}

function isDisjoint(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return ![...a].some((x) => b.has(x));
}

function entryOf(draft: Draft, choice: number): Entry {
  return {
    draft,
    choices: new Set([choice]),
    fieldChoices: new Map([...draft.fields.keys()].map((f) => [f, new Set([choice])])),
  };
}

function sameFields(a: Draft, b: Draft): boolean {
  return a.fields.size === b.fields.size && canBeOne(a, b) && [...a.fields.keys()].every((name) => b.fields.has(name));
}

/** Do two readings show the same descriptor, with no field that has two values? */
function canBeOne(a: Draft, b: Draft): boolean {
  if (a.from >= b.to || b.from >= a.to || branchText(a) !== branchText(b)) return false;
  for (const [name, field] of a.fields) {
    const other = b.fields.get(name);
    if (other !== undefined && !sameField(field, other)) return false;
  }
  return a.name === undefined || b.name === undefined || (a.name.from === b.name.from && a.name.text === b.name.text);
}

function sameField(a: DraftField, b: DraftField): boolean {
  return a.from === b.from && a.to === b.to && a.value === b.value;
}

function join(entry: Entry, other: Entry): void {
  const { draft } = other;
  for (const choice of other.choices) entry.choices.add(choice);
  for (const [name, where] of other.fieldChoices)
    entry.fieldChoices.set(name, new Set([...(entry.fieldChoices.get(name) ?? []), ...where]));
  const name = entry.draft.name ?? draft.name;
  const merged: Draft = {
    ...entry.draft,
    from: Math.min(entry.draft.from, draft.from),
    to: Math.max(entry.draft.to, draft.to),
    fields: new Map([...entry.draft.fields, ...draft.fields]),
  };
  entry.draft = name === undefined ? merged : { ...merged, name };
}

/** @param present the arms and the groups without any that each choice has */
function conditioned(
  entry: Entry,
  choices: readonly Choice[],
  present: readonly ReadonlySet<Arm | Group>[],
  groups: readonly Group[],
): Variant {
  const { draft } = entry;
  const outer = enclosingArm(draft, groups);
  const around = armText(outer);
  const everywhere = entry.choices.size === choices.length;
  const own = everywhere ? '' : conditionIn(entry, choices, present, outer, groups);
  const ifs = branchText(draft);
  const condition = conjunction([around, own, ifs]);
  const fieldConditions = new Map<FieldName, string>();
  for (const [name, where] of entry.fieldChoices) {
    if (where.size === entry.choices.size) continue;
    const arm = enclosingArm(draft.fields.get(name)!, groups);
    if (arm !== undefined && !encloses(arm, draft)) fieldConditions.set(name, armText(arm, outer));
  }
  const holds = new Map([
    ...decisionsIn(entry, choices),
    ...(draft.branches ?? []).map((b): [string, string] => [`if ${b.from}`, b.text]),
  ]);
  return condition === '' ? { draft, fieldConditions, holds } : { draft, condition, fieldConditions, holds };
}

/** What the readings that have the draft, and not all readings, have in common where it stands. */
function conditionIn(
  entry: Entry,
  choices: readonly Choice[],
  present: readonly ReadonlySet<Arm | Group>[],
  outer: Arm | undefined,
  groups: readonly Group[],
): string {
  const { draft } = entry;
  const first = choices[Math.min(...entry.choices)]!;
  const among = <T>(list: readonly T[], groupOf: (x: T) => Group): T[] => {
    const place = (x: T): number => groupOf(x).from;
    return list.slice(firstFrom(list, draft.from, place), firstFrom(list, draft.to, place));
  };
  const telling = (x: Arm | Group): boolean => {
    const where = present.flatMap((p, i) => (p.has(x) ? [i] : []));
    return where.length < choices.length && [...entry.choices].every((c) => where.includes(c));
  };
  const arms = among(first.arms, (a) => a.group).filter(telling);
  // The draft may begin inside an arm that ends before it does.
  const start = { from: draft.from, to: draft.from };
  for (let a = enclosingArm(start, groups); a !== undefined && a !== outer; a = a.group.parent) if (telling(a)) arms.unshift(a);
  const none = among(first.none, (g) => g).filter(telling);
  const innermost = arms.filter((a) => !arms.some((b) => b !== a && encloses(a, b)));
  const texts = [...innermost.map((a) => armText(a, outer)), ...none.map(noneText)].filter((t) => t !== '');
  // The same condition may be written in several ways; the first one is shown.
  const byKey = new Map(texts.reverse().map((t) => [JSON.stringify(conditionKey(t)), t]));
  return [...byKey.values()].reverse().join(' && ');
}

/** The decisions that all readings with this entry share. */
function decisionsIn(entry: Entry, choices: readonly Choice[]): [string, string][] {
  const [first, ...others] = [...entry.choices].map((i) => choices[i]!.decisions);
  return [...first!].flatMap(([key, value]) =>
    others.every((o) => o.get(key) === value) ? [[key, String(value)] as [string, string]] : [],
  );
}

function branchText(draft: Draft): string {
  return conjunction((draft.branches ?? []).map((b) => b.text));
}

/** `a && b`; a part with a weaker operator gets parentheses. */
function conjunction(parts: readonly string[]): string {
  const given = parts.filter((p) => p !== '');
  return given
    .map((p) => (given.length > 1 && /\|\||\?/.test(p) && !/^!?\([^()]*\)$/.test(p) && !p.includes('&&') ? `(${p})` : p))
    .join(' && ');
}

/** Can both be there at once? */
export function exclude(a: Variant, b: Variant): boolean {
  for (const [key, value] of a.holds) if ((b.holds.get(key) ?? value) !== value) return true;
  return false;
}
