// What the declarations of a source and its headers say: names for the descriptor type, objects of it, its members in order, enum
// constants and constants with an initialiser. Found by their shape in the
// blanked code, since headers are not parsed; every pattern is bounded, for the sake of noise.

import { FIELD_NAMES } from '../../regions/descriptor';
import type { Era, FieldName } from '../../regions/descriptor';

export const DESCRIPTOR_TYPE = 'ukplat_memregion_desc';

/** A member of the descriptor: a field of the contract, or its name. */
export type Member = FieldName | 'name';

export function isMember(text: string): text is Member {
  return text === 'name' || (FIELD_NAMES as readonly string[]).includes(text);
}

export interface Declarations {
  /** Names of the type without `struct`: the tag, and typedefs of it. */
  readonly typeNames: ReadonlySet<string>;
  /** Every typedef name. */
  readonly typedefs: ReadonlySet<string>;
  /** Objects, arrays, pointers and parameters declared with the type, anywhere. */
  readonly objects: ReadonlySet<string>;
  /** The members in order when the struct is defined here; these decide what a positional initialiser means. */
  readonly members: readonly Member[] | undefined;
  /** Enum constants: the text of the value, and how many steps after it. */
  readonly enumerators: ReadonlyMap<string, { readonly text: string; readonly plus: number }>;
  /** `const` objects with a plain initialiser. A name declared twice is not there. */
  readonly constants: ReadonlyMap<string, string>;
}

/** @param sources blanked code: headers first */
export function declarationsOf(sources: readonly string[]): Declarations {
  const typeNames = new Set([DESCRIPTOR_TYPE]);
  const typedefs = new Set<string>();
  const objects = new Set<string>();
  const enumerators = new Map<string, { text: string; plus: number }>();
  const constants = new Map<string, string>();
  const twice = new Set<string>();
  let members: readonly Member[] | undefined;
  for (const code of sources) {
    for (const [, body, alias] of code.matchAll(
      /\bstruct\s+ukplat_memregion_desc\s*\{([^{}]{0,4000})\}[^;{}]{0,200}?(\w{0,100})\s{0,20}(?=;)/g,
    )) {
      members = membersIn(body!);
      if (alias !== '' && members.length > 0 && !alias!.startsWith('__')) objects.add(alias!);
    }
    for (const [, type, alias] of code.matchAll(
      /\btypedef\s+([^;{}()]{0,200}?(?:\{[^{}]{0,4000}\}\s{0,20}[\w\s*]{0,50}?)?)\b(\w{1,100})\s{0,20}(?=;)/g,
    )) {
      typedefs.add(alias!);
      if (/\bukplat_memregion_desc\b/.test(type!) && !type!.includes('*')) typeNames.add(alias!);
    }
    for (const [, list] of code.matchAll(/\benum\b[^;{}()=]{0,200}\{([^{}]*)\}/g)) readEnumerators(list!, enumerators);
    for (const { index } of code.matchAll(/\bconst\b/g)) {
      const found = /^[\w\s]{1,150}=([^=;{}"][^;{}"]*);/.exec(code.slice(index, index + 700));
      if (found === null) continue;
      const name = /(\w+)\s*=/.exec(found[0])![1]!;
      if (constants.has(name)) twice.add(name);
      constants.set(name, found[1]!.trim());
    }
  }
  for (const name of twice) constants.delete(name);
  const types = [...typeNames].map((t) => (t === DESCRIPTOR_TYPE ? `struct\\s+${t}` : t)).join('|');
  const declared = new RegExp(`\\b(?:${types})\\b[\\s*]*(?:const\\b[\\s*]*)?(\\w+)`, 'g');
  for (const code of sources) for (const [, name] of code.matchAll(declared)) objects.add(name!);
  return { typeNames, typedefs, objects, members, enumerators, constants };
}

function membersIn(body: string): Member[] {
  return body.split(/[;,]/).flatMap((declarator) => {
    const name = /(\w+)\s*(?:\[[^\]]*\]\s*)?$/.exec(declarator)?.[1] ?? '';
    return isMember(name) ? [name] : [];
  });
}

function readEnumerators(list: string, into: Map<string, { text: string; plus: number }>): void {
  let text = '0';
  let plus = 0;
  for (const entry of list.split(',')) {
    const found = /^\s*(\w+)\s*(?:=([^]*))?$/.exec(entry);
    if (found === null) continue;
    if (found[2] !== undefined) [text, plus] = [found[2].trim(), 0];
    into.set(found[1]!, { text, plus });
    plus++;
  }
}

/** The era that the members used in a text belong to; undefined when none of them tells. */
export function eraOfMembers(names: ReadonlySet<string>): Era | undefined {
  if (names.has('pg_off') || names.has('pg_count')) return 'paged';
  if (names.has('pbase') || names.has('vbase')) return 'typed';
  return names.has('base') ? 'classic' : undefined;
}

/** The member names that a code uses as designators, in assignments, or in the struct's definition. */
export function membersUsed(code: string): Set<string> {
  const used = new Set<string>();
  for (const [, name] of code.matchAll(/(?:\.|->|\b__\w+\s+|\b\w+_t\s+)\s*(pg_off|pg_count|pbase|vbase|base)\b/g))
    used.add(name!);
  return used;
}
