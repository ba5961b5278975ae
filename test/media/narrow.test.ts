// One column: what the design has above the fold stands there, in rows that are as low, and nothing is drawn that has no room.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled, violations } from './harness';
import { capturedBoot } from './scenarios';

const CAPTURE = '0.17.0-x86_64-bbuddy-64M';
const plain = (text: string | null) => (text ?? '').replace(/[\u202f\u2009\u00a0]/g, ' ');

describe('a narrow panel', function () {
  let harness: Harness;
  let page: Page;
  before(async () => {
    harness = await Harness.start();
    page = await harness.open(capturedBoot(CAPTURE), 'dark', 420, 843);
    await go(page, 'step 50', '0x188000');
  });
  afterEach(() => assert.deepEqual(errorsOf(page), []));
  after(() => harness.close());

  async function go(on: Page, ...texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      await on.keyboard.press('Control+g');
      await on.locator('#search').fill(text);
      await on.locator('#search').press('Enter');
      await settled(on);
    }
    await on.locator('#search').fill('');
    await on.locator('.map-view').focus();
    await settled(on);
  }

  it('map, selection, figures, lists and the current step stand above the timeline, without scrolling', async () => {
    const timeline = (await page.locator('.timeline').boundingBox())!;
    assert.equal(Math.round(timeline.y + timeline.height), 843);
    for (const what of ['.pane-map', '.pane-selected', '.metric-grid', '.pane-lists', '.step-row.operation.current']) {
      const box = (await page.locator(what).boundingBox())!;
      assert.ok(box.y + box.height <= timeline.y, `${what} ends at ${String(box.y + box.height)}`);
    }
    assert.equal(await page.locator('.one-column').evaluate((e) => e.scrollTop), 0);
  });

  it('rows are 20 pixels, and a fold as high as its two lines need', async () => {
    const map = await page.evaluate(() => window.harness.view.frame().map!);
    assert.deepEqual([map.rowHeight, map.foldHeight, map.cells], [20, 26, 32]);
    const items = map.items.filter((i) => i.kind === 'row' || i.kind === 'fold');
    const fold = items.findIndex((i) => i.kind === 'fold');
    assert.deepEqual([items[1]!.y - items[0]!.y, items[fold + 1]!.y - items[fold]!.y], [20, 28]);
    assert.ok(map.height <= (await page.locator('.map-view').evaluate((e) => e.clientHeight)), 'all of the map is in sight');
  });

  it('the selection stands in two lines: what it is, what it links to and where; and why', async () => {
    assert.equal(plain(await page.locator('.selected-title').textContent()), 'Free chunk, order 1 8 KiB→ 0x140000x0018 8000');
    const lines = page.locator('.pane-selected .details > p');
    const why = lines.nth(1);
    assert.equal(plain(await why.textContent()), 'Not merged: buddy 0x18a000 is order 0, 0x18b000 still used');
    assert.equal(await lines.count(), 2);
    for (const line of await lines.all()) assert.ok((await line.boundingBox())!.height < 20, (await line.textContent())!);
    await lines.nth(0).getByRole('button', { name: 'next in o1: 0x14000' }).click();
    await settled(page);
    assert.match(plain(await page.locator('.selected-title').textContent()), /0x0001 4000$/);
    await go(page, '0x3f80000');
    assert.match(plain(await why.textContent()), /^Held by malloc\(100000\) · 23\.7 % slack$/);
  });

  it('panes stand in the design’s order, the log’s header above the timeline, with the steps inside the operation', async () => {
    const panes = await page
      .locator('.one-column .pane')
      .evaluateAll((all) => all.map((e) => (e as HTMLElement).dataset['pane']));
    assert.deepEqual(panes, ['map', 'selected', 'metrics', 'lists', 'explain', 'steps', 'log']);
    const timeline = (await page.locator('.timeline').boundingBox())!;
    const log = (await page.locator('.pane-log').boundingBox())!;
    assert.ok(log.y + log.height <= timeline.y, `${String(log.y + log.height)} > ${String(timeline.y)}`);
    const list = (await page.locator('.steps-list').boundingBox())!;
    const texts = page.locator('.step-row.step');
    assert.equal(await texts.count(), 3);
    for (const row of await texts.all()) {
      const { y, height } = (await row.boundingBox())!;
      assert.ok(y + height <= list.y + list.height, 'no step is cut');
    }
  });

  it('the map is as high as what it shows, up to what leaves the log above the fold, and is fitted to that much', async () => {
    const tlsf = await harness.open(capturedBoot('0.17.0-x86_64-tlsf-64M'), 'dark', 420, 1400);
    const heights = (on: Page) =>
      on.evaluate(() => {
        const { map } = window.harness.view.frame();
        const [pane, view] = ['.pane-map', '.map-view'].map((s) => document.querySelector<HTMLElement>(s)!.offsetHeight);
        const state = window.harness.state as { viewport: { map: { height: number } } };
        return { pane: pane!, view: view!, content: map!.height, level: map!.level, asked: state.viewport.map.height };
      });
    const small = await heights(tlsf);
    assert.ok(small.content < 250 && Math.abs(small.view - small.content) <= 1, JSON.stringify(small));
    assert.equal(small.asked, 0.45 * 1400 - (small.pane - small.view), 'levels are fitted to what there could be');
    // In a panel that becomes lower it is fitted to less.
    await tlsf.setViewportSize({ width: 420, height: 1000 });
    await settled(tlsf);
    assert.equal((await heights(tlsf)).asked, 0.45 * 1000 - (small.pane - small.view));
    await tlsf.setViewportSize({ width: 420, height: 1400 });
    await settled(tlsf);
    const bottom = (await tlsf.locator('.pane-map').boundingBox())!;
    const next = (await tlsf.locator('.pane-selected').boundingBox())!;
    assert.ok(Math.abs(bottom.y + bottom.height - next.y) <= 1);
    // Stepping back to less does not make what stands below jump.
    await tlsf.locator('.timeline-slider').focus();
    for (const key of ['Home', 'End', 'PageUp']) await tlsf.keyboard.press(key);
    await settled(tlsf);
    assert.ok((await heights(tlsf)).view >= small.view - 1);
    assert.deepEqual(errorsOf(tlsf), []);
    await tlsf.close();
    await page.setViewportSize({ width: 420, height: 843 });
    await settled(page);
    await page.locator('.map-view').focus();
    await page.keyboard.press('Enter');
    const { pane, asked, view } = await heights(page);
    assert.ok(pane <= 384 && asked >= view, JSON.stringify({ pane, asked, view }));
  });

  it('in a high panel the steps have what is left, and the log opens to a share of it', async () => {
    const high = await harness.open(capturedBoot(CAPTURE), 'dark', 560, 1300);
    const edges = async (what: string) => {
      const { y, height } = (await high.locator(what).boundingBox())!;
      return { top: y, bottom: y + height, height };
    };
    const timeline = await edges('.timeline');
    assert.ok(Math.abs((await edges('.pane-log')).bottom - timeline.top) <= 1, 'nothing is empty above the timeline');
    const steps = await edges('.pane-steps');
    assert.ok(steps.height > 200, String(steps.height));
    await high.getByRole('button', { name: 'Log, folded' }).click();
    await settled(high);
    assert.ok((await edges('.pane-steps')).height < steps.height);
    assert.ok((await edges('.pane-log')).height > 110);
    assert.ok(Math.abs((await edges('.pane-log')).bottom - timeline.top) <= 1);
    // Lower than all of it, the column scrolls.
    await high.setViewportSize({ width: 560, height: 500 });
    await settled(high);
    assert.ok(await high.locator('.one-column').evaluate((e) => e.scrollHeight > e.clientHeight + 100));
    assert.ok((await edges('.pane-steps')).height >= 116);
    assert.deepEqual(errorsOf(high), []);
    await high.close();
  });

  for (const [width, drawn] of [
    [690, false],
    [710, true],
  ] as const)
    it(`at ${String(width)} pixels the link to the next chunk is ${drawn ? 'drawn' : 'not drawn'} over the map`, async () => {
      await page.setViewportSize({ width, height: 843 });
      await settled(page);
      await page.evaluate(() => {
        const { prototype } = CanvasRenderingContext2D;
        const curve = prototype.bezierCurveTo; // eslint-disable-line @typescript-eslint/unbound-method -- called on a context below
        const counted = window as unknown as { curves: number };
        counted.curves = 0;
        prototype.bezierCurveTo = function (...args) {
          counted.curves++;
          curve.apply(this, args);
        };
      });
      await go(page, '0x188000');
      const curves = await page.evaluate(() => (window as unknown as { curves: number }).curves);
      assert.equal(curves > 0, drawn, `${String(curves)} curves`);
    });

  it('figures without a header of their own are still a region, fold when they were folded, and axe finds nothing', async () => {
    await page.setViewportSize({ width: 420, height: 843 });
    await settled(page);
    assert.equal(await page.locator('.pane-metrics .pane-header').count(), 0);
    await page.getByRole('region', { name: 'Metrics' }).waitFor();
    assert.deepEqual(await violations(page), []);
    const folded = await harness.open(
      { ...capturedBoot(CAPTURE), state: { layout: { sizes: {}, folded: ['metrics'] } } },
      'highContrast',
      420,
      843,
    );
    await folded.locator('.pane-metrics .twistie').click();
    await settled(folded);
    assert.equal(await folded.locator('.metric-grid').count(), 1);
    await folded.close();
  });
});
