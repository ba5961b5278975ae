// Constant expressions: macro replacement, then evaluation with C's types. What is not constant has no value here, only a reason.

import { binary, INT, integer, parseLiteral, unary, UNSIGNED_LONG, wrap } from './arithmetic';
import type { Integer, Result } from './arithmetic';
import { expand } from './macros';
import type { Lookup } from './macros';
import { tokenize, unquote } from './tokens';
import type { Token } from './tokens';
import { castType, isTypeName, sizeOfType } from './type-names';

/** What the names in an expression stand for. */
export interface Environment {
  readonly macro: Lookup;
  /** Enum constants, constants of the file, members by path (`mrd.pbase`, `m->len`); undefined when not known. */
  readonly name: (path: string) => Result | undefined;
  readonly isType: (name: string) => boolean;
  /** Bytes of a type that only the caller knows: `struct ukplat_memregion_desc`. */
  readonly sizeOf?: (type: string) => bigint | undefined;
}

export interface Evaluation {
  readonly result: Result;
  /** What a compiler would warn of. */
  readonly warnings: readonly string[];
}

/** Deepest nesting that is followed: each level is a call of ours. */
const MOST_LEVELS = 150;

export function evaluate(text: string, environment: Environment): Evaluation {
  const { tokens, reason } = expand(tokenize(text), environment.macro);
  if (reason !== undefined) return { result: { unknown: reason }, warnings: [] };
  const parser = new ExpressionParser(tokens, environment);
  return { result: parser.whole(), warnings: parser.warnings };
}

export function isKnown(result: Result): result is Integer {
  return 'value' in result;
}

const PRECEDENCE: Readonly<Record<string, number>> = {
  '||': 1, '&&': 2, '|': 3, '^': 4, '&': 5, '==': 6, '!=': 6, '<': 7, '>': 7, '<=': 7, '>=': 7, '<<': 8, '>>': 8, '+': 9, '-': 9, '*': 10, '/': 10, '%': 10,
}; // prettier-ignore

/** Precedence climbing over the tokens. A syntax error is a reason like any other; after it nothing more is read. */
class ExpressionParser {
  readonly warnings: string[] = [];
  private readonly tokens: readonly Token[];
  private readonly environment: Environment;
  private at = 0;
  private level = 0;
  /** In a branch that is not taken (`0 && …`, `1 ? a : …`) nothing is worth a warning. */
  private idle = 0;

  constructor(tokens: readonly Token[], environment: Environment) {
    this.tokens = tokens;
    this.environment = environment;
  }

  whole(): Result {
    if (this.tokens.length === 0) return { unknown: 'nothing stands there' };
    const result = this.conditional();
    if (this.at < this.tokens.length && isKnown(result)) return { unknown: `${this.peek()} was not expected` };
    return result;
  }

  private readonly warn = (message: string): void => {
    if (this.idle === 0) this.warnings.push(message);
  };

  private peek(ahead = 0): string {
    return this.tokens[this.at + ahead]?.text ?? '';
  }

  private accept(text: string): boolean {
    if (this.peek() !== text) return false;
    this.at++;
    return true;
  }

  /** Gives up: what follows is not looked at. */
  private stop(reason: string): Result {
    this.at = this.tokens.length;
    return { unknown: reason };
  }

  private skipping<T>(skip: boolean, read: () => T): T {
    if (skip) this.idle++;
    const result = read();
    if (skip) this.idle--;
    return result;
  }

  private conditional(): Result {
    if (++this.level > MOST_LEVELS) return this.stop('it is nested too deeply');
    const condition = this.binaryFrom(1);
    let result = condition;
    if (this.accept('?')) {
      const known = isKnown(condition) ? condition.value !== 0n : undefined;
      // `a ?: b` is GNU C for `a ? a : b`.
      const yes = this.peek() === ':' ? condition : this.skipping(known === false, () => this.conditional());
      if (!this.accept(':')) return this.stop('the conditional has no ":"');
      const no = this.skipping(known === true, () => this.conditional());
      result = choose(condition, yes, no);
    }
    this.level--;
    return result;
  }

