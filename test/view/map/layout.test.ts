import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shapeAt } from '../../../src/view/map/map';
import { addressBeside, layoutMap, placeOf } from '../../../src/view/map/layout';
import type { MapLayout, Stretch } from '../../../src/view/map/layout';
import { madeSnapshot, viewport } from '../subjects';
import type { Made } from '../subjects';

const PAGES = { level: 12, cells: 64, rowHeight: 28 } as const;
const kinds = (layout: MapLayout) => layout.stretches.map((s) => s.kind);
const K = 1024;
const M = 1024 * K;

/** 2 MiB of heap at an address that is no multiple of a row. */
const HEAP: readonly Made[] = [
  [0x12000n, 8 * K, 'metadata'],
  [0x14000n, 48 * K, 'used', 4, 40000],
  [0x20000n, 128 * K, 'free', 5],
  [0x40000n, 256 * K, 'free', 6],
  [0x80000n, 512 * K, 'free', 7],
  [0x100000n, M, 'free', 8],
  [0x200000n, 16 * K, 'used', 2, 100],
];

describe('map layout: rows', () => {
  it('begin at multiples of their own length in absolute address, below the heap too', () => {
    const [heading, rows] = layoutMap(madeSnapshot(HEAP), PAGES, new Set()).stretches;
    assert.equal(heading!.kind, 'heading');
    assert.ok(rows!.kind === 'rows' && rows!.base === 0n, 'the heap at 0x12000 begins in the row of 0');
  });

  it('wholly inside chunks of two rows and more fold into one row; a chunk of one row stays', () => {
    const layout = layoutMap(madeSnapshot(HEAP), PAGES, new Set());
    assert.deepEqual(kinds(layout), ['heading', 'rows', 'fold', 'rows']);
    const fold = layout.stretches[2]! as Stretch & { kind: 'fold' };
    assert.deepEqual([fold.base, fold.end, fold.first, fold.last], [0x80000n, 0x200000n, 4, 5]);
  });

  it('are drawn one by one when their fold is opened, and know which fold they came from', () => {
    const layout = layoutMap(madeSnapshot(HEAP), PAGES, new Set([0x80000n]));
    assert.deepEqual(kinds(layout), ['heading', 'rows', 'rows', 'rows']);
    const opened = layout.stretches[2]! as Stretch & { kind: 'rows' };
    assert.deepEqual([opened.base, opened.rows, opened.foldBase], [0x80000n, 6, 0x80000n]);
  });

  it('of a large used block keep its first row and the row in which slack begins', () => {
    const layout = layoutMap(madeSnapshot([[0x100000n, 4 * M, 'used', 10, 3 * M + 100]]), PAGES, new Set());
    const rows = layout.stretches.map((s) => (s.kind === 'rows' ? [s.base, s.rows] : s.kind));
    assert.deepEqual(rows, ['heading', [0x100000n, 1], 'fold', [0x400000n, 1], 'fold']);
  });

  it('leave out what lies between two areas, and say how much it is', () => {
    const layout = layoutMap(madeSnapshot([...HEAP.slice(0, 3), [0x1000000n, 4096, 'free', 0]]), PAGES, new Set());
    assert.deepEqual(kinds(layout), ['heading', 'rows', 'gap', 'heading', 'rows']);
    const gap = layout.stretches[2]! as Stretch & { kind: 'gap' };
    assert.deepEqual([gap.base, gap.end], [0x40000n, 0x1000000n]);
  });

  it('that two areas share stand under the headings of both, and what lies between is part of them', () => {
    const small: readonly Made[] = [[0x12000n, 568 * K, 'free', 7], [0x180000n, 62 * M, 'free', 14], [0x10000000n, M, 'free', 8]]; // prettier-ignore
    const layout = layoutMap(madeSnapshot(small), { level: 20, cells: 128, rowHeight: 28 }, new Set());
    assert.deepEqual(kinds(layout), ['heading', 'heading', 'rows', 'gap', 'heading', 'rows']);
    assert.equal(placeOf(layout, 0x12000n), placeOf(layout, 0x180000n));
    // One that goes on after the row in which the next begins keeps the rows before that.
    const long: readonly Made[] = [[0x100000n, 3 * M, 'used', 10, 3 * M], [0x408000n, 64 * K, 'free', 4]]; // prettier-ignore
    const pages = layoutMap(
      madeSnapshot([...long.slice(0, 1), [0x400000n, 16 * K, 'free', 2], ...long.slice(1)]),
      PAGES,
      new Set(),
    );
    assert.deepEqual(kinds(pages), ['heading', 'rows', 'fold', 'heading', 'rows']);
    assert.equal(
      pages.stretches.reduce((rows, st) => rows + (st.kind === 'rows' ? st.rows : 0), 0),
      2,
    );
  });

  it('are few stretches, however large the heap: 64 TiB of one chunk', () => {
    const layout = layoutMap(madeSnapshot([[0n, 2 ** 46, 'free', 34]]), PAGES, new Set());
    assert.equal(layout.stretches.length, 2);
  });
});

