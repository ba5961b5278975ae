// Initialisers: `{ .pbase = …, .len = … }`, positional ones in the order of the era, arrays of either, and what they are nested in.

import type { SyntaxNode } from '@lezer/common';
import { ERA_PROFILES } from '../../regions/eras';
import type { Era } from '../../regions/descriptor';
import { isMember } from './declarations';
import type { Member } from './declarations';
import { DraftBuilder, oneLine, trimmed } from './draft';
import type { Draft, Values } from './draft';
import { readMacro } from './macro-call';
import type { Parsed } from './parsed';
import { childrenOf, unwrapped } from './syntax';

/** One element between two commas. */
interface Element {
  readonly from: number;
  readonly to: number;
  readonly designators: readonly SyntaxNode[];
  /** Where the value starts: behind `=`. */
  readonly valueFrom: number;
  readonly value: SyntaxNode;
  readonly damaged: boolean;
}

/** Most copies that `[0 ... n] = {…}` makes: as many regions as a kernel has room for by default. */
const MOST_COPIES = 128;

export function elementsOf(list: SyntaxNode): Element[] {
  const elements: Element[] = [];
  let run: SyntaxNode[] = [];
  const flush = (): void => {
    const [first, last] = [run[0], run.at(-1)];
    run = run.slice(0, 0);
    if (first === undefined || last === undefined) return;
    const nodes = first.name === 'InitializerPair' ? [...childrenOf(first)] : [];
    const designators = nodes.filter((n) => n.name === 'FieldDesignator' || n.name === 'SubscriptDesignator');
    const value =
      nodes.findLast((n) => n.name !== 'FieldDesignator' && n.name !== 'SubscriptDesignator' && !n.type.isError) ?? first;
    const valueFrom = designators.at(-1)?.to ?? first.from;
    elements.push({ from: first.from, to: last.to, designators, valueFrom, value, damaged: first !== last });
  };
  for (const child of childrenOf(list)) {
    if (child.name === ',') flush();
    else if (child.name !== '{' && child.name !== '}') run.push(child);
  }
  flush();
  return elements;
}

/** One descriptor from its braces. */
export function readDescriptor(parsed: Parsed, list: SyntaxNode, from: number, to: number, typed: boolean): Draft {
  const { values, base, place } = parsed;
  const builder = new DraftBuilder();
  const elements = elementsOf(list);
  const { order, guess } = orderFor(parsed, elements);
  let next = 0;
  for (const element of elements) {
    const [start, end] = [base + element.valueFrom, base + element.to];
    const where = place ?? trimmed(values.code, base + element.from, end);
    let member: string | undefined = order[next];
    if (element.designators.length > 0) {
      member = memberOf(values, base, element.designators[0]!);
      next = order.indexOf(member as Member);
    } else if (member === undefined) {
      values.notice({
        severity: 'warning',
        code: 'too-many-values',
        message: `A descriptor has ${order.length} members here (${order.join(', ')}); this value is one too many`,
        ...where,
      });
      break;
    }
    next++;
    if (!isMember(member)) {
      values.notice({
        severity: 'warning',
        code: 'unknown-field',
        message: `${member} is no member of a region descriptor`,
        ...where,
      });
    } else {
      builder.set(values, member, valueStart(values, start, end, element), end);
    }
  }
  const range = place ?? { from: base + from, to: base + to };
  const draft: Draft = { ...range, fields: builder.fields, zeroed: true, typed, ...(guess === undefined ? {} : { guess }) };
  return builder.name === undefined ? draft : { ...draft, name: builder.name };
}

function memberOf(values: Values, base: number, designator: SyntaxNode): string {
  return values.code.slice(base + designator.from, base + designator.to).replace(/[^\p{L}\p{N}_]/gu, '');
}

/** Behind the `=` of a designated element. */
function valueStart(values: Values, from: number, to: number, element: Element): number {
  if (element.designators.length === 0) return from;
  const sign = values.code.indexOf('=', from);
  return sign < 0 || sign >= to ? from : sign + 1;
}

/** The members in the order in which values without designators fill them. */
function orderFor(parsed: Parsed, elements: readonly Element[]): { order: readonly Member[]; guess?: Era } {
  const { declarations, era, values, base } = parsed;
  if (declarations.members !== undefined && declarations.members.length > 0) return { order: declarations.members };
  if (era !== undefined) return { order: orderOf(era) };
  const positional = elements.filter((e) => e.designators.length === 0);
  if (positional.length < elements.length || positional.length < 2) return { order: orderOf('paged') };
  const texts = positional.map((e) => values.code.slice(base + e.from, base + e.to));
  const guess = guessEra(texts);
  return { order: orderOf(guess), guess };
}

