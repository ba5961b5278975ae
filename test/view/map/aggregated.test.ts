// Aggregated cells: what one holds, enlarged; and the sums under the map. The large heap is the one that the design's picture shows:
// its numbers that belong to the state are asserted here.

import assert from 'node:assert/strict';
import { HeapView } from '../../../src/view/heap-view';
import type { MapItem } from '../../../src/view/map/map';
import { cellAt, cellOfMap, cellView } from '../../../src/view/map/cell';
import { layoutMap } from '../../../src/view/map/layout';
import { countCells, totalsOf } from '../../../src/view/map/totals';
import { fragmented } from '../../support/fragmented';
import { frameOf, madeSnapshot } from '../subjects';

const plain = (text: string) => text.replace(/\u202f/g, ' ');
const K = 1024;
const LEVEL = 16;

describe('aggregated: the pictured 4 GiB heap', function () {
  this.timeout(60_000);
  let view: HeapView;
  before(() => (view = new HeapView(fragmented())));
  const look = { map: { zoom: LEVEL, height: 700 } } as const;

  it('54 226 pages are in use over all cells, as the allocator counts them', () => {
    const { snapshot } = view;
    const texts = frameOf(view, look).map!.items.flatMap((i: MapItem) => (i.kind === 'footer' ? [plain(i.text)] : []));
    assert.equal(snapshot!.metrics.used + snapshot!.metrics.overhead, 54_226 * 4096);
    assert.equal(texts[1], 'used 54 226 pages, the allocator\'s own included ✓ 1 048 576 − nr_free_pages 994 350'); // prettier-ignore
    assert.match(texts[0]!, /^Σ 6 912 cells: 2 969 all free, 2 848 all used, 1 095 mixed · [\d ]+ blocks, none dropped$/);
  });

  it('cells: the fold here begins with 256 free cells that the picture draws; with them it has 3 225 free ones of 7 168', () => {
    const snapshot = view.snapshot!;
    const shape = { level: LEVEL, cells: 128, rowHeight: 28, cellRow: 10 };
    const folded = layoutMap(snapshot, shape, new Set());
    const fold = folded.stretches.find((s) => s.kind === 'fold')!;
    assert.equal(fold.end - fold.base, (3648n + 16n) << 20n);
    const open = {
      ...folded,
      rows: 56,
      stretches: [{ kind: 'rows', base: 0x1000000000n, rows: 56, y: 0, height: 560 }],
    } as const;
    assert.deepEqual(countCells(snapshot, open, LEVEL), { cells: 7168, free: 3225, used: 2848, mixed: 1095 });
  });

  it('metrics: 3.79 GiB free, the largest chunk 2 GiB, 47.3 % fragmented', () => {
    const rows = new Map(frameOf(view, look).metrics!.rows.map((r) => [r.label, plain(r.value)]));
    assert.deepEqual(
      ['Free', 'Largest free chunk', 'External fragm.', 'of it slack', 'Used'].map((l) => rows.get(l)),
      ['3.79 GiB', '2 GiB', '47.3 %', '53.1 MiB', '212 MiB'],
    );
  });

  it('free lists: as many chunks of each order as the picture has', () => {
    const { rows } = frameOf(view, look).lists!;
    assert.deepEqual(rows.filter((r) => r.count > 0).map((r) => [r.name, r.count]), [
      ['o0', 154], ['o1', 238], ['o2', 406], ['o3', 826], ['o4', 1661], ['o5', 512], ['o6', 53], ['o7', 3], ['o8', 1], ['o9', 1],
      ['o12', 1], ['o14', 1], ['o17', 1], ['o18', 1], ['o19', 1],
    ]); // prettier-ignore
  });

  it('the cell that the picture enlarges: 4 blocks, 2 free chunks, and its shares', () => {
    const cell = cellAt(view.snapshot!, 0x1004160000n, LEVEL)!;
    assert.deepEqual(
      [plain(cell.range), plain(cell.counts)],
      ['0x0010 0416 0000 + 64 KiB', '4 blocks · 2 free chunks · largest o2 = 16 KiB'],
    );
    assert.deepEqual(cell.parts.map((p) => [p.kind, plain(p.text), plain(p.note)]), [
      ['free', '37.5 %', 'shade = largest chunk, o2'],
      ['slack', '12.5 %', 'lost inside of blocks'],
      ['asked', '50.0 %', ''],
    ]); // prettier-ignore
  });

  it('selecting in a cell shows it, and a cell of the frame says the same', () => {
    const frame = frameOf(view, { ...look, selection: '0x1004160000' });
    assert.equal(frame.cell!.address, '0x1004160000');
    const map = frame.map!;
    const row = map.items.find((i) => i.kind === 'row' && i.base === '0x1004000000')!;
    assert.ok(row.kind === 'row');
    assert.deepEqual(plain(JSON.stringify(cellOfMap(map, row.first + 0x16, 0x1004161234n))), plain(JSON.stringify(frame.cell)));
  });
});

