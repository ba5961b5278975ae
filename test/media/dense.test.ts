// What is drawn of blocks too narrow for a word, told by a canvas that keeps what it is asked for.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Brush, FAINT, SLACK_ALPHA } from '../../media/canvas/brush';
import { NarrowPainter } from '../../media/canvas/narrow';
import type { Palette } from '../../media/theme';
import type { MapRow, MapView } from '../../src/view/map/map';
import { RUN_KINDS, RunFlag } from '../../src/view/map/map';
import { NO_SHADE } from '../../src/view/map/shades';

const GUTTER = 80;
const CELLS = 64;
const CELL_BYTES = 256;
const CELL = 14;
const PALETTE = { used: 'used', free: 'free', shades: ['shade 0', 'shade 1'], highContrast: false } as unknown as Palette;

interface Run {
  readonly kind: (typeof RUN_KINDS)[number];
  readonly from: number;
  readonly size: number;
  readonly solid: number;
  readonly flags: number;
  readonly label: number;
  readonly shade: number;
}

interface Drawn {
  readonly what: 'fill' | 'line';
  readonly x: number;
  readonly w: number;
  readonly ink: string;
  readonly alpha: number;
}

/** What is drawn of a row, and the runs that are left. */
function paint(list: readonly Run[], palette = PALETTE): { drawn: Drawn[]; left: readonly number[] } {
  const drawn: Drawn[] = [];
  const context = {
    fillStyle: '',
    strokeStyle: '',
    globalAlpha: 1,
    lineWidth: 1,
    fillRect(x: number, _y: number, w: number) {
      drawn.push({ what: 'fill', x, w, ink: this.fillStyle, alpha: this.globalAlpha });
    },
    strokeRect(x: number, _y: number, w: number) {
      drawn.push({ what: 'line', x, w, ink: this.strokeStyle, alpha: this.globalAlpha });
    },
  };
  const column = (of: (r: Run) => number) => list.map(of);
  const runs = {
    kind: column((r) => RUN_KINDS.indexOf(r.kind)),
    from: column((r) => r.from),
    size: column((r) => r.size),
    solid: column((r) => r.solid),
    flags: column((r) => r.flags),
    label: column((r) => r.label),
    shade: column((r) => r.shade),
    tint: column(() => 0.5),
  };
  const map = { runs, cells: CELLS, cellBytes: CELL_BYTES } as unknown as MapView;
  const brush = new Brush(context as unknown as CanvasRenderingContext2D, palette);
  const left = new NarrowPainter(brush, map, CELL, GUTTER).row({ first: 0, count: list.length } as MapRow, 0, 26);
  assert.equal(context.globalAlpha, 1, 'what comes after it is not faint');
  return { drawn, left: [...left] };
}

const block = (change: Partial<Run> = {}): Run => ({
  kind: 'used',
  from: 1024,
  size: 64,
  solid: 64,
  flags: 0,
  label: -1,
  shade: NO_SHADE,
  ...change,
});
const pixels = (bytes: number) => (bytes / CELL_BYTES) * CELL;

describe('map: blocks too narrow for a word', () => {
  it('what is asked for is solid, what is lost in the block fainter, free memory tinted and hollow', () => {
    const { drawn, left } = paint([block({ size: 128, solid: 64 }), block({ kind: 'free', from: 1152, size: 64 })]);
    const x = GUTTER + pixels(1024);
    assert.deepEqual(left, []);
    assert.deepEqual(drawn.slice(0, 2), [
      { what: 'fill', x, w: pixels(64), ink: 'used', alpha: 1 },
      { what: 'fill', x: x + pixels(64), w: pixels(64), ink: 'used', alpha: SLACK_ALPHA },
    ]);
    assert.deepEqual(drawn.slice(2).map(({ what, ink }) => `${what} ${ink}`), ['fill free', 'line free']); // prettier-ignore
    assert.ok(drawn[2]!.alpha < 0.5 && drawn[2]!.w === pixels(64));
  });

  it('the first bytes of a block are seen however few they are; of one that began in the row above, nothing is made up', () => {
    const [begins, goesOn] = [block({ size: 100, solid: 1 }), block({ from: -200, size: 300, solid: 8 })].map((r) => paint([r]).drawn); // prettier-ignore
    assert.deepEqual(begins!.map((d) => d.w), [2.5, pixels(100) - 2.5]); // prettier-ignore
    assert.deepEqual(goesOn!.map((d) => [d.alpha, d.w]), [[SLACK_ALPHA, pixels(100)]]); // prettier-ignore
  });

  it('a legend’s colours are taken, and what a filter leaves out is faint', () => {
    const { drawn } = paint([block({ shade: 1, flags: RunFlag.dimmed }), block({ kind: 'free', from: 1088, shade: 0 })]);
    assert.deepEqual(drawn.map((d) => d.ink), ['shade 1', 'shade 0', 'shade 0']); // prettier-ignore
    assert.deepEqual(drawn.map((d) => d.alpha === FAINT), [true, false, false]); // prettier-ignore
  });

  it('what carries a word or a mark, is wide or of another kind is left; in high contrast what is dimmed, too', () => {
    const list = [
      block(),
      block({ label: 0 }),
      block({ flags: RunFlag.selected }),
      block({ size: 4096, solid: 4096 }),
      block({ kind: 'metadata' }),
      block({ flags: RunFlag.dimmed }),
    ];
    assert.deepEqual(paint(list).left, [1, 2, 3, 4]);
    assert.deepEqual(paint(list, { ...PALETTE, highContrast: true }).left, [1, 2, 3, 4, 5]);
  });

  it('every block is drawn over all of its width once, or left', () => {
    const run = fc.record({
      kind: fc.constantFrom('used', 'free', 'metadata'),
      from: fc.integer({ min: -300, max: CELLS * CELL_BYTES - 1 }),
      size: fc.integer({ min: 301, max: 900 }),
      solid: fc.integer({ min: 0, max: 900 }),
      flags: fc.constantFrom(0, RunFlag.dimmed, RunFlag.changed),
      label: fc.constantFrom(-1, -1, 0),
      shade: fc.constantFrom(NO_SHADE, 0, 1),
    });
    fc.assert(
      fc.property(run, (r) => {
        const own = { ...r, size: r.from < 0 ? r.size : (r.size % 140) + 1, solid: Math.min(r.solid, r.size) };
        const { drawn, left } = paint([own]);
        if (left.length > 0) {
          assert.deepEqual([left, drawn], [[0], []]);
          return;
        }
        const fills = drawn.filter((d) => d.what === 'fill').sort((a, b) => a.x - b.x);
        const from = GUTTER + pixels(Math.max(0, own.from));
        const end = GUTTER + pixels(Math.min(CELLS * CELL_BYTES, own.from + own.size));
        assert.ok(Math.abs(fills[0]!.x - from) < 1e-9);
        for (const [i, f] of fills.entries()) if (i > 0) assert.ok(Math.abs(f.x - fills[i - 1]!.x - fills[i - 1]!.w) < 1e-9);
        const last = fills.at(-1)!;
        assert.ok(Math.abs(last.x + last.w - Math.max(end, from + 1)) < 1e-9);
      }),
    );
  });
});
