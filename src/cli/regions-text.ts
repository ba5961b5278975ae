// Region descriptors in a terminal.

import { hex } from '../memory/address';
import type { Decision } from '../boot/decision';
import type { DescriptorProblem } from '../regions/checks';
import type { Descriptor, FieldName } from '../regions/descriptor';
import { flagNames, profileOfEra, typeName, type EraProfile } from '../regions/eras';
import { placeText, type Problem } from '../regions/problem';
import type { Release } from '../regions/release';
import { sizeText } from '../regions/text';
import { table } from './table';

export function regionsText(
  descriptors: readonly Descriptor[],
  release: Release,
  problems: readonly DescriptorProblem[],
  decisions: readonly Decision[] | undefined,
): string[] {
  if (descriptors.length === 0) return ['Regions: none'];
  const rows = descriptors.map((d, i) =>
    row(
      d,
      i,
      profileOfEra(d.era, release),
      decisions?.find((x) => x.region === i),
    ),
  );
  const headings = ['>#', '>start', '>end', '>size', 'type', 'flags', 'name'];
  const lines = table(decisions === undefined ? headings : [...headings, 'ukboot', ''], rows);
  return ['Regions (ends are exclusive)', ...lines, ...problems.map((p) => `  ${problemText(p)}`)];
}

function row(d: Descriptor, index: number, profile: EraProfile, decision: Decision | undefined): string[] {
  const value = (name: FieldName): bigint | undefined => d.fields[name]?.value;
  const shown = (name: FieldName): string => d.fields[name]?.text ?? '?';
  const baseName = d.era === 'classic' ? 'base' : 'pbase';
  const base = value(baseName);
  const len = value('len');
  const type = value('type');
  const flags = value('flags');
  const cells = [
    String(index),
    base === undefined ? shown(baseName) : hex(base),
    base === undefined || len === undefined ? '?' : hex(base + len),
    len === undefined ? shown('len') : sizeText(len),
    d.era === 'classic' ? '' : type === undefined ? shown('type') : typeName(Number(type), profile),
    flags === undefined ? shown('flags') : flagNames(Number(flags), profile).join('|'),
    d.name ?? '',
  ];
  return decision === undefined ? cells : [...cells, decision.kind, decision.reason];
}

/** `3:14: error: overlap: …`, as compilers print. */
export function problemText(problem: Problem): string {
  const place = problem.where === undefined ? '' : `${placeText(problem.where)}: `;
  return `${place}${problem.severity}: ${problem.message} [${problem.code}]`;
}
