// What a hover on a region descriptor says: at most twelve lines of Markdown, problems first.

import type { Decision, DecisionKind } from '../boot/decision';
import type { DescriptorProblem } from '../regions/checks';
import type { Descriptor, FieldName } from '../regions/descriptor';
import { flagNames, permissionsText, profileOfEra, typeName } from '../regions/eras';
import type { Severity } from '../regions/problem';
import type { Release } from '../regions/release';
import { bytesText, countText, groupedAddress, sizeText } from '../regions/text';
import { code, plain, prose } from './markdown';

/** Lines of a hover. */
export const MOST_LINES = 12;
/** Problems that are spelled out; the rest are counted. */
const MOST_PROBLEMS = 3;

export interface HoverInput {
  readonly descriptor: Descriptor;
  /** Undefined for a descriptor that is not in the list that is simulated. */
  readonly index?: number;
  /** Those of this descriptor. */
  readonly problems: readonly DescriptorProblem[];
  /** What ukboot would do with it; undefined when no boot can be simulated. */
  readonly decision?: Decision;
  /** Release and allocator that decided, as in `0.17.0` and `bbuddy`. */
  readonly release: Release;
  readonly allocator: string;
  /** What was assumed rather than read, in few words each. */
  readonly assumed: readonly string[];
  /** Markdown links to commands, where the place allows them. */
  readonly actions?: string;
}

const ICONS: Readonly<Record<Severity, string>> = { error: '$(error)', warning: '$(warning)', info: '$(info)' };

const OUTCOMES: Readonly<Record<DecisionKind, string>> = {
  init: 'becomes the heap',
  addmem: 'added to the heap',
  skipped: 'left out',
  failed: 'lost',
  unknown: 'not known',
  'not-reached': 'not reached: the boot stops before',
};

/** Lines in the order in which they are shown; each is one line of the hover. */
export function hoverLines(input: HoverInput): string[] {
  const { descriptor, decision } = input;
  const lines = [title(input)];
  const range = rangeLine(descriptor);
  if (range !== undefined) lines.push(range);
  lines.push(...problemLines(input.problems));
  lines.push(
    ...[lengthLine(descriptor), pagesLine(descriptor), typeLine(descriptor, input.release)].filter((l) => l !== undefined),
  );
  const unknown = unknownLine(descriptor);
  if (unknown !== undefined) lines.push(unknown);
  if (decision !== undefined) {
    lines.push(`**${plain(`${input.allocator} ${input.release}`)}: ${OUTCOMES[decision.kind]}.** ${prose(decision.reason)}`);
  }
  if (input.assumed.length > 0) lines.push(`*Assumed: ${plain(input.assumed.join(', '))}.*`);
  if (input.actions !== undefined) lines.push(input.actions);
  return lines.slice(0, MOST_LINES);
}

/** The lines as one Markdown text. */
export function hoverMarkdown(input: HoverInput): string {
  return hoverLines(input).join('  \n');
}

function title({ descriptor, index, release }: HoverInput): string {
  const profile = profileOfEra(descriptor.era, release);
  const { type, flags } = descriptor.fields;
  const words = [index === undefined ? 'Region' : `Region ${index}`];
  if (descriptor.era !== 'classic' && type?.value !== undefined) words.push(typeName(Number(type.value), profile));
  if (flags?.value !== undefined) {
    const value = Number(flags.value);
    words.push(descriptor.era === 'classic' ? flagNames(value, profile).join(' ') || 'no flags' : permissionsText(value));
  }
  const name = descriptor.name === undefined || descriptor.name === '' ? '' : ` ${code(descriptor.name)}`;
  const condition = descriptor.condition === undefined ? '' : ` if ${code(descriptor.condition)}`;
  return `**${plain(words.join(' · '))}**${name}${condition}`;
}

function baseOf(descriptor: Descriptor): bigint | undefined {
  return descriptor.fields[descriptor.era === 'classic' ? 'base' : 'pbase']?.value;
}

function rangeLine(descriptor: Descriptor): string | undefined {
  const base = baseOf(descriptor);
  const len = descriptor.fields.len?.value;
  if (base === undefined) return undefined;
  if (len === undefined) return `${code(groupedAddress(base))} – ?`;
  const offset = descriptor.fields.pg_off?.value ?? 0n;
  const start = base + BigInt.asIntN(64, offset);
  const end = start + len;
  const shown = end > 1n << 64n ? '0x' + end.toString(16) : end === 1n << 64n ? '2^64' : groupedAddress(end);
  return `${code(groupedAddress(start))} – ${code(shown)} (end exclusive)`;
}

function lengthLine(descriptor: Descriptor): string | undefined {
  const len = descriptor.fields.len?.value;
  if (len === undefined) return undefined;
  return `Length ${code('0x' + len.toString(16))} · ${sizeText(len)} · ${bytesText(len)}`;
}

function pagesLine(descriptor: Descriptor): string | undefined {
  const len = descriptor.fields.len?.value;
  const count = descriptor.fields.pg_count?.value;
  if (count === undefined) {
    if (len === undefined) return undefined;
    const rest = len % 4096n;
    return `Pages ${countText(len / 4096n)}${rest === 0n ? '' : ` and ${countText(rest)} bytes`}`;
  }
  const offset = descriptor.fields.pg_off?.value;
  const exact = len !== undefined && count * 4096n === len;
  const against = len === undefined ? '' : exact ? ' = len / 4096 ✓' : ` · len / 4096 is ${pagesOf(len)}`;
  return `Pages ${countText(count)}${against}${offset === undefined ? '' : ` · pg\\_off ${countText(BigInt.asIntN(64, offset))}`}`;
}

function pagesOf(len: bigint): string {
  return len % 4096n === 0n ? countText(len / 4096n) : `${countText(len / 4096n)} and ${countText(len % 4096n)} bytes`;
}

function typeLine(descriptor: Descriptor, release: Release): string | undefined {
  const profile = profileOfEra(descriptor.era, release);
  const { type, flags } = descriptor.fields;
  const parts: string[] = [];
  if (type?.value !== undefined && descriptor.era !== 'classic') {
    const value = Number(type.value);
    parts.push(`Type ${code(profile.types.find((t) => t.bit === value)?.macro ?? typeName(value, profile))} = ${value}`);
  }
  if (flags?.value !== undefined) {
    const value = Number(flags.value);
    parts.push(`Flags ${code(flagNames(value, profile).join(' | ') || 'none')} = ${code('0x' + value.toString(16))}`);
  }
  return parts.length === 0 ? undefined : parts.join(' · ');
}

/** Fields that are expressions: said to be unknown, never guessed. */
function unknownLine(descriptor: Descriptor): string | undefined {
  const unknown = Object.entries(descriptor.fields).filter(([, field]) => field.value === undefined) as [
    FieldName,
    { text: string },
  ][];
  if (unknown.length === 0) return undefined;
  const shown = unknown.slice(0, 4).map(([name, field]) => `${plain(name)} ${code(field.text)}`);
  return `Not known from the source: ${shown.join(', ')}${unknown.length > 4 ? ', …' : ''}`;
}

function problemLines(problems: readonly DescriptorProblem[]): string[] {
  const order: readonly Severity[] = ['error', 'warning', 'info'];
  const sorted = [...problems].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  const shown = sorted.length > MOST_PROBLEMS ? sorted.slice(0, MOST_PROBLEMS - 1) : sorted;
  const lines = shown.map((problem) => `${ICONS[problem.severity]} ${prose(problem.message)}`);
  const rest = sorted.length - shown.length;
  return rest === 0 ? lines : [...lines, `and ${rest} more`];
}
