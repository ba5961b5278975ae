// JSON with comments, with the place of everything in it, for readers that report problems where they stand.

import { createScanner, getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import type { Problem, Severity, TextRange } from '../regions/problem';
import { Offsets } from './lines';

/** Nesting beyond this is refused: the parser recurses, and no file of ours has more than four levels. */
const DEEPEST = 64;

const MESSAGES: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is no JSON value (names need quotes, numbers in hex too: "0x1000")',
  InvalidNumberFormat: 'this is no number as JSON writes them (write hex as a string: "0x1000")',
  PropertyNameExpected: 'a key in quotes is expected here',
  ValueExpected: 'a value is expected here',
  ColonExpected: 'a colon is expected here',
  CommaExpected: 'a comma is missing before this',
  CloseBraceExpected: 'a } is missing: the file ends too early',
  CloseBracketExpected: 'a ] is missing: the file ends too early',
  EndOfFileExpected: 'the document ends before this',
  UnexpectedEndOfComment: 'this comment does not end',
  UnexpectedEndOfString: 'this string does not end',
  UnexpectedEndOfNumber: 'this number does not end',
};

export interface Property {
  readonly key: Node;
  readonly value: Node;
}

/** A parsed document. Collects problems. */
export class JsonDocument {
  readonly root: Node | undefined;
  readonly problems: Problem[] = [];
  private readonly text: string;
  private readonly offsets: Offsets;

  constructor(text: string) {
    this.text = text;
    this.offsets = new Offsets(text);
    const errors: ParseError[] = [];
    const depth = tooDeep(text);
    if (depth !== undefined) {
      this.report('error', 'too-deep', `Nested more than ${DEEPEST} levels deep.`, this.offsets.range(depth, 1));
      return;
    }
    // A byte order mark is white space to us, and must not move the offsets.
    this.root = parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true });
    for (const { error, offset, length } of errors.slice(0, 20)) {
      this.report(
        'error',
        'syntax',
        `Not JSON: ${MESSAGES[printParseErrorCode(error)] ?? 'unexpected text'}.`,
        this.offsets.range(offset, length),
      );
    }
  }

  where(node: Node): TextRange {
    return this.offsets.range(node.offset, node.length);
  }

  /** The node as it is written in the file. */
  source(node: Node): string {
    return this.text.slice(node.offset, node.offset + node.length);
  }

  report(severity: Severity, code: string, message: string, where: Node | TextRange): void {
    this.problems.push({ severity, code, message, where: 'offset' in where ? this.where(where) : where });
  }

  /**
   * The properties of an object by key. A key that stands twice counts the last time, as in JSON; that and a key without value
   * are reported.
   */
  properties(object: Node): Map<string, Property> {
    const found = new Map<string, Property>();
    for (const { children } of object.children ?? []) {
      const [key, value] = children ?? [];
      if (key === undefined || value === undefined) continue;
      const name = String(key.value);
      if (found.has(name)) this.report('warning', 'key-twice', `"${shorten(name)}" stands twice here; the last one counts.`, key);
      found.set(name, { key, value });
    }
    return found;
  }

  /** Reports keys that mean nothing here. */
  refuseOthers(properties: ReadonlyMap<string, Property>, known: readonly string[], of: string): void {
    for (const [name, { key }] of properties) {
      if (!known.includes(name)) {
        this.report(
          'warning',
          'unknown-key',
          `"${shorten(name)}" is no key of ${of} and is ignored. Keys are ${known.join(', ')}.`,
          key,
        );
      }
    }
  }

  /**
   * An integer: a JSON number without fraction, read exactly, or a string in hex (`0x…`) or decimal. Reports anything else.
   */
  integer(node: Node, what: string): bigint | undefined {
    const text = node.type === 'number' ? this.source(node) : node.type === 'string' ? String(node.value).trim() : '';
    if (/^-?(0[xX][0-9a-fA-F]{1,40}|\d{1,40})$/.test(text)) return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text);
    this.report(
      'error',
      'not-a-number',
      `${what} must be a whole number or a string such as "0x1000", found ${this.shown(node)}.`,
      node,
    );
    return undefined;
  }

  /** A string; reports anything else. */
  string(node: Node, what: string): string | undefined {
    if (node.type === 'string') return String(node.value);
    this.report('error', 'wrong-type', `${what} must be a string, found ${this.shown(node)}.`, node);
    return undefined;
  }

  /** The items of a list; reports anything else. */
  items(node: Node, what: string): readonly Node[] {
    if (node.type === 'array') return node.children ?? [];
    this.report('error', 'wrong-type', `${what} must be a list in [ ], found ${this.shown(node)}.`, node);
    return [];
  }

  /** Is it an object? Reports anything else. */
  isObject(node: Node, what: string): boolean {
    if (node.type === 'object') return true;
    this.report('error', 'wrong-type', `${what} must be an object in { }, found ${this.shown(node)}.`, node);
    return false;
  }

  /** A node as a message shows it. */
  shown(node: Node): string {
    if (node.type === 'object') return 'an object';
    if (node.type === 'array') return 'a list';
    return shorten(this.source(node));
  }

  /** The plain value of a node. */
  value(node: Node): unknown {
    return getNodeValue(node) as unknown;
  }
}

function shorten(text: string): string {
  return text.length > 60 ? text.slice(0, 57) + '…' : text;
}

/** Offset of the first bracket that nests too deep. */
function tooDeep(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    if (scanner.getTokenLength() > 1) continue;
    const character = text[scanner.getTokenOffset()];
    if (character === '{' || character === '[') depth++;
    if (character === '}' || character === ']') depth--;
    if (depth > DEEPEST) return scanner.getTokenOffset();
  }
  return undefined;
}
