// `npm start`: builds, shows the simulation of the bundled real boot in the terminal, then opens the examples in VS Code with the
// extension loaded. `npm start -- --terminal` ends after the terminal part; `--port N` chooses the port of the browser's VS Code.
import { spawn } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { onPath } from './chromium.mjs';
import { ROOT, startServer } from './code-server.mjs';
import { run } from './processes.mjs';

/** A transcript of GDB attached to a real kernel, stopped before it set up its heap. */
const REAL_BOOT = 'examples/gdb-0.17.0-x86_64-bbuddy.txt';

const { values: options } = parseArgs({ options: { terminal: { type: 'boolean' }, port: { type: 'string', default: '0' } } });
process.chdir(ROOT);

await run('npm', ['run', '--silent', 'build'], { seconds: 300 });
console.log(`$ ukboot simulate ${REAL_BOOT}\n`);
const { code } = await run(process.execPath, ['dist/cli.js', 'simulate', REAL_BOOT], { seconds: 120, mayFail: true });
if (code !== 0) process.exit(code);
if (options.terminal) process.exit(0);

const workspace = join(ROOT, '.vscode-test', 'examples');
await mkdir(workspace, { recursive: true });
// A copy, so that trying things leaves the clone as it is. What was changed there before stays.
await cp(join(ROOT, 'examples'), workspace, { recursive: true, force: false });

const desktop = process.env.UKBOOT_BROWSER ? undefined : onPath('code');
if (desktop) {
  spawn(desktop, [`--extensionDevelopmentPath=${ROOT}`, workspace], { stdio: 'inherit', detached: true }).unref();
  console.log('\nVS Code opens with the examples. Open one, then run "Simulate ukboot" from the command palette.');
} else {
  const keep = join(ROOT, '.vscode-test', 'start');
  const server = await startServer({ install: 'seed', port: Number(options.port), keep });
  console.log(
    `\nVS Code in the browser, with the extension and the examples:\n\n  ${server.origin}/?folder=${encodeURIComponent(workspace)}\n`,
  );
  console.log('Open an example, then run "Simulate ukboot" from the command palette (F1). Ctrl+C ends the server.');
}
