// What expressions do to descriptors: assignments to a member or to a whole, calls that copy a name, clear, insert or fill.
// Objects are known by the way they are written; what is assigned to one is collected until the sequence ends.

import type { SyntaxNode } from '@lezer/common';
import type { Result } from './arithmetic';
import { isMember } from './declarations';
import type { Member } from './declarations';
import { evaluateText, oneLine, readField, readName } from './draft';
import type { DraftField } from './draft';
import { isDescriptorType, readDescriptor } from './initializer';
import { assign, draftOf, draftOfSequence, emptyObject, inserted, isStarted, memberOf } from './object';
import type { Assignment, FilledObject } from './object';
import type { Parsed } from './parsed';
import { effectsIn, innermostRight, keyOf, mentions, splitMember, usesOwn } from './paths';
import { childrenOf, unwrapped } from './syntax';
import { DraftCollector, withObject, withoutObjects } from './worlds';
import type { World } from './worlds';

export class Effects {
  /** Offsets of initialiser lists that were read as the start of a sequence. */
  readonly claimed = new Set<number>();
  readonly drafts = new DraftCollector();
  /** Where the innermost branch around begins; −1 outside of any. */
  branchStart = -1;
  private readonly parsed: Parsed;
  /** Names declared in this function: true for descriptors. */
  private locals = new Map<string, boolean>();

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

  text(node: { readonly from: number; readonly to: number }): string {
    return this.parsed.values.code.slice(this.parsed.base + node.from, this.parsed.base + node.to);
  }

  declare(declaration: SyntaxNode): void {
    const descriptor = isDescriptorType(this.parsed, declaration);
    const named =
      declaration.getChild('StructSpecifier') ?? declaration.getChild('TypeIdentifier') ?? declaration.getChild('PrimitiveType');
    const text = this.text({ from: named?.to ?? declaration.from, to: declaration.to }).replace(/=[^]*$/, '');
    const name = /([\p{L}_][\p{L}\p{N}_]*)\s*(?:\[[^\]]*\]\s*)*;?\s*$/u.exec(text)?.[1];
    if (name !== undefined) this.locals.set(name, descriptor);
  }

  /** `key = {…}`: the object holds just that. */
  fill(worlds: World[], key: string, list: SyntaxNode, whole: SyntaxNode, typed: boolean): World[] {
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
  run(node: SyntaxNode, worlds: World[]): World[] {
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
