// What is known to go wrong when tinyalloc is given a region, before anything is executed.

import type { Finding } from '../../snapshot/snapshot';
import { withIfmalloc } from '../layers/ifmalloc';
import { ukAllocProfile } from '../layers/profiles';
import { ukAllocLayout } from '../layers/struct';
import type { AllocatorOptions } from '../ukalloc';
import { Block, TABLE } from './layout';
import { HEAP_BLOCKS, tinyallocConfig } from './profiles';

/** Defects of the C code that a heap of `[base, base + len)` will show. */
export function remarks(base: bigint, len: bigint, options: AllocatorOptions): readonly Finding[] {
  const { heapBlocks } = tinyallocConfig(options.config);
  const struct = ukAllocLayout(ukAllocProfile(options.release), withIfmalloc(options).config).size;
  const fixed = BigInt(struct + TABLE + Block.bytes * heapBlocks);
  if (heapBlocks <= 0 || len > fixed) return [];
  const past = fixed - len;
  const damage = past > 0n ? `its last ${past} bytes lie behind the region, in memory that it does not own, and ` : '';
  return [
    {
      severity: 'error',
      code: 'table-past-end',
      address: base + len,
      message: `The table of ${heapBlocks} descriptors (${HEAP_BLOCKS}) needs ${fixed} bytes and the region has ${len}: tinyalloc does not compare them, so ${damage}every request gets NULL.`,
    },
  ];
}
