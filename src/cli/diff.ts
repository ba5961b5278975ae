// ukboot diff: two states side by side; what changed, a line each. Exit 1 when something did.

import { diffStates } from '../snapshot/diff';
import { Exit, parseCommandLine, Unusable, type ExitStatus } from './command-line';
import { readText } from './files';

export function diff(args: readonly string[]): ExitStatus {
  const { positionals } = parseCommandLine(args, []);
  const [a, b, ...rest] = positionals;
  if (a === undefined || b === undefined || rest.length > 0) throw new Unusable('ukboot diff takes two states');
  const changes = diffStates(stateIn(a), stateIn(b));
  for (const { where, before, after } of changes) console.log(`${where}: ${before} → ${after}`);
  if (changes.length === 0) console.log('no difference');
  return changes.length === 0 ? Exit.done : Exit.doesNotHold;
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
