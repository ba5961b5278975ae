// Statements that fill descriptors: `m->base = …; m->len = …;`, `mrd = (struct …){…}`, `strncpy(mrd.name, …)`, up to the call that
// inserts them. A function is followed statement by statement, loops once, both sides of every `if`. What its conditions come to is
// never decided here: where they make a difference, each outcome is a descriptor of its own.

import type { SyntaxNode } from '@lezer/common';
import type { Draft } from './draft';
import { oneLine } from './draft';
import { Effects } from './effects';
import { isDescriptorType, readInitializers } from './initializer';
import { readMacro } from './macro-call';
import { isStarted } from './object';
import type { Parsed } from './parsed';
import { childrenOf } from './syntax';
import { EMPTY_WORLD, joined, withoutObjects } from './worlds';
import type { World } from './worlds';

export interface BodyResult {
  readonly drafts: readonly Draft[];
  /** Some branches were left out: there were too many. */
  readonly cutShort: boolean;
  /** Offsets of initialiser lists that were read as the start of a sequence. */
  readonly claimed: ReadonlySet<number>;
}

/** Deepest nesting of statements that is followed; `else if` chains nest too. */
const MOST_LEVELS = 120;

/** The macro calls in a tree that stand for statements about a descriptor. */
export function readMacroStatements(parsed: Parsed, top: SyntaxNode, names: ReadonlySet<string>): Draft[] {
  if (names.size === 0) return [];
  const drafts: Draft[] = [];
  const cursor = top.cursor();
  do {
    if (cursor.name !== 'CallExpression' || cursor.node.parent?.name !== 'ExpressionStatement') continue;
    const [from, to] = [parsed.base + cursor.from, parsed.base + cursor.to];
    if (!names.has(/^\w+/.exec(parsed.values.code.slice(from, from + 100))?.[0] ?? '')) continue;
    const made = readMacro(parsed, from, to, (text) => `void f(void) { ${text}; }`, (inner, body) => {
      const { drafts: filled, claimed } = readStatements(inner, body);
      return [...filled, ...readInitializers(inner, body, claimed)];
    }); // prettier-ignore
    drafts.push(...made);
  } while (cursor.next());
  return drafts;
}

export function readStatements(parsed: Parsed, top: SyntaxNode): BodyResult {
  const reader = new BodyReader(parsed);
  let worlds: World[] = [EMPTY_WORLD];
  for (const child of childrenOf(top)) {
    if (child.name === 'FunctionDefinition') {
      const body = child.getChild('CompoundStatement');
      if (body === null) continue;
      reader.effects.startFunction(child);
      reader.effects.end(reader.statement(body, [EMPTY_WORLD]), -1);
    } else {
      worlds = reader.statement(child, worlds);
    }
  }
  reader.effects.end(worlds, -1);
  return { drafts: reader.effects.drafts.all(), claimed: reader.effects.claimed, cutShort: reader.cutShort };
}

class BodyReader {
  readonly effects: Effects;
  cutShort = false;
  private readonly parsed: Parsed;
  private level = 0;

  constructor(parsed: Parsed) {
    this.parsed = parsed;
    this.effects = new Effects(parsed);
  }

  /** @returns the worlds after the statement; none when every way through it leaves */
  statement(node: SyntaxNode, worlds: World[]): World[] {
    if (worlds.length === 0) return worlds;
    if (++this.level > MOST_LEVELS) {
      this.level--;
      return worlds;
    }
    const after = this.join(this.oneStatement(node, worlds));
    this.level--;
    return after;
  }

  private join(worlds: World[]): World[] {
    if (worlds.length < 2) return worlds;
    const { worlds: result, complete } = joined(worlds);
    if (!complete) this.cutShort = true;
    return result;
  }

