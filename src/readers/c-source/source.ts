// The text, its headers and its configuration, prepared: scanned, with every macro and declaration at hand.

import { DEFAULT_RELEASE } from '../../regions/release';
import type { Config, Release } from '../../regions/release';
import { descriptorSize, eraOf } from '../../regions/eras';
import type { Era } from '../../regions/descriptor';
import { isSet } from '../../regions/release';
import { INT, integer } from './arithmetic';
import type { Result } from './arithmetic';
import { declarationsOf, DESCRIPTOR_TYPE, eraOfMembers, membersUsed } from './declarations';
import type { Declarations } from './declarations';
import { evaluate, isKnown } from './expression';
import type { Environment } from './expression';
import { preludeFor } from './prelude';
import { Preprocessor } from './preprocessor';
import type { Decisions, Surroundings } from './preprocessor';
import { scan } from './scan';
import type { Scan } from './scan';

export interface CContext {
  /** Headers to take macros, enums and the struct's definition from, in the order of their inclusion. */
  readonly headers?: readonly { readonly name: string; readonly text: string }[];
  readonly config?: Config;
  readonly release?: Release;
}

/** Releases to take the numbers of macros from when only the members tell the era. */
const NEWEST_OF_ERA: Readonly<Record<Era, Release>> = { classic: '0.11.0', typed: '0.16.3', paged: DEFAULT_RELEASE };

const FILLS = /\bukplat_memregion_desc\b|(?:\.|->)\s*[pv]?base\s*=(?!=)/;

export class Source {
  readonly scan: Scan;
  readonly preprocessor: Preprocessor;
  readonly declarations: Declarations;
  /** The era that the members say, else the release; undefined when neither does. */
  readonly era: Era | undefined;
  /** The release whose numbers the macros have. */
  readonly release: Release;
  /** Macros whose replacement fills a descriptor. */
  readonly descriptorMacros: ReadonlySet<string>;
  private readonly config: Config | undefined;

  constructor(text: string, context: CContext) {
    this.scan = scan(text);
    const headers = (context.headers ?? []).map((h) => scan(h.text));
    const sources = [...headers, this.scan].map((s) => s.code);
    this.declarations = declarationsOf(sources);
    const directives = [...headers, this.scan].flatMap((s) => s.directives);
    this.descriptorMacros = new Set(
      directives.flatMap((d) => (d.name === 'define' && FILLS.test(d.text) ? [/^\w*/.exec(d.text)![0]] : [])),
    );
    const defined = eraOfMembers(new Set(this.declarations.members ?? []));
    const named = defined ?? eraOfMembers(membersUsed(this.scan.code));
    // `pbase` alone is in both later eras: there the release decides.
    const given = context.release === undefined ? undefined : eraOf(context.release);
    this.era = defined === undefined && named === 'typed' && given === 'paged' ? given : (named ?? given);
    this.release = context.release ?? NEWEST_OF_ERA[this.era ?? 'paged'];
    this.config = context.config;
    const prelude = preludeFor(this.release);
    let surroundings: Surroundings = { config: context.config, before: (name) => prelude.get(name) };
    for (const header of headers) {
      const preprocessor = new Preprocessor(header.directives, header.code.length, surroundings);
      surroundings = { config: context.config, before: (name) => preprocessor.macroAt(name, header.code.length, new Map()) };
    }
    this.preprocessor = new Preprocessor(this.scan.directives, text.length, surroundings);
  }

  /** What names stand for at `offset`, with the given arms in. */
  environmentAt(offset: number, decisions: Decisions): Environment {
    const asked = new Set<string>();
    const environment: Environment = {
      macro: (name) => this.preprocessor.macroAt(name, offset, decisions),
      isType: (name) => this.declarations.typedefs.has(name) || this.declarations.typeNames.has(name),
      sizeOf: (type) => this.sizeOf(type),
      name: (path) => {
        // A constant may be made of others, but not of itself.
        if (asked.has(path) || asked.size > 50) return undefined;
        const enumerator = this.declarations.enumerators.get(path);
        const text = enumerator?.text ?? this.declarations.constants.get(path);
        if (text === undefined) return undefined;
        asked.add(path);
        const { result } = evaluate(text, environment);
        asked.delete(path);
        if (enumerator === undefined || !isKnown(result)) return known(result);
        return integer(result.value + BigInt(enumerator.plus), result.bits === 64 ? result : INT);
      },
    };
    return environment;
  }

  private sizeOf(type: string): bigint | undefined {
    if (type !== `struct ${DESCRIPTOR_TYPE}` && !this.declarations.typeNames.has(type)) return undefined;
    if (this.config === undefined) return undefined;
    return BigInt(descriptorSize(this.release, isSet(this.config, 'CONFIG_UKPLAT_MEMRNAME')));
  }
}

function known(result: Result): Result | undefined {
  return isKnown(result) ? result : undefined;
}
