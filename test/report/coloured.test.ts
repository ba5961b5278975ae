// What a report and a drawing say about the colouring that the panel stands at.

import assert from 'node:assert/strict';
import { presetColours } from '../../src/report/colours';
import { htmlReport } from '../../src/report/report';
import { paneSvg } from '../../src/report/svg';
import { HeapView } from '../../src/view/heap-view';
import { COLOURINGS } from '../../src/view/viewport';
import { elementsOf } from '../support/well-formed';
import { at, frameOf, MAIN_3, madeSnapshot, pictured } from '../view/subjects';

const plain = (html: string) => html.replaceAll(/<style>.*?<\/style>/gs, '').replaceAll(/<[^>]+>/g, ' ').replaceAll(/[\u202f\s]+/g, ' '); // prettier-ignore
const sectionOf = (html: string) => /<section id="map">.*?<\/section>/s.exec(html)![0];

describe('report: colours of the map', () => {
  const view = at(pictured(), MAIN_3);

  for (const colouring of COLOURINGS.slice(1))
    it(`by ${colouring}: the panel’s legend stands below the map, and its numbers and colours in the blocks`, () => {
      const { map } = frameOf(view, { map: { colouring } });
      const html = htmlReport(view.subject, { colouring });
      const section = sectionOf(html);
      const text = plain(section);
      assert.ok(map!.legend.length > 1);
      for (const entry of map!.legend) {
        const number = String(entry.shade + 1);
        assert.ok(text.includes(plain(`${number} ${entry.text} ${entry.amount}`)), `${entry.text} in the table`);
        assert.ok(section.includes(`fill="var(--shade${number})"`), `${entry.text} on a block`);
        assert.ok(section.includes(`<title>${entry.text}`), `${entry.text} under the pointer`);
      }
      assert.match(html, /--shade1:#9650D6;.*prefers-color-scheme:dark.*--shade1:#A76FE0;/s);
      // Slack of a coloured block is hatched in its colour.
      const ids = new Set(elementsOf(html).map((e) => e.attributes.get('id')));
      for (const [, id] of html.matchAll(/url\(#([^)]+)\)/g)) assert.ok(ids.has(id), id);
    });

  it('by state it is as it was, without a table of colours', () => {
    const section = sectionOf(htmlReport(view.subject));
    assert.ok(!section.includes('--shade'));
    assert.ok(!section.includes('<table'));
  });

  it('memory alone does not tell owners, and says so', () => {
    const { subject } = view;
    const dump = { ...subject, kind: 'dump' as const, snapshot: madeSnapshot([[0x1000n, 4096, 'used', 0]]), reader: view.reader };
    const text = plain(sectionOf(htmlReport(dump, { colouring: 'owner' })));
    assert.match(text, /Memory alone does not tell who asked for a block\. Blocks keep the colours of their states/);
  });

  it('an aggregated map has the colour of most of a cell, and its number where several begin', () => {
    const blocks = Array.from({ length: 50_000 }, (_, i) => [0x1000n * BigInt(i + 1), 4096, i % 9 === 0 ? 'free' : 'used', 0, 100] as const); // prettier-ignore
    const dump = { ...view.subject, kind: 'dump' as const, snapshot: madeSnapshot(blocks), reader: view.reader };
    const html = htmlReport(dump, { colouring: 'class' });
    const section = sectionOf(html);
    assert.match(section, /<title>o0–o\d: most of what is used here<\/title><text [^>]*paint-order="stroke"[^>]*>1<\/text>/);
    assert.ok(html.length < 3_000_000, String(html.length));
  });

  it('the SVG of the map has the legend too, in the colours of the theme', () => {
    const { map } = frameOf(view, { map: { colouring: 'owner' } });
    const svg = paneSvg(view.frame(), 'map', presetColours('dark'))!;
    for (const entry of map!.legend) assert.ok(svg.includes(`${entry.text}: ${entry.amount}`), entry.text);
    assert.ok(svg.includes(presetColours('dark').shade2));
  });

  it('what the legend leaves out recedes in the SVG', () => {
    const dims = (only: number) => {
      frameOf(view, { map: { colouring: 'owner', only } });
      return paneSvg(view.frame(), 'map', presetColours('dark'))!.includes('<g opacity="0.25">');
    };
    assert.deepEqual([dims(-1), dims(1)], [false, true]);
  });

  it('along a curve the cells of a drawing stand line by line, inside of it', () => {
    const svg = paneSvg(frameOf(view, { map: { shape: 'hilbert' } }), 'map', presetColours('dark'))!;
    const width = Number(/viewBox="0 0 (\d+)/.exec(svg)![1]);
    const places = [...svg.matchAll(/<rect x="([\d.]+)"/g)].map((m) => Number(m[1]));
    assert.ok(Math.max(...places) < width, String(Math.max(...places)));
    const coloured = paneSvg(frameOf(view, { map: { shape: 'hilbert', colouring: 'class' } }), 'map', presetColours('dark'))!;
    assert.match(coloured, /<title>o12–o13<\/title><text [^>]*>7<\/text>/);
  });

  it('a panel hands its colouring to the report', () => {
    const other = new HeapView(view.subject);
    frameOf(other, { map: { colouring: 'age' } });
    assert.equal(other.carried.colouring, 'age');
  });
});
