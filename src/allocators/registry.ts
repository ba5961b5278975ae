// The allocators that can be simulated and decoded. A new one is one folder and one line here.

import type { AllocatorId } from '../regions/allocator-id';
import { bbuddy } from './bbuddy';
import { region } from './region';
import type { Allocator } from './ukalloc';

export const ALLOCATORS: readonly Allocator[] = [bbuddy, region];

/** Undefined for an allocator that is known by name but not built yet. */
export function allocatorFor(id: AllocatorId): Allocator | undefined {
  return ALLOCATORS.find((a) => a.id === id);
}
