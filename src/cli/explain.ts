// ukboot explain: what became of each region and why, where every byte went, and why requests failed.

import type { Card, CardId } from '../explain/card';
import { cardOf, cardTitles } from '../explain';
import { ledgerOf } from '../explain/ledger';
import { ledgerLines, ledgerMarkdown } from '../explain/ledger-text';
import { cardMarkdown, summaryMarkdown } from '../explain/markdown';
import { regionSentences } from '../explain/regions';
import { cardLines } from '../explain/text';
import { parseInteger } from '../regions/text';
import { Simulation } from '../timeline/simulation';
import {
  choiceOption,
  Exit,
  onlyInput,
  parseCommandLine,
  textOption,
  Unusable,
  type CommandLine,
  type ExitStatus,
} from './command-line';
import { readInputFile } from './input';
import { printJson } from './json';
import { SETTING_OPTIONS, settingsFor } from './settings';
import { workloadOf } from './simulate';

/** Cards that are printed without being asked for by number. */
const MOST_CARDS = 8;
/** An id that no workload uses. */
const ASKED_ID = 1_000_000_007;

export function explain(args: readonly string[]): ExitStatus {
  const line = parseCommandLine(
    args,
    [...SETTING_OPTIONS, 'workload', 'region', 'request', 'malloc', 'format'],
    ['json', 'markdown'],
    ['set'],
  );
  const format = formatOf(line);
  const path = onlyInput(line, 'explain');
  const input = readInputFile(path);
  const { choices, assumed } = settingsFor(line, input.map);
  const size = numberOption(line, 'malloc');
  const { input: run } = workloadOf(input, textOption(line, 'workload'));
  const asked = size === undefined ? [] : [{ operation: { op: 'malloc', id: ASKED_ID, size } as const }];
  const simulation = Simulation.create({ map: input.map, ...choices, ...run, workload: [...run.workload, ...asked] });
  const ids = idsOf(line, simulation, size !== undefined);
  const cards = ids.map((id) => cardFor(simulation, id));
  const whole = textOption(line, 'region') === undefined && textOption(line, 'request') === undefined && size === undefined;

  if (format === 'json') console.log(printJson(jsonOf(simulation, cards, whole)));
  else if (format === 'markdown') console.log(markdownOf(simulation, cards, whole));
  else console.log(textOf(simulation, cards, whole, assumed).join('\n'));
  if (simulation.outcome.kind === 'heap') return Exit.done;
  console.error(`ukboot: ${simulation.outcome.message}`);
  return Exit.doesNotHold;
}

function formatOf(line: CommandLine): 'text' | 'json' | 'markdown' {
  if (line.options.json === true) return 'json';
  if (line.options.markdown === true) return 'markdown';
  return choiceOption(line, 'format', ['text', 'json', 'markdown']) ?? 'text';
}

function numberOption(line: CommandLine, name: string): bigint | undefined {
  const text = textOption(line, name);
  const value = text === undefined ? undefined : parseInteger(text);
  if (text !== undefined && (value === undefined || value < 0n || value >= 1n << 64n))
    throw new Unusable(`--${name} wants a number, not “${text}”`);
  return value;
}

function idsOf(line: CommandLine, simulation: Simulation, malloc: boolean): CardId[] {
  const region = numberOption(line, 'region');
  const request = numberOption(line, 'request');
  const count = simulation.input.map.descriptors.length;
  if (region !== undefined && region >= BigInt(count))
    throw new Unusable(`--region: the list has regions 0 to ${String(count - 1)}, not ${String(region)}`);
  if (request !== undefined && (request < 1n || request > BigInt(simulation.operationCount)))
    throw new Unusable(`--request: there are steps 1 to ${String(simulation.operationCount)}, not ${String(request)}`);
  const ids: CardId[] = [];
  if (region !== undefined) ids.push(`region:${Number(region)}`);
  if (request !== undefined) ids.push(stepId(simulation, Number(request) - 1));
  if (malloc) {
    if (simulation.outcome.kind === 'heap') ids.push(`operation:${simulation.operationCount - 1}`);
    else ids.push('boot');
  }
  if (ids.length > 0) return ids;
  return cardTitles(simulation)
    .filter((t) => t.refused)
    .map((t) => t.id);
}

/** A step of the boot is about a region. */
function stepId(simulation: Simulation, operation: number): CardId {
  if (simulation.recorded(operation) !== undefined) return `operation:${operation}`;
  const region = simulation.input.map.descriptors.findIndex((_, i) => simulation.decidingOperation(i) === operation);
  if (region < 0)
    throw new Unusable(`--request: step ${String(operation + 1)}, ${simulation.info(operation).title}, asks for no memory`);
  return `region:${region}`;
}

function cardFor(simulation: Simulation, id: CardId): Card {
  const card = cardOf(simulation, id);
  if (card === undefined) throw new Unusable(`there is nothing to explain about ${id.replace(':', ' ')}`);
  return card;
}

function textOf(simulation: Simulation, cards: readonly Card[], whole: boolean, assumed: readonly string[]): string[] {
  const { input } = simulation;
  const head = [
    `ukboot on Unikraft ${input.release}, ${input.arch}, ${input.allocator}`,
    ...assumed.map((a) => `  assumed: ${a} (the input does not say)`),
  ];
  const shown = cards.slice(0, MOST_CARDS).flatMap((c) => ['', ...cardLines(c)]);
  if (!whole) return [...head, ...shown];
  const rest = cards.length - MOST_CARDS;
  return [
    ...head,
    '',
    'What became of each region',
    ...regionSentences(simulation).map((s) => `  ${String(s.region).padStart(3)}  ${s.kind.padEnd(11)}  ${s.text}`),
    '',
    'Where every byte went',
    ...ledgerLines(ledgerOf(simulation)),
    ...shown,
    ...(rest > 0 ? ['', `… and ${String(rest)} more; --region N or --request STEP explains one`] : []),
  ];
}

function markdownOf(simulation: Simulation, cards: readonly Card[], whole: boolean): string {
  const text = cards.slice(0, MOST_CARDS).map((c) => cardMarkdown(c));
  if (!whole) return text.join('\n');
  const { input } = simulation;
  const heading = `ukboot on Unikraft ${input.release}, ${input.arch}, ${input.allocator}`;
  return [summaryMarkdown(heading, regionSentences(simulation), ledgerMarkdown(ledgerOf(simulation))), ...text].join('\n');
}

function jsonOf(simulation: Simulation, cards: readonly Card[], whole: boolean): Record<string, unknown> {
  const { input } = simulation;
  return {
    kind: 'explanation',
    allocator: input.allocator,
    release: input.release,
    arch: input.arch,
    outcome: simulation.outcome,
    ...(whole && { regions: regionSentences(simulation), ledger: ledgerJson(simulation) }),
    cards,
  };
}

/** Byte counts as decimal numbers where they are exact, as strings beyond 2^53. */
function ledgerJson(simulation: Simulation): Record<string, unknown> {
  const { total, entries } = ledgerOf(simulation);
  const number = (bytes: bigint): number | string => (bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : String(bytes));
  return { total: number(total), entries: entries.map((e) => ({ kind: e.kind, bytes: number(e.bytes) })) };
}
