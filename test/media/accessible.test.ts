// For every reader: axe and legible text in each allocator's own picture, in each state, in the four themes, at three sizes; a
// focus that is seen. Skipped where there is no browser.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { dress, errorsOf, faintColours, Harness, settled, violations } from './harness';
import { go } from './keys';
import { faintOnCanvases, faintTexts, watchCanvases } from './legible';
import { BBUDDY, OTHERS, OWN, prepare } from './states';
import { capturedBoot } from './scenarios';
import { THEMES } from './themes';
import type { Theme } from './themes';

/** Where the colours of all four themes have been seen already in another arrangement. */
const TWO = ['dark', 'highContrastLight'] as const;

describe('panel for every reader', function () {
  this.timeout(240_000);
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  /** Everything that can be found fault with as the page stands; what a theme does not change is looked at in one. */
  async function faults(page: Page, where: string, themes: readonly Theme[] = THEMES): Promise<string[]> {
    const found: string[] = [];
    for (const theme of themes) {
      await faintOnCanvases(page);
      await dress(page, theme);
      const { faint } = await faintOnCanvases(page);
      const axe = theme === 'dark' ? violations : faintColours;
      for (const fault of [...(await axe(page)), ...(await faintTexts(page)), ...faint])
        found.push(`${where}, ${theme}: ${fault}`);
    }
    return found;
  }

  for (const state of [...OWN, ...OTHERS])
    it(`${state.name}: no violation and no faint text, in the columns, at 420 and with the allocator’s pane maximised`, async () => {
      const page = await harness.open(state.scenario(), 'light', 1400, 843);
      await prepare(page, state);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await watchCanvases(page);
      const found = await faults(page, '1400');
      const drawn = await page.evaluate(() => document.querySelectorAll('canvas').length);
      assert.ok(drawn > 0);
      const button = page.locator('.pane-lists .maximise');
      if ((await button.count()) > 0) {
        await button.click();
        await settled(page);
        await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
        found.push(...(await faults(page, 'maximised', TWO)));
        await page.locator('.pane-lists .maximise').click();
      }
      await page.setViewportSize({ width: 420, height: 1400 });
      await settled(page);
      found.push(...(await faults(page, '420', TWO)));
      assert.deepEqual(found, []);
      assert.deepEqual(errorsOf(page), []);
      await page.close();
    });

  for (const [width, height] of [
    [420, 843],
    [900, 700],
    [2000, 843],
  ] as const)
    it(`axe finds no violation at ${String(width)} wide, and nothing is wider than the panel`, async () => {
      const page = await harness.open(capturedBoot(BBUDDY), 'dark', width, height);
      await go(page, '0x188000');
      assert.deepEqual(await violations(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      assert.deepEqual(errorsOf(page), []);
      await page.close();
    });

  it('each pane maximised, the keys, the card of a cell, the ledger, what-if, a filter and a name being typed', async () => {
    const page = await harness.open(capturedBoot(BBUDDY), 'light', 1400, 843);
    await prepare(page, { name: '', scenario: () => capturedBoot(BBUDDY), go: ['step 50', '0x188000'] });
    await watchCanvases(page);
    const found: string[] = [];
    for (const pane of ['steps', 'map', 'selected', 'metrics', 'log', 'explain']) {
      await page.locator(`.pane-${pane} .maximise`).click();
      await settled(page);
      found.push(...(await faults(page, `${pane} maximised`, ['dark'])));
      await page.locator(`.pane-${pane} .maximise`).click();
      await settled(page);
    }
    await page.locator('.map-view').focus();
    await page.keyboard.press('?');
    await page.locator('.keys').waitFor();
    found.push(...(await faults(page, 'keys')));
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    await settled(page);
    await page.keyboard.press('F2');
    await page.locator('.bookmark-name').waitFor();
    found.push(...(await faults(page, 'name', TWO)));
    await page.keyboard.press('Escape');
    await page.locator('.map-view').focus();
    await page.keyboard.press('-');
    await settled(page);
    const box = (await page.locator('.map-view').boundingBox())!;
    await page.mouse.move(box.x + 130, box.y + 36);
    await page.locator('.hover .cell-card').waitFor();
    found.push(...(await faults(page, 'card of a cell')));
    await page.mouse.move(5, 5);
    await page.locator('#search').fill('free order:>=5');
    await settled(page);
    // Dimmed is what the filter leaves out: that it is faint is what is asked for.
    for (const theme of THEMES) {
      await dress(page, theme);
      found.push(...(await violations(page)).map((v) => `filter, ${theme}: ${v}`));
    }
    await page.keyboard.press('Escape');
    await page.locator('.pane-explain .twistie').click();
    await page.locator('.explain-choice').selectOption('ledger');
    await page.evaluate(() => window.harness.compareAllocators());
    await settled(page);
    await page.locator('.what-if').first().waitFor();
    found.push(...(await faults(page, 'ledger, what-if')));
    assert.deepEqual(found, []);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });

  it('every kind of control shows that it has the focus: 3 : 1 against what was there, at its edge', async () => {
    const found = new Set<string>();
    const looked = new Set<string>();
    for (const [state, theme] of [...OWN, ...OTHERS].map((s, i) => [s, THEMES[i % THEMES.length]!] as const)) {
      const page = await harness.open(state.scenario(), theme, 1400, 1200);
      await prepare(page, state);
      for (const fault of await unseenFocus(page, looked)) found.add(`${state.name}, ${theme}: ${fault}`);
      await page.close();
    }
    assert.deepEqual([...found], []);
  });
});

/** Kinds of controls on which the focus is not seen: one of each kind not `looked` at before, with the focus and without. */
async function unseenFocus(page: Page, looked: Set<string>): Promise<string[]> {
  // The last thing used is the keyboard: only then does the browser show where the focus is.
  await page.keyboard.press('Tab');
  const kinds = await page.evaluate(() => {
    const seen = new Map<string, Element>();
    for (const e of document.querySelectorAll<HTMLElement>('button, input, select, [tabindex]')) {
      const box = e.getBoundingClientRect();
      if (e.tabIndex < 0 && !e.hasAttribute('data-rove')) continue;
      if (box.width < 4 || box.height < 1 || e.closest('.unseen') !== null) continue;
      const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      if (at === null || !(e.contains(at) || at.contains(e))) continue;
      const kind = `${e.closest<HTMLElement>('[data-pane]')?.dataset['pane'] ?? ''} ${e.tagName.toLowerCase()}.${e.className}`;
      if (!seen.has(kind)) seen.set(kind, e);
    }
    (window as unknown as { kinds: Element[] }).kinds = [...seen.values()];
    return [...seen.keys()];
  });
  const faults: string[] = [];
  for (const [i, kind] of kinds.entries()) {
    if (looked.has(kind)) continue;
    looked.add(kind);
    const clip = await page.evaluate((n) => {
      const e = (window as unknown as { kinds: HTMLElement[] }).kinds[n]!;
      (document.activeElement as HTMLElement | null)?.blur();
      // A search box and a sash show it around themselves.
      const { left, top, width, height } = (e.closest('.search') ?? e).getBoundingClientRect();
      return { x: Math.max(0, left - 6), y: Math.max(0, top - 6), width: width + 12, height: height + 12 };
    }, i);
    await settled(page);
    const before = await page.screenshot({ clip, scale: 'css' });
    await page.evaluate((n) => (window as unknown as { kinds: HTMLElement[] }).kinds[n]!.focus({ preventScroll: true }), i);
    await page.waitForTimeout(kind.includes('sash') ? 120 : 0);
    const after = await page.screenshot({ clip, scale: 'css' });
    const changed = await page.evaluate(
      async ([a, b]) => {
        const drawn = await Promise.all(
          [a, b].map(async (png) => {
            const image = new Image();
            image.src = `data:image/png;base64,${png}`;
            await image.decode();
            const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext('2d')!;
            context.drawImage(image, 0, 0);
            return context.getImageData(0, 0, image.width, image.height).data;
          }),
        );
        const [x, y] = drawn.map((data) => {
          const light: number[] = [];
          for (let p = 0; p < data.length; p += 4) {
            const [r, g, bl] = [0, 1, 2].map((k) => {
              const v = data[p + k]! / 255;
              return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
            });
            light.push(0.2126 * r! + 0.7152 * g! + 0.0722 * bl! + 0.05);
          }
          return light;
        });
        return x!.filter((v, p) => Math.max(v, y![p]!) / Math.min(v, y![p]!) >= 3).length;
      },
      [before.toString('base64'), after.toString('base64')] as const,
    );
    // A good part of the control's outline: lines between pixels are half as strong.
    const { width, height } = clip;
    const least = kind.includes('sash') ? Math.max(width, height) - 12 : width + height - 24;
    if (changed < least * 0.7) faults.push(`${kind}: ${String(changed)} of ${String(Math.round(least))} pixels`);
  }
  return faults;
}