describe('aggregated: one cell', () => {
  const snapshot = madeSnapshot([
    [0x10000n, 4 * K, 'metadata'],
    [0x11000n, 12 * K, 'used', 2, 9 * K],
    [0x14000n, 16 * K, 'free', 2],
    [0x20000n, 64 * K * 4, 'free', 6],
    [0x60000n, 4 * K, 'unread'],
  ]);

  it('its layers from top to bottom, what is not heap first', () => {
    const { parts, counts } = cellAt(snapshot, 0x12345n, LEVEL)!;
    assert.deepEqual(parts.map((p) => [p.kind, p.share * 64]), [['outside', 32], ['free', 16], ['slack', 3], ['asked', 9], ['metadata', 4]]); // prettier-ignore
    assert.equal(plain(counts), '1 block · 1 free chunk · largest o2 = 16 KiB');
  });

  it('a little is never 0 %, nor nearly all 100 %', () => {
    const sums = {
      asked: 1e-5,
      slack: 0,
      metadata: 0,
      unread: 0,
      usedBlocks: 1,
      freeBlocks: 1,
      largestFree: 4096,
      largestClass: -1,
    };
    const { parts } = cellView({ ...sums, free: 1 - 1e-5 }, 0n, 65536, '');
    assert.deepEqual(parts.map((p) => plain(p.text)), ['>99.9 %', '<0.1 %']); // prettier-ignore
  });

  it('inside of a block that is drawn over many cells there is none', () => {
    const large = madeSnapshot([[0n, 128 * 64 * K, 'free', 11]]);
    assert.equal(cellAt(large, 0x50000n, LEVEL), undefined);
  });

  it('counts only cells with heap, and an allocator without a counter earns no tick', () => {
    const layout = layoutMap(snapshot, { level: LEVEL, cells: 64, rowHeight: 28 }, new Set());
    assert.deepEqual(countCells(snapshot, layout, LEVEL), { cells: 6, free: 4, used: 0, mixed: 2 });
    assert.ok(!totalsOf(snapshot, layout, LEVEL).join().includes('✓'));
  });

  it('a heap that was not read whole has lower bounds, and no tick', () => {
    const field = { name: 'nr_free_pages', address: 0x10000n, length: 8, kind: 'count', value: 68n } as const;
    const part = {
      ...snapshot,
      absent: [{ base: 0x60000n, end: 0x61000n }],
      structs: [{ type: 'struct uk_bbpalloc', address: 0x10000n, length: 8, fields: [field] }],
    };
    const layout = layoutMap(part, { level: LEVEL, cells: 64, rowHeight: 28 }, new Set());
    assert.equal(plain(totalsOf(part, layout, LEVEL)[1]!), 'used ≥ 16 KiB, free ≥ 272 KiB of 292 KiB');
    assert.match(plain(totalsOf(part, layout, 12)[0]!), / · free ≥ 272 KiB$/);
  });

  it('a counter that says something else is told, with the difference', () => {
    const field = { name: 'nr_free_pages', address: 0x10000n, length: 8, kind: 'count', value: 67n } as const;
    const wrong = { ...snapshot, structs: [{ type: 'struct uk_bbpalloc', address: 0x10000n, length: 8, fields: [field] }] };
    const layout = layoutMap(wrong, { level: LEVEL, cells: 64, rowHeight: 28 }, new Set());
    assert.match(plain(totalsOf(wrong, layout, LEVEL)[1]!), /^used 4 pages, .* ✗ 73 − nr_free_pages 67 · differs by 2$/);
  });
});
