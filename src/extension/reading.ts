// One input, read by whichever reader knows it. Readers bring parsers with large tables, so each is loaded when it is first needed:
// a window that only has the extension installed pays nothing for them.

import type { RecordedOperation } from '../allocators/ukalloc';
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
  const { detect, readInput: readDetected } = await import('../readers/detect');
  const kind = detect(name, bytes);
  if (kind === undefined) return undefined;
  if (kind === 'c') return { map: await readC(new TextDecoder().decode(bytes), context), workload: [] };
  const reading = readDetected(kind, name, bytes);
  if (kind !== 'gdb') return reading;
  const { gdbDescriptors } = await import('../readers/gdb-text');
  return { ...reading, printedElsewhere: gdbDescriptors(new TextDecoder().decode(bytes)) };
}

async function readC(text: string, context: ReadingContext): Promise<RegionMap> {
  const { readCSource } = await import('../readers/c-source');
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
    async read(text) {
      const { hintsFromConfig, readKconfig } = await import('../readers/kconfig');
      const { config } = readKconfig(text);
      return { ...hintsFromConfig(config), config };
    },
  },
  {
    names: ['Kraftfile', 'kraft.yaml', 'kraft.yml'],
    async read(text) {
      const { readKraftfile } = await import('../readers/kraftfile');
      return readKraftfile(text).hints;
    },
  },
];
