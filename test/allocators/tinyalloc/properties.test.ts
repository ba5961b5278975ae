// Random calls on tinyalloc, in its normal place, in the kernel half, in far memory, and with other options.

import assert from 'node:assert/strict';
import { tinyalloc } from '../../../src/allocators/tinyalloc';
import { describeProperties, TestHeap } from '../../support/malloc-heap';

const OPTIONS = { release: '0.17.0', arch: 'x86_64' } as const;
const KIB = 1024;
const HALF = -(2 ** 47); // 0xffff800000000000

/** One free block up to top, which never comes down, and all descriptors but its own fresh again. */
function emptied(test: TestHeap): void {
  const { details } = test.decode();
  assert.ok(details?.kind === 'tinyalloc');
  assert.equal(details.used.length, 0);
  assert.ok(details.free.length <= 1);
  assert.equal(details.fresh.length + details.free.length, details.states.length);
}

function unmerged(test: TestHeap): void {
  const { details } = test.decode();
  assert.ok(details?.kind === 'tinyalloc');
  assert.equal(details.used.length, 0);
  assert.equal(details.fresh.length + details.free.length, details.states.length);
}

const make = (base: number, config: Readonly<Record<string, string>> = {}, window = 256 * KIB): (() => TestHeap) => {
  return () => new TestHeap(tinyalloc, base, 256 * KIB, { ...OPTIONS, config }, window);
};
const SMALL = { CONFIG_LIBTINYALLOC_HEAP_BLOCKS: '40' };
describeProperties('tinyalloc', make(0x4000_0000), 0xa110c, emptied);
describeProperties('tinyalloc in the kernel half', make(HALF + 0x10_0000), 0xa110d, emptied);
describeProperties('tinyalloc in far memory', make(0x4000_0000, {}, 0), 0xa110e, emptied);
describeProperties('tinyalloc with 40 descriptors', make(0x4000_0000, SMALL), 0xa110f, emptied);
describeProperties('tinyalloc without splits', make(0x4000_0000, { CONFIG_LIBTINYALLOC_DISABLE_SPLIT: 'y' }), 0xa1110, emptied);
describeProperties(
  'tinyalloc without compaction',
  make(0x4000_0000, { CONFIG_LIBTINYALLOC_DISABLE_COMPACT: 'y' }),
  0xa1111,
  unmerged,
);
