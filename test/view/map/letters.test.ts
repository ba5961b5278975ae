import assert from 'node:assert/strict';
import { Letters } from '../../../src/view/map/letters';
import type { MapRow, MapView } from '../../../src/view/map/map';
import type { MapViewport } from '../../../src/view/viewport';
import { at, frameOf, MAIN_3, pictured } from '../subjects';

/** Letters as they stand in rows and folds, each with the row's or box's address; those of the pictured heap. */
function lettersOf(bookmarks: readonly string[], map: Partial<MapViewport> = {}): string[] {
  const frame = frameOf(at(pictured(), MAIN_3), { bookmarks, map });
  const letters = new Letters(frame.marked!.bookmarks);
  return frame.map!.items.flatMap((item) => {
    if (item.kind === 'fold') return item.boxes.map((box) => `${box.base} ${letters.ofBox(box)}`);
    return item.kind === 'row' ? inRow(frame.map!, item, letters).map((letter) => `${item.base} ${letter}`) : [];
  }).filter((text) => !text.endsWith(' ')); // prettier-ignore
}

function inRow(map: MapView, row: MapRow, letters: Letters): string[] {
  return Array.from({ length: row.count }, (_, n) =>
    row.aggregated ? letters.ofCell(map, row, n) : letters.ofRun(map, row, row.first + n),
  );
}

describe('map letters', () => {
  it('stand in the block of their bookmark, in the order in which they were set', () =>
    assert.deepEqual(lettersOf(['0x188000', '0x14000']), ['0x0 B', '0x180000 A']));

  it('of a block of several rows stand in all of them, wherever in it the bookmark is', () =>
    assert.deepEqual(lettersOf(['0x61000'], { cells: 32 }), ['0x40000 A', '0x60000 A']));

  it('stand in the box of a fold', () => assert.deepEqual(lettersOf(['0x1000000']), ['0x1000000 A']));

  it('of aggregated cells stand in the one that holds the address', () =>
    assert.deepEqual(lettersOf(['0x188000', '0x14000'], { zoom: 16 }), ['0x0 B', '0x0 A']));

  it('of several in one cell, the first and how many there are besides; the names are all there', () => {
    assert.deepEqual(lettersOf(['0x188000', '0x18a000', '0x184000', '0x14000'], { zoom: 16 }), ['0x0 D', '0x0 A+2']);
    const bookmarkLabels = { '0x18a000': 'receive ring' };
    const frame = frameOf(at(pictured(), MAIN_3), { bookmarks: ['0x188000', '0x18a000', '0x14000'], bookmarkLabels });
    assert.deepEqual(new Letters(frame.marked!.bookmarks).namesIn(0x180000n, 0x190000n), ['A', 'B receive ring']);
  });

  it('along a curve, too', () =>
    assert.deepEqual(lettersOf(['0x188000', '0x14000'], { shape: 'hilbert', zoom: 16 }).sort(), ['0x0 A', '0x0 B']));
});
