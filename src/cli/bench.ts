// ukboot bench: the workloads that the allocators' specifications define, a line each. Every workload runs in a process of its own:
// code that was compiled for one would be slower, or faster, for the next, and peak memory is a process's.

import { spawnSync } from 'node:child_process';
import v8 from 'node:v8';
import { Exit, parseCommandLine, Unusable, type ExitStatus } from './command-line';
import { workloads } from './bench/all';
import type { Measurement, Workload } from './bench/workload';

/** Marks a run inside the process of its own. */
const ALONE = '--alone';

export async function bench(args: readonly string[]): Promise<ExitStatus> {
  // V8 stops inlining after 920 bytes of bytecode a function, which is less than one allocator call. Must precede compilation.
  if (args.includes(ALONE)) return runAlone(args.filter((a) => a !== ALONE));
  const { positionals } = parseCommandLine(args, []);
  const chosen = positionals.length === 0 ? workloads : positionals.map(byName);
  let status: ExitStatus = Exit.done;
  for (const workload of chosen) {
    const run = spawnSync(process.execPath, [process.argv[1]!, 'bench', ALONE, workload.name], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (run.status !== 0) status = Exit.doesNotHold;
  }
  return status;
}

function byName(name: string): Workload {
  const found = workloads.find((w) => w.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) throw new Unusable(`no benchmark “${name}”; there are ${workloads.map((w) => w.name).join(', ')}`);
  return found;
}

async function runAlone(args: readonly string[]): Promise<ExitStatus> {
  v8.setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
  const workload = byName(args[0] ?? '');
  const measured = await workload.run();
  console.log(lineOf(workload, measured));
  const wrong = measured.checks.filter((c) => c.got !== c.expected);
  for (const { name, got, expected } of wrong) console.error(`${workload.name}: ${name} is ${got}, expected ${expected}`);
  return wrong.length === 0 ? Exit.done : Exit.doesNotHold;
}

function lineOf(workload: Workload, { operations, seconds, checks, says }: Measurement): string {
  const rate = operations / seconds;
  const peak = process.resourceUsage().maxRSS / 1024;
  const proof = checks.map((c) => `${c.name} ${c.got}${c.got === c.expected ? ' ✓' : ' ✗'}`).join(', ');
  const speed = operations === 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${(rate / 1e6).toFixed(2)} M/s`;
  const cells = [
    workload.name.padEnd(4),
    `${String(operations)} operations`.padStart(19),
    `${seconds.toFixed(4)} s`.padStart(10),
    speed.padStart(10),
  ];
  return `${cells.join('  ')}  peak ${peak.toFixed(0)} MiB  ${workload.what}${says === undefined ? '' : `: ${says}`}${proof === '' ? '' : ` (${proof})`}`;
}