  private binaryFrom(lowest: number): Result {
    let left = this.castExpression();
    for (;;) {
      const operator = this.peek();
      const precedence = PRECEDENCE[operator];
      if (precedence === undefined || precedence < lowest) return left;
      this.at++;
      const decided = isKnown(left) && ((operator === '&&' && left.value === 0n) || (operator === '||' && left.value !== 0n));
      const right = this.skipping(decided, () => this.binaryFrom(precedence + 1));
      if (operator === '&&' || operator === '||') left = logical(operator, left, right);
      else if (!isKnown(left)) continue;
      else left = isKnown(right) ? binary(operator, left, right, this.warn) : right;
    }
  }

  private castExpression(): Result {
    if (++this.level > MOST_LEVELS) return this.stop('it is nested too deeply');
    const result = this.unaryOrCast();
    this.level--;
    return result;
  }

  private unaryOrCast(): Result {
    const text = this.peek();
    if (text === '(') {
      const type = this.typeInParentheses();
      if (type !== undefined) {
        if (this.peek() === '{') return this.stop('it is a compound literal');
        return this.cast(type, this.castExpression());
      }
    }
    if (['-', '+', '~', '!'].includes(text)) {
      this.at++;
      const operand = this.castExpression();
      return isKnown(operand) ? unary(text, operand, this.warn) : operand;
    }
    if (text === '&' || text === '*') {
      this.at++;
      this.castExpression();
      return { unknown: text === '&' ? 'it is the address of an object' : 'it is read from memory' };
    }
    if (text === '++' || text === '--') return this.stop('it changes a variable');
    if (text === 'sizeof' || text === '_Alignof') return this.sizeOf();
    return this.postfix(this.primary());
  }

  /** The tokens of `(type)` when a type stands in the parentheses at the cursor; the cursor then stands behind them. */
  private typeInParentheses(): string | undefined {
    let i = this.at + 1;
    const words: string[] = [];
    for (; i < this.tokens.length && this.tokens[i]!.text !== ')'; i++) {
      const token = this.tokens[i]!;
      if (token.kind !== 'identifier' && token.text !== '*') return undefined;
      words.push(token.text);
    }
    if (i >= this.tokens.length || !isTypeName(words, this.environment.isType)) return undefined;
    this.at = i + 1;
    return words.join(' ');
  }

  private cast(type: string, operand: Result): Result {
    if (!isKnown(operand)) return operand;
    const target = castType(type);
    if (target === undefined) return { unknown: `the type ${type} is not known` };
    const narrowed = target.bits < 32 ? wrap(operand.value, target.bits, target.signed) : operand.value;
    const value = target.bool ? BigInt(narrowed !== 0n) : narrowed;
    const result = integer(value, { bits: target.bits === 64 ? 64 : 32, signed: target.bits < 32 || target.signed });
    return target.pointer === undefined ? result : { ...result, pointer: target.pointer };
  }

  private sizeOf(): Result {
    const operator = this.peek();
    this.at++;
    const type = this.peek() === '(' ? this.typeInParentheses() : undefined;
    if (type === undefined) {
      this.castExpression();
      return { unknown: `${operator} of an object is not known here` };
    }
    const bytes = operator === 'sizeof' ? (sizeOfType(type) ?? this.environment.sizeOf?.(type)) : undefined;
    return bytes === undefined ? { unknown: `${operator}(${type}) is not known here` } : integer(bytes, UNSIGNED_LONG);
  }

  private primary(): Result {
    const token = this.tokens[this.at];
    if (token === undefined) return { unknown: 'it is cut off' };
    this.at++;
    if (token.kind === 'number') return parseLiteral(token.text);
    if (token.kind === 'character') return characterValue(token.text);
    if (token.kind === 'string') return { unknown: 'it is a string' };
    if (token.text === '(') {
      const inner = this.conditional();
      if (this.peek() === ',') return this.stop('it has a comma operator');
      return this.accept(')') ? inner : this.stop(isKnown(inner) ? 'a parenthesis is not closed' : inner.unknown);
    }
    if (token.kind === 'identifier') return this.named(token.text);
    return this.stop(`${token.text} was not expected`);
  }

