// What a hover on a region descriptor says: at most twelve lines of Markdown in sections, problems first.

import type { Decision, DecisionKind } from '../../boot/decision';
import type { DescriptorProblem } from '../../regions/checks';
import type { Descriptor, FieldName } from '../../regions/descriptor';
import { flagNames, permissionsText, profileOfEra, typeName } from '../../regions/eras';
import type { Severity } from '../../regions/problem';
import type { Release } from '../../regions/release';
import { bytesText, countText, groupedAddress, sizeText } from '../../regions/text';
import { code, plain, prose } from './markdown';

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
  /** Which region of the heap it is: 1 became the heap, the others were added. */
  readonly order?: number;
  /** Free blocks that the boot leaves in it, and what lies next to it: a row each of the table. */
  readonly inside?: { readonly blocks: string; readonly largest: string };
  readonly neighbours?: string;
  /** Allocators that would leave it unused. */
  readonly unusedBy?: readonly string[];
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

/** A row of the table: what, its value, and what that is. */
type Row = readonly [what: string, value: string, more: string];

/** Lines by section, in the order in which they are shown, rows before lines; a row of the table is one line. */
export function hoverSections(input: HoverInput): { readonly lines: readonly string[]; readonly rows: readonly Row[] }[] {
  const { descriptor, decision } = input;
  const range = rangeLine(descriptor);
  const problems = problemLines(input.problems);
  const rows = [lengthRow(descriptor), pagesRow(descriptor), typeRow(descriptor, input.release)];
  // With problems, what is wrong is what matters.
  if (problems.length === 0) {
    const { inside, neighbours } = input;
    rows.push(inside && ['Inside', code(inside.blocks), prose(inside.largest)]);
    rows.push(neighbours === undefined ? undefined : ['Neighbours', '', plain(neighbours)]);
  }
  const unknown = unknownLine(descriptor);
  const says = unknown === undefined ? [] : [unknown];
  if (decision !== undefined) says.push(decisionLine(input, decision));
  if (input.assumed.length > 0) says.push(`*Assumed: ${plain(input.assumed.join(', '))}.*`);
  const sections = [
    { lines: range === undefined ? [title(input)] : [title(input), range], rows: [] },
    { lines: problems, rows: [] },
    // Without a rule between them: VS Code cuts a hover at 250 pixels, and the links at its end have to be seen.
    { lines: says, rows: rows.filter((r) => r !== undefined) },
    { lines: input.actions === undefined ? [] : [input.actions], rows: [] },
  ];
  return sections.filter(({ lines, rows: table }) => lines.length + table.length > 0);
}

/** The sections as one Markdown text, with a rule between them. */
export function hoverMarkdown(input: HoverInput): string {
  return hoverSections(input)
    .map(({ lines, rows }) => [...(rows.length > 0 ? [tableOf(rows)] : []), lines.join('  \n')].join('\n\n').trimEnd())
    .join('\n\n---\n\n');
}

function tableOf(rows: readonly Row[]): string {
  // A bar would end its cell, in code as well.
  const cells = rows.map((row) => `|${row.map((text) => text.replace(/\\?\|/g, '\\|')).join('|')}|`);
  return ['||||', '|:--|:--|:--|', ...cells].join('\n');
}

function decisionLine({ allocator, release, unusedBy = [] }: HoverInput, { kind, reason }: Decision): string {
  const unused = unusedBy.length === 0 ? '' : ` With ${inWords(unusedBy)} it stays unused: they cannot add memory.`;
  // The title has said the outcome; a reason that begins with it says where.
  const said = kind === 'addmem' && reason.startsWith('Added to the heap') ? '' : ` ${OUTCOMES[kind]}.`;
  return `**${plain(`${allocator} ${release}`)}:${said}** ${prose(reason)}${unused}`;
}

/** `**tlsf**, **tinyalloc** or **region**` */
function inWords(names: readonly string[]): string {
  const bold = names.map((name) => `**${plain(name)}**`);
  return bold.length === 1 ? bold[0]! : `${bold.slice(0, -1).join(', ')} or ${bold.at(-1)!}`;
}

function title({ descriptor, index, release, decision, order }: HoverInput): string {
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
  const sign = order === undefined || order > 20 ? '' : ` ${String.fromCodePoint(0x245f + order)}`;
  const outcome = decision === undefined ? '' : ` ${OUTCOMES[decision.kind].split(':')[0]!}${sign}`;
  return `**${plain(words.join(' · '))}**${name}${condition}${outcome}`;
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

function lengthRow(descriptor: Descriptor): Row | undefined {
  const len = descriptor.fields.len?.value;
  if (len === undefined) return undefined;
  return ['Length', code('0x' + len.toString(16)), `${sizeText(len)} · ${bytesText(len)}`];
}

function pagesRow(descriptor: Descriptor): Row | undefined {
  const len = descriptor.fields.len?.value;
  const count = descriptor.fields.pg_count?.value;
  if (count === undefined) {
    if (len === undefined) return undefined;
    const rest = len % 4096n;
    return ['Pages', countText(len / 4096n), rest === 0n ? '' : `and ${countText(rest)} bytes`];
  }
  const offset = descriptor.fields.pg_off?.value;
  const exact = len !== undefined && count * 4096n === len;
  const against = len === undefined ? [] : [exact ? '= len / 4096 ✓' : `len / 4096 is ${pagesOf(len)}`];
  if (offset !== undefined) against.push(`pg\\_off ${countText(BigInt.asIntN(64, offset))}`);
  return ['Pages', countText(count), against.join(' · ')];
}

function pagesOf(len: bigint): string {
  return len % 4096n === 0n ? countText(len / 4096n) : `${countText(len / 4096n)} and ${countText(len % 4096n)} bytes`;
}

function typeRow(descriptor: Descriptor, release: Release): Row | undefined {
  const profile = profileOfEra(descriptor.era, release);
  const { type, flags } = descriptor.fields;
  const bits = flags?.value === undefined ? undefined : Number(flags.value);
  const names = bits === undefined ? '' : code(flagNames(bits, profile).join(' | ') || 'none');
  const equals = bits === undefined ? '' : `= ${code('0x' + bits.toString(16))}`;
  if (type?.value === undefined || descriptor.era === 'classic') return bits === undefined ? undefined : ['Flags', names, equals];
  const value = Number(type.value);
  const macro = code(profile.types.find((t) => t.bit === value)?.macro ?? typeName(value, profile));
  return ['Type', macro, `= ${value}${bits === undefined ? '' : ` · Flags ${names} ${equals}`}`];
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
