// A device tree as both of its notations give it, and the questions that a boot asks of it.
//
// There is no well-kept parser on the registry that reads 64-bit cells exactly and answers hostile input with located problems, so these
// are ours: small, bounded in nodes, depth and bytes.

import type { TextRange } from '../../regions/problem';

/** A property: its bytes as a blob has them, big-endian. `where` only for source text. */
export interface TreeProperty {
  readonly bytes: Uint8Array;
  readonly where?: TextRange;
}

export interface TreeNode {
  /** `memory@40000000`; the root's is empty. */
  readonly name: string;
  readonly properties: ReadonlyMap<string, TreeProperty>;
  readonly children: readonly TreeNode[];
  readonly where?: TextRange;
}

/** Nodes and nesting beyond which a tree is refused: real ones have some hundred, ten deep. */
export const MOST_NODES = 20_000;
export const DEEPEST = 64;

/** Cells `[from, from + count)` of a property as one number; undefined when they are not there. */
export function cells(property: TreeProperty | undefined, from: number, count: number): bigint | undefined {
  const end = (from + count) * 4;
  if (property === undefined || count < 1 || count > 2 || end > property.bytes.length) return undefined;
  return property.bytes.subarray(from * 4, end).reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
}

/** A string property without its terminator; of several the first one. */
export function textOfProperty(property: TreeProperty | undefined): string | undefined {
  if (property === undefined) return undefined;
  const end = property.bytes.indexOf(0);
  return String.fromCharCode(...property.bytes.subarray(0, Math.min(end < 0 ? property.bytes.length : end, 4096)));
}

/** `#address-cells` or `#size-cells` of a node, for its children. */
export function cellCount(node: TreeNode, what: 'address' | 'size'): number {
  return Number(cells(node.properties.get(`#${what}-cells`), 0, 1) ?? (what === 'address' ? 2n : 1n));
}

/** Every node with its parent, in the order of the tree. */
export function* nodes(root: TreeNode): Generator<{ readonly node: TreeNode; readonly parent: TreeNode }> {
  const open: { readonly node: TreeNode; readonly parent: TreeNode }[] = [{ node: root, parent: root }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    const { node } = next;
    open.push(...[...node.children].reverse().map((child) => ({ node: child, parent: node })));
  }
}

/** A node by its path, `/chosen`; unit addresses may be left out. */
export function nodeAt(root: TreeNode, path: string): { readonly node: TreeNode; readonly parent: TreeNode } | undefined {
  let found = { node: root, parent: root };
  for (const name of path.split('/').filter((part) => part !== '')) {
    const { node } = found;
    const child = node.children.find((c) => c.name === name) ?? node.children.find((c) => c.name.split('@')[0] === name);
    if (child === undefined) return undefined;
    found = { node: child, parent: node };
  }
  return found;
}
