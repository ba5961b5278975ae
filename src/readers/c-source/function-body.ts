// Statements that fill descriptors: `m->base = …; m->len = …;`, `mrd = (struct …){…}`, `strncpy(mrd.name, …)`, up to the call that
// inserts them. A function is followed statement by statement, loops once, both sides of every `if`. What its conditions come to is
// never decided here: where they make a difference, each outcome is a descriptor of its own.

import type { SyntaxNode } from '@lezer/common';
import { isMember } from './declarations';
import type { Member } from './declarations';
import { evaluateText, oneLine, readField, readName } from './draft';
import type { Draft, DraftField } from './draft';
import type { Result } from './arithmetic';
import { isDescriptorType, readDescriptor, readInitializers } from './initializer';
import { readMacro } from './macro-call';
import type { Parsed } from './parsed';
import { assign, draftOf, draftOfSequence, emptyObject, inserted, isStarted, memberOf } from './object';
import type { Assignment, FilledObject } from './object';
import { effectsIn, innermostRight, keyOf, mentions, splitMember, usesOwn } from './paths';
import { childrenOf, unwrapped } from './syntax';
import { DraftCollector, EMPTY_WORLD, joined, withObject, withoutObjects } from './worlds';
import type { World } from './worlds';

export interface BodyResult {
  readonly drafts: readonly Draft[];
  /** Some branches were left out: there were too many. */
  readonly cutShort: boolean;
  /** Offsets of initialiser lists that were read as the start of a sequence. */
  readonly claimed: ReadonlySet<number>;
}

/** Deepest nesting of statements that is followed; `else if` chains nest too. */
const MOST_LEVELS = 120;

/** The macro calls in a tree that stand for statements about a descriptor. */
export function readMacroStatements(parsed: Parsed, top: SyntaxNode, names: ReadonlySet<string>): Draft[] {
  if (names.size === 0) return [];
  const drafts: Draft[] = [];
  const cursor = top.cursor();
  do {
    if (cursor.name !== 'CallExpression' || cursor.node.parent?.name !== 'ExpressionStatement') continue;
    const [from, to] = [parsed.base + cursor.from, parsed.base + cursor.to];
    if (!names.has(/^\w+/.exec(parsed.values.code.slice(from, from + 100))?.[0] ?? '')) continue;
    const made = readMacro(parsed, from, to, (text) => `void f(void) { ${text}; }`, (inner, body) => {
      const { drafts: filled, claimed } = readStatements(inner, body);
      return [...filled, ...readInitializers(inner, body, claimed)];
    }); // prettier-ignore
    drafts.push(...made);
  } while (cursor.next());
  return drafts;
}

export function readStatements(parsed: Parsed, top: SyntaxNode): BodyResult {
  const reader = new BodyReader(parsed);
  let worlds: World[] = [EMPTY_WORLD];
  for (const child of childrenOf(top)) {
    if (child.name === 'FunctionDefinition') {
      const body = child.getChild('CompoundStatement');
      if (body === null) continue;
      reader.startFunction(child);
      reader.end(reader.statement(body, [EMPTY_WORLD]), -1);
    } else {
      worlds = reader.statement(child, worlds);
    }
  }
  reader.end(worlds, -1);
  return { drafts: reader.drafts.all(), claimed: reader.claimed, cutShort: reader.cutShort };
}

class BodyReader {
  readonly claimed = new Set<number>();
  cutShort = false;
  readonly drafts = new DraftCollector();
  private readonly parsed: Parsed;
  /** Names declared in this function: true for descriptors. */
  private locals = new Map<string, boolean>();
  private level = 0;
  /** Where the innermost branch around begins; −1 outside of any. */
  private branchStart = -1;

  constructor(parsed: Parsed) {
    this.parsed = parsed;
  }

  startFunction(definition: SyntaxNode): void {
    this.locals = new Map();
    const parameters = definition.getChild('FunctionDeclarator')?.getChild('ParameterList') ?? this.pointerFunction(definition);
    for (const parameter of parameters?.getChildren('ParameterDeclaration') ?? []) this.declare(parameter);
  }

  private pointerFunction(definition: SyntaxNode): SyntaxNode | null {
    return definition.getChild('PointerDeclarator')?.getChild('FunctionDeclarator')?.getChild('ParameterList') ?? null;
  }

  private text(node: { readonly from: number; readonly to: number }): string {
    return this.parsed.values.code.slice(this.parsed.base + node.from, this.parsed.base + node.to);
  }

