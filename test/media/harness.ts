// Opens the panel in a headless browser, without VS Code: the bundles of client and host in one page, with a theme's variables and
// the same content security policy as the webview has.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../scripts/browser.mjs';
import { bundlePanel } from './bundle';
import type { AnyScenario } from './harness-page';
import { BODY_CLASS, themeVariables } from './themes';
import type { Theme } from './themes';

export class Harness {
  private readonly browser: Browser;
  private readonly folder: string;

  private constructor(browser: Browser, folder: string) {
    this.browser = browser;
    this.folder = folder;
  }

  static async start(): Promise<Harness> {
    const folder = mkdtempSync(join(tmpdir(), 'ukboot-harness-'));
    await bundlePanel(folder, { host: join(__dirname, 'harness-page.ts') }, false);
    return new Harness(await openBrowser(), folder);
  }

  /** A page with a scenario; resolves when the first frame is painted. Errors of the page fail the caller by `errorsOf`. */
  async open(scenario: AnyScenario, theme: Theme, width: number, height: number): Promise<Page> {
    const page = await this.browser.newPage({ viewport: { width, height } });
    page.setDefaultTimeout(20_000);
    // The page makes its heap before it has loaded; a large one takes a while on a busy machine.
    page.setDefaultNavigationTimeout(180_000);
    const errors: string[] = [];
    pageErrors.set(page, errors);
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    const file = join(this.folder, `page-${String(Date.now())}-${theme}-${String(width)}.html`);
    writeFileSync(file, pageText(scenario, theme));
    await page.goto(pathToFileURL(file).href);
    await page
      .locator('.strip')
      .waitFor()
      .catch((problem: unknown) => {
        throw new Error(errors.join('\n') || String(problem));
      });
    await settled(page);
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

const pageErrors = new WeakMap<Page, string[]>();

/** What the page complained about: exceptions, refused scripts and styles. */
export function errorsOf(page: Page): readonly string[] {
  return pageErrors.get(page) ?? [];
}

/**
 * Places of the heap, as large as there is room for: each can be reached through the map, the keyboard and the search as well, which
 * is what WCAG 2.2 (2.5.8, equivalent) asks of a target below 24 pixels.
 */
const PLACES = '.lists [role=treeitem], .bump-part, .mi-block, .page, .member';

/** What axe finds against a page's accessibility, with its rule on the size of targets. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (places) => {
    const { axe: runner } = window as unknown as { axe: typeof axe };
    const rules = { 'target-size': { enabled: true } };
    const { violations: all } = await runner.run(document, { resultTypes: ['violations'], preload: false, rules });
    return all.map(({ id, help, nodes }) => ({
      what: `${id}: ${help}`,
      where: nodes.flatMap(({ target }) => {
        const at = target.join(' ');
        return id === 'target-size' && document.querySelector(at)?.matches(places) === true ? [] : [at];
      }),
    }));
  }, PLACES);
  return found.filter((v) => v.where.length > 0).map((v) => `${v.what}: ${v.where.join(', ')}`);
}

/** What axe finds against the colours alone: what a theme changes. */
export async function faintColours(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe: runner } = window as unknown as { axe: typeof axe };
    const runOnly = { type: 'rule' as const, values: ['color-contrast'] };
    return (await runner.run(document, { runOnly, resultTypes: ['violations'], preload: false })).violations;
  });
  return found.flatMap((v) => v.nodes.map((n) => `${n.target.join(' ')}: ${n.any[0]?.message ?? ''}`));
}

/** The page in another theme, as VS Code changes it under an open panel. */
export async function dress(page: Page, theme: Theme): Promise<void> {
  await page.evaluate(
    ([kind, variables]) => {
      for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
      document.body.className = kind;
    },
    [BODY_CLASS[theme], themeVariables(theme)] as const,
  );
  await settled(page);
}

/** Waits until host and client have nothing more to say to each other, for three frames of the screen. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(() => window.harness.settled());
}

function pageText(scenario: AnyScenario, theme: Theme): string {
  const policy = `default-src 'none'; script-src 'nonce-n'; style-src file: 'nonce-n'; font-src file:; img-src file: data:`;
  const variables = Object.entries(themeVariables(theme))
    .map(([name, value]) => `${name}: ${value};`)
    .join('\n');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>heap view</title>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="n">:root { ${variables} }</style>
<link rel="stylesheet" href="heap-view.css"></head>
<body class="${BODY_CLASS[theme]}"><div id="root"></div>
<script nonce="n">window.scenario = ${JSON.stringify(scenario).replaceAll('<', '\\u003c')};</script>
<script nonce="n" src="host.js"></script><script nonce="n" src="heap-view.js"></script></body></html>`;
}
