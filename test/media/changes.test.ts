// What has changed, by what there is to compare with: a step, the stop of a program before, or nothing in a dump, which has no time.
// Skipped where there is no browser.

import assert from 'node:assert/strict';
import { errorsOf, Harness } from './harness';
import type { AnyScenario } from './harness-page';
import { capturedBoot } from './scenarios';

const BOOT = capturedBoot('0.17.0-x86_64-bbuddy-64M');
const DUMP = { of: BOOT, step: 50, words: [] as const };
const STOP = 'stop of 09:14:07';

describe('panel: what has changed', () => {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  /** Heads of the columns of metrics, the last entry of the map's legend, and the change of what is free. */
  async function told(scenario: AnyScenario) {
    const page = await harness.open(scenario, 'dark', 1400, 843);
    const heads = await page.locator('.metrics thead th').allInnerTexts();
    const legend = await page.locator('.legend li').allInnerTexts();
    const row = page.locator('.metrics tr', { has: page.locator('[data-metric=free]') });
    const change = await row.locator('.change').allInnerTexts();
    assert.deepEqual(errorsOf(page), []);
    await page.close();
    return { heads: heads.slice(1), legend: legend.at(-1), change };
  }

  it('of a run: by the last step, with a history', async () => {
    const { heads, legend } = await told(BOOT);
    assert.deepEqual(heads, ['now', 'last step', 'history']);
    assert.equal(legend, 'last step');
  });

  it('of a dump: nothing, and no empty columns for it', async () => {
    const { heads, legend, change } = await told(DUMP);
    assert.deepEqual(heads, ['now']);
    assert.equal(legend, 'allocator');
    assert.deepEqual(change, []);
  });

  it('of a debug session: since its last stop, in figures too, but for the first stop', async () => {
    const first = await told({ ...DUMP, live: { stop: STOP } });
    assert.deepEqual(first.heads, ['now']);
    assert.equal(first.legend, 'last stop');
    const metrics = { total: 0, used: 0, slack: 0, overhead: 0, usedBlocks: 0, freeBlocks: 23, largestFree: 16777216, largestRequest: -1, externalFragmentation: 0, internalFragmentation: 0, freeByClass: [] }; // prettier-ignore
    const second = await told({ ...DUMP, live: { stop: STOP, before: { ...metrics, free: 15948 * 4096 } } });
    assert.deepEqual(second.heads, ['now', 'last stop']);
    assert.deepEqual(second.change.map((t) => t.replace(/\s/g, ' ')), ['+4 KiB']); // prettier-ignore
  });
});
