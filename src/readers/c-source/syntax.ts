// The C parser behind this reader: @lezer/cpp, with the few helpers that walking its trees takes.
//
// The grammar is C++'s, a superset of C but for names: `new->pbase` is C and not C++. Such words are changed for the parser, letter
// by letter, and for the parser only: values are read from the text itself.

import { parser } from '@lezer/cpp';
import type { SyntaxNode, Tree } from '@lezer/common';

const CPP_ONLY =
  /\b(?:class|new|delete|template|namespace|private|public|protected|this|operator|virtual|try|catch|throw|using|typename|friend|mutable|explicit|and|or|not|xor|bitand|bitor|compl|final|override|import|module|export|requires|concept|constexpr|decltype|nullptr|co_await|co_yield|co_return)\b/g;
/** Attributes between a declarator and its initialiser, or in front of a type, which the grammar does not expect. */
const ATTRIBUTES =
  /\b__(?:used|unused|maybe_unused|packed|noreturn|weak|isr|constructor|nonnull|check_result|section|align|aligned|alias|deprecated|attribute__|attribute)\b(?:\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?/g;

/** "Less than" between two names starts a template's arguments in C++, and a long row of them takes the parser very long. */
const LESS = /(?<!<)<(?![<=])/g;

export function parse(code: string): Tree {
  const text = code
    .replace(CPP_ONLY, (word) => word.charAt(0).toUpperCase() + word.slice(1))
    .replace(LESS, '|')
    .replace(ATTRIBUTES, (attribute) => attribute.replace(/[^\r\n]/g, ' '));
  return parser.parse(text);
}

export function* childrenOf(node: SyntaxNode): Generator<SyntaxNode> {
  for (let child = node.firstChild; child !== null; child = child.nextSibling) yield child;
}

/** The operand inside parentheses and casts: `&(x)` is as good as `&x`. */
export function unwrapped(node: SyntaxNode): SyntaxNode {
  let inner = node;
  for (let steps = 0; steps < 50; steps++) {
    const next =
      inner.name === 'ParenthesizedExpression'
        ? inner.firstChild?.nextSibling
        : inner.name === 'CastExpression'
          ? inner.lastChild
          : undefined;
    if (next === undefined || next === null) break;
    inner = next;
  }
  return inner;
}
