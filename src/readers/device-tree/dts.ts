// Device trees in source form (DTS), as people write them and dtc prints them: nodes, properties of cells, strings and bytes. Labels,
// references, includes and expressions are passed over: a boot asks for none of what they give, and where it would, that is said.

import type { Problem } from '../../regions/problem';
import { Offsets } from '../lines';
import { DEEPEST, MOST_NODES, type TreeNode, type TreeProperty } from './tree';

export interface SourceReading {
  readonly root?: TreeNode;
  readonly problems: readonly Problem[];
}

interface Token {
  readonly kind: 'word' | 'string' | 'sign';
  readonly text: string;
  readonly at: number;
}

/** Comments, preprocessor lines and white space; strings; words as node and property names have them; single signs. */
const TOKEN =
  /(?<skip>\s+|\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*|^#(?:include|define|ifdef|ifndef|endif|if|else|undef)\b[^\n]*)|(?<string>"(?:[^"\\]|\\[^])*"?)|(?<word>[A-Za-z0-9_.,+?#@-]+)|(?<sign>[^])/gmy;

/** Does a text look like a device tree in source form? */
export function looksLikeDeviceTree(text: string): boolean {
  return /\/dts-v1\/|#address-cells/.test(text) && /[{;]/.test(text);
}

/** Reads a tree; never throws. */
export function readSource(text: string): SourceReading {
  const parser = new Parser(text);
  const root = parser.document();
  return { root, problems: parser.problems };
}

interface OpenNode {
  readonly name: string;
  readonly properties: Map<string, TreeProperty>;
  readonly children: TreeNode[];
  readonly where: ReturnType<Offsets['range']>;
}

class Parser {
  readonly problems: Problem[] = [];
  private readonly offsets: Offsets;
  private readonly tokens: readonly Token[];
  private next = 0;

  constructor(text: string) {
    this.offsets = new Offsets(text);
    this.tokens = tokensOf(text);
  }

  /** What stands outside of every node is taken as standing in the root: a piece of a tree is read as well. */
  document(): TreeNode {
    const root = this.node('', 0);
    const open = [root];
    let nodes = 0;
    while (this.next < this.tokens.length) {
      const token = this.tokens[this.next++]!;
      if (token.text === '}') {
        if (open.length > 1) open.pop();
        continue;
      }
      if (token.kind !== 'word' && token.text !== '/' && token.text !== '&') continue;
      if (token.text === '/' && this.directive()) continue;
      const name = token.kind === 'word' ? token.text : token.text === '&' ? `&${this.word()}` : '';
      const sign = this.tokens[this.next];
      if (sign?.text === ':') this.next++;
      else if (sign?.text === '{') {
        this.next++;
        if (++nodes > MOST_NODES || open.length >= DEEPEST) {
          this.say('too-deep', `More than ${MOST_NODES} nodes, or ${DEEPEST} levels.`, token);
          return root;
        }
        if (name === '' && open.length === 1) open.push(root);
        else open.push(this.child(open.at(-1)!, name, token.at));
      } else if (sign?.text === '=') {
        this.next++;
        open.at(-1)!.properties.set(name, this.value(token));
      } else if (sign?.text === ';') open.at(-1)!.properties.set(name, { bytes: new Uint8Array(0), where: this.where(token) });
    }
    if (open.length > 1) this.say('cut-off', 'The text ends inside of a node: a } is missing.', this.tokens.at(-1));
    return root;
  }

  private child(parent: OpenNode, name: string, at: number): OpenNode {
    const node = this.node(name, at);
    parent.children.push(node);
    return node;
  }

  private node(name: string, at: number): OpenNode {
    return { name, properties: new Map(), children: [], where: this.offsets.range(at, name.length) };
  }

  /** `/dts-v1/`, `/memreserve/ 1 2`, `/delete-node/ x`: up to its semicolon. False for the root's own slash. */
  private directive(): boolean {
    const [word, slash] = [this.tokens[this.next], this.tokens[this.next + 1]];
    if (word?.kind !== 'word' || slash?.text !== '/') return false;
    while (this.next < this.tokens.length && this.tokens[this.next++]!.text !== ';');
    return true;
  }

  private word(): string {
    const token = this.tokens[this.next];
    if (token?.kind !== 'word') return '';
    this.next++;
    return token.text;
  }

  /** Everything up to the semicolon, as bytes. */
  private value(name: Token): TreeProperty {
    const bytes: number[] = [];
    const first = this.tokens[this.next] ?? name;
    let mode: 'none' | 'cells' | 'bytes' = 'none';
    let width = 4;
    while (this.next < this.tokens.length) {
      const token = this.tokens[this.next++]!;
      if (token.text === ';') break;
      if (token.text === '}') {
        this.next--;
        this.say('damaged-line', 'This property does not end: a ; is missing.', name);
        break;
      }
      if (token.text === '<') mode = 'cells';
      else if (token.text === '[') mode = 'bytes';
      else if (token.text === '>' || token.text === ']') mode = 'none';
      else if (token.kind === 'string') bytes.push(...characters(token.text), 0);
      else if (token.text === '&') this.reference(bytes, mode);
      else if (token.text === '/' && this.tokens[this.next]?.text === 'bits') width = this.bits();
      else if (token.kind === 'word') this.number(token, mode, width, bytes);
      else if (token.text === '(') this.say('expression', 'Expressions are not computed here: write the number.', token);
    }
    const last = this.tokens[this.next - 1] ?? first;
    return { bytes: Uint8Array.from(bytes), where: this.offsets.range(first.at, Math.max(1, last.at - first.at)) };
  }

  /** A reference to a label is a phandle, which nobody here follows. */
  private reference(bytes: number[], mode: 'none' | 'cells' | 'bytes'): void {
    this.word();
    if (mode === 'cells') bytes.push(0, 0, 0, 0);
  }

  private bits(): number {
    this.next += 2;
    const width = Number(this.word());
    return width === 8 || width === 16 || width === 64 ? width / 8 : 4;
  }

  private number(token: Token, mode: 'none' | 'cells' | 'bytes', width: number, bytes: number[]): void {
    if (mode === 'bytes' && /^([0-9a-f]{2})+$/i.test(token.text)) {
      for (let i = 0; i < token.text.length; i += 2) bytes.push(Number.parseInt(token.text.slice(i, i + 2), 16));
    } else if (mode === 'cells' && /^(0x[0-9a-f]{1,16}|\d{1,20})(u|l|ul|ull)?$/i.test(token.text)) {
      const value = BigInt(token.text.replace(/[ul]+$/i, ''));
      if (value >> BigInt(8 * width) > 0n) this.say('damaged-line', `${token.text} does not fit ${8 * width} bits.`, token);
      for (let i = width - 1; i >= 0; i--) bytes.push(Number((value >> BigInt(8 * i)) & 0xffn));
    } else if (mode !== 'none') {
      this.say('damaged-line', `“${token.text.slice(0, 40)}” is no number here.`, token);
    }
  }

  private where(token: Token): ReturnType<Offsets['range']> {
    return this.offsets.range(token.at, token.text.length);
  }

  private say(code: string, message: string, token: Token | undefined): void {
    if (this.problems.length >= 20) return;
    const severity = code === 'expression' ? 'warning' : 'error';
    this.problems.push({ severity, code, message, ...(token && { where: this.where(token) }) });
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const found of text.matchAll(TOKEN)) {
    const { skip, string, word } = found.groups!;
    if (skip !== undefined) continue;
    tokens.push({
      kind: string !== undefined ? 'string' : word !== undefined ? 'word' : 'sign',
      text: found[0],
      at: found.index,
    });
  }
  return tokens;
}

function characters(quoted: string): number[] {
  const text = quoted.replace(/^"|"$/g, '').replaceAll('\\0', '\0');
  return Array.from(text.slice(0, 65536), (c) => c.charCodeAt(0) & 0xff);
}
