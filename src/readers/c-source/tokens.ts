// C tokens of a short piece of text: an expression, a macro's body. Comments and directives are blanked before (`scan.ts`).

export type TokenKind = 'number' | 'identifier' | 'string' | 'character' | 'punctuator';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** White space stood before it: `F (x)` and `F(x)` differ in a #define. */
  readonly spaced: boolean;
}

// A number is C's "preprocessing number": it takes in suffixes, and exponents with their sign.
const TOKEN =
  /(\s*)(?:(\.?\d(?:[eEpP][-+]|[\w.])*)|([\p{L}\p{Nl}_$][\p{L}\p{N}_$]*)|("(?:[^"\\\n]|\\[^])*"?)|('(?:[^'\\\n]|\\[^])*'?)|(->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\.\.\.|##|[-+*/%&|^]=|[^\s]))/uy;

/**
 * @param limit most tokens to make; longer texts are cut there
 */
export function tokenize(text: string, limit = 20_000): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (tokens.length < limit) {
    const found = TOKEN.exec(text);
    if (found === null) break;
    const [, space, number, identifier, string, character, punctuator] = found;
    const spaced = space !== '';
    // The prefix of `L"text"` says nothing here.
    if (identifier !== undefined && /^(?:u8|[LuU])$/.test(identifier) && /^["']/.test(text.charAt(TOKEN.lastIndex))) continue;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, spaced });
    else if (identifier !== undefined) tokens.push({ kind: 'identifier', text: identifier, spaced });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string, spaced });
    else if (character !== undefined) tokens.push({ kind: 'character', text: character, spaced });
    else tokens.push({ kind: 'punctuator', text: punctuator!, spaced });
  }
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b' };

/** The characters that a string or character literal stands for, quotes taken off; each byte escape is one character. */
export function unquote(literal: string): string {
  const closed = literal.length > 1 && literal.endsWith(literal.charAt(0));
  const body = literal.slice(1, closed ? -1 : undefined);
  return body.replace(/\\(x[0-9a-fA-F]+|[0-7]{1,3}|\r?\n|[^])/g, (_, code: string) => {
    if (code.startsWith('x') && code.length > 1) return String.fromCharCode(parseInt(code.slice(1), 16) & 0xff);
    if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8) & 0xff);
    if (code.endsWith('\n')) return '';
    return ESCAPES[code] ?? code;
  });
}
