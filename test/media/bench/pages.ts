// The two pages of a measurement, host and client, each in a process of its own: bundled as the extension is, served from here.

import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../../../scripts/browser.mjs';
import { bundlePanel } from '../bundle';
import { BODY_CLASS, themeVariables } from '../themes';
import type { Measured } from './host';

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };
/** A million blocks take a while to be made. */
const PATIENCE = 300_000;

export class Pages {
  private readonly browser: Browser;
  private readonly context: BrowserContext;
  private readonly server: Server;

  private constructor(browser: Browser, context: BrowserContext, server: Server) {
    this.browser = browser;
    this.context = context;
    this.server = server;
  }

  static async start(): Promise<Pages> {
    const folder = mkdtempSync(join(tmpdir(), 'ukboot-bench-'));
    await bundlePanel(folder, { host: join(__dirname, 'host.ts'), client: join(__dirname, 'client.ts') }, true);
    const server = createServer(({ url }, response) => {
      const { pathname, searchParams } = new URL(url ?? '/', 'http://localhost');
      const type = TYPES[extname(pathname)];
      response.setHeader('content-type', type ?? 'text/html');
      if (pathname === '/host') response.end(hostPage(searchParams.get('measured') ?? ''));
      else if (pathname === '/client') response.end(clientPage());
      else if (type !== undefined) response.end(readFileSync(join(folder, basename(pathname))));
      else response.writeHead(404).end();
    });
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    const browser = await openBrowser();
    return new Pages(browser, await browser.newContext({ viewport: { width: 1400, height: 843 } }), server);
  }

  /** The page of the host, when it has made what is measured. */
  async host(measured: Measured): Promise<Page> {
    const page = await this.blank();
    await page.goto(`${this.origin}/host?measured=${encodeURIComponent(JSON.stringify(measured))}`);
    return page;
  }

  /** Opens the client in a blank page, until its first frame is on screen. */
  async client(page: Page): Promise<void> {
    await page.goto(`${this.origin}/client`);
    await page.waitForFunction(() => window.client.firstPaint > 0);
    await settled(page);
  }

  /** An empty page, in a process of its own. */
  async blank(): Promise<Page> {
    const page = await this.context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => console.error(error));
    return page;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.close();
  }

  private get origin(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }
}

export async function settled(client: Page): Promise<void> {
  await client.evaluate(() => window.client.settled());
}

function hostPage(measured: string): string {
  return `<!DOCTYPE html><title>host</title><script>window.measured = ${measured}</script><script src="host.js"></script>`;
}

function clientPage(): string {
  const variables = Object.entries(themeVariables('dark'))
    .map(([name, value]) => `${name}: ${value};`)
    .join('\n');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>heap view</title><style>:root { ${variables} }</style>
<link rel="stylesheet" href="heap-view.css"></head><body class="${BODY_CLASS.dark}"><div id="root"></div>
<script src="client.js"></script><script src="heap-view.js"></script></body></html>`;
}
