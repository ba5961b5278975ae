// The region allocator's picture: its two words read from memory, and what the run tells of the bytes between.

import assert from 'node:assert/strict';
import type { RecordedOperation } from '../../../src/allocators/ukalloc';
import { allocatorFor } from '../../../src/allocators/registry';
import { openDump } from '../../../src/dumps/open';
import { MemoryImage } from '../../../src/memory/image';
import { readWorkload } from '../../../src/readers/workload';
import type { Release } from '../../../src/regions/release';
import { HeapView } from '../../../src/view/heap-view';
import type { RegionView } from '../../../src/view/own/region';
import { captureNamed } from '../../support/captures';
import { at, bootOf, frameOf } from '../subjects';

const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ');
const REGION = [{ pbase: '0x100000', vbase: '0x100000', len: '0x10000', type: 'FREE', flags: ['READ', 'WRITE'] }];

function pictureOf(view: HeapView, change: Parameters<typeof frameOf>[1] = {}): RegionView {
  const { own } = frameOf(view, change);
  assert.ok(own?.kind === 'region');
  return own;
}

function run(calls: readonly RecordedOperation['operation'][], release: Release = '0.17.0'): HeapView {
  const view = bootOf(REGION, calls.map((operation) => ({ operation })), { allocator: 'region', release }); // prettier-ignore
  view.move('runToEnd');
  return view;
}

const malloc = (id: number, size: bigint) => ({ op: 'malloc', id, size }) as const;
const sums = (own: RegionView) => own.sums.map((s) => [s.kind, plain(s.bytes), plain(s.text)]);
const kinds = (own: RegionView) => own.handed!.parts.map((p) => p.kind);

