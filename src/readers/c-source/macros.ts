// Macros: what #define says, and the replacement of names in an expression by the rules of the C preprocessor.

import { tokenize } from './tokens';
import type { Token } from './tokens';

export interface Macro {
  readonly name: string;
  /** Names of the parameters; undefined for an object-like macro. The last one is `...` in a variadic one. */
  readonly parameters?: readonly string[];
  readonly body: readonly Token[];
}

/** A macro, `undefined` when there is none of that name, or the reason why it cannot be told which one it is. */
export type Lookup = (name: string) => Macro | { readonly ambiguous: string } | undefined;

/** Most tokens that one expression may grow to: `#define A B B`, `#define B C C`, … doubles with every line. */
const MOST_TOKENS = 20_000;
/** Deepest chain of macros in macros. Each level is a call of ours, so this also guards the stack. */
const MOST_LEVELS = 200;

export interface Expansion {
  readonly tokens: readonly Token[];
  /** Why the result is not to be relied on. */
  readonly reason?: string;
}

/** Reads what follows `#define`: `NAME body`, `NAME(a, b) body`. Undefined when no name stands there. */
export function parseDefine(text: string): Macro | undefined {
  const [name, ...rest] = tokenize(text);
  if (name?.kind !== 'identifier') return undefined;
  if (rest[0]?.text !== '(' || rest[0].spaced) return { name: name.text, body: rest };
  const close = rest.findIndex((t) => t.text === ')');
  if (close < 0) return undefined;
  const parameters = rest.slice(1, close).flatMap((t) => (t.text === ',' ? [] : [t.text]));
  return { name: name.text, parameters, body: rest.slice(close + 1) };
}

/** Replaces every macro in `tokens`. A macro inside its own replacement stays as it is, as in C. */
export function expand(tokens: readonly Token[], lookup: Lookup): Expansion {
  const budget: Budget = { left: MOST_TOKENS, reason: undefined };
  const expanded = expandList(tokens, lookup, new Set(), budget, 0);
  return budget.reason === undefined ? { tokens: expanded } : { tokens: expanded, reason: budget.reason };
}

interface Budget {
  left: number;
  reason: string | undefined;
}

function expandList(
  tokens: readonly Token[],
  lookup: Lookup,
  hidden: ReadonlySet<string>,
  budget: Budget,
  level: number,
): Token[] {
  const out: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (--budget.left < 0 || level > MOST_LEVELS) {
      budget.reason ??= 'its macros grow without end';
      return out;
    }
    const macro = token.kind === 'identifier' && !hidden.has(token.text) ? lookup(token.text) : undefined;
    if (macro === undefined) {
      out.push(token);
      continue;
    }
    if ('ambiguous' in macro) {
      budget.reason ??= macro.ambiguous;
      out.push(token);
      continue;
    }
    let replaced: readonly Token[] = macro.body;
    if (macro.parameters !== undefined) {
      const call = tokens[i + 1]?.text === '(' ? argumentsAt(tokens, i + 1) : undefined;
      if (call === undefined) {
        out.push(token);
        continue;
      }
      replaced = substitute(macro, call.list, (list) => expandList(list, lookup, hidden, budget, level + 1), budget);
      i = call.end;
    }
    for (const t of expandList(replaced, lookup, new Set([...hidden, macro.name]), budget, level + 1)) out.push(t);
  }
  return out;
}

/** The arguments of a call whose `(` is at `open`; undefined when it is never closed. */
export function argumentsAt(tokens: readonly Token[], open: number): { list: Token[][]; end: number } | undefined {
  const list: Token[][] = [[]];
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    const { text } = tokens[i]!;
    if (text === '(' || text === '[' || text === '{') depth++;
    if (text === ')' || text === ']' || text === '}') depth--;
    if (depth === 0) return { list, end: i };
    if (i === open) continue;
    if (text === ',' && depth === 1) list.push([]);
    else list.at(-1)!.push(tokens[i]!);
  }
  return undefined;
}

function substitute(macro: Macro, given: Token[][], expandArgument: (list: Token[]) => Token[], budget: Budget): Token[] {
  const variadic = macro.parameters!.at(-1) === '...';
  const fixed = macro.parameters!.length - (variadic ? 1 : 0);
  const byName = new Map<string, Token[]>(macro.parameters!.slice(0, fixed).map((p, i) => [p, given[i] ?? []]));
  if (variadic) byName.set('__VA_ARGS__', joined(given.slice(fixed)));
  const out: Token[] = [];
  for (let i = 0; i < macro.body.length; i++) {
    const token = macro.body[i]!;
    const next = macro.body[i + 1];
    const argument = byName.get(token.text);
    if (token.text === '#' && next !== undefined && byName.has(next.text)) {
      out.push({ kind: 'string', text: JSON.stringify(sourceOf(byName.get(next.text)!)), spaced: token.spaced });
      i++;
    } else if (token.text === '##' && next !== undefined && out.length > 0) {
      const right = byName.get(next.text) ?? [next];
      const left = out.pop()!;
      out.push(...tokenize(left.text + (right[0]?.text ?? '')), ...right.slice(1));
      i++;
    } else if (argument !== undefined) {
      const made = next?.text === '##' ? argument : expandArgument(argument);
      out.push(...made.map((t, n) => (n === 0 ? { ...t, spaced: token.spaced } : t)));
    } else {
      out.push(token);
    }
    if (out.length > budget.left) {
      budget.left = 0;
      break;
    }
  }
  return out;
}

function joined(lists: Token[][]): Token[] {
  return lists.flatMap((list, i): Token[] => (i === 0 ? list : [{ kind: 'punctuator', text: ',', spaced: false }, ...list]));
}

/** Tokens as text again, apart where they would run together. */
export function sourceOf(tokens: readonly Token[]): string {
  return tokens.map((t, i) => (i > 0 && t.spaced ? ' ' : '') + t.text).join('');
}
