// A real VS Code workbench with its Node extension host, from npm: code-server, fetched on demand into .vscode-test/.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endGroup, endWithUs, run } from './processes.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** An extension that only tests have: a debugger whose program is a memory image. */
export const FAKE_DEBUGGER = join(ROOT, 'test/workbench/fake-debugger');

/** code-server 4.139.1 carries VS Code 1.139.1 and runs on Node 24 only. */
const VERSION = '4.139.1';
const NODE_MAJOR = '24';

/**
 * Installs code-server once.
 *
 * Its install scripts are skipped: they build native parts that nothing here needs and insist on a compiler. Its own dependencies
 * are then what is left to install. The versions of all are fixed by the shrinkwrap files inside the package.
 *
 * @returns {Promise<{ node: string, entry: string }>} the Node that runs it, and its entry script
 */
export async function getCodeServer() {
  const home = join(ROOT, '.vscode-test', `code-server-${VERSION}`);
  const ownNode = process.versions.node.startsWith(`${NODE_MAJOR}.`);
  const place = (dir) => ({
    node: ownNode ? process.execPath : join(dir, 'node/node_modules/node/bin/node'),
    entry: join(dir, 'cs/node_modules/code-server/out/node/entry.js'),
  });
  if (existsSync(join(home, ownNode ? 'ok' : 'ok-node'))) return place(home);
  console.log(`Fetching VS Code for the browser (code-server ${VERSION}) into .vscode-test/ …`);
  const part = `${home}.part`;
  await rm(part, { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
  if (!ownNode) await npmInstall(join(part, 'node'), `node@${NODE_MAJOR}`);
  await npmInstall(join(part, 'cs'), `code-server@${VERSION}`, '--ignore-scripts');
  const vscode = join(part, 'cs/node_modules/code-server/lib/vscode');
  await npmInstall(vscode, '--omit=dev', '--ignore-scripts');
  await npmInstall(join(vscode, 'extensions'), '--omit=dev', '--ignore-scripts');
  await writeFile(join(part, 'ok'), '');
  if (!ownNode) await writeFile(join(part, 'ok-node'), '');
  await rename(part, home);
  return place(home);
}

async function npmInstall(folder, ...args) {
  await mkdir(folder, { recursive: true });
  // Without a package.json of its own, npm would climb to this project.
  if (!existsSync(join(folder, 'package.json'))) await writeFile(join(folder, 'package.json'), '{"private":true}');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--no-update-notifier'];
  await run('npm', ['install', ...quiet, ...args], { cwd: folder, quiet: true, seconds: 900 });
}

/** Settings of a window that shows nothing but the workspace, asks nothing and calls nobody. */
const QUIET_SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'chat.disableAIFeatures': true,
  'workbench.enableExperiments': false,
  'editor.hover.delay': 100,
  'workbench.reduceMotion': 'on',
  'files.hotExit': 'off',
  'remote.autoForwardPorts': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'window.restoreWindows': 'none',
};

/**
 * One server in a folder of its own.
 *
 * @param {{ install?: 'seed' | string, alongside?: string, env?: Record<string, string>, settings?: object, port?: number, keep?: string }} options
 *   `install`: 'seed' puts the built extension into the extensions folder, a path is a .vsix to install; `alongside`: a folder with
 *   an extension to seed beside it; `keep`: a folder for
 *   the server's data that outlives it
 * @returns {Promise<{ port: number, origin: string, log: () => string, stop: () => Promise<void> }>}
 */
export async function startServer({ install, alongside, env = {}, settings = {}, port = 0, keep } = {}) {
  const { node, entry } = await getCodeServer();
  const home = keep ?? (await mkdtemp(join(tmpdir(), 'ukboot-workbench-')));
  const data = join(home, 'data');
  const extensions = join(home, 'extensions');
  await mkdir(join(data, 'User'), { recursive: true });
  await mkdir(extensions, { recursive: true });
  await writeFile(join(home, 'config.yaml'), '{}\n');
  // In a home that is kept, the settings belong to whoever works in it.
  const settingsFile = join(data, 'User/settings.json');
  if (!existsSync(settingsFile)) await writeFile(settingsFile, JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
  const places = ['--config', join(home, 'config.yaml'), '--user-data-dir', data, '--extensions-dir', extensions];
  const environment = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', VSCODE_IPC_HOOK_CLI: '', ...env };
  if (alongside) await cp(alongside, join(extensions, basename(alongside)), { recursive: true });
  if (install === 'seed') await seedExtension(extensions);
  else if (install)
    await run(node, [entry, ...places, '--install-extension', install, '--force'], {
      env: environment,
      quiet: true,
      seconds: 120,
    });

  const child = spawn(node, [entry, '--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', ...places, ...SERVER_OPTIONS], {
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const forget = endWithUs(child);
  let log = '';
  const listening = new Promise((done, fail) => {
    const limit = setTimeout(() => fail(new Error(`the server did not listen within 60 s\n${log}`)), 60_000);
    const take = (chunk) => {
      log += chunk;
      const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log);
      if (found) done(Number(found[1]));
      if (found) clearTimeout(limit);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}\n${log}`)));
  });
  const stop = async () => {
    await endGroup(child);
    forget();
    if (!keep) await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const chosen = await listening;
    return { port: chosen, origin: `http://127.0.0.1:${chosen}`, log: () => withoutNoise(log), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const SERVER_OPTIONS = [
  '--disable-telemetry',
  '--disable-update-check',
  '--disable-workspace-trust',
  '--disable-getting-started-override',
  '--disable-proxy',
];

/** Puts the built extension where the server looks on its first start. */
async function seedExtension(extensions) {
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const folder = join(extensions, `${manifest.publisher}.${manifest.name}-${manifest.version}`);
  await mkdir(folder, { recursive: true });
  for (const part of ['package.json', 'dist', 'media', 'README.md', 'LICENSE']) {
    if (existsSync(join(ROOT, part))) await cp(join(ROOT, part), join(folder, part), { recursive: true });
  }
}

/** Drops what every code-server without native parts says. */
export function withoutNoise(log) {
  return log
    .split('\n')
    .filter(
      (line) =>
        !/spdlog|bindings file|native-watchdog|vsda|kerberos|→ .*(?:build|node_modules)|ExperimentalWarning|DEP0/.test(line),
    )
    .join('\n');
}
