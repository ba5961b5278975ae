// Release, architecture, allocator and options of a run: what the command line says, then the build configuration, then the input.

import { allocatorFor } from '../allocators/registry';
import { ALLOCATOR_IDS, isAllocatorId } from '../regions/allocator-id';
import { ARCHITECTURES, parseRelease, type Config } from '../regions/release';
import type { Hints, RegionMap } from '../regions/descriptor';
import { hintsFromConfig, readKconfig } from '../readers/kconfig';
import { readKraftfile } from '../readers/kraftfile';
import { assume, known, type Choices, type NamedHints } from '../timeline/choices';
import { choiceOption, textOption, Unusable, type CommandLine } from './command-line';
import { nameOf, readText } from './files';

export const SETTING_OPTIONS = ['allocator', 'release', 'arch', 'config'] as const;

/** What was chosen, and what had to be assumed for it. */
export interface Settings {
  readonly choices: Choices;
  readonly assumed: readonly string[];
}

export function settingsFor(line: CommandLine, map: Pick<RegionMap, 'descriptors' | 'hints'>): Settings {
  const sources: NamedHints[] = [{ from: 'the command line', hints: said(line) }];
  const path = textOption(line, 'config');
  if (path !== undefined) sources.push({ from: nameOf(path), hints: configurationHints(path) });
  sources.push({ from: 'the input', hints: map.hints });
  const { choices, assumed } = assume(known(sources), map);
  const allocator = allocatorFor(choices.allocator);
  if (allocator === undefined) throw new Unusable(`the allocator ${choices.allocator} is not built into this version`);
  if (allocator.profile(choices.release) === undefined) {
    throw new Unusable(`Unikraft ${choices.release} has no ${allocator.title} allocator that can be simulated`);
  }
  return { choices, assumed };
}

/** What the command line says by its options and the configuration that it names: more than any other file. */
export function saidHints(line: CommandLine): Hints {
  const path = textOption(line, 'config');
  const options = said(line);
  const file = path === undefined ? {} : configurationHints(path);
  return { ...file, ...options, config: { ...file.config, ...options.config } };
}

/** What the options say by themselves. */
function said(line: CommandLine): Hints {
  const allocator = choiceOption(line, 'allocator', ALLOCATOR_IDS);
  const arch = choiceOption(line, 'arch', ARCHITECTURES);
  const text = textOption(line, 'release');
  const release = text === undefined ? undefined : parseRelease(text);
  if (text !== undefined && release === undefined) throw new Unusable(`--release: “${text}” is no release from 0.2 to 0.21`);
  return {
    config: setOptions(line),
    ...(allocator !== undefined && isAllocatorId(allocator) && { allocator }),
    ...(arch !== undefined && { arch }),
    ...(release !== undefined && { release }),
  };
}

function setOptions(line: CommandLine): Config {
  const config: Record<string, string> = {};
  for (const setting of (line.options.set as readonly string[] | undefined) ?? []) {
    const at = setting.indexOf('=');
    if (at <= 0 || !/^CONFIG_\w+$/.test(setting.slice(0, at)))
      throw new Unusable(`--set wants CONFIG_NAME=VALUE, not “${setting}”`);
    config[setting.slice(0, at)] = setting.slice(at + 1);
  }
  return config;
}

/** A Kconfig `.config` or fragment, or a Kraftfile. */
function configurationHints(path: string): Hints {
  const text = readText(path);
  if (/(^|\/)(Kraftfile|kraft\.ya?ml)$/i.test(path)) return readKraftfile(text).hints;
  const { config, problems } = readKconfig(text);
  const wrong = problems.find((p) => p.severity === 'error');
  if (wrong !== undefined && Object.keys(config).length === 0) throw new Unusable(`${path}: ${wrong.message}`);
  return { ...hintsFromConfig(config), config };
}