describe('map layout: every byte of the heap has one place', () => {
  const anyHeap = fc.array(fc.record({ pages: fc.constantFrom(1, 2, 4, 16, 64, 128, 300, 1024), state: fc.constantFrom('free', 'used'), gap: fc.constantFrom(0, 0, 0, 1, 40, 200) }), { minLength: 1, maxLength: 40 }).map((pieces) => {
    let base = 0xffff800000012000n;
    return pieces.map(({ pages, state, gap }): Made => {
      base += BigInt(gap * 4096);
      const made: Made = [base, pages * 4096, state, 0, state === 'used' ? pages * 2048 : -1];
      base += BigInt(pages * 4096);
      return made;
    });
  }); // prettier-ignore

  it('whatever the blocks, and whichever folds are open', () => {
    const property = fc.property(anyHeap, fc.boolean(), fc.constantFrom(32, 64, 128), (blocks, open, cells) => {
      const snapshot = madeSnapshot(blocks);
      const shape = { ...PAGES, cells };
      const folded = layoutMap(snapshot, shape, new Set());
      const opened = open ? new Set(folded.stretches.flatMap((s) => (s.kind === 'fold' ? [s.base] : []))) : new Set<bigint>();
      const layout = layoutMap(snapshot, shape, opened);
      let y = 0;
      const spans: [bigint, bigint][] = [];
      for (const s of layout.stretches) {
        assert.equal(s.y, y, 'stretches stand one below the other');
        y += s.height;
        if (s.kind === 'rows') spans.push([s.base, s.base + BigInt(s.rows) * layout.rowBytes]);
        else if (s.kind === 'fold') spans.push([s.base, s.end]);
      }
      for (let i = 1; i < spans.length; i++) assert.ok(spans[i]![0] >= spans[i - 1]![1], 'no byte twice');
      for (const { base, end } of snapshot.areas) {
        let at = base;
        for (const [from, to] of spans) if (from <= at && to > at) at = to;
        assert.ok(at >= end, 'none left out');
      }
      for (const [i, s] of layout.stretches.entries()) {
        if (s.kind !== 'heading') continue;
        const below = layout.stretches.slice(i).find((t) => t.kind === 'rows' || t.kind === 'fold')!;
        assert.equal(placeOf(layout, s.area.base), below.y, 'an area begins in the row below its heading');
      }
    });
    fc.assert(property, { seed: 8, numRuns: 300 });
  });
});

describe('map layout: places', () => {
  const layout = layoutMap(madeSnapshot(HEAP), PAGES, new Set());

  it('an address is found in its row, in its fold, or nowhere', () => {
    const [top] = layout.stretches;
    assert.equal(placeOf(layout, 0x15000n), top!.height);
    assert.equal(placeOf(layout, 0x41000n), top!.height + 28);
    assert.equal(placeOf(layout, 0x150000n), layout.stretches[2]!.y);
    assert.equal(placeOf(layout, 0x900000n), undefined);
  });

  it('down and up go by rows, and jump over a fold as over one row', () => {
    assert.equal(addressBeside(layout, 0x15000n, 1), 0x55000n);
    assert.equal(addressBeside(layout, 0x55000n, 1), 0x80000n);
    assert.equal(addressBeside(layout, 0x80000n, 1), 0x200000n);
    assert.equal(addressBeside(layout, 0x201000n, -1), 0x1fffffn);
    assert.equal(addressBeside(layout, 0x15000n, -1), undefined);
  });
});

describe('map: rows of aggregated cells', () => {
  /** 4 GiB of pages in turn used and free. */
  const snapshot = madeSnapshot(
    Array.from({ length: 4096 }, (_, i) => [BigInt(i) << 20n, 2 ** 20, i % 2 === 0 ? 'used' : 'free', 8] as const),
  );
  const shape = (level: number, change: object = {}) => {
    const { cells, cellRow } = shapeAt(snapshot, viewport({ map: { height: 480, ...change } }).map, level);
    return [cells, cellRow];
  };

  it('stand twice as close, and as low as it takes to see all of them', () => {
    assert.deepEqual(shape(20), [128, 13]);
    assert.ok(layoutMap(snapshot, shapeAt(snapshot, viewport({ map: { height: 480 } }).map, 20), new Set()).height <= 480);
  });

  it('are no higher than others, and never lower than asked for', () => {
    assert.deepEqual(shape(28), [128, 28]);
    assert.deepEqual(shape(16), [128, 10]);
    assert.deepEqual(shape(16, { leastRow: 20 }), [128, 20]);
  });

  it('pages keep their rows, and a curve its cells', () => {
    assert.deepEqual(shape(12), [64, undefined]);
    assert.deepEqual(shape(20, { shape: 'hilbert' }), [64, undefined]);
  });
});
