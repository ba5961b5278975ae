// The allocators' own pictures, on captured boots and made ones.

import assert from 'node:assert/strict';
import { allocatorFor } from '../../../src/allocators/registry';
import { MemoryImage } from '../../../src/memory/image';
import { readWorkload } from '../../../src/readers/workload';
import type { AllocatorId } from '../../../src/regions/allocator-id';
import type { Release } from '../../../src/regions/release';
import { HeapView } from '../../../src/view/heap-view';
import { parseSize } from '../../../src/view/own/probe';
import { captureNamed } from '../../support/captures';
import { at, bootOf, frameOf } from '../subjects';

const plain = (text: string) => text.replace(/[\u202f\u00a0]/g, ' ');

function captured(
  name: string,
  allocator: AllocatorId,
  release: Release,
  regions?: readonly Record<string, unknown>[],
): HeapView {
  const capture = captureNamed(name);
  return bootOf(
    regions ?? capture.facts.descriptors!.map((d) => ({ ...d })),
    readWorkload(capture.text('alloc-trace.jsonl')).operations,
    { release, allocator },
  );
}

describe('own picture: TLSF', () => {
  const view = at(captured('0.17.0-x86_64-tlsf-64M', 'tlsf', '0.17.0'), 50);
  const own = frameOf(view, { selection: '0x48260', probe: '2500' }).own!;
  assert.ok(own.kind === 'tlsf');

  it('has the rows that can hold a block of this heap, and says why not the others', () => {
    assert.equal(own.rows.length, 14);
    assert.match(plain(own.rest), /^14–23 lists for blocks of 1 MiB and more: none can exist in a heap of 568 KiB$/);
  });

  it('numbers the blocks of each list, and agrees with the bitmaps', () => {
    const full = own.rows.flatMap((r) =>
      r.cells.flatMap((c, i) => (c.count > 0 ? [`${String(r.row)}.${String(i)}×${String(c.count)}`] : [])),
    );
    assert.deepEqual(full, ['1.16×1', '6.8×1', '6.9×1', '7.1×2', '11.13×1']);
    assert.deepEqual(
      own.rows.filter((r) => r.bit).map((r) => r.row),
      [1, 6, 7, 11],
    );
    assert.match(own.title, /^fl_bitmap 0x8c2/);
  });

  it('cells that no block size can reach are told from empty ones', () => {
    assert.deepEqual(
      own.rows[1]!.cells.slice(0, 5).map((c) => c.state),
      ['empty', 'impossible', 'impossible', 'impossible', 'empty'],
    );
  });

  it('explains malloc(2500) as the recorded heap answers it', () => {
    assert.deepEqual(
      own.probe.steps.map((s) => plain(s.title)),
      [
        '2500 + 16 record = 2516, to 16: 2528',
        'search starts at [5][8], 2 560 B',
        'fl_bitmap above bit 5: 0x8c0',
        'sl_bitmap[6] = 0x300, lowest bit 8',
        'cut: 2 560 B used, 16 B header',
        'rest 2 544 B is inserted in [5][7]',
      ],
    );
    assert.match(plain(own.probe.steps[3]!.text), /head of \[6\]\[8\] = 0x48260, 5 120 B/);
    assert.deepEqual(
      own.probe.steps.slice(4).map((s) => plain(s.text)),
      ['returns 0x48280, as the recorded run did at step 52 ✓', 'as 0x48c70, at the head of its list; bits 5 and 7 are set'],
    );
    assert.deepEqual([own.rows[5]!.cells[8]!.marks, own.rows[6]!.cells[8]!.marks, own.rows[5]!.cells[7]!.marks], ['②', '④', '⑥']);
  });

  it('draws the way with the numbers of the words: along row 5, out of the grid, between the rows into [6][8]', () => {
    const { discs, along, down, rest } = own.path!;
    assert.deepEqual(
      discs.map((d) => [d.number, d.tone, d.row, d.column]),
      [
        [2, 'search', 4, 8],
        [3, 'search', 5.5, 31.7],
        [4, 'found', 7, 8],
        [6, 'free', 5, 6],
      ],
    );
    assert.deepEqual(along, [
      { row: 5, column: 8 },
      { row: 5, column: 31.7 },
    ]);
    assert.deepEqual(down.at(-1), { row: 5.38, column: 8 });
    assert.deepEqual(rest, { row: 5, column: 7 });
    for (const d of discs) assert.equal(own.probe.steps[d.number - 1]!.tone, d.tone);
  });

  it('draws no arrow where the list is found at once, one along the row where it is in it, and none down to NULL', () => {
    const pathFor = (probe: string) => {
      const shown = frameOf(view, { probe }).own!;
      assert.ok(shown.kind === 'tlsf');
      return shown.path!;
    };
    const atOnce = pathFor(String(0x1480 - 32 - 0x80));
    assert.deepEqual([atOnce.along, atOnce.down], [[], []]);
    const inRow = pathFor('4100');
    assert.deepEqual([inRow.along.at(-1), inRow.down], [{ row: 6, column: 8 }, []]);
    const none = pathFor('4 MiB');
    assert.deepEqual([none.found, none.down.length, none.along.length], [undefined, 0, 2]);
    assert.deepEqual(
      none.discs.map((d) => d.number),
      [2, 3],
    );
  });

  it('marks the class of the selected block', () => assert.ok(own.rows[6]!.cells[8]!.selected));

  it('a request that cannot work ends with NULL, and no size with a hint', () => {
    const none = frameOf(view, { probe: '4 MiB' }).own!;
    assert.ok(none.kind === 'tlsf' && none.probe.steps.at(-1)!.text.endsWith('NULL'));
    const wrong = frameOf(view, { probe: 'lots' }).own!;
    assert.ok(wrong.kind === 'tlsf' && wrong.probe.steps.length === 0 && /no size/.test(wrong.probe.note));
  });
});

