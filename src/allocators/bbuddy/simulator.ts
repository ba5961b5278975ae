// uk_allocbbuddy_init: the checks before a region becomes a buddy heap, and the choice of the release's allocator.

import { hexDigits, PAGE_SIZE, roundDown, roundUp } from '../../memory/address';
import { ukAssert, type Kernel } from '../kernel';
import type { AllocatorOptions } from '../ukalloc';
import { ukAllocProfile } from '../layers/profiles';
import { LIB, type Buddy } from './buddy';
import { OrderBuddy } from './order-headers';
import { PageGranularBuddy } from './page-granular';
import { PowerOfTwoBuddy } from './power-of-two';
import { buddyProfile } from './profiles';

/** A heap over bytes that hold one already. */
export function attach(kernel: Kernel, address: number, options: AllocatorOptions): Buddy {
  const profile = buddyProfile(options.release);
  if (profile === undefined) throw new Error(`bbuddy: no profile for release ${options.release}`);
  if (profile.pageGranular) return new PageGranularBuddy(kernel, address, options, profile);
  if (ukAllocProfile(options.release).header.counts === 'order') return new OrderBuddy(kernel, address, options, profile);
  return new PowerOfTwoBuddy(kernel, address, options, profile);
}

/**
 * `uk_allocbbuddy_init(base, len)`.
 *
 * @returns the heap at `base` rounded up to a page. A region without a whole page does not give NULL but fails an assertion.
 */
export function init(kernel: Kernel, base: number, len: number, options: AllocatorOptions): Buddy {
  const min = roundUp(base, PAGE_SIZE);
  const max = roundDown(base + len, PAGE_SIZE);
  ukAssert(max > min, 'max > min');
  kernel.print('info', LIB, `Initialize binary buddy allocator ${hexDigits(min)}`);
  const heap = attach(kernel, min, options);
  heap.setUp(max);
  return heap;
}
