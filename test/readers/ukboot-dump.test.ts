// Heap images as JSON.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isUkbootDump, readUkbootDump } from '../../src/readers/ukboot-dump';

const GOOD = {
  format: 'ukboot-dump/1',
  allocator: 'mimalloc',
  arch: 'x86_64',
  heap: { base: '0x1000', len: '0x2000' },
  symbols: { _mi_heap_main: { addr: '0x500', size: 8 } },
  ranges: [
    { addr: '0x500', len: 2, hex: 'e0fc' },
    { addr: '0x1004', len: 4, hex: '01020304' },
  ],
};

describe('ukboot-dump', () => {
  it('gives bytes at their addresses, and zeros for the rest of the heap', () => {
    const { image, heap, symbols, hints, problems } = readUkbootDump(JSON.stringify(GOOD));
    assert.deepEqual(problems, []);
    assert.equal(heap, 0x1000n);
    assert.deepEqual(hints, { arch: 'x86_64', allocator: 'mimalloc' });
    assert.equal(symbols.get('_mi_heap_main'), 0x500n);
    const reader = image.reader();
    assert.equal(reader.u16(0x500n), 0xfce0);
    assert.equal(reader.u64(0x1000n), 0x0403_0201_0000_0000n);
    assert.equal(reader.u64(0x2ff8n), 0n);
    assert.equal(reader.u8(0x3000n), undefined);
    assert.equal(reader.u8(0x502n), undefined);
  });

  it('is known by how it begins', () => {
    assert.ok(isUkbootDump('{"format":"ukboot-dump/1"'));
    assert.ok(isUkbootDump(' {\n "format" : "ukboot-dump/1"'));
    assert.ok(!isUkbootDump('{"format":"ukboot-golden/1"'));
  });

  const bad: readonly (readonly [what: string, text: string, code: string])[] = [
    ['no JSON', '{"format":', 'not-json'],
    ['a list', '[]', 'not-json'],
    ['another format', JSON.stringify({ ...GOOD, format: 'ukboot-dump/7' }), 'format'],
    ['no ranges', JSON.stringify({ ...GOOD, ranges: undefined }), 'no-ranges'],
    ['a range without address', JSON.stringify({ ...GOOD, ranges: [{ hex: '00' }] }), 'bad-range'],
    ['an odd number of digits', JSON.stringify({ ...GOOD, ranges: [{ addr: '0x0', hex: '000' }] }), 'bad-range'],
    ['no hex digits', JSON.stringify({ ...GOOD, ranges: [{ addr: '0x0', hex: 'zz' }] }), 'bad-range'],
    ['a range past 2^64', JSON.stringify({ ...GOOD, ranges: [{ addr: '0xffffffffffffffff', hex: '0011' }] }), 'bad-range'],
    ['a wrong length', JSON.stringify({ ...GOOD, ranges: [{ addr: '0x0', len: 3, hex: '0011' }] }), 'range-length'],
    ['a symbol without address', JSON.stringify({ ...GOOD, symbols: { regions: {} } }), 'bad-symbol'],
    [
      'overlapping ranges',
      JSON.stringify({
        ...GOOD,
        ranges: [
          { addr: '0x0', hex: '0011' },
          { addr: '0x1', hex: '22' },
        ],
      }),
      'overlap',
    ],
  ];
  for (const [what, text, code] of bad) {
    it(`${what}: is told`, () => {
      const { problems } = readUkbootDump(text);
      assert.ok(
        problems.some((p) => p.code === code),
        JSON.stringify(problems),
      );
    });
  }

  it('never throws, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        readUkbootDump(JSON.stringify(value));
        readUkbootDump(JSON.stringify({ ...GOOD, ranges: value, symbols: value, heap: value }));
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