describe('own picture: tinyalloc', () => {
  const view = at(captured('0.17.0-x86_64-tinyalloc-64M', 'tinyalloc', '0.17.0'), 50);
  const own = frameOf(view, { probe: '2500' }).own!;
  assert.ok(own.kind === 'tinyalloc');

  it('counts descriptors by their list', () => {
    assert.equal(own.counts, '5 free · 19 used · 2024 fresh');
    assert.equal(own.states.length, 2048);
    assert.deepEqual(
      own.chains.map((c) => [c.name, c.count, c.blocks.length, c.more, c.complete]),
      [
        ['free', 5, 5, 0, true],
        ['used', 19, 19, 0, true],
        ['fresh', 2024, 4, 2020, true],
      ],
    );
  });
  it('explains where a malloc would go', () => {
    assert.match(own.probe.steps.at(-1)!.title, /^a block at 0x4ecd8 is taken and split$/);
  });
  it('numbers the walk over the free list, and says which fresh descriptor the rest takes', () => {
    const shown = frameOf(view, { probe: '6000' }).own!;
    assert.ok(shown.kind === 'tinyalloc');
    const [free, , fresh] = shown.chains;
    assert.deepEqual(
      free!.blocks.map((b) => b.look),
      ['1 ✗', '2 ✗', '3 ✗', '4 ✓', ''],
    );
    assert.match(shown.probe.steps[1]!.title, /3 blocks looked at and too small/);
    assert.deepEqual([fresh!.blocks[0]!.index, fresh!.blocks[0]!.look, fresh!.step], [13, '✓', 3]);
    const grown = frameOf(view, { probe: '64K' }).own!;
    assert.ok(grown.kind === 'tinyalloc' && grown.chains[0]!.blocks.every((b) => b.look.endsWith('✗')));
    assert.equal(grown.chains[2]!.blocks[0]!.note, 'for the new block');
  });
  it('says what a free of each used block is joined with', () => {
    const notes = new Map(own.chains[1]!.blocks.map((b) => [b.address, b.note]));
    assert.deepEqual([notes.get('0x7a938'), notes.get('0x6fe70'), notes.get('0x76148')], ['ends at top', 'joins below and above', 'joins below']); // prettier-ignore
  });
  it('says which runs out first, memory or descriptors', () => {
    assert.match(plain(own.lesson), /^Memory runs out first: 8 more blocks of 18\.1 KiB, the average now, fill it/);
    assert.match(plain(own.limits[0]!.text), /^2 024 of 2 048 left$/);
    const small = bootOf(
      [{ pbase: '0x100000', vbase: '0x100000', len: '0x400000', type: 'FREE', flags: ['READ', 'WRITE'] }],
      Array.from({ length: 2048 }, (_, id) => ({ operation: { op: 'malloc', id, size: 48n } as const })),
      { allocator: 'tinyalloc' },
    );
    const lesson = (step: number) => {
      const { own: shown } = frameOf(at(small, step));
      return shown?.kind === 'tinyalloc' ? plain(shown.lesson) : '';
    };
    const last = small.subject.kind === 'simulation' ? small.subject.simulation.operationCount : 0;
    assert.match(lesson(last - 1000), /^Descriptors run out first: 1 000 more blocks of 64 B, the average now, take 62\.5 KiB/);
    assert.match(lesson(last), /^No descriptor is left: nothing is split, and nothing new comes from top, though 3\.83 MiB/);
  });
  it('of a list that broke off it says so, above the picture too, and counts are lower bounds', () => {
    const second = BigInt(own.chains[0]!.blocks[1]!.descriptor);
    assert.ok(view.subject.kind === 'simulation');
    const { simulation } = view.subject;
    const area = simulation.snapshot()!.areas[0]!;
    const bytes = simulation
      .reader()
      .bytes(area.base, Number(area.end - area.base))!
      .slice();
    // Its link leads out of the table.
    new DataView(bytes.buffer).setBigUint64(Number(second - area.base) + 8, 0x1234n, true);
    const reader = MemoryImage.of([{ base: area.base, bytes }]).reader();
    const snapshot = allocatorFor('tinyalloc')!.decode(reader, area.base, { release: '0.17.0', arch: 'x86_64', config: {} });
    const broken = frameOf(new HeapView({ kind: 'dump', title: 'ram.bin', source: 'RAM dump', release: '0.17.0', arch: 'x86_64', inspect: () => [], reader, snapshot })).own!; // prettier-ignore
    assert.ok(broken.kind === 'tinyalloc');
    assert.deepEqual([broken.chains[0]!.complete, broken.chains[0]!.count], [false, 2]);
    assert.match(broken.chains[0]!.bytes, /^≥/);
    assert.ok(broken.findings.some((f) => f.severity === 'error'));
  });
});

