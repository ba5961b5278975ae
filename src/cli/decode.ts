// ukboot decode: a heap out of a memory dump, and what was kept beside it.

import { hex } from '../memory/address';
import type { OpenedDump } from '../dumps/open';
import { releasesText } from '../dumps/evidence';
import type { HeapSnapshot } from '../snapshot/snapshot';
import { placeOf, type Place } from '../view/search/place';
import { Exit, parseCommandLine, Unusable, type ExitStatus } from './command-line';
import { addressOption, DUMP_OPTIONS, openFiles } from './dump-parts';
import { drawn, DRAWING_OPTIONS, dumpSubject, formatOf } from './drawing';
import { heapText } from './heap-text';
import { printJson } from './json';
import { problemText } from './regions-text';
import { SETTING_OPTIONS } from './settings';
import { blocksJson, descriptorJson } from './simulate';

export async function decode(args: readonly string[]): Promise<ExitStatus> {
  const line = parseCommandLine(args, [...SETTING_OPTIONS, ...DUMP_OPTIONS, ...DRAWING_OPTIONS, 'address'], [], ['set']);
  const format = formatOf(line);
  const address = addressOption(line, 'address');
  if (line.positionals.length === 0) throw new Unusable('ukboot decode needs a dump; see ukboot --help');
  const dump = decodedOf(await openFiles(line.positionals, line));
  const { snapshot } = dump;
  const place = address === undefined ? undefined : placeOf(snapshot, address);
  if (drawn(line, dumpSubject(dump, line.positionals[0]!))) return exitOf(snapshot);
  if (format === 'json') console.log(printJson(decodedJson(dump, place)));
  else console.log(decodedText(dump, place).join('\n'));
  return exitOf(snapshot);
}

function exitOf({ findings }: HeapSnapshot): ExitStatus {
  return findings.some((f) => f.severity === 'error') ? Exit.doesNotHold : Exit.done;
}

/** A dump in which there is a heap. */
export type DecodedDump = OpenedDump & { readonly snapshot: HeapSnapshot };

/** @throws Unusable, with the reason, when none was */
export function decodedOf(dump: OpenedDump): DecodedDump {
  const { snapshot } = dump;
  if (snapshot === undefined) {
    const why = ['no-base', 'no-memory', 'no-heap'].map((code) => dump.problems.find((p) => p.code === code)).find(Boolean);
    const hint = why?.code === 'no-base' ? ' (--at or --index)' : why?.code === 'no-heap' ? ' (--heap, --symbols)' : '';
    const first = dump.problems.find((p) => p.severity === 'error' && p !== why);
    const because = first === undefined || why?.code === 'no-base' ? '' : `; ${first.message}`;
    throw new Unusable(`${why?.message ?? 'no heap was found'}${hint}${because}`);
  }
  return { ...dump, snapshot };
}

/** What `--format json` prints; `diff` reads it again. */
function decodedJson(dump: DecodedDump, place: Place | undefined): unknown {
  const { allocator, release, profile, areas, state, metrics, findings, absent, heap, blocks } = dump.snapshot;
  return {
    kind: 'decoded',
    allocator,
    release,
    profile,
    heap: hex(heap),
    areas,
    state,
    metrics,
    findings,
    absent,
    ...(place !== undefined && { place }),
    found: dump.heap === undefined ? null : { by: dump.heap.by, says: dump.heap.says, guess: dump.heap.guess },
    recognised: {
      arch: dump.choices.arch,
      releases: dump.releases,
      assumed: dump.assumed,
      checks: dump.checks,
      space: dump.space,
    },
    ...(dump.part && { part: dump.part }),
    regions: dump.map.descriptors.map(descriptorJson),
    notes: dump.notes,
    problems: dump.problems,
    blocks: blocksJson(blocks),
  };
}

function decodedText(dump: DecodedDump, place: Place | undefined): string[] {
  const { assumed, problems, notes, checks, releases, heap, snapshot, map } = dump;
  return [
    ...notes.map((n) => n),
    ...(heap?.guess === true ? ['this is a guess: say where the heap is, or give symbols, to be sure'] : []),
    ...assumed.map((a) => `assumed: ${a} (not said)`),
    ...problems.map((p) => problemText(p)),
    '',
    'How this is known',
    ...checks.map((c) => `  ${c.holds ? '✓' : '✗'} ${c.about}, by ${c.by}: ${c.says}`),
    ...(releases.length > 0 ? [`  releases that look like this: ${releasesText(releases)}`] : []),
    ...(map.descriptors.length > 0 ? [`  ${map.descriptors.length} region descriptors; list them with ukboot regions`] : []),
    '',
    ...heapText(snapshot),
    ...(place === undefined ? [] : ['', ...placeText(place)]),
  ];
}

function placeText({ text, before, after }: Place): string[] {
  return [text, `  before: ${before ?? 'nothing'}`, `  after:  ${after ?? 'nothing'}`];
}
