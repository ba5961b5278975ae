// Sorting by address, by numbers where they are exact and by bigints where damage has made others.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { byAddress } from '../../../src/allocators/oscar/ascending';

const USER = fc.bigInt({ min: 0n, max: 2n ** 47n });
const KERNEL = fc.bigInt({ min: 2n ** 64n - 2n ** 47n, max: 2n ** 64n - 1n });
const ANY = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('oscar: sorting by address', () => {
  for (const [what, address] of [
    ['both halves of canonical addresses', fc.oneof(USER, KERNEL)],
    ['addresses that damage made', fc.oneof(USER, KERNEL, ANY)],
  ] as const)
    it(`${what} come in unsigned order, equal ones as they were`, () => {
      fc.assert(
        fc.property(fc.array(fc.oneof(address, fc.constant(4096n))), (addresses) => {
          const items = addresses.map((base, i) => ({ base, i }));
          const wanted = [...items].sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : a.i - b.i));
          assert.deepEqual(
            byAddress(items, (item) => item.base),
            wanted,
          );
        }),
      );
    });
});
