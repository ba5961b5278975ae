// What is painted between two states, and when. The clock is the test's; the browser's part is in moving.test.ts.

import assert from 'node:assert/strict';
import { GROWING, mapAfter, markStrength, motionBetween } from '../../media/canvas/motion';
import { Moving } from '../../media/panes/map/moving';
import type { MapRow, MapView } from '../../src/view/map/map';
import { RUN_KINDS, RunFlag } from '../../src/view/map/map';
import type { HeapView } from '../../src/view/heap-view';
import type { MapShape, MapZoom } from '../../src/view/viewport';
import { at, frameOf, pictured } from '../view/subjects';

const mapOf = (view: HeapView, change?: Parameters<typeof frameOf>[1]): MapView => frameOf(view, change).map!;

/** Maps before and after steps `from` to `to` of the pictured boot. */
function maps(from: number, to: number, change?: Parameters<typeof frameOf>[1]): [MapView, MapView] {
  const view = pictured();
  return [mapOf(at(view, from), change), mapOf(at(view, to), change)];
}

interface Drawn {
  readonly kind: string;
  readonly from: number;
  readonly end: number;
  readonly label: number;
  readonly flags: number;
}

/** What lies in a row, from left to right, cut at its ends. */
function drawn(map: MapView, row: MapRow): Drawn[] {
  const { runs, rowBytes } = map;
  return Array.from({ length: row.count }, (_, n) => {
    const i = row.first + n;
    const from = runs.from[i]!;
    return {
      kind: RUN_KINDS[runs.kind[i]!]!,
      from: Math.max(0, from),
      end: Math.min(rowBytes, from + runs.size[i]!),
      label: runs.label[i]!,
      flags: runs.flags[i]!,
    };
  }).filter((d) => d.kind !== 'region');
}

const rowAt = (map: MapView, base: string): MapRow => {
  const row = map.items.find((i) => i.kind === 'row' && i.base === base);
  assert.ok(row?.kind === 'row', base);
  return row;
};
const rows = (map: MapView) => map.items.filter((i): i is MapRow => i.kind === 'row' && !i.aggregated);
const edges = (map: MapView, row: MapRow) => drawn(map, row).map((d) => `${d.kind} ${d.from.toString(16)}–${d.end.toString(16)}`);

