// What the panel says where something went wrong: without a heap, and on the cards that explain. Skipped where there is no browser.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { errorsOf, Harness, settled, violations } from './harness';
import { plain, step } from './keys';
import { memoryMap } from './scenarios';

describe('panel', function () {
  let harness: Harness;
  before(async () => {
    harness = await Harness.start();
  });
  after(() => harness.close());

  describe('without a heap', () => {
    it('says why in the kernel’s own words, and what to do', async () => {
      const page = await harness.open(
        memoryMap([{ pbase: '0x100000', len: '0x4000', type: 'RESERVED', flags: ['READ'] }]),
        'light',
        1000,
        700,
      );
      const text = plain(await page.locator('.absence').textContent());
      assert.match(text, /The kernel stops here/);
      assert.match(text, /Failed to initialize memory allocator/);
      await page.getByRole('button', { name: 'Open a dump…' }).click();
      await settled(page);
      assert.deepEqual(await page.evaluate(() => window.harness.commands), ['ukboot.importDump']);
      assert.deepEqual(await violations(page), []);
      await page.close();
    });
  });

  describe('explanations', () => {
    let page: Page;
    before(async () => {
      const regions = [
        { pbase: '0x12000', len: '0x8e000', type: 'FREE', flags: ['READ', 'WRITE'] },
        { pbase: '0x7ae000', len: '0x1000', type: 'FREE', flags: ['READ', 'WRITE'] },
      ];
      page = await harness.open(memoryMap(regions), 'light', 1400, 843);
    });
    afterEach(() => assert.deepEqual(errorsOf(page), []));
    after(() => page.close());

    it('the chip of a lost region opens its card', async () => {
      await page.locator('.chip .link').click();
      await settled(page);
      assert.equal(await page.locator('.card h3').textContent(), 'Why was 0x7ae000…0x7af000 not added?');
      assert.equal(plain(await page.locator('.card-sums .decides .code').textContent()), '4 096 < 8192');
      assert.equal(await page.locator('.drawing .bar-missing').count(), 1);
    });

    it('a card has its step, and goes there', async () => {
      await page.locator('.card-links .link', { hasText: 'Go to its step' }).click();
      await settled(page);
      assert.match(await step(page), /^Step 3 of/);
    });

    it('the ledger is chosen by keyboard, and axe finds nothing', async () => {
      await page.locator('.explain-choice').selectOption('ledger');
      await settled(page);
      assert.equal(plain(await page.locator('.ledger .total').textContent()), 'all regions of the list572 KiB585 728 B');
      assert.deepEqual(await violations(page), []);
    });
  });
});
