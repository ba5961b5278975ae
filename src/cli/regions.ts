// ukboot regions: the descriptors of an input, and what is wrong with each.

import { resolveMap } from '../firmware/resolve';
import type { ListRun } from '../firmware/types';
import { madeJson, madeText } from './list-text';
import { PROTOCOL_TITLES } from '../regions/firmware-map';
import { checkDescriptors } from '../regions/checks';
import { choiceOption, Exit, onlyInput, parseCommandLine, type ExitStatus } from './command-line';
import { readInputFile } from './input';
import { printJson } from './json';
import { problemText, regionsText } from './regions-text';
import { SETTING_OPTIONS, settingsFor } from './settings';
import { descriptorJson } from './simulate';

export function regions(args: readonly string[]): ExitStatus {
  const line = parseCommandLine(args, [...SETTING_OPTIONS, 'format'], [], ['set']);
  const format = choiceOption(line, 'format', ['text', 'json']) ?? 'text';
  const read = readInputFile(onlyInput(line, 'regions')).map;
  const { choices, assumed } = settingsFor(line, read);
  const { map, run } = resolveMap(read, choices);
  const problems = checkDescriptors(map, choices.release, choices.arch, choices.config);
  if (format === 'json') {
    const list = map.descriptors.map((d, i) => ({
      ...descriptorJson(d),
      era: d.era,
      problems: problems.filter((p) => p.descriptor === i),
    }));
    const made = run && { made: madeJson(run) };
    console.log(printJson({ kind: map.kind, release: choices.release, assumed, regions: list, problems: map.problems, ...made }));
  } else {
    const text = [
      `${String(map.descriptors.length)} descriptors (${run === undefined ? `read as ${map.kind}` : madeFrom(run)}), judged by Unikraft ${choices.release}`,
      ...assumed.filter((a) => a.startsWith('release')).map((a) => `  assumed: ${a} (the input does not say)`),
      ...regionsText(map.descriptors, choices.release, problems, undefined),
      ...map.problems.map((p) => `  ${problemText(p)}`),
      ...(run === undefined ? [] : madeText(run)),
    ];
    console.log(text.join('\n'));
  }
  return Exit.done;
}

/** `made from 7 entries of the multiboot memory map` */
function madeFrom(run: ListRun): string {
  const stopped = run.stop === undefined ? '' : `; the boot stops: ${run.stop.message}`;
  return `made from ${String(run.firmware.entries.length)} entries of the ${PROTOCOL_TITLES[run.firmware.protocol]}${stopped}`;
}
