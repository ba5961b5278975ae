// ukboot diff: two states side by side, what changed, a line each; or a dump against the simulation of its boot. Exit 1 when something
// differs.

import { holding, simulationBeside, type Held } from '../dumps/hold';
import { detect } from '../readers/detect';
import { readBytes } from '../memory/stored-bytes';
import { isUkbootDump } from '../readers/ukboot-dump';
import { diffStates, type Change } from '../snapshot/diff';
import { diffStructs } from '../snapshot/diff-structs';
import { choiceOption, Exit, parseCommandLine, textOption, Unusable, type CommandLine, type ExitStatus } from './command-line';
import { decodedOf, type DecodedDump } from './decode';
import { DUMP_OPTIONS, openFiles, readPart } from './dump-parts';
import { readText, textOf } from './files';
import { heldText } from './held-text';
import { readInputFile } from './input';
import { printJson } from './json';
import { Progress } from './progress';
import { SETTING_OPTIONS } from './settings';
import { blocksJson } from './simulate';

export async function diff(args: readonly string[]): Promise<ExitStatus> {
  const line = parseCommandLine(args, [...SETTING_OPTIONS, ...DUMP_OPTIONS, 'workload', 'format'], [], ['set']);
  const [a, b, ...rest] = line.positionals;
  if (a === undefined || rest.length > 0)
    throw new Unusable('ukboot diff takes two states, or a dump and the boot to hold it against');
  const kinds = [await kindOf(a), b === undefined ? 'boot' : await kindOf(b)] as const;
  if (kinds[0] === 'boot' && kinds[1] === 'boot')
    throw new Unusable(`${a}: neither a state nor a dump; write a state with simulate or decode and --format json`);
  if (kinds.includes('boot') && kinds.includes('dump')) {
    const [dump, boot] = kinds[0] === 'dump' ? [a, b] : [b!, a];
    return hold(dump, boot, line);
  }
  const [before, after] = [await sideOf(a, kinds[0], line), await sideOf(b!, kinds[1], line)];
  const changes: Change[] = diffStates(before.state, after.state);
  if (before.dump && after.dump) changes.push(...diffStructs(before.dump.snapshot.structs, after.dump.snapshot.structs));
  return report(changes, line);
}

function report(changes: readonly Change[], line: CommandLine): ExitStatus {
  if (choiceOption(line, 'format', ['text', 'json']) === 'json') console.log(printJson({ changes }));
  else {
    for (const { where, before, after } of changes) console.log(`${where}: ${before} → ${after}`);
    if (changes.length === 0) console.log('no difference');
  }
  return changes.length === 0 ? Exit.done : Exit.doesNotHold;
}

type Kind = 'state' | 'dump' | 'boot';

const MEMORY = ['elf', 'intel-hex', 's-record', 'verilog-hex', 'raw'];

async function kindOf(path: string): Promise<Kind> {
  const { name, bytes } = await readPart(path, new Progress());
  const head = readBytes(bytes, 0, 2 ** 20);
  const kind = detect(name, head);
  if (MEMORY.includes(kind) || isUkbootDump(textOf(path, head.subarray(0, 200)))) return 'dump';
  return kind === 'state' || kind === 'text' || kind === 'empty' ? 'state' : 'boot';
}

interface Side {
  readonly state: Readonly<Record<string, unknown>>;
  readonly dump?: DecodedDump;
}

async function sideOf(path: string, kind: Kind, line: CommandLine): Promise<Side> {
  if (kind !== 'dump') return { state: stateIn(path) };
  const dump = decodedOf(await openFiles([path], line));
  const { allocator, release, state, metrics, findings, blocks } = dump.snapshot;
  const facts: unknown = JSON.parse(printJson({ allocator, release, state, metrics, findings, blocks: blocksJson(blocks) }));
  return { state: facts as Side['state'], dump };
}

function stateIn(path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (problem) {
    if (problem instanceof Unusable) throw problem;
    throw new Unusable(`${path}: not a state; write one with simulate or decode and --format json`);
  }
  if (typeof value !== 'object' || value === null || !('state' in value)) {
    throw new Unusable(`${path}: no "state" in it; write one with simulate or decode and --format json`);
  }
  return value;
}

/** @param boot file with the descriptors to simulate; without it those in the dump are taken */
async function hold(dumpPath: string, boot: string | undefined, line: CommandLine): Promise<ExitStatus> {
  const workload = textOption(line, 'workload');
  const beside = [boot, workload].filter((path) => path !== undefined);
  const dump = decodedOf(await openFiles([dumpPath, ...beside], line));
  const map = boot === undefined ? dump.map : readInputFile(boot).map;
  const simulation = simulationBeside({ ...dump, map });
  if (typeof simulation === 'string') throw new Unusable(`${dumpPath}: ${simulation}`);
  const progress = new Progress();
  const run = holding(dump, simulation);
  for (;;) {
    const next = run.next();
    if (next.done !== true) {
      progress.report('Holding against the simulation: operation', next.value);
      continue;
    }
    progress.end();
    if (typeof next.value === 'string') throw new Unusable(`${dumpPath}: ${next.value}`);
    return reportHeld(next.value, simulation.operationCount, line);
  }
}

function reportHeld(held: Held, operations: number, line: CommandLine): ExitStatus {
  if (choiceOption(line, 'format', ['text', 'json']) === 'json') console.log(printJson(heldJson(held)));
  else console.log(heldText(held, operations).join('\n'));
  const same = held.exact && held.first === undefined && held.calls.length === 0;
  return same ? Exit.done : Exit.doesNotHold;
}

function heldJson({ bytes, first, ...held }: Held): unknown {
  const plain = (b: Held['bytes'][number]): unknown => ({
    ...b,
    dump: Buffer.from(b.dump).toString('hex'),
    simulated: Buffer.from(b.simulated).toString('hex'),
  });
  return { ...held, bytes: bytes.map(plain), ...(first && { first: plain(first) }) };
}
