// Sums over ranges, against a walk over every block.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BlockSums } from '../../../src/view/map/block-sums';
import type { RangeSums } from '../../../src/view/map/block-sums';
import { madeSnapshot } from '../subjects';
import type { Made } from '../subjects';

const STATES = ['free', 'used', 'metadata', 'unread'] as const;

/** Blocks one after the other, some with a hole before them. */
const anyBlocks = fc
  .array(fc.record({ hole: fc.integer({ min: 0, max: 2 }), size: fc.integer({ min: 1, max: 40 }), state: fc.constantFrom(...STATES), asked: fc.integer({ min: -1, max: 40 }) }), { minLength: 1, maxLength: 300 })
  .map((pieces) => {
    let base = 0xffff800000000000n;
    return pieces.map(({ hole, size, state, asked }, i): Made => {
      base += BigInt(hole * 16);
      const made: Made = [base, size * 16, state, i % 20, asked < 0 ? -1 : Math.min(asked * 16, size * 16)];
      base += BigInt(size * 16);
      return made;
    });
  }); // prettier-ignore

/** The same sums, byte range by byte range. */
function walked(blocks: readonly Made[], base: bigint, end: bigint): RangeSums {
  const sums = {
    asked: 0,
    slack: 0,
    free: 0,
    metadata: 0,
    unread: 0,
    usedBlocks: 0,
    freeBlocks: 0,
    largestFree: 0,
    largestClass: -1,
  };
  const between = (from: bigint, to: bigint) => Math.max(0, Number((to < end ? to : end) - (from > base ? from : base)));
  for (const [at, size, state, sizeClass = -1, asked = -1] of blocks) {
    const bytes = between(at, at + BigInt(size));
    if (bytes === 0) continue;
    if (state === 'used') {
      const solid = between(at, at + BigInt(asked < 0 ? size : asked));
      sums.asked += solid;
      sums.slack += bytes - solid;
      sums.usedBlocks++;
    } else sums[state] += bytes;
    if (state === 'free') {
      sums.freeBlocks++;
      if (size > sums.largestFree) [sums.largestFree, sums.largestClass] = [size, sizeClass];
    }
  }
  return sums;
}

describe('block sums: any range', () => {
  it('equals a walk over all blocks', () => {
    const property = fc.property(
      anyBlocks,
      fc.integer({ min: -100, max: 12000 }),
      fc.integer({ min: 1, max: 6000 }),
      (blocks, from, length) => {
        const base = 0xffff800000000000n + BigInt(from);
        const end = base + BigInt(length);
        const { largestClass: ours, ...found } = new BlockSums(madeSnapshot(blocks).blocks).over(base, end);
        const { largestClass: theirs, ...expected } = walked(blocks, base, end);
        assert.deepEqual(found, expected);
        assert.equal(ours < 0, theirs < 0);
      },
    );
    fc.assert(property, { seed: 8, numRuns: 400 });
  });

  it('an empty range holds nothing', () => {
    const sums = new BlockSums(madeSnapshot([[0x1000n, 4096, 'free', 0]]).blocks).over(0x5000n, 0x6000n);
    assert.deepEqual([sums.free, sums.freeBlocks, sums.largestFree], [0, 0, 0]);
  });
});
