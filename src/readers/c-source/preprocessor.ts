// Conditional compilation and #define, for a reader that must show what stands in every arm.
//
// A condition that the configuration decides is decided, and the arms it rules out are blanked. Of the others both arms count. They
// are never read at once (a field would have two values): the item around them is read several times, each time with one choice of
// arms, until every arm was in. One choice is consistent: `#if CONFIG_A` decides `#ifndef CONFIG_A` further down.

import type { Config } from '../../regions/release';
import { evaluate, isKnown } from './expression';
import { parseDefine, sourceOf } from './macros';
import type { Macro } from './macros';
import type { Directive } from './scan';
import { tokenize } from './tokens';

export interface Arm {
  readonly group: Group;
  /** As written, without the directive: `CONFIG_A`, `defined(CONFIG_B)`; undefined for #else. */
  readonly condition: string | undefined;
  /** Decided by configuration and macros; undefined when both are possible. */
  readonly decided: boolean | undefined;
  /** The lines between this arm's directive and the next one. */
  readonly from: number;
  to: number;
}

export interface Group {
  readonly parent: Arm | undefined;
  readonly arms: Arm[];
  readonly from: number;
  to: number;
}

/** Conditions taken as true or false, by their `conditionKey`. */
export type Decisions = ReadonlyMap<string, boolean>;

interface Definition {
  /** Undefined for #undef. */
  readonly macro: Macro | undefined;
  readonly at: number;
  /** The undecided arm it stands in. */
  readonly arm: Arm | undefined;
}

export interface Surroundings {
  readonly config: Config | undefined;
  /** Macros from before the text: those of the release, then those of the headers. */
  readonly before: (name: string) => Macro | { readonly ambiguous: string } | undefined;
}

/** No source has more; what goes beyond is read as part of the arm that it stands in. */
const MOST_NESTED = 64;
const MOST_ARMS = 256;
const LONGEST_CONDITION = 2000;

const KNOWN_ABSENT = new Set(['__ASSEMBLY__', '__cplusplus', '__ASSEMBLER__', '_MSC_VER', 'LINUX_USERLAND']);
const KNOWN_PRESENT = new Set(['__STDC__', '__GNUC__', '__LP64__', '__Unikraft__', '__UNIKRAFT__']);
const ARCHITECTURE_MACROS: Readonly<Record<string, string>> = {
  __X86_64__: 'CONFIG_ARCH_X86_64', __x86_64__: 'CONFIG_ARCH_X86_64',
  __ARM_64__: 'CONFIG_ARCH_ARM_64', __aarch64__: 'CONFIG_ARCH_ARM_64',
  __ARM_32__: 'CONFIG_ARCH_ARM_32', __arm__: 'CONFIG_ARCH_ARM_32',
}; // prettier-ignore

export class Preprocessor {
  readonly groups: Group[] = [];
  /** #if without #endif. */
  readonly unclosed: Group[] = [];
  /** #else, #elif or #endif without #if. */
  readonly stray: Directive[] = [];
  private readonly definitions = new Map<string, Definition[]>();
  private readonly surroundings: Surroundings;

  constructor(directives: readonly Directive[], end: number, surroundings: Surroundings) {
    this.surroundings = surroundings;
    const open: Group[] = [];
    let tooDeep = 0;
    const currentArm = (): Arm | undefined => open.at(-1)?.arms.at(-1);
    directives.forEach((directive, i) => {
      const { name, from, to } = directive;
      const group = open.at(-1);
      if (name.startsWith('if') && open.length >= MOST_NESTED) tooDeep++;
      else if (tooDeep > 0 && name === 'endif') tooDeep--;
      else if (tooDeep > 0 && name.startsWith('el')) return;
      else if (name === 'if' || name === 'ifdef' || name === 'ifndef') {
        const made: Group = { parent: currentArm(), arms: [], from, to: end };
        this.groups.push(made);
        open.push(made);
        this.addArm(made, directive, directives[i + 1], end);
      } else if (name === 'elif' || name === 'else' || name === 'elifdef' || name === 'elifndef') {
        if (group === undefined) return void this.stray.push(directive);
        if (group.arms.length >= MOST_ARMS) return;
        group.arms.at(-1)!.to = from;
        this.addArm(group, directive, undefined, end);
      } else if (name === 'endif') {
        if (group === undefined) return void this.stray.push(directive);
        group.arms.at(-1)!.to = from;
        group.to = to;
        open.pop();
      } else if ((name === 'define' || name === 'undef') && !isDead(currentArm())) {
        this.define(directive, currentArm());
      }
    });
    this.unclosed.push(...open);
  }

