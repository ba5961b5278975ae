import assert from 'node:assert/strict';
import { parseFilter } from '../../../src/view/search/filter';
import { madeSnapshot } from '../subjects';

const { blocks } = madeSnapshot([
  [0x10000n, 4096, 'metadata'],
  [0x11000n, 4096, 'free', 0],
  [0x12000n, 8192, 'free', 1],
  [0x14000n, 16384, 'used', 2, 100],
  [0x18000n, 131072, 'free', 5],
  [0x38000n, 4096, 'used', 0, -1],
]);
const owner = (i: number) => (i === 3 ? 'stack · memalign(16, 65536)' : '');

/** Indexes of the blocks that match. */
function matching(text: string): number[] {
  const filter = parseFilter(text)!;
  return Array.from({ length: blocks.length }, (_, i) => i).filter((i) => filter.matches(blocks, i, owner));
}

describe('filter: what matches', () => {
  for (const [text, indexes] of [
    ['free', [1, 2, 4]],
    ['used', [3, 5]],
    ['allocator', [0]],
    ['free order:>=1', [2, 4]],
    ['order:1', [2]],
    ['size>8K', [3, 4]],
    ['size>=8k', [2, 3, 4]],
    ['size:=4096', [0, 1, 5]],
    ['asked<=100', [3]],
    ['slack>1k', [3]],
    ['tag:STACK', [3]],
    ['free tag:stack', []],
  ] as const) {
    it(`"${text}" matches ${indexes.length === 0 ? 'nothing' : indexes.join(', ')}`, () =>
      assert.deepEqual(matching(text), indexes));
  }
});

describe('filter: what is no filter', () => {
  it('blanks filter nothing', () => assert.equal(parseFilter('  '), undefined));
  it('words that are not understood are named', () =>
    assert.deepEqual(parseFilter('free colour:red size>4Q')!.unknown, ['colour:red', 'size>4Q']));
});
