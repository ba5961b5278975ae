import assert from 'node:assert/strict';
import { heldText } from '../../../src/cli/held-text';
import { holdAgainst, simulationBeside } from '../../../src/dumps/hold';
import type { Held } from '../../../src/dumps/hold';
import { openDump } from '../../../src/dumps/open';
import type { OpenedDump } from '../../../src/dumps/open';
import { heldView } from '../../../src/extension/dumps/held';
import type { HeldView } from '../../../src/view/held';
import { captureNamed } from '../../support/captures';

const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');

function held(bytes: Uint8Array): HeldView {
  const { found, operations } = holdingOf(bytes);
  return heldView(found, operations);
}

function holdingOf(bytes: Uint8Array): { readonly found: Held; readonly operations: number } {
  const trace = { name: 'alloc-trace.jsonl', bytes: capture.bytes('alloc-trace.jsonl') };
  const dump: OpenedDump = openDump([{ name: 'ram-main-3.bin', bytes }, trace]);
  const simulation = simulationBeside(dump);
  assert.ok(typeof simulation !== 'string', 'it can be simulated');
  const found = holdAgainst(dump, simulation);
  assert.ok(typeof found !== 'string', 'they can be compared');
  return { found, operations: simulation.operationCount };
}

describe('a dump held against its simulation, in words', () => {
  it('a captured stage is what the recorded calls lead to', () => {
    const view = held(capture.bytes('mem/ram-main-3.bin'));
    assert.equal(view.same, true, [view.title, ...view.lines].join('\n'));
    assert.match(view.title, /^The dump is what the simulation has after step \d+ of \d+, /);
    assert.equal(view.first, '');
  }).timeout(30_000);

  it('the panel and the command line name the same step, counted from 1', () => {
    const bytes = capture.bytes('mem/ram-main-3.bin').slice();
    const whole = holdingOf(bytes);
    bytes[0x18d008] = 5;
    const damaged = holdingOf(bytes);
    for (const { found, operations } of [whole, damaged]) {
      const view = heldView(found, operations);
      const lines = heldText(found, operations);
      assert.equal(lines[0], view.title);
      assert.match(view.title, / step 50 of 70, pfree\(0x18a000, 1\)/);
      for (const row of view.rows.filter((r) => r.expected === ''))
        assert.ok(
          lines.some((l) => l.includes(`written last by step ${row.step}: ${row.by}`)),
          lines.join('\n'),
        );
    }
  }).timeout(60_000);

  it('a byte that was changed is named with its field, both values and the step that wrote it', () => {
    const bytes = capture.bytes('mem/ram-main-3.bin').slice();
    // num_pages in the header of a used block of 4 pages.
    bytes[0x18d008] = 5;
    const view = held(bytes);
    assert.equal(view.same, false);
    const row = view.rows.find((r) => r.address === '0x18d008');
    assert.ok(row, view.rows.map((r) => r.address).join(' '));
    assert.deepEqual([row.dump, row.simulated], ['0x5', '0x4']);
    assert.match(row.name, /num_pages/);
    assert.match(row.step, /^\d+\.\d+$/);
    assert.match(view.first, /^First differing step: \d+\.\d+, /);
  }).timeout(30_000);
});
