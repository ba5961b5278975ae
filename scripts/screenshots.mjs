// `npm run screenshots`: pictures of the real heap view in a real VS Code, from the bundled real boot, into docs/images/; and of the panel alone.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBrowser, preparePage, runCommand, workspaceUrl } from './browser.mjs';
import { ROOT, startServer } from './code-server.mjs';
import { run } from './processes.mjs';

const INPUT = 'paged-0.17.ukboot.json';
const THEMES = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
};

process.chdir(ROOT);
await run('npm', ['run', '--silent', 'build', '--', '--production'], { seconds: 300 });
const images = join(ROOT, 'docs/images');
await mkdir(images, { recursive: true });
const scratch = await mkdtemp(join(tmpdir(), 'ukboot-pictures-'));
const workspace = join(scratch, 'examples');
await cp(join(ROOT, 'examples'), workspace, { recursive: true });
const browser = await openBrowser();
try {
  for (const [name, theme] of Object.entries(THEMES)) await picture(name, theme);
} finally {
  await browser.close();
  await rm(scratch, { recursive: true, force: true });
}
await run('npx', ['tsx', 'test/media/pictures.ts'], { seconds: 600 });

/** One theme: a window of its own, the input simulated, the heap view alone in it. */
async function picture(name, theme) {
  const server = await startServer({
    install: 'seed',
    settings: { 'workbench.colorTheme': theme, 'workbench.activityBar.location': 'hidden' },
  });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(30_000);
  try {
    await preparePage(page);
    await page.goto(workspaceUrl(server.origin, workspace));
    const file = page.locator('.explorer-folders-view .monaco-list-row', { hasText: INPUT });
    await file.dblclick();
    await page.locator('.view-lines .view-line').first().waitFor();
    await runCommand(page, 'Simulate ukboot');
    const panel = page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
    await panel.getByRole('heading', { level: 1 }).waitFor();
    if (name === 'dark') await hoverPicture(page);
    await runCommand(page, 'View: Close Editors in Other Groups').catch(() => undefined);
    await runCommand(page, 'View: Close Primary Side Bar');
    await panel
      .getByRole('tree', { name: /^Free lists/ })
      .getByRole('treeitem')
      .first()
      .waitFor();
    await panel.locator('body').press('Shift+,');
    const block = panel.getByRole('treeitem', { name: /^1 of|, next / }).first();
    if (await block.count()) await block.click();
    await page.mouse.move(700, 895);
    await page.waitForTimeout(500); // the last frame's paint; a picture proves nothing
    await page.screenshot({ path: join(images, `heap-view-${name}.png`) });
    console.log(`docs/images/heap-view-${name}.png`);
  } finally {
    await page.close();
    await server.stop();
  }
}

/** The hover on a region, as the editor draws it. */
async function hoverPicture(page) {
  const line = page.locator('.view-lines .view-line', { hasText: '"0x180000"' }).first();
  const hover = page.locator('.monaco-hover:visible', { hasText: 'Region' }).first();
  for (let n = 0; n < 8 && !(await hover.isVisible()); n++) {
    await page.mouse.move(5, 5);
    const box = await line.boundingBox();
    await page.mouse.move(box.x + 120, box.y + box.height / 2);
    await hover.waitFor({ timeout: 2500 }).catch(() => undefined);
  }
  const box = await hover.boundingBox();
  const left = Math.max(0, box.x - 60);
  const clip = {
    x: left,
    y: Math.max(0, box.y - 60),
    width: Math.min(760, 1400 - left),
    height: Math.min(360, box.height + 120),
  };
  await page.screenshot({ path: join(images, 'hover.png'), clip });
  console.log('docs/images/hover.png');
}
