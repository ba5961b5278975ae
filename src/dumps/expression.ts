// An address as people write it in a debugger, evaluated against a dump: a number, a symbol, sums, casts, and what pointers lead to.
//
//   0x12000      _uk_alloc_head      _uk_alloc_head + 8      *(struct uk_alloc **)0x177500      _uk_alloc_head->next
//
//   sum      term (('+' | '-') term)*            a symbol in a sum stands for its address, as in a disassembly
//   term     unary (('*' | '/' | '%' | '<<' | '>>' | '&' | '|' | '^') unary)*        all of one rank; parentheses tell
//   unary    ('*' | '&' | '-' | '~' | cast) unary | postfix
//   postfix  primary ('->' field | '[' sum ']')*
//   primary  number | symbol | '(' sum ')'
//
// Types are kept as far as they decide what a `*` reads: how many pointers deep, and how wide the thing at the end is. Source of the
// meaning: C; but `symbol + 8` adds bytes, and only a cast pointer is scaled.

import { hex } from '../memory/address';
import type { Reader } from '../memory/reader';
import { parseInteger } from '../regions/text';

export interface ExpressionContext {
  readonly reader: Reader;
  readonly symbols: ReadonlyMap<string, bigint>;
  /** Offset of a field in the structure that a pointer leads to (`next`, `priv` of struct uk_alloc); undefined when not known. */
  field(name: string): bigint | undefined;
}

export type Evaluated =
  { readonly kind: 'address'; readonly address: bigint } | { readonly kind: 'problem'; readonly message: string };

/** Characters of an expression; nobody types more. */
const LONGEST = 500;
const DEEPEST = 40;

/** Never throws: what cannot be evaluated is told. */
export function evaluateAddress(text: string, context: ExpressionContext): Evaluated {
  if (text.length > LONGEST) return { kind: 'problem', message: `an expression of ${text.length} characters is too long` };
  const tokens = tokenize(text);
  if (typeof tokens === 'string') return { kind: 'problem', message: tokens };
  if (tokens.length === 0) return { kind: 'problem', message: 'expected an address, a symbol or an expression, found nothing' };
  const parser = new Parser(tokens, context);
  const value = parser.whole();
  return value === undefined
    ? { kind: 'problem', message: parser.problem ?? `cannot be evaluated: ${text}` }
    : { kind: 'address', address: BigInt.asUintN(64, value.place ?? value.value) };
}

/** Widths of the types that people cast to. */
const WIDTHS: Readonly<Record<string, number>> = {
  char: 1, void: 1, __u8: 1, uint8_t: 1, u8: 1, short: 2, __u16: 2, uint16_t: 2, u16: 2, int: 4, unsigned: 4, __u32: 4, uint32_t: 4, u32: 4,
  long: 8, __u64: 8, uint64_t: 8, u64: 8, size_t: 8, __sz: 8, uintptr_t: 8, __uptr: 8, intptr_t: 8, __vaddr_t: 8, __paddr_t: 8, ptrdiff_t: 8,
}; // prettier-ignore

interface Type {
  readonly pointers: number;
  /** Bytes of what the pointers lead to in the end; 0 where it is a structure of unknown size. */
  readonly width: number;
}

/** A pointer to a structure. */
const OBJECT: Type = { pointers: 1, width: 0 };
const NUMBER: Type = { pointers: 0, width: 8 };

interface Value {
  readonly value: bigint;
  /** Where it stands in memory, for what can be taken the address of. */
  readonly place?: bigint;
  readonly type: Type;
  /** A symbol by itself: a place whose contents are read only when they are needed. */
  readonly symbol?: boolean;
}

function tokenize(text: string): string[] | string {
  const tokens: string[] = [];
  const pattern = /\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_.$][\w.$]*|->|<<|>>|[-+*/%&|^~()[\]])/y;
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) return `“${text.slice(at).trim().slice(0, 12)}” is nothing that an address expression can have`;
    tokens.push(found[1]!);
  }
  return tokens;
}

