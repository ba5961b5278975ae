// The allocators that can be simulated and decoded. A new one is one folder and one line here.

import type { AllocatorId } from '../regions/allocator-id';
import { bbuddy } from './bbuddy';
import { region } from './region';
import { ukAllocProfile } from './layers/profiles';
import { ukAllocLayout } from './layers/struct';
import type { Allocator, AllocatorOptions } from './ukalloc';

export const ALLOCATORS: readonly Allocator[] = [bbuddy, region];

/** Undefined for an allocator that is known by name but not built yet. */
export function allocatorFor(id: AllocatorId): Allocator | undefined {
  return ALLOCATORS.find((a) => a.id === id);
}

/** `sizeof(struct uk_alloc)` in a build. */
export function structSize(options: AllocatorOptions): number {
  return ukAllocLayout(ukAllocProfile(options.release), options.config).size;
}
