// From a draft to a descriptor: its era, the values as its members hold them, and what has to be said of either.

import { FIELD_NAMES } from '../../regions/descriptor';
import type { Descriptor, Era, Field, FieldName, Hints } from '../../regions/descriptor';
import { ERA_PROFILES, eraOf } from '../../regions/eras';
import type { Problem } from '../../regions/problem';
import type { Release } from '../../regions/release';
import { eraOfMembers } from './declarations';
import type { Draft } from './draft';
import type { Notices } from './notices';
import type { LineIndex } from './scan';
import type { Source } from './source';
import type { Variant } from './variants';

export class DescriptorMaker {
  private readonly source: Source;
  private readonly lines: LineIndex;
  private readonly notices: Notices;

  constructor(source: Source, lines: LineIndex, notices: Notices) {
    this.source = source;
    this.lines = lines;
    this.notices = notices;
  }

  descriptor({ draft, condition, fieldConditions }: Variant): Descriptor {
    const era = this.eraOf(draft);
    const where = this.lines.range(draft.from, draft.to);
    if (draft.guess !== undefined) {
      const message = `The order of these values is a guess: taken as ${orderText(era)}; give the release to be sure`;
      this.notices.add({ severity: 'info', code: 'era-guess', message, from: draft.from, to: draft.to });
    }
    const fields: Partial<Record<FieldName, Field>> = {};
    const own = layoutOf(era).fields;
    for (const name of FIELD_NAMES) {
      const field = draft.fields.get(name);
      const layout = own.find((f) => f.name === name);
      if (field === undefined) {
        if (draft.zeroed && layout !== undefined) fields[name] = { value: 0n, text: '0' };
        continue;
      }
      const at = { from: field.from, to: field.to };
      if (layout === undefined) {
        this.notices.add({
          severity: 'warning',
          code: 'unknown-field',
          message: `${name} is no member of the ${era} descriptor (${orderText(era)})`,
          ...at,
        });
      }
      for (const warning of field.warnings)
        this.notices.add({ severity: 'warning', code: 'overflow', message: `${name}: ${warning}`, ...at });
      const onlyIf = fieldConditions.get(name);
      if (onlyIf !== undefined)
        this.notices.add({ severity: 'info', code: 'conditional-field', message: `${name} is set only if ${onlyIf}`, ...at });
      const base: Field = { text: field.text, where: this.lines.range(field.from, field.to) };
      const made = onlyIf === undefined ? base : { ...base, condition: onlyIf };
      if (field.value === undefined) {
        this.notices.add({
          severity: 'info',
          code: 'unknown-value',
          message: `${name} cannot be known from the source: ${field.unknown ?? ''}`,
          ...at,
        });
        fields[name] = made;
      } else {
        fields[name] = { ...made, value: this.stored(name, field.value, (layout?.bytes ?? 8) * 8, at) };
      }
    }
    const descriptor: Descriptor = { era, fields, where, ...(condition === undefined ? {} : { condition }) };
    const name = draft.name?.text;
    if (draft.name !== undefined && name === undefined) {
      this.notices.add({
        severity: 'info',
        code: 'unknown-value',
        message: 'The name cannot be known from the source: it is no string literal',
        from: draft.name.from,
        to: draft.name.to,
      });
    }
    return name === undefined || name === '' ? descriptor : { ...descriptor, name };
  }

  /** The value as the member holds it. */
  private stored(name: FieldName, value: bigint, bits: number, at: { from: number; to: number }): bigint {
    const stored = BigInt.asUintN(bits, value);
    if (bits < 64 && stored !== value && BigInt.asIntN(bits, value) !== value) {
      this.notices.add({
        severity: 'warning',
        code: 'overflow',
        message: `${name} has ${bits} bits and holds 0x${stored.toString(16)} of this`,
        ...at,
      });
    }
    return stored;
  }

  private eraOf(draft: Draft): Era {
    const own = eraOfMembers(new Set(draft.fields.keys()));
    if (own === 'classic' || own === 'paged') return own;
    if (draft.guess !== undefined) return draft.guess;
    const file = this.source.era;
    if (own === undefined) return file ?? 'paged';
    return file === 'paged' ? file : own;
  }
}

/** What the descriptors say of the release, and what has to be said of that. `release` is the one that is known. */
export function hintsOf(
  descriptors: readonly Descriptor[],
  release: Release | undefined,
  assumed: Release,
): { readonly hints: Hints; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const say = (d: Descriptor, severity: Problem['severity'], code: string, message: string): void => {
    problems.push({ severity, code, message, ...(d.where === undefined ? {} : { where: d.where }) });
  };
  const first = descriptors[0];
  if (first === undefined) return { hints: {}, problems };
  if (release !== undefined) {
    const other = descriptors.find((d) => d.era !== eraOf(release));
    const message = `These descriptors are those of ${eraReleases(other?.era ?? first.era)}, not of ${release}`;
    if (other !== undefined) say(other, 'warning', 'era-mismatch', message);
    return { hints: {}, problems };
  }
  if (first.era === 'paged') return { hints: {}, problems };
  if (eraOf(assumed) !== first.era) return { hints: {}, problems };
  say(
    first,
    'info',
    'release-assumed',
    `The members are those of ${eraReleases(first.era)}; ${assumed} is assumed. Name the release to change that`,
  );
  return { hints: { release: assumed }, problems };
}

function layoutOf(era: Era): (typeof ERA_PROFILES)[number]['layout'] {
  return ERA_PROFILES.find((p) => p.era === era)!.layout;
}

function orderText(era: Era): string {
  return [...layoutOf(era).fields.map((f) => f.name), 'name'].join(', ');
}

function eraReleases(era: Era): string {
  return era === 'classic' ? 'releases up to 0.11' : era === 'typed' ? 'releases 0.12 to 0.16' : 'releases from 0.17 on';
}
