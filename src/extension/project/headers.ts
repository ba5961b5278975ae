// The headers of a project that define what a C source uses and does not define itself: only those are read into it.

import type { RegionMap } from '../../regions/descriptor';

export interface Header {
  readonly name: string;
  readonly text: string;
}

/** Headers taken into one source, and rounds of looking for what those use in turn. */
const MOST_TAKEN = 40;
const MOST_ROUNDS = 5;

/** Names in the fields of a map that could not be known: candidates for a macro or a constant of a header. */
export function namesMissing(map: RegionMap): Set<string> {
  const names = new Set<string>();
  for (const { fields } of map.descriptors) {
    for (const field of Object.values(fields))
      if (field.value === undefined) for (const name of namesIn(field.text)) names.add(name);
  }
  return names;
}

/**
 * The headers that define these names, and what those definitions use.
 *
 * @param names as `namesMissing` gives them
 * @param headers of the project, in any order
 */
export function headersDefining(names: ReadonlySet<string>, headers: readonly Header[]): Header[] {
  const taken = new Map<string, Header>();
  const asked = new Set(names);
  let wanted: ReadonlySet<string> = names;
  for (let round = 0; round < MOST_ROUNDS && wanted.size > 0; round++) {
    const next = new Set<string>();
    for (const header of headers) {
      for (const [name, body] of definitionsIn(header.text)) {
        if (!wanted.has(name)) continue;
        if (taken.size < MOST_TAKEN) taken.set(header.name, header);
        for (const used of namesIn(body)) if (!asked.has(used)) next.add(used);
      }
    }
    for (const name of next) asked.add(name);
    wanted = next;
  }
  return [...taken.values()];
}

/** `#define` lines, enumerators and constants with their text: enough to see who defines what; the C reader reads them properly. */
function* definitionsIn(text: string): Generator<readonly [name: string, body: string]> {
  const macros = /^[ \t]*#[ \t]*define[ \t]+([A-Za-z_]\w*)(?:\([^)\n]*\))?((?:\\\r?\n|[^\n])*)/gm;
  for (const match of text.matchAll(macros)) yield [match[1]!, match[2]!];
  for (const list of text.matchAll(/\benum\b[^{;]*\{([^}]*)\}/g)) {
    for (const entry of list[1]!.matchAll(/([A-Za-z_]\w*)\s*(?:=([^,]*))?(?:,|$)/g)) yield [entry[1]!, entry[2] ?? ''];
  }
  for (const match of text.matchAll(/\bconst\b[^;={}()]*?\b([A-Za-z_]\w*)\s*=([^;]*);/g)) yield [match[1]!, match[2]!];
}

function namesIn(expression: string): Set<string> {
  // What stands behind `.` or `->` is a member, not a name of its own.
  return new Set(Array.from(expression.matchAll(/(?<![\w.]|->)[A-Za-z_]\w*/g), (match) => match[0]));
}