describe('motion: boxes between two states', () => {
  // Step 67 gives back the page at 0x16000: it joins the one at 0x17000, and both the two before them.
  const ROW = '0x0';

  it('a merged box grows over those that it swallowed, from its own former edges', () => {
    const [before, now] = maps(66, 67);
    const motion = motionBetween(before, now)!;
    const was = drawn(before, rowAt(before, ROW));
    const is = drawn(now, rowAt(now, ROW));
    const start = mapAfter(motion, 0);
    assert.deepEqual(
      drawn(start, rowAt(start, ROW)).map(({ from, end, kind }) => [from, end, kind]),
      was.map(({ from, end, kind }) => [from, end, kind]),
    );
    const merged = is.find((d) => !was.some((w) => w.from === d.from && w.end === d.end))!;
    let last = 0;
    for (const ms of [0, 20, 60, 100]) {
      const between = mapAfter(motion, ms);
      const box = drawn(between, rowAt(between, ROW)).find((d) => d.from === merged.from)!;
      assert.ok(box.end > last && box.end < merged.end, `${String(ms)} ms: ${box.end.toString(16)}`);
      last = box.end;
    }
  });

  it('what is swallowed has no label and none of the marks', () => {
    const [before, now] = maps(66, 67);
    before.runs.label.fill(0);
    before.runs.flags.fill(RunFlag.selected | RunFlag.bookmarked | RunFlag.dimmed);
    const between = mapAfter(motionBetween(before, now)!, 5);
    const swallowed = drawn(between, rowAt(between, ROW)).filter((d) => d.from >= 0x16000 - 0x800 && d.end <= 0x18000);
    assert.deepEqual(
      swallowed.map(({ kind, label, flags }) => [kind, label, flags]),
      [
        ['used', -1, RunFlag.dimmed],
        ['free', -1, RunFlag.dimmed],
      ],
    );
  });

  it('a step back is the same the other way: the box draws back, and the others come out', () => {
    const [before, now] = maps(67, 66);
    const motion = motionBetween(before, now)!;
    const start = mapAfter(motion, 0);
    assert.deepEqual(edges(start, rowAt(start, ROW)), edges(before, rowAt(before, ROW)));
    assert.notDeepEqual(edges(now, rowAt(now, ROW)), edges(before, rowAt(before, ROW)));
  });

  it('at every moment of every step, both ways, a row is covered as before and after, without gaps or overlaps', () => {
    const view = pictured();
    let [moved, folds] = [0, 0];
    const steps = ['stepForward', 'stepBack', 'stepOver', 'stepBackOver'] as const;
    for (const how of steps) {
      view.move(how.startsWith('stepBack') ? 'runToEnd' : 'restart');
      let before = frameOf(view).map;
      while (view.move(how)) {
        const now = frameOf(view).map;
        const motion = before && now && motionBetween(before, now);
        if (motion !== undefined) {
          moved++;
          for (const ms of [0, 1, 15, 40, 80, 119]) folds += covers(mapAfter(motion, ms), now!);
          assert.equal(mapAfter(motion, GROWING), now, 'the last picture is that of the map itself');
        }
        before = now;
      }
    }
    assert.ok(moved > 80 && folds > 20, `${String(moved)} steps, ${String(folds)} folds`);
  });

  it('nothing moves where boxes are as they were, and where nothing of the same kind goes on', () => {
    const [before, now] = maps(49, 50);
    // Step 50 frees a page whose buddy is used.
    assert.equal(motionBetween(before, now), undefined);
    assert.equal(motionBetween(now, now), undefined);
  });

  it('nor at another zoom, along a curve, in other colours, or where cells are aggregated', () => {
    const other = [{ zoom: 16 }, { shape: 'hilbert' }, { colouring: 'age' }, { zoom: 'bytes' }] as const;
    for (const map of other) {
      const view = pictured();
      const before = mapOf(at(view, 66));
      assert.equal(motionBetween(before, mapOf(at(view, 67), { map })), undefined, JSON.stringify(map));
    }
    assert.equal(motionBetween(...maps(66, 67, { map: { zoom: 16 } })), undefined);
    assert.equal(motionBetween(...maps(66, 67, { map: { shape: 'hilbert' } })), undefined);
  });

  it('rows that stand elsewhere on the screen stay out of it', () => {
    const [before, now] = maps(66, 67);
    const moved = { ...now, items: now.items.map((i) => ({ ...i, y: i.y + 28 })) };
    assert.equal(motionBetween(before, moved), undefined);
  });

  it('the marks of the last step fade in over 80 ms', () => {
    assert.deepEqual([-1, 0, 20, 40, 80, 1000].map(markStrength), [0, 0, 0.25, 0.5, 1, 1]);
  });
});

/** Holds all rows of a map in motion against those of the map that it moves to. @returns its folds that were seen to move */
function covers(between: MapView, now: MapView): number {
  for (const [n, row] of rows(between).entries()) {
    const own = drawn(between, row);
    const final = drawn(now, rows(now)[n]!);
    assert.deepEqual([own[0]?.from, own.at(-1)?.end], [final[0]?.from, final.at(-1)?.end], row.base);
    for (const [i, d] of own.entries()) {
      assert.ok(d.end > d.from, `${row.base}: nothing is drawn without an extent`);
      if (i > 0 && final.every((f, k) => k === 0 || f.from === final[k - 1]!.end))
        assert.equal(d.from, own[i - 1]!.end, row.base);
    }
  }
  let folds = 0;
  for (const [n, item] of between.items.entries()) {
    if (item.kind !== 'fold') continue;
    assert.ok(Math.abs(item.boxes.reduce((sum, b) => sum + b.weight, 0) - 1) < 1e-9);
    const final = now.items[n]!;
    if (final.kind === 'fold' && item.boxes.some((b, i) => b.weight !== final.boxes[i]?.weight)) folds++;
  }
  return folds;
}