describe('own picture: region', () => {
  it('says what every byte is: in use, given back for nothing, left behind by realloc, passed over', () => {
    const own = pictureOf(
      run([
        malloc(1, 13n),
        malloc(2, 1000n),
        { op: 'free', of: 2 },
        { op: 'realloc', id: 3, of: 1, size: 100n },
        { op: 'memalign', id: 4, align: 4096n, size: 16n },
      ]),
    );
    assert.equal(own.title, 'heap_base 0x101010 of 0x100080…0x110000 · grows upward');
    assert.deepEqual(kinds(own), ['moved', 'padding', 'freed', 'live', 'padding', 'live']);
    assert.deepEqual(sums(own), [
      ['own', '128 B', ''],
      ['live', '116 B', '2 blocks'],
      ['freed', '1000 B', '1 block'],
      ['moved', '13 B', '1 block, 100 B copied'],
      ['padding', '2.79 KiB', '2 places'],
      ['free', '60.0 KiB', ''],
    ]);
    assert.equal(plain(own.total), '65 536 B = all of the region ✓');
  });

  it('is to scale: parts fill their bars without a gap, and the second is the first’s stretch', () => {
    const own = pictureOf(at(captured(), 50));
    for (const bar of [own.whole!, own.handed!]) {
      let at = 0;
      for (const p of bar.parts.filter((q) => q.kind !== 'tried')) {
        assert.ok(Math.abs(p.from - at) < 1e-9, p.text);
        at = p.from + p.width;
      }
      assert.ok(Math.abs(at - 1) < 1e-9);
    }
    assert.equal(own.lens[1], own.whole!.pointer);
    assert.match(own.total, /✓$/);
  });

  it('goes back in time: what is freed later is in use before', () => {
    const view = run([malloc(1, 64n), { op: 'free', of: 1 }]);
    assert.deepEqual(kinds(pictureOf(view)), ['freed']);
    view.move('stepBackOver');
    assert.deepEqual(kinds(pictureOf(view)), ['live']);
    view.move('stepBackOver');
    assert.equal(pictureOf(view).handed, undefined);
  });

  it('a size that is tried: rounding, the sum, the answer, and where it lands', () => {
    const view = run([malloc(1, 13n)]);
    const own = pictureOf(view, { probe: '100' });
    assert.deepEqual(
      own.probe.steps.map((s) => plain(`${s.title} | ${s.text}`)),
      [
        'heap_base 0x10008d rounded up to 8: 0x100090 | 3 B are passed over for good',
        '0x100090 + 100 = 0x1000f4 | ≤ heap_top 0x110000: 63.8 KiB are left',
        'heap_base = 0x1000f4 | returns 0x100090',
      ],
    );
    assert.equal(own.whole!.parts.at(-1)!.kind, 'tried');
    assert.equal(own.whole!.parts.at(-1)!.base, '0x100090');
    const none = pictureOf(view, { probe: '64K' });
    assert.match(plain(none.probe.steps[1]!.text), /heap_top 0x110000 is 144 B short/);
    assert.equal(none.probe.steps[2]!.title, 'NULL');
    assert.ok(!none.whole!.parts.some((p) => p.kind === 'tried'));
  });

  it('what is tried is what a malloc then does, sizes of 0 and up to 2^64 included', () => {
    for (const first of [8n, 13n])
      for (const size of [
        0n,
        1n,
        8n,
        4096n,
        65_395n,
        65_396n,
        65_400n,
        65_408n,
        2n ** 63n,
        2n ** 64n - 9n,
        2n ** 64n - 2n,
        2n ** 64n - 1n,
      ]) {
        // prettier-ignore
        const view = run([malloc(1, first), malloc(2, size)]);
        view.move('stepBackOver');
        const { steps, title } = pictureOf(view).probe;
        assert.match(title, /the next step of the run$/);
        assert.match(steps.at(-1)!.text, /✓$/, `${String(first)}, then ${String(size)}: ${steps.at(-1)!.text}`);
      }
  });

  it('from 0.20 on: downward, and malloc is misled', () => {
    const calls = [{ op: 'memalign', id: 1, align: 64n, size: 100n }, malloc(2, 8n)] as const;
    const own = pictureOf(run(calls, '0.20.0'), { probe: '8' });
    assert.equal(own.title, 'heap_pos 0x10ff80 of 0x100080…? · grows downward');
    assert.deepEqual(kinds(own), ['live']);
    assert.match(own.probe.steps.at(-1)!.title, /NULL$/);
  });

  it('many blocks are columns whose bytes still add up', () => {
    const calls = Array.from({ length: 600 }, (_, i) => [malloc(i, BigInt(8 + ((i * 37) % 61))), ...(i % 3 === 0 ? [{ op: 'free', of: i } as const] : [])]).flat(); // prettier-ignore
    const own = pictureOf(run(calls));
    assert.ok(own.handed!.parts.length > 240 && own.handed!.parts.every((p) => p.stacked !== undefined));
    assert.match(own.total, /✓$/);
    assert.deepEqual(
      own.sums.slice(1, 3).map((s) => s.text),
      ['400 blocks', '200 blocks'],
    );
  });

  it('of a dump it says that memory does not tell blocks apart', () => {
    const capture = captureNamed('0.17.0-x86_64-region-64M');
    const dump = openDump([{ name: 'ram.bin', bytes: capture.bytes('mem/ram-main-3.bin') }]);
    const view = new HeapView({ kind: 'dump', title: 'ram.bin', source: 'RAM dump', release: '0.17.0', arch: 'x86_64', inspect: () => [], reader: dump.reader(), snapshot: dump.snapshot }); // prettier-ignore
    const own = pictureOf(view, { probe: '48' });
    assert.deepEqual(kinds(own), ['given']);
    assert.match(own.note, /no headers/);
    assert.match(own.probe.steps.at(-1)!.text, /^returns 0x[0-9a-f]+$/);
  });

  it('words that make no sense are a finding, and nothing is drawn', () => {
    const view = run([malloc(1, 64n)]);
    const bytes = view.reader.bytes(0x100000n, 0x10000)!.slice();
    new DataView(bytes.buffer).setBigUint64(0x78, 0x4141_4141_4141n, true);
    const reader = MemoryImage.of([{ base: 0x100000n, bytes }]).reader();
    const snapshot = allocatorFor('region')!.decode(reader, 0x100000n, { release: '0.17.0', arch: 'x86_64', config: {} });
    const own = pictureOf(new HeapView({ kind: 'dump', title: 'ram.bin', source: 'RAM dump', release: '0.17.0', arch: 'x86_64', inspect: () => [], reader, snapshot }), { probe: '8' }); // prettier-ignore
    assert.equal(own.whole, undefined);
    assert.match(own.findings[0]!.message, /do not lie in this order/);
    assert.deepEqual(own.probe.steps, []);
  });
});

function captured(): HeapView {
  const capture = captureNamed('0.17.0-x86_64-region-64M');
  const { operations } = readWorkload(capture.text('alloc-trace.jsonl'));
  return bootOf(capture.facts.descriptors!.map((d) => ({ ...d })), operations, { allocator: 'region' }); // prettier-ignore
}
