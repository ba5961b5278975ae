// Runs the suites that need a browser or a real VS Code: `node scripts/workbench.mjs [panel] [host] [ui] [vsix] [--no-build] [--grep TEXT]`.
//
//   panel the heap view alone in a browser: every theme and width, drawing, accessibility
//   host  mocha inside the extension host: activation, commands, hovers, diagnostics, settings
//   ui    the window from outside, through a browser: palette, panel, stepping, reload, themes, accessibility
//   vsix  the main scenario of `ui` again, against the packaged and installed extension
//
// A file with a failure is run once more, alone: what fails twice has failed, what passed only then is named (a window of VS Code now and
// then loses a key or the focus by itself). Ends with one line `N passed, N failed`. What a failure leaves behind is in test-results/.
import { build } from 'esbuild';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { getChromium } from './chromium.mjs';
import { FAKE_DEBUGGER, getCodeServer, ROOT, startServer } from './code-server.mjs';
import { runInHost } from './in-host.mjs';
import { run } from './processes.mjs';

const SUITES = ['panel', 'host', 'ui', 'vsix'];
const KEPT = join(ROOT, 'test-results');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-build': { type: 'boolean' }, grep: { type: 'string' } },
});
const chosen = positionals.length > 0 ? positionals : SUITES;
const unknown = chosen.find((name) => !SUITES.includes(name));
if (unknown) stop(`unknown suite ${unknown}; there are ${SUITES.join(', ')}`);

process.chdir(ROOT);
const scratch = await mkdtemp(join(tmpdir(), 'ukboot-suites-'));
await rm(KEPT, { recursive: true, force: true });
await Promise.all([getChromium(), getCodeServer()]).catch((error) => stop(error.message));
if (!options['no-build']) await run('npm', ['run', '--silent', 'build'], { seconds: 300 });

const total = { passed: 0, failed: 0 };
const second = [];
for (const name of chosen) {
  console.log(`\n== ${name} ==`);
  const results = join(scratch, `${name}.json`);
  const workspace = await freshWorkspace(name);
  let error;
  try {
    await { panel: runPanel, host: runHost, ui: runUi, vsix: runVsix }[name](workspace, results);
  } catch (reason) {
    error = reason;
  }
  const counts = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : { passed: 0, failed: 0 };
  if (counts.passed + counts.failed === 0) error ??= new Error('the suite counted no test');
  // A suite that ended badly without a failed test (a crash, a time limit) is itself a failure.
  if (error && counts.failed === 0) counts.failed = 1;
  if (error) console.error(`${name}: ${error.message}`);
  total.passed += counts.passed;
  total.failed += counts.failed;
}
await rm(scratch, { recursive: true, force: true });
if (second.length > 0) console.log(`\nPassed only when run again:\n${second.map((title) => `  ${title}`).join('\n')}`);
if (total.failed + second.length > 0) console.log('\nPictures and logs of the failures: test-results/');
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

