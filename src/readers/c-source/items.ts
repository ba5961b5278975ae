// The top-level items of a source: declarations and functions. Only those in which a descriptor may stand are given to the parser,
// so that a long file costs little, and a broken one spoils only the item that is broken.

import type { Directive } from './scan';

export interface Item {
  readonly from: number;
  readonly to: number;
  /** Deepest nesting of brackets in it. */
  readonly depth: number;
  /** Its last brace is missing. */
  readonly unclosed: boolean;
}

/**
 * @param shape code without the insides of literals
 * @param directives an `#else` goes back to the depth at its `#if`: each arm may open the same brace
 */
export function splitItems(shape: string, directives: readonly Directive[]): Item[] {
  const items = split(shape, 0, directives, false);
  const last = items.at(-1);
  if (last?.unclosed !== true) return items;
  // Somewhere in this item a brace is missing. A brace in the first column normally ends a function, so that the rest is saved.
  return [...items.slice(0, -1), ...split(shape, last.from, directives, true)];
}

function split(shape: string, start: number, directives: readonly Directive[], resume: boolean): Item[] {
  const items: Item[] = [];
  const atIf: number[] = [];
  let next = 0;
  while (next < directives.length && directives[next]!.from < start) next++;
  let from = start;
  let braces = 0;
  let others = 0;
  let depth = 0;
  let body = false;
  const end = (to: number, unclosed: boolean): void => {
    const first = from + shape.slice(from, to).search(/\S/);
    if (first >= from) items.push({ from: first, to, depth, unclosed });
    from = to;
    braces = others = depth = 0;
  };
  const points = /[{}()[\];]/g;
  points.lastIndex = start;
  for (let found = points.exec(shape); found !== null; found = points.exec(shape)) {
    const at = found.index;
    for (; next < directives.length && directives[next]!.from < at; next++) {
      const { name } = directives[next]!;
      if (name.startsWith('if')) atIf.push(braces);
      else if (name === 'endif') atIf.pop();
      else if (name.startsWith('el') && atIf.length > 0) braces = atIf.at(-1)!;
    }
    const point = found[0];
    if (point === '{') {
      const before = lastCharacter(shape, from, at);
      // extern "C" { … } is no nesting.
      if (braces === 0 && before === '"') continue;
      if (braces === 0) body = before === ')';
      braces++;
    } else if (point === '}') {
      if (braces > 0) braces--;
      const firstColumn = at === 0 || /[\r\n]/.test(shape.charAt(at - 1));
      if (resume && firstColumn && braces > 0 && /^\}\s*(?:;|$|[A-Za-z_])/.test(shape.slice(at, at + 200))) {
        body = true;
        end(at + 1, true);
      } else if (braces === 0 && body && !/[;,.=)]/.test(nextCharacter(shape, at + 1))) {
        end(at + 1, false);
      }
    } else if (point === ';') {
      others = 0;
      if (braces === 0) end(at + 1, false);
    } else {
      others = Math.max(0, others + (point === '(' || point === '[' ? 1 : -1));
    }
    depth = Math.max(depth, braces + others);
  }
  end(shape.length, braces > 0);
  return items;
}

function lastCharacter(shape: string, from: number, at: number): string {
  let i = at - 1;
  while (i >= from && /\s/.test(shape.charAt(i))) i--;
  return i < from ? '' : shape.charAt(i);
}

function nextCharacter(shape: string, at: number): string {
  let i = at;
  while (i < shape.length && /\s/.test(shape.charAt(i))) i++;
  return shape.charAt(i);
}
