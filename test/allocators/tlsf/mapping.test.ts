// The index arithmetic twice: as in C for any u64, and without bigints for what a decoder does a million times.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { classOfBlock, insertClass, roundedRequest, searchClass } from '../../../src/allocators/tlsf/mapping';

const columns = fc.integer({ min: 0, max: 23 });
const upTo = (most: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 0, max: most }),
    fc.integer({ min: 0, max: Math.floor(Math.log2(most)) }).map((n) => 2 ** n),
  );

describe('TLSF: classes of sizes', () => {
  it('a block has the same class either way', () => {
    fc.assert(
      fc.property(upTo(2 ** 32 - 1), columns, (size, l) => {
        const { fl, sl } = insertClass(BigInt(size), l);
        assert.equal(classOfBlock(size, l), fl * 2 ** l + sl);
      }),
    );
  });

  it('a request is rounded to the same size either way', () => {
    fc.assert(
      fc.property(upTo(2 ** 30 - 1), columns, (request, l) => {
        assert.equal(roundedRequest(request, l), Number(searchClass(BigInt(request), l).rounded));
      }),
    );
  });
});
