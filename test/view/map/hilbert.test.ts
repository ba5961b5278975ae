import assert from 'node:assert/strict';
import { bandIndex, bandPlace, HILBERT_CELLS, HILBERT_SIDE, hilbertIndex, hilbertPlace } from '../../../src/view/map/hilbert';

describe('hilbert: the curve', () => {
  it('goes through every cell of its square once, each beside the one before', () => {
    const seen = new Set<string>();
    let last = hilbertPlace(0);
    for (let d = 0; d < HILBERT_CELLS; d++) {
      const place = hilbertPlace(d);
      assert.equal(hilbertIndex(place), d);
      if (d > 0) assert.equal(Math.abs(place.x - last.x) + Math.abs(place.y - last.y), 1, `cell ${String(d)}`);
      seen.add(`${String(place.x)} ${String(place.y)}`);
      last = place;
    }
    assert.equal(seen.size, HILBERT_CELLS);
  });

  it('begins at the top left and ends at the top right, where the next square begins', () => {
    assert.deepEqual(hilbertPlace(0), { x: 0, y: 0 });
    assert.deepEqual(hilbertPlace(HILBERT_CELLS - 1), { x: HILBERT_SIDE - 1, y: 0 });
    assert.deepEqual(bandPlace(HILBERT_CELLS), { x: HILBERT_SIDE, y: 0 });
  });

  for (const cells of [4, 8, 64, 128, 256])
    it(`an aligned stretch of ${String(cells)} cells is a square or half of one`, () => {
      for (let first = 0; first < HILBERT_CELLS; first += cells) {
        const places = Array.from({ length: cells }, (_, i) => hilbertPlace(first + i));
        const [xs, ys] = [places.map((p) => p.x), places.map((p) => p.y)];
        const sides = [Math.max(...xs) - Math.min(...xs) + 1, Math.max(...ys) - Math.min(...ys) + 1].sort((a, b) => a - b);
        const side = 2 ** Math.floor(Math.log2(cells) / 2);
        assert.deepEqual(sides, [side, cells / side]);
      }
    });

  it('bands: column and line come back from the cell’s number', () => {
    for (let n = 0; n < 4 * HILBERT_CELLS; n += 37) {
      const { x, y } = bandPlace(n);
      assert.equal(bandIndex(x, y), n);
    }
  });
});
