import assert from 'node:assert/strict';
import { htmlReport } from '../../../src/report/report';
import { textOf } from '../../../src/report/table';
import { csvChunks } from '../../../src/report/csv';
import { tablesOf } from '../../../src/report/tables';
import { paneSvg } from '../../../src/report/svg';
import { presetColours } from '../../../src/report/colours';
import { MOST_LABEL, plainLabel } from '../../../src/view/search/bookmarks';
import { at, frameOf, MAIN_3, pictured } from '../subjects';

describe('bookmarks: names', () => {
  const view = at(pictured(), MAIN_3);
  const bookmarks = ['0x188000', '0x14000', '0x18b000'];
  const bookmarkLabels = { '0x188000': 'Merge goes here', '0x18b000': 'cafe', '0x1': 'not kept' };
  const named = () => frameOf(view, { bookmarks, bookmarkLabels });

  for (const [typed, kept] of [
    ['  rx   ring \t of eth0 ', 'rx ring of eth0'],
    ['two\nlines', 'two lines'],
    ['turned\u202e round\u0000', 'turned round'],
    ['x'.repeat(500), 'x'.repeat(MOST_LABEL)],
    ['😀'.repeat(100), '😀'.repeat(MOST_LABEL)],
    ['\ud800 half', 'half'],
    [7, ''],
    [undefined, ''],
  ] as const)
    it(`${String(typed).slice(0, 30)} is kept as “${kept.slice(0, 30)}”`, () => assert.equal(plainLabel(typed), kept));

  it('stand beside the letter and what is there', () => {
    assert.deepEqual(
      named().marked!.bookmarks.map((b) => [b.letter, b.label, b.address]),
      [['A', 'Merge goes here', '0x188000'], ['B', '', '0x14000'], ['C', 'cafe', '0x18b000']],
    ); // prettier-ignore
  });

  it('what was kept by another panel may be anything, and is plain text all the same', () => {
    const odd = { '0x188000': { a: 1 }, '0x14000': '\u202eevil\n' } as unknown as Record<string, string>;
    const { marked } = frameOf(view, { bookmarks, bookmarkLabels: odd });
    assert.deepEqual(marked!.bookmarks.map((b) => b.label), ['', 'evil', '']); // prettier-ignore
  });

  it('are found by what is typed: the whole name first, else a part of it, and a name before an address', () => {
    named();
    const found = (text: string) => {
      const { address, named: isName } = view.find(text);
      return [address, isName];
    };
    assert.deepEqual(found('merge goes HERE'), ['0x188000', true]);
    assert.deepEqual(found('goes'), ['0x188000', true]);
    assert.deepEqual(found('cafe'), ['0x18b000', true]);
    assert.deepEqual(found('not kept'), [undefined, undefined]);
    assert.match(view.find('goes').message, /^Bookmark A, Merge goes here: 0x188000$/);
  });

  it('a part of a name that is a filter stays a filter', () => {
    frameOf(view, { bookmarks, bookmarkLabels: { '0x188000': 'the free one' } });
    assert.equal(view.find('free').named, undefined);
    assert.equal(view.find('the free one').named, true);
  });

  it('leave with the report, the drawing of the map and a table', () => {
    named();
    const html = htmlReport(view.subject, view.carried);
    const section = /<section id="bookmarks">.*?<\/section>/s.exec(html)![0];
    assert.match(section, /<td>A<\/td><td>Merge goes here<\/td><td><code>0x188000<\/code><\/td><td>free · o1/);
    assert.match(/<section id="map">.*?<\/section>/s.exec(html)![0], /<circle [^>]*--pinned[^>]*\/><text [^>]*>C<\/text>/);
    const csv = textOf(csvChunks(tablesOf(view).find((t) => t.id === 'bookmarks')!));
    assert.match(csv, /^letter,name,address,what\r\nA,Merge goes here,0x188000,free/);
    assert.match(paneSvg(view.frame(), 'map', presetColours('dark'))!, /<text [^>]*>A<\/text>/);
  });

  it('are never markup', () => {
    frameOf(view, { bookmarks, bookmarkLabels: { '0x188000': '<img src=x onerror=alert(1)>' } });
    const html = htmlReport(view.subject, view.carried);
    assert.ok(html.includes('&lt;img src=x') && !html.includes('<img'));
  });

  it('without a bookmark there is no section and no table', () => {
    frameOf(view);
    assert.ok(!htmlReport(view.subject, view.carried).includes('id="bookmarks"'));
    assert.ok(!tablesOf(view).some((t) => t.id === 'bookmarks'));
  });
});