async function runHost(workspace, results) {
  await build({
    entryPoints: ['test/workbench/host/index.ts'],
    outfile: 'dist-test/host.js',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  await runInHost(workspace, results, KEPT);
}

async function runUi(workspace, results) {
  await drive({ install: 'seed', alongside: FAKE_DEBUGGER }, workspace, results, ['test/workbench/ui/**/*.test.ts']);
}

async function runVsix(workspace, results) {
  const vsix = join(scratch, 'ukboot.vsix');
  await run('npm', ['run', '--silent', 'package', '--', '--out', vsix], { quiet: true, seconds: 300 });
  await drive({ install: vsix }, workspace, results, ['test/workbench/ui/scenario.test.ts']);
}

async function runPanel(workspace, results) {
  const code = await runMocha(['--parallel', '--jobs', '2', 'test/media/**/*.test.ts'], results);
  if (code !== 0) throw new Error(`mocha ended with ${code}`);
}

/** Starts a server with the extension and lets mocha drive a window on it. */
async function drive(extension, workspace, results, specs) {
  const server = await startServer(extension);
  try {
    const env = { UKBOOT_ORIGIN: server.origin, UKBOOT_WORKSPACE: workspace, UKBOOT_KEPT: KEPT };
    const code = await runMocha(specs, results, env);
    if (code !== 0) {
      await mkdir(KEPT, { recursive: true });
      await writeFile(join(KEPT, 'server.log'), server.log());
      throw new Error(`mocha ended with ${code}`);
    }
  } finally {
    await server.stop();
  }
}

/** Runs test files, those with a failure twice, and writes the counts of the last run of each file. Returns mocha's last exit code. */
async function runMocha(args, results, env = {}) {
  const first = await mochaOnce(args, results, env);
  const again = Object.keys(first.files).filter((file) => first.files[file].failed.length > 0);
  if (again.length === 0) return first.code;
  console.log(`\n-- again: ${again.map((file) => basename(file)).join(', ')}\n`);
  if (env.UKBOOT_WORKSPACE) await freshWorkspace(basename(env.UKBOOT_WORKSPACE));
  const last = await mochaOnce(again, results, env);
  for (const file of again) {
    const failed = last.files[file]?.failed ?? first.files[file].failed;
    second.push(...first.files[file].failed.filter((title) => !failed.includes(title)));
  }
  const counts = { passed: 0, failed: 0 };
  for (const { passed, failed } of Object.values({ ...first.files, ...last.files })) {
    counts.passed += passed;
    counts.failed += failed.length;
  }
  await writeFile(results, JSON.stringify(counts));
  return last.code;
}

async function mochaOnce(args, results, env) {
  const mocha = ['node_modules/mocha/bin/mocha.js', '--no-config', '--require', 'tsx/cjs', '--timeout', '300000', '--exit'];
  const reporter = ['--reporter', './test/workbench/support/reporter.mjs', ...(options.grep ? ['--grep', options.grep] : [])];
  await rm(results, { force: true });
  const { code } = await run(process.execPath, [...mocha, ...reporter, ...args], {
    env: { ...process.env, ...env, UKBOOT_RESULTS: results },
    seconds: 3600,
    mayFail: true,
  });
  const { files } = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : { files: {} };
  return { code, files };
}

/** A copy of the examples with the files that only tests need, so that a suite may write into its workspace. */
async function freshWorkspace(name) {
  const folder = join(scratch, name);
  await rm(folder, { recursive: true, force: true });
  await cp(join(ROOT, 'examples'), folder, { recursive: true });
  await cp(join(ROOT, 'test/workbench/workspace'), folder, { recursive: true });
  // A dump of a real kernel with what was in hand beside it.
  const capture = join(ROOT, 'test/captures/data/0.17.0-x86_64-bbuddy-64M');
  const dump = join(folder, 'dump');
  await mkdir(dump);
  for (const file of ['mem/ram-main-3.bin.gz', 'mem/index.json', 'elf/nm-memory-symbols.txt.gz', 'kconfig-full.txt'])
    await cp(join(capture, file), join(dump, basename(file)));
  await mkdir(join(folder, '.vscode'));
  await writeFile(
    join(folder, '.vscode/launch.json'),
    JSON.stringify({ version: '0.2.0', configurations: [fakeSession(dump)] }, null, 2),
  );
  // The same kernel at two stages, each alone.
  await mkdir(join(folder, 'stages'));
  for (const file of ['ram-post-heap.bin.gz', 'ram-main-3.bin.gz'])
    await cp(join(capture, 'mem', file), join(folder, 'stages', file));
  await mkdir(join(folder, 'descriptors'));
  await cp(join(capture, 'mem/mrds-pre-heap.ihex'), join(folder, 'descriptors/mrds-pre-heap.ihex'));
  return folder;
}

/** A session of the fake debugger that stands at the capture's third stage. */
function fakeSession(dump) {
  return {
    name: 'unikernel',
    type: 'fake',
    request: 'attach',
    image: join(dump, 'ram-main-3.bin.gz'),
    symbols: {
      _uk_alloc_head: '(struct uk_alloc *) 0x12000',
      bi_bootinfo: '(struct ukplat_bootinfo *) 0x142240 <bi_bootinfo_sec>',
    },
    // Long enough for a slow machine to draw it running.
    pause: 4000,
    // The first word that the caller of memalign(8192, 100) was given, so that a step of the program is seen.
    writes: { at: '0x18e000', value: '0x1122334455667788' },
  };
}

function stop(message) {
  console.error(message);
  process.exit(2);
}
