import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BlockBuilder, BlockTable } from '../../src/snapshot/blocks';

/** Sizes tell equal bases apart. */
function table(bases: readonly bigint[]): (readonly [bigint, number])[] {
  const builder = new BlockBuilder();
  for (const [i, base] of bases.entries()) builder.add(base, i, 'used', i % 7, i, base + 16n);
  const blocks = BlockTable.of(builder);
  return Array.from({ length: blocks.length }, (_, i) => [blocks.base(i), blocks.size(i)] as const);
}

describe('block table', () => {
  it('sorts any 64-bit bases, and equal ones keep their order', () => {
    const base = fc.oneof(fc.bigInt(0n, (1n << 64n) - 1n), fc.bigInt(0n, 40n), fc.bigInt((1n << 64n) - 40n, (1n << 64n) - 1n));
    fc.assert(
      fc.property(fc.array(base, { maxLength: 200 }), (bases) => {
        const expected = bases.map((b, i) => [b, i] as const).sort(([a, i], [b, j]) => (a < b ? -1 : a > b ? 1 : i - j));
        assert.deepEqual(table(bases), expected);
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('takes blocks by number and by bigint alike, in both halves of the address space', () => {
    const [one, other] = [new BlockBuilder(2), new BlockBuilder()];
    for (const base of [0x1000n, 0xffff_ffff_8000_0000n]) {
      one.add(base, 64, 'free', 3, -1, base + 16n);
      other.addAt(Number(BigInt.asIntN(64, base)), 64, 'free', 3, -1, 16);
    }
    const [a, b] = [BlockTable.of(one), BlockTable.of(other)];
    for (const i of [0, 1]) assert.deepEqual(a.at(i), b.at(i));
    assert.equal(b.base(1), 0xffff_ffff_8000_0000n);
  });
});
