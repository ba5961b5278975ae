// One VS Code window, seen from outside. All selectors of the workbench stand here: they are VS Code's, and move with its versions.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { openBrowser, pickFrom, preparePage, runCommand, workspaceUrl } from '../../../scripts/browser.mjs';

const ORIGIN = process.env.UKBOOT_ORIGIN ?? '';
export const WORKSPACE = process.env.UKBOOT_WORKSPACE ?? '';
const KEPT = process.env.UKBOOT_KEPT ?? 'test-results';

/** Milliseconds to wait for something that is on its way. */
export const SOON = 60_000;

const ACTIVE_GROUP = '.editor-group-container.active';

export class Window {
  readonly page: Page;
  /** What the page's console said. */
  readonly said: string[] = [];
  private readonly browser: Browser;

  private constructor(browser: Browser, page: Page) {
    this.browser = browser;
    this.page = page;
    page.setDefaultTimeout(SOON);
    page.on('console', (message) => this.said.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.said.push(`pageerror: ${error.message}`));
  }

  /** Opens the workspace in a browser of its own. */
  static async open(): Promise<Window> {
    assert.ok(ORIGIN !== '' && WORKSPACE !== '', 'started by scripts/workbench.mjs');
    const browser = await openBrowser();
    // Wide enough for the heap view to show all its panes beside an editor.
    const page = await browser.newPage({ viewport: { width: 2600, height: 1100 } });
    await preparePage(page);
    const window = new Window(browser, page);
    await page.goto(workspaceUrl(ORIGIN, WORKSPACE));
    await window.started();
    return window;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  /** A page of the same browser without VS Code in it. */
  async plainPage(): Promise<Page> {
    return await this.browser.newPage({ viewport: { width: 1200, height: 900 } });
  }

  /** As a user reloads a window: VS Code keeps what it has to keep first. A heap view that was showing is back afterwards. */
  async reload(): Promise<void> {
    const showing = (await this.page.locator('iframe.webview.ready').count()) > 0;
    for (let attempt = 1; ; attempt++) {
      const loaded = this.page.waitForEvent('load', { timeout: 60_000 });
      await this.command('Developer: Reload Window');
      await loaded;
      await this.started();
      if (!showing) return;
      const back = this.panel.getByRole('heading', { level: 1 }).waitFor({ timeout: 100_000 });
      // VS Code gives its extension host a minute to start; on a machine that is too busy it then does without.
      if (await back.then(() => true, () => false)) return; // prettier-ignore
      assert.ok(attempt < 2, 'the heap view is back after a reload');
    }
  }

  /** Keeps a picture and what the console said. */
  async keep(title: string): Promise<void> {
    mkdirSync(KEPT, { recursive: true });
    const file = join(KEPT, title.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 100));
    await this.page.screenshot({ path: `${file}.png` }).catch(() => undefined);
    writeFileSync(`${file}.log`, this.said.join('\n'));
  }

  /** Opens a file of the workspace in an editor, at a line counted from 1. */
  async openFile(name: string, line = 1): Promise<void> {
    const base = name.slice(name.lastIndexOf('/') + 1);
    // By a click: Enter takes the first row, which may still be another file's.
    await pickFrom(this.page, 'Control+P', `${name}:${String(line)}`, base);
    await this.page.locator(`${ACTIVE_GROUP} .tab.active[data-resource-name="${base}"]`).waitFor();
    await this.lines.first().waitFor();
  }

  async closeAll(): Promise<void> {
    await this.command('View: Close All Editors');
    await this.page.locator('.editor-group-container .tab').first().waitFor({ state: 'detached' });
  }

  async command(title: string): Promise<void> {
    await runCommand(this.page, title);
  }

  /** Picks an entry of the quick pick that is open. */
  async pick(label: string): Promise<void> {
    const row = this.rows.filter({ hasText: label }).first();
    await row.waitFor();
    await row.click();
  }

