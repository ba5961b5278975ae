// Two states above each other: steps of one simulation, a dump beside its simulation, two dumps, pins of other panels. The numbers are
// those of the design's picture, `main-2` against `main-3` of a captured boot.

import assert from 'node:assert/strict';
import { allocatorFor } from '../../../src/allocators/registry';
import { openDump } from '../../../src/dumps/open';
import { MemoryImage } from '../../../src/memory/image';
import { HeapView } from '../../../src/view/heap-view';
import type { ComparedRow, ComparisonView } from '../../../src/view/compare/comparison';
import { Pins } from '../../../src/view/compare/pins';
import { captureNamed } from '../../support/captures';
import { at, frameOf, madeSnapshot, MAIN_3, pictured } from '../subjects';

const MAIN_2 = 44;
const plain = (text: string) => text.replace(/\u202f/g, ' ');
const rowsOf = <K extends ComparedRow['kind']>(c: ComparisonView, kind: K) =>
  c.rows.filter((r): r is ComparedRow & { readonly kind: K } => r.kind === kind);

function dumpView(name: string, pins: Pins): HeapView {
  const capture = captureNamed('0.17.0-x86_64-bbuddy-64M');
  const parts = name.includes('sparse') ? [name, 'index.json'] : [name];
  const dump = openDump(parts.map((file) => ({ name: file, bytes: capture.bytes(`mem/${file}`) })));
  const { release, arch, allocator } = dump.choices;
  const room = allocatorFor(allocator)!;
  return new HeapView(
    {
      kind: 'dump',
      title: name,
      source: 'RAM dump',
      release,
      arch,
      inspect: (reader, snapshot, address) => room.inspect(reader, snapshot, address),
      reader: dump.reader(),
      snapshot: dump.snapshot,
    },
    pins,
  );
}

/** What a panel shows against a pin, by the pin's name. */
function against(view: HeapView, name: string, change: Parameters<typeof frameOf>[1] = {}): ComparisonView {
  const pin = view.frame().pins.find((p) => p.name === name);
  assert.ok(pin, `no pin ${name}`);
  const { comparison } = frameOf(view, { ...change, against: pin, comparing: true });
  assert.ok(comparison, 'they are compared');
  return comparison;
}

function made(snapshot: HeapView['snapshot'], title: string, pins: Pins, stop?: string): HeapView {
  const common = {
    source: 's',
    release: '0.17.0',
    arch: 'x86_64',
    inspect: () => [],
    reader: MemoryImage.of([]).reader(),
  } as const;
  return new HeapView({ kind: 'dump', title, snapshot, ...common, ...(stop !== undefined && { stop }) }, pins);
}

