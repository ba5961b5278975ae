// GDB text: a pasted or logged debugging session, searched for region descriptors.
//
// screen.ts cleans the text, value.ts parses what `print` wrote, session.ts pairs commands with their values, memory-rows.ts and
// printf-rows.ts read what `x` and `printf` showed, listings.ts finds the descriptors in all of it, and choice.ts takes the
// printing that counts.

import { MemoryImage, type Piece } from '../../memory/image';
import type { Descriptor, Hints, RegionMap } from '../../regions/descriptor';
import type { Problem } from '../../regions/problem';
import { TOP, problem, type Dump } from '../dump';
import { disjointSegments } from '../overlay';
import { chooseListing } from './choice';
import { hintsFrom } from './hints';
import { listingsOf, type ListOptions } from './listings';
import { memoryRowsIn } from './memory-rows';
import { parseGdbSession } from './session';

export { parseGdbSession, type GdbCommand, type GdbSession, type PrintedValue } from './session';
export { textOfString, type GdbValue, type ListValue, type NumberValue, type StringValue } from './value';
export { parseGdbValue } from './value-parser';
export { memoryRowsIn, type MemoryRows } from './memory-rows';
export { sessionFacts, type SessionFacts } from './symbols';

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

/**
 * All memory that a session shows: rows of `x` and `xp`, MI's memory replies. Where two show the same bytes the later one counts.
 * Words that GDB printed as decimal numbers are exact too; strings and instructions are passed over.
 */
export function readGdbMemory(text: string): Dump {
  const { screen, commands } = parseGdbSession(text);
  const rows = commands.flatMap((c) => memoryRowsIn(screen.text, c.output.start, c.output.end, c.text));
  const segments = rows
    .map((r): Piece => ({ base: r.base, bytes: r.bytes }))
    .filter((s) => s.base + BigInt(s.bytes.length) <= TOP);
  const none =
    segments.length > 0 ? [] : [problem('error', 'no-memory', 'no memory in this GDB text: expected rows of "x/64gx ADDRESS"')];
  return { image: MemoryImage.of(disjointSegments(merged(segments))), problems: none };
}

/** Stretches that follow each other become one, so that many small printings do not cost more than one large one. */
function merged(segments: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  let run: Piece[] = [];
  const flush = (): void => {
    if (run.length === 0) return;
    const bytes = new Uint8Array(run.reduce((sum, s) => sum + s.bytes.length, 0));
    let at = 0;
    for (const s of run) {
      bytes.set(s.bytes, at);
      at += s.bytes.length;
    }
    joined.push({ base: run[0]!.base, bytes });
    run = [];
  };
  for (const segment of segments) {
    const last = run.at(-1);
    if (last !== undefined && last.base + BigInt(last.bytes.length) !== segment.base) flush();
    run.push(segment);
  }
  flush();
  return joined;
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