  private declare(declaration: SyntaxNode): void {
    const descriptor = isDescriptorType(this.parsed, declaration);
    const named =
      declaration.getChild('StructSpecifier') ?? declaration.getChild('TypeIdentifier') ?? declaration.getChild('PrimitiveType');
    const text = this.text({ from: named?.to ?? declaration.from, to: declaration.to }).replace(/=[^]*$/, '');
    const name = /([\p{L}_][\p{L}\p{N}_]*)\s*(?:\[[^\]]*\]\s*)*;?\s*$/u.exec(text)?.[1];
    if (name !== undefined) this.locals.set(name, descriptor);
  }

  /** @returns the worlds after the statement; none when every way through it leaves */
  statement(node: SyntaxNode, worlds: World[]): World[] {
    if (worlds.length === 0) return worlds;
    if (++this.level > MOST_LEVELS) {
      this.level--;
      return worlds;
    }
    const after = this.join(this.oneStatement(node, worlds));
    this.level--;
    return after;
  }

  private join(worlds: World[]): World[] {
    if (worlds.length < 2) return worlds;
    const { worlds: result, complete } = joined(worlds);
    if (!complete) this.cutShort = true;
    return result;
  }

  private oneStatement(node: SyntaxNode, worlds: World[]): World[] {
    switch (node.name) {
      case 'CompoundStatement':
      case 'LabeledStatement':
      case 'ForStatement':
      case 'ForRangeLoop':
      case 'WhileStatement':
      case 'DoStatement':
      case 'LinkageSpecification':
      case 'DeclarationList':
        return this.block(node, worlds);
      case 'IfStatement':
        return this.ifStatement(node, worlds);
      case 'SwitchStatement':
        return this.switchStatement(node, worlds);
      case 'CaseStatement':
        return this.block(node, this.end(worlds, node.from));
      case 'ReturnStatement':
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'GotoStatement':
        this.end(this.effects(node, worlds), this.branchStart);
        return [];
      case 'Declaration':
        return this.declaration(node, worlds);
      case 'FunctionDefinition':
        return worlds;
      default:
        return this.effects(node, worlds);
    }
  }

  /** Each part in its order; a loop is read once, and left as it would be entered when its body always leaves. */
  private block(node: SyntaxNode, worlds: World[]): World[] {
    let now = worlds;
    for (const child of childrenOf(node)) {
      // A label can be reached although the statement above it leaves.
      if (now.length === 0 && child.name === 'LabeledStatement') now = worlds.map((w) => withoutObjects(w, isStarted));
      now = this.statement(child, now);
    }
    const isLoop = node.name.startsWith('For') || node.name === 'WhileStatement' || node.name === 'DoStatement';
    return isLoop && now.length === 0 ? worlds.map((w) => withoutObjects(w, isStarted)) : now;
  }

  private ifStatement(node: SyntaxNode, worlds: World[]): World[] {
    const condition = node.getChild('ConditionClause');
    const before = condition === null ? worlds : this.effects(condition, worlds);
    const keyword = node.getChild('else');
    const arms = [...childrenOf(node)].filter((n) => !['if', 'else', 'ConditionClause'].includes(n.name) && !n.type.isError);
    const text = condition === null ? '' : oneLine(this.text(condition)).replace(/^\(([^]*)\)$/, '$1');
    const [yes, no] = [
      arms.find((n) => keyword === null || n.to <= keyword.from),
      arms.find((n) => keyword !== null && n.from >= keyword.to),
    ];
    const outer = this.branchStart;
    const sides = (
      [
        [yes, text],
        [no, /^\w+$/.test(text) ? `!${text}` : `!(${text})`],
      ] as const
    ).map(([arm, taken]) => {
      const branch = { from: this.parsed.base + node.from, to: this.parsed.base + node.to, text: taken };
      const entered = before.map((w): World => ({ ...w, branches: [...w.branches, branch] }));
      this.branchStart = this.parsed.base + (arm?.from ?? node.from);
      const left = arm === undefined ? entered : this.statement(arm, entered);
      this.branchStart = outer;
      return left;
    });
    // Where one side always leaves, the rest of the function is simply what comes next.
    if (sides.some((s) => s.length === 0))
      return sides.flat().map((w) => ({ ...w, branches: w.branches.filter((b) => b.from !== this.parsed.base + node.from) }));
    return sides.flat();
  }

  /** Each case begins with what was there before the switch; what a case filled has ended with it. */
  private switchStatement(node: SyntaxNode, worlds: World[]): World[] {
    const condition = node.getChild('ConditionClause');
    const before = condition === null ? worlds : this.effects(condition, worlds);
    const body = node.getChild('CompoundStatement');
    if (body === null) return before;
    const outer = this.branchStart;
    this.branchStart = this.parsed.base + body.from;
    for (const part of childrenOf(body)) this.end(this.statement(part, before), this.branchStart);
    this.branchStart = outer;
    return before.map((w) => withoutObjects(w, isStarted));
  }

  private declaration(node: SyntaxNode, worlds: World[]): World[] {
    this.declare(node);
    const init = node.getChild('InitDeclarator');
    const list = init?.getChild('InitializerList');
    const declarator = init?.firstChild;
    if (
      !isDescriptorType(this.parsed, node) ||
      list === null ||
      list === undefined ||
      declarator?.name !== 'Identifier' ||
      this.isTopLevel(node)
    ) {
      return this.effects(node, worlds);
    }
    return this.fill(worlds, this.text(declarator), list, list, true);
  }

  private isTopLevel(node: SyntaxNode): boolean {
    return node.parent?.name !== 'CompoundStatement' && node.parent?.name !== 'CaseStatement';
  }

  /** `key = {…}`: the object holds just that. */
  private fill(worlds: World[], key: string, list: SyntaxNode, whole: SyntaxNode, typed: boolean): World[] {
    const { base } = this.parsed;
    this.claimed.add(base + list.from);
    const empty = /^\{\s*0?\s*,?\s*\}$/.test(this.text(list));
    const draft = empty ? undefined : readDescriptor(this.parsed, list, whole.from, whole.to, true);
    return worlds.map((world) => {
      const old = world.objects.get(key);
      if (old !== undefined) this.emit(old, world);
      const fresh = emptyObject(key, typed, true);
      if (draft === undefined) return withObject(world, fresh);
      const order: Member[] = [...draft.fields.keys()];
      const current = {
        from: draft.from,
        to: draft.to,
        fields: draft.fields,
        name: draft.name,
        order,
        updates: new Set<Member>(),
      };
      return withObject(world, { ...fresh, current });
    });
  }

  /** The assignments and calls in an expression or statement, inner ones first. */
  private effects(node: SyntaxNode, worlds: World[]): World[] {
    let now = worlds;
    for (const effect of effectsIn(node)) {
      if (effect.name === 'AssignmentExpression') now = this.assignment(effect, now);
      else if (effect.name === 'CallExpression') now = this.call(effect, now);
      else
        now = this.forget(
          now,
          this.text(effect)
            .replace(/\+\+|--/g, '')
            .trim(),
        );
    }
    return now;
  }

  private assignment(node: SyntaxNode, worlds: World[]): World[] {
    const left = node.firstChild;
    const right = node.lastChild;
    if (left === null || right === null || left.to > right.from) return worlds;
    const operator = this.text({ from: left.to, to: right.from }).trim();
    const target = splitMember(oneLine(this.text(left)));
    if (target === undefined || !isMember(target.member)) {
      const key = keyOf(this.text(left));
      const literal = unwrapped(right);
      const list = literal.name === 'CompoundLiteralExpression' ? literal.getChild('InitializerList') : null;
      const type = literal.getChild('TypeDescriptor');
      if (list !== null && type !== null && isDescriptorType(this.parsed, type)) return this.fill(worlds, key, list, node, true);
      return this.forget(worlds, key);
    }
    const typed = this.typeOf(target.key);
    if (typed === false) return worlds;
    return worlds.map((world) =>
      this.assignMember(world, target.key, target.member as Member, typed === true, node, operator, right),
    );
  }

  private assignMember(
    world: World,
    key: string,
    member: Member,
    typed: boolean,
    node: SyntaxNode,
    sign: string,
    right: SyntaxNode,
  ): World {
    const { values, base } = this.parsed;
    const object = world.objects.get(key) ?? emptyObject(key, typed, false);
    const old = memberOf(object, member);
    const own = (path: string): Result | undefined => {
      const named = splitMember(path);
      const other = named === undefined ? undefined : world.objects.get(named.key);
      const field = other === undefined ? undefined : memberOf(other, named!.member);
      if (field === undefined) return undefined;
      return field.value === undefined
        ? { unknown: field.unknown ?? 'it is not known' }
        : { value: field.value, bits: 64, signed: field.value < 0n };
    };
    const [from, to] = [base + node.from, base + node.to];
    const valueNode = innermostRight(right);
    let field: DraftField | undefined;
    let update = false;
    if (member !== 'name') {
      field = readField(values, base + valueNode.from, base + valueNode.to, own);
      update = sign !== '=' || usesOwn(field.text, key, member);
      if (sign !== '=') {
        const text = `${old?.text ?? `${key}->${member}`} ${sign.slice(0, -1)} ${field.text}`;
        const left = old?.value === undefined ? '?' : String(old.value);
        field = {
          ...field,
          ...evaluateText(values, `(${left}L) ${sign.slice(0, -1)} (${field.text})`, base + valueNode.from, own),
          text,
        };
      }
    }
    const name = member === 'name' ? readName(values, base + valueNode.from, base + valueNode.to) : undefined;
    const sequenceFrom = (object.current ?? object.pending)?.from ?? from;
    const inBranch = this.branchStart > sequenceFrom;
    const a: Assignment = { member, field, name, update, inBranch, from, to };
    const { object: next, ended } = assign(object, a);
    if (ended !== undefined) this.drafts.add(draftOfSequence(object, ended), world);
    return withObject(world, next);
  }

  private call(node: SyntaxNode, worlds: World[]): World[] {
    const name = this.text(node.firstChild!);
    const list = node.getChild('ArgumentList');
    const given = list === null ? [] : [...childrenOf(list)].filter((n) => !['(', ')', ','].includes(n.name));
    const [first, second] = given;
    if (first === undefined) return worlds;
    if (/^(?:str|mem)\w*cpy$|^snprintf$|^strcpy$/.test(name) && given.length >= 2) {
      const target = splitMember(oneLine(this.text(unwrapped(first))));
      const source = name === 'snprintf' ? given[2] : second;
      if (target?.member === 'name' && source !== undefined) return this.copyName(worlds, target.key, node, source);
    }
    if (name === 'memset') return this.clear(worlds, keyOf(this.text(unwrapped(first))), second);
    if (/insert|append|push|register|(?:^|_)add(?:$|_)/i.test(name)) {
      return given.reduce((now, argument) => this.insert(now, keyOf(this.text(unwrapped(argument)))), worlds);
    }
    if (/get|find|init|read|fill|copy|cpy|next/i.test(name)) {
      return given.reduce(
        (now, a) => (this.text(a).trim().startsWith('&') ? this.forget(now, keyOf(this.text(a))) : now),
        worlds,
      );
    }
    return worlds;
  }

  private copyName(worlds: World[], key: string, call: SyntaxNode, source: SyntaxNode): World[] {
    const { values, base } = this.parsed;
    const name = readName(values, base + source.from, base + source.to);
    return worlds.map((world) => {
      const object = world.objects.get(key);
      if (object === undefined || !isStarted(object)) return world;
      const a: Assignment = {
        member: 'name',
        field: undefined,
        name,
        update: true,
        inBranch: true,
        from: base + call.from,
        to: base + call.to,
      };
      return withObject(world, assign(object, a).object);
    });
  }

  private clear(worlds: World[], key: string, value: SyntaxNode | undefined): World[] {
    if (value === undefined || this.text(value).trim() !== '0') return worlds;
    const typed = this.typeOf(key);
    if (typed === false || key.endsWith('name')) return worlds;
    return this.forget(worlds, key).map((w) => withObject(w, emptyObject(key, typed === true, true)));
  }

  private insert(worlds: World[], key: string): World[] {
    return worlds.map((world) => {
      const object = world.objects.get(key);
      if (object === undefined || !isStarted(object)) return world;
      this.emit(object, world);
      return withObject(world, inserted(object));
    });
  }

  /** `name` changes: what hangs on it has ended, and is another object from here on. */
  private forget(worlds: World[], name: string): World[] {
    if (name === '') return worlds;
    const concerned = (o: FilledObject): boolean => o.key === name || mentions(o.key, name);
    return worlds.map((world) => {
      for (const object of world.objects.values()) if (concerned(object)) this.emit(object, world);
      return withoutObjects(world, concerned);
    });
  }

  /** Everything that was filled since `since` has ended; what is older goes on elsewhere. */
  end(worlds: World[], since: number): World[] {
    return worlds.map((world) => {
      for (const object of world.objects.values()) {
        const to = Math.max(object.current?.to ?? -1, object.pending?.to ?? -1);
        if (to >= since) this.emit(object, world);
      }
      return withoutObjects(world, isStarted);
    });
  }

  private emit(object: FilledObject, world: World): void {
    this.drafts.add(draftOf(object), world);
  }

  /** Is the object a descriptor? Undefined when its declaration was not seen. */
  private typeOf(key: string): boolean | undefined {
    const root = /[\p{L}_][\p{L}\p{N}_]*/u.exec(key)?.[0] ?? '';
    const direct = /^\(?\**[\p{L}\p{N}_]+\)?(?:\[[^\]]*\])*$/u.test(key);
    if (!direct) return undefined;
    return this.locals.get(root) ?? (this.parsed.declarations.objects.has(root) ? true : undefined);
  }
}