  /** A name with what makes it a path: `mrd.pbase`, `m->len`, `list[0].len`. */
  private named(name: string): Result {
    let path = name;
    for (;;) {
      if ((this.peek() === '.' || this.peek() === '->') && this.tokens[this.at + 1]?.kind === 'identifier') {
        path += this.peek() + this.peek(1);
        this.at += 2;
      } else if (this.peek() === '[') {
        const close = matching(this.tokens, this.at);
        if (close < 0) return this.stop('a bracket is not closed');
        path += this.tokens.slice(this.at, close + 1).map((t) => t.text).join(''); // prettier-ignore
        this.at = close + 1;
      } else {
        break;
      }
    }
    return this.environment.name(path) ?? { unknown: this.peek() === '(' ? `${path}() is a call` : `${path} is not known here` };
  }

  /** Steps over what cannot be computed: calls, and members of what a call or a parenthesis gives. */
  private postfix(start: Result): Result {
    let result = start;
    for (;;) {
      const text = this.peek();
      if (text === '(' || text === '[') {
        const close = matching(this.tokens, this.at);
        if (close < 0) return this.stop('a parenthesis is not closed');
        this.at = close + 1;
      } else if ((text === '.' || text === '->') && this.tokens[this.at + 1]?.kind === 'identifier') {
        this.at += 2;
      } else if (text === '++' || text === '--') {
        this.at++;
      } else {
        return result;
      }
      if (isKnown(result)) result = { unknown: 'it is read from an object' };
    }
  }
}

/** Index of the bracket that closes the one at `open`; −1 when it is never closed. */
function matching(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let i = open; i < tokens.length; i++) {
    if ('([{'.includes(tokens[i]!.text)) depth++;
    if (')]}'.includes(tokens[i]!.text) && --depth === 0) return i;
  }
  return -1;
}

function choose(condition: Result, yes: Result, no: Result): Result {
  if (!isKnown(condition)) return isKnown(yes) && isKnown(no) && yes.value === no.value ? yes : condition;
  const chosen = condition.value !== 0n ? yes : no;
  if (!isKnown(yes) || !isKnown(no) || yes.pointer !== undefined || no.pointer !== undefined) return chosen;
  // Both arms have the common type of the two: `1 ? -1 : 0UL` is 2^64 − 1.
  const type = binary('+', { ...yes, value: 0n }, { ...no, value: 0n }, () => undefined);
  return isKnown(chosen) && isKnown(type) ? integer(chosen.value, type) : chosen;
}

/** `&&` and `||`: one side can decide although the other is not known. */
function logical(operator: '&&' | '||', left: Result, right: Result): Result {
  const decides = (r: Result): boolean => isKnown(r) && (r.value !== 0n) === (operator === '||');
  if (decides(left) || decides(right)) return integer(operator === '||' ? 1n : 0n, INT);
  if (!isKnown(left)) return left;
  return isKnown(right) ? integer(operator === '||' ? 0n : 1n, INT) : right;
}

/** `'a'` is an int; several characters fill it from the right, as GCC does. */
function characterValue(text: string): Result {
  const characters = unquote(text);
  if (characters.length === 0 || characters.length > 4) return { unknown: `${text} is not a character` };
  if (characters.length === 1 && characters.charCodeAt(0) > 0xff) return integer(BigInt(characters.charCodeAt(0)), INT);
  let value = 0n;
  for (const c of characters) value = (value << 8n) | BigInt(c.charCodeAt(0) & 0xff);
  // char is signed on x86_64.
  return integer(characters.length === 1 ? BigInt.asIntN(8, value) : value, INT);
}
