// The map as the user chooses it: its curve, its colouring, its finest level. Skipped where there is no browser.

import assert from 'node:assert/strict';
import { errorsOf, Harness, settled, violations } from './harness';
import { CAPTURE, go, plain, press, read, selected } from './keys';
import { capturedBoot } from './scenarios';
import { THEMES } from './themes';

describe('panel', function () {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(async () => {
    await harness.close();
  });

  describe('the map by choice', () => {
    for (const theme of THEMES)
      it(`h draws a Hilbert curve, c goes through the colourings; axe finds no violation in ${theme}`, async () => {
        const page = await harness.open(capturedBoot(CAPTURE), theme, 1400, 843);
        await go(page, 'step 50');
        await go(page, '0x188000');
        await page.locator('.map-view').focus();
        await press(page, 'h', 'c');
        assert.match(plain(await page.locator('.pane-map .pane-subtitle').textContent()), /Hilbert curve, 1 square = 32 MiB/);
        assert.match(plain(await page.locator('.colour-legend').textContent()), /o0–o1 19 blocks · 88 KiB/);
        await read(page, /^0x188000\d/);
        assert.match((await page.locator('.map-view').getAttribute('aria-label'))!, /^Aggregated cells of 32.KiB, 2048/);
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(errorsOf(page), []);
        await page.close();
      });

    for (const [width, height] of [[1400, 843], [600, 1000], [1400, 1000]] as const)
      it(`at ${String(width)} × ${String(height)} the square, the headings of both regions and the sums are in sight`, async () => {
        const page = await harness.open(capturedBoot('0.17.0-x86_64-bbuddy-64M'), 'dark', width, height);
        await press(page, 'h');
        await settled(page);
        const { room, needed } = await page.locator('.map-view').evaluate((e) => ({ room: e.clientHeight, needed: window.harness.view.frame().map!.height })); // prettier-ignore
        assert.ok(needed <= room, `${String(needed)} in ${String(room)}`);
        await page.close();
      }); // prettier-ignore

    it('arrows go to the cells beside on the curve, a click selects what is drawn there', async () => {
      const page = await harness.open(capturedBoot(CAPTURE), 'dark', 1400, 843);
      await page.locator('.map-view').focus();
      await press(page, 'h');
      await go(page, '0x188000');
      await page.locator('.map-view').focus();
      await press(page, 'ArrowRight', 'ArrowLeft');
      assert.match(await selected(page), /^0x0018 8000/);
      const box = (await page.locator('.map-view').boundingBox())!;
      await page.mouse.move(box.x + 200, box.y + box.height - 70);
      const hover = plain(await page.locator('.hover').innerText());
      assert.match(hover, /^Σ 0x[0-9a-f ]+ \+ 32 KiB\s+0 blocks · 1 free chunk · largest o11 = 8 MiB\s+free 100 %/);
      await page.mouse.click(box.x + 200, box.y + box.height - 70);
      await settled(page);
      assert.match(plain(await page.locator('.selected-title').textContent()), /order 11/);
      await page.close();
    });

    it('an entry of the legend leaves it alone standing out; the choice is kept with the panel', async () => {
      const page = await harness.open(capturedBoot(CAPTURE), 'dark', 1400, 843);
      await go(page, 'step 50');
      await page.locator('.map-tools .select').selectOption('owner');
      await settled(page);
      await page.locator('.shade-entry', { hasText: 'stack' }).click();
      await settled(page);
      assert.equal(await page.locator('.shade-entry[aria-pressed=true]').count(), 1);
      const state = await page.evaluate(() => window.harness.state as { viewport: { map: Record<string, unknown> } });
      assert.equal(state.viewport.map['colouring'], 'owner');
      assert.ok((state.viewport.map['only'] as number) >= 0);
      await page.close();
    });
  });

  it('what stands beside the resting pointer is of the state and the scale that are shown, and goes when the map scrolls', async () => {
    const page = await harness.open(capturedBoot(CAPTURE), 'dark', 1400, 600);
    await go(page, 'step 49');
    await go(page, '0x189000');
    await page.locator('.map-view').focus();
    const hover = async () => plain(await page.locator('.hover').textContent());
    const box = (await page.locator('.map-view').boundingBox())!;
    // Where the page at 0x18a000 is drawn, which step 50 gives back.
    let at = 0;
    for (let x = 100; x < 400 && at === 0; x += 4)
      for (let y = 10; y < box.height && at === 0; y += 10) {
        await page.mouse.move(box.x + x, box.y + y);
        if ((await page.locator('.hover').count()) > 0 && /0x18a000 – 0x18b000/.test(await hover())) at = x;
      }
    assert.ok(at > 0, 'found');
    assert.match(await hover(), /\bused · 4 KiB/);
    await press(page, 'Shift+.');
    assert.match(await hover(), /\bfree · 4 KiB.*0x18a000 – 0x18b000/);
    await press(page, '+');
    assert.match(await hover(), /^0x18[0-9a-f]{4}: 0x[0-9a-f]{2}/, 'a byte');
    await page.mouse.wheel(0, 300);
    await settled(page);
    assert.equal(await page.locator('.hover').count(), 0);
    await page.close();
  });

  it('the finest level shows pages byte by byte, and Ctrl+wheel comes back out', async () => {
    const page = await harness.open(capturedBoot(CAPTURE), 'dark', 1400, 843);
    await go(page, '0x188000');
    await page.locator('.map-view').focus();
    await press(page, '+');
    assert.match(plain(await page.locator('.pane-map .pane-subtitle').textContent()), /^1 dot = 1 byte/);
    const box = (await page.locator('.map-view').boundingBox())!;
    await page.mouse.move(box.x + 100, box.y + 100);
    assert.match(plain(await page.locator('.hover').textContent()), /^0x18[0-9a-f]{4}: 0x[0-9a-f]{2}/);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, 120);
    await page.keyboard.up('Control');
    await settled(page);
    assert.match(plain(await page.locator('.pane-map .pane-subtitle').textContent()), /^1 cell = 1 page/);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
});