class Parser {
  private readonly tokens: readonly string[];
  private readonly context: ExpressionContext;
  private at = 0;
  private depth = 0;
  problem: string | undefined;

  constructor(tokens: readonly string[], context: ExpressionContext) {
    this.tokens = tokens;
    this.context = context;
  }

  whole(): Value | undefined {
    const value = this.sum();
    if (value !== undefined && this.at < this.tokens.length)
      return this.fail(`“${this.tokens[this.at]!}” was not expected there`);
    return value;
  }

  private sum(): Value | undefined {
    if (++this.depth > DEEPEST) return this.fail('the expression is nested too deeply');
    let left = this.term();
    while (left !== undefined && (this.peek('+') || this.peek('-'))) {
      const minus = this.tokens[this.at++] === '-';
      const right = this.term();
      left = right && this.add(left, right, minus);
    }
    this.depth--;
    return left;
  }

  private add(left: Value, right: Value, minus: boolean): Value | undefined {
    const [a, b] = [this.inSum(left), this.inSum(right)];
    if (a === undefined || b === undefined) return undefined;
    const scale = left.symbol === true || left.type.pointers === 0 ? 1 : left.type.pointers > 1 ? 8 : left.type.width;
    if (scale === 0)
      return this.fail('how large the structure is that is counted in is not known: cast to (char *) to count bytes');
    const by = b * BigInt(scale);
    return { value: BigInt.asUintN(64, minus ? a - by : a + by), type: left.symbol === true ? NUMBER : left.type };
  }

  private inSum(value: Value): bigint | undefined {
    return value.symbol === true ? value.place : this.load(value)?.value;
  }

  private term(): Value | undefined {
    let left = this.unary();
    for (;;) {
      const operator = this.tokens[this.at];
      if (left === undefined || operator === undefined || !['*', '/', '%', '<<', '>>', '&', '|', '^'].includes(operator))
        return left;
      this.at++;
      const right = this.unary();
      const [a, b] = [left, right].map((v) => v && this.inSum(v));
      if (a === undefined || b === undefined) return undefined;
      if ((operator === '/' || operator === '%') && b === 0n) return this.fail('a division by zero');
      left = { value: BigInt.asUintN(64, calculate(operator, a, b)), type: NUMBER };
    }
  }

  private unary(): Value | undefined {
    if (++this.depth > DEEPEST) return this.fail('the expression is nested too deeply');
    const value = this.prefixed();
    this.depth--;
    return value;
  }

  private prefixed(): Value | undefined {
    if (this.take('*')) {
      const pointer = this.unary();
      const loaded = pointer && this.load(pointer);
      return loaded && this.pointee(loaded, loaded.value);
    }
    if (this.take('&')) {
      const value = this.unary();
      if (value === undefined) return undefined;
      if (value.place === undefined) return this.fail('the address of a number cannot be taken');
      return { value: value.place, type: { ...value.type, pointers: value.type.pointers + 1 } };
    }
    if (this.take('-') || this.take('~')) {
      const negate = this.tokens[this.at - 1] === '-';
      const value = this.unary();
      const number = value && this.inSum(value);
      return number === undefined ? undefined : { value: BigInt.asUintN(64, negate ? -number : ~number), type: NUMBER };
    }
    const cast = this.castHere();
    if (cast === undefined) return this.postfix();
    const value = this.unary();
    // As in C, a cast takes the value of a variable, not its address.
    const loaded = value && this.load(value);
    return loaded && { value: loaded.value, type: cast };
  }

