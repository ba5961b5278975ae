// Random calls on TLSF, in its normal place, in the kernel half, on a base of 8 mod 16, and outside the memory's window.

import assert from 'node:assert/strict';
import { tlsf } from '../../../src/allocators/tlsf';
import { describeProperties, TestHeap } from '../../support/malloc-heap';

const OPTIONS = { release: '0.17.0', arch: 'x86_64', config: {} } as const;
const KIB = 1024;
const HALF = -(2 ** 47); // 0xffff800000000000

function emptied(test: TestHeap): void {
  const { metrics, blocks } = test.decode();
  assert.equal(metrics.usedBlocks, 0);
  assert.equal(metrics.freeBlocks, 1);
  assert.equal(blocks.length, 4); // structures, info block, the free block, sentinel
}

const make = (base: number, config: Readonly<Record<string, string>> = {}, window = 256 * KIB): (() => TestHeap) => {
  return () => new TestHeap(tlsf, base, 256 * KIB, { ...OPTIONS, config }, window);
};
describeProperties('TLSF', make(0x4000_0000), 0x715f, emptied);
describeProperties('TLSF in the kernel half', make(HALF + 0x10_0000), 0x7160, emptied);
describeProperties('TLSF on a base of 8 mod 16', make(0x4000_0ff8), 0x7161, emptied);
describeProperties('TLSF in far memory', make(0x4000_0000, {}, 0), 0x7162, emptied);
describeProperties('TLSF in far memory on a base of 8 mod 16', make(0x4000_0ff8, {}, 0), 0x7163, emptied);
describeProperties('TLSF with 8 columns', make(0x4000_0000, { CONFIG_TLSF_LOG2_SLI: '3' }), 0x7164, emptied);
