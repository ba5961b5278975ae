// The map along a curve, and in the colours of orders, ages and owners.

import assert from 'node:assert/strict';
import { HeapView } from '../../../src/view/heap-view';
import { RunFlag } from '../../../src/view/map/map';
import { shadeText } from '../../../src/view/map/cell';
import { cellBeside, layoutMap, placeOf } from '../../../src/view/map/layout';
import { NO_SHADE } from '../../../src/view/map/shades';
import { hilbertPlace } from '../../../src/view/map/hilbert';
import { at, frameOf, madeSnapshot, MAIN_3, pictured } from '../subjects';

const plain = (text: string) => text.replace(/\u202f/g, ' ');
const CURVE = { level: 12, cells: 64, rowHeight: 28, shape: 'hilbert', cellHeight: 10 } as const;

describe('map along a Hilbert curve', () => {
  const view = at(pictured(), MAIN_3);

  it('fits the pane at the finest power of two, and says so', () => {
    const map = frameOf(view, { map: { shape: 'hilbert', height: 420 } }).map!;
    assert.equal(map.lines, 32);
    assert.equal(plain(map.title), 'Σ 1 cell = 32 KiB · Hilbert curve, 1 square = 32 MiB · 8 pages a cell · 2 048 cells');
  });

  it('holds every byte that the heap has: shares of all cells sum to free, used and metadata', () => {
    const map = frameOf(view, { map: { shape: 'hilbert', height: 2000, zoom: 16 } }).map!;
    const sum = (column: Float32Array) => Math.round(column.reduce((all, share) => all + share * map.cellBytes, 0));
    const { asked, slack, free, metadata } = map.aggregates;
    const { metrics } = view.snapshot!;
    assert.equal(sum(free), metrics.free);
    assert.equal(sum(asked) + sum(slack), metrics.used);
    assert.equal(sum(metadata), 3 * 4096);
  });

  it('a chunk of 16 MiB is a square of one block, and its first cell has the label', () => {
    const map = frameOf(view, { map: { shape: 'hilbert', height: 2000, zoom: 16 } }).map!;
    const { block, label } = map.aggregates;
    const named = [...label].findIndex((l) => l >= 0 && map.labels[l]![0]!.startsWith('o12'));
    const cells = [...block].flatMap((b, n) => (b === block[named] ? [n] : []));
    assert.equal(cells.length, 256);
    const columns = new Set(cells.map((n) => n % map.cells));
    assert.equal(columns.size, 16);
  });

  it('bands begin at multiples of their length, fold where nothing happens, and are as high as 32 cells', () => {
    const layout = layoutMap(madeSnapshot([[0x100000n, 2 ** 20, 'used', 8], [0x200000n, 2 ** 25, 'free', 13]]), CURVE, new Set()); // prettier-ignore
    assert.deepEqual(layout.stretches.map((s) => s.kind), ['heading', 'rows', 'fold', 'rows']); // prettier-ignore
    assert.equal(layout.rowBytes, 0x800000n);
    assert.equal(layout.stretches[1]!.height, 326);
  });

  it('an address has its place in a band, and four cells beside it', () => {
    const layout = layoutMap(madeSnapshot([[0n, 2 ** 23, 'used', 11]]), CURVE, new Set());
    const cell = 777;
    const address = BigInt(cell) * 4096n;
    const { x, y } = hilbertPlace(cell);
    assert.equal(placeOf(layout, address), layout.stretches[1]!.y + y * 10);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
      const beside = Number(cellBeside(layout, address, dx, dy)! / 4096n);
      assert.deepEqual(hilbertPlace(beside), { x: x + dx, y: y + dy });
    } // prettier-ignore
    assert.equal(cellBeside(layout, 0n, -1, 0), undefined);
  });
});

describe('map in colours', () => {
  const view = at(pictured(), MAIN_3);
  const legend = (colouring: 'state' | 'class' | 'age' | 'owner') =>
    frameOf(view, { map: { colouring } }).map!.legend.map((l) => `${l.text}: ${plain(l.amount)}`);

  it('of states has no legend of its own', () => assert.deepEqual(legend('state'), []));

  it('of sizes tells orders apart by what areas could hold, two to a shade', () => {
    assert.deepEqual(legend('class'), ['o0–o1: 19 blocks · 88 KiB', 'o2–o3: 4 blocks · 80 KiB', 'o4–o5: 7 blocks · 768 KiB', 'o6–o7: 3 blocks · 1 MiB', 'o8–o9: 3 blocks · 5 MiB', 'o10–o11: 4 blocks · 24 MiB', 'o12–o13: 2 blocks · 32 MiB']); // prettier-ignore
  });

  it('of ages goes by the steps of the whole run', () => {
    assert.deepEqual(legend('age'), ['steps 10–18: 1 block · 4 KiB', 'steps 19–27: 9 blocks · 408 KiB', 'steps 28–36: 4 blocks · 172 KiB', 'steps 37–45: 5 blocks · 44 KiB']); // prettier-ignore
    const { usedBlocks, used } = view.snapshot!.metrics;
    assert.deepEqual([usedBlocks, used / 1024], [1 + 9 + 4 + 5, 4 + 408 + 172 + 44], 'the legend leaves no used block out');
  });

  it('of owners names the kernel’s callers, and calls where the caller is not known', () => {
    const names = frameOf(view, { map: { colouring: 'owner' } }).map!.legend.map((l) => l.text);
    assert.ok(names.includes('stack') && names.includes('malloc'), names.join(', '));
    const blocks = frameOf(view, { map: { colouring: 'owner' } }).map!.legend.map((l) => parseInt(l.amount));
    assert.equal(blocks.reduce((a, b) => a + b), view.snapshot!.metrics.usedBlocks); // prettier-ignore
  });

  it('one entry of the legend stands out: all else is dimmed', () => {
    const { runs, legend: entries } = frameOf(view, { map: { colouring: 'class', only: 0, height: 2000 } }).map!;
    assert.equal(entries[0]!.shade, 0);
    runs.shade.forEach((shade, i) => {
      if (runs.kind[i] === 4) return;
      assert.equal((runs.flags[i]! & RunFlag.dimmed) !== 0, shade !== 0, `run ${String(i)}`);
    });
  });

  it('a cell of several owners says whose most of it is, and how much', () => {
    const map = frameOf(view, { map: { colouring: 'owner', zoom: 16 } }).map!;
    const i = map.aggregates.shade.findIndex((s) => s !== NO_SHADE);
    const entry = map.legend.find((l) => l.shade === map.aggregates.shade[i])!;
    const text = plain(shadeText(map, i));
    assert.ok(text.startsWith(`${entry.text}: `) && text.endsWith('% of used'), text);
  });

  it('a dump says that memory alone tells neither ages nor owners', () => {
    const snapshot = view.snapshot!;
    const dump = new HeapView({
      kind: 'dump',
      title: 'ram.bin',
      source: 'dump',
      release: '0.17.0',
      arch: 'x86_64',
      inspect: () => [],
      reader: view.subject.kind === 'simulation' ? view.subject.simulation.reader() : view.subject.reader,
      // A snapshot of its own: shadings are kept by snapshot.
      snapshot: { ...snapshot },
    });
    const map = frameOf(dump, { map: { colouring: 'owner' } }).map!;
    assert.match(map.legendNote, /Memory alone does not tell who asked/);
    assert.ok(map.runs.shade.every((s) => s === NO_SHADE));
  });
});
