import assert from 'node:assert/strict';
import { readMemoryMap } from '../../src/readers/memory-map';
import type { Release } from '../../src/regions/release';
import { comparing } from '../../src/timeline/what-if';
import type { WhatIf } from '../../src/timeline/what-if';
import { measured } from '../../src/view/time/history';
import type { SimulationSubject } from '../../src/view/subject';
import { buildWhatIf, callsDone, whatIfMarkdown } from '../../src/view/compare/what-if';
import type { WhatIfView } from '../../src/view/compare/what-if';
import { whyRow } from '../../src/view/compare/what-if-why';
import { at, frameOf, pictured } from '../view/subjects';

const MAP = `{ "release": "0.17.0", "regions": [
  { "pbase": "0x12000", "len": "0x8e000", "type": "FREE", "flags": ["READ", "WRITE"] },
  { "pbase": "0x180000", "len": "0x3e5f000", "type": "FREE", "flags": ["READ", "WRITE"] } ],
  "workload": [ { "op": "malloc", "id": 1, "size": 100 }, { "op": "malloc", "id": 2, "size": 4194304 }, { "op": "free", "of": 1 } ] }`;

function compare(release: Release): WhatIf[] {
  const { map, workload } = readMemoryMap(MAP);
  const run = comparing({ map, workload, release, arch: 'x86_64', allocator: 'bbuddy', config: {} });
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value;
  }
}

/** The captured boot with every call on its heap, as the design's picture compares it: stopped at main-3. */
function captured(calls?: number): { readonly rows: WhatIf[]; readonly view: WhatIfView } {
  const { simulation } = at(pictured(), 50).subject as SimulationSubject;
  const done = callsDone(simulation)!;
  const run = comparing(simulation.input, calls ?? done, measured);
  for (;;) {
    const next = run.next();
    if (next.done === true) return { rows: next.value, view: buildWhatIf(next.value, 'bbuddy', simulation.input.map, '0.17.0') };
  }
}

describe('what if: the captured boot at main-3', function () {
  this.timeout(60_000);
  const { rows, view } = captured();
  const row = (allocator: string) => view.rows.find((r) => r.allocator === allocator)!;
  const cells = (allocator: string) => row(allocator).cells.map((c) => c.replace(/\u202f/g, ' '));

  it('compares after the calls that were made up to the cursor, and counts what ran, not what was planned', () => {
    assert.match(
      view.note.replace(/\u202f/g, ' '),
      /^6 of 6 allocators simulated on the same regions, after the same 33 calls\.$/,
    );
    for (const r of rows) {
      assert.equal(r.calls, 33, r.allocator);
      assert.ok(r.ran <= r.calls && r.refused <= r.ran, r.allocator);
    }
  });

  it('the panel’s own row has the panel’s own figures', () => {
    const metrics = frameOf(at(pictured(), 50)).metrics!.rows.map((m) => m.value.replace(/\u202f/g, ' '));
    const [calls, , largest, lost, free, slack, external, own] = cells('bbuddy');
    assert.deepEqual([calls, lost], ['33 of 33 ok', '0']);
    assert.deepEqual([free, slack, external, own], [metrics[0], metrics[2], metrics[5], metrics[8]]);
    assert.equal(largest, '16 777 184 B');
  });

  it('the largest malloc is tried: mimalloc promises the early heap, and gives nothing once its thread is ready', () => {
    for (const { allocator, largest, afterBoot, refused } of rows) {
      assert.ok(largest! <= afterBoot!.largestRequest, allocator);
      if (allocator === 'mimalloc') assert.deepEqual([largest, cells(allocator)[2], refused > 0], [0, 'none works', true]);
      else assert.equal(largest, afterBoot!.largestRequest, allocator);
    }
  });

  it('says why each row is as it is, from what happened in its run', () => {
    const plainly = (text: string) => text.replace(/\u202f/g, ' ');
    assert.deepEqual(
      view.rows.map((r) => [r.allocator, plainly(r.note)]),
      [
        ['bbuddy', 'each used block is a power of two of pages: 47.2 % of what is used is slack · what is free after the boot lies in 28 pieces, the largest 16 MiB'],
        ['region', 'region (bump) answers 0 and does nothing, 62.4 MiB are never used · 6 frees gave nothing back'],
        ['tlsf', 'TLSF has no addmem (the call answers -95), 62.4 MiB are never used'],
        ['tinyalloc', 'tinyalloc has no addmem (the call answers -95), 62.4 MiB are never used · own structures take 48.2 KiB of 568 KiB'],
        ['mimalloc', 'malloc(120) is refused: it needs a segment of 4 MiB, aligned to 4 MiB, and 564 KiB are left to make one from · mimalloc 1.6.1 has no addmem (the call answers -95), 62.4 MiB are never used · no malloc works, with 564 KiB free'],
        ['oscar', 'the kernel stops: memalign align 8192 is wack · each used block is a power of two of pages: 21.9 % of what is used is slack · what is free after the boot lies in 28 pieces, the largest 16 MiB'],
      ],
    ); // prettier-ignore
    const frees = Object.fromEntries(rows.map((r) => [r.allocator, r.facts!.frees]));
    assert.deepEqual(frees['bbuddy'], { count: 6, bytes: 32768 });
    assert.deepEqual(frees['region'], { count: 6, bytes: 0 });
    assert.deepEqual(frees['mimalloc'], { count: 0, bytes: 0 }, 'what was refused is not given back');
  });

  it('areas and lost regions stand in the order of their addresses, used parts sum to the used bytes', () => {
    assert.deepEqual(row('tlsf').boxes.map((b) => [b.mark, b.lost, b.text.replace(/[\u202f]/g, ' ')]), [['①', false, '568 KiB'], ['②', true, '62.4 MiB lost']]); // prettier-ignore
    assert.deepEqual(row('bbuddy').boxes.map((b) => b.lost), [false, false]); // prettier-ignore
    for (const r of rows) {
      const used = r.areas.reduce(
        (sum, a) => sum + a.used.reduce((s, u) => s + u, 0) * (Number(a.end - a.base) / a.used.length),
        0,
      );
      assert.ok(Math.abs(used - r.atEnd!.used) < 64, `${r.allocator}: ${String(used)} drawn, ${String(r.atEnd!.used)} used`);
      assert.ok(r.areas.every((a) => a.used.every((u) => u >= 0 && u <= 1.0001)));
    }
  });
});