  /**
   * Runs a command of VS Code's own and picks the entry of exactly this label in what it asks; once more where a view took the focus
   * and the question has closed.
   */
  async choose(title: string, label: string): Promise<void> {
    const row = this.rows.filter({ has: this.page.getByText(label, { exact: true }) }).first();
    for (const last = Date.now() + SOON; ;) {
      await this.command(title);
      if (await row.click({ timeout: 8000 }).then(() => true, () => false)) return; // prettier-ignore
      assert.ok(Date.now() < last, `${title} offers ${label}`);
    }
  }

  /** Chooses exactly these entries of a quick pick that takes several, and accepts. */
  async pickSeveral(labels: readonly string[]): Promise<void> {
    await this.rows.first().waitFor();
    for (const row of await this.rows.all()) {
      const text = await row.innerText();
      const box = row.getByRole('checkbox').first();
      if ((await box.isChecked()) !== labels.some((label) => text.includes(label))) await row.click();
    }
    await this.quickInput.getByRole('button', { name: 'OK' }).click();
  }

  /** Types into the box that is open and accepts; what is proposed there without a text. */
  async answer(text: string | undefined): Promise<void> {
    if (text !== undefined) await this.input.fill(text);
    await this.input.press('Enter');
  }

  /** Names a file in the file dialog, which shows a folder first. */
  async chooseFile(path: string): Promise<void> {
    const box = this.quickInput.locator('input[type=text]').first();
    for (const last = Date.now() + SOON; ;) {
      await this.rows.first().waitFor();
      await box.fill(path);
      await box.press('Enter');
      // A dialog that was still reading the folder has put its own path back.
      const gone = await this.quickInput.waitFor({ state: 'hidden', timeout: 3000 }).then(() => true, () => false); // prettier-ignore
      if (gone) return;
      assert.ok(Date.now() < last, `the file dialog takes ${path}`);
    }
  }

  /** Titles of commands that the palette offers for a text. */
  async commandsLike(text: string): Promise<string[]> {
    for (const last = Date.now() + SOON; ;) {
      await this.page.keyboard.press('F1');
      const opened = await this.input.fill(`>${text}`, { timeout: 4000 }).then(() => true, () => false); // prettier-ignore
      if (opened) break;
      assert.ok(Date.now() < last, 'the palette opens');
    }
    await this.rows.first().waitFor();
    const labels = await this.rows.locator('.monaco-icon-label .label-name').allInnerTexts();
    await this.page.keyboard.press('Escape');
    return labels.map((label) => label.replaceAll('\u00a0', ' ')).filter((label) => label.startsWith(text));
  }

  explorerRow(name: string): Locator {
    return this.page.locator('.explorer-folders-view .monaco-list-row', { has: this.page.getByText(name, { exact: true }) });
  }

  /** The tree of the heap in the explorer instead of its files, and back. */
  async toggleHeapTree(): Promise<void> {
    const headers = this.page.locator('.split-view-view .pane-header');
    await headers.first().click();
    await headers.filter({ hasText: 'Unikraft Heap' }).first().click();
  }

  treeRow(text: string | RegExp): Locator {
    return this.page.locator('.pane-body .monaco-list-row', { hasText: text });
  }

  /** Selects files of a folder from one to another, as with Shift and the mouse; of one alone only that. */
  async selectInExplorer(folder: string, first: string, last = first): Promise<void> {
    if ((await this.explorerRow(first).count()) === 0) await this.explorerRow(folder).click();
    await this.explorerRow(first).click();
    await this.page.locator(`${ACTIVE_GROUP} .tab.active[data-resource-name="${first}"]`).waitFor();
    const isSelected = (name: string): Promise<boolean> =>
      this.explorerRow(name).evaluate((row) => row.classList.contains('selected'));
    for (const until = Date.now() + SOON; last !== first;) {
      await this.explorerRow(last).click({ modifiers: ['Shift'] });
      // The explorer may still select the file that was just opened, alone.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if ((await isSelected(first)) && (await isSelected(last))) return;
      assert.ok(Date.now() < until, `${first} to ${last} can be selected`);
      await this.explorerRow(first).click();
    }
  }

