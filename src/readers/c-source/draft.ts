// What is read of one descriptor, with offsets instead of lines, before variants are merged and eras settled.

import type { Descriptor, FieldName } from '../../regions/descriptor';
import { evaluate, isKnown } from './expression';
import type { Environment } from './expression';
import type { Member } from './declarations';
import { unquote } from './tokens';

export interface DraftField {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** As the expression gives it, not yet cut to the field's width; may be negative. */
  readonly value?: bigint;
  /** Why there is no value. */
  readonly unknown?: string;
  readonly warnings: readonly string[];
}

/** An `if` on the way, and which side was taken. */
export interface Branch {
  readonly from: number;
  readonly to: number;
  /** The condition, negated for the other side. */
  readonly text: string;
}

export interface DraftName {
  /** Undefined when it is not a literal. */
  readonly text: string | undefined;
  readonly from: number;
  readonly to: number;
}

export interface Draft {
  readonly from: number;
  readonly to: number;
  readonly fields: ReadonlyMap<FieldName, DraftField>;
  readonly name?: DraftName;
  /** Members that are not mentioned are zero: an initialiser, or an object cleared before. */
  readonly zeroed: boolean;
  /** The type is written there; else the members alone must show that it is a descriptor. */
  readonly typed: boolean;
  /** `if`s between its assignments, with the side on which it looks like this. */
  readonly branches?: readonly Branch[];
  /** Positional initialiser whose order was guessed: the era it was taken for. */
  readonly guess?: Descriptor['era'];
}

export interface Notice {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

/** Where values are read: the source, and what its names stand for at an offset. */
export interface Values {
  /** Blanked code with offsets of the whole text. */
  readonly code: string;
  environmentAt(offset: number): Environment;
  notice(notice: Notice): void;
}

/** Longest expression that is looked at; generated noise can be a single one. */
const LONGEST = 20_000;

/** Reads the value expression in `[from, to)`, blanks at its ends and braces around a scalar aside. */
export function readField(values: Values, from: number, to: number, own?: Environment['name']): DraftField {
  const range = trimmed(values.code, from, to);
  const text = oneLine(values.code.slice(range.from, range.to));
  if (range.to - range.from > LONGEST)
    return { ...range, text: text.slice(0, 200) + '…', unknown: 'it is too long', warnings: [] };
  return { ...range, ...evaluateText(values, text, range.from, own) };
}

export function evaluateText(
  values: Values,
  text: string,
  at: number,
  own?: Environment['name'],
): { text: string; value?: bigint; unknown?: string; warnings: readonly string[] } {
  const environment = values.environmentAt(at);
  const name: Environment['name'] = (path) => own?.(path) ?? environment.name(path);
  const { result, warnings } = evaluate(text.replace(/^\{([^{}]*?),?\s*\}$/, '$1'), { ...environment, name });
  if (!isKnown(result)) return { text, unknown: result.unknown, warnings };
  return { text, value: result.value, warnings };
}

const STRING = /^\s*(?:\(\s*(?:const\s+)?char\s*\*\s*(?:const\s*)?\)\s*)?\{?\s*((?:"(?:[^"\\]|\\[^])*"\s*)+)\}?\s*$/;

/** Reads a name: string literals (adjacent ones are one), NULL and 0 for none; anything else is there but not known. */
export function readName(values: Values, from: number, to: number): DraftName {
  const range = trimmed(values.code, from, to);
  const text = expandedName(values, values.code.slice(range.from, range.to), range.from);
  return { ...range, text };
}

function expandedName(values: Values, text: string, at: number): string | undefined {
  const found = STRING.exec(text);
  if (found !== null) return [...found[1]!.matchAll(/"((?:[^"\\]|\\[^])*)"/g)].map((m) => unquoteC(m[0])).join('');
  if (/^(?:NULL|0|\(\s*void\s*\*\s*\)\s*0)$/.test(text)) return '';
  const macro = /^\w+$/.test(text) ? values.environmentAt(at).macro(text) : undefined;
  const body = macro === undefined || 'ambiguous' in macro ? undefined : macro.body;
  if (body?.length === 1 && body[0]!.kind === 'string') return unquoteC(body[0]!.text);
  return undefined;
}

function unquoteC(literal: string): string {
  // A string in C ends with its first zero.
  return unquote(literal).replace(/\0[^]*$/, '');
}

export function trimmed(code: string, from: number, to: number): { from: number; to: number } {
  let [start, end] = [from, to];
  while (start < end && /\s/.test(code.charAt(start))) start++;
  while (end > start && /\s/.test(code.charAt(end - 1))) end--;
  return { from: start, to: end };
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A draft under construction: the members that an initialiser or an assignment set so far. */
export class DraftBuilder {
  readonly fields = new Map<FieldName, DraftField>();
  name: DraftName | undefined;

  set(values: Values, member: Member, from: number, to: number): void {
    if (this.has(member)) {
      const range = trimmed(values.code, from, to);
      values.notice({
        severity: 'warning',
        code: 'duplicate-field',
        message: `${member} is set twice; the last value counts`,
        ...range,
      });
    }
    if (member === 'name') this.name = readName(values, from, to);
    else this.fields.set(member, readField(values, from, to));
  }

  has(member: Member): boolean {
    return member === 'name' ? this.name !== undefined : this.fields.has(member);
  }
}
