// Kconfig values as Unikraft's build writes and takes them: a whole `.config`, a defconfig, or a fragment.
//
//   CONFIG_LIBUKBOOT_INITBBUDDY=y            chosen
//   # CONFIG_LIBUKBOOT_INITREGION is not set  not chosen
//   CONFIG_UK_FULLVERSION="0.17.0"            a string, \" and \\ within
//   CONFIG_LIBUKBOOT_HEAP_BASE=0x400000000    a number

import type { AllocatorId } from '../regions/allocator-id';
import { releaseNamed } from '../regions/code-names';
import type { Hints } from '../regions/descriptor';
import type { Problem, Severity, TextRange } from '../regions/problem';
import { compareReleases, isSet, parseRelease } from '../regions/release';
import type { Architecture, Config, Release } from '../regions/release';
import { inLine, linesOf } from './lines';
import type { Line } from './lines';

export interface KconfigFile {
  /** A symbol that is not set has the value `n`. */
  readonly config: Config;
  /** The line of each symbol. */
  readonly places: ReadonlyMap<string, TextRange>;
  readonly problems: readonly Problem[];
}

const SET = /^\s*(CONFIG_\w+)=(.*)$/;
const NOT_SET = /^\s*#\s*(CONFIG_\w+) is not set\s*$/;
/** Problems reported of one file: a file that is something else altogether has one on every line. */
const MOST_PROBLEMS = 50;

/** Reads a configuration. Never throws; lines that are none are reported and left out. */
export function readKconfig(text: string): KconfigFile {
  const config: Record<string, string> = {};
  const places = new Map<string, TextRange>();
  const problems: Problem[] = [];
  const report = (severity: Severity, code: string, message: string, line: Line): void => {
    if (problems.length < MOST_PROBLEMS) problems.push({ severity, code, message, where: inLine(line) });
  };
  for (const line of linesOf(text.replace(/^\uFEFF/, ''))) {
    const assigned = assignmentIn(line);
    if (assigned === undefined) {
      if (line.text.trim() !== '' && !line.text.trimStart().startsWith('#')) {
        report(
          'error',
          'not-kconfig',
          'This is no line of a configuration: expected CONFIG_NAME=value or “# CONFIG_NAME is not set”.',
          line,
        );
      }
      continue;
    }
    const { symbol, value, problem } = assigned;
    if (problem !== undefined) report('error', 'bad-value', problem, line);
    const before = places.get(symbol);
    if (before !== undefined && config[symbol] !== value) {
      report('warning', 'set-twice', `${symbol} is set to something else in line ${before.line + 1}; this one counts.`, line);
    }
    config[symbol] = value;
    places.set(symbol, inLine(line));
  }
  const chosen = BOOT_ALLOCATORS.filter((a) => isSet(config, a.symbol));
  if (chosen.length > 1) {
    const message = `Only one allocator can be chosen, but these are: ${chosen.map((a) => a.symbol).join(', ')}.`;
    const where = places.get(chosen.at(-1)!.symbol);
    problems.push({ severity: 'warning', code: 'several-allocators', message, ...(where && { where }) });
  }
  return { config, places, problems };
}

interface Assignment {
  readonly symbol: string;
  readonly value: string;
  readonly problem?: string;
}

function assignmentIn(line: Line): Assignment | undefined {
  const notSet = NOT_SET.exec(line.text);
  if (notSet !== null) return { symbol: notSet[1]!, value: 'n' };
  const set = SET.exec(line.text);
  if (set === null) return undefined;
  const [, symbol, raw] = set as unknown as [string, string, string];
  return { symbol, ...unquoted(raw.trimEnd()) };
}

/** A value without its quotes, and what is odd about it. */
export function unquoted(raw: string): { readonly value: string; readonly problem?: string } {
  if (!raw.startsWith('"')) {
    const odd = /^(y|n|m|-?\d+|0[xX][0-9a-fA-F]+|)$/.test(raw)
      ? undefined
      : 'A value is y, n, m, a number, or a string in quotes.';
    return { value: raw, ...(odd !== undefined && { problem: odd }) };
  }
  const whole = /^"((?:[^"\\]|\\.)*)"$/.exec(raw);
  if (whole === null) return { value: raw.slice(1).replace(/"$/, ''), problem: 'This string does not end with a quote.' };
  return { value: whole[1]!.replace(/\\(.)/g, '$1') };
}

/** Members of the choice LIBUKBOOT_INITALLOC, and the first release that has each. */
const BOOT_ALLOCATORS: readonly { readonly symbol: string; readonly allocator: AllocatorId; readonly from: Release }[] = [
  { symbol: 'CONFIG_LIBUKBOOT_INITBBUDDY', allocator: 'bbuddy', from: '0.5.0' },
  { symbol: 'CONFIG_LIBUKBOOT_INITREGION', allocator: 'region', from: '0.5.0' },
  { symbol: 'CONFIG_LIBUKBOOT_INITTLSF', allocator: 'tlsf', from: '0.5.0' },
  { symbol: 'CONFIG_LIBUKBOOT_INITMIMALLOC', allocator: 'mimalloc', from: '0.6.0' },
  { symbol: 'CONFIG_LIBUKBOOT_INITTINYALLOC', allocator: 'tinyalloc', from: '0.6.0' },
];

/** What a configuration says about the kernel that it builds; `config` is the configuration itself. */
export function hintsFromConfig(config: Config): Hints {
  const release = releaseOf(config);
  const arch = architectureOf(config);
  const allocator = allocatorOf(config, release);
  return { ...(release && { release }), ...(arch && { arch }), ...(allocator && { allocator }), config };
}

function releaseOf(config: Config): Release | undefined {
  const version = config['CONFIG_UK_FULLVERSION'];
  return (version === undefined ? undefined : parseRelease(version)) ?? releaseNamed(config['CONFIG_UK_CODENAME'] ?? '');
}

function architectureOf(config: Config): Architecture | undefined {
  if (isSet(config, 'CONFIG_ARCH_X86_64')) return 'x86_64';
  if (isSet(config, 'CONFIG_ARCH_ARM_64')) return 'arm64';
  return ({ x86_64: 'x86_64', arm64: 'arm64' } as const)[config['CONFIG_UK_ARCH'] ?? ''];
}

/** Before 0.5 there is one switch, and bbuddy behind it. */
function allocatorOf(config: Config, release: Release | undefined): AllocatorId | undefined {
  const before = release !== undefined && compareReleases(release, '0.5.0') < 0;
  if (before) return isSet(config, 'CONFIG_LIBUKBOOT_INITALLOC') ? 'bbuddy' : undefined;
  return BOOT_ALLOCATORS.find((a) => isSet(config, a.symbol) && (release === undefined || compareReleases(a.from, release) <= 0))
    ?.allocator;
}