  private addArm(group: Group, directive: Directive, next: Directive | undefined, end: number): void {
    const { name, text, from, to } = directive;
    const condition = name === 'else' ? undefined : conditionOf(name, text);
    const before = group.arms.map((a) => a.decided);
    let decided = condition === undefined ? undefined : this.decide(condition, from);
    // `#ifndef A` right above `#define A` is an include guard or a default.
    if (name === 'ifndef' && decided === undefined && next?.name === 'define' && tokenize(next.text, 1)[0]?.text === text)
      decided = true;
    if (before.includes(true)) decided = false;
    else if (condition === undefined && before.every((d) => d === false)) decided = true;
    group.arms.push({ group, condition, decided, from: to, to: end });
  }

  private define(directive: Directive, arm: Arm | undefined): void {
    const macro = parseDefine(directive.text);
    if (macro === undefined) return;
    // A body that is a statement expression (GNU MIN, MAX) cannot be computed; the prelude's own version can.
    if (macro.body[0]?.text === '(' && macro.body[1]?.text === '{' && this.surroundings.before(macro.name) !== undefined) return;
    const list = this.definitions.get(macro.name) ?? [];
    if (list.length === 0) this.definitions.set(macro.name, list);
    const undecided = undecidedArm(arm);
    list.push({ macro: directive.name === 'undef' ? undefined : macro, at: directive.from, arm: undecided });
  }

  /** The macro in force at `offset`, under the given decisions. */
  macroAt(name: string, offset: number, decisions: Decisions): Macro | { readonly ambiguous: string } | undefined {
    const list = this.definitions.get(name);
    if (list === undefined) return this.fromOutside(name);
    const candidates: Definition[] = [];
    let complete = false;
    for (let i = list.length - 1; i >= 0 && !complete; i--) {
      const definition = list[i]!;
      if (definition.at > offset) continue;
      const taken = armTaken(definition.arm, decisions);
      if (taken === false) continue;
      candidates.push(definition);
      complete = taken === true;
    }
    if (candidates.length === 0) return this.fromOutside(name);
    const [first] = candidates;
    const bodies = new Set(candidates.map((c) => (c.macro === undefined ? '' : sourceOf(c.macro.body))));
    // A single definition is the one meant, even under a condition: without it the text would not compile.
    if (bodies.size === 1) return first!.macro ?? undefined;
    return {
      ambiguous: `${name} is ${[...bodies].slice(0, 3).join(' or ')}, depending on ${armText(candidates.find((c) => c.arm)?.arm)}`,
    };
  }

  private fromOutside(name: string): Macro | { readonly ambiguous: string } | undefined {
    const value = this.configValue(name);
    if (value !== undefined && value !== null) return { name, body: tokenize(value) };
    return this.surroundings.before(name);
  }

  /** The text that a CONFIG_ macro stands for; null when it is certainly not defined; undefined when nobody knows. */
  private configValue(name: string): string | null | undefined {
    if (!name.startsWith('CONFIG_')) return undefined;
    const { config } = this.surroundings;
    if (config === undefined) return undefined;
    const value = config[name] ?? config[name.slice('CONFIG_'.length)];
    if (value === undefined) return isWholeConfig(config) ? null : undefined;
    if (value === 'n' || value === 'false' || value === '') return null;
    return value === 'y' || value === 'true' ? '1' : value;
  }

  private isDefined(name: string, offset: number): boolean | undefined {
    const list = (this.definitions.get(name) ?? []).filter((d) => d.at < offset);
    const last = list.at(-1);
    if (last !== undefined) return last.arm === undefined ? last.macro !== undefined : undefined;
    if (name.startsWith('CONFIG_')) {
      const value = this.configValue(name);
      return value === undefined ? undefined : value !== null;
    }
    if (KNOWN_ABSENT.has(name)) return false;
    if (KNOWN_PRESENT.has(name) || this.surroundings.before(name) !== undefined) return true;
    const symbol = ARCHITECTURE_MACROS[name];
    return symbol === undefined ? undefined : this.isDefined(symbol, offset);
  }

  private decide(condition: string, offset: number): boolean | undefined {
    const text = condition.replace(/\bdefined\s*(?:\(\s*(\w+)\s*\)|(\w+))/g, (whole, inner?: string, bare?: string) => {
      const defined = this.isDefined(inner ?? bare!, offset);
      return defined === undefined ? whole : defined ? ' 1 ' : ' 0 ';
    });
    const name = (path: string): { value: bigint; bits: 64; signed: true } | undefined =>
      this.isDefined(path, offset) === false ? { value: 0n, bits: 64, signed: true } : undefined;
    const macro = (m: string): ReturnType<Preprocessor['macroAt']> => this.macroAt(m, offset, new Map());
    const { result } = evaluate(text, { macro, name, isType: () => false });
    return isKnown(result) ? result.value !== 0n : undefined;
  }
}

