// The browser that shows the workbench: the Chromium of the system, installed on a Debian where that is allowed.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './processes.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const MAC = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Path of a browser: CHROMIUM when it is set, else the first that the system has.
 * Throws with the one line to install it where it cannot be installed from here.
 */
export async function getChromium() {
  const found = findChromium();
  if (found) return found;
  const debian = existsSync('/etc/debian_version');
  if (!debian || process.getuid?.() !== 0) {
    throw new Error(
      `No Chromium found. Install it: ${debian ? 'sudo apt-get install -y chromium fonts-dejavu-core' : 'see https://www.chromium.org/getting-involved/download-chromium/'}, or set CHROMIUM to its path.`,
    );
  }
  console.log('Installing Chromium (apt-get install chromium) …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], {
      env,
      quiet: true,
      seconds: 900,
    });
  await run('apt-get', ['update'], { env, quiet: true, seconds: 300, mayFail: true });
  await install();
  const installed = findChromium();
  if (!installed) throw new Error('apt-get installed chromium, yet no chromium is on the PATH.');
  return installed;
}

/** The command `name` on the PATH, or undefined. */
export function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((dir) => join(dir, name))
    .find(existsSync);
}

function findChromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  return NAMES.map(onPath).find(Boolean) ?? MAC.find(existsSync);
}

/** Launch options for Playwright. Chromium has no sandbox for root. */
export async function launchOptions() {
  const executablePath = await getChromium();
  const root = process.getuid?.() === 0;
  return {
    executablePath,
    headless: true,
    args: [...(root ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--force-color-profile=srgb'],
  };
}