export function orderOf(era: Era): Member[] {
  const layout = ERA_PROFILES.find((p) => p.era === era)!.layout;
  return [...layout.fields.map((f) => f.name), 'name'];
}

/** By where the macros of types and flags stand, else by how many values there are. */
function guessEra(texts: readonly string[]): Era {
  const type = texts.findIndex((t) => t.includes('UKPLAT_MEMRT_'));
  const flags = texts.findIndex((t) => t.includes('UKPLAT_MEMRF_'));
  if (type === 3 || flags === 4) return 'typed';
  if (type === 5 || flags === 6) return 'paged';
  if (flags === 2) return 'classic';
  const count = texts.length - (/^\s*(?:"|NULL\b)/.test(texts.at(-1)!) ? 1 : 0);
  return count <= 3 ? 'classic' : count <= 5 ? 'typed' : 'paged';
}

/** Does this list name members that only a region descriptor has, and no others? */
export function looksLikeDescriptor(parsed: Parsed, list: SyntaxNode): boolean {
  const names = new Set<string>();
  for (const { designators } of elementsOf(list)) {
    if (designators.length === 1 && designators[0]!.name === 'FieldDesignator') {
      names.add(memberOf(parsed.values, parsed.base, designators[0]!));
    }
  }
  if (![...names].every(isMember)) return false;
  if (['pbase', 'vbase', 'pg_off', 'pg_count'].some((m) => names.has(m))) return true;
  return names.has('base') && names.has('len') && names.has('flags');
}

/** An array of descriptors: in braces each, through macros, or values in a row without inner braces. */
export function readArray(parsed: Parsed, list: SyntaxNode): Draft[] {
  const drafts: Draft[] = [];
  let row: Element[] = [];
  const flushRow = (): void => {
    if (row.length > 0) drafts.push(readRow(parsed, row));
    row = [];
  };
  for (const element of elementsOf(list)) {
    const value = unwrapped(element.value);
    const last = element.designators.at(-1);
    const braces = value.name === 'InitializerList' ? value : value.name === 'CompoundLiteralExpression' ? value.lastChild : null;
    const made =
      last === undefined && (value.name === 'CallExpression' || value.name === 'Identifier')
        ? fromMacro(parsed, parsed.base + element.from, parsed.base + element.to)
        : [];
    if (last?.name !== 'FieldDesignator' && braces?.name === 'InitializerList') {
      flushRow();
      const copies = last === undefined ? 1 : copiesOf(parsed, last);
      const draft = readDescriptor(parsed, braces, value.from, value.to, true);
      for (let i = 0; i < copies; i++) drafts.push(draft);
    } else if (made.length > 0) {
      flushRow();
      drafts.push(...made);
    } else {
      if (startsRow(parsed, row, element)) flushRow();
      row.push(element);
    }
  }
  flushRow();
  return drafts;
}

/** Does a value without braces belong to the next descriptor: another index, or the one before is full? */
function startsRow(parsed: Parsed, row: readonly Element[], element: Element): boolean {
  const [first] = row;
  if (first === undefined) return false;
  const index = (e: Element): string => {
    const [subscript] = e.designators;
    return subscript?.name === 'SubscriptDesignator' ? oneLine(textOf(parsed, subscript)) : '';
  };
  if (element.designators.length > 0) return index(element) !== index(first);
  return row.length >= orderFor(parsed, row).order.length || /^\s*"/.test(textOf(parsed, row.at(-1)!));
}

function textOf(parsed: Parsed, node: { readonly from: number; readonly to: number }): string {
  return parsed.values.code.slice(parsed.base + node.from, parsed.base + node.to);
}

/** `REGION(0x1000, 0x2000)`: what the macro makes of it, when that has braces. */
function fromMacro(parsed: Parsed, from: number, to: number): Draft[] {
  return readMacro(
    parsed,
    from,
    to,
    (text) => (text.includes('{') ? `struct x y[] = { ${text} };` : undefined),
    (inner, top) => {
      const list = top.getChild('Declaration')?.getChild('InitDeclarator')?.getChild('InitializerList');
      return list === null || list === undefined ? [] : readArray(inner, list);
    },
  );
}

function copiesOf(parsed: Parsed, designator: SyntaxNode): number {
  const text = parsed.values.code.slice(parsed.base + designator.from + 1, parsed.base + designator.to - 1);
  const [first, last] = text.split('...').map((t) => Number(oneLine(t)));
  if (last === undefined || first === undefined || !(last > first)) return 1;
  return Math.min(last - first + 1, MOST_COPIES);
}

/** Values without braces of their own. */
function readRow(parsed: Parsed, row: readonly Element[]): Draft {
  const { values, base } = parsed;
  const builder = new DraftBuilder();
  const { order, guess } = orderFor(parsed, row);
  row.forEach((element, i) => {
    const field = element.designators.at(-1);
    const member = field?.name === 'FieldDesignator' ? memberOf(values, base, field) : order[i];
    const [start, end] = [base + element.valueFrom, base + element.to];
    if (member !== undefined && isMember(member)) builder.set(values, member, valueStart(values, start, end, element), end);
  });
  const range = parsed.place ?? { from: base + row[0]!.from, to: base + row.at(-1)!.to };
  const draft: Draft = { ...range, fields: builder.fields, zeroed: true, typed: true, ...(guess === undefined ? {} : { guess }) };
  return builder.name === undefined ? draft : { ...draft, name: builder.name };
}

/**
 * Every initialiser of a descriptor in the tree that is not claimed yet (by an assignment sequence that starts with it).
 */
export function readInitializers(parsed: Parsed, top: SyntaxNode, claimed: ReadonlySet<number>): Draft[] {
  const drafts: Draft[] = [];
  const cursor = top.cursor();
  let behind = -1;
  do {
    if (cursor.from < behind || cursor.name !== 'InitializerList') continue;
    const list = cursor.node;
    if (claimed.has(parsed.base + list.from)) {
      behind = list.to;
      continue;
    }
    const found = readList(parsed, list);
    if (found === undefined) continue;
    drafts.push(...found);
    behind = list.to;
  } while (cursor.next());
  return drafts;
}

/** The descriptors in one list; undefined when it is none of that kind, so that what is inside may be looked at. */
function readList(parsed: Parsed, list: SyntaxNode): Draft[] | undefined {
  const parent = list.parent;
  if (parent === null) return undefined;
  if (parent.name === 'CompoundLiteralExpression') {
    const type = parent.getChild('TypeDescriptor');
    if (type !== null && isDescriptorType(parsed, type)) {
      return type.getChild('AbstractArrayDeclarator') !== null
        ? readArray(parsed, list)
        : [readDescriptor(parsed, list, parent.from, parent.to, true)];
    }
  } else if (parent.name === 'InitDeclarator' && parent.parent !== null && isDescriptorType(parsed, parent.parent)) {
    const declarator = parent.firstChild!;
    const text = parsed.values.code.slice(parsed.base + declarator.from, parsed.base + declarator.to);
    if (text.includes('*')) return undefined;
    return text.includes('[') ? readArray(parsed, list) : [readDescriptor(parsed, list, list.from, list.to, true)];
  } else if (parent.name === 'InitializerPair' && isListOfDescriptors(parsed, parent, list)) {
    return readArray(parsed, list);
  }
  return looksLikeDescriptor(parsed, list) ? [readDescriptor(parsed, list, list.from, list.to, false)] : undefined;
}

/** `.mrds = { {…}, {…} }` inside a `struct ukplat_memregion_list`. */
function isListOfDescriptors(parsed: Parsed, pair: SyntaxNode, list: SyntaxNode): boolean {
  const designator = pair.getChildren('FieldDesignator').at(-1);
  if (designator === undefined || memberOf(parsed.values, parsed.base, designator) !== 'mrds') return false;
  const elements = elementsOf(list);
  return (
    elements.length > 0 &&
    elements.every(
      (e) => unwrapped(e.value).name === 'InitializerList' && e.designators.every((d) => d.name === 'SubscriptDesignator'),
    )
  );
}

/** Does the declaration or type name say the descriptor type? */
export function isDescriptorType(parsed: Parsed, node: SyntaxNode): boolean {
  const type = node.getChild('StructSpecifier')?.getChild('TypeIdentifier') ?? node.getChild('TypeIdentifier');
  if (type === null) return false;
  return parsed.declarations.typeNames.has(parsed.values.code.slice(parsed.base + type.from, parsed.base + type.to));
}
