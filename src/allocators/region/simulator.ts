// uk_allocregion_init: the checks before a region becomes a heap, and the choice of the release's allocator.

import { PAGE_SIZE } from '../../memory/address';
import type { Kernel } from '../kernel';
import type { AllocatorOptions } from '../ukalloc';
import { DownwardRegion } from './downward';
import { regionProfile } from './profiles';
import { LIB } from './region';
import { UpwardRegion } from './upward';

type Region = UpwardRegion | DownwardRegion;

/** A heap over bytes that hold one already. */
export function attach(kernel: Kernel, address: number, options: AllocatorOptions): Region {
  const profile = regionProfile(options.release);
  if (profile === undefined) throw new Error(`region: no profile for release ${options.release}`);
  return profile.downward
    ? new DownwardRegion(kernel, address, options, profile)
    : new UpwardRegion(kernel, address, options, profile);
}

/**
 * `uk_allocregion_init(base, len)`: a heap at `base` exactly, aligned or not.
 *
 * @returns undefined for NULL. Up to 0.19 a region of one page or less is refused silently; from 0.20 on only one that cannot
 * hold the struct, or whose base is not a multiple of 8, each with a message.
 */
export function init(kernel: Kernel, base: number, len: number, options: AllocatorOptions): Region | undefined {
  const heap = attach(kernel, base, options);
  if (heap instanceof UpwardRegion) {
    if (len >= 0 && len <= PAGE_SIZE) return undefined; // a negative number is a huge length
  } else {
    if (len >= 0 && len < heap.structSize) {
      kernel.print('err', LIB, 'Not enough space for allocator');
      return undefined;
    }
    if ((base & 7) !== 0) {
      kernel.print('err', LIB, 'Heap base requires alignment 8');
      return undefined;
    }
  }
  heap.setUp(len);
  return heap;
}