describe('own picture: mimalloc', () => {
  const regions = [{ base: '0x180000', len: '0x1fe50000', flags: ['ALLOCATABLE'] }];
  const view = captured('0.10.0-x86_64-mimalloc-512M', 'mimalloc', '0.10.0', regions);
  at(view, 40);
  const own = frameOf(view).own!;
  assert.ok(own.kind === 'mimalloc');

  it('says how much memory is lost, first', () => assert.match(plain(own.lost), /^272 MiB of 510 MiB can no longer be used/));
  it('the bar has every part once, in order of address', () => {
    const addresses = own.bar.map((p) => BigInt(p.base));
    assert.deepEqual(
      addresses,
      [...addresses].sort((a, b) => (a < b ? -1 : 1)),
    );
    assert.deepEqual(new Set(own.bar.map((p) => p.kind)), new Set(['early', 'lost', 'segment', 'untouched']));
  });
  it('segments have their pages, those in use with used, linked and fits', () => {
    assert.equal(own.segments[0]!.pages.length, 64);
    const used = own.segments[0]!.pages.filter((p) => p.state !== 'unused');
    assert.ok(used.length > 5);
    for (const p of used) assert.ok(p.used <= p.linked && p.linked <= 1 && p.label !== '', p.text);
  });
  it('as lists, no two have one name: free and local_free of a page are told apart', () => {
    for (const step of [20, 35, 40]) {
      const names = frameOf(at(view, step)).lists!.rows.map((r) => r.name);
      assert.ok(names.length > 2);
      assert.deepEqual(names, [...new Set(names)], `step ${String(step)}`);
    }
    const rows = frameOf(at(view, 35)).lists!.rows;
    const halves = rows.filter((r) => /^b24 (free|local)$/.test(r.name));
    assert.deepEqual(
      halves.map((r) => [r.name, r.symbol.split(' ')[0]]),
      [
        ['b24 free', 'free'],
        ['b24 local', 'local_free'],
      ],
    );
    assert.ok(halves.every((r) => r.spoken.startsWith(r.name)));
    at(view, 40);
  });
  it('a selected page is shown block by block, numbered in the order in which they are popped', () => {
    const page = own.segments[0]!.pages.find((p) => p.state === 'used')!;
    const shown = frameOf(view, { selection: page.base }).own!;
    assert.ok(shown.kind === 'mimalloc' && shown.page !== undefined);
    assert.ok(shown.page.cells.some((c) => c.kind === 'used'));
    assert.match(shown.page.check, /✓$/);
  });
  it('says in words what the marks of the page at bin 24 are, as recorded', () => {
    const shown = frameOf(at(view, 35), { selection: '0x10830000' }).own!;
    assert.ok(shown.kind === 'mimalloc' && shown.page !== undefined);
    const { page } = shown;
    assert.equal(plain(page.title), 'bin 24, 1 KiB blocks · mi_page_t 0x10800138');
    assert.equal(page.range, '0x1083 0000 – 0x1084 0000');
    assert.equal(plain(page.text), '64 blocks fit, 4 were ever linked, 1 is used');
    assert.deepEqual(
      page.cells.slice(0, 5).map((c) => [c.kind, c.label, c.linked]),
      [
        ['local', 'L1', false],
        ['used', '', false],
        ['free', 'F1', true],
        ['free', 'F2', false],
        ['blank', '', false],
      ],
    );
    assert.deepEqual(
      page.legend.map((l) => `${l.mark}: ${l.text}`),
      [
        'F1 → F2: free: malloc takes F1 next (0x10830800)',
        'L1: local_free: freed, joins when F is empty',
        'used: 0x10830400: calloc(16, 64)',
        'blank: never linked: no bytes written yet',
      ],
    );
    assert.equal(page.check, '2 free + 1 local + 1 used = 4 linked ≤ 64 ✓');
  });
  it('queues name pages by their mi_page_t, say which are retired, and where sizes go without a search', () => {
    const shown = frameOf(at(view, 35)).own!;
    assert.ok(shown.kind === 'mimalloc');
    const row = shown.queues.find((q) => q.bin === 24)!;
    assert.deepEqual([row.page, row.blocks, row.linked], ['0x10800138', '0x10830000', '4/64']);
    assert.deepEqual(
      shown.queues.filter((q) => q.state === 'retired').map((q) => q.bin),
      [4, 11, 14],
    );
    assert.match(shown.queuesText, /^_mi_heap_main\.pages · 13 hold pages · 3 pages empty$/);
    assert.match(plain(shown.directText), /0–1 words → 8 B, 3–4 → 32 B, 13–14 → 112 B …; 83 of 129 slots: the empty page\.$/);
  });
});

describe('own picture: sizes as typed', () => {
  for (const [text, size] of [
    ['2500', 2500n],
    ['0x9c4', 2500n],
    ['64K', 65536n],
    ['1.5 MiB', 1572864n],
    ['malloc(100)', 100n],
    ['1Q', undefined],
    ['-1', undefined],
    ['99999999999 GiB', undefined],
  ] as const)
    it(`“${text}” is ${String(size)}`, () => assert.equal(parseSize(text), size));
});
