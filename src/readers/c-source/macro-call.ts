// A macro of the source that stands for a whole descriptor, or for the statements that fill one: its replacement is read like any
// other code, and everything in it stands where the macro does.

import type { SyntaxNode } from '@lezer/common';
import type { Draft } from './draft';
import { expand, sourceOf } from './macros';
import type { Parsed } from './parsed';
import { parse } from './syntax';
import { tokenize } from './tokens';

/** Longest call that is replaced. */
const LONGEST = 2000;

/**
 * @param around puts the replacement into C that can be parsed; undefined when it is nothing to read
 * @param read reads that
 */
export function readMacro(
  parsed: Parsed,
  from: number,
  to: number,
  around: (text: string) => string | undefined,
  read: (inner: Parsed, top: SyntaxNode) => readonly Draft[],
): Draft[] {
  const { values } = parsed;
  // A macro in a macro's replacement is not followed: one level is what people write tables with.
  if (parsed.place !== undefined || to - from > LONGEST) return [];
  const environment = values.environmentAt(from);
  const call = values.code.slice(from, to);
  const name = /^\w+/.exec(call)?.[0] ?? '';
  const macro = environment.macro(name);
  if (macro === undefined || 'ambiguous' in macro) return [];
  // Only this macro is replaced: what its values are made of is read, and shown, like any other.
  const { tokens } = expand(tokenize(call), (m) => (m === name ? macro : undefined));
  const code = around(sourceOf(tokens));
  if (code === undefined) return [];
  const place = { from, to };
  const inner: Parsed = {
    ...parsed,
    base: 0,
    place,
    values: { code, environmentAt: () => environment, notice: (notice) => values.notice({ ...notice, ...place }) },
  };
  return read(inner, parse(code).topNode).map((draft) => relocate(draft, place));
}

function relocate(draft: Draft, place: { readonly from: number; readonly to: number }): Draft {
  const fields = new Map([...draft.fields].map(([name, field]) => [name, { ...field, ...place }]));
  const name = draft.name === undefined ? undefined : { ...draft.name, ...place };
  return { ...draft, ...place, fields, ...(name === undefined ? {} : { name }) };
}
