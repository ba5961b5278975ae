// One input, read by whichever reader knows it. Readers bring parsers with large tables, so each is loaded when it is first needed:
// a window that only has the extension installed pays nothing for them.

import type { RecordedOperation } from '../../allocators/ukalloc';
import type { Descriptor, RegionMap } from '../../regions/descriptor';
import { known } from '../../timeline/choices';
import type { NamedHints } from '../../timeline/choices';
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

/** Texts that are read while they are edited, for hovers and checks. */
const EDITED: readonly string[] = ['memory-map', 'c', 'gdb', 'serial-log'];

/** Reads an input of any kind. Never throws on what stands in it; one that no reader knows has a problem that says so. */
export async function readInput(name: string, bytes: Uint8Array, context: ReadingContext): Promise<Reading> {
  const { readInput: read } = await import('../../readers/input');
  const { release, config } = known(context.around);
  const given = { ...(release && { release }), ...(Object.keys(config).length > 0 && { config }) };
  const reading = read(name, bytes, given);
  if (reading.kind === 'gdb') {
    const { gdbDescriptors } = await import('../../readers/gdb-text');
    return { ...reading, printedElsewhere: gdbDescriptors(new TextDecoder().decode(bytes), given) };
  }
  if (reading.kind !== 'c') return reading;
  const missing = namesMissing(reading.map);
  const headers = missing.size === 0 ? [] : headersDefining(missing, await context.headers());
  return headers.length === 0 ? reading : read(name, bytes, { ...given, headers });
}

/** The same for a text in an editor; undefined for one that is of no kind in which somebody looks for regions. */
export async function readText(name: string, text: string, context: ReadingContext): Promise<Reading | undefined> {
  const { detectText } = await import('../../readers/detect');
  if (!EDITED.includes(detectText(name, text))) return undefined;
  return await readInput(name, new TextEncoder().encode(text), context);
}

/** Build configurations that are looked for around an input. */
export const CONFIGURATION_READERS: readonly ConfigurationReader[] = [
  {
    names: ['.config'],
    async read(text) {
      const { hintsFromConfig, readKconfig } = await import('../../readers/kconfig');
      const { config } = readKconfig(text);
      return { ...hintsFromConfig(config), config };
    },
  },
  {
    names: ['Kraftfile', 'kraft.yaml', 'kraft.yml'],
    async read(text) {
      const { readKraftfile } = await import('../../readers/kraftfile');
      return readKraftfile(text).hints;
    },
  },
];
