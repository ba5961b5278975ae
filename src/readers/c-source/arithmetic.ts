// C's integer arithmetic on the LP64 targets of Unikraft: int has 32 bits, long and pointers have 64.
//
// Narrower types do not occur here: C promotes them to int before it computes with them.

/** A value of a known type. `value` lies in the range of that type. */
export interface Integer {
  readonly value: bigint;
  readonly bits: 32 | 64;
  readonly signed: boolean;
  /** Bytes that 1 adds to it, when it is a pointer: 1 for `void *` and `char *`, undefined for a type whose size is not known. */
  readonly pointer?: { readonly step: bigint | undefined };
}

/** What an expression comes to: an integer, or the reason why it cannot be known. */
export type Result = Integer | { readonly unknown: string };

export const INT = { bits: 32, signed: true } as const;
export const LONG = { bits: 64, signed: true } as const;
export const UNSIGNED_LONG = { bits: 64, signed: false } as const;

export function wrap(value: bigint, bits: number, signed: boolean): bigint {
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

export function integer(value: bigint, type: { readonly bits: 32 | 64; readonly signed: boolean }): Integer {
  return { value: wrap(value, type.bits, type.signed), bits: type.bits, signed: type.signed };
}

/** The type that both operands are converted to (C11 6.3.1.8, for int, long and their unsigned kinds). */
function commonType(a: Integer, b: Integer): { bits: 32 | 64; signed: boolean } {
  if (a.bits === b.bits) return { bits: a.bits, signed: a.signed && b.signed };
  return a.bits > b.bits ? { bits: a.bits, signed: a.signed } : { bits: b.bits, signed: b.signed };
}

/** Reads an integer literal and gives it the first type it fits, as C does: decimal ones are never made unsigned by their size. */
export function parseLiteral(text: string): Result {
  const found = /^(0[xX][0-9a-fA-F']+|0[bB][01']+|[0-9][0-9']*)([uUlL]*)$/.exec(text);
  const suffix = (found?.[2] ?? '').toLowerCase();
  if (found === null || !['', 'u', 'l', 'ul', 'lu', 'll', 'ull', 'llu'].includes(suffix)) {
    return { unknown: `${text} is not an integer` };
  }
  const digits = found[1]!.replaceAll("'", '');
  const octal = /^0\d/.test(digits);
  if (octal && /[89]/.test(digits)) return { unknown: `${text} has a digit that octal numbers do not have` };
  // More than 64 bits is refused below; this keeps BigInt from working on a megabyte of digits first.
  if (digits.length > 80) return { unknown: `${text.slice(0, 20)}… does not fit 64 bits` };
  const value = BigInt(octal ? '0o' + digits.slice(1) : digits);
  const decimal = !octal && !/^0[xXbB]/.test(digits);
  const long = suffix.includes('l');
  for (const bits of [32, 64] as const) {
    if (bits === 32 && long) continue;
    if (!suffix.includes('u') && value < 1n << BigInt(bits - 1)) return { value, bits, signed: true };
    if ((suffix.includes('u') || !decimal) && value < 1n << BigInt(bits)) return { value, bits, signed: false };
  }
  // The compiler takes a decimal number beyond long as unsigned, with a warning.
  if (value < 1n << 64n) return { value, ...UNSIGNED_LONG };
  return { unknown: `${text} does not fit 64 bits` };
}

const ORDER: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

const COMPUTE: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};

/**
 * `a operator b`, for the operators that always compute both sides.
 *
 * @param warn told when a signed result does not fit: C leaves it undefined, compilers wrap it, and so does this
 */
export function binary(operator: string, a: Integer, b: Integer, warn: (message: string) => void): Result {
  if (operator === '<<' || operator === '>>') return shift(operator, a, b, warn);
  if (a.pointer !== undefined || b.pointer !== undefined) return onPointers(operator, a, b);
  const type = commonType(a, b);
  const [x, y] = [wrap(a.value, type.bits, type.signed), wrap(b.value, type.bits, type.signed)];
  const order = ORDER[operator];
  if (order !== undefined) return integer(order(x, y) ? 1n : 0n, INT);
  const compute = COMPUTE[operator];
  if (compute === undefined) return { unknown: `${operator} is not known` };
  if ((operator === '/' || operator === '%') && y === 0n) return { unknown: 'it divides by zero' };
  return wrapped(compute(x, y), type, warn);
}

function wrapped(exact: bigint, type: { bits: 32 | 64; signed: boolean }, warn: (message: string) => void): Integer {
  const result = integer(exact, type);
  if (type.signed && result.value !== exact) {
    warn(
      `${exact} does not fit ${type.bits === 32 ? 'int' : 'long'} and wraps to ${result.value}; give one operand the suffix UL`,
    );
  }
  return result;
}

function shift(operator: '<<' | '>>', a: Integer, b: Integer, warn: (message: string) => void): Result {
  if (b.value < 0n || b.value >= BigInt(a.bits)) {
    return { unknown: `a shift by ${b.value} of a ${a.bits}-bit value is undefined in C` };
  }
  if (operator === '>>') return integer(a.value >> b.value, a);
  // 1 << 31 reaches the sign bit: undefined by the letter, but every compiler's idiom, so only what leaves 32 bits is worth a word.
  const exact = a.value << b.value;
  const fits = exact < 1n << BigInt(a.bits) && exact >= -(1n << BigInt(a.bits - 1));
  return fits ? integer(exact, a) : wrapped(exact, a, warn);
}

function onPointers(operator: string, a: Integer, b: Integer): Result {
  const order = ORDER[operator];
  if (order !== undefined) return integer(order(a.value, b.value) ? 1n : 0n, INT);
  const step = (a.pointer ?? b.pointer)!.step;
  if (step === undefined || (operator !== '+' && operator !== '-'))
    return { unknown: 'it computes with a pointer to an unknown type' };
  if (operator === '-' && a.pointer !== undefined && b.pointer !== undefined) return integer((a.value - b.value) / step, LONG);
  const [x, y] = a.pointer === undefined ? [a.value * step, b.value] : [a.value, b.value * step];
  return { ...integer(operator === '+' ? x + y : x - y, UNSIGNED_LONG), pointer: { step } };
}

/** `-a`, `~a`, `!a`, `+a` */
export function unary(operator: string, a: Integer, warn: (message: string) => void): Result {
  if (operator === '!') return integer(a.value === 0n ? 1n : 0n, INT);
  if (operator === '+') return a;
  if (operator === '~') return integer(~a.value, a);
  return wrapped(-a.value, a, warn);
}