/** A whole .config says of every symbol it leaves out that it is off; a fragment does not. */
function isWholeConfig(config: Config): boolean {
  return config['CONFIG_UK_FULLVERSION'] !== undefined || config['UK_FULLVERSION'] !== undefined;
}

function conditionOf(directive: string, whole: string): string {
  const text = whole.slice(0, LONGEST_CONDITION);
  if (directive.endsWith('ndef')) return `!defined(${text})`;
  return directive.endsWith('def') ? `defined(${text})` : text.replace(/\s+/g, ' ');
}

/** `CONFIG_A`, `defined(CONFIG_A)` and `defined CONFIG_A` are one condition, `!CONFIG_A` its opposite. */
export function conditionKey(condition: string): { key: string; negated: boolean } {
  let key = condition.replace(/\bdefined\s*\(?\s*(\w+)\s*\)?/g, 'defined($1)').replace(/\s+/g, '');
  let negated = false;
  for (;;) {
    const outer = /^\((\w*(?:\(\w+\))?)\)$/.exec(key);
    if (key.startsWith('!') && /^!+(?:defined\(\w+\)|\w+|\([^()]*\))$/.test(key)) {
      negated = !negated;
      key = key.slice(1);
    } else if (outer !== null) key = outer[1]!;
    else break;
  }
  return { key: /^CONFIG_\w+$/.test(key) ? `defined(${key})` : key, negated };
}

export function decisionOn(condition: string, decisions: Decisions): boolean | undefined {
  const { key, negated } = conditionKey(condition);
  const decided = decisions.get(key);
  return decided === undefined ? undefined : decided !== negated;
}

/** Is this arm, or one around it, ruled out? */
export function isDead(arm: Arm | undefined): boolean {
  for (let a = arm; a !== undefined; a = a.group.parent) if (a.decided === false) return true;
  return false;
}

/** The innermost arm around, itself included, that is not decided. */
export function undecidedArm(arm: Arm | undefined): Arm | undefined {
  for (let a = arm; a !== undefined; a = a.group.parent) if (a.decided === undefined) return a;
  return undefined;
}

/** Does the arm take part? By what is decided beforehand, then by `decisions`. */
export function armTaken(arm: Arm | undefined, decisions: Decisions): boolean | undefined {
  let taken: boolean | undefined = true;
  for (let a = arm; a !== undefined; a = a.group.parent) {
    const here = a.decided ?? byDecisions(a, decisions);
    if (here === false) return false;
    if (here === undefined) taken = undefined;
  }
  return taken;
}

function byDecisions(arm: Arm, decisions: Decisions): boolean | undefined {
  let open = false;
  for (const other of arm.group.arms) {
    const own = other.decided ?? (other.condition === undefined ? true : decisionOn(other.condition, decisions));
    if (other === arm) return own === true && open ? undefined : own;
    if (own === true) return false;
    if (own === undefined) open = true;
  }
  return undefined;
}

/**
 * The condition of an arm with those of the arms around it, as written: `CONFIG_A && !(CONFIG_B)`.
 *
 * @param outer an arm around, whose own condition (and what is around that) is left out
 */
export function armText(arm: Arm | undefined, outer?: Arm): string {
  const parts: string[] = [];
  for (let a = arm; a !== undefined && a !== outer; a = a.group.parent)
    if (a.decided === undefined) parts.unshift(...ownParts(a));
  return parts.length === 1 ? parts[0]! : parts.map((p) => (/[|?]/.test(p) && !/^!?\(.*\)$/.test(p) ? `(${p})` : p)).join(' && ');
}

/** The condition under which no arm of a group is in. */
export function noneText(group: Group): string {
  return group.arms.flatMap((a) => (a.decided === undefined && a.condition !== undefined ? [not(a.condition)] : [])).join(' && ');
}

function ownParts(arm: Arm): string[] {
  const parts: string[] = [];
  for (const other of arm.group.arms) {
    if (other === arm) break;
    if (other.decided === undefined && other.condition !== undefined) parts.push(not(other.condition));
  }
  return arm.condition === undefined ? parts : [...parts, arm.condition];
}

function not(condition: string): string {
  if (/^![\w]+(?:\([^()]*\))?$/.test(condition)) return condition.slice(1);
  return /^(?:\w+(?:\(\w+\))?|\([^()]*\))$/.test(condition) ? `!${condition}` : `!(${condition})`;
}
