// The links at the end of a hover on a region: commands with plain values, so that nothing of the text becomes markup.

import type { DecisionKind } from '../../boot/decision';
import type { DescriptorProblem } from '../../regions/checks';
import { fixText } from '../../regions/fixes';
import type { FieldChange } from '../../regions/fixes';
import type { Release } from '../../regions/release';
import { COMMANDS } from '../ids';
import { plain } from './markdown';

/** What a hover's links may run, and nothing else. */
export const LINKED_COMMANDS: readonly string[] = [
  COMMANDS.simulate,
  COMMANDS.explain,
  COMMANDS.fixRegion,
  COMMANDS.showRegion,
  COMMANDS.copyRegion,
  COMMANDS.showRules,
];

export interface LinkedRegion {
  /** Where the descriptor stands, as text. */
  readonly uri: string;
  /** Undefined for a descriptor that is not in the list that is simulated: then there is only that to do. */
  readonly index?: number;
  readonly decision?: DecisionKind;
  readonly fix?: readonly FieldChange[];
  readonly problems: readonly DescriptorProblem[];
  readonly release: Release;
  /** Is it known where the region begins? */
  readonly placed: boolean;
}

/** One line of links. Where something is wrong, what helps with that comes first, and what does not is left out. */
export function actionsLine(region: LinkedRegion): string {
  const { uri, index, decision, fix, problems, release } = region;
  const simulate = link('play', 'Simulate ukboot', COMMANDS.simulate, uri);
  if (index === undefined) return simulate;
  const why = decision === 'failed' ? 'Why?' : 'Explain';
  const explain = decision === undefined ? [] : [link('question', why, COMMANDS.explain, uri, `region:${String(index)}`)];
  const codes = [...new Set(problems.map((p) => p.code))];
  const rules = codes.length === 1 ? 'Show the rule' : 'Show the rules';
  const rule = codes.length === 0 ? [] : [link('law', rules, COMMANDS.showRules, codes, release, index)];
  const fixed = fix === undefined ? [] : [link('lightbulb', fixText(fix), COMMANDS.fixRegion, uri, index)];
  const broken = problems.some((p) => p.severity === 'error');
  const show = region.placed ? [link('layers', showText(`region ${String(index)}`), COMMANDS.showRegion, uri, index)] : [];
  const copy = link('json', 'Copy as JSON', COMMANDS.copyRegion, uri, index);
  const links = broken ? [...fixed, ...rule, ...explain, simulate] : [...fixed, simulate, ...show, ...explain, ...rule, copy];
  return links.join(' · ');
}

/** The one wording of what leads to the panel: hovers of a region and of an address may stand above each other, and lead to different places. */
export function showText(what: string): string {
  return `Show ${what} in heap view`;
}

function link(icon: string, text: string, command: string, ...args: readonly unknown[]): string {
  // A parenthesis in the name of a file would end the link.
  const packed = encodeURIComponent(JSON.stringify(args)).replace(/[()]/g, (c) => (c === '(' ? '%28' : '%29'));
  return `[$(${icon}) ${plain(text)}](command:${command}?${packed})`;
}
