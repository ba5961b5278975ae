// Opening a dump step by step: whoever stops in between has what was found up to there, and may go on from there.

import assert from 'node:assert/strict';
import { openDump, openingDump, type DumpPart, type OpenedDump, type OpenProgress } from '../../src/dumps/open';
import { absenceOf } from '../../src/view/frame/words';
import { captureNamed } from '../support/captures';

const capture = captureNamed('0.10.0-x86_64-mimalloc-512M');
/** RAM and the index that says where it belongs. No descriptors of that release stand in it, so all of it is looked through for the heap. */
const parts: readonly DumpPart[] = [
  { name: 'ram-main-3.sparse.bin', bytes: capture.bytes('mem/ram-main-3.sparse.bin') },
  { name: 'index.json', bytes: capture.bytes('mem/index.json') },
];

function opened(from = openingDump(parts)): { readonly told: readonly OpenProgress[]; readonly dump: OpenedDump } {
  const told: OpenProgress[] = [];
  for (;;) {
    const next = from.next();
    if (next.done === true) return { told, dump: next.value };
    told.push(next.value);
  }
}

describe('dumps: opening that is stopped', () => {
  const { told } = opened();
  const heap = told.filter((t) => t.doing === 'Looking for a heap');

  it('while the heap is looked for, memory is there, and it says how far it was', () => {
    const last = heap.at(-1)!;
    const soFar = last.soFar!();
    assert.match(soFar.stopped!, /^looking for a heap, [\d.]+\sKiB looked at$/);
    assert.deepEqual([soFar.heap, soFar.snapshot], [undefined, undefined]);
    const { address } = openDump(parts).heap!;
    assert.ok(soFar.reader().u64(address) !== undefined);
    // Somebody who knows where the heap is may say so and have it decoded.
    assert.ok(soFar.decodeAs({ ...soFar.choices, allocator: 'mimalloc', release: '0.10.0' }, address).blocks.length > 0);
    // It has not been found that there is no heap.
    assert.ok(!soFar.problems.some((p) => p.code === 'no-heap'));
  });

  it('before memory has a place there is nothing to show', () => {
    const raw = openingDump([
      { name: 'ram.bin', bytes: captureNamed('0.17.0-x86_64-bbuddy-64M').bytes('mem/ram-main-3.bin') },
    ]).next();
    assert.equal(raw.done, false);
    assert.equal(raw.value.doing, 'Finding where memory belongs');
    assert.equal(raw.value.soFar, undefined);
  });

  it('going on after it was looked at gives what an opening in one go does', () => {
    const opening = openingDump(parts);
    for (let next = opening.next(); next.done !== true && next.value.doing !== 'Looking for a heap'; next = opening.next())
      next.value.soFar?.();
    const { dump } = opened(opening);
    const whole = openDump(parts);
    assert.deepEqual([dump.heap, dump.problems, dump.notes, dump.stopped], [whole.heap, whole.problems, whole.notes, undefined]);
    assert.deepEqual(dump.snapshot!.metrics, whole.snapshot!.metrics);
  });

  it('the panel does not say that there is no heap when not all was looked at', () => {
    const soFar = heap[0]!.soFar!();
    const subject = {
      kind: 'dump' as const,
      title: 'ram.bin',
      source: 'RAM dump',
      release: '0.17.0' as const,
      arch: 'x86_64' as const,
      inspect: () => [],
      snapshot: undefined,
      reader: soFar.reader(),
      map: soFar.map,
    };
    assert.deepEqual(absenceOf({ ...subject, partial: 'opening was cancelled: looking for a heap' }), {
      title: 'No heap found yet',
      text: 'Not all of the source was looked at, and in what was there is no allocator.',
      line: 'opening was cancelled: looking for a heap',
    });
    assert.equal(absenceOf({ ...subject, message: 'nothing' })!.title, 'No heap found');
  });
});
