// ukboot replay: golden traces against this program, a line per trace.

import { Exit, parseCommandLine, Unusable, type ExitStatus } from './command-line';
import { readText } from './files';
import { replayTrace } from './replay/trace';

export function replay(args: readonly string[]): ExitStatus {
  const { positionals } = parseCommandLine(args, []);
  if (positionals.length === 0) throw new Unusable('ukboot replay needs at least one trace; see ukboot --help');
  let status: ExitStatus = Exit.done;
  for (const path of positionals) {
    const verdict = replayTrace(readText(path));
    if (verdict.kind === 'ok') console.log(`ok ${path}: ${String(verdict.lines)} lines`);
    else if (verdict.kind === 'mismatch') {
      console.log(`MISMATCH ${path}: line ${String(verdict.line)} (operation ${String(verdict.operation)}): ${verdict.text}`);
      if (status === Exit.done) status = Exit.doesNotHold;
    } else {
      console.error(`${path}: ${verdict.text}`);
      status = Exit.unusable;
    }
  }
  return status;
}