describe('comparing: main-2 against main-3, as the design’s picture', () => {
  const view = at(pictured(), MAIN_2);
  const pin = view.cursor!;
  at(view, MAIN_3);
  const comparison = frameOf(view, { pin, comparing: true }).comparison!;

  it('6 operations, 6 changes, 8 pages: each with its step, who held it, and what it is now', () => {
    assert.equal(comparison.summary, '6 operations, 6 changes, 8 pages');
    assert.deepEqual(
      comparison.changes.map((c) => [c.step, c.base, plain(c.a), c.b]),
      [
        ['47', '0x14000', 'malloc(5000)', 'free o1'],
        ['48', '0x16000', 'memalign(64, 100)', 'free o0'],
        ['46', '0x184000', 'malloc(4000)', 'free o0'],
        ['49', '0x188000', 'memalign(4096, 4096)', 'free o1'],
        ['50', '0x18a000', 'palloc(1)', 'free o0'],
        ['45', '0x3fd9000', 'malloc(24)', 'free o0'],
      ],
    );
  });

  it('the figures of both, and their differences', () => {
    assert.deepEqual(
      comparison.metrics.map((m) => [m.label, plain(m.a), plain(m.b), plain(m.change)]),
      [
        ['Free', '62.3 MiB', '62.3 MiB', '+32 KiB'],
        ['Used', '660 KiB', '628 KiB', '−32 KiB'],
        ['of it slack', '312 KiB', '297 KiB', '−15.1 KiB'],
        ['Largest free chunk', '16 MiB', '16 MiB', '='],
        ['Largest malloc now', '16 777 184 B', '16 777 184 B', '='],
        ['External fragm.', '74.3 %', '74.3 %', '+0.01 pt'],
        ['Internal fragm.', '47.2 %', '47.2 %', '+0.004 pt'],
        ['Blocks · free chunks', '25 · 17', '19 · 23', '+6'],
        ['Overhead', '12 KiB', '12 KiB', '='],
      ],
    );
  });

  it('three pairs of rows, and what lies between them in words', () => {
    assert.deepEqual(
      rowsOf(comparison, 'pair').map((r) => [r.base, r.changes.length]),
      [
        ['0x0', 2],
        ['0x180000', 3],
        ['0x3fc0000', 1],
      ],
    );
    assert.deepEqual(
      rowsOf(comparison, 'same').map((r) => plain(r.text)),
      [
        '= unchanged 0x40000…0x180000: 1 free block 256 KiB · 1 used block 128 KiB · not heap 896 KiB',
        '= unchanged 0x1c0000…0x3fc0000: 12 free blocks 61.9 MiB · 1 used block 128 KiB',
      ],
    );
  });

  it('what is said of a fold is the sum of what is in it', () => {
    const { blocks } = view.snapshot!;
    for (const [from, to, used, free] of [
      [0x40000n, 0x180000n, 1, 1],
      [0x1c0000n, 0x3fc0000n, 1, 12],
    ] as const) {
      // prettier-ignore
      const inside = [...Array(blocks.length).keys()].filter((i) => blocks.base(i) >= from && blocks.base(i) < to);
      assert.equal(inside.filter((i) => blocks.state(i) === 'used').length, used);
      assert.equal(inside.filter((i) => blocks.state(i) === 'free').length, free);
    }
  });

  it('a row is filled from end to end, by blocks and by what is not heap', () => {
    for (const row of rowsOf(comparison, 'pair'))
      for (const parts of [row.a, row.b]) assert.ok(Math.abs(parts.reduce((sum, p) => sum + p.width, 0) - 1) < 1e-9, row.base);
  });

  it('an opened fold has the rows in it, those inside one block as one', () => {
    const open = frameOf(view, { pin, comparing: true, unfoldedSame: ['0x1c0000'] }).comparison!;
    assert.deepEqual(
      rowsOf(open, 'same').map((r) => r.open),
      [false, true],
    );
    const rows = rowsOf(open, 'plain');
    assert.equal(rows[0]!.base, '0x1c0000');
    assert.ok(
      rows.some((r) => plain(r.text) === '64 rows like this, to 0x2000000'),
      rows.map((r) => r.text).join(),
    );
    assert.equal(rows.at(-1)!.base, '0x3f80000');
  });

  it('goes from change to change, round at both ends, and from where the selection is', () => {
    const go = (selection?: string) => {
      const c = frameOf(view, { pin, comparing: true, ...(selection !== undefined && { selection }) }).comparison!;
      return [c.place, c.previous, c.next];
    };
    assert.deepEqual(go(), ['6 changes', '0x3fd9000', '0x14000']);
    assert.deepEqual(go('0x14800'), ['change 1 of 6', '0x3fd9000', '0x16000']);
    assert.deepEqual(go('0x3fd9000'), ['change 6 of 6', '0x18a000', '0x14000']);
    assert.deepEqual(go('0x40000'), ['6 changes', '0x16000', '0x184000']);
  });
});

describe('comparing: dumps', function () {
  this.timeout(60_000);
  const pins = new Pins();
  const [one, two] = [dumpView('ram-main-2.sparse.bin', pins), dumpView('ram-main-3.bin', pins)];

  it('two dumps differ as the steps do at which they were taken', () => {
    assert.equal(one.comparing.pin(true), 'Pinned for all heap views: ram-main-2.sparse.bin.');
    const comparison = against(two, 'ram-main-2.sparse.bin');
    assert.deepEqual(
      [comparison.a, comparison.b, comparison.summary],
      ['ram-main-2.sparse.bin', 'ram-main-3.bin', '6 changes, 8 pages'],
    );
    assert.deepEqual(
      comparison.changes.map((c) => c.base),
      ['0x14000', '0x16000', '0x184000', '0x188000', '0x18a000', '0x3fd9000'],
    );
    assert.deepEqual(comparison.notes, []);
    const free = comparison.metrics[0]!;
    assert.deepEqual([plain(free.a), plain(free.b), plain(free.change)], ['62.3 MiB', '62.3 MiB', '+32 KiB']);
  });

  it('a dump is the same as the simulated step, with the figures that memory tells', () => {
    const simulated = new HeapView(at(pictured(), MAIN_3).subject, pins);
    simulated.comparing.pin(true);
    const comparison = against(two, 'test.ukboot.json, step 50, pfree(0x18a000, 1)');
    assert.equal(comparison.summary, 'no block differs');
    assert.ok(
      comparison.metrics.every((m) => m.change === '='),
      JSON.stringify(comparison.metrics),
    );
    assert.equal(comparison.place, '0 changes');
    assert.equal(comparison.next, undefined);
  });

  it('and the other way round: the simulation in its panel beside the pinned dump', () => {
    const simulated = new HeapView(at(pictured(), MAIN_3).subject, pins);
    two.comparing.pin(true);
    assert.equal(against(simulated, 'ram-main-3.bin').summary, 'no block differs');
    assert.equal(against(at(simulated, MAIN_2), 'ram-main-3.bin').summary, '6 changes, 8 pages');
  });
});