describe('motion: when the map moves', () => {
  const [before, now] = maps(66, 67);
  let time = 1000;
  const moving = (wishes = { moves: true, fades: true }): Moving => {
    const made = new Moving(() => time, () => wishes); // prettier-ignore
    made.arrive(before, false, 0);
    made.pose(before, 0);
    return made;
  };

  it('one step: pictures in between, then the map itself, then no more of them', () => {
    const m = moving();
    m.arrive(now, true, 0);
    time += 50;
    const { map, strength, moving: on } = m.pose(now, 0);
    assert.ok(map !== now && strength === 0.625 && on);
    time += 70;
    assert.deepEqual(m.pose(now, 0), { map: now, strength: 1, moving: false });
    assert.equal(m.isMoving, false);
  });

  it('no step, as after a seek or a change of the view: the map itself at once', () => {
    const m = moving();
    m.arrive(now, false, 0);
    assert.deepEqual(m.pose(now, 0), { map: now, strength: 1, moving: false });
  });

  it('reduced motion: the map itself at once', () => {
    const m = moving({ moves: false, fades: true });
    m.arrive(now, true, 0);
    assert.deepEqual(m.pose(now, 0), { map: now, strength: 1, moving: false });
  });

  it('high contrast: boxes grow, marks are there at once', () => {
    const m = moving({ moves: true, fades: false });
    m.arrive(now, true, 0);
    const pose = m.pose(now, 0);
    assert.ok(pose.moving && pose.strength === 1 && pose.map !== now);
  });

  it('steps faster than 8 a second: only the first moves, and what comes cuts it', () => {
    const m = moving();
    time += 1000;
    m.arrive(now, true, 0);
    time += 30;
    m.arrive(before, true, 0);
    assert.deepEqual(m.pose(before, 0), { map: before, strength: 1, moving: false });
    time += 100;
    m.arrive(now, true, 0);
    assert.equal(m.isMoving, false, '10 a second');
    time += 125;
    m.arrive(before, true, 0);
    assert.equal(m.isMoving, true, '8 a second');
  });

  it('a key that is held: nothing moves, however slowly it repeats', () => {
    const m = moving();
    time += 1000;
    m.held = true;
    m.arrive(now, true, 0);
    assert.equal(m.isMoving, false);
  });

  it('frames with the same map leave it moving; a map that no step led to cuts it', () => {
    const m = moving();
    time += 1000;
    m.arrive(now, true, 0);
    m.arrive(now, false, 0);
    m.arrive({ ...structuredClone(now), revealed: !now.revealed }, false, 0);
    assert.equal(m.isMoving, true);
    const selected = { ...now, linkText: 'next in o1' };
    m.arrive(selected, false, 0);
    assert.deepEqual(m.pose(selected, 0), { map: selected, strength: 1, moving: false });
  });

  it('a map to another scale gives way to the page for one frame, and never for two', () => {
    const view = pictured();
    const to = (zoom: MapZoom, shape: MapShape = 'rows') => mapOf(at(view, 66), { map: { zoom, shape } });
    const m = moving();
    assert.equal(m.giveWay(before), false, 'the first picture of all');
    assert.deepEqual([m.giveWay(to(10)), m.isMoving], [true, true]);
    assert.deepEqual([m.giveWay(to(10)), m.isMoving], [false, false]);
    assert.equal(m.giveWay(now), true, 'back');
    assert.equal(m.giveWay(to(8)), false, 'another one each frame is drawn every other frame');
    assert.equal(m.giveWay(to(6)), true);
    assert.equal(m.giveWay(to(6)), false);
    assert.equal(m.giveWay(to(6, 'hilbert')), true, 'along a curve');
    m.end();
    assert.deepEqual([m.isMoving, m.giveWay(to(6, 'hilbert'))], [false, false], 'a picture is taken');
    assert.equal(m.giveWay(to('bytes')), true);
  });

  it('a window that scrolls, by itself or by hand: boxes stay, and only the marks fade', () => {
    const m = moving();
    time += 1000;
    m.arrive(now, true, 56);
    const pose = m.pose(now, 56);
    assert.ok(pose.map === now && pose.moving && pose.strength === 0);
    time += 80;
    assert.equal(m.pose(now, 56).moving, false, 'over after 80 ms');
    time += 1000;
    m.arrive(before, true, 56);
    assert.equal(m.pose(before, 60).moving, false, 'scrolled away');
  });
});