describe('what if: the same boot under every allocator', () => {
  const rows = compare('0.17.0');
  const of = (allocator: string): WhatIf => rows.find((r) => r.allocator === allocator)!;

  it('runs all of them on the same regions and calls', () => {
    assert.deepEqual(rows.map((r) => r.allocator).sort(), ['bbuddy', 'mimalloc', 'oscar', 'region', 'tinyalloc', 'tlsf']);
    assert.deepEqual([...new Set(rows.filter((r) => r.afterBoot).map((r) => r.calls))], [3]);
  });

  it('those that cannot add memory have the first region only, and refuse what does not fit it', () => {
    assert.deepEqual(of('bbuddy').lost, []);
    assert.equal(of('bbuddy').refused, 0);
    for (const allocator of ['tlsf', 'tinyalloc', 'region']) {
      assert.equal(of(allocator).refused, 1, allocator);
      assert.ok(of(allocator).afterBoot!.free < 0x8e000, allocator);
    }
  });

  it('one that the release does not have says so instead of showing zeros', () => {
    const old = compare('0.4.0').find((r) => r.cannot !== undefined);
    assert.ok(old, 'some allocator is younger than 0.4.0');
    const view = buildWhatIf([old], 'bbuddy');
    assert.match(view.rows[0]!.why, /has no .* allocator/);
    assert.deepEqual(view.rows[0]!.cells, []);
  });

  it('as a table it has a text for each column, and marks the current one', () => {
    const view = buildWhatIf(rows, 'tlsf');
    for (const row of view.rows) assert.equal(row.cells.length, row.why === '' ? view.columns.length : 0, row.allocator);
    assert.deepEqual(
      view.rows.filter((r) => r.current).map((r) => r.allocator),
      ['tlsf'],
    );
    assert.equal(
      whatIfMarkdown(view)
        .split('\n')
        .filter((l) => l.startsWith('|')).length,
      rows.length + 2,
    );
  });
});

describe('what if: why a row is as it is', () => {
  const figures = { total: 100_000, free: 90_000, used: 10_000, slack: 0, overhead: 0, usedBlocks: 2, freeBlocks: 1, largestFree: 90_000, largestRequest: 90_000, externalFragmentation: 0, internalFragmentation: 0, freeByClass: [] }; // prettier-ignore
  const areas = [{ base: 0n, end: 100_000n, used: new Float32Array(1) }];
  const calm: WhatIf = { allocator: 'tlsf', title: 'TLSF', afterBoot: figures, atEnd: figures, largest: 90_000, calls: 2, ran: 2, refused: 0, lost: [], areas, facts: { lost: [], frees: { count: 3, bytes: 12 }, powers: false } }; // prettier-ignore
  const plainly = (row: WhatIf) => whyRow(row).replace(/\u202f/g, ' ');

  it('where nothing happened it says that, and blames nothing', () =>
    assert.equal(plainly(calm), 'no region lost, no call refused, little slack'));
  it('frees that gave something back are not blamed, one that gave nothing is', () => {
    assert.doesNotMatch(plainly(calm), /free/);
    assert.equal(
      plainly({ ...calm, facts: { ...calm.facts!, frees: { count: 1, bytes: 0 } } }),
      'the one free gave nothing back',
    );
  });
  it('slack is only laid to powers of two where every block is one', () => {
    const slack = { ...calm, atEnd: { ...figures, slack: 4000 } };
    assert.equal(plainly(slack), '40.0 % of what is used is slack');
    assert.equal(plainly({ ...slack, facts: { ...calm.facts!, powers: true } }), 'each used block is a power of two of pages: 40.0 % of what is used is slack'); // prettier-ignore
  });
  it('a largest malloc of less than half of what is free: in how many pieces that lies, or else the two numbers', () => {
    assert.equal(plainly({ ...calm, largest: 30_000, afterBoot: { ...figures, freeBlocks: 3, largestFree: 30_016 } }), 'what is free after the boot lies in 3 pieces, the largest 29.3 KiB'); // prettier-ignore
    assert.equal(plainly({ ...calm, largest: 30_000 }), 'the largest malloc is 30 000 B of 87.9 KiB free');
  });
});
