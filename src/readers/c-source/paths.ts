// Names of objects as expressions write them: `mrd`, `m->`, `(*m).`, `list[2].`, and the expressions that change an object.

import type { SyntaxNode } from '@lezer/common';
import type { Member } from './declarations';

/** The assignments, calls and increments in a subtree, in the order in which they take effect. */
export function effectsIn(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate(
    () => undefined,
    (ref) => {
      if (ref.name === 'AssignmentExpression' || ref.name === 'CallExpression' || ref.name === 'UpdateExpression')
        found.push(ref.node);
    },
  );
  return found;
}

/** `a = b = 5`: the value is what stands last. */
export function innermostRight(right: SyntaxNode): SyntaxNode {
  let node = right;
  while (node.name === 'AssignmentExpression' && node.lastChild !== null) node = node.lastChild;
  return node;
}

/** `mrd.len`, `m->len`, `(*m).len`, `list[2].len`: the object, by a name that is the same for each way to write it, and the member. */
export function splitMember(path: string): { key: string; member: string } | undefined {
  const found = /^([^]*?)(?:\.|->)(\w+)$/.exec(path.replace(/\s+/g, ''));
  return found === null ? undefined : { key: keyOf(found[1]!), member: found[2]! };
}

/** The object behind `&mrd`, `(mrd)`, `*m`. */
export function keyOf(text: string): string {
  const bare = text.replace(/\s+/g, '');
  return /^[&*]?\(?[&*]?([^&*()][^()]*)\)?$/.exec(bare)?.[1] ?? bare;
}

/** Does the object's name hang on `name`: a pointer, an index, an outer object? */
export function mentions(key: string, name: string): boolean {
  return /^\w+$/.test(name) ? key.split(/\W+/).includes(name) : key.startsWith(name);
}

export function usesOwn(text: string, key: string, member: Member): boolean {
  const bare = text.replace(/\s+/g, '');
  return [`${key}.${member}`, `${key}->${member}`].some((path) => {
    const at = bare.indexOf(path);
    return at >= 0 && !/\w/.test(bare.charAt(at + path.length));
  });
}
