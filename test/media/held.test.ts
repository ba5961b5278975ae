// A dump held against the simulation of its boot, in the four themes and at four widths: nothing is cut, overlaps or stands sideways.

import assert from 'node:assert/strict';
import { holdAgainst, simulationBeside } from '../../src/dumps/hold';
import { openDump } from '../../src/dumps/open';
import { heldView } from '../../src/extension/dumps/held';
import type { HeldView } from '../../src/view/held';
import { captureNamed } from '../support/captures';
import { errorsOf, Harness, settled, violations } from './harness';
import { capturedBoot } from './scenarios';
import { THEMES } from './themes';

const NAME = '0.17.0-x86_64-bbuddy-64M';
/** A counter, a sentinel, a word of the bitmap and a header, each overwritten. */
const WORDS = [
  ['0x12070', '0x1'],
  ['0x12268', '0xffff8000deadbeef'],
  ['0x180068', '0x5555'],
  ['0x18d008', '0x5'],
] as const;

function held(): HeldView {
  const capture = captureNamed(NAME);
  const bytes = Uint8Array.from(capture.bytes('mem/ram-main-3.bin'));
  for (const [address, value] of WORDS) new DataView(bytes.buffer).setBigUint64(Number(address), BigInt(value), true);
  const trace = { name: 'alloc-trace.jsonl', bytes: capture.bytes('alloc-trace.jsonl') };
  const dump = openDump([{ name: 'ram-main-3.bin', bytes }, trace]);
  const simulation = simulationBeside(dump);
  if (typeof simulation === 'string') assert.fail(simulation);
  const found = holdAgainst(dump, simulation);
  if (typeof found === 'string') assert.fail(found);
  return heldView(found, simulation.operationCount);
}

describe('a dump held against its simulation', function () {
  this.timeout(120_000);
  let harness: Harness;
  let view: HeldView;
  before(async () => {
    view = held();
    harness = await Harness.start();
  });
  after(() => harness.close());

  for (const theme of THEMES)
    it(`in ${theme}`, async () => {
      const page = await harness.open({ of: capturedBoot(NAME), step: 50, words: WORDS }, theme, 1400, 1100);
      try {
        await page.evaluate((shown) => window.harness.hold(shown), view);
        await settled(page);
        const pane = page.getByRole('region', { name: /^Held against the simulation/ });
        const fields = pane.getByRole('table', { name: 'Fields that differ' });
        assert.deepEqual(
          await fields.getByRole('button').allInnerTexts(),
          view.rows.map((r) => r.address),
        );
        const found: string[] = [];
        for (const width of [1400, 900, 700, 420]) {
          await page.setViewportSize({ width, height: 1100 });
          await settled(page);
          // Still there where the columns have become lines.
          const row = fields.getByRole('row').filter({ hasText: '0x18d008' });
          for (const text of ['0x5', '0x4', 'num_pages']) await row.getByText(text).first().waitFor();
          if (process.env['PICTURES'] !== undefined)
            await page.screenshot({ path: `${process.env['PICTURES']}/held-${theme}-${String(width)}.png` });
          for (const fault of await page.evaluate(() => window.harness.faults())) found.push(`${String(width)}: ${fault}`);
          if (width === 1400 || width === 420) found.push(...(await violations(page)));
        }
        assert.deepEqual(found, []);
        await fields.getByRole('button').last().click();
        await page.locator('.selected-range').waitFor();
        assert.deepEqual(errorsOf(page), []);
      } finally {
        await page.close();
      }
    });
});
