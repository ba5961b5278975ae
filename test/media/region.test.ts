// A region of the strip, or of the map, that is no block: its descriptor stands in the details.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled, violations } from './harness';
import { capturedBoot } from './scenarios';
import { NO_HEAP } from './states';

const CAPTURE = '0.17.0-x86_64-bbuddy-64M';
const plain = (text: string) => text.replace(/[\u202f\u2009\u00a0]/g, ' ');

describe('a selected region', function () {
  let harness: Harness;
  let page: Page;
  before(async () => {
    harness = await Harness.start();
    page = await harness.open(capturedBoot(CAPTURE), 'dark', 1400, 843);
    await settled(page);
  });
  afterEach(() => assert.deepEqual(errorsOf(page), []));
  after(() => harness.close());

  const details = (on: Page) => on.locator('.pane-selected .details');

  it('of the strip: what it is, why it is no heap, and the fields of its descriptor', async () => {
    await page.getByRole('button', { name: /^Region 3, reserved/ }).click();
    await settled(page);
    const text = plain(await details(page).innerText());
    assert.match(text, /^Region 3, reserved rw- 128 KiB · 32 pages/);
    assert.match(text, /Its type is RESERVED; only FREE regions are tried\. Why\?/);
    const rows = await page.locator('.region-fields tbody tr').allInnerTexts();
    assert.deepEqual(rows.map((r) => plain(r).split('\t').slice(0, 2).join(' ')), ['pbase 0xa0000', 'vbase 0xa0000', 'pg_off 0', 'len 0x20000', 'pg_count 32', 'type 0x2', 'flags 0x3']); // prettier-ignore
    assert.equal(await page.locator('.region.selected').count(), 1);
  });

  it('why it became that is one click away', async () => {
    await details(page).getByRole('button', { name: 'Why?' }).click();
    await settled(page);
    await page.locator('.pane-explain .card').waitFor();
    assert.match(await page.locator('.pane-explain .card h3').innerText(), /^Why is 0xa0000…0xc0000 no heap\?$/);
    await page.locator('.pane-explain .twistie').click();
  });

  for (const [where, address, title] of [
    ['a region of a few bytes, beyond them in its page', 0x1800, /^Region 0, kernel rw- 24 B/],
    ['the stack', 0xa000, /^Region 1, stack rw- 64 KiB · 16 pages/],
  ] as const)
    it(`of the map: a click on the box of ${where}; the strip outlines it`, async () => {
      const { x, y } = await page.evaluate((at) => {
        const { map } = window.harness.view.frame();
        const row = map!.items.find((i) => i.kind === 'row')!;
        const { left, top } = document.querySelector('.map-view')!.getBoundingClientRect();
        // Of the first row the first two offsets are 0x10000 apart.
        const [first, second] = [...document.querySelectorAll('.map-ticks span')].map((t) =>
          parseFloat((t as HTMLElement).style.left),
        );
        return { x: left + first! + ((second! - first!) * at) / 0x10000, y: top + row.y + 12 };
      }, address);
      await page.mouse.click(x, y);
      await settled(page);
      assert.match(plain(await details(page).innerText()), title);
      assert.equal((await page.locator('.region.selected').innerText()).trim().slice(0, 8), title.source.slice(1, 9));
    });

  it('of an address that is typed; between two regions it says between which', async () => {
    for (const [text, title] of [['0xa1000', /^Region 3, reserved/], ['0xc8000', /^No region 128 KiB · 32 pages/], ['0x2000', /^Region 1, stack/]] as const) {
      await page.keyboard.press('Control+g');
      await page.locator('#search').fill(text);
      await page.locator('#search').press('Enter');
      await settled(page);
      assert.match(plain(await details(page).innerText()), title);
    }
    await page.locator('#search').fill('');
  }); // prettier-ignore

  it('a right click in its details offers what is offered for the region', async () => {
    await details(page).click({ button: 'right', position: { x: 10, y: 10 } });
    const context = await page.locator('.app').getAttribute('data-vscode-context');
    assert.deepEqual(
      (({ webviewSection, region }) => ({ webviewSection, region }))(JSON.parse(context ?? '{}') as Record<string, unknown>),
      { webviewSection: 'region', region: 1 },
    );
  });

  it('nothing is cut at any width, and axe finds nothing', async () => {
    for (const width of [320, 420, 560, 900, 1400, 2000]) {
      await page.setViewportSize({ width, height: 843 });
      await settled(page);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await settled(page);
      assert.match(plain(await details(page).innerText()), /^Region 1, stack rw-/);
      assert.deepEqual(await page.evaluate(() => window.harness.faults()), [], String(width));
    }
    assert.deepEqual(await violations(page), []);
  });

  it('without a heap it stands between what is said of that and the explanations', async () => {
    for (const width of [1400, 420]) {
      const none = await harness.open(NO_HEAP.scenario(), 'light', width, 843);
      await settled(none);
      assert.equal(await none.locator('.pane-selected').count(), 0);
      await none.locator('.region-box').first().click();
      await settled(none);
      assert.match(await details(none).innerText(), /^Region \d+, /);
      const { scrollHeight, clientHeight } = await details(none).evaluate((e) => ({ scrollHeight: e.scrollHeight, clientHeight: e.clientHeight })); // prettier-ignore
      assert.ok(scrollHeight <= clientHeight + 1, 'all its fields are in sight');
      assert.deepEqual(await none.evaluate(() => window.harness.faults()), [], String(width));
      assert.deepEqual(await violations(none), []);
      assert.deepEqual(errorsOf(none), []);
      await none.close();
    }
  });
});
