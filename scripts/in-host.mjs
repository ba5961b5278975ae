// Runs the mocha suite inside an extension host: the desktop VS Code where there is one, else the real workbench from npm.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { openBrowser, preparePage, workspaceUrl } from './browser.mjs';
import { FAKE_DEBUGGER, ROOT, startServer } from './code-server.mjs';

/** The desktop release that the suite runs in: the oldest that package.json allows. */
const DESKTOP_VERSION = '1.100.3';

const SUITE = join(ROOT, 'dist-test/host.js');
/** What the suite says first. */
const BEGIN = 'ukboot: the in-host suite begins';

const SECONDS = 600;

/**
 * Runs the suite. UKBOOT_RUNNER picks `desktop` or `code-server`; UKBOOT_VSCODE is the executable of a desktop VS Code to use.
 * Where neither says so, a desktop VS Code is tried when there is a display and its download server answers.
 *
 * @param {string} workspace folder to open
 * @param {string} results file that the suite writes its counts to
 * @param {string} kept folder for logs and pictures when it fails
 */
export async function runInHost(workspace, results, kept) {
  const desktop = await desktopVsCode();
  console.log(desktop ? `In-host suite in desktop VS Code: ${desktop}` : 'In-host suite in the VS Code workbench of code-server');
  await (desktop ? runOnDesktop(desktop, workspace, results) : runOnCodeServer(workspace, results, kept));
}

async function desktopVsCode() {
  if (process.env.UKBOOT_VSCODE) return process.env.UKBOOT_VSCODE;
  const wanted = process.env.UKBOOT_RUNNER;
  if (wanted === 'code-server') return undefined;
  const display = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!display && wanted !== 'desktop') return undefined;
  try {
    await fetch('https://update.code.visualstudio.com/api/releases/stable', { signal: AbortSignal.timeout(5000) });
    const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
    return await withLimit(downloadAndUnzipVSCode({ version: DESKTOP_VERSION, extractSync: true }), 300, 'downloading VS Code');
  } catch (error) {
    if (wanted === 'desktop') throw error;
    return undefined;
  }
}

async function runOnDesktop(vscodeExecutablePath, workspace, results) {
  const { runTests } = await import('@vscode/test-electron');
  const data = await mkdtemp(join(tmpdir(), 'ukboot-desktop-'));
  const root = process.getuid?.() === 0;
  try {
    await withLimit(
      runTests({
        vscodeExecutablePath,
        extensionDevelopmentPath: [ROOT, FAKE_DEBUGGER],
        extensionTestsPath: SUITE,
        extensionTestsEnv: { UKBOOT_RESULTS: results },
        launchArgs: [
          workspace,
          `--user-data-dir=${data}`,
          '--disable-extensions',
          '--disable-workspace-trust',
          ...(root ? ['--no-sandbox'] : []),
        ],
      }),
      SECONDS,
      'the in-host suite',
    );
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

async function runOnCodeServer(workspace, results, kept) {
  const server = await startServer({ env: { UKBOOT_RESULTS: results } });
  const browser = await openBrowser();
  const said = [];
  let begun = false;
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const ended = new Promise((done) => page.exposeFunction('codeAutomationExit', done));
    await page.exposeFunction('codeAutomationLog', (_kind, args) => {
      const line = format(...args);
      said.push(line);
      // Before the suite begins, the host only tells about itself.
      if (begun && !/spdlog|vsda/.test(line)) console.log(line);
      begun ||= line === BEGIN;
    });
    page.on('console', (message) => said.push(message.text()));
    const uri = (path) => ({ scheme: 'vscode-remote', authority: `127.0.0.1:${server.port}`, path });
    await preparePage(page, { extensions: [uri(ROOT), uri(FAKE_DEBUGGER)], extensionTestsPath: uri(SUITE) });
    await page.goto(workspaceUrl(server.origin, workspace));
    const crashed = new Promise((_, fail) => page.once('crash', () => fail(new Error('the page crashed'))));
    try {
      const code = await withLimit(Promise.race([ended, crashed]), SECONDS, 'the in-host suite');
      if (code !== 0) throw new Error(`the in-host suite ended with ${code}`);
    } catch (error) {
      await mkdir(kept, { recursive: true });
      await page.screenshot({ path: join(kept, 'in-host.png') }).catch(() => undefined);
      await writeFile(join(kept, 'in-host.log'), `${said.join('\n')}\n--- server ---\n${server.log()}\n`);
      throw error;
    }
  } finally {
    await browser.close();
    await server.stop();
  }
}

function withLimit(promise, seconds, what) {
  let timer;
  const limit = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what} took longer than ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
