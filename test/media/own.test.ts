// The allocators' own pictures with room: what must be in sight when the pane is maximised, and states of a live session.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled } from './harness';
import type { AnyScenario } from './harness-page';
import { go, metric, plain, press } from './keys';
import { capturedBoot, capturedMimalloc, oscarBoot, oscarTrace } from './scenarios';
import { OWN } from './states';

/** What is drawn in the allocator's own picture alone. */
const DRAWN: Readonly<Record<string, string>> = {
  tlsf: '.tlsf-grid .cell.full',
  tinyalloc: '.descriptor.used',
  region: '.bump-part',
  mimalloc: '.mi-page.used',
  oscar: '.page.live',
};

describe('own pictures', function () {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  async function open(scenario: AnyScenario, ...places: readonly string[]): Promise<Page> {
    const page = await harness.open(scenario, 'dark', 1400, 843);
    for (const text of places) {
      await page.locator('#search').fill(text);
      await page.locator('#search').press('Enter');
      await settled(page);
    }
    await page.locator('.pane-lists .maximise').click();
    await settled(page);
    return page;
  }

  async function close(page: Page): Promise<void> {
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  }

  /** Elements of which a part is not in sight. */
  const hidden = (page: Page, selector: string) =>
    page.locator(selector).evaluateAll((all) => {
      const body = document.querySelector('.maximal')!.getBoundingClientRect();
      return all
        .filter((e) => e.getBoundingClientRect().bottom > body.bottom || e.getBoundingClientRect().right > body.right)
        .map((e) => e.textContent);
    });

  it('TLSF: six numbered steps in sight beside the grid, each number of the grid among them, lines dashed and solid', async () => {
    const page = await open(capturedBoot('0.17.0-x86_64-tlsf-64M'), 'step 50', '0x48260');
    await page.locator('.probe-input').fill('2500');
    await settled(page);
    assert.equal(await page.locator('.probe ol > li').count(), 6);
    assert.deepEqual(await hidden(page, '.probe li, .probe-note, .tlsf-rest, .tlsf-grid td'), []);
    assert.deepEqual(await page.locator('.tlsf-grid .disc').allTextContents(), ['2', '3', '4', '6']);
    const style = (line: string, name: string) =>
      page.locator(`.tlsf-path .${line}`).evaluate((e, n) => getComputedStyle(e).getPropertyValue(n), name);
    assert.notEqual(await style('along', 'stroke-dasharray'), 'none');
    assert.equal(await style('down', 'stroke-dasharray'), 'none');
    assert.notEqual(await style('at-rest', 'stroke-dasharray'), 'none');
    const colour = (selector: string) => page.locator(selector).evaluate((e) => getComputedStyle(e).backgroundColor);
    for (const [number, at] of [
      [2, 0],
      [4, 2],
      [6, 3],
    ] as const)
      assert.equal(
        await colour(`.probe li:nth-child(${String(number)}) .disc`),
        await colour(`.tlsf-grid .disc >> nth=${String(at)}`),
      );
    // The disc of the found cell stands beside it, where the cell is.
    const cell = (await page.locator('.tlsf-grid tbody tr').nth(6).locator('td.cell').nth(8).boundingBox())!;
    const disc = (await page.locator('.tlsf-grid .disc-found').boundingBox())!;
    assert.ok(Math.abs(disc.x + disc.width / 2 - (cell.x + cell.width / 2)) < 1.5 && disc.y > cell.y + cell.height / 2);
    await close(page);
  });

  it('mimalloc: heap bar, pages, queues and the selected page in sight at once, its sum and its legend too', async () => {
    const page = await open(capturedMimalloc(), 'step 35', '0x10830000');
    assert.deepEqual(await hidden(page, '.mi-part, .mi-page, .mi-queues tr, .mi-block, .mi-legend div, .mi-selected p'), []);
    assert.match(plain(await page.locator('.mi-selected').textContent()), /2 free \+ 1 local \+ 1 used = 4 linked ≤ 64 ✓/);
    assert.equal(await page.locator('.mi-page.retired').count(), 3);
    assert.match(plain(await page.locator('.mi-page.retired').first().innerText()), /retired/);
    const row = page.locator('.mi-queues tr.selected');
    assert.equal(await row.locator('button').innerText(), '0x10800138');
    await page.locator('.mi-block.free').first().click();
    await settled(page);
    const state = await page.evaluate(() => window.harness.state as { viewport: { selection: string } });
    assert.equal(state.viewport.selection, '0x10830800');
    // Bars stand below each other, whatever the numbers beside them.
    const bars = await page.locator('.mi-linked .nested').evaluateAll((all) => all.map((e) => e.getBoundingClientRect().left));
    assert.equal(new Set(bars).size, 1);
    // What is lost leads to the account of every byte, which takes the place of the maximised pane.
    await page.getByRole('button', { name: 'where every byte went' }).click();
    await settled(page);
    await page.locator('.ledger').waitFor();
    await close(page);
  });

  it('Oscar: the frame’s dead owners dashed, its living one solid, over thin lines; revoked pages hatched, in any theme', async () => {
    const page = await open(oscarTrace(), 'step 40', '0x10013000');
    await page.locator('.probe-input').fill('0x40000007f08');
    await settled(page);
    const dash = (line: string) => page.locator(line).evaluateAll((all) => all.map((e) => getComputedStyle(e).strokeDasharray));
    const [dead, bold, thin] = [await dash('.ties path.dead'), await dash('.ties path.bold'), await dash('.ties.below path')];
    assert.deepEqual([dead.length, bold, thin.length], [3, ['none'], 27]);
    assert.ok(dead.every((d) => d !== 'none') && thin.every((d) => d === 'none'));
    assert.deepEqual(await hidden(page, '.page-row, .frame-history tr'), []);
    assert.equal(await page.locator('.frame-history .life').count(), 4);
    assert.equal(await page.locator('.page.selected').count(), 5);
    assert.match(await page.locator('.trail').innerText(), /L4\[8\] ✓\s+L3\[0\] ✓\s+L2\[0\] ✓\s+L1\[7\] ✗/);
    assert.match(
      await page.locator('.probe-answer').innerText(),
      /^Fault\. It was #4 malloc\(247\), freed by realloc at step 11/,
    );
    for (const theme of ['light', 'highContrast', 'highContrastLight'] as const) {
      const other = await harness.open(oscarTrace(), theme, 1400, 843);
      await other.locator('#search').fill('step 40');
      await other.locator('#search').press('Enter');
      await settled(other);
      const look = await other
        .locator('.page.revoked, .page.gone')
        .first()
        .evaluate((e) => getComputedStyle(e).backgroundImage);
      assert.match(look, /repeating-linear-gradient/, theme);
      await other.close();
    }
    // What the pointers of the history lead to.
    await page.locator('.frame-history button.link').nth(1).click();
    await settled(page);
    assert.match(await page.locator('.probe-answer').innerText(), /^Fault\. It was #7 malloc\(30\)/);
    assert.equal(await page.locator('.probe-input').inputValue(), '0x4000000dfe0');
    await page.locator('.frame-history .plain').last().click();
    await settled(page);
    assert.match(await page.locator('.toolbar').innerText(), /Step 40/);
    await close(page);
  });

  it('region: bars to scale, a piece chosen is chosen everywhere, and the pointer stands where room begins', async () => {
    const page = await open(capturedBoot('0.17.0-x86_64-region-64M'), 'step 50');
    assert.deepEqual(await hidden(page, '.bump-part, .bump-sums tr, .probe li'), []);
    const box = async (selector: string) => (await page.locator(selector).first().boundingBox())!;
    const [room, pointer] = [await box('.bump-part.free'), await box('.bump-pointer')];
    assert.ok(Math.abs(room.x - pointer.x) < 3);
    const piece = page.getByRole('group', { name: /^Handed out/ }).getByRole('button', { name: /^malloc\(100000\)/ });
    await piece.click();
    await settled(page);
    const state = await page.evaluate(() => window.harness.state as { viewport: { selection: string } });
    assert.ok((await piece.getAttribute('aria-label'))!.includes(state.viewport.selection));
    assert.equal(await page.locator('.bump-part.selected').count(), 2);
    assert.deepEqual(await page.evaluate(() => window.harness.faults()), []);
    await close(page);
  });

  it('tinyalloc: the walk numbered on its chain, in words too; a block chosen there is chosen everywhere', async () => {
    const page = await open(capturedBoot('0.17.0-x86_64-tinyalloc-64M'), 'step 50');
    await page.locator('.probe-input').fill('6000');
    await settled(page);
    assert.deepEqual(await page.locator('.chain-free .look').allTextContents(), ['1 ✗', '2 ✗', '3 ✗', '4 ✓']);
    assert.deepEqual(await hidden(page, '.chain li, .tiny p, .probe li'), []);
    await page.locator('.chain-used .member').nth(3).click();
    await settled(page);
    const state = await page.evaluate(() => window.harness.state as { viewport: { selection: string } });
    assert.equal(state.viewport.selection, '0x720c0');
    assert.equal(await page.locator('.chain .member.selected').innerText(), '0x720c0');
    assert.deepEqual(await page.evaluate(() => window.harness.faults()), []);
    await close(page);
  });

  for (const [{ name, scenario, go: places }, key] of OWN.flatMap((state) => {
    const drawn = DRAWN[state.name];
    return drawn === undefined ? [] : [[state, drawn] as const];
  }))
    it(`${name}: stands in the pane, and the lists are one click away`, async () => {
      const page = await harness.open(scenario(), 'dark', 1400, 843);
      await go(page, places![0]!);
      assert.ok((await page.locator(key).count()) > 0);
      await page.getByRole('button', { name: 'Show as lists' }).click();
      assert.equal(await page.locator(key).count(), 0);
      await close(page);
    });

  it('Oscar: a line ties each living shadow page to its frame', async () => {
    const page = await harness.open(oscarBoot(), 'dark', 1400, 900);
    await press(page, 'End');
    const live = await page.locator('.page.live[data-frame]').count();
    assert.ok(live > 5);
    assert.equal(await page.locator('.ties path').count(), live);
    await page.locator('.page.live[data-frame]').first().click();
    await settled(page);
    assert.equal(await page.locator('.ties path.bold').count(), 1);
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });

  it('a size typed into TLSF’s pane is followed through the grid without changing the heap', async () => {
    const page = await harness.open(capturedBoot('0.17.0-x86_64-tlsf-64M'), 'dark', 1400, 843);
    await go(page, 'step 50');
    const free = await metric(page, 'free');
    await page.locator('.probe-input').fill('2500');
    await settled(page);
    assert.equal(await page.locator('.probe ol li').count(), 6);
    assert.equal(await page.locator('.cell.marked').count(), 3);
    assert.equal(await metric(page, 'free'), free);
    await page.close();
  });

  it('mimalloc as lists from its empty start on: as many blocks of each as have room', async () => {
    const state = { layout: { sizes: {}, folded: [], asLists: true } };
    const page = await harness.open({ ...capturedMimalloc(), state }, 'dark', 1400, 843);
    await go(page, 'step 35');
    const row = page.locator('.list-row', { hasText: /^b24 free/ });
    assert.deepEqual(await row.locator('.member').allTextContents(), ['0x10830800', '0x10830c00']);
    await close(page);
  });

  const LIVE = { of: capturedBoot('0.17.0-x86_64-bbuddy-64M'), step: 50, words: [] as const };

  it('a target that runs: the last stop, greyed, with its time', async () => {
    const page = await harness.open(
      { ...LIVE, live: { stop: 'stop of 09:14:07', stale: 'running · shown is 09:14:07' } },
      'dark',
      1400,
      843,
    );
    assert.equal(await page.locator('.banner-text').innerText(), 'The target is running. Showing the stop of 09:14:07.');
    assert.match(await page.locator('main').evaluate((e) => getComputedStyle(e).filter), /grayscale/);
    assert.deepEqual(await page.evaluate(() => window.harness.faults()), []);
    await close(page);
  });

  it('a stop that is being read: how far, and Cancel', async () => {
    const page = await harness.open(
      { ...LIVE, live: { stop: 'stop of 09:14:07', reading: { bytes: 38_254_182, of: 65_955_430 } } },
      'light',
      420,
      843,
    );
    assert.match(plain(await page.locator('.banner-text').innerText()), /^Reading: 36\.5 MiB of some 62\.9 MiB/);
    assert.equal(await page.getByRole('progressbar').getAttribute('aria-valuenow'), '58');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await settled(page);
    assert.deepEqual(await page.evaluate(() => window.harness.commands), ['ukboot.cancelReading']);
    assert.deepEqual(await page.evaluate(() => window.harness.faults()), []);
    await close(page);
  });
});
