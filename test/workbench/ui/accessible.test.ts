// For every reader: the four kinds of themes, 200 %, reduced motion, and what a screen reader is told.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { HeapView, plain } from '../support/heap-view';
import { windowForSuite } from '../support/window';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const INPUT = 'paged-0.17.ukboot.json';
/** As VS Code names them, and the class of a webview's body in each. */
const THEMES = [
  ['Dark High Contrast', 'vscode-high-contrast:not(.vscode-high-contrast-light)'],
  ['Light High Contrast', 'vscode-high-contrast-light'],
  ['Light Modern', 'vscode-light'],
  ['Dark Modern', 'vscode-dark'],
] as const;

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly help: string; readonly nodes: readonly { readonly html: string }[] }[]; // prettier-ignore
}

describe('heap view for every reader', () => {
  const suite = windowForSuite();
  const panel = (): HeapView => new HeapView(suite.get());

  before(async () => {
    await panel().simulate(INPUT);
    await panel().lists.first().waitFor();
    await panel().goTo('0x188000');
    await panel().map.focus();
    await suite.get().page.keyboard.press('m');
    await panel().frame.locator('.bookmarks li').waitFor();
  });

  async function violations(): Promise<string[]> {
    const body = panel().frame.locator('body');
    await body.evaluate((element, source) => {
      if (!('axe' in element.ownerDocument.defaultView!)) (0, eval)(source);
    }, AXE);
    const found = await body.evaluate(async () => {
      const axe = (globalThis as unknown as { axe: { run(context: Document, options: object): Promise<AxeResult> } }).axe;
      return await axe.run(document, { resultTypes: ['violations'], preload: false });
    });
    return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes[0]!.html.slice(0, 200)}`);
  }

  for (const [theme, kind] of THEMES)
    it(`axe finds no violation in ${theme}`, async () => {
      const window = suite.get();
      await window.choose('Preferences: Color Theme', theme);
      await panel().frame.locator(`body.${kind}`).waitFor();
      assert.deepEqual(await violations(), []);
    });

  it('axe finds no violation while steps are compared and the keys are listed', async () => {
    const { keyboard } = suite.get().page;
    await panel().map.focus();
    await keyboard.press('k');
    await panel().frame.getByRole('button', { name: 'Pin this step', pressed: true }).waitFor();
    await keyboard.press('Shift+,');
    await panel().stepAt(/^16$/);
    await keyboard.press('v');
    await panel().frame.getByRole('region', { name: 'Compare' }).waitFor();
    await keyboard.press('Shift+?');
    await panel().frame.getByRole('dialog', { name: 'Keys' }).waitFor();
    assert.deepEqual(await violations(), []);
    await keyboard.press('Escape');
    await panel().frame.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
    await keyboard.press('v');
    await panel().map.waitFor();
  });

  it('trees, lists and tables have names, and say how many they are', async () => {
    const { frame } = panel();
    await panel().go('step 34');
    await panel().stepAt(/^34$/);
    const counts = { 'Memory regions, 11': 'list', 'Blocks, 32': 'grid', 'Steps, 34': 'listbox' } as const;
    for (const [name, role] of Object.entries(counts)) await frame.getByRole(role, { name, exact: true }).waitFor();
    assert.equal(await panel().regions.count(), 11);
    const lists = await panel().lists.allInnerTexts();
    const named = await panel().lists.evaluateAll((items) => items.map((i) => i.getAttribute('aria-label') ?? i.textContent));
    assert.equal(lists.length, named.length);
    assert.ok(named.some((n) => /order 2, 3 chunks, 48 kibibytes/.test(plain(n))), named.join('\n')); // prettier-ignore
    assert.ok(named.some((n) => /1 of 3, 0x3fd8000, next 0x184000/.test(plain(n))), named.join('\n')); // prettier-ignore
    const step = frame.locator('#steps-0');
    assert.equal((await step.count()) === 0 || (await step.getAttribute('aria-setsize')) !== null, true);
    const header = frame.getByRole('region', { name: 'Metrics' }).getByRole('rowheader', { name: 'Free', exact: true });
    await header.waitFor();
    assert.equal(await panel().timeline.getAttribute('aria-valuemax'), '34');
    assert.match((await panel().timeline.getAttribute('aria-valuetext')) ?? '', /^Step 34 of 34/);
  });

  it('a step is one short message, and no more', async () => {
    const status = panel().frame.locator('[role=status][aria-live=polite]');
    await status.evaluate((element) => {
      const heard: string[] = [];
      new MutationObserver(() => heard.push(element.textContent)).observe(element, { childList: true, characterData: true, subtree: true }); // prettier-ignore
      Object.assign(element.ownerDocument.defaultView!, { heard });
    });
    await panel().map.focus();
    for (const step of ['33', '32', '31']) {
      await suite.get().page.keyboard.press('Shift+,');
      await panel().stepAt(new RegExp(`^${step}$`));
    }
    const heard = await status.evaluate((element) => (element.ownerDocument.defaultView as unknown as { heard: string[] }).heard);
    assert.equal(heard.length, 3, heard.join('\n'));
    for (const [n, text] of heard.entries()) {
      assert.match(plain(text), new RegExp(`^Step ${String(33 - n)}, .*\\. Free 6\\d.* mebibytes`));
      assert.ok(text.length < 160, text);
    }
  });

  it('with reduced motion nothing moves', async () => {
    const { page } = suite.get();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await panel().map.focus();
    await page.keyboard.press('Shift+.');
    await panel().stepAt(/^32$/);
    const moving = await panel()
      .frame.locator('body')
      .evaluate((body) => {
        // No named functions in here: the test runner's own would not be known in the page.
        const styled = [...body.querySelectorAll('*')].filter((e) => {
          const { animationName, animationDuration, transitionDuration } = getComputedStyle(e);
          const times = [...(animationName === 'none' ? [] : animationDuration.split(',')), ...transitionDuration.split(',')];
          return times.some((time) => parseFloat(time) > 0.001);
        });
        return [...styled.map((e) => e.outerHTML.slice(0, 100)), ...body.ownerDocument.getAnimations().map(String)];
      });
    assert.deepEqual(moving, []);
    await page.emulateMedia({ reducedMotion: null });
  });

  it('at 200 % a panel of 1400 pixels is laid out as a narrow one, and nothing is cut at its sides', async () => {
    const { page } = suite.get();
    await nothingIsCut();
    await suite.get().command('View: Close Editors in Other Groups');
    await suite.get().command('View: Close Primary Side Bar');
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setDeviceMetricsOverride', { width: 700, height: 550, deviceScaleFactor: 2, mobile: false });
    await panel().frame.locator('.app.narrow').waitFor();
    await nothingIsCut();
    assert.deepEqual(await violations(), []);
    await page.keyboard.press('.');
    await session.send('Emulation.clearDeviceMetricsOverride');
    await panel().frame.locator('.app:not(.narrow)').waitFor();
    await nothingIsCut();
  });

  /** A layout of another width is filled in by the frame after it. */
  async function nothingIsCut(): Promise<void> {
    await panel().until(cut, (found) => found.length === 0, 'nothing cut');
  }

  /** Controls and texts that stick out of the panel, or of an ancestor that hides what sticks out of it. */
  async function cut(): Promise<string[]> {
    return await panel()
      .frame.locator('.app')
      .evaluate((app) => {
        const outer = app.getBoundingClientRect();
        const out: string[] = [];
        for (const e of app.querySelectorAll<HTMLElement>('button, select, input, h1, h2, td, th, .chip, .metric, .member')) {
          if (e.closest('.unseen, .strip-boxes') !== null) continue;
          const box = e.getBoundingClientRect();
          if (box.width === 0) continue;
          const name = `${e.tagName.toLowerCase()}.${e.className} “${e.innerText.slice(0, 30)}” ${e.ariaLabel ?? ''}`;
          if (box.left < outer.left - 1 || box.right > outer.right + 1) out.push(`outside: ${name}`);
          for (let p = e.parentElement; p !== null && p !== app; p = p.parentElement) {
            const { overflowX } = getComputedStyle(p);
            if (overflowX === 'auto' || overflowX === 'scroll') break;
            const hides = p.getBoundingClientRect();
            if (overflowX !== 'visible' && box.right > hides.right + 1) out.push(`cut by ${p.className}: ${name}`);
          }
        }
        return out;
      });
  }
});
