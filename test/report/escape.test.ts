import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escaped, markup } from '../../src/report/escape';
import { elementsOf } from '../support/well-formed';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='x",
  ']]>',
  '<!--',
  '-->',
  '&lt;',
  '&#60;',
  '</style>',
  '${x}',
  '\u0000',
  '\ud800',
  '\u202e',
  '\n',
];
// prettier-ignore
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string())).map((parts) => parts.join('')),
);
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const read = (html: string): string => html.replace(/&(?:amp|lt|gt|quot|#39);/g, (e) => ENTITIES[e]!);

describe('report: escaping', () => {
  it('any text is text, in an element and in an attribute', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const elements = elementsOf(markup`<p title="${a}">${b}</p>`.text);
        assert.deepEqual(
          elements.map((e) => [e.name, ...e.attributes.keys()]),
          [['p', 'title']],
        );
        assert.equal(elements[0]!.attributes.get('title'), escaped(a));
      }),
      { seed: 81, numRuns: 500 },
    );
  });

  it('what can be seen comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (a) => {
        assert.equal(read(escaped(a)), a.replace(/[\u200b-\u200f\u061c\u2060-\u2069\ufeff\u007f-\u009f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)); // prettier-ignore
      }),
      { seed: 82, numRuns: 300 },
    );
  });

  it('what cannot be seen, or turns the text around it, is written out', () => {
    assert.equal(escaped('a\u202eb\u0000c\ud800d'), 'a\\u202eb\\u0000c\\ud800d');
    assert.equal(escaped('😀 €'), '😀 €');
  });

  it('markup in markup stays, text in markup never becomes it', () => {
    const inner = markup`<b>${'<i>'}</b>`;
    assert.equal(markup`<p>${inner}${[inner, inner]}${7}</p>`.text, '<p><b>&lt;i&gt;</b><b>&lt;i&gt;</b><b>&lt;i&gt;</b>7</p>');
  });
});
