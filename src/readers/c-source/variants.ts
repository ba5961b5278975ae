// The readings of one item, laid over each other: what is the same in all of them is one descriptor, what only one of them has gets
// that one's condition, and where two give a field two values there are two descriptors.

import type { FieldName } from '../../regions/descriptor';
import { enclosingArm, encloses } from './choices';
import type { Choice } from './choices';
import type { Draft, DraftField } from './draft';
import { armText, noneText } from './preprocessor';
import type { Arm, Group } from './preprocessor';

export interface Variant {
  readonly draft: Draft;
  readonly condition?: string;
  /** Fields that only some readings have, with their condition. */
  readonly fieldConditions: ReadonlyMap<FieldName, string>;
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
  const entries: Entry[] = [];
  readings.forEach((drafts, choice) => {
    const taken = new Set<Entry>();
    const known = entries.length;
    for (const draft of drafts) {
      // Entries come in the order of the text, so that the partner of a draft is searched near it only.
      const partner = entries.slice(0, known).find((e) => !taken.has(e) && !e.choices.has(choice) && canBeOne(e.draft, draft));
      if (partner === undefined) {
        entries.push({
          draft,
          choices: new Set([choice]),
          fieldChoices: new Map([...draft.fields.keys()].map((f) => [f, new Set([choice])])),
        });
      } else {
        taken.add(partner);
        join(partner, draft, choice);
      }
    }
  });
  return entries.map((entry) => conditioned(entry, choices, groups));
}

/** Do two readings show the same descriptor, with no field that has two values? */
function canBeOne(a: Draft, b: Draft): boolean {
  if (a.from >= b.to || b.from >= a.to || a.branch !== b.branch) return false;
  for (const [name, field] of a.fields) {
    const other = b.fields.get(name);
    if (other !== undefined && !sameField(field, other)) return false;
  }
  return a.name === undefined || b.name === undefined || (a.name.from === b.name.from && a.name.text === b.name.text);
}

function sameField(a: DraftField, b: DraftField): boolean {
  return a.from === b.from && a.to === b.to && a.value === b.value;
}

function join(entry: Entry, draft: Draft, choice: number): void {
  entry.choices.add(choice);
  for (const name of draft.fields.keys()) entry.fieldChoices.set(name, (entry.fieldChoices.get(name) ?? new Set()).add(choice));
  const name = entry.draft.name ?? draft.name;
  const merged: Draft = {
    ...entry.draft,
    from: Math.min(entry.draft.from, draft.from),
    to: Math.max(entry.draft.to, draft.to),
    fields: new Map([...entry.draft.fields, ...draft.fields]),
  };
  entry.draft = name === undefined ? merged : { ...merged, name };
}

function conditioned(entry: Entry, choices: readonly Choice[], groups: readonly Group[]): Variant {
  const { draft } = entry;
  const outer = enclosingArm(draft, groups);
  const around = armText(outer);
  const everywhere = entry.choices.size === choices.length;
  const own = everywhere
    ? ''
    : conditionIn(
        draft,
        [...entry.choices].map((i) => choices[i]!),
        outer,
      );
  const ifs = draft.branch === undefined ? '' : `if (${draft.branch})`;
  const condition = [around, own, ifs].filter((c) => c !== '').join(' && ');
  const fieldConditions = new Map<FieldName, string>();
  for (const [name, where] of entry.fieldChoices) {
    if (where.size === entry.choices.size) continue;
    const arm = enclosingArm(draft.fields.get(name)!, groups);
    if (arm !== undefined && !encloses(arm, draft)) fieldConditions.set(name, armText(arm, outer));
  }
  return condition === '' ? { draft, fieldConditions } : { draft, condition, fieldConditions };
}

/** What the given readings, and only they, have in common inside the draft. */
function conditionIn(draft: Draft, choices: readonly Choice[], outer: Arm | undefined): string {
  const [first, ...others] = choices;
  const inside = (g: Group): boolean => g.from >= draft.from && g.to <= draft.to;
  const arms = first!.arms.filter((a) => inside(a.group) && others.every((c) => c.arms.includes(a)));
  const none = first!.none.filter((g) => inside(g) && others.every((c) => c.none.includes(g)));
  const innermost = arms.filter((a) => !arms.some((b) => b !== a && encloses(a, b)));
  const texts = [...innermost.map((a) => armText(a, outer)), ...none.map(noneText)];
  return [...new Set(texts.filter((t) => t !== ''))].join(' && ');
}
