// Options of the commands, and the one way in which a command ends early.

import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Exit statuses of the contract. */
export const Exit = { done: 0, doesNotHold: 1, unusable: 2 } as const;
export type ExitStatus = (typeof Exit)[keyof typeof Exit];

/** Unusable input or usage: one clear line on stderr, exit 2. */
export class Unusable extends Error {}

export type Options = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

export interface CommandLine {
  readonly positionals: readonly string[];
  readonly options: Options;
}

/** @param flags options that take no value; @param lists options that may be given several times */
export function parseCommandLine(
  args: readonly string[],
  values: readonly string[],
  flags: readonly string[] = [],
  lists: readonly string[] = [],
): CommandLine {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const name of values) options[name] = { type: 'string' };
  for (const name of lists) options[name] = { type: 'string', multiple: true };
  for (const name of flags) options[name] = { type: 'boolean' };
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true });
    return { positionals: parsed.positionals, options: parsed.values as Options };
  } catch (problem) {
    throw new Unusable(problem instanceof Error ? problem.message : String(problem));
  }
}

export function textOption(line: CommandLine, name: string): string | undefined {
  const value = line.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** One of a fixed set of words, or a clear refusal. */
export function choiceOption<T extends string>(line: CommandLine, name: string, words: readonly T[]): T | undefined {
  const value = textOption(line, name);
  if (value === undefined) return undefined;
  const found = words.find((w) => w === value);
  if (found === undefined) throw new Unusable(`--${name} must be one of ${words.join(', ')}, not “${value}”`);
  return found;
}

/** Exactly one input, as most commands take. */
export function onlyInput(line: CommandLine, command: string): string {
  const [input, ...rest] = line.positionals;
  if (input === undefined) throw new Unusable(`ukboot ${command} needs an input; see ukboot --help`);
  if (rest.length > 0) throw new Unusable(`ukboot ${command} takes one input, found ${String(line.positionals.length)}`);
  return input;
}