  private oneStatement(node: SyntaxNode, worlds: World[]): World[] {
    switch (node.name) {
      case 'CompoundStatement':
      case 'LabeledStatement':
      case 'ForStatement':
      case 'ForRangeLoop':
      case 'WhileStatement':
      case 'DoStatement':
      case 'LinkageSpecification':
      case 'DeclarationList':
        return this.block(node, worlds);
      case 'IfStatement':
        return this.ifStatement(node, worlds);
      case 'SwitchStatement':
        return this.switchStatement(node, worlds);
      case 'CaseStatement':
        return this.block(node, this.effects.end(worlds, node.from));
      case 'ReturnStatement':
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'GotoStatement':
        this.effects.end(this.effects.run(node, worlds), this.effects.branchStart);
        return [];
      case 'Declaration':
        return this.declaration(node, worlds);
      case 'FunctionDefinition':
        return worlds;
      default:
        return this.effects.run(node, worlds);
    }
  }

  /** Each part in its order; a loop is read once, and left as it would be entered when its body always leaves. */
  private block(node: SyntaxNode, worlds: World[]): World[] {
    let now = worlds;
    for (const child of childrenOf(node)) {
      // A label can be reached although the statement above it leaves.
      if (now.length === 0 && child.name === 'LabeledStatement') now = worlds.map((w) => withoutObjects(w, isStarted));
      now = this.statement(child, now);
    }
    const isLoop = node.name.startsWith('For') || node.name === 'WhileStatement' || node.name === 'DoStatement';
    return isLoop && now.length === 0 ? worlds.map((w) => withoutObjects(w, isStarted)) : now;
  }

  private ifStatement(node: SyntaxNode, worlds: World[]): World[] {
    const condition = node.getChild('ConditionClause');
    const before = condition === null ? worlds : this.effects.run(condition, worlds);
    const keyword = node.getChild('else');
    const arms = [...childrenOf(node)].filter((n) => !['if', 'else', 'ConditionClause'].includes(n.name) && !n.type.isError);
    const text = condition === null ? '' : oneLine(this.effects.text(condition)).replace(/^\(([^]*)\)$/, '$1');
    const [yes, no] = [
      arms.find((n) => keyword === null || n.to <= keyword.from),
      arms.find((n) => keyword !== null && n.from >= keyword.to),
    ];
    const outer = this.effects.branchStart;
    const sides = (
      [
        [yes, text],
        [no, /^\w+$/.test(text) ? `!${text}` : `!(${text})`],
      ] as const
    ).map(([arm, taken]) => {
      const branch = { from: this.parsed.base + node.from, to: this.parsed.base + node.to, text: taken };
      const entered = before.map((w): World => ({ ...w, branches: [...w.branches, branch] }));
      this.effects.branchStart = this.parsed.base + (arm?.from ?? node.from);
      const left = arm === undefined ? entered : this.statement(arm, entered);
      this.effects.branchStart = outer;
      return left;
    });
    // Where one side always leaves, the rest of the function is simply what comes next.
    if (sides.some((s) => s.length === 0))
      return sides.flat().map((w) => ({ ...w, branches: w.branches.filter((b) => b.from !== this.parsed.base + node.from) }));
    return sides.flat();
  }

  /** Each case begins with what was there before the switch; what a case filled has ended with it. */
  private switchStatement(node: SyntaxNode, worlds: World[]): World[] {
    const condition = node.getChild('ConditionClause');
    const before = condition === null ? worlds : this.effects.run(condition, worlds);
    const body = node.getChild('CompoundStatement');
    if (body === null) return before;
    const outer = this.effects.branchStart;
    this.effects.branchStart = this.parsed.base + body.from;
    for (const part of childrenOf(body)) this.effects.end(this.statement(part, before), this.effects.branchStart);
    this.effects.branchStart = outer;
    return before.map((w) => withoutObjects(w, isStarted));
  }

  private declaration(node: SyntaxNode, worlds: World[]): World[] {
    this.effects.declare(node);
    const init = node.getChild('InitDeclarator');
    const list = init?.getChild('InitializerList');
    const declarator = init?.firstChild;
    if (
      !isDescriptorType(this.parsed, node) ||
      list === null ||
      list === undefined ||
      declarator?.name !== 'Identifier' ||
      this.isTopLevel(node)
    ) {
      return this.effects.run(node, worlds);
    }
    return this.effects.fill(worlds, this.effects.text(declarator), list, list, true);
  }

  private isTopLevel(node: SyntaxNode): boolean {
    return node.parent?.name !== 'CompoundStatement' && node.parent?.name !== 'CaseStatement';
  }
}
