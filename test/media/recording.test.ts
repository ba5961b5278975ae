// What a recording says of a run, as the panel shows it: beside the log, and at the step. Skipped where there is no browser.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled } from './harness';
import type { Scenario } from './harness-page';
import { capturedBoot } from './scenarios';

const CAPTURED = capturedBoot('0.17.0-x86_64-bbuddy-64M');

describe('panel: a recording held against its run', () => {
  let harness: Harness;
  let page: Page;
  before(async () => {
    harness = await Harness.start();
  });
  afterEach(async () => {
    assert.deepEqual(errorsOf(page), []);
    await page.close();
  });
  after(() => harness.close());

  async function openAt(scenario: Scenario, step: number): Promise<void> {
    page = await harness.open(scenario, 'dark', 1400, 843);
    await page.keyboard.press('Control+g');
    await page.locator('#search').fill(`step ${String(step)}`);
    await page.keyboard.press('Enter');
    await settled(page);
  }
  const log = () => page.locator('.pane-log .pane-subtitle').innerText();
  const step = () => page.locator('.where-in-c').innerText();

  it('all the same: how many, and at a step what it returned', async () => {
    await openAt(CAPTURED, 42);
    assert.match(await log(), /· ✓ \d+ recorded results so far, all the same$/);
    assert.match(await step(), /→ 0x18000 ✓ as recorded$/);
  });

  it('another result: which step is the first, and both results', async () => {
    const changed = CAPTURED.workload.replace('"ret": "0x18000"', '"ret": "0x1c000"');
    assert.notEqual(changed, CAPTURED.workload);
    await openAt({ ...CAPTURED, workload: changed }, 42);
    assert.match(await log(), /· ≠ 1 of \d+ recorded results so far: not the same, first at step 42$/);
    assert.match(await step(), /→ 0x18000 ≠ recorded 0x1c000, got 0x18000$/);
  });
});
