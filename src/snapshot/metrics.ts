// The figures of a heap, computed from its blocks. What only an allocator knows (the largest request) it brings.

import type { BlockTable } from './blocks';
import type { FreeClass, Metrics } from './snapshot';

/** @param classes free members by size class, in ascending order of class */
export function metricsOf(blocks: BlockTable, largestRequest: number, classes: readonly FreeClass[]): Metrics {
  let total = 0;
  let free = 0;
  let used = 0;
  let overhead = 0;
  let slack = 0;
  let told = 0;
  let usedBlocks = 0;
  let freeBlocks = 0;
  let largestFree = 0;
  for (let i = 0; i < blocks.length; i++) {
    const size = blocks.size(i);
    total += size;
    switch (blocks.state(i)) {
      case 'free':
        free += size;
        freeBlocks++;
        if (size > largestFree) largestFree = size;
        break;
      case 'used':
        used += size;
        usedBlocks++;
        if (blocks.asked(i) >= 0) {
          told++;
          slack += Math.max(0, size - blocks.asked(i));
        }
        break;
      case 'metadata':
        overhead += size;
        break;
      case 'unread':
        break;
    }
  }
  return {
    total,
    free,
    used,
    slack: told === 0 && usedBlocks > 0 ? -1 : slack,
    overhead,
    usedBlocks,
    freeBlocks,
    largestFree,
    largestRequest,
    externalFragmentation: free === 0 ? 0 : 1 - largestFree / free,
    internalFragmentation: used === 0 ? 0 : slack / used,
    freeByClass: classes,
  };
}
