import assert from 'node:assert/strict';
import fc from 'fast-check';
import { code, plain, prose } from '../../../src/extension/hovers/markdown';

describe('markdown: foreign text', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a*b_c', 'a\\*b\\_c'],
    ['[x](command:evil)', '\\[x\\]\\(command&#58;evil\\)'],
    ['$(error)', '\\$\\(error\\)'],
    ['<img src=x>', '&#60;img src\\=x&#62;'],
    ['https://example.org www.example.org me@example.org', 'https&#58;//example.org www&#46;example.org me&#64;example.org'],
    ['line\r\n\n# heading', 'line \\# heading'],
    ['1. item', '1\\. item'],
    ['&lt;', '&#38;lt;'],
  ];
  for (const [text, expected] of cases)
    it(`plain(${JSON.stringify(text)}) has no markup`, () => assert.equal(plain(text), expected));

  it('code spans hold backticks', () => {
    assert.equal(code('a`b'), '``a`b``');
    assert.equal(code('`'), '`` ` ``');
    assert.equal(code(''), '');
  });

  it('prose makes code of what stands in backticks, and text of an open one', () => {
    assert.equal(prose('`pg_count` is 3, not *4*'), '`pg_count` is 3, not \\*4\\*');
    assert.equal(prose('an `open'), 'an open');
  });

  it('never yields a line break, an unescaped bracket or a tag (seeded)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = plain(text);
        assert.ok(!/[\r\n<>]/.test(shown));
        assert.ok(!/(?<!\\)(?:\\\\)*[[\]()`*_]/.test(shown), shown);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it('a code span is closed by nothing in it (seeded)', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('`', 'a', ' ', '\n') }), (text) => {
        const span = code(text);
        if (span === '') return;
        const fence = /^`+/.exec(span)![0].length;
        const inner = [...span.matchAll(/`+/g)].map((run) => run[0].length);
        assert.equal(inner.filter((n) => n === fence).length, 2, span);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