  /** Opens the context menu of something and chooses an entry. */
  async contextMenu(target: Locator, entry: string): Promise<void> {
    const item = this.page.locator('.monaco-menu .action-label', { hasText: entry });
    for (const last = Date.now() + SOON; ;) {
      await target.click({ button: 'right' });
      let chosen = false;
      if (await item.waitFor({ timeout: 8000 }).then(() => true, () => false)) // prettier-ignore
        // A menu that has just opened takes no click yet.
        while (await item.isVisible()) chosen = await item.click({ timeout: 2000 }).then(() => true, () => chosen); // prettier-ignore
      // One that was closed by something else has not been used.
      if (chosen) return;
      assert.ok(Date.now() < last, `the menu has ${entry}`);
      await this.page.keyboard.press('Escape');
    }
  }

  /** Text of the hover at the first place where the editor shows a text. The extension may still be waking, so it hovers again. */
  async hoverOn(text: string): Promise<string> {
    return await this.hoverFor(text, 'Region');
  }

  /** The same for a hover that says something of its own. */
  async hoverFor(text: string, says: string): Promise<string> {
    const line = this.lines.filter({ hasText: text }).first();
    await line.waitFor();
    for (const last = Date.now() + SOON; ;) {
      const place = await this.placeOf(line, text);
      await this.page.mouse.move(place.x, place.y);
      try {
        const hover = this.page.locator('.monaco-hover:visible', { hasText: says }).first();
        await hover.waitFor({ timeout: 2500 });
        return await hover.innerText();
      } catch (error) {
        if (Date.now() > last) throw error;
        await this.page.mouse.move(5, 5);
      }
    }
  }

  /** The heap view's document, in the webview that is showing. */
  get panel(): FrameLocator {
    return this.panelOf();
  }

  /** The same once it is of this title: a view that another is about to replace may still show. */
  panelOf(title?: string): FrameLocator {
    const view = this.page.locator('iframe.webview.ready').last().contentFrame();
    return view.locator(`#active-frame${title === undefined ? '' : `[title="ukboot: ${title}"]`}`).contentFrame();
  }

  toast(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  get statusBar(): Locator {
    return this.page.locator('.part.statusbar');
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  private get input(): Locator {
    return this.page.locator('.quick-input-widget:visible input[type=text]').first();
  }

  private get rows(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
  }

  get lines(): Locator {
    return this.page.locator(`${ACTIVE_GROUP} .view-lines .view-line`);
  }

  private async started(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
  }

  /** Middle of a text in a line; the line's spans cut it anywhere. */
  private async placeOf(line: Locator, text: string): Promise<{ x: number; y: number }> {
    return await line.evaluate((element, wanted) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const nodes: Text[] = [];
      while (walker.nextNode()) nodes.push(walker.currentNode as Text);
      // The editor writes blanks as no-break spaces.
      const whole = nodes
        .map((node) => node.data)
        .join('')
        .replaceAll('\u00a0', ' ');
      const middle = whole.indexOf(wanted) + Math.floor(wanted.length / 2);
      let at = 0;
      for (const node of nodes) {
        if (middle < at + node.data.length) {
          const range = document.createRange();
          range.setStart(node, middle - at);
          range.setEnd(node, middle - at + 1);
          const box = range.getBoundingClientRect();
          return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        }
        at += node.data.length;
      }
      throw new Error(`no "${wanted}" in the line`);
    }, text);
  }
}

/** A window for a suite; keeps a picture of each test that fails. */
export function windowForSuite(): { get: () => Window } {
  let window: Window | undefined;
  before(async function () {
    this.timeout(120_000);
    window = await Window.open();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await window?.keep(this.currentTest.fullTitle());
  });
  after(async () => await window?.close());
  return { get: () => window! };
}
