// GDB text: a pasted or logged debugging session, searched for region descriptors.
//
// screen.ts cleans the text, value.ts parses what `print` wrote, session.ts pairs commands with their values, memory-rows.ts and
// printf-rows.ts read what `x` and `printf` showed, listings.ts finds the descriptors in all of it, and choice.ts takes the
// printing that counts.

import type { Descriptor, Hints, RegionMap } from '../../regions/descriptor';
import type { Problem } from '../../regions/problem';
import { chooseListing } from './choice';
import { hintsFrom } from './hints';
import { listingsOf, type ListOptions } from './listings';
import { parseGdbSession } from './session';

export { parseGdbSession, type GdbCommand, type GdbSession, type PrintedValue } from './session';
export { parseGdbValue, textOfString, type GdbValue, type ListValue, type NumberValue, type StringValue } from './value';
export { memoryRowsIn, type MemoryRows } from './memory-rows';

/**
 * Reads the region descriptors of a session. Never throws.
 *
 * Where the list is printed several times, the last complete printing counts; what it leaves out is taken from printings that
 * agree with it.
 *
 * @param options what is known already: it decides how memory dumps are read, and what the text itself says yields to it
 */
export function readGdbText(text: string, options: ListOptions = {}): RegionMap {
  const said = hintsFrom(text);
  const release = options.release ?? said.release;
  const facts = listingsOf(parseGdbSession(text), { ...options, ...(release && { release }) });
  const { descriptors, problems } = chooseListing(facts);
  const none: Problem[] = descriptors.length > 0 || problems.length > 0 ? [] : [NOTHING];
  return { kind: 'gdb', descriptors, hints: { ...said, ...facts.hints } satisfies Hints, problems: [...problems, ...none] };
}

const NOTHING: Problem = {
  severity: 'error',
  code: 'no-descriptors',
  message:
    'no region descriptors in this GDB text: expected values such as {pbase = 0x1000, …}, a dump of the array, or printf rows; ' +
    'print them with "print/x bi_bootinfo->mrds.mrds[0]@bi_bootinfo->mrds.count"',
  where: { line: 0, column: 0, endLine: 0, endColumn: 0 },
};

/** Every descriptor of a session at every place where it is printed, in the order of the text: what a hover looks at. */
export function gdbDescriptors(text: string, options: ListOptions = {}): Descriptor[] {
  const release = options.release ?? hintsFrom(text).release;
  const { listings } = listingsOf(parseGdbSession(text), { ...options, ...(release && { release }) });
  return listings.flatMap((listing) => listing.items.map((item) => item.descriptor));
}

/** How much a text looks like GDB's: 0 not at all … 1 certainly. */
export function looksLikeGdb(text: string): number {
  const head = text.slice(0, 200_000);
  const signs = [/^\s*(?:\x1b\[[0-9;?]*[a-zA-Z])*\(gdb\)/m, /^\$\d+ = /m, /^\d*\^(?:done|running|error)\b|^~"/m];
  if (signs.some((sign) => sign.test(head))) return 1;
  if (/\{\s*p?base = (?:0x[0-9a-f]+|\d+),\s/.test(head)) return 0.9;
  if (/^0x[0-9a-f]+(?: <[^>]*>)?:\t0x/m.test(head)) return 0.6;
  return 0;
}
