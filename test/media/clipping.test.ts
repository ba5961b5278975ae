// At every width and in every theme: nothing is cut, nothing overlaps, nothing scrolls sideways.

import assert from 'node:assert/strict';
import { errorsOf, Harness, settled } from './harness';
import { capturedBoot } from './scenarios';
import { CORRUPT, NO_HEAP, OWN, prepare } from './states';
import { THEMES } from './themes';

const WIDTHS = [320, 420, 560, 700, 900, 1100, 1400, 1800, 2400];
const CASES = [...OWN, CORRUPT, NO_HEAP];

describe('nothing is cut', function () {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  for (const [i, state] of CASES.entries())
    it(`${state.name}: at ${WIDTHS.join(', ')} wide, in the columns and with the allocator’s pane maximised`, async () => {
      const page = await harness.open(state.scenario(), THEMES[i % THEMES.length]!, 1400, 843);
      await prepare(page, state);
      const found: string[] = [];
      const look = async (how: string, widths: readonly number[]) => {
        for (const width of widths) {
          await page.setViewportSize({ width, height: 843 });
          await settled(page);
          await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
          await settled(page);
          for (const fault of await page.evaluate(() => window.harness.faults())) found.push(`${String(width)}${how}: ${fault}`);
        }
      };
      await look('', WIDTHS);
      await page.setViewportSize({ width: 1400, height: 843 });
      await settled(page);
      const button = page.locator('.pane-lists .maximise');
      if ((await button.count()) > 0) {
        await button.click();
        await settled(page);
        await look(' maximised', [320, 700, 1400, 2400]);
      }
      assert.deepEqual(found, []);
      assert.deepEqual(errorsOf(page), []);
      await page.close();
    });

  for (const [width, height] of [
    [1400, 600],
    [1400, 500],
    [1400, 350],
    [1400, 200],
    [2000, 400],
    [900, 400],
    [900, 250],
    [420, 300],
  ] as const)
    it(`in a low panel, ${String(width)} × ${String(height)}: the map is seen, and all the rest by scrolling`, async () => {
      const page = await harness.open(CASES[0]!.scenario(), 'dark', width, height);
      await prepare(page, CASES[0]!);
      assert.deepEqual(await page.evaluate(() => window.harness.faults()), []);
      const map = (await page.locator('.map-view').boundingBox())!;
      assert.ok(map.height >= 72, `the map is ${String(map.height)} high`);
      const parts = await page.locator('.pane-header, .timeline, .toolbar').all();
      assert.ok(parts.length >= 7, String(parts.length));
      for (const part of parts) {
        await part.scrollIntoViewIfNeeded();
        const box = (await part.boundingBox())!;
        assert.ok(
          box.y >= -1 && box.y + box.height <= height + 1,
          `${String(await part.getAttribute('class'))} at ${String(box.y)}`,
        );
      }
      assert.deepEqual(errorsOf(page), []);
      await page.close();
    });

  it('finds what is cut, overlaps or scrolls', async () => {
    const page = await harness.open(CASES[0]!.scenario(), 'dark', 1400, 843);
    await page.evaluate(() => {
      for (const [style, text] of [
        ['width: 30px; overflow: hidden', 'cut at its side'],
        ['margin-top: -3px; width: 60px; overflow: auto', 'scrolled sideways by a bar'],
      ] as const) {
        const e = document.createElement('div');
        e.style.cssText = `position: absolute; top: 300px; left: 300px; white-space: nowrap; ${style}`;
        e.textContent = text;
        document.querySelector('.app')!.append(e);
      }
    });
    const found = await page.evaluate(() => window.harness.faults());
    for (const kind of [/is cut at the side/, /scrolls sideways/, /overlap/])
      assert.ok(
        found.some((f) => kind.test(f)),
        String(kind),
      );
    await page.close();
  });

  it('beside addresses of twelve digits bytes go on in a second line, and names of fields stay whole', async () => {
    const page = await harness.open({ fragmented: true }, 'dark', 1400, 843);
    await page.locator('#search').fill('0x1004160000');
    await page.locator('#search').press('Enter');
    await settled(page);
    const lines = (selector: string) =>
      page.locator(selector).evaluateAll((all) =>
        all.map((e) => {
          const range = document.createRange();
          range.selectNodeContents(e);
          return new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size;
        }),
      );
    const names = page.locator(".struct.middling th[scope='row']");
    assert.deepEqual((await names.allTextContents()).slice(0, 3), ['size', 'num_pages', 'base']);
    assert.ok((await lines(".struct.middling th[scope='row']")).slice(0, 3).every((n) => n === 1));
    assert.ok((await lines('.struct.middling td:nth-child(2)')).every((n) => n <= 2));
    assert.equal((await lines('.struct.middling .value button'))[0], 1, 'an address stays whole');
    assert.deepEqual(await page.evaluate(() => window.harness.faults()), []);
    await page.close();
  });

  it('the toolbar’s chips: what is wrong stays, the others are counted and one press away', async () => {
    const page = await harness.open(capturedBoot('0.17.0-x86_64-tlsf-64M'), 'dark', 900, 700);
    const shown = await page.locator('.chip-row .chip:not(.unseen)').allTextContents();
    assert.ok(
      shown.some((t) => t.startsWith('region 9 lost')),
      shown.join(),
    );
    const more = page.locator('.chip-more');
    assert.match((await more.textContent())!, /^\+\d$/);
    await more.click();
    await settled(page);
    const rest = await page.locator('.chips-rest .chip').allTextContents();
    assert.ok(rest.includes('x86_64'), rest.join());
    await page.keyboard.press('Escape');
    await settled(page);
    assert.equal(await page.locator('.chips-rest').count(), 0);
    await page.setViewportSize({ width: 1800, height: 700 });
    await settled(page);
    assert.equal(await page.locator('.chip-more').count(), 0);
    await page.close();
  });
});