  /** A type in parentheses; leaves everything as it is when none stands there. */
  private castHere(): Type | undefined {
    if (!this.peek('(')) return undefined;
    let at = this.at + 1;
    const words: string[] = [];
    while (/^[A-Za-z_]\w*$/.test(this.tokens[at] ?? '')) words.push(this.tokens[at++]!);
    let pointers = 0;
    while (this.tokens[at] === '*') {
      pointers++;
      at++;
    }
    const known =
      words[0] === 'struct' ||
      words[0] === 'union' ||
      words.every((w) => w in WIDTHS || w === 'const' || w === 'signed' || w === 'volatile');
    // `(name)` alone may be a symbol in parentheses; with a `*` behind it, it is a type.
    if (words.length === 0 || this.tokens[at] !== ')' || (!known && pointers === 0)) return undefined;
    this.at = at + 1;
    const width = words[0] === 'struct' ? 0 : Math.max(0, ...words.map((w) => WIDTHS[w] ?? 0));
    return { pointers, width: words.includes('long') ? 8 : width };
  }

  private postfix(): Value | undefined {
    let value = this.primary();
    while (value !== undefined) {
      if (this.take('->')) {
        const name = this.tokens[this.at++] ?? '';
        const pointer = this.load(value);
        if (pointer === undefined) return undefined;
        const offset = this.context.field(name);
        if (offset === undefined)
          return this.fail(`where a field “${name}” stands is not known: only those of struct uk_alloc are`);
        const place = pointer.value + offset;
        value = name === 'priv' ? { value: place, place, type: OBJECT } : this.read(place, OBJECT);
      } else if (this.take('[')) {
        const index = this.sum();
        if (!this.take(']')) return this.fail('a “]” is missing');
        const pointer = this.load(value);
        const number = index && this.inSum(index);
        if (pointer === undefined || number === undefined) return undefined;
        const width = pointer.type.pointers > 1 || pointer.type.pointers === 0 ? 8 : pointer.type.width;
        if (width === 0) return this.fail('how large the structure is that is counted in is not known');
        value = this.pointee(pointer, pointer.value + number * BigInt(width));
      } else return value;
    }
    return undefined;
  }

  private primary(): Value | undefined {
    const token = this.tokens[this.at++];
    if (token === undefined) return this.fail('the expression ends too early');
    if (token === '(') {
      const value = this.sum();
      return value !== undefined && !this.take(')') ? this.fail('a “)” is missing') : value;
    }
    const number = parseInteger(token);
    if (number !== undefined) return { value: BigInt.asUintN(64, number), type: NUMBER };
    if (!/^[A-Za-z_.$]/.test(token)) return this.fail(`expected an address or a symbol, found “${token}”`);
    const place = this.context.symbols.get(token);
    if (place === undefined) return this.fail(`no symbol ${token}: give nm output or the .dbg file`);
    return { value: place, place, type: OBJECT, symbol: true };
  }

  /** What a pointer leads to. A structure is not read: it stands for its place. */
  private pointee(pointer: Value, place: bigint): Value | undefined {
    const { pointers, width } = pointer.type;
    const type = { pointers: Math.max(0, pointers - 1), width };
    if (pointers === 1 && width === 0) return { value: place, place, type };
    return this.read(place, type);
  }

  /** A symbol stands for its address until its contents are asked for. */
  private load(value: Value): Value | undefined {
    return value.symbol === true ? this.read(value.place!, value.type) : value;
  }

  private read(place: bigint, type: Type): Value | undefined {
    const at = BigInt.asUintN(64, place);
    const bytes = type.pointers > 0 ? 8 : type.width;
    const { reader } = this.context;
    const value =
      bytes === 8 || bytes === 0 ? reader.u64(at) : bytes === 4 ? reader.u32(at) : bytes === 2 ? reader.u16(at) : reader.u8(at);
    if (value === undefined) return this.fail(`${hex(at)} is not in the dump`);
    return { value: BigInt(value), place: undefined, type };
  }

  private peek(token: string): boolean {
    return this.tokens[this.at] === token;
  }

  private take(token: string): boolean {
    if (!this.peek(token)) return false;
    this.at++;
    return true;
  }

  private fail(message: string): Value | undefined {
    this.problem ??= message;
    return undefined;
  }
}

function calculate(operator: string, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '<<':
      return b > 63n ? 0n : a << b;
    case '>>':
      return b > 63n ? 0n : a >> b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    default:
      return a ^ b;
  }
}
