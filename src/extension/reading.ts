// One input, read by whichever reader knows it.

import type { RecordedOperation } from '../allocators/ukalloc';
import { readCSource } from '../readers/c-source';
import { gdbDescriptors } from '../readers/gdb-text';
import { detect, readInput as readDetected } from '../readers/detect';
import { hintsFromConfig, readKconfig } from '../readers/kconfig';
import { readKraftfile } from '../readers/kraftfile';
import type { Descriptor, RegionMap } from '../regions/descriptor';
import { known } from '../timeline/choices';
import type { NamedHints } from '../timeline/choices';
import { headersDefining, namesMissing } from './headers';
import type { Header } from './headers';
import type { ConfigurationReader } from './surroundings';

export interface Reading {
  readonly map: RegionMap;
  /** Operations after the boot that the input itself holds. */
  readonly workload: readonly RecordedOperation[];
  /** Where the input shows its regions again: a debugger's transcript prints them many times. */
  readonly printedElsewhere?: readonly Descriptor[];
}

/** What a reader may ask for besides the input. */
export interface ReadingContext {
  /** What the project around the input says; the C reader takes the numbers of macros and the arms of `#if` from it. */
  readonly around: readonly NamedHints[];
  /** The headers of the project. Asked for only when something is missing in a C source. */
  headers(): Promise<readonly Header[]>;
}

/** Undefined when no reader knows the input. Never throws on what stands in it. */
export async function readInput(name: string, bytes: Uint8Array, context: ReadingContext): Promise<Reading | undefined> {
  const kind = detect(name, bytes);
  if (kind === undefined) return undefined;
  if (kind === 'c') return { map: await readC(new TextDecoder().decode(bytes), context), workload: [] };
  const reading = readDetected(kind, name, bytes);
  return kind === 'gdb' ? { ...reading, printedElsewhere: gdbDescriptors(new TextDecoder().decode(bytes)) } : reading;
}

async function readC(text: string, context: ReadingContext): Promise<RegionMap> {
  const { release, config } = known(context.around);
  const given = { ...(release && { release }), ...(Object.keys(config).length > 0 && { config }) };
  const map = readCSource(text, given);
  const missing = namesMissing(map);
  if (missing.size === 0) return map;
  const headers = headersDefining(missing, await context.headers());
  return headers.length === 0 ? map : readCSource(text, { ...given, headers });
}

/** Build configurations that are looked for around an input. */
export const CONFIGURATION_READERS: readonly ConfigurationReader[] = [
  {
    names: ['.config'],
    read(text) {
      const { config } = readKconfig(text);
      return { ...hintsFromConfig(config), config };
    },
  },
  { names: ['Kraftfile', 'kraft.yaml', 'kraft.yml'], read: (text) => readKraftfile(text).hints },
];