describe('comparing: pins', () => {
  const heap = () => madeSnapshot([[0x1000n, 4096, 'used', 0, 100], [0x2000n, 4096, 'free', 0]]); // prettier-ignore

  it('a pin says whose it is, is taken away by the same key, and lasts when its panel is gone', () => {
    const pins = new Pins();
    const view = made(heap(), 'a.bin', pins);
    assert.deepEqual(view.frame().pins, []);
    view.comparing.pin(true);
    view.comparing.pin(true);
    assert.deepEqual(view.frame().pins.map((p) => [p.name, p.here]), [['a.bin', true]]); // prettier-ignore
    const other = made(heap(), 'b.bin', pins);
    assert.deepEqual(other.frame().pins.map((p) => [p.name, p.here]), [['a.bin', false]]); // prettier-ignore
    assert.equal(against(other, 'a.bin').summary, 'no block differs');
    view.comparing.pin(false);
    assert.deepEqual(other.frame().pins, []);
  });

  it('a stop of a session is another state than the next one', () => {
    const pins = new Pins();
    const view = made(heap(), 'session', pins, 'stop of 14:03:22');
    view.comparing.pin(true);
    view.show(made(madeSnapshot([[0x1000n, 8192, 'free', 1]]), 'session', pins, 'stop of 14:04:00').subject as never);
    const comparison = against(view, 'session, stop of 14:03:22');
    assert.deepEqual([comparison.b, comparison.summary], ['session, stop of 14:04:00', '1 change, 2 pages']);
  });

  it('a step that another panel pinned keeps who held its blocks, and no simulation', () => {
    const pins = new Pins();
    const simulated = new HeapView(at(pictured(), MAIN_2).subject, pins);
    simulated.comparing.pin(true);
    const { cursor } = simulated.frame().pins[0]!;
    assert.deepEqual(cursor, simulated.cursor);
    const later = new HeapView(at(pictured(), MAIN_3).subject, pins);
    assert.equal(later.frame().pins[0]!.cursor, undefined);
    const change = against(later, 'test.ukboot.json, step 44, realloc(0x3fdb020, 200)').changes[4]!;
    assert.deepEqual([change.a, change.b, change.step], ['palloc(1)', 'free o0', '50']);
  });

  it('what is gone is said by its name, not dropped in silence', () => {
    const view = made(heap(), 'a.bin', new Pins());
    const frame = frameOf(view, { against: { id: 'old-1', name: 'ram.bin' }, comparing: true });
    assert.equal(frame.comparison, undefined);
    assert.match(frame.pinGone!, /^“ram\.bin” is not pinned any more: .*the window is reloaded/);
    assert.equal(frameOf(view, { against: { id: 'old-1', name: 'ram.bin' } }).pinGone, undefined);
  });

  it('so many are kept, then the oldest goes, and that is said', () => {
    const pins = new Pins('x');
    const said = Array.from({ length: 13 }, (_, i) => made(heap(), `${String(i)}.bin`, pins).comparing.pin(true));
    assert.equal(said[11], 'Pinned for all heap views: 11.bin.');
    assert.equal(said[12], 'Pinned for all heap views: 12.bin. The oldest had to go: 0.bin.');
    assert.equal(pins.all.length, 12);
    assert.ok(pins.all.every((p) => p.id.startsWith('x')));
  });

  it('says what makes two states hard to compare', () => {
    const pins = new Pins();
    made(heap(), 'a.bin', pins).comparing.pin(true);
    const other = madeSnapshot([[0x9000n, 4096, 'unread']], { allocator: 'tlsf', absent: [{ base: 0x9000n, end: 0xa000n }] });
    const comparison = against(made(other, 'b.bin', pins), 'a.bin');
    assert.deepEqual(comparison.notes, [
      'Two allocators: A is bbuddy, B is tlsf.',
      'Two heaps: A is at 0x1000, B at 0x9000.',
      'B is in part not in its dump: what was not read differs from anything.',
    ]);
    assert.ok(comparison.metrics.every((m) => m.change === '?'));
  });

  it('of thousands of changes those around the selection are drawn and listed; the rest is counted', () => {
    const pins = new Pins();
    const many = (state: 'free' | 'used') =>
      madeSnapshot(Array.from({ length: 2000 }, (_, i) => [0x100000n + BigInt(i) * 0x80000n, 4096, i % 2 === 0 ? state : 'used', 0] as const)); // prettier-ignore
    made(many('free'), 'a.bin', pins).comparing.pin(true);
    const b = made(many('used'), 'b.bin', pins);
    const first = against(b, 'a.bin');
    assert.deepEqual([first.changes.length, first.before, first.more, rowsOf(first, 'pair').length], [200, 0, 800, 60]);
    const later = against(b, 'a.bin', { selection: first.previous! });
    assert.deepEqual([plain(later.place), later.before, later.more], ['change 1 000 of 1 000', 800, 0]);
    assert.ok(rowsOf(later, 'pair').some((r) => r.changes.some((c) => c.current)));
    assert.match(rowsOf(later, 'note')[0]!.text, /above/);
  });
});
