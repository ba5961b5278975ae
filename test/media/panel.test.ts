// The panel in a real browser: what stands on it, and that everything works from the keyboard. Skipped where there is no browser; `npm test` gets one.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled } from './harness';
import { CAPTURE, focused, go, metric, plain, press, read, selected, step } from './keys';
import { capturedBoot, memoryMap } from './scenarios';

describe('panel', function () {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(async () => {
    await harness.close();
  });

  describe('a captured boot at 1400 × 843', () => {
    let page: Page;
    before(async () => {
      page = await harness.open(capturedBoot(CAPTURE), 'dark', 1400, 843);
    });
    afterEach(() => assert.deepEqual(errorsOf(page), []));
    after(() => page.close());

    it('opens at the end of the boot', async () => {
      assert.equal(await step(page), 'Step 17 of 70 · boot');
      assert.equal(await metric(page, 'free'), '62.9 MiB');
    });

    it('goes to a step and to an address by what is typed', async () => {
      await go(page, 'step 50');
      assert.equal(await step(page), 'Step 50 of 70 · main-3 · freed some');
      await go(page, '0x188000');
      assert.equal(await selected(page), '0x0018 8000 – 0x0018 a000 (end excl.)');
      assert.equal(await metric(page, 'external'), '74.3 %');
    });

    it('lists the free chunks by order, with the selected and the changed ones marked', async () => {
      const members = (row: number) => page.locator('.list-row').nth(row).locator('.member').allTextContents();
      assert.deepEqual(await members(0), ['0x18a000', '0x16000', '0x184000', '0x3fd9000', '0x3fdb000']);
      assert.deepEqual(await page.locator('.member.selected').allTextContents(), ['0x188000']);
      assert.ok((await page.locator('.member.changed').allTextContents()).includes('0x18a000'));
    });

    it('the map’s blocks stand in a grid for screen readers, around the selection', async () => {
      await read(page, /^0x1880008\sKiBfree1/);
      assert.equal(await page.locator('.map-view').getAttribute('aria-rowcount'), '45');
    });

    it('something is drawn on the canvases', async () => {
      const colours = await page.evaluate(() =>
        [...document.querySelectorAll('canvas')].map((c) => {
          const { data } = c.getContext('2d')!.getImageData(0, 0, c.width, c.height);
          const seen = new Set<number>();
          for (let i = 0; i < data.length; i += 4)
            if (data[i + 3]! > 0) seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
          return seen.size;
        }),
      );
      assert.ok(colours.length >= 2 && colours.every((n) => n > 20), `colours: ${colours.join(', ')}`);
    });

    it('keys step forward and back, over operations, to both ends', async () => {
      await page.locator('.map-view').focus();
      await press(page, '.');
      assert.equal(await step(page), 'Step 51.1 of 70 · main-3 · freed some');
      await press(page, ',');
      assert.equal(await step(page), 'Step 50 of 70 · main-3 · freed some');
      await press(page, 'Shift+.', 'Shift+.', 'Shift+,');
      assert.equal(await step(page), 'Step 51 of 70 · main-3 · freed some');
      await page.locator('.timeline-slider').focus();
      await press(page, 'Home');
      assert.equal(await step(page), 'Step 0 of 70 · before the boot');
      assert.match(plain(await page.locator('.absence').textContent()), /No heap yet/);
      await press(page, 'End');
      assert.equal(await step(page), 'Step 70 of 70 · main-5 · freed all');
      await press(page, 'ArrowLeft');
      assert.equal(await page.locator('.timeline-slider').getAttribute('aria-valuetext'), 'Step 69 of 70, free(0x3fd9080)');
    });

    it('each step is said once in a polite message', async () => {
      await go(page, 'step 50');
      assert.match(plain(await page.locator('[role=status][aria-live]').textContent()), /^Step 50, pfree\(0x18a000, 1\)/);
    });

    it('n, p and b follow the free list and the buddy; Alt+Left comes back', async () => {
      await go(page, '0x188000');
      await page.locator('.map-view').focus();
      await press(page, 'n');
      assert.match(await selected(page), /^0x0001 4000/);
      await press(page, 'p', 'b');
      assert.match(await selected(page), /^0x0018 a000/);
      await press(page, 'Alt+ArrowLeft');
      assert.match(await selected(page), /^0x0018 8000/);
      await press(page, 'Escape');
      assert.equal(await page.locator('.selected-range').count(), 0);
      await press(page, 'Alt+ArrowLeft');
      assert.match(await selected(page), /^0x0018 8000/);
      await press(page, 'Escape');
    });

    it('arrows move by cell, row and block', async () => {
      await go(page, '0x188000');
      await page.locator('.map-view').focus();
      await press(page, 'Control+ArrowRight');
      assert.match(await selected(page), /^0x0018 a000/);
      await press(page, 'ArrowLeft', 'ArrowLeft', 'ArrowLeft');
      assert.match(await selected(page), /^0x0018 6000/);
      await press(page, 'ArrowDown');
      assert.match(await selected(page), /^0x001c 0000/);
    });

    it('+ and − change the level, 0 fits again', async () => {
      const subtitle = async () => plain(await page.locator('.pane-map .pane-subtitle').textContent());
      await press(page, '-');
      assert.match(await subtitle(), /^Σ 1 cell = 64 KiB · 1 row = 8 MiB · 16 pages a cell/);
      await press(page, '+', '+');
      assert.match(await subtitle(), /^1 dot = 1 byte/);
      await press(page, '0');
      assert.match(await subtitle(), /^1 cell = 1 page/);
    });

    it('a filter dims, counts and is walked by Enter', async () => {
      await page.locator('#search').fill('free order:12');
      await settled(page);
      assert.equal(plain(await page.locator('#search-answer').textContent()), '2 of 45 blocks');
      await press(page, 'Enter');
      assert.match(await selected(page), /^0x0(100|200) 0000/);
      await press(page, 'Escape');
      assert.equal(plain(await page.locator('#search-answer').textContent()), '');
    });

    it('a click in the map selects the block under the pointer, one on the fold’s gutter unfolds it', async () => {
      await go(page, 'step 50');
      const box = (await page.locator('.map-view').boundingBox())!;
      const fold = await page.evaluate(() => {
        const map = window.harness.view.frame().map!;
        return map.items.find((i) => i.kind === 'fold')!.y - map.top;
      });
      const rows = await page.locator('.map-view').evaluate((e) => e.scrollHeight);
      await page.mouse.click(box.x + 200, box.y + 18 + 28 + 10);
      await settled(page);
      assert.match(await selected(page), /^0x0004 0000/);
      await page.mouse.click(box.x + 40, box.y + fold + 12);
      await settled(page);
      assert.ok((await page.locator('.map-view').evaluate((e) => e.scrollHeight)) > rows * 5, 'the fold’s rows are there');
    });

    it('F6 goes through the panes in reading order and round', async () => {
      await page.locator('.toolbar button').first().focus();
      const order: string[] = [];
      for (let i = 0; i < 11; i++) {
        await page.keyboard.press('F6');
        order.push(await focused(page));
      }
      assert.deepEqual(order, [
        'search',
        'strip',
        'steps',
        'map',
        'lists',
        'selected',
        'explain',
        'metrics',
        'timeline',
        'log',
        'toolbar',
      ]);
    });

    it('one tab stop a pane: arrows go from region to region', async () => {
      await page.locator('.region-box').first().focus();
      await press(page, 'ArrowRight', 'End');
      const label = await page.evaluate(() => document.activeElement?.textContent ?? '');
      assert.match(plain(label), /^Region 14, reserved, read, 12 gibibytes at 0xfd00000000/);
      assert.equal(await page.locator('.strip-boxes [tabindex="0"]').count(), 1);
    });

    it('panes fold to their header with a summary, and are remembered', async () => {
      await page.locator('.pane-lists .twistie').click();
      assert.match(plain(await page.locator('.pane-lists .pane-subtitle').textContent()), /^o0×5 o1×2 … o12×2 · 23 chunks$/);
      const state = await page.evaluate(() => window.harness.state as { layout: { folded: string[] } });
      assert.deepEqual(state.layout.folded, ['lists']);
      await page.locator('.pane-lists .twistie').click();
    });

    it('a dragged sash resizes, a double click restores', async () => {
      const width = async () => (await page.locator('.pane-steps').boundingBox())!.width;
      const before = await width();
      const box = (await page.locator('.sash-x').first().boundingBox())!;
      await page.mouse.move(box.x, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + 60, box.y + 100);
      await page.mouse.up();
      assert.ok((await width()) > before + 40);
      await page.locator('.sash-x').first().dblclick();
      assert.equal(await width(), before);
    });

    it('? shows the keys, Escape hides them', async () => {
      await page.locator('.map-view').focus();
      await page.keyboard.press('?');
      assert.ok(await page.locator('.keys').isVisible());
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('.keys').count(), 0);
    });
  });

  it('a flood of steps ends at the right place and leaves no queue', async () => {
    const page = await harness.open(capturedBoot(CAPTURE), 'dark', 1400, 843);
    await page.locator('.map-view').focus();
    for (let i = 0; i < 60; i++) await page.keyboard.press('Shift+.');
    await settled(page);
    assert.equal(await step(page), 'Step 70 of 70 · main-5 · freed all');
    await page.close();
  });

  it('comes back to the same step, selection and zoom after a reload', async () => {
    const first = await harness.open(capturedBoot(CAPTURE), 'dark', 1400, 843);
    await go(first, 'step 30');
    await go(first, '0x188000');
    await press(first, 'Escape', 'Tab');
    await first.evaluate(() => document.querySelector<HTMLElement>('[aria-label="Zoom out"]')!.click());
    await settled(first);
    const state = await first.evaluate(() => window.harness.state);
    await first.close();
    const second = await harness.open({ ...capturedBoot(CAPTURE), state: state as never }, 'dark', 1400, 843);
    assert.equal(await step(second), 'Step 30 of 70 · main-1 · start');
    assert.match(plain(await second.locator('.pane-map .pane-subtitle').textContent()), /^Σ 1 cell/);
    await second.close();
  });

  it('goes back through selections after a reload, and keeps the keyboard when a pane takes another’s place', async () => {
    const first = await harness.open(capturedBoot(CAPTURE), 'dark', 1400, 843);
    await go(first, 'step 50');
    for (const address of ['0x188000', '0x14000']) await go(first, address);
    const state = await first.evaluate(() => window.harness.state);
    await first.close();
    const second = await harness.open({ ...capturedBoot(CAPTURE), state: state as never }, 'dark', 1400, 843);
    await second.locator('.map-view').focus();
    await press(second, 'Alt+ArrowLeft');
    assert.match(await selected(second), /^0x0018 8000/);
    await press(second, 'Alt+ArrowRight');
    assert.match(await selected(second), /^0x0001 4000/);
    await press(second, 'k', 'Shift+,', 'v');
    assert.equal(await focused(second), 'compare');
    await press(second, 'Escape');
    assert.equal(await focused(second), 'map');
    await second.close();
  });

  it('a region of 16 bytes, one of 1 TiB and 300 others do not break the strip', async () => {
    const many = Array.from({ length: 300 }, (_, i) => ({
      pbase: `0x${(0x10000000 + i * 0x10000).toString(16)}`,
      len: '0x10',
      type: 'RESERVED',
      flags: ['READ'],
    }));
    const page = await harness.open(
      memoryMap([...many, { pbase: '0x100000000', len: '0x10000000000', type: 'FREE', flags: ['READ', 'WRITE'] }]),
      'dark',
      1400,
      843,
    );
    assert.match(plain(await page.locator('.strip-label').textContent()), /301 regions/);
    assert.match(await metric(page, 'free'), /TiB|GiB/);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
});
