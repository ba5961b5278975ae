// Which arms to read at once: the choices among the undecided arms of one item that together show every arm.

import { blank } from './scan';
import { conditionKey, decisionOn, isDead } from './preprocessor';
import type { Arm, Decisions, Group } from './preprocessor';
import type { Item } from './items';

/** One reading of an item. */
export interface Choice {
  readonly decisions: Decisions;
  /** The arms that are in and that the configuration did not decide. */
  readonly arms: readonly Arm[];
  /** The groups of which no arm is in. */
  readonly none: readonly Group[];
  /** The item's code with what is not read blanked, offsets as in the whole. */
  readonly code: string;
}

/** Most readings of one item; a function with more nested conditions than this shows some arms only. */
export const MOST_CHOICES = 12;

/** Every reading of `item`, or none when the item itself stands in an arm that is ruled out. */
export function choicesFor(item: Item, code: string, groups: readonly Group[]): { choices: Choice[]; complete: boolean } {
  const around = enclosingArm(item, groups);
  if (isDead(around)) return { choices: [], complete: true };
  const inside = groups.filter((g) => g.from < item.to && g.to > item.from && !g.arms.some((a) => encloses(a, item)));
  const among = new Set(inside);
  const roots = inside.filter((g) => g.parent === undefined || !among.has(g.parent.group));
  const children = new Map<Arm, Group[]>();
  for (const g of inside) if (g.parent !== undefined) children.set(g.parent, [...(children.get(g.parent) ?? []), g]);
  const widths = roots.map((g) => width(g, children));
  // All combinations where they are few; else each arm at least once.
  const product = widths.reduce((p, n) => Math.min(p * n, 1 + MOST_CHOICES), 1);
  const all = product <= MOST_CHOICES;
  const wanted = all ? product : Math.max(1, ...widths);
  const choices: Choice[] = [];
  const seen = new Set<string>();
  for (let turn = 0; turn < Math.min(wanted, MOST_CHOICES); turn++) {
    const chooser = new Chooser(seedFrom(around), children);
    let rest = turn;
    roots.forEach((root, i) => {
      chooser.visit(root, all ? rest % widths[i]! : turn);
      rest = Math.floor(rest / widths[i]!);
    });
    const text = without(code.slice(item.from, item.to), item.from, chooser.out);
    if (seen.has(text)) continue;
    seen.add(text);
    choices.push({ decisions: chooser.decisions, arms: chooser.arms, none: chooser.none, code: text });
  }
  return { choices, complete: wanted <= MOST_CHOICES };
}

export function encloses(arm: Arm, range: { readonly from: number; readonly to: number }): boolean {
  return arm.from <= range.from && range.to <= arm.to;
}

/** The innermost arm around a range. @param groups in the order of their #if */
export function enclosingArm(range: { readonly from: number; readonly to: number }, groups: readonly Group[]): Arm | undefined {
  // What is open at the start of the range is the last group that began before it, or around that one.
  let group = groups[firstFrom(groups, range.from, (g) => g.from) - 1];
  while (group !== undefined) {
    const arm = group.arms.find((a) => encloses(a, range));
    if (arm !== undefined) return arm;
    group = group.parent?.group;
  }
  return undefined;
}

/** Index of the first entry whose `place` is `offset` or later, in a list that ascends. */
export function firstFrom<T>(list: readonly T[], offset: number, place: (entry: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (place(list[middle]!) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many readings a group needs: the sum over its open arms, each as many as the widest group inside. */
function width(group: Group, children: ReadonlyMap<Arm, readonly Group[]>): number {
  if (group.arms.length === 1 && /^(?:defined\()?CONFIG_UKPLAT_MEMRNAME\)?$/.test(group.arms[0]!.condition ?? '')) return 1;
  const arms = openArms(group).map((arm) => Math.max(1, ...(children.get(arm) ?? []).map((g) => width(g, children))));
  return arms.reduce((sum, n) => sum + n, 0) + (hasNoElse(group) ? 1 : 0);
}

function openArms(group: Group): Arm[] {
  return group.arms.filter((a) => a.decided !== false);
}

/** Can it happen that no arm is in? */
function hasNoElse(group: Group): boolean {
  return group.arms.every((a) => a.condition !== undefined && a.decided !== true);
}

/** What holds wherever the arm does. Names are read unless the configuration says that there are none: they contradict nothing. */
function seedFrom(arm: Arm | undefined): Map<string, boolean> {
  const decisions = new Map<string, boolean>();
  for (let a = arm; a !== undefined; a = a.group.parent) {
    for (const other of a.group.arms) {
      if (other.condition !== undefined && other.decided === undefined) note(decisions, other.condition, other === a);
      if (other === a) break;
    }
  }
  note(decisions, 'CONFIG_UKPLAT_MEMRNAME', true);
  return decisions;
}

function note(decisions: Map<string, boolean>, condition: string, value: boolean): void {
  const { key, negated } = conditionKey(condition);
  if (!decisions.has(key)) decisions.set(key, value !== negated);
}

class Chooser {
  readonly decisions: Map<string, boolean>;
  readonly arms: Arm[] = [];
  readonly none: Group[] = [];
  /** Arms that are left out. */
  readonly out: Arm[] = [];
  private readonly children: ReadonlyMap<Arm, readonly Group[]>;

  constructor(decisions: Map<string, boolean>, children: ReadonlyMap<Arm, readonly Group[]>) {
    this.decisions = decisions;
    this.children = children;
  }

  /** @param turn which reading this is, counted from 0 within the group */
  visit(group: Group, turn: number): void {
    const { arm, left } = this.pick(group, turn);
    for (const other of group.arms) {
      if (other === arm) continue;
      this.out.push(other);
    }
    if (arm === undefined) this.none.push(group);
    if (arm === undefined) return;
    if (arm.decided === undefined) this.arms.push(arm);
    for (const inner of this.children.get(arm) ?? []) this.visit(inner, left);
  }

  private pick(group: Group, turn: number): { arm: Arm | undefined; left: number } {
    let left = turn;
    for (const arm of openArms(group)) {
      if (arm.decided === true || arm.condition === undefined) return { arm, left };
      const forced = decisionOn(arm.condition, this.decisions);
      const share = Math.max(1, ...(this.children.get(arm) ?? []).map((g) => width(g, this.children)));
      const taken = forced ?? left < share;
      if (forced === undefined) note(this.decisions, arm.condition, taken);
      if (taken) return { arm, left: forced === true ? turn : left };
      left = Math.max(0, left - share);
    }
    return { arm: undefined, left: 0 };
  }
}

/** `code`, which starts at offset `base`, with the arms blanked. */
function without(code: string, base: number, arms: readonly Arm[]): string {
  if (arms.length === 0) return code;
  const pieces: string[] = [];
  let done = 0;
  for (const arm of [...arms].sort((a, b) => a.from - b.from)) {
    const from = Math.max(done, arm.from - base);
    const to = Math.min(code.length, arm.to - base);
    if (to <= from) continue;
    pieces.push(code.slice(done, from), blank(code.slice(from, to)));
    done = to;
  }
  pieces.push(code.slice(done));
  return pieces.join('');
}
